"""sBG: how many contracts are renewed, and how many renewals are still to come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import betaln, digamma, hyp2f1

from kamlib.analysis.lifetime.fitting import fitted, grouped_rows
from kamlib.analysis.snapshot import YEAR
from kamlib.estimate import Unknown

FEWEST = 10
"""Accounts lost, and accounts left, below which there is no outlook."""


@dataclass(frozen=True)
class ShiftedBetaGeometric:
    """At each renewal a customer leaves with its own steady chance; chances are Beta(α, β) over customers.

    Parameters
    ----------
    alpha, beta
        Both above zero.

    Notes
    -----
    Fader & Hardie (2007), How to Project Customer Retention, Journal of Interactive Marketing 21(1), 76–90;
    (2010), Customer-Base Valuation in a Contractual Setting, Marketing Science 29(1), 85–93.
    """

    alpha: float
    beta: float

    @staticmethod
    def terms(parameters: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the log-likelihood of each customer (rows: renewals, is it lost), and its derivatives.

        A lost customer left at the renewal after those.
        """
        (alpha, beta), (renewals, lost) = parameters, rows
        every = digamma(alpha + beta) - digamma(alpha + beta + renewals + lost)
        slopes = (
            every + digamma(alpha + lost) - digamma(alpha),
            every + digamma(beta + renewals) - digamma(beta),
        )
        return betaln(alpha + lost, beta + renewals) - betaln(alpha, beta), np.array(slopes)

    def survival(self, renewals: Any) -> np.ndarray:
        """Return the share of customers that are still there after so many renewals.

        Examples
        --------
        >>> ShiftedBetaGeometric(1.0, 1.0).survival([0, 1, 3]).round(4).tolist()
        [1.0, 0.5, 0.25]
        """
        chance = betaln(self.alpha, self.beta + np.asarray(renewals)) - betaln(self.alpha, self.beta)
        return np.asarray(np.exp(chance))

    def renewals_ahead(self, renewals: Any, discount_rate: float) -> np.ndarray:
        """Return how many renewals are to come, each discounted by its periods, the next one not at all.

        Parameters
        ----------
        renewals
            Already made, by a customer that is still there.
        discount_rate
            A period, from one renewal to the next.
        """
        stays = self.beta + np.asarray(renewals)
        both = self.alpha + stays
        return np.asarray(stays / both * hyp2f1(1, stays + 1, both + 1, 1 / (1 + discount_rate)))


def renewal_table(contracts: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Return how often each account has renewed, and whether it is lost.

    Parameters
    ----------
    contracts
        The contracts table. A contract without an end is running.
    as_of
        The last day that counts.

    Returns
    -------
    DataFrame
        Sorted by `account_id`: `renewals` (contracts that followed another) and `is_lost` (the last one is
        over, and is not said to be renewed).
    """
    begun = contracts[contracts["started_at"] <= pd.Timestamp(as_of)]
    begun = begun.sort_values(["account_id", "started_at"])
    is_over = begun["ends_at"] < pd.Timestamp(as_of)
    if "renewed" in begun:
        is_over &= ~begun["renewed"].fillna(value=False).astype(bool)
    grouped = is_over.groupby(begun["account_id"])
    return pd.DataFrame({"renewals": grouped.size() - 1, "is_lost": grouped.last()}).reset_index()


def contract_outlook(
    contracts: pd.DataFrame | Unknown,
    account_table: pd.DataFrame,
    as_of: dt.date,
    *,
    discount_rate: float,
    seed: int,
) -> pd.DataFrame | Unknown:
    """Return how many renewals are to come from the accounts under contract, by how often they have renewed.

    Parameters
    ----------
    contracts
        The contracts table, or an `Unknown` where the source does not have it.
    account_table
        As of the day; `gross_profit_365` where it is known.
    as_of, discount_rate
        The last day that counts; a year.
    seed
        Of the draws of parameters behind the range.

    Returns
    -------
    DataFrame or Unknown
        `renewals` (made), `account_count` (still under contract), `renewals_ahead`, `renewals_ahead_low`,
        `renewals_ahead_high` (of one account, interest taken off; contracts of the median length) and,
        where gross profit is known, `value`: that of all these accounts, at what they brought this year.
        Unknown where fewer than ten accounts were lost or fewer than ten are left.
    """
    if isinstance(contracts, Unknown):
        return contracts
    table = renewal_table(contracts, as_of)
    running = table[~table["is_lost"]]
    if min(len(running), len(table) - len(running)) < FEWEST:
        return Unknown(
            f"Too few contracts to tell: {len(table) - len(running)} accounts were lost and {len(running)} "
            f"are under contract, and {FEWEST} of each are needed.",
            "contracts",
        )
    years = float((contracts["ends_at"] - contracts["started_at"]).dt.days.median() + 1) / YEAR
    rate = (1 + discount_rate) ** years - 1
    fit = fitted(ShiftedBetaGeometric.terms, (1.0, 1.0), grouped_rows(table["renewals"], table["is_lost"]))
    found = running.groupby("renewals").size().rename("account_count").reset_index()
    drawn = [fit.parameters, *fit.drawn(np.random.default_rng(seed), 400)]
    made = found["renewals"]
    ahead = np.array([ShiftedBetaGeometric(*one).renewals_ahead(made, rate) for one in drawn])
    low, high = np.quantile(ahead, [0.025, 0.975], axis=0)
    found["renewals_ahead"] = ahead[0]
    found["renewals_ahead_low"] = np.minimum(low, ahead[0])
    found["renewals_ahead_high"] = np.maximum(high, ahead[0])
    if f"gross_profit_{YEAR}" in account_table:
        profit = running["account_id"].map(account_table.set_index("account_id")[f"gross_profit_{YEAR}"])
        brought = profit.groupby(running["renewals"]).sum().to_numpy()
        found["value"] = brought * years * found["renewals_ahead"]
    return found
