"""The mean of variables in each group of a sample, with what its range will need."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from kamlib.analysis.survey.estimator.variance import Domains


def point_columns(
    domains: Domains,
    variables: Iterable[np.ndarray],
    *,
    size: np.ndarray | None = None,
    where: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Return the weighted mean of variables that the same contacts answered, in each group.

    Parameters
    ----------
    domains
        The sample and its groups.
    variables
        y of each contact, in the order of `design.rows`; missing = did not answer, alike in all of them.
    size
        x of each contact: the mean is Σw·x·y / Σw·x. Without it, 1.
    where
        Who is asked, true or false by contact; the others lie outside every group. Without it, all.

    Returns
    -------
    dict
        The fields of `Point`, one entry per variable and group, the groups of the first variable first.

    Raises
    ------
    ValueError
        A contact in the base has no size, or the sizes of a group's base do not add up to more than zero.
    """
    variables = list(variables)
    is_asked = (domains.codes < domains.count) & (True if where is None else where)
    is_base = is_asked & ~np.isnan(variables[0])
    mass = np.where(is_base, domains.design.rows["weight"].to_numpy() * (1.0 if size is None else size), 0.0)
    if np.isnan(mass).any():
        raise ValueError("size: a contact in the base has none")
    base = _base_columns(domains, is_asked, is_base)
    total = np.where(base["contacts"] > 0, domains.sums(mass), math.nan)
    if (total <= 0).any():
        raise ValueError(f"size: the base adds up to {total[total <= 0][0]:g}; a mean needs a sum above zero")
    part = mass / np.append(np.nan_to_num(total, nan=1.0), 1.0)[domains.codes]
    heard, chance = domains.stratum_sums(is_base), domains.stratum_sums(part**2 * domains.unheard)
    found = []
    for y in (np.where(is_base, each, 0.0) for each in variables):
        value = domains.sums(mass * y) / total
        scores = part * (y - np.append(np.nan_to_num(value), 0.0)[domains.codes])
        hits = domains.stratum_sums(y)
        is_alike = domains.is_whole_stratum & ((hits == 0) | (hits == heard))
        unseen = domains.strata_added(np.where(is_alike, chance, 0.0))
        found.append((value, np.sqrt(domains.variances(scores)), unseen))
    value, se, unseen = (np.concatenate(each) for each in zip(*found, strict=True))
    table = {name: np.tile(column, len(variables)) for name, column in base.items()}
    se = np.where(table["is_census"], 0.0, np.where(table["contacts"] > 0, se, math.nan))
    # Rounding leaves a trace of 1e-16 where the spread is nothing.
    is_flat = ~table["is_census"] & (se <= 1e-9 * np.abs(value) + 1e-12)
    return {"value": value, "se": se, "is_flat": is_flat, "unseen": unseen} | table


def _base_columns(domains: Domains, is_asked: np.ndarray, is_base: np.ndarray) -> dict[str, np.ndarray]:
    design = domains.design
    asked, contacts, unheard = (
        domains.sums(each).astype(int) for each in (is_asked, is_base, is_base & ~design.is_fully_heard)
    )
    kish, accounts = domains.account_weights(is_base)
    is_census = (contacts > 0) & (unheard == 0)
    is_whole_list = design.is_plain_list & (asked == len(design.rows))
    return {
        "df": np.full(domains.count, design.df),
        "accounts": accounts.astype(int),
        "contacts": contacts,
        "kish_accounts": kish,
        "is_census": is_census,
        "note": _notes(domains, is_base, np.where(is_census, asked - contacts, 0)),
        "list_size": np.where(is_whole_list, design.strata["accounts"].iloc[0], math.nan),
    }


def _notes(domains: Domains, is_base: np.ndarray, silent: np.ndarray) -> np.ndarray:
    """Name for each group the strata whose spread rests on a single account, and say who did not answer."""
    design = domains.design
    notes = np.full(domains.count, "", dtype=object)
    for place in design.lonely_strata:
        name = design.strata.index[place]
        is_there = (design.stratum_codes == place)[design.account_codes]
        groups = np.unique(domains.codes[is_base & is_there])
        notes[groups] += (
            f"Only one account answered in stratum {name}: its spread is taken around the overall mean. "
        )
    for group in np.flatnonzero(silent):
        notes[group] += f"{silent[group]} of those asked gave no answer here: exact for the others only."
    return np.array([note.strip() for note in notes], dtype=object)
