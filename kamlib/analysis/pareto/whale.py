"""The whale curve: how much profit the best accounts bring, and how much the others cost again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamlib.estimate import Unknown


@dataclass(frozen=True)
class Whale:
    """A whale curve and what it says; facts over all accounts.

    Parameters
    ----------
    measure
        Which profit, as people call it.
    curve
        One row per account, the most profitable first: `account_id`, `account_number` (from 1), `profit`,
        `cumulative_profit`.
    total, peak
        Profit of all accounts, and of those that earn.
    given_back
        What the others lose of it again: peak less total.
    earning_count, losing_count
        Accounts with a profit above, and below zero.
    peak_share
        The peak as a part of the total; not a number where the total is not above zero.
    """

    measure: str
    curve: pd.DataFrame
    total: float
    peak: float
    given_back: float
    earning_count: int
    losing_count: int
    peak_share: float


def whale(profit: pd.Series | Unknown, *, measure: str = "gross profit") -> Whale | Unknown:
    """Return the cumulative profit by descending profit, its peak, and what is given back.

    Parameters
    ----------
    profit : Series or Unknown
        Of each account that bought, indexed by account.
    measure
        Which profit it is.

    Returns
    -------
    Whale or Unknown
        Where the total is not above zero the peak is told in money only: no part of a loss is a share.
        Unknown without an account.

    Notes
    -----
    Kaplan & Narayanan, "Measuring and Managing Customer Profitability", Journal of Cost Management 15 (2001).

    Examples
    --------
    >>> found = whale(pd.Series([400.0, 300, 200, 100, 50, 0, -50, -100, -150, -250]))
    >>> found.peak, found.total, found.given_back, found.peak_share
    (1050.0, 500.0, 550.0, 2.1)
    """
    if isinstance(profit, Unknown):
        return profit
    if profit.dropna().empty:
        return Unknown("No account bought anything, so there is no profit to share out.", "whale")
    ranked = profit.dropna().rename("profit").rename_axis("account_id").reset_index()
    ranked = ranked.sort_values(["profit", "account_id"], ascending=[False, True], ignore_index=True)
    earned = float(ranked["profit"].clip(lower=0).sum())
    total = float(ranked["profit"].sum())
    return Whale(
        measure=measure,
        curve=ranked.assign(
            account_number=np.arange(len(ranked)) + 1, cumulative_profit=ranked["profit"].cumsum()
        ),
        total=total,
        peak=earned,
        given_back=earned - total,
        earning_count=int((ranked["profit"] > 0).sum()),
        losing_count=int((ranked["profit"] < 0).sum()),
        peak_share=earned / total if total > 0 else float("nan"),
    )
