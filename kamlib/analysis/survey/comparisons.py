"""Groups compared two by two: how far apart they are, and whether that may be chance."""

from __future__ import annotations

from itertools import combinations
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import t as student_t

from kamlib.analysis.survey.estimator.design import SurveyDesign
from kamlib.analysis.survey.estimator.means import AT_LEAST, point_table, wilson_ranges
from kamlib.analysis.survey.estimator.proportions import effective_base
from kamlib.analysis.survey.estimator.variance import sampling_covariance
from kamlib.analysis.survey.scale import NO_OPINION

Measure = Literal["top2", "mean"]
"""top2: the share of levels 4 and 5; mean: the mean level."""

_PAIR = ["group", "other"]
_NUMBERS = ["difference", "difference_low", "difference_high", "base", "other_base", "p"]
_COLUMNS = ["item_id", *_PAIR, *_NUMBERS, "p_holm", "is_different", "pairs", "note"]


def compared_groups(
    design: SurveyDesign,
    answers: pd.DataFrame,
    by: pd.Series,
    *,
    measure: Measure = "top2",
    at_least: int = AT_LEAST,
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare each group of accounts with each other group, question by question.

    Groups are domains of one sample, so their numbers may hang together: accounts of one stratum are
    drawn from one list. The variance of a difference is that of its own scores over the whole sample,
    V(z − z′), covariance included; between whole strata it is V + V′. Its degrees of freedom are the
    accounts of the pair less the strata they lie in; strata heard to the last contact do not count.

    Parameters
    ----------
    design, answers
        As in `satisfaction_table`.
    by
        A group for each account, index `account_id`; accounts without one are left out.
    measure
        `top2`: shares, by their effective bases n_eff = p(1−p)/V (Kish's over accounts where all
        agree); `mean`: mean levels.
    at_least
        A group heard through fewer accounts is compared with none.
    level
        Confidence level of the range; a pair differs where Holm's p is below 1 − level.

    Returns
    -------
    DataFrame
        One row per question and pair, groups in order of name (or category): `item_id, group, other,
        difference, difference_low, difference_high` (group less other; of this pair alone, not
        adjusted), `base, other_base` (effective; of a mean, Kish's over accounts), `p, p_holm,
        is_different, pairs` (how many of the question's pairs were compared) and `note`, why there is
        no number.

    Notes
    -----
    Source: Newcombe (1998), Statistics in Medicine 17: 873-890, method 10, and Zou & Donner (2008),
    Statistics in Medicine 27: 1693-1702, for the correlation; Lumley, Complex Surveys (2010), chapter 2,
    for domains; Holm (1979), Scandinavian Journal of Statistics 6: 65-70.
    """
    group = design.by_contact(by.astype(object))
    order = by.cat.categories if isinstance(by.dtype, pd.CategoricalDtype) else sorted(by.dropna().unique())
    heard = set(group.unique())
    pairs = pd.DataFrame(list(combinations([name for name in order if name in heard], 2)), columns=_PAIR)
    if pairs.empty:
        return pd.DataFrame(columns=_COLUMNS)
    tables, is_share = [], measure == "top2"
    for item in answers:
        values = pd.Series(design.aligned(answers[item]), design.rows.index)
        if is_share:
            values = (values > NO_OPINION).astype(float).where(values.notna())
        one, other, errors = _sides(design, values, group, pairs)
        notes = pd.Series(
            [
                _too_few(one, row, at_least, is_share) or _too_few(other, row, at_least, is_share)
                for row in pairs.index
            ]
        )
        numbers = _differences(one, other, errors, is_share=is_share, level=level)
        tables.append(_told(pairs, numbers.where(notes == ""), notes, level).assign(item_id=item))
    return pd.concat(tables, ignore_index=True)[_COLUMNS]


def difference_interval(
    one: tuple[ArrayLike, ArrayLike, ArrayLike],
    other: tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    correlation: ArrayLike = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the range of a difference from the two numbers, each with its own range.

    With Wilson's ranges of two shares it is Newcombe's interval, with symmetric ones the usual one.

    Parameters
    ----------
    one, other
        Value, low, high.
    correlation
        Of the two numbers over repeated samples.

    Notes
    -----
    Source: Zou & Donner (2008), Statistics in Medicine 27: 1693-1702.

    Examples
    --------
    >>> from kamlib.analysis.survey.estimator.means import wilson_interval
    >>> of_70, of_80 = (0.8, *wilson_interval(0.8, 70)), (0.6, *wilson_interval(0.6, 80))
    >>> low, high = difference_interval(of_70, of_80)
    >>> f"{low:.4f} {high:.4f}"
    '0.0524 0.3339'
    """
    (value, low, high), (other_value, other_low, other_high) = (
        map(np.asarray, each) for each in (one, other)
    )
    down, up = (
        np.sqrt(np.maximum(mine**2 + theirs**2 - 2 * np.asarray(correlation) * mine * theirs, 0.0))
        for mine, theirs in ((value - low, other_high - other_value), (high - value, other_value - other_low))
    )
    return value - other_value - down, value - other_value + up


def share_test(
    one: tuple[ArrayLike, ArrayLike],
    other: tuple[ArrayLike, ArrayLike],
    *,
    df: ArrayLike | None = None,
    correlation: ArrayLike = 0.0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return t, its degrees of freedom and p of two equal shares, pooled over their effective bases.

    Parameters
    ----------
    one, other
        Share and effective base; an infinite base is a share known exactly.
    df
        Degrees of freedom; without them, both bases less two.
    correlation
        Of the two shares over repeated samples.

    Examples
    --------
    >>> t, df, p = share_test((0.5, 20), (0.7, 30))
    >>> f"{t:.3f} {df} {p:.3f}"
    '-1.427 48 0.160'
    """
    (share, base), (other_share, other_base) = (map(np.asarray, each) for each in (one, other))
    error, other_error = 1 / base, 1 / other_base
    both = error + other_error
    weight = np.divide(other_error, both, out=np.full_like(both, 0.5), where=both > 0)
    pooled = weight * share + (1 - weight) * other_share
    spread = both - 2 * np.asarray(correlation) * np.sqrt(error * other_error)
    freedom = base + other_base - 2 if df is None else np.asarray(df)
    t = _ratio(share - other_share, np.sqrt(pooled * (1 - pooled) * spread))
    return t, freedom, 2 * student_t.sf(np.abs(t), freedom)


def holm_adjusted(p: pd.Series) -> pd.Series:
    """Return Holm's adjusted p of one family of tests; a missing p is no test and stays missing.

    Examples
    --------
    >>> holm_adjusted(pd.Series([0.01, None, 0.03])).tolist()
    [0.02, nan, 0.03]
    """
    known = p.dropna().astype(float).sort_values()
    tests_left = np.arange(len(known), 0, -1)  # statsmodels has it too, at a hundred times the time
    return (known * tests_left).cummax().clip(upper=1.0).reindex(p.index)


def _told(pairs: pd.DataFrame, numbers: pd.DataFrame, notes: pd.Series, level: float) -> pd.DataFrame:
    p_holm = holm_adjusted(numbers["p"])
    return pairs.join(numbers).assign(
        p_holm=p_holm, is_different=p_holm < 1 - level, pairs=int(numbers["p"].count()), note=notes
    )


def _sides(
    design: SurveyDesign, values: pd.Series, group: pd.Series, pairs: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Return the numbers of each pair's two groups, with the pair's `df`, and the error of the difference."""
    points = point_table(design, values.to_frame("value"), groups=group).set_index("group")
    place, y = points.index.get_indexer(group), values.to_numpy()
    inside = (place >= 0) & ~np.isnan(y)
    weight = np.where(inside, design.rows["weight"], 0.0)
    mass = np.append(np.bincount(place[inside], weight[inside], minlength=len(points)), 1.0)
    scores = np.where(inside, weight * (y - np.append(points["value"], 0.0)[place]), 0.0) / mass[place]
    one_side, other_side = (points.index.get_indexer(pairs[side]) for side in _PAIR)
    by_group = np.where(place[:, None] == np.arange(len(points)), scores[:, None], 0.0)
    together = sampling_covariance(design, by_group)
    own = np.diag(together)
    apart = own[one_side] + own[other_side] - 2 * together[one_side, other_side]
    errors = pd.Series(np.sqrt(apart.clip(0)), pairs.index)
    df = _freedom(design, place, inside, (one_side, other_side))
    one, other = (points.loc[pairs[side]].reset_index() for side in _PAIR)
    return one.assign(df=df), other.assign(df=df), errors


def _freedom(
    design: SurveyDesign, place: np.ndarray, inside: np.ndarray, sides: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """Return the accounts of each pair less their strata, of those that leave anything to chance."""
    counts = inside & ~design.is_heard_stratum[design.stratum_codes][design.account_codes]
    account, group = design.account_codes[counts], place[counts]
    lies = np.zeros((place.max(initial=0) + 1, len(design.accounts)), dtype=bool)
    lies[group, account] = True
    found = []
    for one, other in zip(*sides, strict=True):
        accounts = np.flatnonzero(lies[one] | lies[other])
        strata = len(np.unique(design.stratum_codes[accounts]))
        found.append(len(accounts) - strata if strata else 1)  # nothing left to chance: any would do
    return np.array(found, dtype=int)


def _differences(
    one: pd.DataFrame, other: pd.DataFrame, errors: pd.Series, *, is_share: bool, level: float
) -> pd.DataFrame:
    one, other = (_ranged(side, is_share, level) for side in (one, other))
    product = 2 * one["se"] * other["se"]
    correlation = ((one["se"] ** 2 + other["se"] ** 2 - errors**2) / product).where(product > 0, 0.0)
    ranges = [tuple(side[name] for name in ("value", "low", "high")) for side in (one, other)]
    low, high = difference_interval(*ranges, correlation=correlation)
    difference = one["value"] - other["value"]
    p = 2 * student_t.sf(np.abs(_ratio(difference, errors)), one["df"])
    if is_share:
        shares = [(side["value"], side["base"]) for side in (one, other)]
        p = share_test(*shares, df=one["df"], correlation=correlation)[2]
    return pd.DataFrame(
        dict(zip(_NUMBERS, (difference, low, high, one["base"], other["base"], p), strict=True))
    )


def _ranged(side: pd.DataFrame, is_share: bool, level: float) -> pd.DataFrame:
    """Return the groups with their effective base and range, not cut at the ends of the scale."""
    value, base = side["value"], side["kish_accounts"]
    reach = student_t.ppf((1 + level) / 2, side["df"]) * side["se"]
    if not is_share:
        return side.assign(base=base, low=value - reach, high=value + reach)
    base = effective_base(side).where(~side["is_census"], np.inf)
    low, high = (value.where(side["is_census"], end) for end in wilson_ranges(value, base, side["df"], level))
    return side.assign(base=base, low=low, high=high)


def _too_few(side: pd.DataFrame, row: int, at_least: int, is_share: bool) -> str:
    count, name = int(side["accounts"][row]), side["group"][row]
    if count < at_least:
        accounts = f"{count} account{'s' * (count != 1)} of {name} answered"
        return f"Only {accounts}: too few to compare (at least {at_least} are needed)."
    if side["is_flat"][row] and not is_share:
        return f"Every answer of {name} is alike: the sample cannot tell how far the others may differ."
    return "" if side["df"][row] > 0 else "One account in each part of the list: too few to compare."


def _ratio(difference: ArrayLike, error: ArrayLike) -> np.ndarray:
    """Return t: nothing where nothing differs, beyond all bounds where the difference is known exactly."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.asarray(difference) == 0, 0.0, np.divide(difference, error))
