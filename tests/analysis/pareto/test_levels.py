"""Accounts, or companies of one group."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from kamlib.analysis.pareto.levels import at_level, level_groups
from kamlib.estimate import Unknown

ACCOUNTS = pd.DataFrame({"account_id": ["a", "b", "c", "d"], "parent_id": [None, "a", "b", None]})
TABLE = pd.DataFrame(
    {
        "account_id": ["a", "b", "c", "d"],
        "net_revenue_365": [1.0, 2.0, 4.0, 8.0],
        "gross_profit": [1.0, -2.0, 0.5, 0.0],
        "median_gap_days": [10.0, 20.0, 30.0, 40.0],
        "first_ordered_at": pd.to_datetime(["2024-03-01", "2024-01-01", "2024-02-01", "2024-05-01"]),
        "last_ordered_at": pd.to_datetime(["2024-03-02", "2024-01-02", "2024-02-02", "2024-05-02"]),
    }
)
PARENTS = level_groups(ACCOUNTS, "parent")


def test_by_account_the_table_stays_as_it_is() -> None:
    assert at_level(TABLE, level_groups(ACCOUNTS, "account")) is TABLE


def test_by_parent_amounts_are_added_up_and_accounts_counted() -> None:
    found = at_level(TABLE, PARENTS)

    assert found["account_id"].to_list() == ["a", "d"]
    assert found["net_revenue_365"].to_list() == [7.0, 8.0]
    assert found["gross_profit"].to_list() == [-0.5, 0.0]
    assert found["account_count"].to_list() == [3, 1]


def test_of_days_the_first_order_is_the_earliest_and_the_last_the_latest() -> None:
    group = at_level(TABLE, PARENTS).iloc[0]

    assert (group["first_ordered_at"].month, group["last_ordered_at"].month) == (1, 3)


def test_gaps_between_orders_have_no_sum() -> None:
    assert "median_gap_days" not in at_level(TABLE, PARENTS)


def test_a_table_of_periods_is_added_up_within_each() -> None:
    sums = pd.DataFrame(
        {"period": ["x", "x", "y"], "account_id": ["a", "b", "b"], "net_revenue": [1.0, 2.0, 4.0]}
    )

    assert at_level(sums, PARENTS)["net_revenue"].to_list() == [3.0, 4.0]


def test_an_account_that_nobody_listed_stands_alone() -> None:
    table = pd.DataFrame({"account_id": ["b", "z"], "net_revenue": [1.0, 2.0]})

    assert at_level(table, PARENTS)["account_id"].to_list() == ["a", "z"]


def test_all_accounts_of_one_parent_are_one_row() -> None:
    everybody = level_groups(ACCOUNTS.assign(parent_id=[None, "a", "a", "a"]), "parent")

    assert at_level(TABLE, everybody)["net_revenue_365"].to_list() == [15.0]


def test_what_cannot_be_told_of_accounts_cannot_be_told_of_groups() -> None:
    assert at_level(Unknown("no costs"), PARENTS) == Unknown("no costs")


@given(st.lists(st.integers(-(10**6), 10**6), min_size=4, max_size=4))
def test_no_amount_is_lost_or_won_by_adding_up(amounts: list[int]) -> None:
    assert at_level(TABLE.assign(net_revenue_365=amounts), PARENTS)["net_revenue_365"].sum() == sum(amounts)
