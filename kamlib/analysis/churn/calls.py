"""Whom to call: every account at risk today with its probability, the money on it, and why."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from kamlib.analysis.churn.features import churn_features, churn_measures
from kamlib.analysis.churn.models import probability
from kamlib.analysis.churn.outcomes import ChurnRule
from kamlib.analysis.churn.reasons import reason_table
from kamlib.analysis.snapshot import YEAR


def churn_scores(
    model: Any, risk: pd.DataFrame, kept: pd.DataFrame, *, as_of: dt.date, rule: ChurnRule
) -> pd.DataFrame:
    """Return the accounts at risk, most revenue at risk first.

    Parameters
    ----------
    model
        Fitted on `churn_features`.
    risk
        `risk_table` as of today; accounts left out there are not scored.
    kept
        Account-table rows of accounts that stayed, from training: what "most that stayed" means.
    as_of
        The day of `risk`.
    rule
        What "lost" means.

    Returns
    -------
    DataFrame
        `account_id`, `as_of`, `definition`, `horizon_days` (under `own_rhythm` the account's own),
        `probability`, `revenue_at_risk` (probability × net revenue of the 365 days to `as_of`),
        `reason_1` … `reason_3` (words, "" where there is none); by revenue at risk, largest first,
        equals by `account_id`.
    """
    at_risk = risk[risk["left_out"] == ""].reset_index(drop=True)
    scores = pd.DataFrame(
        {
            "account_id": at_risk["account_id"],
            "as_of": pd.Timestamp(as_of),
            "definition": rule.definition,
            "horizon_days": at_risk["horizon_days"].astype("int64"),
            "probability": probability(model, churn_features(at_risk)),
        }
    )
    scores["revenue_at_risk"] = scores["probability"] * at_risk[f"net_revenue_{YEAR}"]
    reasons = reason_table(model, at_risk, churn_features(kept).median(), churn_measures(kept).median())
    scores = scores.join(reasons, on="account_id")
    order = ["revenue_at_risk", "account_id"]
    return scores.sort_values(order, ascending=[False, True], ignore_index=True)
