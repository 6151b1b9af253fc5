"""How good a foretelling was, from outcomes and probabilities alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import norm, rankdata
from statsmodels.stats.proportion import proportion_confint

LEVEL = 0.95


def auc_interval(lost: Any, score: Any) -> tuple[float, float, float]:
    """Return the AUC and its 95% interval.

    The chance that of one lost and one kept account the lost one has the higher score, ties half.

    Parameters
    ----------
    lost
        True or false per account; both must occur.
    score
        Higher means likelier lost.

    Returns
    -------
    tuple
        AUC, low, high: DeLong, DeLong & Clarke-Pearson (1988) on the logit scale; where the scores
        part the accounts without a fault, that variance is zero and the interval is Newcombe's (2006,
        method 5).

    Raises
    ------
    ValueError
        Only lost or only kept accounts.

    Examples
    --------
    >>> auc, low, high = auc_interval([True, False, True, False], [0.9, 0.1, 0.4, 0.6])
    >>> auc
    0.75
    """
    lost, score = np.asarray(lost, dtype=bool), np.asarray(score, dtype=float)
    n_lost, n_kept = int(lost.sum()), int((~lost).sum())
    if not n_lost or not n_kept:
        raise ValueError("an AUC needs both lost and kept accounts")
    ranks = rankdata(score)
    above_kept = (ranks[lost] - rankdata(score[lost])) / n_kept
    below_lost = 1 - (ranks[~lost] - rankdata(score[~lost])) / n_lost
    auc = float(above_kept.mean())
    variance = _variance(above_kept) + _variance(below_lost)
    if not variance > 0 or auc in (0.0, 1.0):
        return auc, *_newcombe(auc, n_lost, n_kept)
    half = norm.ppf((1 + LEVEL) / 2) * np.sqrt(variance) / (auc * (1 - auc))
    return auc, float(expit(logit(auc) - half)), float(expit(logit(auc) + half))


def captured(lost: Any, score: Any, calls: int) -> float:
    """Return how many of the lost the `calls` highest scores hold; equals at the edge share alike.

    Examples
    --------
    >>> captured([True, True, False, False], [0.9, 0.5, 0.5, 0.1], calls=2)
    1.5
    """
    lost, score = np.asarray(lost, dtype=bool), np.asarray(score, dtype=float)
    calls = min(calls, len(score))
    if calls <= 0:
        return 0.0
    edge = np.partition(score, -calls)[-calls]
    above, at_edge = score > edge, score == edge
    places = (calls - above.sum()) / at_edge.sum()
    return float(lost[above].sum() + places * lost[at_edge].sum())


def model_table(lost: Any, scores: pd.DataFrame) -> pd.DataFrame:
    """Return how well each model told the lost from the kept.

    Parameters
    ----------
    lost
        True or false per account; both must occur.
    scores
        One row per account, one column of probabilities per model.

    Returns
    -------
    DataFrame
        One row per model: `model`, `auc`, `auc_low`, `auc_high`, `brier` (mean squared error of the
        probability), `lift_10` (share of lost in the top 10% over the share in all), `n`, `events`.
    """
    lost = np.asarray(lost, dtype=bool)
    top = int(np.ceil(0.1 * len(lost)))
    rows = []
    for name in scores:
        auc, low, high = auc_interval(lost, scores[name])
        brier = float(np.mean((scores[name].to_numpy() - lost) ** 2))
        lift = captured(lost, scores[name], top) / top / lost.mean()
        rows.append((name, auc, low, high, brier, lift, len(lost), int(lost.sum())))
    return pd.DataFrame(
        rows, columns=["model", "auc", "auc_low", "auc_high", "brier", "lift_10", "n", "events"]
    )


def calibration_table(lost: Any, probability: Any, *, bins: int = 5) -> pd.DataFrame:
    """Compare what was foretold with what came, from the safest accounts to the most at risk.

    Parameters
    ----------
    lost
        True or false per account.
    probability
        What the model said, 0 to 1.
    bins
        Groups of about equal size; equal probabilities stay together.

    Returns
    -------
    DataFrame
        One row per group: `n`, `probability_mean`, `lost_count`, `lost_share`, `lost_share_low`,
        `lost_share_high` (Wilson, 95%).
    """
    said = pd.DataFrame({"lost": np.asarray(lost, dtype=bool), "probability": np.asarray(probability)})
    group = np.floor((said["probability"].rank(method="average") - 0.5) * bins / len(said))
    table = (
        said.groupby(group)
        .agg(n=("lost", "size"), probability_mean=("probability", "mean"), lost_count=("lost", "sum"))
        .reset_index(drop=True)
    )
    table["lost_share"] = table["lost_count"] / table["n"]
    low, high = proportion_confint(table["lost_count"], table["n"], alpha=1 - LEVEL, method="wilson")
    return table.assign(lost_share_low=low, lost_share_high=high)


def _variance(parts: Any) -> float:
    """Return the variance of the mean of a sample; of one value, nothing can be said: 0."""
    return float(np.var(parts, ddof=1) / len(parts)) if len(parts) > 1 else 0.0


def _newcombe(auc: float, n_lost: int, n_kept: int) -> tuple[float, float]:
    """Newcombe (2006), method 5: the AUCs that lie within z of their own Hanley–McNeil error."""
    z, half = norm.ppf((1 + LEVEL) / 2), (n_lost + n_kept) / 2 - 1

    def distance(true: float) -> float:
        spread = 1 + half * ((1 - true) / (2 - true) + true / (1 + true))
        return abs(auc - true) - z * np.sqrt(true * (1 - true) * spread / (n_lost * n_kept))

    low = 0.0 if auc == 0 else float(brentq(distance, 0.0, auc - 1e-12 if auc < 1 else 1 - 1e-9))
    high = 1.0 if auc == 1 else float(brentq(distance, auc + 1e-9, 1.0))
    return low, high
