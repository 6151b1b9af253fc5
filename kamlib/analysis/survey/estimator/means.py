"""The estimator: a design and a variable give a number, its range, its base and its method."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import t as student_t
from statsmodels.stats.proportion import proportion_confint

from kamlib.analysis.survey.estimator.design import SurveyDesign
from kamlib.analysis.survey.estimator.points import point_columns
from kamlib.analysis.survey.estimator.variance import Domains
from kamlib.estimate import Estimate, Unknown

CENSUS = "census"
LINEARISED_T = "linearised t"
KISH_WILSON = "Wilson, Kish n over accounts"
_ALIKE = "Every answer is alike: the range comes from the number of accounts."
_ALIKE_UNTOLD = "Every answer is alike, so the sample cannot tell how far the others may differ."
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


def mean_point(
    design: SurveyDesign, values: pd.Series, *, size: pd.Series | None = None, where: pd.Series | None = None
) -> pd.Series:
    """Return the weighted mean of a variable, and its standard error: the fields of `point_columns`.

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
    return one_point(design, values, where, size).iloc[0]


def point_table(
    design: SurveyDesign,
    values: pd.DataFrame,
    *,
    groups: pd.Series | None = None,
    size: pd.Series | None = None,
) -> pd.DataFrame:
    """Return the weighted mean of many variables in many groups, with its standard error.

    Parameters
    ----------
    design, size
        As in `mean_point`.
    values
        One column per variable, index `contact_id`; missing = did not answer.
    groups
        The group of each contact; missing = in none. Each is a subgroup, as `where` in `mean_point`.
        Without it, everybody is in the group "all".

    Returns
    -------
    DataFrame
        One row per variable (in the order of the columns) and group (in order of first appearance in the
        sample): `variable`, `group`, and those of `point_columns`.

    Examples
    --------
    >>> from kamlib.analysis.survey.estimator.design import list_design
    >>> levels = pd.DataFrame({"price": [5, 3, 4, 1], "brand": [4, 4, 2, 2]}, index=list("abcd"))
    >>> region = pd.Series({"a": "East", "b": "West", "c": "East", "d": "West"})
    >>> point_table(list_design(levels.index, 8), levels, groups=region)[["variable", "group", "value"]]
      variable group  value
    0    price  East    4.5
    1    price  West    2.0
    2    brand  East    3.0
    3    brand  West    3.0
    """
    everyone = pd.Series("all", design.rows.index)
    codes, names = pd.factorize(everyone if groups is None else groups.reindex(design.rows.index))
    domains = Domains(design, np.where(codes < 0, len(names), codes), len(names))
    x = None if size is None else design.aligned(size, "size")
    parts = [point_columns(domains, design.aligned(values[name]), size=x) for name in values]
    table = pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
    table.insert(0, "variable", np.repeat(values.columns, len(names)))
    table.insert(1, "group", np.tile(names, len(parts)))
    return table


def one_point(
    design: SurveyDesign, values: pd.Series, where: pd.Series | None = None, size: pd.Series | None = None
) -> pd.DataFrame:
    """Return the fields of `mean_point` as a table of one row."""
    domains = Domains(design, np.where(design.inside(where), 0, 1), 1)
    x = None if size is None else design.aligned(size, "size")
    return pd.DataFrame(point_columns(domains, design.aligned(values), size=x))


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
    >>> from kamlib.analysis.survey.estimator.design import list_design
    >>> levels = pd.Series({"a": 5, "b": 4, "c": 4, "d": 3, "e": 2, "f": 3})
    >>> mean = mean_estimate(list_design(levels.index, population=12), levels, bounds=(1, 5))
    >>> f"{mean.value:.2f} from {mean.low:.2f} to {mean.high:.2f}, {mean.n} accounts, {mean.method}"
    '3.50 from 2.72 to 4.28, 6 accounts, linearised t'
    """
    points = one_point(design, values, where, size)
    return told_estimate(mean_ranges(points, bounds=bounds, at_least=at_least, level=level), level, key)


def mean_ranges(
    points: pd.DataFrame,
    *,
    bounds: tuple[float, float] | None = None,
    at_least: int = AT_LEAST,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return the t interval of each mean, by the rules of `mean_estimate`.

    Parameters
    ----------
    points
        `point_table`.
    bounds, at_least, level
        As in `mean_estimate`.

    Returns
    -------
    DataFrame
        Index as `points`: `value`, `low`, `high`, `n` (accounts), `method`, `note`, `se`, `df`, `contacts`.
        What cannot be told has no value, and `note` says why.
    """
    start, end = bounds or (-math.inf, math.inf)
    value = np.clip(
        points["value"].to_numpy(float), start, end
    )  # rounding may lift a mean of fives above five
    reach = t_quantile(points["df"], level) * points["range_se"].to_numpy(float)
    is_flat = points["is_flat"].to_numpy(bool)
    found = points.assign(value=value, low=value - reach, high=value + reach, method=LINEARISED_T)
    if bounds is None:
        return told_ranges(found, at_least, np.where(is_flat, _ALIKE_UNTOLD, ""))
    low, high = wilson_ranges((value - start) / (end - start), points["kish_accounts"], points["df"], level)
    said = (points["note"] + f" {_ALIKE}").str.strip()
    cut = found.assign(
        low=np.where(is_flat, start + (end - start) * low, np.maximum(found["low"], start)),
        high=np.where(is_flat, start + (end - start) * high, np.minimum(found["high"], end)),
        method=np.where(is_flat, KISH_WILSON, LINEARISED_T),
        note=np.where(is_flat, said, points["note"]),
    )
    return told_ranges(cut, at_least)


def told_ranges(found: pd.DataFrame, at_least: int, untold: str | np.ndarray = "") -> pd.DataFrame:
    """Return points with their interval as `mean_ranges` does, each held to what can be told of it.

    Parameters
    ----------
    found
        As `points` of `mean_ranges`, with `low`, `high` and `method`.
    at_least
        As in `mean_estimate`.
    untold
        Why there is no interval, row by row; nothing where there is one.
    """
    columns = {name: found[name].to_numpy() for name in found}
    value, is_census = columns["value"], columns["is_census"]
    counts = zip(columns["accounts"].tolist(), is_census, columns["df"].tolist(), strict=True)
    few = np.array([_too_few(*each, at_least) for each in counts], dtype=object)
    reason = np.where(few == "", untold, few)
    ends = {name: np.where(is_census, value, cut(columns[name], value)) for name, cut in _CUTS.items()}
    known = {"value": value, **ends, "n": columns["accounts"]}
    told = {
        name: np.where(reason == "", number, 0 if name == "n" else math.nan) for name, number in known.items()
    }
    told["method"] = np.where(reason == "", np.where(is_census, CENSUS, columns["method"]), "")
    told["note"] = np.where(reason == "", columns["note"], reason)
    return pd.DataFrame(told | {name: columns[name] for name in ("se", "df", "contacts")}, index=found.index)


def told_estimate(ranges: pd.DataFrame, level: float, key: str) -> SurveyEstimate | Unknown:
    """Return the first row of a table of intervals as an estimate; an `Unknown` where it cannot be told."""
    row = ranges.iloc[0]
    return Unknown(row["note"], key) if math.isnan(row["value"]) else _estimate(row, level)


def t_quantile(df: ArrayLike, level: float) -> np.ndarray:
    """Return how many standard errors an interval reaches to either side."""
    return student_t.ppf((1 + level) / 2, np.asarray(df, dtype=float))


def wilson_ranges(
    share: ArrayLike, n: ArrayLike, df: ArrayLike, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of `wilson_interval` for many shares; missing where a share is missing."""
    share, n = np.clip(np.asarray(share, dtype=float), 0.0, 1.0), np.asarray(n, dtype=float)
    # statsmodels knows z only: give it the level at which z equals the t wanted.
    alpha = 2 * student_t.sf(t_quantile(df, level), math.inf)
    with np.errstate(divide="ignore", invalid="ignore"):  # nobody in the base
        low, high = proportion_confint(share * n, n, alpha=alpha, method="wilson")
    return np.maximum(low, 0.0), np.minimum(high, 1.0)


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
    low, high = wilson_ranges(share, n, df, level)
    return float(low), float(high)


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


def range_columns(name: str, ranges: pd.DataFrame) -> pd.DataFrame:
    """Return a table of intervals as the columns of `estimate_columns`."""
    return ranges[["value", *_PARTS]].set_axis([name, *(f"{name}_{part}" for part in _PARTS)], axis=1)


_PARTS = ("low", "high", "n", "method", "note")
_CUTS = {"low": np.minimum, "high": np.maximum}


def _estimate(row: pd.Series, level: float) -> SurveyEstimate:
    value, low, high, se = (float(row[name]) for name in ("value", "low", "high", "se"))
    n, df, contacts = (int(row[name]) for name in ("n", "df", "contacts"))
    return SurveyEstimate(
        value, low, high, n, row["method"], level, se=se, df=df, contacts=contacts, note=row["note"]
    )


def _too_few(accounts: int, is_census: bool, df: int, at_least: int) -> str:
    """Return why no estimate can be given, or nothing where one can."""
    if accounts == 0:
        return "Nobody in this group answered: too few to tell."
    answered = f"Only {accounts} account{'s' * (accounts > 1)} answered"
    if accounts < at_least:  # a census too: of so few, each one's answer could be read off
        return f"{answered}: too few to tell (at least {at_least} are needed)."
    if is_census or df >= 1:
        return ""
    part = "each part of the list that was not heard whole"
    return f"{accounts} accounts answered, but only one in {part}: too few to tell how far they differ."
