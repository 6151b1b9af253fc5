"""How many customers are kept from year to year, and what one to ten points more would be worth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from kamlib.analysis.lifetime.history import NO_PROFIT
from kamlib.analysis.snapshot import YEAR
from kamlib.analysis.tiers import abc_tier
from kamlib.errors import ParameterError
from kamlib.estimate import Estimate, Unknown

FEWEST = 10
"""Accounts of a tier below which its share kept is not told."""
POINTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
ALL = "All"


def retention_value(margin: Any, retention: Any, discount_rate: float) -> Any:
    """Return what a customer of a steady yearly margin is worth: m·r / (1 + d − r).

    Parameters
    ----------
    margin
        A year, first earned a year from today if the customer is kept.
    retention
        Share of customers kept from one year to the next.
    discount_rate
        A year, above zero.

    Notes
    -----
    Gupta & Lehmann (2003), Customers as Assets, Journal of Interactive Marketing 17(1), 9–24.

    Examples
    --------
    >>> round(retention_value(1.0, 0.8, 0.10), 2)
    2.67
    """
    return margin * retention / (1 + discount_rate - retention)


def retention_by_tier(
    account_table: pd.DataFrame, as_of: dt.date, *, first: dt.date
) -> pd.DataFrame | Unknown:
    """Return which share of last year's customers ordered again this year, by the tier they had last year.

    Parameters
    ----------
    account_table
        As of the last day that counts.
    as_of, first
        That day, and the first order day of the source.

    Returns
    -------
    DataFrame or Unknown
        Tiers A, B, C, and `All`: `tier`; `n` (accounts of that tier last year), `kept_count`, `kept_share`,
        `kept_share_low`, `kept_share_high` (Wilson), `kept_share_note` (too few: fewer than ten);
        `account_count` (accounts of that tier this year) and, where it is known, `gross_profit` (a year, per
        account of that tier this year). Unknown where the data do not hold both years.
    """
    if (held := (as_of - first).days + 1) < 2 * YEAR:
        return Unknown(
            f"How many customers are kept cannot be told: that takes {2 * YEAR} days, and the data hold "
            f"{held}.",
            "retention",
        )
    table = account_table.set_index("account_id")
    was, now = (abc_tier(table[f"net_revenue{window}"]) for window in (f"_prev_{YEAR}", f"_{YEAR}"))
    kept = table[f"order_day_count_{YEAR}"] > 0
    rows = []
    for tier in ("A", "B", "C", ALL):
        then, today = ((one.notna() if tier == ALL else one == tier) for one in (was, now))
        row = {"tier": tier, "n": int(then.sum()), "kept_count": int(kept[then].sum())}
        row |= {"account_count": int(today.sum())}
        if f"gross_profit_{YEAR}" in table:
            row["gross_profit"] = table.loc[today, f"gross_profit_{YEAR}"].mean()
        rows.append(row)
    return _with_shares(pd.DataFrame(rows))


def _with_shares(table: pd.DataFrame) -> pd.DataFrame:
    is_told = table["n"] >= FEWEST
    counts, n = table["kept_count"], table["n"].where(is_told)
    low, high = proportion_confint(counts, n, method="wilson")
    share = counts / n
    # Wilson's ends differ from 0 and 1 in the last digit.
    table["kept_share"], table["kept_share_low"] = share, np.minimum(low, share)
    table["kept_share_high"] = np.maximum(high, share)
    told = "too few to tell (" + table["n"].astype(str) + ")"
    return table.assign(kept_share_note=told.mask(is_told, ""))


def rise_of_points(kept: pd.DataFrame | Unknown, points: int, *, discount_rate: float) -> Estimate | Unknown:
    """Return by which share some more of every hundred kept raise what a customer is worth.

    The yearly margin cancels: this can be told without cost.

    Parameters
    ----------
    kept
        `retention_by_tier`; of all accounts. An `Unknown` is returned as it is.
    points, discount_rate
        See `worth_of_points`.
    """
    if isinstance(kept, Unknown):
        return kept
    row = kept[kept["tier"] == ALL].iloc[0]
    if pd.isna(row["kept_share"]):
        return Unknown(f"Too few to tell how many customers are kept: {row['n']} accounts.", "retention")
    if row["kept_count"] == 0:
        return Unknown("None of last year's customers has ordered again.", "retention")
    if row["kept_share"] == 1:
        return _nobody_more(row)
    shares = np.array([row["kept_share"], row["kept_share_low"], row["kept_share_high"]])
    more = np.minimum(shares + points / 100, 1.0)
    now, then = (retention_value(1.0, share, discount_rate) for share in (shares, more))
    rises = then / now - 1
    return Estimate(float(rises[0]), float(rises.min()), float(rises.max()), int(row["n"]), "Wilson")


def worth_of_points(
    kept: pd.DataFrame | Unknown, *, discount_rate: float, points: Sequence[int] = POINTS
) -> pd.DataFrame | Unknown:
    """Return what keeping some more of every hundred customers a year would be worth.

    Parameters
    ----------
    kept
        `retention_by_tier`; an `Unknown` is returned as it is.
    discount_rate
        A year, above zero.
    points
        Percentage points; beyond 100 % nobody is left to keep.

    Returns
    -------
    DataFrame or Unknown
        One row per tier and points: `tier`, `points`, `worth` (today's accounts of the tier × the rise of
        `retention_value`, money of today), `worth_low`, `worth_high` (over the range of the share kept). A
        tier that is too few has no row. `All` is the sum of the tiers, its range after Zou & Donner (2008);
        where a tier is too few, all accounts are taken as one instead. Unknown where gross profit is, and
        where everybody was kept.

    Raises
    ------
    ParameterError
        The rate is not above zero.
    """
    if discount_rate <= 0:
        raise ParameterError(f"discount_rate: give a rate above 0, not {discount_rate}")
    if isinstance(kept, Unknown):
        return kept
    if "gross_profit" not in kept:
        return NO_PROFIT
    if (all_kept := kept[(kept["tier"] == ALL) & (kept["kept_share"] == 1)]).size:
        return _nobody_more(all_kept.iloc[0])
    told = kept[kept["kept_share"].notna() & (kept["account_count"] > 0)]
    rows = [_rise(row, more, discount_rate) for _, row in told.iterrows() for more in points]
    table = pd.DataFrame(rows, columns=["tier", "points", "worth", "worth_low", "worth_high"])
    tiers = table[table["tier"] != ALL]
    if len(tiers) == 3 * len(points):
        table = pd.concat([tiers, _added_up(tiers)], ignore_index=True)
    if table.empty:
        return Unknown(f"Too few to tell what a point is worth: {kept['n'].max()} accounts.", "points")
    return table


def _nobody_more(row: pd.Series) -> Unknown:
    said = f"All {row['n']} of last year's customers have ordered again: there is none more to keep."
    return Unknown(said, "retention")


def _rise(row: pd.Series, points: int, discount_rate: float) -> tuple[Any, ...]:
    profit = row["account_count"] * row["gross_profit"]

    def worth(share: Any) -> Any:
        more = np.minimum(share + points / 100, 1.0)
        return retention_value(profit, more, discount_rate) - retention_value(profit, share, discount_rate)

    # Near 100 % there is less left to win: the ends of the range need not be those of the share.
    found = worth(np.linspace(row["kept_share_low"], row["kept_share_high"], 101))
    at = worth(row["kept_share"])
    return row["tier"], points, at, min(found.min(), at), max(found.max(), at)


def _added_up(tiers: pd.DataFrame) -> pd.DataFrame:
    low, high = (
        ((tiers["worth"] - tiers[f"worth_{end}"]) ** 2).groupby(tiers["points"]).sum() ** 0.5
        for end in ("low", "high")
    )
    table = tiers.groupby("points")[["worth"]].sum()
    table = table.assign(worth_low=table["worth"] - low, worth_high=table["worth"] + high, tier=ALL)
    return table.reset_index()[list(tiers)]
