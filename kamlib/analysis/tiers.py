"""ABC tiers, key accounts, and companies of one group: one definition each, used everywhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kamlib.analysis.pareto.concentration import concentration_table
from kamlib.estimate import Unknown

CUTS = (0.8, 0.95)


def abc_tier(amount: pd.Series, *, cuts: tuple[float, float] = CUTS) -> pd.Series:
    """Return the ABC tier of each account, cut on the cumulative share *before* the account.

    So the account that crosses a line is still in the higher tier, and the largest account is
    always A. Accounts of equal amounts are ranked by name.

    Parameters
    ----------
    amount : Series
        Of each account, indexed by account.
    cuts
        Cumulative shares at which A and B end.

    Returns
    -------
    Series
        `A`, `B` or `C` by account, in the order given; missing where the amount is not above zero.

    Examples
    --------
    >>> abc_tier(pd.Series({"a": 70.0, "b": 20.0, "c": 9.0, "d": 1.0, "e": 0.0})).to_dict()
    {'a': 'A', 'b': 'A', 'c': 'B', 'd': 'C', 'e': nan}
    """
    table = concentration_table(amount[amount > 0])
    before = (table["cumulative_amount_share"] - table["amount_share"]).to_numpy()
    named = np.select([before < cuts[0] - 1e-12, before < cuts[1] - 1e-12], ["A", "B"], "C")
    tier = pd.Series(named, index=pd.Index(table["account_id"]), dtype="str", name="tier")
    return tier.reindex(amount.index)


def is_key_account(accounts: pd.DataFrame, tier: pd.Series) -> pd.Series:
    """Return whether each account is a key account: as the company says, else tier A.

    Parameters
    ----------
    accounts
        The accounts table; `is_key` decides where it is given.
    tier : Series
        By account.

    Returns
    -------
    Series
        True or False by account, in the order of `tier`. Where the company names key accounts, an
        account without a word is none.
    """
    if "is_key" in accounts and accounts["is_key"].notna().any():
        named = accounts.set_index("account_id")["is_key"].fillna(value=False).astype(bool)
        return named.reindex(tier.index, fill_value=False).rename("is_key")
    return (tier == "A").rename("is_key")


def tier_table(
    account_table: pd.DataFrame, tier: pd.Series, columns: Sequence[str]
) -> pd.DataFrame | Unknown:
    """Return one row per tier: how many accounts, and their part of each amount.

    Parameters
    ----------
    account_table
        With `account_id` and the columns.
    tier : Series
        By account.
    columns
        Amounts to add up; those the table lacks are passed over.

    Returns
    -------
    DataFrame or Unknown
        `tier` A, B, C, `account_count`, `account_share`, and for each column its sum and
        `<column>_share` (missing where the total is not above zero).
    """
    if tier.isna().all():
        return Unknown("No account has bought in these 12 months, so there are no tiers.", "tiers")
    columns = [name for name in columns if name in account_table]
    frame = account_table.assign(tier=account_table["account_id"].map(tier))
    grouped = frame.groupby("tier", observed=True)
    table = grouped[columns].sum().assign(account_count=grouped.size())
    table["account_share"] = table["account_count"] / table["account_count"].sum()
    for name in columns:
        total = table[name].sum()
        table[f"{name}_share"] = table[name] / total if total > 0 else np.nan
    return table.reset_index()


def parent_of(accounts: pd.DataFrame) -> pd.Series:
    """Return the top of the group that each account belongs to: itself where it has no parent.

    Parameters
    ----------
    accounts
        `account_id`, and `parent_id` where the source has it (no cycles).

    Returns
    -------
    Series
        Parent by account.

    Examples
    --------
    >>> parent_of(pd.DataFrame({"account_id": ["a", "b", "c"], "parent_id": [None, "a", "b"]})).to_dict()
    {'a': 'a', 'b': 'a', 'c': 'a'}
    """
    top = accounts.set_index("account_id").index.to_series()
    if "parent_id" not in accounts:
        return top.rename("parent_id")
    above = accounts.set_index("account_id")["parent_id"].dropna()
    while True:
        higher = top.map(above).fillna(top)
        if (higher == top).all():
            return higher.rename("parent_id")
        top = higher


def large_customers(amount: pd.Series, accounts: pd.DataFrame, *, least: float = 0.1) -> pd.DataFrame:
    """Return the customers that bring at least a tenth of the total, companies of one group as one.

    Parameters
    ----------
    amount : Series
        Of each account, indexed by account.
    accounts
        The accounts table: `parent_id` says who belongs together, `name` what they are called.
    least
        Share of the total, inclusive.

    Returns
    -------
    DataFrame
        `parent_id`, `name`, `account_count`, `amount`, `amount_share`, largest first; no row where the
        total is not above zero.

    Notes
    -----
    ASC 280-10-50-42: ten percent or more, a group of entities under common control as one customer.
    """
    if amount.sum() <= 0:
        return pd.DataFrame(columns=["parent_id", "name", "account_count", "amount", "amount_share"])
    group = amount.index.to_series().map(parent_of(accounts)).fillna(amount.index.to_series())
    grouped = amount.groupby(group.rename("parent_id"))
    table = pd.DataFrame({"account_count": grouped.size(), "amount": grouped.sum()}).reset_index()
    table["amount_share"] = table["amount"] / amount.sum()
    table = table[table["amount_share"] >= least - 1e-12]
    names = accounts.set_index("account_id")["name"] if "name" in accounts else pd.Series(dtype="str")
    table.insert(1, "name", table["parent_id"].map(names).fillna(table["parent_id"]))
    return table.sort_values(["amount", "parent_id"], ascending=[False, True], ignore_index=True)
