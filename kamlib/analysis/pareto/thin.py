"""Sales against margin: which accounts are big but thin, and what they would bring at the target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamlib.analysis.snapshot import YEAR
from kamlib.estimate import Unknown

HELD = 0.8
"""Big but thin accounts are marked until they hold so much of the profit that is missing."""
FIELDS = ("big and rich", "small and rich", "big but thin", "small and thin")


@dataclass(frozen=True)
class MarginFields:
    """Accounts by sales and gross margin, cut into four fields.

    Parameters
    ----------
    table
        One row per account with sales, the most missing profit first: the columns given, `margin`, `field`
        (one of `FIELDS`), `profit_at_target`, `missing_profit` (what it earns less than that; 0 where it
        earns more), `is_marked` (the big but thin that hold most of the missing profit).
    sales_cut, margin_cut
        From there on an account is big, and from there on rich.
    cut_by
        What the margin's cut is: `the target`, `the median`, or `cost` where the median is below it.
    """

    table: pd.DataFrame
    sales_cut: float
    margin_cut: float
    cut_by: str


def margin_fields(account_table: pd.DataFrame, *, target_margin: float = 0.0) -> MarginFields | Unknown:
    """Return the accounts in four fields: sales cut at the median, margin at the target or the median.

    Where half of the accounts are sold to below cost, the margin is cut at cost.

    Parameters
    ----------
    account_table
        As of a day; its last 365 days count. Margin is gross profit by the revenue whose cost is known.
    target_margin
        Gross margin aimed at, as a share; 0 for the median of the accounts.

    Returns
    -------
    MarginFields or Unknown
        Unknown without cost, or where no account has sales above zero with a known cost.

    Examples
    --------
    >>> table = pd.DataFrame({"account_id": ["a", "b", "c"], "net_revenue_365": [100.0, 10, 50],
    ...                       "costed_revenue_365": [100.0, 10, 50], "gross_profit_365": [5.0, 3, 10]})
    >>> margin_fields(table).table[["account_id", "field", "missing_profit"]]
      account_id         field  missing_profit
    0          a  big but thin            15.0
    1          c  big and rich             0.0
    2          b  small and rich           0.0
    """
    sales, profit, costed = (f"{name}_{YEAR}" for name in ("net_revenue", "gross_profit", "costed_revenue"))
    if profit not in account_table:
        return Unknown("Margins cannot be told: these sales come without cost.", "margins")
    table = account_table[(account_table[sales] > 0) & (account_table[costed] > 0)]
    if table.empty:
        return Unknown("No account has sales whose cost is known in the last 12 months.", "margins")
    margin = table[profit] / table[costed]
    sales_cut, median = float(table[sales].median()), float(margin.median())
    margin_cut = target_margin or max(median, 0.0)
    cut_by = "the target" if target_margin else "the median" if median > 0 else "cost"
    is_big, is_rich = table[sales] >= sales_cut, margin >= margin_cut
    aimed = margin_cut * table[costed]
    table = table.assign(
        margin=margin,
        field=np.select([is_big & is_rich, is_rich, is_big], FIELDS[:3], FIELDS[3]),
        profit_at_target=aimed,
        missing_profit=(aimed - table[profit]).clip(lower=0.0),
    )
    ranked = table.sort_values(
        ["missing_profit", sales, "account_id"], ascending=[False, False, True], ignore_index=True
    )
    missing = ranked["missing_profit"].where(ranked["field"] == FIELDS[2], 0.0)
    so_far = missing.cumsum().shift(fill_value=0.0)
    ranked["is_marked"] = (missing > 0) & (so_far < HELD * missing.sum() - 1e-9)
    return MarginFields(ranked, sales_cut, margin_cut, cut_by)
