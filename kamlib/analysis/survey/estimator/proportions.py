"""Shares with their range: exact for a plain list, Wilson for all else, never Wald."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import hypergeom

from kamlib.analysis.survey.estimator.design import SurveyDesign
from kamlib.analysis.survey.estimator.means import (
    AT_LEAST,
    KISH_WILSON,
    SurveyEstimate,
    one_point,
    told_estimate,
    told_ranges,
    wilson_ranges,
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
    any other                                   Wilson on n_eff = p(1−p)/V, with t; where a stratum
                                                answered alike, n_eff is smaller (`unseen`)
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
    >>> from kamlib.analysis.survey.estimator.design import list_design
    >>> is_content = pd.Series(True, index=list("abcdefghi"))
    >>> share = share_estimate(list_design(is_content.index, population=12), is_content)
    >>> f"{share.low * 12:.0f} to {share.high * 12:.0f} of 12, {share.method}"
    '10 to 12 of 12, exact hypergeometric'
    """
    if not flags.dropna().isin([0, 1]).all():
        raise ValueError("flags: a share is of true and false only")
    points = one_point(design, flags, where)
    return told_estimate(share_ranges(points, at_least=at_least, level=level), level, key)


def share_ranges(points: pd.DataFrame, *, at_least: int = AT_LEAST, level: float = 0.95) -> pd.DataFrame:
    """Return the interval of each share, by the rules of `share_estimate`.

    Parameters
    ----------
    points
        `point_table` of variables that are 0 or 1. Where `list_size` is
        known and it is no census, the interval is exact.
    at_least, level
        As in `share_estimate`.

    Returns
    -------
    DataFrame
        As `mean_ranges`.
    """
    low, high = wilson_ranges(points["value"], effective_base(points), points["df"], level)
    method = np.where(points["is_flat"], KISH_WILSON, DESIGN_WILSON)
    found = points.assign(low=low, high=high, method=method)
    is_exact = points["list_size"].notna() & (points["contacts"] > 0) & ~points["is_census"]
    for drawn, rows in found[is_exact].groupby(["value", "contacts", "list_size"]):
        hits, n, population = round(drawn[0] * drawn[1]), int(drawn[1]), int(drawn[2])
        ends = hypergeometric_interval(hits, n, population, level=level)
        found.loc[rows.index, ["low", "high", "method"]] = [*(end / population for end in ends), EXACT]
    return told_ranges(found, at_least)


def effective_base(points: pd.DataFrame) -> pd.Series:
    """Return as how many answers drawn one by one each share rests on: n_eff, of flat ones Kish's accounts.

    Parameters
    ----------
    points
        As in `share_ranges`.
    """
    share = points["value"]
    with np.errstate(divide="ignore", invalid="ignore"):  # a census, or nobody in the base
        n_eff = 1 / (points["range_se"] ** 2 / (share * (1 - share)) + points["unseen"])
    return n_eff.where(~points["is_flat"], points["kish_accounts"])


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
