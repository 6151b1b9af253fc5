"""Shares with their range: exact for a plain list, Wilson for all else, never Wald."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import hypergeom

from kamlib.analysis.survey.design import SurveyDesign
from kamlib.analysis.survey.estimation import (
    AT_LEAST,
    CENSUS,
    KISH_WILSON,
    Point,
    SurveyEstimate,
    mean_point,
    wilson_interval,
)
from kamlib.estimate import Unknown

EXACT = "exact hypergeometric"
DESIGN_WILSON = "Wilson on the effective n, with t"


def share_estimate(
    design: SurveyDesign,
    flags: pd.Series,
    *,
    where: pd.Series | None = None,
    at_least: int = AT_LEAST,
    level: float = 0.95,
    key: str = "share",
) -> SurveyEstimate | Unknown:
    """Return the share of contacts of whom something is true, with the interval that fits the design.

    ==========================================  =================================================
    the design                                  the interval
    ==========================================  =================================================
    everyone answered                           none: a census
    a plain list sample, no subgroup            exact, by inverting the hypergeometric
    any other                                   Wilson on n_eff = p(1−p)/V, with t
    any other, where the sample shows no        Wilson on Kish's n over accounts, with t
    spread (0 %, 100 %, or alike everywhere)
    ==========================================  =================================================

    Parameters
    ----------
    design
        The sample.
    flags
        True or false (1 or 0) by contact; missing = did not answer.
    where
        The subgroup, true or false by contact.
    at_least, level, key
        As in `mean_estimate`.

    Examples
    --------
    >>> from kamlib.analysis.survey.design import list_design
    >>> is_content = pd.Series(True, index=list("abcdefghi"))
    >>> share = share_estimate(list_design(is_content.index, population=12), is_content)
    >>> f"{share.low * 12:.0f} to {share.high * 12:.0f} of 12, {share.method}"
    '10 to 12 of 12, exact hypergeometric'
    """
    if not flags.dropna().isin([0, 1]).all():
        raise ValueError("flags: a share is of true and false only")
    point = mean_point(design, flags, where=where)
    if (unknown := point.too_few(at_least, key)) is not None:  # an Unknown is false
        return unknown
    if point.is_census:
        return point.estimate(point.value, point.value, CENSUS, level=level)
    if design.is_plain_list and design.inside(where).all():
        return _exact(point, int(design.strata["accounts"].iloc[0]), level)
    n_eff = point.kish_accounts if point.is_flat else point.value * (1 - point.value) / point.se**2
    low, high = wilson_interval(point.value, n_eff, df=point.df, level=level)
    return point.estimate(low, high, KISH_WILSON if point.is_flat else DESIGN_WILSON, level=level)


def hypergeometric_interval(hits: int, n: int, population: int, *, level: float = 0.95) -> tuple[int, int]:
    """Return how many of a whole list may have a property that `hits` of the `n` drawn have.

    Both tails are tested at half the error level; the interval holds every count not rejected.

    Raises
    ------
    ValueError
        The sample is larger than the list, or the hits than the sample.

    Notes
    -----
    Source: Wright (1991), Exact Confidence Bounds when Sampling from Small Finite Universes.

    Examples
    --------
    >>> hypergeometric_interval(9, 9, 12)
    (10, 12)
    >>> hypergeometric_interval(114, 152, 250)
    (176, 198)
    """
    if not 0 <= hits <= n <= population:
        raise ValueError(f"{hits} of {n} drawn from a list of {population}: give hits <= n <= population")
    counts = np.arange(hits, population - n + hits + 1)
    tail = (1 - level) / 2
    is_possible = (hypergeom.sf(hits - 1, population, counts, n) > tail) & (
        hypergeom.cdf(hits, population, counts, n) > tail
    )
    return int(counts[is_possible].min()), int(counts[is_possible].max())


def _exact(point: Point, population: int, level: float) -> SurveyEstimate:
    hits = round(point.value * point.contacts)
    low, high = hypergeometric_interval(hits, point.contacts, population, level=level)
    return point.estimate(low / population, high / population, EXACT, level=level)
