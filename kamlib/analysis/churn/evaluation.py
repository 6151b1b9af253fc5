"""How good a foretelling was, from outcomes and probabilities alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import norm, rankdata
from sklearn.metrics import average_precision_score, brier_score_loss
from statsmodels.stats.proportion import proportion_confint

LEVEL = 0.95
_MOST_DRAWN = 5_000_000


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


def model_table(lost: Any, scores: pd.DataFrame, *, seed: int = 1, draws: int = 400) -> pd.DataFrame:
    """Return how well each model told the lost from the kept.

    Parameters
    ----------
    lost
        True or false per account; both must occur.
    scores
        One row per account, one column of probabilities per model.
    seed, draws
        Of the draws of accounts behind the ranges of `pr`, `brier`, `lift_10` and `gain_10`.

    Returns
    -------
    DataFrame
        One row per model: `model`; with `_low` and `_high` beside each: `auc`, `pr` (average precision),
        `brier` (mean squared error of the probability), `gain_10` (share of the lost in the top 10%),
        `lift_10` (share of lost in the top 10% over the share in all); `ece` (mean distance of what was said
        from what came, over ten groups of about equal size), `n`, `events`.
    """
    lost = np.asarray(lost, dtype=bool)
    rows = [_row(lost, scores[name].to_numpy(), seed=seed, draws=draws) for name in scores]
    table = pd.DataFrame(rows).assign(n=len(lost), events=int(lost.sum()))
    for end in ("", "_low", "_high"):
        table[f"lift_10{end}"] = table[f"gain_10{end}"] * len(lost) / _tenth(len(lost))
    table.insert(0, "model", list(scores))
    return table


def drawn_again(n: int, *, seed: int, draws: int) -> Iterator[np.ndarray]:
    """Yield how often each of n accounts is drawn, were n drawn again with replacement.

    The bootstrap of Efron & Tibshirani (1993), ch. 6, `draw_count` times.

    Examples
    --------
    >>> [int(times.sum()) for times in drawn_again(5, seed=1, draws=2)]
    [5, 5]
    """
    generator = np.random.default_rng(seed)
    for _ in range(draw_count(n, draws)):
        yield np.bincount(generator.integers(0, n, n), minlength=n)


def draw_count(n: int, draws: int) -> int:
    """Return how often to draw n accounts: less often where they are many, for then ranges are narrow.

    Examples
    --------
    >>> draw_count(300, 400), draw_count(20_000, 400), draw_count(1_000_000, 400)
    (400, 250, 100)
    """
    return min(draws, max(100, _MOST_DRAWN // n))


def even_part(rows: Any, most: int) -> Any:
    """Return every k-th row of a table or column, so that at most so many are left.

    Examples
    --------
    >>> even_part(pd.Series([1, 2, 3, 4, 5]), 2).to_list()
    [1, 4]
    """
    return rows[:: max(1, -(-len(rows) // most))]


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


def first_sums(listed: np.ndarray, lengths: Any, *, seed: int, draws: int) -> np.ndarray:
    """Return what the first accounts of a list hold together, were the accounts drawn again.

    Parameters
    ----------
    listed
        An amount per account, the first of the list first.
    lengths
        Of the lists.
    seed, draws
        Of the draws.

    Returns
    -------
    ndarray
        Draws × lengths.

    Examples
    --------
    >>> first_sums(np.array([2.0, 2.0]), [0, 1, 2], seed=1, draws=1).tolist()
    [[0.0, 2.0, 4.0]]
    """
    drawn = drawn_again(len(listed), seed=seed, draws=draws)
    sums = ((times.cumsum(), (times * listed).cumsum()) for times in drawn)
    return np.array([np.interp(lengths, np.append(0, n), np.append(0, held)) for n, held in sums])


def _row(lost: np.ndarray, score: np.ndarray, *, seed: int, draws: int) -> dict[str, float]:
    row = dict(zip(("auc", "auc_low", "auc_high"), auc_interval(lost, score), strict=True))
    groups = calibration_table(lost, score, bins=10)
    row["ece"] = float(
        (groups["probability_mean"] * groups["n"] - groups["lost_count"]).abs().sum() / len(lost)
    )
    row["pr"], row["brier"] = average_precision_score(lost, score), brier_score_loss(lost, score)
    row["gain_10"] = captured(lost, score, _tenth(len(lost))) / float(lost.sum())
    ends = np.quantile(_drawn(lost, score, seed, draws), [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    for name, low, high in zip(("pr", "brier", "gain_10"), *ends, strict=True):
        row |= {f"{name}_low": min(low, row[name]), f"{name}_high": max(high, row[name])}
    return row


def _drawn(lost: np.ndarray, score: np.ndarray, seed: int, draws: int) -> list[tuple[float, ...]]:
    """Return precision, squared error and gain of accounts drawn again, whatever order they stand in."""
    generator = np.random.default_rng(seed)
    mixed = generator.permutation(np.lexsort((lost, score)))  # equals of a score stand in any order
    listed = mixed[np.argsort(-score[mixed], kind="stable")]
    gone, missed, top = lost[listed], (score - lost)[listed] ** 2, _tenth(len(lost))
    drawn: list[tuple[float, ...]] = []
    for times in drawn_again(len(lost), seed=seed, draws=draws):
        called, found = times.cumsum(), (times * gone).cumsum()
        if found[-1]:
            precision = (times * gone * found / np.maximum(called, 1)).sum() / found[-1]
            error = (times * missed).sum() / len(lost)  # a product by BLAS waits for busy cores
            drawn.append((precision, error, np.interp(top, called, found) / found[-1]))
    return drawn


def _tenth(n: int) -> int:
    return int(np.ceil(0.1 * n))


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
