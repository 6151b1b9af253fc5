"""Accounts, or companies of one group: the level on which amounts are looked at."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

from kamlib.analysis.tiers import parent_of
from kamlib.estimate import Unknown

Level = Literal["account", "parent"]
LEVEL_SAID = {"account": "", "parent": "Companies of one group count as one account."}
"""What a page says of its level."""
_NO_SUMS = ("tenure_days", "days_since_last_order", "median_gap_days", "product_count_365")


def level_groups(accounts: pd.DataFrame, level: Level) -> pd.Series:
    """Return under whose id the amounts of each account are added up.

    Parameters
    ----------
    accounts
        The accounts table.
    level
        `account`: each under its own; `parent`: all companies of a group under its top.

    Returns
    -------
    Series
        By account.
    """
    return parent_of(accounts if level == "parent" else accounts[["account_id"]])


def at_level(table: Any, groups: pd.Series) -> Any:
    """Return a table of accounts with its amounts added up to groups; an `Unknown` as it is.

    Parameters
    ----------
    table
        A DataFrame with `account_id`, such as the account table; with `period`, it is added up within each.
    groups : Series
        `level_groups`; an account it does not know stands alone.

    Returns
    -------
    DataFrame or Unknown
        Where every account stands alone, the same table. Else one row per group, `account_id` being its top:
        numbers are sums, of days the first of `first_ordered_at` and the last of others, and `account_count`
        says how many accounts there are. What is no sum (gaps between orders, days since) is left out.

    Examples
    --------
    >>> table = pd.DataFrame({"account_id": ["a", "b", "c"], "net_revenue": [1.0, 2.0, 4.0]})
    >>> at_level(table, pd.Series({"a": "a", "b": "a", "c": "c"}))
      account_id  net_revenue  account_count
    0          a          3.0              2
    1          c          4.0              1
    """
    if isinstance(table, Unknown):
        return table
    group = table["account_id"].map(groups).fillna(table["account_id"])
    if not (group.notna() & (group != table["account_id"])).any():
        return table
    rules = dict.fromkeys(table.select_dtypes("number").columns.difference(_NO_SUMS, sort=False), "sum")
    rules |= {day: "min" if day.startswith("first") else "max" for day in table.select_dtypes("datetime")}
    keys = ["period", "account_id"] if "period" in table else ["account_id"]
    grouped = table.assign(account_id=group).groupby(keys)
    return grouped.agg(rules).assign(account_count=grouped.size()).reset_index()
