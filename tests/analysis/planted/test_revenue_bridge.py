"""The bridge finds who was planted to leave, whatever the sample's seed."""

import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.churn.revenue_bridge import retention_table, revenue_bridges, revenue_moves
from kamlib.analysis.pareto.migration import whole_years
from kamlib.analysis.periods import account_periods
from kamlib.analysis.snapshot import account_table
from kamlib.data.sample import Planted

AS_OF = dt.date(2025, 12, 31)


@pytest.fixture(scope="module")
def moves(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    lines = tables["order_lines"]
    years = whole_years(AS_OF, first=lines["ordered_at"].min().date())
    first = account_table(lines, AS_OF).set_index("account_id")["first_ordered_at"]
    return revenue_moves(account_periods(lines, years), years, first)


def last(moves: pd.DataFrame) -> pd.DataFrame:
    return moves[moves["to_period"] == "Dec 2025"].set_index("account_id")


def test_who_was_planted_to_leave_last_year_is_found_to_have_left(
    truth: Planted, moves: pd.DataFrame
) -> None:
    start, found = dt.date(2024, 12, 31), last(moves)
    gone = {name for name, day in truth.left_on.items() if day <= start}
    had = set(found.index[found["revenue_before"] > 0])

    assert set(found.loc[sorted(gone & had), "move"]) == {"churn"}


def test_hardly_anybody_else_is(truth: Planted, moves: pd.DataFrame) -> None:
    found = last(moves)
    left = set(found.index[found["move"] == "churn"])

    assert len(left - set(truth.left_on)) <= 0.1 * len(left)


def test_about_one_account_in_ten_leaves_in_each_year(moves: pd.DataFrame) -> None:
    rates = retention_table(moves, ["from_period", "to_period"])

    assert rates["left_share"].between(0.05, 0.17).all()


def test_the_bridges_close(moves: pd.DataFrame) -> None:
    steps = revenue_bridges(moves).pivot_table(index="to_period", columns="step", values="amount").fillna(0)

    assert (steps.drop(columns="now").sum(axis=1) - steps["now"]).abs().max() < 0.005
