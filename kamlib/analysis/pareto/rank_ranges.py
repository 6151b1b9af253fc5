"""How far an account's rank moves when the weights of a scorecard do."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd


def rank_ranges(
    points: pd.DataFrame, weights: Mapping[str, float], *, seed: int, draws: int = 500, spread: float = 0.5
) -> pd.DataFrame:
    """Return the rank of each account by its score, and the best and worst it has under other weights.

    Each weight moves by itself, evenly between 1 − `spread` and 1 + `spread` times as given.

    Parameters
    ----------
    points, weights
        See `weighted_points`.
    seed, draws
        Of the weights drawn, and how many; the given ones count too.
    spread
        A share, 0 to below 1.

    Returns
    -------
    DataFrame
        By account, in order: `rank`, `rank_low` (best), `rank_high` (worst). Equal scores share the better
        rank; missing where nothing is known of the account.

    Examples
    --------
    >>> points = pd.DataFrame({"profit": [5, 3, 1], "trust": [1, 4, 1]}, index=list("abc"), dtype=float)
    >>> rank_ranges(points, {"profit": 1, "trust": 1}, seed=1).to_dict("list")
    {'rank': [2.0, 1.0, 3.0], 'rank_low': [1.0, 1.0, 3.0], 'rank_high': [2.0, 2.0, 3.0]}
    """
    given = points.reindex(columns=list(weights)).fillna(0.0).to_numpy(dtype=float)
    # Accounts of the same points move together: bands leave a few thousand kinds, however many.
    kinds, kind_of, counts = np.unique(given, axis=0, return_inverse=True, return_counts=True)
    generator = np.random.default_rng(seed)
    factors = generator.uniform(1 - spread, 1 + spread, (draws, len(weights)))
    drawn = np.vstack([np.ones(len(weights)), factors]) * np.array(list(weights.values()))
    ranks = np.array([_ranks(kinds, counts, one) for one in drawn])
    found = np.column_stack([ranks[0], ranks.min(axis=0), ranks.max(axis=0)])[kind_of.ravel()]
    table = pd.DataFrame(found, index=points.index, columns=["rank", "rank_low", "rank_high"])
    return table[(given > 0).any(axis=1)].reindex(points.index)


def _ranks(kinds: np.ndarray, counts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the rank of each kind of account: one more than there are accounts with a better score."""
    known = (kinds > 0) @ weights
    score = np.divide(kinds @ weights, known, out=np.zeros(len(kinds)), where=known > 0)
    _, place = np.unique(-score.round(9), return_inverse=True)
    sizes = np.bincount(place.ravel(), weights=counts)
    better: np.ndarray = np.cumsum(sizes) - sizes
    return better[place.ravel()] + 1
