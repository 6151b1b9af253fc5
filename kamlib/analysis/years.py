"""Years of 365 days side by side, the latest first; only whole ones, and on like counts of accounts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from kamlib.analysis.pareto.concentration import Concentration, concentration, top_count
from kamlib.analysis.pareto.levels import at_level
from kamlib.analysis.periods import account_periods, rolling_years
from kamlib.analysis.snapshot import YEAR
from kamlib.estimate import Unknown

MOST_APART = 0.05
"""Cost must be known for about the same part of both years' sales: more points apart compare two things."""


def year_table(
    order_lines: Any,
    as_of: dt.date,
    *,
    first: dt.date,
    groups: pd.Series | None = None,
    target_share: float = 0.8,
) -> pd.DataFrame | Unknown:
    """Compare the 365 days to a day with the 365 days before, and with those before them.

    Parameters
    ----------
    order_lines
        Any table that Narwhals knows, with the canonical columns of `order_lines`.
    as_of, first
        The last day that counts, and the first order day of the source.
    groups : Series
        `level_groups`, to look at groups of companies instead of accounts.
    target_share
        See `concentration`.

    Returns
    -------
    DataFrame or Unknown
        One row per whole year, five at the most, the latest first.

        - `label` (the month it ends in), `starts`, `ends` (days, both included)
        - `account_count` (accounts with sales other than zero), `net_revenue`, and of these `top_share`,
          `largest_ten_share`, `target_accounts`
        - `same_count`, `same_share`: the share of the largest, as many in each year as the top fifth has in
          the year with the fewest accounts
        - with cost `gross_profit`, `margin` (of the revenue whose cost is known), `costed_share` (the part of
          the revenue whose cost is known), `below_cost_count` (accounts with a gross profit below zero)

        Unknown where the source does not reach back two whole years.

    Notes
    -----
    The top fifth grows with the number of accounts: a hundred small ones more, and its share rises though no
    large account bought more. `same_share` and `largest_ten_share` keep the number alike.
    """
    periods = rolling_years(as_of, first=first)
    if len(periods) < 2:
        return Unknown(
            f"This year cannot be compared with last: that takes {2 * YEAR} days, "
            f"and the data hold {_days_held(as_of, first)}.",
            "years",
        )
    sums = account_periods(order_lines, periods)
    sums = sums if groups is None else at_level(sums, groups)
    by_year = [sums[sums["period"] == year.label].set_index("account_id") for year in periods]
    bought = [found[found["net_revenue"] != 0] for found in by_year]
    same = min((top_count(len(few)) for few in bought if len(few)), default=0)
    shares = (_shares(few["net_revenue"], same, target_share) for few in bought)
    rows = zip(periods, shares, by_year, strict=True)
    return pd.DataFrame([vars(year) | share | _profit(found) for year, share, found in rows])


def has_lost_profit(years: pd.DataFrame | Unknown) -> bool:
    """Return whether gross profit fell by more than half because less is left of each sale.

    A profit that fell with sales alone, or because cost is known for another part of them, is no such
    loss: the margin must have fallen by a quarter, with the cost of at least 80 % of sales known in both
    years and for about the same part (within 5 points).

    Parameters
    ----------
    years
        `year_table`; nothing is lost where it is an `Unknown`.
    """
    if isinstance(years, Unknown) or "gross_profit" not in years:
        return False
    now, before = years.iloc[0], years.iloc[1]
    fell = 0 < before["gross_profit"] > 2 * now["gross_profit"] and now["margin"] < 0.75 * before["margin"]
    known, known_before = now["costed_share"], before["costed_share"]
    return bool(fell and min(known, known_before) >= 0.8 and abs(known - known_before) <= MOST_APART)


def comparable_profit(years: pd.DataFrame | Unknown) -> pd.DataFrame | Unknown:
    """Return the years, or why their profits cannot be compared: cost is known for another part of the sales.

    Parameters
    ----------
    years
        `year_table`; an `Unknown`, and a table without profit or of one year, is returned as it is.
    """
    if isinstance(years, Unknown) or "costed_share" not in years or len(years) < 2:
        return years
    now, before = years["costed_share"].iloc[:2]
    if abs(now - before) <= MOST_APART:
        return years
    return Unknown(
        f"Cost is known for {now:.0%} of this year's sales and for {before:.0%} of last year's, "
        "so what changed the profit cannot be told.",
        "profit",
    )


def comparable_years(account_table: pd.DataFrame, as_of: dt.date, *, first: dt.date) -> pd.DataFrame:
    """Return the account table, without last year's columns where the data do not hold all of last year.

    Parameters
    ----------
    account_table, as_of, first
        As in `year_table`.
    """
    if _days_held(as_of, first) >= 2 * YEAR:
        return account_table
    return account_table.drop(columns=[name for name in account_table if name.endswith(f"_prev_{YEAR}")])


def _days_held(as_of: dt.date, first: dt.date) -> int:
    return (as_of - first).days + 1


def _shares(revenue: pd.Series, same: int, target_share: float) -> dict[str, Any]:
    row: dict[str, Any] = {"account_count": len(revenue), "net_revenue": float(revenue.sum())}
    found = concentration(revenue, target_share=target_share)
    if not isinstance(found, Concentration):
        return row
    told = {name: getattr(found, name) for name in ("top_share", "largest_ten_share", "target_accounts")}
    return row | told | {"same_count": same, "same_share": revenue.nlargest(same).sum() / found.total}


def _profit(sums: pd.DataFrame) -> dict[str, Any]:
    if "gross_profit" not in sums:
        return {}
    revenue, profit, costed = sums[["net_revenue", "gross_profit", "costed_revenue"]].sum()
    return {
        "gross_profit": profit,
        "margin": profit / costed if costed > 0 else np.nan,
        "costed_share": costed / revenue if revenue > 0 else np.nan,
        "below_cost_count": int((sums["gross_profit"] < 0).sum()),
    }
