"""Which part of sales comes from new and from marked products."""

import datetime as dt

import pandas as pd

from kamlib.analysis.pareto.novelty import marked_sales, marked_shares
from kamlib.analysis.periods import Period
from kamlib.estimate import Unknown

YEARS = [Period(str(year), dt.date(year, 1, 1), dt.date(year, 12, 31)) for year in (2023, 2022)]
SOLD = pd.DataFrame(
    {
        "period": ["2023", "2023", "2023", "2022"],
        "account_id": ["a", "a", "b", "a"],
        "product_id": ["P1", "P2", None, "P1"],
        "net_revenue": [60.0, 40.0, 100.0, 10.0],
    }
)
PRODUCTS = pd.DataFrame(
    {
        "product_id": ["P1", "P2"],
        "name": ["Film", "Pouch"],
        "launched_at": pd.to_datetime(["2021-12-31", "2023-05-01"]),
        "tags": ["recyclable new", None],
    }
)


def test_a_product_is_new_for_so_many_days_up_to_the_end_of_the_year() -> None:
    found = marked_shares(marked_sales(SOLD, PRODUCTS, YEARS, new_days=730), "period")

    assert found[["new_revenue", "new_share"]].to_numpy().tolist() == [[40.0, 0.2], [10.0, 1.0]]


def test_the_first_of_the_days_is_in() -> None:
    found = marked_shares(marked_sales(SOLD, PRODUCTS, YEARS, new_days=731), "period")

    assert found["new_revenue"].to_list() == [100.0, 10.0]


def test_any_mark_counts_where_none_is_chosen() -> None:
    assert marked_sales(SOLD, PRODUCTS, YEARS)["marked_revenue"].to_list() == [60.0, 0.0, 0.0, 10.0]


def test_a_mark_is_a_whole_word() -> None:
    found = marked_sales(SOLD, PRODUCTS, YEARS, tags=["recycl"])

    assert found["marked_revenue"].sum() == 0


def test_products_and_accounts_with_most_sales_of_new_ones_come_first() -> None:
    marked = marked_sales(SOLD, PRODUCTS, YEARS)

    assert marked_shares(marked, "product", period="2023")["product"].to_list() == ["Pouch", "Film"]
    assert marked_shares(marked, "account_id", period="2023")["new_share"].to_list() == [0.4, 0.0]


def test_without_launch_days_and_marks_nothing_is_told() -> None:
    found = marked_sales(SOLD, PRODUCTS[["product_id", "name"]], YEARS)

    assert isinstance(found, Unknown)
    assert found.reason.startswith("What new products bring cannot be told: it takes order_lines.product_id")
    assert marked_shares(found, "period") is found


def test_of_sales_not_above_zero_no_share_is_told() -> None:
    returned = SOLD.assign(net_revenue=[-1.0, -1.0, 0.0, 5.0])

    assert marked_shares(marked_sales(returned, PRODUCTS, YEARS), "period")["new_share"].isna().to_list() == [
        True,
        False,
    ]
