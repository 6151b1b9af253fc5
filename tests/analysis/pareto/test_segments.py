"""Each account in one segment, by how it buys."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.analysis.pareto.segments import SEGMENTS, account_segments, fifths, segment_table


def bought(count: int, **columns: list[float]) -> pd.DataFrame:
    usual = {
        "days_since_last_order": 10.0,
        "order_day_count_365": 5.0,
        "net_revenue_365": 100.0,
        "product_count_365": 3.0,
        "tenure_days": 900.0,
        "order_day_count_prev_365": 5.0,
    }
    return pd.DataFrame({"account_id": [f"a{n}" for n in range(count)], **usual, **columns})


def segment(table: pd.DataFrame) -> list[str]:
    return account_segments(table)["segment"].to_list()


def test_equal_accounts_are_in_one_segment() -> None:
    assert set(segment(bought(7))) == {"small, steady"}


def test_one_account_has_a_segment() -> None:
    assert segment(bought(1)) == ["small, steady"]


def test_who_has_not_ordered_for_a_year_is_gone_and_counts_in_no_fifth() -> None:
    table = bought(6, order_day_count_365=[0.0, 5, 5, 5, 5, 5], net_revenue_365=[0.0, 1, 2, 3, 4, 5])
    found = account_segments(table)

    assert found["segment"].to_list()[0] == "gone"
    assert found["amount"].to_list()[1:] == [1, 2, 3, 4, 5]


def test_who_ordered_first_this_year_is_new_if_there_is_a_year_before() -> None:
    table = bought(2, tenure_days=[100.0, 900.0])

    assert segment(table) == ["new", "small, steady"]
    assert segment(table.drop(columns="order_day_count_prev_365")) == ["small, steady", "small, steady"]


SALES = [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10]


def test_the_largest_two_fifths_are_large() -> None:
    assert segment(bought(10, net_revenue_365=SALES))[6:] == ["large, active"] * 4


def test_large_accounts_that_ordered_longest_ago_are_going_quiet() -> None:
    table = bought(10, net_revenue_365=SALES, days_since_last_order=[1.0, 2, 3, 4, 5, 6, 7, 8, 99, 98])

    assert segment(table)[-2:] == ["large, going quiet"] * 2


def test_large_accounts_that_buy_few_products_are_narrow() -> None:
    table = bought(10, net_revenue_365=SALES, product_count_365=[9.0, 9, 9, 9, 9, 9, 9, 9, 9, 1])

    assert segment(table)[-1] == "large, narrow"
    assert segment(table.drop(columns="product_count_365"))[-1] == "large, active"


def test_small_accounts_differ_by_frequency_and_silence() -> None:
    table = bought(5, net_revenue_365=[1.0, 2, 3, 4, 5], order_day_count_365=[9.0, 5, 5, 5, 5])
    table["days_since_last_order"] = [5.0, 300, 5, 5, 5]

    assert segment(table)[:3] == ["small, frequent", "small, going quiet", "small, steady"]


NUMBERS = st.lists(st.tuples(*[st.integers(0, 4)] * 5), min_size=1, max_size=12)


@settings(max_examples=40)
@given(NUMBERS)
def test_every_account_is_in_exactly_one_segment(rows: list[tuple[int, ...]]) -> None:
    columns = [
        "days_since_last_order",
        "order_day_count_365",
        "net_revenue_365",
        "product_count_365",
        "tenure_days",
    ]
    drawn = pd.DataFrame(rows, columns=columns, dtype=float)
    table = bought(len(rows), **{name: drawn[name].to_list() for name in columns})
    found = segment_table(account_segments(table), table)

    assert set(segment(table)) <= set(SEGMENTS)
    assert found["account_count"].sum() == len(table)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=20))
def test_equal_values_lie_in_the_same_fifth_and_larger_ones_never_in_a_lower(values: list[int]) -> None:
    found = pd.DataFrame({"value": values, "fifth": fifths(pd.Series(values))})

    assert (found.groupby("value")["fifth"].min() == found.groupby("value")["fifth"].max()).all()
    assert found.sort_values("value")["fifth"].is_monotonic_increasing
    assert found["fifth"].between(1, 5).all()


def test_the_table_keeps_every_segment_and_adds_up() -> None:
    table = bought(10, net_revenue_365=SALES).drop(columns="order_day_count_prev_365")
    found = segment_table(account_segments(table), table)

    assert found["segment"].to_list() == list(SEGMENTS)
    assert found["net_revenue_365"].sum() == pytest.approx(55)
    assert "gross_profit_365" not in found
