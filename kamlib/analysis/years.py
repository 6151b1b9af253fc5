"""Two windows of 365 days, last year and the one to date, side by side only where both are whole."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from kamlib.analysis.pareto.concentration import Concentration, concentration
from kamlib.analysis.snapshot import YEAR
from kamlib.estimate import Unknown

_SUFFIX = {"this year": f"_{YEAR}", "last year": f"_prev_{YEAR}"}


def year_table(
    account_table: pd.DataFrame, as_of: dt.date, *, first: dt.date, target_share: float = 0.8
) -> pd.DataFrame | Unknown:
    """Compare the 365 days to a day with the 365 days before.

    Parameters
    ----------
    account_table
        As of that day.
    as_of, first
        The last day that counts, and the first order day of the source.
    target_share
        See `concentration`.

    Returns
    -------
    DataFrame or Unknown
        Two rows, `window` = this year, last year: `starts`, `ends` (days, both included), `account_count`
        (accounts with an order), `net_revenue`, `top_share`, `target_accounts`; with cost also
        `gross_profit`, `margin` (of the revenue whose cost is known), `costed_share` (the part of the revenue
        whose cost is known), `below_cost_count` (accounts whose
        gross profit is below zero). Unknown where the source does not reach back two whole years.
    """
    days = _days_held(as_of, first)
    if days < 2 * YEAR:
        return Unknown(
            f"This year cannot be compared with last: that takes {2 * YEAR} days, and the data hold {days}.",
            "years",
        )
    ends = {"this year": as_of, "last year": as_of - dt.timedelta(days=YEAR)}
    rows = [_year(account_table, window, end, target_share) for window, end in ends.items()]
    return pd.DataFrame(rows)


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
    return bool(fell and min(known, known_before) >= 0.8 and abs(known - known_before) <= 0.05)


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


def _year(account_table: pd.DataFrame, window: str, end: dt.date, target_share: float) -> dict[str, object]:
    suffix = _SUFFIX[window]
    ordered = account_table[f"order_day_count{suffix}"] > 0
    revenue = account_table[f"net_revenue{suffix}"]
    found = concentration(revenue[ordered], target_share=target_share)
    row: dict[str, object] = {
        "window": window,
        "starts": end - dt.timedelta(days=YEAR - 1),
        "ends": end,
        "account_count": int(ordered.sum()),
        "net_revenue": float(revenue.sum()),
        "top_share": found.top_share if isinstance(found, Concentration) else np.nan,
        "target_accounts": found.target_accounts if isinstance(found, Concentration) else np.nan,
    }
    if f"gross_profit{suffix}" in account_table:
        profit = account_table[f"gross_profit{suffix}"]
        costed = account_table[f"costed_revenue{suffix}"].sum()
        row["gross_profit"] = float(profit.sum())
        row["margin"] = float(profit.sum() / costed) if costed > 0 else np.nan
        row["costed_share"] = float(costed / revenue.sum()) if revenue.sum() > 0 else np.nan
        row["below_cost_count"] = int((profit < 0).sum())
    return row
