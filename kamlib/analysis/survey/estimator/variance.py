"""The sampling variance of a two-stage stratified sample, of the whole or of each group in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from kamlib.analysis.survey.estimator.design import SurveyDesign


def sampling_covariance(design: SurveyDesign, scores: np.ndarray) -> np.ndarray:
    r"""Return the covariances of the sums of several scores over the sample.

    V = Σ_h (1−n_h/N_h)·n_h/(n_h−1)·Σ_i (z_hi−z̄_h)² + Σ_h (n_h/N_h) Σ_i (1−m/M)·m/(m−1)·Σ_j (z_hij−z̄_hi)²

    and likewise with the product of two scores for the square of one. A stratum with one answering
    account, or an account with one answer of several contacts, has no spread of its own to see: its score
    is taken around zero, the mean of all scores of a mean or ratio (the rule `survey.lonely.psu =
    "adjust"` of R's survey package). Of a raked design, the scores are what its margins leave unexplained
    (`SurveyDesign.residuals`).

    Parameters
    ----------
    design
        The sample.
    scores
        z of each contact, in the order of `design.rows`, a column for each score: what the contact adds to
        the estimate. Zero outside a subgroup. For a mean, z = w(y−ȳ)/Σw. No contact may have more than one
        score that is not zero.

    Returns
    -------
    ndarray
        Scores by scores.

    Notes
    -----
    Source: Lumley, Complex Surveys (2010), sections 2.2 and 3.2; Särndal, Swensson & Wretman
    (1992), section 4.3. Equal to R's `svymean` with `fpc = ~N + M`.
    """
    return Domains(design, np.zeros(len(scores), dtype=int), 1).covariances(scores)[0]


@dataclass(frozen=True, eq=False)
class Domains:
    """The groups of a sample. Each is a domain: contacts outside count as zero, the sample stays whole.

    What is summed has a row per contact, in the order of `design.rows`, and a column for each variable; a
    *unit* is an account within a group, a *cell* a stratum within a group.

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

    @cached_property
    def is_inside(self) -> np.ndarray:
        """For each contact, true if it is in a group."""
        return self.codes < self.count

    def unit_sums(self, values: np.ndarray) -> np.ndarray:
        """Return the sums of the values over each unit's contacts."""
        return self._units.sums @ values

    def cell_sums(self, of_units: np.ndarray) -> np.ndarray:
        """Return the sums of what `unit_sums` returns over each cell's units."""
        return self._cells.sums @ of_units

    def group_sums(self, of_cells: np.ndarray) -> np.ndarray:
        """Return the sums of what `cell_sums` returns over each group's cells; groups by number."""
        return _sums(self.cell_groups, self.count + 1)[:-1] @ of_cells

    @property
    def cell_groups(self) -> np.ndarray:
        """The group of each cell, `count` = of those in none."""
        return self._cells.groups

    @property
    def cell_strata(self) -> np.ndarray:
        """The position in `design.strata` of each cell."""
        return self._cells.homes

    @cached_property
    def asked(self) -> np.ndarray:
        """The contacts of each cell."""
        return self.cell_sums(self.unit_sums(self.is_inside))

    @cached_property
    def is_whole_stratum(self) -> np.ndarray:
        """For each cell, true if the group holds all of the stratum, several accounts."""
        heard = np.bincount(self.design.stratum_codes[self.design.account_codes])
        answered = self.design.strata["answered"].to_numpy()
        return (self.asked == heard[self.cell_strata]) & (answered[self.cell_strata] > 1)

    @cached_property
    def unheard(self) -> np.ndarray:
        """For each unit, the part of its stratum's contacts that was not heard, accounts and contacts."""
        accounts = self.design.accounts
        heard = self._heard_share[self.design.stratum_codes] * (accounts["answered"] / accounts["contacts"])
        return 1 - heard.to_numpy()[self._units.homes]

    def covariances(self, scores: np.ndarray) -> np.ndarray:
        """Return for each group the covariances of the sums of its contacts' scores (`sampling_covariance`).

        Returns
        -------
        ndarray
            Groups by scores by scores.
        """
        if self.design.margins is None:
            of_units = self._units.factors[:, None] * self.unit_sums(scores**2)
            own = self.group_sums(self.cell_sums(of_units))[:, :, None] * np.eye(scores.shape[1])
            return own + self._of_totals(scores)
        # What the margins explain reaches beyond the group, so each group spreads over the whole sample.
        whole = Domains(self.design, np.zeros(len(self.codes), dtype=int), 1)
        found = []
        for group in range(self.count):
            rest = self.design.residuals(np.where((self.codes == group)[:, None], scores, 0.0))
            factors = whole._units.factors[whole._units.places]
            found.append(rest.T @ (rest * factors[:, None]) + whole._of_totals(rest)[0])
        return np.stack(found)

    def _of_totals(self, scores: np.ndarray) -> np.ndarray:
        """Return what units and cells add to Σ factor·z² of the contacts, from their totals."""
        units, cells, totals = self._units, self._cells, self.unit_sums(scores)
        factors = cells.factors[cells.places] - units.shares
        of_units = _grams(totals, factors, units.groups, self.count)
        return of_units - _grams(self.cell_sums(totals), cells.shares, cells.groups, self.count)

    @cached_property
    def _units(self) -> _Places:
        accounts = self.design.accounts
        contacts = accounts["answered"].to_numpy(float), accounts["contacts"].to_numpy()
        chance = self._heard_share[self.design.stratum_codes] * (1 - contacts[0] / contacts[1])
        return _Places(self.design.account_codes, self.codes, self.count + 1, contacts[0], chance)

    @cached_property
    def _cells(self) -> _Places:
        answered, units = self.design.strata["answered"].to_numpy(float), self._units
        stratum = self.design.stratum_codes[units.homes]
        return _Places(stratum, units.groups, self.count + 1, answered, 1 - self._heard_share)

    @property
    def _heard_share(self) -> np.ndarray:
        """The part of each stratum's accounts that answered."""
        return (self.design.strata["answered"] / self.design.strata["accounts"]).to_numpy()


class _Places:
    """Where scores lie: accounts, or strata, within groups.

    Parameters
    ----------
    homes, groups
        The account (or stratum) and the group of each score.
    count
        How many groups there are, the one of scores in none included.
    sizes
        How many scores each home has, those in other groups included: they count as zero.
    chances
        What part of the spread of each home is left to chance.
    """

    def __init__(
        self, homes: np.ndarray, groups: np.ndarray, count: int, sizes: np.ndarray, chances: np.ndarray
    ) -> None:
        self.places, pairs = pd.factorize(homes * count + groups)
        self.homes, self.groups = np.divmod(pairs, count)
        self.sums = _sums(self.places, len(pairs))
        size, chance = sizes[self.homes], chances[self.homes]
        # Chance·n/(n−1) and the nth part of it; a score that is alone in its place is taken around zero.
        self.factors = chance * np.where(size == 1, 1.0, size / np.maximum(size - 1, 1))
        self.shares = np.where(size == 1, 0.0, self.factors / size)


def _grams(rows: np.ndarray, factors: np.ndarray, groups: np.ndarray, count: int) -> np.ndarray:
    """Return for each of the groups Σ factor·row·rowᵀ."""
    weighted = rows * factors[:, None]
    if count == 1 and not groups.any():
        return (rows.T @ weighted)[None]
    inside = [groups == group for group in range(count)]
    return np.stack([rows[each].T @ weighted[each] for each in inside])


def _sums(places: np.ndarray, count: int) -> csr_array:
    """Return the matrix that adds rows up by place."""
    return csr_array((np.ones(len(places)), (places, np.arange(len(places)))), shape=(count, len(places)))
