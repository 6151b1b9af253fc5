"""What can be worked out about accounts from the sums that a report shows."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import LinearConstraint, linprog, milp

from kamlib.analysis.survey.scale import NO_OPINION, SCALE

LEAST_WIDTH = 0.05
"""Part of a hidden group's answers that must stay open, whatever is added and subtracted."""
_MANY = 500
_ENDS = np.array([[level > NO_OPINION for level in SCALE], [level < NO_OPINION for level in SCALE]])


class Guard:
    """What is known of the answers from all that is shown, and which group gives a secret away.

    Parameters
    ----------
    cells
        Accounts by groups, 1 inside.
    levels
        Accounts by levels: for how many an account's answers stand.
    totals
        Accounts by totals with other weights.
    at_least
        Fewest accounts.
    """

    def __init__(
        self, cells: np.ndarray, levels: np.ndarray, totals: np.ndarray | None = None, *, at_least: int
    ) -> None:
        self.given, self.least, self.sizes = (cells, levels), at_least, cells.sum(axis=0)
        ratios = np.ones((len(cells), 1))
        if totals is not None:
            ratios = np.hstack([ratios, totals / levels.sum(axis=1, keepdims=True)])
        # Accounts alike in all that is shown are one unknown; of many, those that are nearly alike too.
        ratios = np.round(ratios / ratios.max(axis=0), 9 if len(cells) <= _MANY else 1)
        kinds, place = _kinds(np.hstack([cells, ratios]))
        sums = sparse.csr_array((np.ones(len(place)), (place, np.arange(len(place)))))
        self.cells, self.totals = kinds[:, : cells.shape[1]].T, kinds[:, cells.shape[1] :].T
        self.levels = sums @ levels / levels.sum()
        self.weight = self.levels.sum(axis=1)

    def with_totals(self, totals: pd.DataFrame) -> Guard:
        """Return the same with more totals known."""
        return Guard(*self.given, totals.to_numpy(), at_least=self.least)

    def giveaway(self, is_hidden: np.ndarray) -> int | None:
        """Return the smallest shown group that gives something away (-1: none is shown), or None."""
        shown = np.flatnonzero(~is_hidden)
        guilty = self._of_few(shown)
        guilty = self.tells(is_hidden) if guilty is None else guilty
        if guilty is None:
            return None
        candidates = shown[guilty] if guilty.any() else shown
        return int(min(candidates, key=lambda group: (self.sizes[group], group), default=-1))

    def tells(self, is_hidden: np.ndarray) -> np.ndarray | None:
        """Return which shown groups leave too little open of a hidden one; None where enough stays open."""
        shown, hidden = np.flatnonzero(~is_hidden), np.flatnonzero(is_hidden)
        totals, levels = np.vstack([self.totals, self.cells[shown]]), self.levels.shape[1]
        adding = sparse.kron(sparse.eye_array(len(self.weight)), np.ones((1, levels)))
        known = sparse.vstack([adding, sparse.kron(totals, sparse.eye_array(levels))]).tocsr()
        values = np.concatenate([self.weight, (totals @ self.levels).ravel()])
        for group, end in itertools.product(hidden.tolist(), _ENDS):
            asked = np.outer(self.cells[group], end).ravel()
            narrow = _narrow(
                known, values, asked, self._needed(group, end), truth=asked @ self.levels.ravel()
            )
            if narrow is not None:
                return narrow[-len(shown) * levels or len(narrow) :].reshape(-1, levels).max(axis=1) > 1e-7
        return None

    def _needed(self, group: int, end: np.ndarray) -> float:
        size, whole = float(self.cells[group] @ self.weight), float((self.levels @ end).sum())
        open_by_total = min(whole, size) - max(0.0, whole + size - 1)
        return min(LEAST_WIDTH * size, 1 / len(self.given[0]), open_by_total / 2) - 1e-7

    def _of_few(self, shown: np.ndarray) -> np.ndarray | None:
        """Return the groups whose sums and differences are a set of fewer accounts than may be told."""
        patterns, members = _kinds(self.given[0])
        rows = np.vstack([np.ones(len(patterns)), patterns.T[shown]])
        unknown, known = len(patterns), 2 * len(rows)
        is_set = np.arange(unknown + known) < unknown
        same = LinearConstraint(np.hstack([np.eye(unknown), -rows.T, rows.T]), 0, 0)
        count = np.concatenate([np.bincount(members), np.zeros(known)])
        few = LinearConstraint(count[None, :], 1, self.least - 1)
        found = milp(
            ~is_set, constraints=[same, few], integrality=is_set, bounds=(0, np.where(is_set, 1, np.inf))
        )
        return None if found.x is None else found.x[unknown:].reshape(2, -1).sum(axis=0)[1:] > 1e-6


def _kinds(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the different rows, in order, and for each row which it is: `np.unique`, but quick."""
    place = pd.DataFrame(rows).groupby(list(range(rows.shape[1])), dropna=False).ngroup().to_numpy()
    kinds = np.empty((place.max() + 1, rows.shape[1]))
    kinds[place] = rows
    return kinds, place


def _narrow(
    known: sparse.csr_array, values: np.ndarray, asked: np.ndarray, needed: float, *, truth: float
) -> np.ndarray | None:
    """Return what pins a sum down, by row of what is known; None where it may vary by what is needed."""
    width, pins = 0.0, np.zeros(len(values))
    for sign in (-1, 1):
        found = linprog(sign * asked, A_eq=known, b_eq=values, method="highs")
        width, pins = width + abs(found.fun - sign * truth), pins + np.abs(found.eqlin.marginals)
        if width >= needed:
            return None
    return pins
