"""How much of last year's sales was kept: who left, bought less, bought more, came back or is new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.stats import hypergeom
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from kamlib.analysis.periods import Period
from kamlib.analysis.tiers import abc_tier

MOVES = ("churn", "contraction", "expansion", "reactivated", "new", "returns")
LEAST = 10
"""Of fewer accounts with sales last year, a share hangs on one or two of them."""


def revenue_moves(sold: pd.DataFrame, years: Sequence[Period], first_ordered: pd.Series) -> pd.DataFrame:
    """Return what each account bought in each year and in the one before, and what that makes of it.

    Parameters
    ----------
    sold
        `account_periods` of these years, without products.
    years
        `migration.whole_years`, rolling: windows of equal length, the latest first.
    first_ordered : Series
        The day of the first order by account.

    Returns
    -------
    DataFrame
        One row per pair of neighbouring years and account with sales in one of them, the earliest pair
        first, then by account: `from_period`, `to_period`, `account_id`, `revenue_before`, `revenue_now`,
        `change` and `move`: `churn` (no sales above zero any more), `contraction`, `expansion` (equals among
        them), `reactivated` (no sales in the year before, but a first order before it), `new`, or `returns`
        (sales above zero in neither year).

    Examples
    --------
    >>> import datetime as dt
    >>> from kamlib.analysis.periods import rolling_years
    >>> years = rolling_years(dt.date(2024, 12, 30), first=dt.date(2023, 1, 1), most=2)
    >>> sold = pd.DataFrame({"period": ["Dec 2023", "Dec 2024"], "account_id": "a", "net_revenue": [9, 7]})
    >>> revenue_moves(sold, years, pd.Series({"a": pd.Timestamp("2023-01-01")}))[["change", "move"]]
       change         move
    0      -2  contraction
    """
    labels = [year.label for year in years]
    sales = sold.pivot_table(index="account_id", columns="period", values="net_revenue", aggfunc="sum")
    sales = sales.reindex(columns=labels).fillna(0.0)
    first = pd.to_datetime(sales.index.to_series().map(first_ordered))
    pairs = [_moves(sales, now, before, first) for now, before in pairwise(years)]
    return pd.concat(pairs[::-1], ignore_index=True)


def revenue_bridges(moves: pd.DataFrame) -> pd.DataFrame:
    """Return the steps from each year's sales to the next year's; they close.

    Parameters
    ----------
    moves
        `revenue_moves`.

    Returns
    -------
    DataFrame
        One row per pair of years and step, in order: `from_period`, `to_period`, `step` (`before`, those of
        `MOVES` in which anybody is, `now`), `amount`, `account_count`.
    """
    pair = ["from_period", "to_period"]
    ends = [
        moves.assign(step=end, amount=moves[f"revenue_{end}"], account_count=moves[f"revenue_{end}"] > 0)
        for end in ("before", "now")
    ]
    steps = pd.concat([*ends, moves.assign(step=moves["move"], amount=moves["change"], account_count=1)])
    steps["step"] = pd.Categorical(steps["step"], ["before", *MOVES, "now"])
    grouped = steps.groupby([*pair, "step"], sort=False, observed=True)[["amount", "account_count"]].sum()
    order = {label: place for place, label in enumerate(moves["to_period"].unique())}
    table = grouped.reset_index().assign(place=lambda found: found["to_period"].map(order))
    table = table.sort_values(["place", "step"], ignore_index=True).drop(columns="place")
    return table.astype({"step": "str", "account_count": "int64"})


def retention_table(moves: pd.DataFrame, by: Sequence[str], *, least: int = LEAST) -> pd.DataFrame:
    """Return which part of the sales of the year before was kept, and which part of the accounts left.

    Parameters
    ----------
    moves
        `revenue_moves`, with the columns of `by`.
    by
        What the rows are: such as `["from_period", "to_period"]`.
    least
        Of fewer accounts the shares are not told.

    Returns
    -------
    DataFrame
        One row per group: `by`, `account_count` (with sales above zero in the year before), `revenue_before`
        and `revenue_now` of these, `lost_revenue` (by which they bought less, or left);
        `net_retention` (NRR: now / before), `gross_retention` (GRR: the same without what anybody bought
        more; 0 to 1), `left_count`, `left_share`, `left_revenue_share` (of the accounts, and of their
        sales). The last two with `_low`, `_high` (Wilson, 95 %; of sales on Kish's size: so few accounts of
        equal size would leave the same range). All shares are missing, and `_note` says why, where there are
        too few.

    Examples
    --------
    >>> moves = pd.DataFrame({"year": 2024, "revenue_before": [60.0, 40], "revenue_now": [78.0, 25]})
    >>> moves["move"] = ["expansion", "contraction"]
    >>> retention_table(moves, ["year"], least=1)[["net_retention", "gross_retention"]].values.tolist()
    [[1.03, 0.85]]
    """
    had = moves[moves["revenue_before"] > 0]
    before, now, left = had["revenue_before"], had["revenue_now"], had["move"] == "churn"
    sums = had[[*by]].assign(
        account_count=1,
        revenue_before=before,
        revenue_now=now,
        lost_revenue=(before - now).clip(lower=0, upper=before),
        left_count=left.astype(int),
        left_revenue=before.where(left, 0.0),
        squares=before**2,
    )
    table = sums.groupby([*by], sort=False).sum().reset_index()
    start, count = table["revenue_before"], table["account_count"]
    is_told = count >= least
    table["net_retention"] = (table["revenue_now"] / start).where(is_told)
    table["gross_retention"] = (1 - table["lost_revenue"] / start).where(is_told)
    shares = {
        "left_share": (table["left_count"] / count, count),
        "left_revenue_share": (table["left_revenue"] / start, start**2 / table["squares"]),
    }
    for name, (share, size) in shares.items():
        low, high = proportion_confint(share * size, size, method="wilson")
        ends = {name: share, f"{name}_low": np.minimum(low, share), f"{name}_high": np.maximum(high, share)}
        table = table.assign(**{column: cells.where(is_told) for column, cells in ends.items()})
        table[f"{name}_note"] = np.where(is_told, "", "too few to tell")
    return table.drop(columns=["squares", "left_revenue"])


def part_table(
    moves: pd.DataFrame, accounts: pd.DataFrame, cuts: Mapping[str, str], *, least: int = LEAST
) -> pd.DataFrame:
    """Return by tier, industry and so on what was kept, and where accounts left more often than elsewhere.

    Parameters
    ----------
    moves
        `revenue_moves`; of the last pair of years.
    accounts
        The accounts table.
    cuts
        Columns of it, and what people call them; those it lacks are passed over. `tier` is added here: by
        the sales of the year before, for who has left has no tier this year.
    least
        See `retention_table`.

    Returns
    -------
    DataFrame
        `retention_table` by `cut` and `part`, in the order of `cuts` and by part; accounts of which the
        table does not say are in none. `is_left_more`: more of its accounts left than chance would have it
        (Fisher's exact test against the other parts of the cut, Holm over all parts, 5 %).
    """
    last = moves[moves["to_period"] == moves["to_period"].iloc[-1]]
    tier = abc_tier(last.set_index("account_id")["revenue_before"])
    named = last.merge(accounts, on="account_id", how="left").assign(tier=tier.to_numpy())
    known = [
        named.assign(cut=label, part=named[column]).dropna(subset="part").sort_values("part", kind="stable")
        for column, label in cuts.items()
        if column in named
    ]
    table = retention_table(pd.concat(known), ["cut", "part"], least=least)
    every = table.groupby("cut")[["account_count", "left_count"]].transform("sum")
    chance = hypergeom.sf(table["left_count"] - 1, *every.T.to_numpy(), table["account_count"])
    adjusted = multipletests(np.where(table["left_share"].notna(), chance, 1.0), method="holm")[1]
    return table.assign(is_left_more=adjusted < 0.05)


def _moves(sales: pd.DataFrame, now: Period, before: Period, first: pd.Series) -> pd.DataFrame:
    was, has = sales[before.label], sales[now.label]
    is_back = first < pd.Timestamp(before.starts)
    rules = {
        "churn": (was > 0) & (has <= 0),
        "contraction": (was > 0) & (has < was),
        "expansion": was > 0,
        "reactivated": (has > 0) & is_back,
        "new": has > 0,
    }
    table = pd.DataFrame({"revenue_before": was, "revenue_now": has, "change": has - was})
    table["move"] = np.select([*rules.values()], [*rules], "returns")
    table = table[(was != 0) | (has != 0)].reset_index()
    table.insert(0, "from_period", before.label)
    table.insert(1, "to_period", now.label)
    return table
