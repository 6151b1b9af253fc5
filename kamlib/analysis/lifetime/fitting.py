"""The parameters under which what was seen is likeliest: found from a part of the rows, polished on all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize

Terms = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
"""Of parameters and rows: the log-likelihood of each row, and its derivative by each parameter."""
_PART = 2_000
_WIDEST = 1.5
_FARTHEST = np.log(1000.0)


@dataclass(frozen=True)
class Fit:
    """Parameters at the maximum of the likelihood.

    Parameters
    ----------
    parameters
        All above zero, in the model's order.
    log_likelihood
        Of all rows together.
    curvature
        How fast the log-likelihood falls around it: second derivatives by the logarithms of the parameters,
        sign turned; its inverse is their covariance.
    """

    parameters: np.ndarray
    log_likelihood: float
    curvature: np.ndarray

    def drawn(self, generator: np.random.Generator, draws: int) -> np.ndarray:
        """Return other parameters that the data leave open, one row per draw.

        Normal on the log scale. What the data hardly tell is held to a factor of about twenty
        (a standard deviation of at most 1.5).
        """
        spread = np.linalg.inv(self.curvature + np.eye(len(self.curvature)) / _WIDEST**2)
        return np.exp(generator.multivariate_normal(np.log(self.parameters), spread, draws))


def grouped_rows(*columns: Any) -> np.ndarray:
    """Return the different rows of some columns, and as the last column how often each occurs.

    Returns
    -------
    ndarray
        One array per column, in the order given, and the counts; the most frequent first.

    Examples
    --------
    >>> grouped_rows([1, 0, 1], [2.5, 0.0, 2.5])
    array([[1. , 0. ],
           [2.5, 0. ],
           [2. , 1. ]])
    """
    codes, levels = zip(*(pd.factorize(np.asarray(column, dtype=float)) for column in columns), strict=True)
    shape = tuple(len(level) for level in levels)
    counts = pd.Series(np.ravel_multi_index(codes, shape)).value_counts(sort=False)
    counts = counts.sort_values(ascending=False, kind="stable")
    places = np.unravel_index(counts.index.to_numpy(), shape)
    return np.array([*(level[place] for level, place in zip(levels, places, strict=True)), counts])


def fitted(terms: Terms, start: Sequence[float], rows: np.ndarray) -> Fit:
    """Return the parameters that make the rows likeliest.

    Quasi-Newton steps over a part of the rows, on the logarithms of the parameters, lead near; Newton steps
    over all rows with the part's curvature then take a handful of passes, however many rows there are.

    Parameters
    ----------
    terms
        The model.
    start
        Parameters to begin with, above zero; they are left by a factor of about a thousand at the most.
    rows
        `grouped_rows`.
    """
    begin = np.log(start)

    def loss(logs: np.ndarray, of: np.ndarray) -> tuple[float, np.ndarray]:
        likelihood, slopes = terms(np.exp(logs), of[:-1])
        share = of[-1] / of[-1].sum()
        # Where the data know no bound (all customers alike, say), a parameter must not run away.
        far = np.sign(logs - begin) * np.maximum(np.abs(logs - begin) - _FARTHEST, 0)
        return far @ far / 2 - likelihood @ share, far - (slopes @ share) * np.exp(logs)

    part = _part(rows)
    near = minimize(loss, begin, args=(part,), jac=True, method="BFGS").x
    at = _polished(loss, near, _curvature(loss, near, part), rows)
    if loss(at, rows)[0] > loss(near, rows)[0]:
        at = minimize(loss, near, args=(rows,), jac=True, method="BFGS").x
    likelihood = float(terms(np.exp(at), rows[:-1])[0] @ rows[-1])
    return Fit(np.exp(at), likelihood, _curvature(loss, at, part) * rows[-1].sum())


def _part(rows: np.ndarray) -> np.ndarray:
    """Return the most frequent rows, and of the others every k-th in the place of k."""
    step = max(1, rows.shape[1] // _PART)
    others = rows[:, _PART::step].copy()
    others[-1] *= step
    return np.hstack([rows[:, :_PART], others])


def _polished(loss: Any, at: np.ndarray, curvature: np.ndarray, rows: np.ndarray) -> np.ndarray:
    inverse = np.linalg.pinv(curvature, rcond=1e-8, hermitian=True)
    for _ in range(20):
        step = np.clip(inverse @ loss(at, rows)[1], -0.5, 0.5)
        at = at - step
        if np.abs(step).max() < 1e-9:
            break
    return at


def _curvature(loss: Any, at: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the second derivatives, from differences of the first."""
    steps = 1e-4 * np.eye(len(at))
    found = np.array([(loss(at + step, rows)[1] - loss(at - step, rows)[1]) / 2e-4 for step in steps])
    return (found + found.T) / 2
