"""Sales against target."""

import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.pareto.targets import target_table
from kamlib.estimate import Unknown

AS_OF = dt.date(2024, 12, 31)
ACCOUNTS = pd.DataFrame(
    {"account_id": ["a", "b", "c"], "region": ["North", "South", "South"], "name": ["Ann", None, "Cy"]}
)
LINES = pd.DataFrame(
    {
        "account_id": ["a", "a", "b", "c", "a"],
        "ordered_at": pd.to_datetime(["2024-11-05", "2024-12-05", "2024-12-06", "2024-12-07", "2025-01-02"]),
        "net_amount": [10.0, 20.0, 5.0, 7.0, 1000.0],
    }
)


def _targets(*rows: tuple[str | None, str | None, str, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["account_id", "region", "period", "amount"])
    return table.assign(period=pd.to_datetime(table["period"]))


AIMS = _targets(
    ("a", None, "2024-12-01", 25.0), ("b", None, "2024-12-01", 15.0), (None, "South", "2024-12-01", 10.0)
)


def test_the_furthest_behind_comes_first() -> None:
    table = target_table(LINES, AIMS, ACCOUNTS, AS_OF)

    assert table["name"].to_list() == ["b", "Ann", "South"]
    assert table["gap"].to_list() == [-10.0, -5.0, 2.0]
    assert table["target_met"].to_list() == pytest.approx([5 / 15, 20 / 25, 12 / 10])


def test_a_region_is_held_to_what_its_accounts_bought() -> None:
    region = target_table(LINES, AIMS, ACCOUNTS, AS_OF).iloc[-1]

    assert (region["kind"], region["net_revenue"]) == ("region", 12.0)


def test_only_months_with_a_target_count() -> None:
    table = target_table(LINES, AIMS, ACCOUNTS, AS_OF).set_index("name")

    assert table.loc["Ann", "net_revenue"] == 20.0


def test_a_month_that_is_not_over_is_left_out() -> None:
    aims = _targets(("a", None, "2024-11-01", 8.0), ("a", None, "2024-12-01", 99.0))
    table = target_table(LINES, aims, ACCOUNTS, dt.date(2024, 12, 30))

    assert table[["target", "net_revenue", "month_count"]].to_numpy().tolist() == [[8.0, 10.0, 1]]
    assert table["ends"].to_list() == [dt.date(2024, 11, 30)]


def test_twelve_months_count_and_none_before_them() -> None:
    aims = _targets(("a", None, "2023-12-01", 99.0), ("a", None, "2024-01-01", 8.0))
    table = target_table(LINES, aims, ACCOUNTS, AS_OF)

    assert (table.loc[0, "target"], table.loc[0, "starts"]) == (8.0, dt.date(2024, 1, 1))


def test_who_bought_nothing_is_behind_by_the_whole_target() -> None:
    aims = _targets(("gone", None, "2024-12-01", 30.0))

    assert target_table(LINES, aims, ACCOUNTS, AS_OF)["gap"].to_list() == [-30.0]


def test_two_regions_stand_side_by_side() -> None:
    aims = _targets((None, "South", "2024-12-01", 10.0), (None, "North", "2024-12-01", 50.0))

    assert target_table(LINES, aims, ACCOUNTS, AS_OF)["name"].to_list() == ["North", "South"]


def test_a_region_that_no_account_belongs_to_is_held_to_nothing() -> None:
    table = target_table(LINES, AIMS, ACCOUNTS[["account_id"]], AS_OF)

    assert table["name"].to_list() == ["b", "a"]
    assert table["net_revenue"].to_list() == [5.0, 20.0]


def test_a_target_with_account_and_region_is_the_accounts() -> None:
    aims = _targets(("b", "South", "2024-12-01", 10.0))

    assert target_table(LINES, aims, ACCOUNTS, AS_OF)[["kind", "net_revenue"]].to_numpy().tolist() == [
        ["account", 5.0]
    ]


def test_a_target_of_nothing_is_none() -> None:
    aims = _targets(("a", None, "2024-12-01", 0.0), ("b", None, "2024-12-01", 1.0))

    assert target_table(LINES, aims, ACCOUNTS, AS_OF)["account_id"].to_list() == ["b"]


def test_the_owner_comes_along_where_it_is_known() -> None:
    owned = ACCOUNTS.assign(owner=["Mia", None, None])
    table = target_table(LINES, AIMS, owned, AS_OF)

    assert table["owner"].fillna("").to_list() == ["", "Mia", ""]


def test_later_orders_change_nothing() -> None:
    before = target_table(LINES.iloc[:-1], AIMS, ACCOUNTS, AS_OF)

    pd.testing.assert_frame_equal(target_table(LINES, AIMS, ACCOUNTS, AS_OF), before)


def test_where_no_target_falls_into_the_months_that_is_said() -> None:
    found = target_table(LINES, AIMS, ACCOUNTS, dt.date(2026, 3, 3))

    assert found == Unknown(
        "No target falls into the 12 months to February 2026, as far as the data hold them whole.", "targets"
    )


def test_without_targets_the_reason_is_passed_on() -> None:
    assert target_table(LINES, Unknown("no targets"), ACCOUNTS, AS_OF) == Unknown("no targets")


def test_two_targets_of_one_account_and_month_are_held_against_its_sales_once() -> None:
    aims = _targets(("a", None, "2024-12-01", 25.0), ("a", None, "2024-12-02", 15.0))
    table = target_table(LINES, aims, ACCOUNTS, AS_OF)

    assert table[["target", "net_revenue"]].to_numpy().tolist() == [[40.0, 20.0]]


def test_a_month_that_the_data_do_not_hold_whole_is_not_compared() -> None:
    aims = _targets(("a", None, "2024-10-01", 30.0), ("a", None, "2024-11-01", 8.0))
    table = target_table(LINES, aims, ACCOUNTS, AS_OF, first=dt.date(2024, 10, 20))

    assert table[["target", "net_revenue", "month_count"]].to_numpy().tolist() == [[8.0, 10.0, 1]]
    assert table["starts"].to_list() == [dt.date(2024, 11, 1)]


def test_where_the_data_hold_no_whole_month_nothing_is_compared() -> None:
    found = target_table(LINES, AIMS, ACCOUNTS, AS_OF, first=dt.date(2024, 12, 5))

    assert found == Unknown(
        "No target falls into the 12 months to December 2024, as far as the data hold them whole.", "targets"
    )
