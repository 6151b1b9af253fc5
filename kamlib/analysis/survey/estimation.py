"""The estimator: a design and a variable give a number, its range, its base and its method."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import t as student_t
from statsmodels.stats.proportion import proportion_confint

from kamlib.analysis.survey.design import SurveyDesign
from kamlib.analysis.survey.variance import sampling_variance
from kamlib.estimate import Estimate, Unknown

CENSUS = "census"
LINEARISED_T = "linearised t"
KISH_WILSON = "Wilson, Kish n over accounts"
AT_LEAST = 5
"""Fewer answering accounts than this are too few to tell."""


@dataclass(frozen=True, kw_only=True)
class SurveyEstimate(Estimate):
    """An estimate from a survey; `n` counts the answering accounts it rests on.

    Parameters
    ----------
    se
        Standard error, in the unit of the value.
    df
        Degrees of freedom: answering accounts of the whole sample less strata.
    contacts
        How many contacts it rests on.
    note
        What the reader should know about this number, or nothing.
    """

    se: float
    df: int
    contacts: int
    note: str = ""


@dataclass(frozen=True)
class Point:
    """An estimate without its interval: what every interval is built from.

    Parameters
    ----------
    value, se
        The estimate and its standard error; missing where nobody is in the base.
    df
        Degrees of freedom of the sample.
    accounts, contacts
        Answering accounts and contacts in the base.
    kish_accounts
        Kish's effective number of accounts in the base, (ΣW)²/ΣW².
    is_census
        Everyone in the base's strata answered, so nothing is left to chance.
    is_flat
        The sample shows no spread although it is no census: the standard error says nothing.
    note
        What the reader should know.
    """

    value: float
    se: float
    df: int
    accounts: int
    contacts: int
    kish_accounts: float
    is_census: bool
    is_flat: bool
    note: str = ""

    def too_few(self, at_least: int, key: str) -> Unknown | None:
        """Return why no estimate can be given, or None where one can."""
        if self.accounts == 0:
            return Unknown("Nobody in this group answered: too few to tell.", key)
        answered = f"Only {self.accounts} account{'s' * (self.accounts > 1)} answered"
        if self.accounts < at_least:  # a census too: of so few, each one's answer could be read off
            return Unknown(f"{answered}: too few to tell (at least {at_least} are needed).", key)
        if self.is_census or self.df >= 1:
            return None
        return Unknown(f"{answered}, one in each part of the list: too few to tell how far they differ.", key)

    def estimate(
        self, low: float, high: float, method: str, *, level: float = 0.95, note: str = ""
    ) -> SurveyEstimate:
        """Return the estimate with the interval given."""
        said = " ".join(part for part in (self.note, note) if part)
        value = self.value
        return SurveyEstimate(
            value, min(low, value), max(high, value), self.accounts, method, level,
            se=self.se, df=self.df, contacts=self.contacts, note=said,
        )  # fmt: skip


def mean_point(
    design: SurveyDesign, values: pd.Series, *, size: pd.Series | None = None, where: pd.Series | None = None
) -> Point:
    """Return the weighted mean of a variable, and its standard error.

    A subgroup is a domain: contacts outside count as zero and the sample stays whole, because
    the size of the subgroup in the sample is itself left to chance. So do contacts without a value.

    Parameters
    ----------
    design
        The sample.
    values
        The variable y by contact; missing = did not answer.
    size
        How much each contact counts beside its weight, such as its account's revenue: the mean is
        then Σw·x·y / Σw·x, a ratio. Without it, 1.
    where
        The subgroup: true or false by contact; contacts it does not name lie outside.
    """
    y = design.aligned(values)
    inside = design.inside(where)
    is_base = inside & ~np.isnan(y)
    x = np.ones(len(y)) if size is None else design.aligned(size, "size")
    if np.isnan(x[is_base]).any():
        raise ValueError("size: a contact in the base has none")
    mass = np.where(is_base, design.rows["weight"].to_numpy() * x, 0.0)
    if not is_base.any():
        return Point(math.nan, math.nan, design.df, 0, 0, 0.0, is_census=False, is_flat=False)
    if mass.sum() <= 0:
        raise ValueError(f"size: the base adds up to {mass.sum():g}; a mean needs a sum above zero")
    y = np.where(is_base, y, 0.0)
    value = float((mass * y).sum() / mass.sum())
    return _point(design, value, mass * (y - value) / mass.sum(), is_base, int((inside & ~is_base).sum()))


def mean_estimate(
    design: SurveyDesign,
    values: pd.Series,
    *,
    size: pd.Series | None = None,
    where: pd.Series | None = None,
    bounds: tuple[float, float] | None = None,
    at_least: int = AT_LEAST,
    level: float = 0.95,
    key: str = "mean",
) -> SurveyEstimate | Unknown:
    """Return a mean (with `size`, a ratio) with its t interval.

    Parameters
    ----------
    design, values, size, where
        As in `mean_point`.
    bounds
        The ends of the scale. The interval is cut there, and where every answer is alike the scale
        tells how far the unheard may differ (Wilson on Kish's n). Without bounds, answers that are
        all alike give an `Unknown`, because a range of no width would be false.
    at_least
        With fewer answering accounts the answer is `Unknown`, save in a census.
    level
        Confidence level.
    key
        Names the question an `Unknown` leaves open.

    Examples
    --------
    >>> from kamlib.analysis.survey.design import list_design
    >>> levels = pd.Series({"a": 5, "b": 4, "c": 4, "d": 3, "e": 2, "f": 3})
    >>> mean = mean_estimate(list_design(levels.index, population=12), levels, bounds=(1, 5))
    >>> f"{mean.value:.2f} from {mean.low:.2f} to {mean.high:.2f}, {mean.n} accounts, {mean.method}"
    '3.50 from 2.72 to 4.28, 6 accounts, linearised t'
    """
    point = mean_point(design, values, size=size, where=where)
    if (unknown := point.too_few(at_least, key)) is not None:  # an Unknown is false
        return unknown
    if bounds is not None:  # rounding may lift a mean of fives above five
        point = replace(point, value=min(max(point.value, bounds[0]), bounds[1]))
    if not point.is_flat:
        return t_estimate(point, level, bounds)
    if bounds is None:
        return Unknown("Every answer is alike, so the sample cannot tell how far the others may differ.", key)
    start, width = bounds[0], bounds[1] - bounds[0]
    low, high = wilson_interval((point.value - start) / width, point.kish_accounts, df=point.df, level=level)
    note = "Every answer is alike: the range comes from the number of accounts."
    return point.estimate(start + width * low, start + width * high, KISH_WILSON, level=level, note=note)


def t_estimate(point: Point, level: float, bounds: tuple[float, float] | None) -> SurveyEstimate:
    """Return the point with its t interval, cut at the bounds; a census has no width."""
    if point.is_census:
        return point.estimate(point.value, point.value, CENSUS, level=level)
    reach = float(student_t.ppf((1 + level) / 2, point.df)) * point.se
    start, end = bounds or (-math.inf, math.inf)
    low, high = max(point.value - reach, start), min(point.value + reach, end)
    return point.estimate(low, high, LINEARISED_T, level=level)


def wilson_interval(
    share: float, n: float, *, df: float = math.inf, level: float = 0.95
) -> tuple[float, float]:
    """Return Wilson's interval of a share; `n` may be an effective size and `df` asks for t instead of z.

    Examples
    --------
    >>> low, high = wilson_interval(81 / 263, 263)
    >>> f"{low:.8f} {high:.8f}"
    '0.25528852 0.36620958'
    """
    share = min(max(share, 0.0), 1.0)
    # statsmodels knows z only: give it the level at which z equals the t wanted.
    alpha = 2 * float(student_t.sf(student_t.ppf((1 + level) / 2, df), math.inf))
    low, high = proportion_confint(share * n, n, alpha=alpha, method="wilson")
    return max(float(low), 0.0), min(float(high), 1.0)


def kish_size(weights: np.ndarray | pd.Series) -> float:
    """Return Kish's effective sample size, (Σw)²/Σw².

    Examples
    --------
    >>> kish_size(np.array([1, 1, 1, 3]))
    3.0
    """
    w = np.asarray(weights, dtype=float)
    return float(w.sum() ** 2 / (w**2).sum())


def estimate_columns(name: str, estimate: SurveyEstimate | Unknown) -> dict[str, float | int | str]:
    """Return an estimate as the columns `x, x_low, x_high, x_n, x_method, x_note` of a result table.

    An `Unknown` leaves the numbers missing and its reason in `x_note`; `x_n` counts accounts.

    Examples
    --------
    >>> estimate_columns("net", Unknown("Only 2 accounts answered."))["net_note"]
    'Only 2 accounts answered.'
    """
    if isinstance(estimate, Unknown):
        cells: tuple[float | int | str, ...] = (math.nan, math.nan, math.nan, 0, "", estimate.reason)
    else:
        cells = (estimate.value, estimate.low, estimate.high, estimate.n, estimate.method, estimate.note)
    return dict(zip((name, *(f"{name}_{part}" for part in _PARTS)), cells, strict=True))


_PARTS = ("low", "high", "n", "method", "note")


def _point(design: SurveyDesign, value: float, scores: np.ndarray, is_base: np.ndarray, silent: int) -> Point:
    is_census = bool(is_base.any() and design.is_fully_heard[is_base].all())
    se = 0.0 if is_census else math.sqrt(sampling_variance(design, scores))
    weights = np.bincount(
        design.account_codes, design.rows["weight"] * is_base, minlength=len(design.accounts)
    )
    # Rounding leaves a trace of 1e-16 where the spread is nothing.
    is_flat = not is_census and se <= 1e-9 * abs(value) + 1e-12
    notes = _lonely_notes(design, is_base)
    if is_census and silent:
        notes.append(f"{silent} of those asked gave no answer here: exact for the others only.")
    return Point(
        value, se, design.df, int((weights > 0).sum()), int(is_base.sum()),
        kish_size(weights) if is_base.any() else 0.0, is_census=is_census,
        is_flat=is_flat, note=" ".join(notes),
    )  # fmt: skip


def _lonely_notes(design: SurveyDesign, is_base: np.ndarray) -> list[str]:
    """Name the strata of the base whose spread rests on a single account."""
    present = np.unique(design.stratum_codes[design.account_codes[is_base]])
    strata = design.strata.iloc[present]
    alone = strata[(strata["answered"] == 1) & (strata["accounts"] > 1)]
    return [
        f"Only one account answered in stratum {name}: its spread is taken around the overall mean."
        for name in alone.index
    ]
