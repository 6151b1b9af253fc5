"""A weighted scorecard: points by criterion, how much of it is answered, and who is in, watched or out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from kamlib.errors import ParameterError, did_you_mean
from kamlib.estimate import Unknown

LEAST_COVERAGE = 0.5
"""An account with less of the weights answered is watched at best."""


def weights_of(criteria: Sequence[str]) -> dict[str, float]:
    """Return the weights of a scorecard by criterion.

    Raises
    ------
    ParameterError
        An entry is not of the form `gross profit=2`, a weight is not above zero, a criterion stands twice,
        or there is none.

    Examples
    --------
    >>> weights_of(["gross profit=2", "share of sales = 1"])
    {'gross profit': 2.0, 'share of sales': 1.0}
    """
    weights: dict[str, float] = {}
    for entry in criteria:
        name, _, said = (part.strip() for part in entry.rpartition("="))
        weight = float(said) if re.fullmatch(r"\d+(\.\d+)?", said) else 0.0
        if not name or not weight > 0 or name in weights:
            raise ParameterError(
                f"criteria: '{entry}' is no criterion with a weight above zero, each one once: write it as "
                "gross profit=2"
            )
        weights[name] = weight
    if not weights:
        raise ParameterError("criteria: give one or more, such as gross profit=1")
    return weights


def weighted_points(points: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """Return the weighted mean of the points that are known, and how much of the weights that is.

    Parameters
    ----------
    points
        By account, 1 to 5, missing where nobody knows; a criterion without a column is known of nobody.
    weights
        By criterion.

    Returns
    -------
    DataFrame
        By account: `score` (Σ w·s / Σ w over what is known, 1 to 5; missing where nothing is) and
        `coverage` (Σ w of what is known / Σ w, 0 to 1).

    Examples
    --------
    >>> points = pd.DataFrame({"profit": [5.0, 2.0], "trust": [2.0, None]}, index=["a", "b"])
    >>> weighted_points(points, {"profit": 1, "trust": 2}).round(2).to_dict("list")
    {'score': [3.0, 2.0], 'coverage': [1.0, 0.33]}
    """
    given = points.reindex(columns=list(weights))
    weight = np.array(list(weights.values()), dtype=float)
    known = given.notna().to_numpy() @ weight
    with np.errstate(invalid="ignore"):
        score = (given.fillna(0).to_numpy(dtype=float) @ weight) / known
    return pd.DataFrame({"score": score, "coverage": known / weight.sum()}, index=points.index)


def scorecard(
    points: pd.DataFrame | Unknown,
    weights: Mapping[str, float],
    *,
    vetoes: Sequence[str] = (),
    in_from: float = 3.5,
    watch_from: float = 2.5,
) -> pd.DataFrame | Unknown:
    """Return the score of each account and whether it is in, watched or out.

    In: a score of `in_from` or more, with at least half of the weights answered. Watched: of `watch_from`
    or more. Out: less, or a veto.

    Parameters
    ----------
    points, weights
        See `weighted_points`; an `Unknown` is returned as it is.
    vetoes
        Such as `financial reputation<2`: fewer points than that, and nothing else counts. What nobody knows
        is no veto.
    in_from, watch_from
        Scores, 1 to 5.

    Returns
    -------
    DataFrame or Unknown
        One row per account, the best score first (equals by account; unknown last): `account_id`, `score`,
        `coverage`, `rank` (equals share one), `veto` (the criterion; empty without one), `state`: `in`,
        `watch`, `out`, or `not known` where nothing is.

    Raises
    ------
    ParameterError
        A veto cannot be read, or the cuts are the wrong way round.
    """
    if watch_from > in_from:
        raise ParameterError(f"watch_from = {watch_from} lies above in_from = {in_from}: turn them round")
    if isinstance(points, Unknown):
        return points
    table = weighted_points(points, weights).rename_axis("account_id").reset_index()
    table["rank"] = table["score"].round(9).rank(ascending=False, method="min")
    table["veto"] = _vetoed(points, vetoes).to_numpy()
    score = table["score"] + 1e-9
    is_in = (score >= in_from) & (table["coverage"] >= LEAST_COVERAGE)
    cases = [score.isna(), table["veto"] != "", is_in, score >= watch_from]
    table["state"] = np.select(cases, ["not known", "out", "in", "watch"], "out")
    return table.sort_values(["rank", "account_id"], ignore_index=True)


def unanswered(points: pd.DataFrame, weights: Mapping[str, float]) -> str:
    """Return in a sentence which criteria nobody has points for; empty where there are none.

    Examples
    --------
    >>> unanswered(pd.DataFrame({"closeness": [3.0]}), {"closenes": 1.0})
    "Nothing is known of closenes, so the score does without; did you mean 'closeness'?"
    """
    lacking = [name for name in weights if name not in points or points[name].isna().all()]
    near = "".join(did_you_mean(name, points.columns) for name in lacking if name not in points)
    said = f"Nothing is known of {' and '.join(lacking)}, so the score does without{near}"
    return said if lacking else ""


def _vetoed(points: pd.DataFrame, vetoes: Sequence[str]) -> pd.Series:
    """Return by account the criteria that forbid it, as text."""
    named = pd.Series("", index=points.index)
    for veto in vetoes:
        name, _, said = (part.strip() for part in veto.partition("<"))
        if not name or not re.fullmatch(r"\d+(\.\d+)?", said):
            raise ParameterError(f"vetoes: '{veto}' cannot be read: write it as financial reputation<2")
        if name in points:
            named = named.mask(points[name] < float(said), named + f", {name}")
    return named.str.removeprefix(", ")
