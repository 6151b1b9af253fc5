"""Concentration and tiers against published and recomputed figures."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kamlib.analysis.pareto.concentration import concentration, top_count
from kamlib.analysis.pareto.loss import loss_table
from kamlib.analysis.pareto.profit import gross_profit
from kamlib.analysis.pareto.ranks import rank_table
from kamlib.analysis.snapshot import account_table
from kamlib.analysis.tiers import abc_tier
from kamlib.analysis.years import has_lost_profit, year_table
from kamlib.data.sources import open_source

# The vector of R's ineq package documentation, and shares made up for hand calculation.
INEQ = pd.Series([541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261], dtype=float)


def test_gini_and_hhi_of_the_vector_of_ten() -> None:
    found = concentration(INEQ)

    assert found.gini == pytest.approx(0.4620911, abs=5e-8)
    assert found.gini_corrected == pytest.approx(0.5134346, abs=5e-8)
    assert found.hhi * 10_000 == pytest.approx(1840.81, abs=0.005)


def test_one_of_four_with_everything_has_a_gini_of_three_quarters() -> None:
    assert concentration(pd.Series([0.0, 0.0, 0.0, 1.0])).gini == pytest.approx(0.75)


def test_hhi_of_four_firms_is_2600() -> None:
    assert concentration(pd.Series([30.0, 30.0, 20.0, 20.0])).hhi * 10_000 == pytest.approx(2600)


def test_eight_shares_are_as_many_as_five_and_a_half_equal_ones() -> None:
    found = concentration(pd.Series([0.30, 0.20, 0.15, 0.10, 0.10, 0.05, 0.05, 0.05]))

    assert (found.hhi, found.effective_accounts) == pytest.approx((0.18, 5.556), abs=5e-4)
    assert found.largest_three_share == pytest.approx(0.65)


def test_the_corrected_gini_of_one_of_four_is_one() -> None:
    assert concentration(pd.Series([0.0, 0.0, 0.0, 1.0])).gini_corrected == pytest.approx(1)


@pytest.fixture(scope="module")
def resellers(adventureworks: Path) -> pd.DataFrame:
    return account_table(open_source(str(adventureworks)).order_lines, dt.date(2013, 11, 30))


def test_adventureworks_over_all_rows(resellers: pd.DataFrame) -> None:
    sales = resellers.set_index("account_id")["net_revenue"]
    found = concentration(sales)

    assert (found.accounts, found.target_accounts, top_count(635)) == (635, 186, 127)
    assert round(found.total, 2) == 80_450_596.98
    assert (found.top_share, found.gini) == pytest.approx((0.667, 0.6563), abs=5e-4)
    assert found.hhi * 10_000 == pytest.approx(45.2, abs=0.05)


def test_adventureworks_earns_next_to_nothing(resellers: pd.DataFrame) -> None:
    profit = gross_profit(resellers)

    assert round(profit.sum(), 2) == 470_482.60
    assert (profit < 0).sum() == 335


def test_adventureworks_loses_its_profit_in_the_last_twelve_months(adventureworks: Path) -> None:
    lines = open_source(str(adventureworks)).order_lines
    years = year_table(lines, dt.date(2013, 11, 30), first=dt.date(2010, 12, 29))

    assert years["net_revenue"].round(2).to_list() == [36_240_484.70, 27_921_670.52]
    assert years["gross_profit"].round(2).to_list() == [-673_727.11, 1_153_444.77]
    assert years["account_count"].to_list() == [493, 365]
    assert years["below_cost_count"].to_list() == [297, 105]
    assert has_lost_profit(years)


def test_adventureworks_sells_to_more_accounts_so_the_top_fifth_alone_would_mislead(
    adventureworks: Path,
) -> None:
    """Recomputed from FactResellerSales in pandas: 365 accounts (top fifth 73), then 493 (99)."""
    lines = open_source(str(adventureworks)).order_lines
    now, before = year_table(lines, dt.date(2013, 11, 30), first=dt.date(2010, 12, 29)).to_dict("records")

    assert (now["same_count"], before["same_count"]) == (73, 73)
    assert (now["top_share"], before["top_share"]) == pytest.approx((0.625, 0.650), abs=1e-3)
    assert (now["same_share"], before["same_share"]) == pytest.approx((0.516, 0.650), abs=1e-3)


def test_adventureworks_would_lose_a_seventieth_of_its_sales_with_the_largest(
    resellers: pd.DataFrame,
) -> None:
    """Recomputed from FactResellerSales: Westside Plaza bought 534,956 at a loss of 73,316."""
    gone = loss_table(resellers, resellers[["account_id"]]).iloc[1]

    assert gone["net_revenue"] == pytest.approx(36_240_484.70 - 534_956, abs=1)
    assert gone["gross_profit"] == pytest.approx(-673_727.11 + 73_316, abs=1)


def test_of_the_ten_largest_of_adventureworks_one_is_among_the_ten_that_earn_most(
    resellers: pd.DataFrame,
) -> None:
    """Recomputed from FactResellerSales, the 365 days to 30 November 2013."""
    year = resellers.query("net_revenue_365 != 0").set_index("account_id")
    ranks = rank_table({"sales": year["net_revenue_365"], "profit": year["gross_profit_365"]})

    assert (ranks["profit_rank"].head(10) <= 10).sum() == 1
    assert ranks["profit_rank"].iloc[0] == 493


def test_adventureworks_accounts_without_an_order_last_year_are_sold_to_below_cost(
    resellers: pd.DataFrame,
) -> None:
    new = resellers.query("order_day_count_365 > 0 and order_day_count_prev_365 == 0")

    assert len(new) == 214
    assert round(new["net_revenue_365"].sum(), 2) == 14_872_022.94
    assert round(new["gross_profit_365"].sum(), 2) == -1_083_887.30


def test_adventureworks_tiers_of_two_calendar_years(adventureworks: Path) -> None:
    tables = open_source(str(adventureworks))
    years = [account_table(tables.order_lines, dt.date(year, 12, 31)) for year in (2012, 2013)]
    # 2012 has 366 days: what was bought on its first day stands in the year before.
    tiers = [abc_tier(table.set_index("account_id")["net_revenue_365"]) for table in years]
    moved = pd.crosstab(*(tier.reindex(years[1]["account_id"]).fillna("none") for tier in tiers))

    assert moved.loc["A"].to_dict() == {"A": 73, "B": 13, "C": 3, "none": 19}
    assert moved.loc["B"].to_dict() == {"A": 15, "B": 29, "C": 11, "none": 9}
    assert moved.loc["C"].to_dict() == {"A": 7, "B": 14, "C": 146, "none": 62}
    assert moved.loc["none", ["A", "B", "C"]].to_list() == [52, 28, 98]


def test_cdnow_over_all_rows(cdnow: Path) -> None:
    tables = open_source(str(cdnow))
    sales = account_table(tables.order_lines, tables.as_of).set_index("account_id")["net_revenue"]
    found = concentration(sales)

    assert tables.note["lines"] == 69_659
    assert (found.accounts, found.target_accounts) == (23_570, 7_695)
    assert np.round(found.total, 2) == 2_500_315.63
    assert found.top_share == pytest.approx(0.678, abs=5e-4)
