"""Why a model thinks that an account will leave, in words that are true of the account."""

from __future__ import annotations

import tomllib
from importlib import resources
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
REASONS: list[dict[str, Any]] = tomllib.loads(
    resources.files("kamlib.analysis.churn").joinpath("reasons.toml").read_text(encoding="utf-8")
)["reasons"]


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
    features = churn_features(accounts)
    if features.empty:
        return pd.DataFrame(columns=columns, index=features.index, dtype="str")
    measures = _for_words(accounts).assign(**typical.add_prefix("typical_"))
    reasons = [reason for reason in REASONS if set(reason["features"]) <= set(features)]
    said = _log_odds(model, features)
    weights = []
    for reason in reasons:
        as_typical = features.assign(**typical_features[reason["features"]])
        fall = said - _log_odds(model, as_typical)
        holds = measures.eval(reason["holds"], engine="python").fillna(False).to_numpy(dtype=bool)
        weights.append(np.where(holds & (fall > SMALLEST_WEIGHT), fall, 0.0))
    chosen = [
        _words(row, weight, reasons)
        for row, weight in zip(measures.to_dict("records"), np.column_stack(weights), strict=True)
    ]
    return pd.DataFrame(chosen, columns=columns, index=features.index, dtype="str")


def _words(row: dict[Any, Any], weights: np.ndarray, reasons: list[dict[str, Any]]) -> list[str]:
    order = [place for place in np.argsort(-weights, kind="stable")[:REASON_COUNT] if weights[place] > 0]
    said = [reasons[place]["words"].format(**row) for place in order]
    return said + [""] * (REASON_COUNT - len(said))


def _log_odds(model: Any, features: pd.DataFrame) -> np.ndarray:
    odds: np.ndarray = logit(probability(model, features).clip(1e-9, 1 - 1e-9))
    return odds


def _for_words(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the measures, and what conditions and words need beside them."""
    measures = churn_measures(accounts)
    usual_gap = measures["median_gap_days"].fillna(measures["mean_gap_days"])
    measures["quiet"] = measures["days_since_last_order"] / usual_gap.clip(lower=1)
    measures["quiet_times"] = measures["quiet"].map(_times)
    for kind in ("order_days", "revenue"):
        measures[f"{kind}_90_before"] = measures[f"{kind}_180"] - measures[f"{kind}_90"]
    measures["revenue_365_before"] = accounts[f"net_revenue_prev_{YEAR}"].to_numpy()
    for days in ("90", "365"):
        now, before = measures[f"revenue_{days}"].clip(lower=0), measures[f"revenue_{days}_before"]
        measures[f"fall_{days}"] = 100 * (1 - now / before)
    return measures


def _times(quiet: float) -> str:
    if quiet > 10:
        return "more than ten times"
    return "twice" if 1.95 <= quiet < 2.05 else f"{quiet:.1f} times"
