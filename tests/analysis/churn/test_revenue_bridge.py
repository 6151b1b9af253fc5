import datetime as dt
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.analysis.churn.revenue_bridge import (
    part_table,
    retention_table,
    revenue_bridges,
    revenue_moves,
)
from kamlib.analysis.periods import rolling_years

AS_OF = dt.date(2024, 12, 30)
YEARS = rolling_years(AS_OF, first=dt.date(2022, 1, 1), most=3)
NOW, BEFORE, EARLIER = (year.label for year in YEARS)
PAIR = ["from_period", "to_period"]


def sold(**sales):
    """Return what accounts bought: for each of them the year before last, last year, this year."""
    rows = [
        (period, account, float(amount))
        for account, amounts in sales.items()
        for period, amount in zip((EARLIER, BEFORE, NOW), amounts, strict=True)
        if amount is not None
    ]
    return pd.DataFrame(rows, columns=["period", "account_id", "net_revenue"])


def first_ordered(table):
    starts = {year.label: pd.Timestamp(year.starts) for year in YEARS}
    return table["period"].map(starts).groupby(table["account_id"]).min()


def moves(**sales):
    table = sold(**sales)
    return revenue_moves(table, YEARS, first_ordered(table))


def last(table):
    return table[table["to_period"] == NOW].set_index("account_id")


EVERY = {
    "left": (5, 9, None),
    "less": (5, 9, 7),
    "more": (5, 9, 12),
    "back": (5, None, 3),
    "new": (None, None, 4),
    "sent_back": (None, -2, None),
}


def test_each_account_makes_one_move():
    assert last(moves(**EVERY))["move"].to_dict() == {
        "back": "reactivated",
        "left": "churn",
        "less": "contraction",
        "more": "expansion",
        "new": "new",
        "sent_back": "returns",
    }


def test_who_bought_as_much_as_before_counts_as_bought_more_of_nothing():
    found = last(moves(same=(None, 9, 9)))

    assert found.loc["same", ["move", "change"]].to_list() == ["expansion", 0.0]


def test_who_only_sends_back_has_left():
    found = last(moves(gone=(None, 9, -1)))

    assert found.loc["gone", ["move", "change"]].to_list() == ["churn", -10.0]


def test_who_had_sales_in_neither_year_of_a_pair_is_not_in_it():
    found = moves(early=(5, None, None), late=(None, None, 5))

    assert found[PAIR[1]].to_list() == [BEFORE, NOW]


def test_the_steps_lead_from_year_to_year():
    found = revenue_bridges(moves(**EVERY)).query("to_period == @NOW").set_index("step")

    assert found["amount"].to_dict() == {
        "before": 25.0,
        "churn": -9.0,
        "contraction": -2.0,
        "expansion": 3.0,
        "reactivated": 3.0,
        "new": 4.0,
        "returns": 2.0,
        "now": 26.0,
    }
    assert found["account_count"].to_list() == [3, 1, 1, 1, 1, 1, 1, 4]


def test_the_end_of_a_year_is_the_start_of_the_next():
    found = revenue_bridges(moves(**EVERY)).set_index(["to_period", "step"])["amount"]

    assert found[BEFORE, "now"] == found[NOW, "before"]


amounts = st.one_of(st.none(), st.integers(-1000, 1000).map(lambda cents: cents / 100))


@settings(max_examples=25)
@given(st.lists(st.tuples(amounts, amounts, amounts), min_size=1, max_size=8))
def test_every_bridge_closes(rows):
    found = revenue_bridges(moves(only=(1, 1, 1), **{f"a{i}": row for i, row in enumerate(rows)}))
    for _, steps in found.groupby("to_period"):
        by_step = steps.set_index("step")["amount"]
        assert by_step.iloc[:-1].sum() == pytest.approx(by_step["now"], abs=1e-9)


@settings(max_examples=25)
@given(st.lists(st.tuples(amounts, amounts, amounts), min_size=1, max_size=8))
def test_what_is_kept_lies_between_nothing_and_all(rows):
    table = moves(only=(1, 1, 1), **{f"a{i}": row for i, row in enumerate(rows)})
    rates = retention_table(table, PAIR, least=1)

    assert rates["gross_retention"].between(0, 1).all()


def test_what_is_kept_is_never_more_than_what_is_today():
    rates = retention_table(moves(**EVERY), PAIR, least=1)

    assert (rates["gross_retention"] <= rates["net_retention"]).all()


def test_rows_in_another_order_change_nothing():
    table = sold(**EVERY)
    shuffled = table.sample(frac=1, random_state=1)

    pd.testing.assert_frame_equal(
        revenue_moves(table, YEARS, first_ordered(table)),
        revenue_moves(shuffled, YEARS, first_ordered(table)),
    )


def test_another_currency_changes_no_rate():
    dear = {account: tuple(a and 100 * a for a in own) for account, own in EVERY.items()}

    cheap_rates, dear_rates = (retention_table(moves(**own), PAIR, least=1) for own in (EVERY, dear))
    assert cheap_rates["net_retention"].to_list() == pytest.approx(dear_rates["net_retention"].to_list())


def test_all_that_left_leave_nothing():
    rates = retention_table(moves(a=(None, 5, None), b=(None, 5, None)), PAIR, least=1).iloc[-1]

    assert rates[["net_retention", "gross_retention", "left_share", "left_revenue_share"]].to_list() == [
        0,
        0,
        1,
        1,
    ]


def test_the_range_of_the_share_that_left_is_wilsons():
    sales = {f"a{i}": (None, 1, None if i < 2 else 1) for i in range(10)}
    rates = retention_table(moves(**sales), PAIR).iloc[-1]

    assert rates["left_share"] == 0.2
    assert rates[["left_share_low", "left_share_high"]].to_list() == pytest.approx([0.0567, 0.5098], abs=5e-5)


def test_of_equal_accounts_sales_and_accounts_have_the_same_range():
    sales = {f"a{i}": (None, 7, None if i < 3 else 7) for i in range(12)}
    rates = retention_table(moves(**sales), PAIR).iloc[-1]

    for end in ("", "_low", "_high"):
        assert rates[f"left_revenue_share{end}"] == pytest.approx(rates[f"left_share{end}"])


def test_one_great_account_widens_the_range_of_sales():
    sales = {f"a{i}": (None, 1000 if i == 0 else 7, None if i == 1 else 7) for i in range(12)}
    rates = retention_table(moves(**sales), PAIR).iloc[-1]

    assert rates["left_revenue_share_high"] > 0.7


def test_of_fewer_than_ten_accounts_no_share_is_told():
    rates = retention_table(moves(**{f"a{i}": (None, 1, 1) for i in range(9)}), PAIR).iloc[-1]

    assert np.isnan([rates["net_retention"], rates["gross_retention"], rates["left_share"]]).all()
    assert rates["left_share_note"] == "too few to tell"


INDUSTRIES = {f"a{i:02}": "Dairy" if i < 15 else "Food" for i in range(60)}


def test_a_part_that_left_more_often_than_chance_would_have_it_is_marked():
    sales = {name: (None, 5, None if i < 8 else 5) for i, name in enumerate(INDUSTRIES)}
    accounts = pd.DataFrame({"account_id": [*INDUSTRIES], "industry": [*INDUSTRIES.values()]})
    found = part_table(moves(**sales), accounts, {"industry": "Industry", "region": "Region"})

    assert found[["cut", "part", "left_count", "is_left_more"]].to_numpy().tolist() == [
        ["Industry", "Dairy", 8, True],
        ["Industry", "Food", 0, False],
    ]


def test_parts_in_which_as_many_left_are_not_marked():
    sales = {name: (None, 5, None if i % 5 == 0 else 5) for i, name in enumerate(INDUSTRIES)}
    accounts = pd.DataFrame({"account_id": [*INDUSTRIES], "industry": [*INDUSTRIES.values()]})

    assert not part_table(moves(**sales), accounts, {"industry": "Industry"})["is_left_more"].any()


def test_tiers_are_those_of_the_year_before():
    accounts = pd.DataFrame({"account_id": ["great", "small"]})
    table = moves(great=(None, 99, None), small=(None, 1, 500))
    found = part_table(table, accounts, {"tier": "Tier"}, least=1).set_index("part")

    assert found["left_count"].to_dict() == {"A": 1, "C": 0}


def test_windows_are_of_equal_length_and_follow_each_other():
    assert all((year.ends - year.starts).days == 364 for year in YEARS)
    assert all((now.starts - before.ends).days == 1 for now, before in pairwise(YEARS))
