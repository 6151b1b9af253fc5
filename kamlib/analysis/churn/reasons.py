"""Why a model thinks that an account will leave, in words that are true of the account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logit

from kamlib.analysis.churn.features import churn_features, churn_measures
from kamlib.analysis.churn.models import probability
from kamlib.analysis.snapshot import YEAR

REASON_COUNT = 3
SMALLEST_WEIGHT = 0.05
"""Log-odds; a reason that moves the model less is none."""
QUIET = 1.5
"""Usual gaps without an order, from where silence is worth a word."""
FELL = 0.8
"""A fall by less than a fifth is not called one."""


@dataclass(frozen=True)
class Reason:
    """A fact that can speak for leaving.

    Parameters
    ----------
    features
        What the model sees of it.
    holds
        Which accounts it is true of, from their measures and the typical kept account's.
    words
        The fact in words, from one account's measures and the typical ones.
    """

    features: tuple[str, ...]
    holds: Callable[[pd.DataFrame, pd.Series], pd.Series]
    words: Callable[[Any, pd.Series], str]


def reason_table(
    model: Any, accounts: pd.DataFrame, typical_features: pd.Series, typical: pd.Series
) -> pd.DataFrame:
    """Return up to three reasons for each account, the weightiest first.

    The weight of a reason is the fall of the model's log-odds of leaving, were the account in this
    one respect like the typical kept account. A reason must be true of the account as well.

    Parameters
    ----------
    model
        Fitted on `churn_features`.
    accounts
        The account table of the accounts to explain.
    typical_features, typical
        Medians of features and of measures over the kept accounts that the model learned from.

    Returns
    -------
    DataFrame
        `reason_1` … `reason_3`, indexed by `account_id`; "" where there is none.
    """
    columns = [f"reason_{place + 1}" for place in range(REASON_COUNT)]
    features, measures = churn_features(accounts), _for_words(accounts)
    reasons = [reason for reason in REASONS if set(reason.features) <= set(features)]
    if features.empty:
        return pd.DataFrame(columns=columns, index=features.index, dtype="str")
    said = _log_odds(model, features)
    weights = []
    for reason in reasons:
        as_typical = features.assign(**{name: typical_features[name] for name in reason.features})
        fall = said - _log_odds(model, as_typical)
        holds = reason.holds(measures, typical).fillna(False).to_numpy(dtype=bool)
        weights.append(np.where(holds & (fall > SMALLEST_WEIGHT), fall, 0.0))
    chosen = [
        _words(row, weight, reasons, typical)
        for row, weight in zip(measures.itertuples(), np.column_stack(weights), strict=True)
    ]
    return pd.DataFrame(chosen, columns=columns, index=features.index, dtype="str")


def _words(row: Any, weights: np.ndarray, reasons: list[Reason], typical: pd.Series) -> list[str]:
    order = [place for place in np.argsort(-weights, kind="stable")[:REASON_COUNT] if weights[place] > 0]
    said = [reasons[place].words(row, typical) for place in order]
    return said + [""] * (REASON_COUNT - len(said))


def _log_odds(model: Any, features: pd.DataFrame) -> np.ndarray:
    odds: np.ndarray = logit(probability(model, features).clip(1e-9, 1 - 1e-9))
    return odds


def _for_words(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the measures and what the words need beside them."""
    measures = churn_measures(accounts)
    measures["usual_gap"] = measures["median_gap_days"].fillna(measures["mean_gap_days"])
    measures["quiet"] = measures["days_since_last_order"] / measures["usual_gap"].clip(lower=1)
    for kind in ("order_days", "revenue"):
        measures[f"{kind}_90_before"] = measures[f"{kind}_180"] - measures[f"{kind}_90"]
    measures["revenue_year_before"] = accounts[f"net_revenue_prev_{YEAR}"].to_numpy()
    return measures


def _quiet_words(row: Any, typical: pd.Series) -> str:
    times = "twice" if 1.95 <= row.quiet < 2.05 else f"{row.quiet:.1f} times"
    times = "more than ten times" if row.quiet > 10 else times
    return f"has not ordered for {times} as long as usual ({row.days_since_last_order:.0f} days)"


def _fewer_orders_words(row: Any, typical: pd.Series) -> str:
    if row.order_days_90 == 0:
        return "has not ordered in the last 90 days, though it did in the 90 before"
    return (
        f"ordered less in the last 90 days than in the 90 before "
        f"({row.order_days_90:.0f} and {row.order_days_90_before:.0f} order days)"
    )


def _fall(now: float, before: float) -> str:
    return f"{100 * (1 - max(now, 0.0) / before):.0f}% less"


REASONS = (
    Reason(
        ("days_since_last_order", "overdue_ratio"),
        lambda account, typical: account["quiet"] > QUIET,
        _quiet_words,
    ),
    Reason(
        ("days_since_last_order", "order_days", "mean_gap_days", "overdue_ratio"),
        lambda account, typical: account["order_days"] == 1,
        lambda row, typical: f"has ordered only once, {row.days_since_last_order:.0f} days ago",
    ),
    Reason(
        ("order_days_90", "order_days_180"),
        # No order at all in 90 days is not said a second time beside "for so long".
        lambda account, typical: (
            (account["order_days_90"] < account["order_days_90_before"])
            & ((account["order_days_90"] > 0) | ~(account["quiet"] > QUIET))
        ),
        _fewer_orders_words,
    ),
    Reason(
        ("revenue_90", "revenue_180"),
        lambda account, typical: (
            (account["revenue_90"] > 0) & (account["revenue_90"] < FELL * account["revenue_90_before"])
        ),
        lambda row, typical: (
            f"bought for {_fall(row.revenue_90, row.revenue_90_before)} in the last 90 days "
            "than in the 90 before"
        ),
    ),
    Reason(
        ("order_days_365", "revenue_365"),
        lambda account, typical: account["revenue_365"] < FELL * account["revenue_year_before"],
        lambda row, typical: (
            f"bought for {_fall(row.revenue_365, row.revenue_year_before)} this year than last year"
        ),
    ),
    Reason(
        ("order_days", "mean_gap_days", "median_gap_days"),
        lambda account, typical: (
            (account["order_days"] > 1) & (account["order_days"] < typical["order_days"])
        ),
        lambda row, typical: (
            f"has ordered on {row.order_days:.0f} days so far; "
            f"half of those that stayed on {typical['order_days']:.0f} or more"
        ),
    ),
    Reason(
        ("tenure_days",),
        lambda account, typical: account["tenure_days"] < np.minimum(YEAR, typical["tenure_days"]),
        lambda row, typical: f"is a customer for only {row.tenure_days:.0f} days",
    ),
    Reason(
        ("order_value",),
        lambda account, typical: account["order_value"] < FELL * typical["order_value"],
        lambda row, typical: "places smaller orders than half of those that stayed",
    ),
    Reason(
        ("product_count",),
        lambda account, typical: account["product_count"] < typical["product_count"],
        lambda row, typical: (
            f"buys {row.product_count:.0f} products; "
            f"half of those that stayed {typical['product_count']:.0f} or more"
        ),
    ),
    Reason(
        ("discount",),
        lambda account, typical: account["discount"] < typical["discount"] - 0.01,
        lambda row, typical: (
            f"gets {row.discount:.1%} discount; half of those that stayed {typical['discount']:.1%} or more"
        ),
    ),
)
