"""Why the sales of each account changed."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlib.analysis.pareto.moves import REASONS, account_changes, reason_bridge, reason_totals

AMOUNTS = st.one_of(st.just(None), st.tuples(st.integers(-5, 50), st.integers(-100, 1000)))


def cells(*rows: tuple[str, str, str, float, float]) -> pd.DataFrame:
    columns = ["period", "account_id", "product_id", "quantity", "net_revenue"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(counted_revenue=table["net_revenue"])


ORACLE = [
    *(("then", "x", "A", 100, 1000), ("then", "x", "B", 50, 1000), ("then", "x", "C", 200, 1000)),
    *(("now", "x", "A", 120, 1320), ("now", "x", "B", 40, 800), ("now", "x", "D", 30, 240)),
]


def test_the_reasons_of_an_account_are_those_of_a_company_with_its_sales() -> None:
    row = account_changes(cells(*ORACLE), "now", "then").iloc[0]

    assert row[[*REASONS]].to_list() == pytest.approx([400 / 3, -400 / 3, 120, 240, -1000, 0])
    assert (row["change"], row["main_reason"], row["dropped_count"]) == (-640, "lost_products", 1)


def test_each_account_is_split_on_its_own() -> None:
    other = [("then", "y", "A", 10, 100), ("now", "y", "A", 30, 300)]
    found = account_changes(cells(*ORACLE, *other), "now", "then").set_index("account_id")

    assert found.loc["x", "volume"] == pytest.approx(400 / 3)
    assert found.loc["y", ["volume", "mix", "price"]].to_list() == pytest.approx([200, 0, 0])


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=8))
def test_the_reasons_add_up_to_the_change(products: list[tuple[tuple[int, int] | None, ...]]) -> None:
    pairs = [(f"P{i}", sold) for i, sold in enumerate(products)]
    rows = [
        (year, f"a{int(product[1]) % 2}", product, *sold[place])
        for product, sold in pairs
        for place, year in enumerate(("then", "now"))
        if sold[place] is not None
    ]
    found = account_changes(cells(*rows), "now", "then")

    assert found[[*REASONS]].sum(axis=1).to_list() == pytest.approx(found["change"].to_list(), abs=0.02)


def test_without_quantities_nothing_is_split() -> None:
    bare = cells(("then", "x", "A", 1, 100), ("now", "x", "A", 1, 70)).drop(
        columns=["quantity", "counted_revenue"]
    )
    row = account_changes(bare, "now", "then").iloc[0]

    assert (row["not_split"], row["main_reason"]) == (-30, "not_split")


def test_new_accounts_and_those_that_left_are_named_so() -> None:
    found = account_changes(cells(("then", "x", "A", 1, 100), ("now", "y", "A", 1, 70)), "now", "then")

    assert found["main_reason"].to_list() == ["left", "new"]


def test_prices_alone_can_be_the_reason() -> None:
    row = account_changes(cells(("then", "x", "A", 10, 100), ("now", "x", "A", 10, 80)), "now", "then").iloc[
        0
    ]

    assert (row["price"], row["main_reason"]) == (-20, "price")


def test_the_margin_stands_beside_and_is_no_reason() -> None:
    sold = cells(("then", "x", "A", 10, 100), ("now", "x", "A", 10, 100))
    costed = sold.assign(costed_revenue=sold["net_revenue"], gross_profit=[30.0, 10.0])
    row = account_changes(costed, "now", "then").iloc[0]

    assert row[["change", "margin_before", "margin_now"]].to_list() == [0, 0.3, 0.1]


def test_volume_and_mix_are_one_step_for_many_accounts() -> None:
    totals = reason_totals(account_changes(cells(*ORACLE), "now", "then")).set_index("reason")["amount"]

    assert totals.to_dict() == pytest.approx({"lost_products": -1000, "price": 120, "new_products": 240})


def test_the_bridge_leads_from_before_to_now() -> None:
    bridge = reason_bridge(account_changes(cells(*ORACLE), "now", "then"))

    assert bridge["step"].to_list()[:: len(bridge) - 1] == ["before", "now"]
    assert bridge["amount"][:-1].sum() == pytest.approx(bridge["amount"].iloc[-1]) == pytest.approx(2360)
