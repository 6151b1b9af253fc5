"""The mean of a variable in each group of a sample, with what its range will need."""

from __future__ import annotations

import math

import numpy as np

from kamlib.analysis.survey.estimator.variance import Domains

_ROUNDING = 1e-13
"""The part of the squared scores up to which a variance is what rounding leaves of nothing."""

Columns = dict[str, np.ndarray]
"""Arrays by name, an entry for each row of the table that they become."""


def point_columns(domains: Domains, values: np.ndarray, *, size: np.ndarray | None = None) -> Columns:
    """Return the weighted mean of a variable in each group.

    Parameters
    ----------
    domains
        The sample and its groups.
    values
        y of each contact, in the order of `design.rows`; missing = did not answer.
    size
        x of each contact: the mean is Σw·x·y / Σw·x. Without it, 1.

    Returns
    -------
    dict
        One entry per group:

        - `value, se`: the estimate and its standard error; missing where nobody is in the base
        - `range_se`: the standard error behind the range: of a raked design larger than `se`, for the p
          numbers that the margins have fitted, by √(1 + p/df) (Cochran 1977, section 7.3)
        - `df`: degrees of freedom of the sample, less what its margins have fitted
        - `accounts, contacts`: that answered, in the base
        - `kish_accounts`: Kish's effective number of accounts in the base, (ΣW)²/ΣW²
        - `is_census`: everyone in the base's strata answered, so nothing is left to chance
        - `is_flat`: the sample shows no spread although it is no census: the standard error says nothing
        - `note`: what the reader should know
        - `list_size`: of the whole of a plain list sample, how many the list holds; missing for any other
        - `unseen`: of a share, what V/(p(1−p)) lacks for strata that answered alike: Σw²(1−f)/(Σw)² over
          them, f the part of the list that was heard (docs/decisions/0015); without meaning for others

    Raises
    ------
    ValueError
        A contact in the base has no size, or the sizes of a group's base do not add up to more than zero.
    """
    weight, is_base = domains.design.rows["weight"].to_numpy(), domains.is_inside & ~np.isnan(values)
    y = np.where(is_base, values, 0.0)
    mass = np.where(is_base, weight * (1.0 if size is None else size), 0.0)
    if np.isnan(mass).any():
        raise ValueError("size: a contact in the base has none")
    of_units = domains.unit_sums(np.column_stack([weight * is_base, is_base, y, mass, mass * y]))
    of_cells = domains.cell_sums(of_units)
    _, heard, hits, *_ = of_cells.T
    *_, total, summed = domains.group_sums(of_cells).T
    base = _base_columns(domains, domains.asked, heard, of_units[:, 0])
    total = np.where(base["contacts"] > 0, total, math.nan)
    if (total <= 0).any():
        raise ValueError(f"size: the base adds up to {total[total <= 0][0]:g}; a mean needs a sum above zero")
    value = summed / total
    part = mass / np.append(np.nan_to_num(total, nan=1.0), 1.0)[domains.codes]
    scores = part * (y - np.append(np.nan_to_num(value), 0.0)[domains.codes])
    chance = domains.cell_sums(domains.unheard * domains.unit_sums(part**2))
    unseen = _unseen(domains, hits[:, None], heard, chance)[:, 0]
    squares = domains.group_sums(domains.cell_sums(domains.unit_sums(scores**2)))
    variance = _rounded(domains.covariances(scores[:, None])[:, 0, 0], squares)
    return _columns(domains, base, value, variance, unseen)


class LevelSums:
    """What the answers to one question add up to, level by level, in each group of a sample.

    From them follow all measures of the question, with their variances, at once.

    Parameters
    ----------
    domains
        The sample and its groups.
    level
        The answer of each contact, in the order of `design.rows`: 0 to `count` − 1; -1 = did not answer.
    count
        How many levels there are.
    """

    def __init__(self, domains: Domains, level: np.ndarray, count: int) -> None:
        scores = np.zeros((len(level), count))
        heard = np.flatnonzero(domains.is_inside & (level >= 0))
        scores[heard, level[heard]] = domains.design.rows["weight"].to_numpy()[heard]
        squares = domains.unit_sums(scores**2)
        self.domains, self.weights = domains, domains.unit_sums(scores)
        self.contacts = domains.cell_sums(domains.unit_sums(scores > 0))
        self.squares = domains.cell_sums(squares)
        self.chances = domains.cell_sums(domains.unheard[:, None] * squares)
        self.covariances = domains.covariances(scores)

    def point_columns(self, measures: np.ndarray, is_asked: np.ndarray) -> Columns:
        """Return the mean of measures in each group.

        Parameters
        ----------
        measures
            What each level counts: measures by levels.
        is_asked
            Which levels are in the base; whoever gave another is taken as not asked.

        Returns
        -------
        dict
            As of `point_columns`, one entry per measure and group, the groups of the first measure first.
        """
        domains, counted = self.domains, np.where(is_asked, measures, 0.0)
        heard = self.contacts @ is_asked
        asked = domains.asked - self.contacts @ ~is_asked
        base = _base_columns(domains, asked, heard, self.weights @ is_asked)
        sums = domains.group_sums(domains.cell_sums(self.weights))
        total = np.where(base["contacts"] > 0, sums @ is_asked, math.nan)
        value = counted @ sums.T / total
        slopes = is_asked * (counted[:, None, :] - value[:, :, None]) / total[:, None]
        variance = np.einsum("mgk,gkl,mgl->mg", slopes, self.covariances, slopes)
        squares = np.einsum("mgk,gk->mg", slopes**2, domains.group_sums(self.squares))
        unseen = _unseen(domains, self.contacts @ counted.T, heard, self.chances @ is_asked)
        table = {name: np.tile(column, len(measures)) for name, column in base.items()}
        found = value, _rounded(variance, squares), (unseen / total[:, None] ** 2).T
        return _columns(domains, table, *(each.ravel() for each in found))


def _rounded(variance: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """Return variances, those that rounding leaves of nothing as nothing; squares are those of the scores."""
    return np.where(variance > _ROUNDING * squares, variance, 0.0)


def _columns(
    domains: Domains, base: Columns, value: np.ndarray, variance: np.ndarray, unseen: np.ndarray
) -> Columns:
    se = np.where(base["is_census"], 0.0, np.where(base["contacts"] > 0, np.sqrt(variance), math.nan))
    # Rounding leaves a trace of 1e-16 where the spread is nothing.
    is_flat = ~base["is_census"] & (se <= 1e-9 * np.abs(value) + 1e-12)
    wider = np.sqrt(1 + domains.design.fitted / np.maximum(base["df"], 1))
    return {"value": value, "se": se, "range_se": se * wider, "is_flat": is_flat, "unseen": unseen} | base


def _unseen(domains: Domains, hits: np.ndarray, heard: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return for each group and variable the chance of its strata that answered alike; all are by cell."""
    is_alike = domains.is_whole_stratum[:, None] & ((hits == 0) | (hits == heard[:, None]))
    return domains.group_sums(np.where(is_alike, chance[:, None], 0.0))


def _base_columns(domains: Domains, asked: np.ndarray, heard: np.ndarray, weights: np.ndarray) -> Columns:
    """Return what is known of each group's base, from contacts by cell and weights by unit."""
    design = domains.design
    has_gap = ~design.is_heard_stratum[domains.cell_strata]
    weighing = np.column_stack([weights, weights**2, weights > 0])
    by_cell = np.column_stack([asked, heard, heard * has_gap, domains.cell_sums(weighing)])
    asked_of, contacts, unheard, total, squares, accounts = domains.group_sums(by_cell).T
    is_census = (contacts > 0) & (unheard == 0)
    is_whole_list = design.is_plain_list & (asked_of == len(design.rows))
    silent = np.where(is_census, asked_of - contacts, 0).astype(int)
    return {
        "df": np.full(domains.count, max(design.df - design.fitted, 0)),
        "accounts": accounts.astype(int),
        "contacts": contacts.astype(int),
        "kish_accounts": np.divide(total**2, squares, out=np.zeros(domains.count), where=squares > 0),
        "is_census": is_census,
        "note": _notes(domains, heard, silent),
        "list_size": np.where(is_whole_list, design.strata["accounts"].iloc[0], math.nan),
    }


def _notes(domains: Domains, heard: np.ndarray, silent: np.ndarray) -> np.ndarray:
    """Name for each group the strata whose spread rests on a single account, and say who did not answer."""
    design = domains.design
    notes = np.full(domains.count + 1, "", dtype=object)
    for place in design.lonely_strata:
        name = design.strata.index[place]
        notes[domains.cell_groups[(domains.cell_strata == place) & (heard > 0)]] += (
            f"Only one account answered in stratum {name}: its spread is taken around the overall mean. "
        )
    for group in np.flatnonzero(silent):
        notes[group] += f"{silent[group]} of those asked gave no answer here: exact for the others only."
    return np.array([note.strip() for note in notes[:-1]], dtype=object)
