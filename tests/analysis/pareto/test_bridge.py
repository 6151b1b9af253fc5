import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlib.analysis.pareto.bridge import account_bridge, price_volume_mix, product_bridge, profit_bridge
from kamlib.analysis.pareto.profit_years import profit_cells
from kamlib.estimate import Unknown

AS_OF, FIRST = dt.date(2024, 12, 31), dt.date(2023, 1, 1)
ACCOUNTS = pd.DataFrame({"account_id": list("abc")})
NO_PRODUCTS = Unknown("no products")
LEFT = "accounts that left"
YEAR, AMOUNT = st.sampled_from(["before", "now"]), st.integers(-300, 300)
CELL = st.tuples(YEAR, st.sampled_from("abc"), st.sampled_from("PQR"), st.booleans(), AMOUNT, AMOUNT, AMOUNT)


def lines(*rows):
    """Lines of (account, product, is this year, net, cost); quantity 1 for each unit of net."""
    table = pd.DataFrame(rows, columns=["account_id", "product_id", "is_now", "net_amount", "cost_amount"])
    days = table.pop("is_now").map({True: pd.Timestamp(2024, 6, 1), False: pd.Timestamp(2023, 6, 1)})
    table[["net_amount", "cost_amount"]] = table[["net_amount", "cost_amount"]].astype(float)
    return table.assign(ordered_at=days, quantity=table["net_amount"])


def cells_of(table, products=NO_PRODUCTS):
    return profit_cells(table, AS_OF, first=FIRST, accounts=ACCOUNTS, products=products)


def steps_of(table, **options):
    return profit_bridge(product_bridge(cells_of(table, **options))).set_index("step")["amount"]


def test_a_dearer_unit_is_told_apart_from_a_lower_price():
    table = lines(("a", "P", False, 100, 60), ("a", "P", True, 90, 80)).assign(quantity=10.0)

    assert steps_of(table).to_dict() == {"before": 40, "price": -10, "unit_cost": -20, "now": 10}


def test_with_twice_as_much_of_everything_all_change_is_volume():
    before, now = ("P", False, 100, 60), ("P", True, 200, 120)

    assert steps_of(lines(("a", *before), ("a", *now))).to_dict() == {"before": 40, "volume": 40, "now": 80}


def test_lines_without_cost_or_quantity_are_a_step_of_their_own():
    table = lines(("a", "P", False, 100, 60), ("a", "P", True, 100, 60), ("a", "P", True, 50, 20))
    table.loc[2, "quantity"] = None

    assert steps_of(table).to_dict() == {"before": 40, "not_split": 30, "now": 70}


def test_a_product_of_which_more_came_back_than_was_sold_is_not_split():
    table = lines(("a", "P", False, 100, 60), ("a", "P", True, -10, -6))

    assert steps_of(table).to_dict() == {"before": 40, "not_split": -44, "now": -4}


def test_a_product_with_a_new_number_and_the_same_name_is_the_same_product():
    table = lines(("a", "P", False, 100, 60), ("a", "Q", True, 100, 60))
    products = pd.DataFrame({"product_id": ["P", "Q"], "name": ["Bag", "Bag"]})

    assert steps_of(table, products=products).to_dict() == {"before": 40, "now": 40}
    assert set(steps_of(table).index) == {"before", "new_products", "lost_products", "now"}


def test_without_quantity_price_and_volume_cannot_be_set_apart():
    found = product_bridge(cells_of(lines(("a", "P", False, 100, 60)).drop(columns="quantity")))

    assert found.reason == (
        "Price, volume and cost cannot be set apart: that takes the product and the quantity of "
        "order lines (order_lines.product_id, order_lines.quantity)."
    )


def test_accounts_are_new_or_left_or_known():
    table = lines(
        ("a", "P", False, 9, 5), ("b", "P", False, 9, 1), ("b", "P", True, 9, 2), ("c", "P", True, 9, 4)
    )
    steps = account_bridge(cells_of(table)).set_index("step")

    assert steps["amount"].to_list() == [12, -4, 5, -1, 0, 12]
    assert steps["account_count"].to_list() == [2, 1, 1, 1, 0, 2]


@given(st.lists(CELL, min_size=1, max_size=12))
def test_both_bridges_lead_from_last_year_to_this(rows):
    names = ["year", "account_id", "product", "is_split", "quantity", "net_revenue", "gross_profit"]
    cells = pd.DataFrame(rows, columns=names)
    years = (
        cells.groupby("account_id")["year"].transform("nunique").map({1: "new accounts", 2: "known accounts"})
    )
    cells = cells.assign(status=years.mask((years == "new accounts") & (cells["year"] == "before"), LEFT))
    profit = cells.loc[cells["year"] == "now", "gross_profit"].sum()
    bridges = [
        account_bridge(cells),
        *([profit_bridge(product_bridge(cells))] if cells["is_split"].any() else []),
    ]

    assert [bridge["amount"].iloc[:-1].sum() for bridge in bridges] == pytest.approx(
        [profit] * len(bridges), abs=0.01
    )


def test_the_row_order_changes_nothing():
    table = lines(
        ("a", "P", False, 9, 5), ("b", "Q", False, 9, 1), ("b", "P", True, 7, 2), ("c", "P", True, 9, 4)
    )

    pd.testing.assert_series_equal(steps_of(table), steps_of(table.iloc[::-1]))


def test_products_of_one_year_only_leave_nothing_to_price():
    before = pd.DataFrame({"quantity": [1.0], "net_revenue": [5.0], "gross_profit": [2.0]}, index=["A"])
    steps = price_volume_mix(before, before.rename(index={"A": "B"})).sum()

    assert steps.to_dict() == dict.fromkeys(("volume", "mix", "price", "unit_cost"), 0) | {
        "new_products": 2,
        "lost_products": -2,
    }


def test_an_unknown_passes_through():
    unknown = cells_of(lines(("a", "P", True, 9, 5)).drop(columns="cost_amount"))

    assert unknown.reason == "Profit cannot be told: these sales come without cost (order_lines.cost_amount)."
    assert profit_bridge(product_bridge(unknown)) is unknown
    assert account_bridge(unknown) is unknown


def test_less_than_two_years_cannot_be_compared():
    table = lines(("a", "P", True, 9, 5))
    found = profit_cells(table, AS_OF, first=dt.date(2024, 1, 1), accounts=ACCOUNTS, products=NO_PRODUCTS)

    assert found.reason == (
        "What changed the profit cannot be told: that takes 730 days, and the data hold 366."
    )


def test_a_product_whose_cost_is_known_in_one_year_only_for_part_is_not_split():
    table = lines(
        *((name, "P", is_now, 100, 60) for name in "ab" for is_now in (False, True)), ("c", "Q", True, 10, 5)
    )
    table.loc[(table["account_id"] == "b") & (table["ordered_at"] > "2024"), "cost_amount"] = None

    assert steps_of(table).to_dict() == {"before": 80, "new_products": 5, "not_split": -40, "now": 45}
