"""Retention and the revenue bridge against hand-computed and recomputed figures.

Net and gross retention: two worked examples (`oracles.md`, Account management). AdventureWorks: recomputed
from Microsoft's sample data (`oracles.md`, Concentration).
"""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from kamlib.analysis.churn.revenue_bridge import retention_table, revenue_bridges, revenue_moves
from kamlib.analysis.pareto.migration import whole_years
from kamlib.analysis.periods import account_periods, rolling_years
from kamlib.analysis.snapshot import account_table
from kamlib.data.sources import open_source

AS_OF = dt.date(2013, 11, 30)
PAIR = ["from_period", "to_period"]


def rates(*sales: tuple[float, float]) -> list[float]:
    """Return net and gross retention of accounts that bought so much last year and this."""
    years = rolling_years(AS_OF, first=dt.date(2010, 1, 1), most=2)
    rows = [
        (year.label, account, amount)
        for account, amounts in enumerate(sales)
        for year, amount in zip(years[::-1], amounts, strict=True)
    ]
    sold = pd.DataFrame(rows, columns=["period", "account_id", "net_revenue"])
    moves = revenue_moves(sold, years, pd.Series(pd.Timestamp("2011-01-01"), range(len(sales))))
    return retention_table(moves, PAIR, least=1)[["net_retention", "gross_retention"]].iloc[0].to_list()


def test_27_000_and_8_000_more_and_5_000_less() -> None:
    assert rates((10_000, 18_000), (17_000, 12_000)) == pytest.approx([1.1111, 0.8148], abs=5e-5)


def test_100_and_18_more_6_less_and_9_gone() -> None:
    assert rates((60, 78), (31, 25), (9, 0)) == pytest.approx([1.03, 0.85])


@pytest.fixture(scope="module")
def resellers(adventureworks: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The account table, and the moves, of AdventureWorks' resellers."""
    tables = open_source(str(adventureworks))
    accounts = account_table(tables.order_lines, AS_OF)
    years = whole_years(AS_OF, first=tables.first_day)
    first = accounts.set_index("account_id")["first_ordered_at"]
    return accounts, revenue_moves(account_periods(tables.order_lines, years), years, first)


def test_adventureworks_accounts_silent_for_a_year(resellers: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    gone = resellers[0].query("order_day_count_365 == 0")

    assert (len(gone), round(gone["net_revenue"].sum(), 2)) == (142, 12_383_653.83)


def test_adventureworks_new_and_returned_accounts(resellers: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    came = revenue_bridges(resellers[1]).query("step in ['new', 'reactivated']")

    assert (came["account_count"].sum(), round(came["amount"].sum(), 2)) == (214, 14_872_022.94)


def test_adventureworks_bridge_leads_from_year_to_year(resellers: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    steps = revenue_bridges(resellers[1]).set_index("step")["amount"]

    assert steps[["before", "now"]].round(2).to_list() == [27_921_670.52, 36_240_484.70]
    assert steps.drop("now").sum() == pytest.approx(steps["now"], abs=0.005)
