"""What is at stake: the loss to expect, and what a list of calls would have held in the past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from kamlib.estimate import Estimate, Unknown

_LEVEL = 0.95


@dataclass(frozen=True)
class CallList:
    """The accounts to call today, and what is at stake with them.

    Parameters
    ----------
    scores
        The first rows of `churn_scores`.
    likely_leavers
        How many of them leave if each leaves as likely as was said.
    revenue_at_risk
        Of them all, a year.
    """

    scores: pd.DataFrame
    likely_leavers: float
    revenue_at_risk: float


def call_list(scores: pd.DataFrame, calls: int) -> CallList:
    """Return the first accounts of the scores, as many as can be called.

    Examples
    --------
    >>> scores = pd.DataFrame({"probability": [0.5, 0.25, 0.1], "revenue_at_risk": [50.0, 20.0, 1.0]})
    >>> found = call_list(scores, 2)
    >>> found.likely_leavers, found.revenue_at_risk
    (0.75, 70.0)
    """
    first = scores.head(calls)
    return CallList(first, float(first["probability"].sum()), float(first["revenue_at_risk"].sum()))


def expected_loss(scores: pd.DataFrame, *, seed: int, draws: int = 4000) -> Estimate | Unknown:
    """Return the yearly sales that go if accounts leave as likely as was said, each on its own.

    Parameters
    ----------
    scores
        `churn_scores`.
    seed, draws
        Of the random leavers, and how many times they are drawn.

    Returns
    -------
    Estimate or Unknown
        The sum of the revenue at risk; the range holds 95 % of the draws. It does not hold the doubt
        about the probabilities themselves.
    """
    at_risk = scores[(scores["probability"] > 0) & (scores["revenue_at_risk"] > 0)]
    if at_risk.empty:
        return Unknown("No account with sales is at risk.", "expected_loss")
    probability = at_risk["probability"].to_numpy()
    revenue = at_risk["revenue_at_risk"].to_numpy() / probability
    generator = np.random.default_rng(seed)
    losses = np.array([(generator.random(len(revenue)) < probability) @ revenue for _ in range(draws)])
    value = float(at_risk["revenue_at_risk"].sum())
    low, high = np.quantile(losses, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Estimate(value, min(float(low), value), max(float(high), value), len(at_risk), "drawn leavers")


def called_first(test: pd.DataFrame, model: str, calls: int) -> pd.DataFrame:
    """Return the accounts that a list by revenue at risk would have named on the day of the test.

    Parameters
    ----------
    test
        `ChurnStudy.test`.
    model
        The column of its probabilities.
    calls
        How many could be called.

    Returns
    -------
    DataFrame
        The first `calls` rows by probability × net revenue, equals by account.
    """
    at_stake = (test[model] * test["net_revenue_365"]).rename("at_stake")
    ranked = test.assign(at_stake=at_stake).sort_values(["at_stake", "account_id"], ascending=[False, True])
    return ranked.head(calls).drop(columns="at_stake")


def hit_rate(test: pd.DataFrame, model: str, calls: int) -> Estimate:
    """Return the share of the accounts called that were really lost, with Wilson's interval.

    Parameters
    ----------
    test, model, calls
        As in `called_first`.
    """
    lost = called_first(test, model, calls)["is_churned"]
    low, high = proportion_confint(lost.sum(), len(lost), alpha=1 - _LEVEL, method="wilson")
    value = float(lost.mean())
    return Estimate(value, min(float(low), value), max(float(high), value), len(lost), "Wilson")


def held_sales(
    test: pd.DataFrame, model: str, calls: int, *, seed: int, draws: int = 1000
) -> Estimate | Unknown:
    """Return the part of the sales then lost that the accounts on the list brought.

    Parameters
    ----------
    test, model, calls
        As in `called_first`.
    seed, draws
        Of the draws of accounts behind the range.

    Returns
    -------
    Estimate or Unknown
        0 to 1, by sales of the year before the test; Unknown where no lost account had sales. The range
        is that of accounts drawn again with replacement (Efron & Tibshirani 1993, ch. 13), the length
        of the list unchanged.
    """
    stake = (test[model] * test["net_revenue_365"]).to_numpy()
    lost = np.where(test["is_churned"], test["net_revenue_365"], 0.0).clip(min=0)
    if lost.sum() <= 0:
        return Unknown("No account with sales was lost in the test.", "held_sales")
    value = _held(stake, lost, calls)
    generator, n = np.random.default_rng(seed), len(stake)
    drawn = [generator.integers(0, n, n) for _ in range(draws)]
    shares = [_held(stake[picked], lost[picked], calls) for picked in drawn if lost[picked].sum() > 0]
    low, high = np.quantile(shares, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Estimate(value, min(float(low), value), max(float(high), value), n, "bootstrap over accounts")


def _held(stake: np.ndarray, lost: np.ndarray, calls: int) -> float:
    order = np.argsort(-stake, kind="stable")[:calls]
    return float(lost[order].sum() / lost.sum())
