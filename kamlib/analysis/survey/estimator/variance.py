"""The sampling variance of a two-stage stratified sample, of the whole or of each group in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from kamlib.analysis.survey.estimator.design import SurveyDesign


def sampling_variance(design: SurveyDesign, scores: np.ndarray) -> float:
    r"""Return the variance of the sum of the scores over the sample.

    V = Σ_h (1−n_h/N_h)·n_h/(n_h−1)·Σ_i (z_hi−z̄_h)² + Σ_h (n_h/N_h) Σ_i (1−m/M)·m/(m−1)·Σ_j (z_hij−z̄_hi)²

    A stratum with one answering account, or an account with one answer of several contacts, has
    no spread of its own to see: its score is taken around zero, the mean of all scores of a mean
    or ratio (the rule `survey.lonely.psu = "adjust"` of R's survey package). Of a raked design, the
    scores are what its margins leave unexplained (`SurveyDesign.residuals`).

    Parameters
    ----------
    design
        The sample.
    scores
        z of each contact, in the order of `design.rows`: what the contact adds to the estimate.
        Zero outside a subgroup. For a mean, z = w(y−ȳ)/Σw.

    Notes
    -----
    Source: Lumley, Complex Surveys (2010), sections 2.2 and 3.2; Särndal, Swensson & Wretman
    (1992), section 4.3. Equal to R's `svymean` with `fpc = ~N + M`.
    """
    return float(Domains(design, np.zeros(len(scores), dtype=int), 1).variances(scores)[0])


@dataclass(frozen=True, eq=False)
class Domains:
    """The groups of a sample. Each is a domain: contacts outside count as zero, the sample stays whole.

    Parameters
    ----------
    design
        The sample.
    codes
        The group of each contact, in the order of `design.rows`: 0 to `count` − 1, or `count` = in none.
    count
        How many groups there are.
    """

    design: SurveyDesign
    codes: np.ndarray
    count: int

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Return the sum of the values of each group's contacts; outside every group they are zero."""
        return self._added(values, self.codes)

    def account_weights(self, is_base: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return Kish's effective number of accounts of each group's base, and their plain number."""
        unit, _, group = self._units
        weights = np.bincount(unit, self.design.rows["weight"].to_numpy() * is_base)
        total, squares, accounts = (self._added(each, group) for each in (weights, weights**2, weights > 0))
        return np.divide(total**2, squares, out=np.zeros(self.count), where=squares > 0), accounts

    def stratum_sums(self, values: np.ndarray) -> np.ndarray:
        """Return the sum of the values of each stratum's contacts within each group."""
        return np.bincount(self._cells[0][self._units[0]], values)

    def strata_added(self, sums: np.ndarray) -> np.ndarray:
        """Return for each group the sum over its strata, of what `stratum_sums` returns."""
        return self._added(sums, self._cells[2])

    @cached_property
    def is_whole_stratum(self) -> np.ndarray:
        """For each of `stratum_sums`, true if the group holds all of the stratum, several accounts."""
        heard = np.bincount(self.design.stratum_codes[self.design.account_codes])
        stratum, answered = self._cells[1], self.design.strata["answered"].to_numpy()
        members = self.stratum_sums(np.ones(len(self.codes)))
        return (members == heard[stratum]) & (answered[stratum] > 1)

    @cached_property
    def unheard(self) -> np.ndarray:
        """For each contact, the part of its stratum's contacts that was not heard, accounts and contacts."""
        accounts, strata = self.design.accounts, self.design.strata
        of_stratum = (strata["answered"] / strata["accounts"]).to_numpy()[self.design.stratum_codes]
        heard = of_stratum * (accounts["answered"] / accounts["contacts"]).to_numpy()
        return 1 - heard[self.design.account_codes]

    def variances(self, scores: np.ndarray) -> np.ndarray:
        """Return for each group the variance of the sum of its contacts' scores, as `sampling_variance`."""
        if self.design.margins is None:
            return self._variances(scores)
        # What the margins explain reaches beyond the group, so each group spreads over the whole sample.
        parts = [np.where(self.codes == group, scores, 0.0) for group in range(self.count)]
        return np.array([self._whole._variances(self.design.residuals(part))[0] for part in parts])

    @cached_property
    def _whole(self) -> Domains:
        return Domains(self.design, np.zeros(len(self.codes), dtype=int), 1)

    def _variances(self, scores: np.ndarray) -> np.ndarray:
        (unit, _, group), (cell, _, cell_group) = self._units, self._cells
        of_cell, of_unit, first, second = self._shape
        totals = np.bincount(unit, scores)
        between = first * of_cell.squares(totals, np.bincount(cell, totals))
        within = second * of_unit.squares(scores, totals)
        return self._added(between, cell_group) + self._added(within, group)

    @cached_property
    def _shape(self) -> tuple[_Spread, _Spread, np.ndarray, np.ndarray]:
        """What does not hang on the scores: how many lie where, and what part of each spread is chance."""
        design, (unit, account, _), (cell, stratum, _) = self.design, self._units, self._cells
        contacts, answered = (
            design.accounts[name].to_numpy(float)[account] for name in ("contacts", "answered")
        )
        listed, heard = (design.strata[name].to_numpy(float)[stratum] for name in ("accounts", "answered"))
        second = (heard / listed)[cell] * (1 - answered / contacts)
        return _Spread(cell, heard), _Spread(unit, answered), 1 - heard / listed, second

    @cached_property
    def _units(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The accounts within groups: the unit of each contact, the account and the group of each unit."""
        unit, pairs = pd.factorize(self.design.account_codes * (self.count + 1) + self.codes)
        return unit, *np.divmod(pairs, self.count + 1)

    @cached_property
    def _cells(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The strata within groups: the cell of each unit, the stratum and the group of each cell."""
        _, account, group = self._units
        cell, pairs = pd.factorize(self.design.stratum_codes[account] * (self.count + 1) + group)
        return cell, *np.divmod(pairs, self.count + 1)

    def _added(self, values: np.ndarray, groups: np.ndarray) -> np.ndarray:
        if self.count == 1:
            return np.array([values.sum()], dtype=float)
        return np.bincount(groups, values, minlength=self.count)[: self.count]


class _Spread:
    """The spread of scores in each place, of a known number that may be more than have a score."""

    def __init__(self, places: np.ndarray, sizes: np.ndarray) -> None:
        self.places, self.sizes = places, sizes
        self.silent = sizes - np.bincount(places)
        self.is_alone = sizes == 1
        self.factor = np.where(self.is_alone, 1.0, sizes / np.maximum(sizes - 1, 1))

    def squares(self, scores: np.ndarray, totals: np.ndarray) -> np.ndarray:
        """Return n/(n−1)·Σ(z−z̄)² of each place, zero for those without a score; of a place of one, z²."""
        centre = np.where(self.is_alone, 0.0, totals / self.sizes)
        apart = scores - centre[self.places]
        return self.factor * (np.bincount(self.places, apart * apart) + self.silent * centre**2)
