"""What is at stake: the loss to expect, and what a list of calls would have held in the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from kamlib.analysis.churn.evaluation import LEVEL, draw_count, first_sums
from kamlib.errors import ParameterError
from kamlib.estimate import Estimate, Unknown

CALLS = (10, 20, 30, 50, 100)


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

    Raises
    ------
    ParameterError
        Nobody is to be called.

    Examples
    --------
    >>> scores = pd.DataFrame({"probability": [0.5, 0.25, 0.1], "revenue_at_risk": [50.0, 20.0, 1.0]})
    >>> found = call_list(scores, 2)
    >>> found.likely_leavers, found.revenue_at_risk
    (0.75, 70.0)
    """
    if calls < 1:
        raise ParameterError(f"calls: give 1 or more, not {calls}")
    first = scores.head(calls)
    return CallList(first, float(first["probability"].sum()), float(first["revenue_at_risk"].sum()))


def expected_loss(scores: pd.DataFrame, *, seed: int, draws: int = 4000) -> Estimate | Unknown:
    """Return the yearly sales that go if accounts leave as likely as was said, each on its own.

    Parameters
    ----------
    scores
        `churn_scores`.
    seed, draws
        Of the random leavers, and how many times they are drawn, at most (`draw_count`).

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
    generator, n = np.random.default_rng(seed), len(revenue)
    losses = [revenue[generator.random(n) < probability].sum() for _ in range(draw_count(n, draws))]
    value = float(at_risk["revenue_at_risk"].sum())
    low, high = np.quantile(losses, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, min(float(low), value), max(float(high), value), n, "drawn leavers")


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
    low, high = proportion_confint(lost.sum(), len(lost), alpha=1 - LEVEL, method="wilson")
    value = float(lost.mean())
    return Estimate(value, min(float(low), value), max(float(high), value), len(lost), "Wilson")


def held_sales(
    test: pd.DataFrame, model: str, *, lengths: Sequence[int] = CALLS, seed: int, draws: int = 1000
) -> pd.DataFrame | Unknown:
    """Return which part of the sales then lost lists of several lengths would have held.

    Parameters
    ----------
    test, model
        As in `called_first`.
    lengths
        Of the lists; those of more than half of the accounts are left out: they hold most of anything.
    seed, draws
        Of the draws of accounts behind the ranges.

    Returns
    -------
    DataFrame or Unknown
        One row per ranking and length: `ranking` (`at_stake`: the list, by probability × sales;
        `largest`: by sales alone; `random`: what calling anybody holds on average), `calls`,
        `held_share`, `held_share_low`, `held_share_high` (empty for `random`). Sales are those of the year
        before the test. Unknown where no lost account had sales, or every list would be too long. The
        range is that of accounts drawn again with replacement (Efron & Tibshirani 1993, ch. 13), the
        length of the list unchanged.
    """
    sales = test["net_revenue_365"].to_numpy()
    lost = np.where(test["is_churned"], sales, 0.0).clip(min=0)
    kept = [calls for calls in lengths if calls <= len(test) / 2]
    if lost.sum() <= 0:
        return Unknown("No account with sales was lost in the test.", "held_sales")
    if not kept:
        return Unknown(f"Too few accounts for a list: {len(test)} tested.", "held_sales")
    n, rows = len(test), []
    for ranking, stake in {"at_stake": test[model].to_numpy() * sales, "largest": sales}.items():
        listed = lost[np.argsort(-stake, kind="stable")]
        sums = first_sums(listed, [*kept, n], seed=seed, draws=draws)
        again = sums[sums[:, -1] > 0]
        low, high = np.quantile(again[:, :-1] / again[:, -1:], [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
        shares = listed.cumsum()[np.array(kept) - 1] / lost.sum()
        cells = zip(kept, shares, np.minimum(low, shares), np.maximum(high, shares), strict=True)
        rows += [(ranking, *row) for row in cells]
    rows += [("random", calls, calls / n, np.nan, np.nan) for calls in kept]
    return pd.DataFrame(rows, columns=["ranking", "calls", "held_share", "held_share_low", "held_share_high"])
