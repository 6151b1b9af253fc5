"""Which aspects move overall satisfaction, and how surely: Johnson's relative weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student_t

from kamlib.analysis.survey.comparisons import holm_adjusted
from kamlib.analysis.survey.estimator.design import SurveyDesign
from kamlib.analysis.survey.estimator.means import estimate_columns, mean_estimate
from kamlib.analysis.survey.scale import NO_OPINION, labelled_items
from kamlib.estimate import Estimate, Unknown

OVERALL, BRAND, NO_LEVEL = "overall", "brand", "other"
LEAST_PER_ASPECT = 5
"""Accounts it takes for each aspect: fewer fit any answers (Hair and others, Multivariate Data Analysis)."""
FIELDS = ("fix first", "keep up", "watch", "leave as it is")
_AT_ONCE = 100


@dataclass(frozen=True, eq=False)
class Drivers:
    """How much each aspect weighs in overall satisfaction.

    Parameters
    ----------
    table
        One row per question on an aspect, the weightiest first (equals in the order of the questions):

        - `item_id`, `aspect`
        - `weight`: its part of the explained variance; the weights add up to R²
        - `importance`, `importance_low`, `importance_high`: weight over R², 0 to 1, with its 95% range
        - `is_like_first`: its weight cannot be told from the first one's (t test on the draws' spread, Holm
          over all others, 5%)
    draws
        Weights under each draw of accounts, one column per row of the table.
    explained
        R², with its range; `n` counts the accounts with a complete answer.
    note
        How much is explained, by whose answers, and which questions could not take part.
    """

    table: pd.DataFrame
    draws: np.ndarray
    explained: Estimate
    note: str


def relative_weights(correlations: np.ndarray) -> np.ndarray:
    """Return how much of the last variable's variance each other one explains, correlated as they are.

    The variables are replaced by those uncorrelated ones that are most like them; what these explain is
    handed back. Equal variables get equal weights; one without variance (zeros in its row) gets none.

    Parameters
    ----------
    correlations
        Matrices of shape (…, k + 1, k + 1).

    Returns
    -------
    ndarray
        Shape (…, k). Adds up to R².

    Notes
    -----
    Source: Johnson (2000), A heuristic method for estimating the relative weight of predictor variables in
    multiple regression, Multivariate Behavioral Research 35: 1-19.

    Examples
    --------
    >>> relative_weights(np.array([[1, 0, 0.6], [0, 1, 0.3], [0.6, 0.3, 1]])).round(4).tolist()
    [0.36, 0.09]
    """
    values, vectors = np.linalg.eigh(correlations[..., :-1, :-1])
    roots = np.sqrt(np.clip(values, 0, None))
    inverse = np.divide(1.0, roots, out=np.zeros_like(roots), where=values > 1e-10)
    turned = vectors.swapaxes(-1, -2)
    loadings = vectors * roots[..., None, :] @ turned
    paths = vectors * inverse[..., None, :] @ (turned @ correlations[..., :-1, -1:])
    return np.asarray((loadings**2 @ paths**2)[..., 0])


def drivers(
    design: SurveyDesign, answers: pd.DataFrame, items: pd.DataFrame, *, seed: int, draws: int = 1000
) -> Drivers | Unknown:
    """Return how much each aspect weighs in overall satisfaction.

    Contacts count by the design's weights; those with a gap in their answers are left out. The ranges are
    percentiles over draws of whole accounts within strata (n − 1 of n with replacement, weights raised by
    n/(n − 1): Rao and Wu 1988, JASA 83: 231-241), without finite population correction: what moves
    satisfaction is to hold beyond this list.

    Parameters
    ----------
    design
        The sample.
    answers
        One row per contact, one column per question (`answer_table`).
    items
        `survey_items`; of several questions with the aspect `overall` the mean counts.
    seed, draws
        Where the draws start, and how many.

    Returns
    -------
    Drivers or Unknown
        Unknown without an overall question or any aspect, where everyone is equally satisfied overall, and
        with fewer than five complete accounts for each aspect.
    """
    rows = answers.dropna(axis=1, how="all").reindex(design.rows.index)
    is_overall = rows.columns.isin(items.loc[items["aspect"] == OVERALL, "item_id"])
    aspects, overall = rows.loc[:, ~is_overall], rows.loc[:, is_overall].mean(axis=1, skipna=False)
    is_complete = aspects.notna().all(axis=1) & overall.notna()
    alike = aspects.columns[aspects[is_complete].max() == aspects[is_complete].min()]
    aspects = aspects.drop(columns=alike)
    accounts = design.rows.loc[is_complete, "account_id"].nunique()
    if why := _why_unknown(aspects, overall, overall[is_complete], accounts):
        return Unknown(f"{why}, so what moves satisfaction cannot be told.", "drivers")
    sums = _account_sums(design, aspects.assign(**{"": overall}), is_complete.to_numpy())
    found = relative_weights(_correlations(sums.sum(axis=0)))
    best = np.argsort(-found.round(12), kind="stable")
    found, drawn = found[best], _draws(design, sums, np.random.default_rng(seed), draws)[:, best]
    names = labelled_items(items).set_index("item_id")["aspect"]
    table = names.loc[aspects.columns[best]].reset_index().assign(weight=found)
    table = table.assign(**_with_range("importance", found / found.sum(), _parts(drawn)))
    table["is_like_first"] = _is_like_first(found, drawn, design.df)
    value, low, high = (float(end) for end in _with_range("", found.sum(), drawn.sum(axis=1)).values())
    r2 = Estimate(value, low, high, n=accounts, method="bootstrap over accounts")
    said = [f"Together the aspects explain {value:.0%} of overall satisfaction ({low:.0%} to {high:.0%})."]
    said += [
        f"{is_complete.sum()} of {len(answers)} people answered every question; the others are left out."
    ]
    said += [f"All answers on {name} are alike: its weight cannot be told." for name in names[alike]]
    return Drivers(table, drawn, r2, " ".join(said))


def priority_table(found: Drivers | Unknown, satisfaction: pd.DataFrame) -> pd.DataFrame | Unknown:
    """Return where to begin: with what weighs more than the average and is liked less than the average.

    Parameters
    ----------
    found
        `drivers`.
    satisfaction
        `satisfaction_table` over everyone.

    Returns
    -------
    DataFrame or Unknown
        The table of `found` with `net`, `top2`, `bottom2` and their ranges, `field` by importance and `net`
        (fix first, keep up, watch, leave as it is), sorted by it, the weightiest first; `name` and
        `is_marked` for the picture.
    """
    if isinstance(found, Unknown):
        return found
    table = found.table.merge(satisfaction.drop(columns="aspect", errors="ignore"), on="item_id")
    matters, is_liked = (table[name] >= table[name].mean() for name in ("importance", "net"))
    named = np.select([matters & ~is_liked, matters, ~is_liked], FIELDS[:3], FIELDS[3])
    table = table.assign(field=pd.Categorical(named, FIELDS), name=table["aspect"], is_marked=True)
    return table.sort_values("field", kind="stable", ignore_index=True)


def level_weights(
    found: Drivers | Unknown, design: SurveyDesign, answers: pd.DataFrame, items: pd.DataFrame
) -> pd.DataFrame | Unknown:
    """Return how much price, quality, culture and the brand weigh, and how satisfied customers are with each.

    Parameters
    ----------
    found
        `drivers`.
    design, answers, items
        As for `drivers`; `level` of `survey_items` says what a question belongs to, the aspect `brand` is a
        level of its own, and questions without one are `other`; where that is a single
        one, it goes by its aspect.

    Returns
    -------
    DataFrame or Unknown
        One row per level, the weightiest first: `level`, `questions`, `importance` with its range (from the
        same draws), `per_question` (importance over questions, with its range), `top2` with its range: the
        satisfied answers of all answers of a contact, on average.
    """
    if isinstance(found, Unknown):
        return found
    known = items.reindex(columns=["item_id", "aspect", "level"]).set_index("item_id")
    known = known.loc[found.table["item_id"]]
    level = known["level"].where(known["aspect"] != BRAND, BRAND).fillna("none").replace("none", NO_LEVEL)
    if (level == NO_LEVEL).sum() == 1:
        level = level.where(level != NO_LEVEL, known["aspect"])
    belongs = pd.get_dummies(level.to_numpy(), dtype=float)
    weights = found.table["weight"].to_numpy() @ belongs
    drawn = _parts(found.draws @ belongs.to_numpy())
    table = pd.DataFrame({"level": belongs.columns, "questions": belongs.sum().astype(int).array})
    table = table.assign(**_with_range("importance", (weights / weights.sum()).to_numpy(), drawn))
    for part in ("", "_low", "_high"):
        table[f"per_question{part}"] = table[f"importance{part}"] / table["questions"]
    satisfied = (answers > NO_OPINION).where(answers.notna()).astype(float)
    ids = [found.table.loc[belongs[name].to_numpy() > 0, "item_id"] for name in belongs]
    means = [mean_estimate(design, satisfied[part].mean(axis=1), bounds=(0, 1), key="top2") for part in ids]
    table = table.join(pd.DataFrame([estimate_columns("top2", mean) for mean in means]))
    return table.sort_values("importance", ascending=False, kind="stable", ignore_index=True)


def _why_unknown(aspects: pd.DataFrame, overall: pd.Series, complete: pd.Series, accounts: int) -> str:
    least = LEAST_PER_ASPECT * aspects.shape[1]
    if overall.isna().all():
        return "Nobody was asked how satisfied they are overall"
    if not least:
        return "There is no question on single aspects to which answers differ"
    if accounts < least:
        return f"{accounts} accounts answered every question and it takes {least}, five for each aspect"
    return "Everybody is equally satisfied overall" if complete.max() == complete.min() else ""


def _account_sums(design: SurveyDesign, values: pd.DataFrame, is_complete: np.ndarray) -> np.ndarray:
    """Return each account's weighted sums of products of every two variables, the first of them 1."""
    mass = design.rows["weight"].to_numpy() * is_complete
    data = values.fillna(0.0).to_numpy(float)
    # Far from zero, products would cancel: what counts is how far answers lie from their mean.
    columns = np.vstack([np.ones(len(data)), (data - mass @ data / mass.sum()).T])
    pairs = zip(*np.triu_indices(len(columns)), strict=True)
    codes, count = design.account_codes, len(design.accounts)
    return np.column_stack([np.bincount(codes, mass * columns[i] * columns[j], count) for i, j in pairs])


def _correlations(sums: np.ndarray) -> np.ndarray:
    """Return the correlations behind sums of products, zero for a variable that does not vary."""
    size = int((2 * sums.shape[-1]) ** 0.5)
    full = np.empty((*sums.shape[:-1], size, size))
    upper = np.triu_indices(size)
    full[..., upper[0], upper[1]] = full[..., upper[1], upper[0]] = sums / np.maximum(sums[..., :1], 1e-300)
    centre = full[..., 0, 1:]
    spread = full[..., 1:, 1:] - centre[..., :, None] * centre[..., None, :]
    variance = np.diagonal(spread, axis1=-2, axis2=-1)
    roots = np.sqrt(np.clip(variance, 0, None))
    scale = np.divide(1.0, roots, out=np.zeros_like(roots), where=roots > 1e-6)
    return np.asarray(spread * scale[..., :, None] * scale[..., None, :])


def _draws(design: SurveyDesign, sums: np.ndarray, rng: np.random.Generator, draws: int) -> np.ndarray:
    """Return the weights under each draw of accounts, a few draws at a time: the counts are large."""
    sizes = [min(_AT_ONCE, draws - start) for start in range(0, draws, _AT_ONCE)]
    counts = (_counts(design.stratum_codes, size, rng) for size in sizes)
    return relative_weights(_correlations(np.vstack([drawn @ sums for drawn in counts])))


def _counts(strata: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return how often each account counts in each draw, on average once."""
    counts = np.empty((draws, len(strata)))
    for stratum in np.unique(strata):
        inside = np.flatnonzero(strata == stratum)
        n, taken = len(inside), max(len(inside) - 1, 1)
        picks = rng.integers(n, size=(draws, taken)) + n * np.arange(draws)[:, None]
        counts[:, inside] = np.bincount(picks.ravel(), minlength=n * draws).reshape(draws, n) * n / taken
    return counts


def _is_like_first(found: np.ndarray, drawn: np.ndarray, df: int) -> np.ndarray:
    gap, spread = found[0] - found, (drawn[:, :1] - drawn).std(axis=0, ddof=1)
    t = np.divide(gap, spread, out=np.zeros_like(gap), where=spread > 0)
    p = pd.Series(2 * student_t.sf(t, df)).iloc[1:]
    return np.append(True, ~(holm_adjusted(p) < 0.05))


def _parts(drawn: np.ndarray) -> np.ndarray:
    total = drawn.sum(axis=1, keepdims=True)
    return np.divide(drawn, total, out=np.full_like(drawn, np.nan), where=total > 0)


def _with_range(name: str, value: np.ndarray, drawn: np.ndarray) -> dict[str, np.ndarray]:
    low, high = np.nanquantile(drawn, [0.025, 0.975], axis=0)
    return {name: value, f"{name}_low": np.minimum(low, value), f"{name}_high": np.maximum(high, value)}
