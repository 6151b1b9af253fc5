"""How much of an amount comes from how few accounts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamlib.estimate import Estimate, Unknown

TOP = 0.2
"""The part of the accounts that the 80/20 rule speaks of; ceil(0.2 n) accounts."""
LEAST = 10
"""Of fewer accounts no share of the top fifth is told."""
NOT_GIVEN = "not given"


@dataclass(frozen=True)
class Concentration:
    """How concentrated an amount is; facts over all accounts.

    Parameters
    ----------
    accounts, total
        How many accounts, and what they bring together.
    top_accounts, top_share
        The first ceil(0.2 n) accounts and their share.
    target_share, target_accounts
        A share of the total, and how many of the largest accounts reach it.
    gini, gini_corrected
        Of the population, and times n / (n − 1); an `Unknown` where an account is below zero.
    hhi, effective_accounts
        Σs² (0 to 1), and 1 / Σs²: as many equal accounts would be as concentrated.
    largest_share, largest_three_share, largest_ten_share
        Share of the largest account, of the three and the ten largest (CR1, CR3, CR10).
    """

    accounts: int
    total: float
    top_accounts: int
    top_share: float
    target_share: float
    target_accounts: int
    gini: float | Unknown
    gini_corrected: float | Unknown
    hhi: float
    effective_accounts: float
    largest_share: float
    largest_three_share: float
    largest_ten_share: float


def concentration_table(amount: pd.Series) -> pd.DataFrame:
    """Rank accounts by an amount and add up their shares.

    Parameters
    ----------
    amount : Series
        Of each account, indexed by account. Amounts below zero are kept: then the cumulative share
        passes 1 before it comes back.

    Returns
    -------
    DataFrame
        One row per account, largest first (equals by account): `account_id`, `amount`,
        `amount_share`, `cumulative_amount_share`, `cumulative_account_share`. Shares run from 0 to 1.

    Examples
    --------
    >>> concentration_table(pd.Series({"a": 20.0, "b": 80.0}))["cumulative_amount_share"].to_list()
    [0.8, 1.0]
    """
    ranked = amount.rename("amount").rename_axis("account_id").reset_index()
    ranked = ranked.sort_values(["amount", "account_id"], ascending=[False, True], ignore_index=True)
    part = ranked["amount"] / ranked["amount"].sum()
    return ranked.assign(
        amount_share=part,
        cumulative_amount_share=part.cumsum(),
        cumulative_account_share=(np.arange(len(ranked)) + 1) / len(ranked),
    )


def concentration(amount: pd.Series | Unknown, *, target_share: float = 0.8) -> Concentration | Unknown:
    """Return how concentrated an amount is over accounts; one with nothing counts as an account.

    Parameters
    ----------
    amount : Series or Unknown
        Of each account, indexed by account: those that bought, not prospects. An `Unknown` is
        returned as it is.
    target_share
        How many accounts bring this share? 0 to 1.

    Returns
    -------
    Concentration or Unknown
        Unknown where the total is not above zero: shares of it would mean nothing.

    Notes
    -----
    Gini after Sen (1973): G = Σᵢ (2i − n − 1) xᵢ / (n Σx), x ascending. HHI: Hirschman (1964).

    Examples
    --------
    >>> found = concentration(pd.Series([0.30, 0.20, 0.15, 0.10, 0.10, 0.05, 0.05, 0.05]))
    >>> round(found.hhi, 4), round(found.effective_accounts, 3)
    (0.18, 5.556)
    """
    if not 0 < target_share <= 1:
        raise ValueError(f"target_share is a share above 0 and up to 1, not {target_share}")
    if isinstance(amount, Unknown):
        return amount
    amount = amount.dropna()
    if amount.sum() <= 0:
        return Unknown("The total is not above zero, so no account has a share of it.", "concentration")
    table = concentration_table(amount)
    shares, cumulative = table["amount_share"].to_numpy(), table["cumulative_amount_share"].to_numpy()
    top, gini = top_count(len(table)), _gini(amount)
    hhi = float((shares**2).sum())
    return Concentration(
        accounts=len(table),
        total=float(amount.sum()),
        top_accounts=top,
        top_share=float(cumulative[top - 1]),
        target_share=target_share,
        target_accounts=int(np.argmax(cumulative >= target_share - 1e-12)) + 1,
        gini=gini,
        gini_corrected=gini if isinstance(gini, Unknown) else gini * len(table) / max(len(table) - 1, 1),
        hhi=hhi,
        effective_accounts=1 / hhi,
        largest_share=float(shares[0]),
        largest_three_share=float(shares[:3].sum()),
        largest_ten_share=float(shares[:10].sum()),
    )


def concentration_by_measure(
    amounts: Mapping[str, pd.Series | Unknown], *, target_share: float = 0.8
) -> pd.DataFrame:
    """Return the concentration of several amounts side by side.

    Parameters
    ----------
    amounts
        Amounts by account, or an `Unknown`, by the measure's name.
    target_share
        See `concentration`.

    Returns
    -------
    DataFrame
        One row per measure: `measure`, the fields of `Concentration`, and `note`: why one is missing.
    """
    rows = []
    for measure, amount in amounts.items():
        found = concentration(amount, target_share=target_share)
        fields = {} if isinstance(found, Unknown) else vars(found)
        reasons = [value.reason for value in (found, *fields.values()) if isinstance(value, Unknown)]
        known = {name: value for name, value in fields.items() if not isinstance(value, Unknown)}
        rows.append({"measure": measure, "note": reasons[0] if reasons else "", **known})
    return pd.DataFrame(rows, columns=["measure", *Concentration.__dataclass_fields__, "note"])


def top_count(accounts: int) -> int:
    """Return how many accounts are the top 20 %: the first ceil(0.2 n).

    Examples
    --------
    >>> top_count(635), top_count(1)
    (127, 1)
    """
    return math.ceil(round(TOP * accounts, 9))


def top_share_spread(amount: pd.Series, *, seed: int, draws: int = 1000) -> Estimate | Unknown:
    """Return how much the share of the top 20 % hangs on single accounts.

    The accounts are drawn again with replacement; the range holds 95 % of the shares so found. The
    share itself is a fact: this says how different it would be with other accounts of the same kind.

    Parameters
    ----------
    amount : Series
        Of each account.
    seed
        Of the draws.
    draws
        How many.

    Notes
    -----
    Percentile bootstrap over accounts (Efron & Tibshirani 1993, ch. 13).
    """
    amount = amount.dropna()
    found = concentration(amount)
    if isinstance(found, Unknown):
        return found
    if found.accounts < LEAST:
        return Unknown(f"Too few to tell: {found.accounts} accounts.", "top_share_spread")
    shares = _bootstrap_top_shares(np.sort(amount.to_numpy())[::-1], seed, draws)
    low, high = np.quantile(shares, [0.025, 0.975])
    value = found.top_share
    return Estimate(value, min(low, value), max(high, value), found.accounts, "bootstrap over accounts")


def concentration_within(
    account_table: pd.DataFrame,
    column: str,
    *,
    amount: str = "net_revenue_365",
    target_share: float = 0.8,
    least: int = LEAST,
) -> pd.DataFrame | Unknown:
    """Return how concentrated an amount is within each industry, region or other group of accounts.

    Parameters
    ----------
    account_table
        One row per account.
    column
        What groups them, such as `industry`.
    amount
        What is added up; accounts with exactly zero do not count.
    target_share
        See `concentration`.
    least
        Of fewer accounts no share is told: one of them more or less would turn it over.

    Returns
    -------
    DataFrame or Unknown
        One row per group, the largest amount first, accounts without one last as "not given": `group`,
        `account_count`, `amount`, `amount_share` (of all groups), the fields of `Concentration` (missing for
        few accounts), and `note`: why they are missing. Unknown where no account has a group.
    """
    if column not in account_table or account_table[column].isna().all():
        return Unknown(f"Nothing can be told by {column}: the accounts table does not give it.", column)
    bought = account_table[account_table[amount].fillna(0) != 0]
    groups = dict(list(bought.groupby(bought[column].fillna(NOT_GIVEN))[amount]))
    told = {name: part if len(part) >= least else Unknown("too few to tell") for name, part in groups.items()}
    table = concentration_by_measure(told, target_share=target_share).rename(columns={"measure": "group"})
    table["account_count"] = [len(part) for part in groups.values()]
    table["amount"] = [part.sum() for part in groups.values()]
    table["amount_share"] = table["amount"] / (table["amount"].sum() if table["amount"].sum() > 0 else np.nan)
    order = np.lexsort((table["group"], -table["amount"], table["group"] == NOT_GIVEN))
    return table.iloc[order].reset_index(drop=True)


def _gini(amount: pd.Series) -> float | Unknown:
    if (amount < 0).any():
        count = int((amount < 0).sum())
        return Unknown(f"The Gini coefficient is not defined: {count} accounts are below zero.", "gini")
    ascending, n = np.sort(amount.to_numpy()), len(amount)
    weights = 2 * np.arange(1, n + 1) - n - 1
    return float((weights * ascending).sum() / (n * ascending.sum()))


def _bootstrap_top_shares(descending: np.ndarray, seed: int, draws: int) -> np.ndarray:
    """Draw accounts again; as they stand in order, a draw is how often each one is in."""
    n, top = len(descending), top_count(len(descending))
    generator, shares = np.random.default_rng(seed), np.empty(draws)
    for draw in range(draws):
        times = np.bincount(generator.integers(0, n, n), minlength=n)
        so_far = np.cumsum(times)
        last = np.searchsorted(so_far, top)  # of whom the last few draws stand outside the top
        in_top = times[:last] @ descending[:last] + (top - so_far[last] + times[last]) * descending[last]
        shares[draw] = in_top / (times @ descending)
    return shares
