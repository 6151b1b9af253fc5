import pandas as pd
import pytest

from kamlib.analysis.pareto.pricing import price_table
from kamlib.estimate import Unknown

NO_YEAR = Unknown("one year only")


def accounts(*paid, industry="food"):
    """Accounts of equal list revenue 100, all of tier A, that paid so much of it."""
    table = pd.DataFrame({"account_id": [f"a{i}" for i in range(len(paid))], "listed_revenue_365": paid})
    return table.astype({"listed_revenue_365": float}).assign(
        list_revenue_365=100.0, net_revenue_365=100.0, industry=industry
    )


SIX = accounts(90, 90, 90, 90, 90, 70)


def cells(**paid_before):
    rows = {"account_id": list(paid_before), "listed_revenue": [float(one) for one in paid_before.values()]}
    return pd.DataFrame(rows).assign(year="before", list_revenue=100.0)


def bargains(table, year=NO_YEAR):
    return price_table(table, year).set_index("account_id")["counter_offer"].to_dict()


def test_realisation_is_net_by_list():
    assert sorted(price_table(SIX, NO_YEAR)["realisation"]) == [0.7, 0.9, 0.9, 0.9, 0.9, 0.9]


def test_the_extra_discount_is_what_the_peers_median_would_bring_more():
    many = accounts(*[90] * 30, 70)
    first = price_table(many.assign(net_revenue_365=[*[10.0] * 30, 11.0]), NO_YEAR).iloc[0]

    assert (first["account_id"], first["counter_offer"]) == ("a30", "strong")
    assert first["extra_discount"] == pytest.approx(20)
    assert (first["peer_median"], first["peer_median_low"], first["peer_median_high"]) == (0.9, 0.9, 0.9)


def test_with_fewer_than_five_others_nothing_is_said_of_an_account():
    table = price_table(accounts(90, 90, 70), NO_YEAR)

    assert set(table["counter_offer"]) == {"too few to tell"}
    assert table[["peer_median", "extra_discount"]].to_numpy().tolist()[0][1] == 0
    assert table["peer_median"].isna().all()


def test_accounts_of_other_industries_are_no_peers():
    two = pd.concat([accounts(*[90] * 10), accounts(*[60] * 10, industry="pharma")], ignore_index=True)
    table = price_table(two.assign(account_id=[f"b{i}" for i in range(20)]), NO_YEAR)

    assert table["extra_discount"].sum() == 0


def test_who_pays_a_point_less_than_last_year_is_growing():
    equal = accounts(*[90] * 10)

    assert bargains(equal, cells(a0=91, a1=90.5))["a0"] == "growing"
    assert bargains(equal, cells(a0=91, a1=90.5))["a1"] == "usual"


def test_without_list_prices_it_cannot_be_told():
    found = price_table(SIX.drop(columns="list_revenue_365"), NO_YEAR)

    assert found.reason == (
        "What accounts pay of the list price cannot be told: these sales come without list prices "
        "(order_lines.list_amount)."
    )
