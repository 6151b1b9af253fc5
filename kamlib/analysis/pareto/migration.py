"""In which tier each account was year by year: who came, who rose, who slipped, who left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from kamlib.analysis.periods import Period, calendar_years, rolling_years
from kamlib.analysis.tiers import abc_tier
from kamlib.estimate import Unknown

TIERS = ("A", "B", "C")
LEFT, NOT_YET = "left", "not yet"
"""The states of an account without sales in a year: it had some before, or had none so far."""
STATES = (*TIERS, LEFT, NOT_YET)
MOST_YEARS = 5
Years = Literal["rolling", "calendar"]


def whole_years(
    as_of: dt.date, *, first: dt.date, years: Years = "rolling", first_month: int = 1
) -> list[Period] | Unknown:
    """Return the years that may be compared, the latest first: whole ones, of equal length.

    Parameters
    ----------
    as_of, first
        The last day that counts, and the first order day of the source.
    years
        `rolling`: 365 days each, the latest ends with `as_of`. `calendar`: the company's own years.
    first_month
        The month in which those start, 1 to 12.

    Returns
    -------
    list of Period or Unknown
        The latest five at the most. Unknown where the data hold less than two.

    Examples
    --------
    >>> as_of = dt.date(2025, 6, 30)
    >>> [year.label for year in whole_years(as_of, first=dt.date(2022, 1, 3), years="calendar")]
    ['2024', '2023']
    >>> whole_years(as_of, first=dt.date(2024, 1, 3)).reason
    'Nobody can be seen to move: that takes two whole years, ... 3 Jan 2024 to 30 Jun 2025 hold one.'
    """
    if years == "calendar":
        found = calendar_years(as_of, first=first, first_month=first_month)[:MOST_YEARS]
    else:
        found = rolling_years(as_of, first=first, most=MOST_YEARS)
    if len(found) >= 2:
        return found
    span = " to ".join(f"{day.day} {day:%b %Y}" for day in (first, as_of))
    return Unknown(
        f"Nobody can be seen to move: that takes two whole years, and the data from {span} hold "
        f"{'one' if found else 'none'}.",
        "migration",
    )


def unfinished_note(years: Sequence[Period], as_of: dt.date) -> str:
    """Return that the days after the last year are not compared, or nothing where there are none.

    Examples
    --------
    >>> year = Period("2012", dt.date(2012, 1, 1), dt.date(2012, 12, 31))
    >>> unfinished_note([year], dt.date(2013, 11, 29))
    'The year since 1 Jan 2013 is not over, and is not compared.'
    >>> unfinished_note([year], dt.date(2012, 12, 31))
    ''
    """
    starts = years[0].ends + dt.timedelta(1)
    said = f"The year since {starts.day} {starts:%b %Y} is not over, and is not compared."
    return said if starts <= as_of else ""


def tier_years(sold: pd.DataFrame, years: Sequence[Period]) -> pd.DataFrame:
    """Return the state of each account in each year.

    Parameters
    ----------
    sold
        `account_periods` of these years, without products.
    years
        The latest first.

    Returns
    -------
    DataFrame
        One row per account and year, the earliest year first, then by account: `period`, `account_id`,
        `net_revenue` (0 without sales), `gross_profit` where there is cost, and `state`: the tier by the
        year's net revenue (`tiers.abc_tier`), or where that is not above zero `left` (sales in one of the
        years before) or `not yet` (none).
    """
    labels = [year.label for year in reversed(years)]
    known = [name for name in ("net_revenue", "gross_profit") if name in sold]
    sold = sold[sold["period"].isin(labels)]
    cells = sold.set_index(["account_id", "period"])[known].unstack(fill_value=0.0)  # noqa: PD010 - a pivot_table would average
    cells = cells.reindex(columns=pd.MultiIndex.from_product([known, labels]), fill_value=0.0)
    sales = cells["net_revenue"]
    absent = (sales > 0).cummax(axis=1).replace({True: LEFT, False: NOT_YET})
    state = sales.apply(abc_tier).astype(object).fillna(absent)
    parts = {name: cells[name].melt(ignore_index=False)["value"] for name in known}
    table = state.melt(ignore_index=False, var_name="period", value_name="state").assign(**parts)
    return table.reset_index()[["period", "account_id", *known, "state"]].astype({"state": "str"})


def tier_moves(years: pd.DataFrame) -> pd.DataFrame:
    """Return how many accounts went from which state to which, and what they bought, year on year.

    Parameters
    ----------
    years
        `tier_years`.

    Returns
    -------
    DataFrame
        One row per pair of neighbouring years and of states, also of states between which nobody moved,
        the earliest first: `from_period`, `to_period`, `from_state` (A, B, C, left, not yet), `to_state`
        (A, B, C, left), `account_count`, `from_revenue`, `to_revenue`; `account_share` of those in the
        first state, with Wilson's interval `_low`, `_high` (missing of `not yet`: of those nobody is
        counted who did not come).
    """
    labels, pairs = list(years["period"].unique()), []
    every = pd.MultiIndex.from_product([STATES, (*TIERS, LEFT)], names=["from_state", "to_state"])
    # Rows of each year stand in the same order of accounts.
    by_year = {label: rows.reset_index(drop=True) for label, rows in years.groupby("period", sort=False)}
    for before, after in pairwise(labels):
        was, now = by_year[before], by_year[after]
        moved = pd.DataFrame({"from_state": was["state"], "to_state": now["state"]})
        moved = moved.assign(from_revenue=was["net_revenue"], to_revenue=now["net_revenue"], account_count=1)
        table = moved.groupby(["from_state", "to_state"]).sum().reindex(every, fill_value=0).reset_index()
        table[["from_period", "to_period"]] = before, after
        pairs.append(table)
    table = with_shares(pd.concat(pairs, ignore_index=True), ["from_period", "from_state"])
    shares = [name for name in table if str(name).startswith("account_share")]
    table[shares] = table[shares].where(table["from_state"] != NOT_YET)
    first = ["from_period", "to_period", "from_state", "to_state", "account_count"]
    return table[[*first, "from_revenue", "to_revenue", *shares]]


def with_shares(counts: pd.DataFrame, within: list[str]) -> pd.DataFrame:
    """Return counts with their shares of the sum over `within`, and Wilson's intervals of 95 %.

    Parameters
    ----------
    counts
        With `account_count`.
    within
        The columns whose equal rows make up one whole.

    Returns
    -------
    DataFrame
        The same rows with `account_share`, `account_share_low`, `account_share_high`; missing where the
        whole is nobody.

    Examples
    --------
    >>> counts = pd.DataFrame({"tier": ["A", "A"], "account_count": [81, 182]})
    >>> with_shares(counts, ["tier"]).round(4)["account_share_low"].to_list()
    [0.2553, 0.6338]
    """
    whole = counts.groupby(within)["account_count"].transform("sum").to_numpy(dtype=float)
    whole[whole == 0] = np.nan
    low, high = proportion_confint(counts["account_count"], whole, method="wilson")
    share = counts["account_count"] / whole
    return counts.assign(account_share=share, account_share_low=low, account_share_high=high)


def list_stability(moves: pd.DataFrame, *, tier: str = "A") -> pd.DataFrame:
    """Return how much of a tier's list stays from one year to the next.

    Parameters
    ----------
    moves
        `tier_moves`; only periods, states and counts are read.
    tier
        Whose list.

    Returns
    -------
    DataFrame
        One row per pair of neighbouring years, the latest first: `from_period`, `to_period`, `before_count`;
        of these `kept_count`, `fell_count` (to another tier), `left_count` (without sales); `risen_count`
        (from another tier), `new_count` (without sales in the year before), `after_count`; `stability`: those
        kept by all that were on either list (Jaccard 1912); missing where both are empty.

    Examples
    --------
    >>> moves = pd.DataFrame({
    ...     "from_period": "2012", "to_period": "2013", "from_state": ["A", "A", "B"],
    ...     "to_state": ["A", "B", "A"], "account_count": [8, 2, 1],
    ... })
    >>> list_stability(moves)["stability"].round(3).to_list()
    [0.727]
    """
    was, now = moves["from_state"], moves["to_state"]
    kinds = {
        "kept": (was == tier) & (now == tier),
        "fell": (was == tier) & now.isin(TIERS),
        "left": was == tier,
        "risen": (now == tier) & was.isin(TIERS),
        "new": now == tier,
    }
    kind = np.select(list(kinds.values()), list(kinds), "other")
    pairs = moves.groupby(["from_period", "to_period", kind], sort=False)["account_count"].sum()
    table = pairs.unstack(fill_value=0).reindex(columns=list(kinds), fill_value=0).add_suffix("_count")  # noqa: PD010
    table["before_count"] = table[["kept_count", "fell_count", "left_count"]].sum(axis=1)
    table["after_count"] = table[["kept_count", "risen_count", "new_count"]].sum(axis=1)
    either = table["before_count"] + table["after_count"] - table["kept_count"]
    table["stability"] = table["kept_count"] / either.where(either > 0)
    return table.iloc[::-1].reset_index()


def last_moves(years: pd.DataFrame) -> pd.DataFrame:
    """Return the state of each account in the last two years.

    Parameters
    ----------
    years
        `tier_years`.

    Returns
    -------
    DataFrame
        One row per account that had a tier in one of the two, by account: `account_id`, `from_state`,
        `to_state`.
    """
    before, after = list(years["period"].unique())[-2:]
    was, now = (years[years["period"] == label].set_index("account_id")["state"] for label in (before, after))
    moves = pd.DataFrame({"from_state": was, "to_state": now})
    return moves[moves.isin(TIERS).any(axis=1)].rename_axis("account_id").reset_index()
