"""The hidden truth about each account: who leaves, who only seems to, who grows.

Every table is derived from it, and none of them shows it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator
from scipy.special import ndtri

from kamlib.data.sample.market import INDUSTRIES, MARKET, REGIONS
from kamlib.data.sample.opinion import SATISFACTION_EFFECT, WAVES
from kamlib.data.sample.recipe import Recipe

_LASTING = ("giant", "riser", "fader", "group")
_SILENT_SHARE = 0.25
_GROUP_SHARE = (0.024, 0.030)
"""What one firm of the great group brings, as a part of all sales."""
_SMALL_GROUP_SIZES = (6, 4, 4, 3, 3, 2, 2, 2)
_SIZE_SPREAD = 1.34
_MEAN_SIZE = 130_000
_KEY_SHARE = 0.785
_UNKNOWN_SHARE, _UNCOVERED_SHARE = 0.15, 0.04
_SLOW_SHARE, _COSTLY_SHARE = 0.025, 0.025
_COSTLY_ORDER = (400, 2500)
"""The gross profit of an order that many small deliveries and a complaint or two can eat up, USD."""


def truth_table(recipe: Recipe) -> pd.DataFrame:
    """Draw the hidden truth about each account.

    Returns
    -------
    DataFrame
        One row per account, indexed by `account_id`: `role`, `industry`, `region`, `parent_id`,
        `is_key`, `contact_count`; `start`, `turn`, `back` (day numbers: the first order, the day
        it leaves or looks worst, the day it is as before); `ramp` (days the signs take);
        `sign_rate`, `sign_volume`, `sign_breadth`, `sign_discount` (how strong each is at the
        turn); `gap` (usual days between orders), `regularity` (shape of the gap's gamma),
        `season` and `peak_day`, `growth` (log, whole period), `size` (yearly revenue, USD),
        `margin`, `discount`, `lines_per_order`, `content_<wave_id>` (satisfaction, standardised);
        `is_unknown`, `is_uncovered` (nobody known, nobody met); `days_late` (usual days from the due
        day to the payment), `is_slow` (a slow payer), `is_costly` (costs more to serve than it brings).
    """
    rng = recipe.generator("planted")
    count = recipe.accounts
    width = max(4, len(str(count)))
    truth = pd.DataFrame({"role": _roles(rng, count)}, index=[f"A{i + 1:0{width}d}" for i in range(count)])
    truth["industry"] = rng.choice(INDUSTRIES.index, count, p=INDUSTRIES.share)
    truth["region"] = rng.choice(REGIONS.index, count, p=REGIONS.share)
    truth["contact_count"] = rng.choice([1, 2, 3, 4], count, p=[0.25, 0.35, 0.25, 0.15])
    size_rank = _add_sizes(rng, truth)
    _add_habits(rng, truth, size_rank)
    _add_turns(rng, truth, recipe)
    _add_starts(rng, truth, recipe)
    _add_signs(rng, truth)
    _add_money(rng, truth, size_rank)
    _add_groups(rng, truth)
    _add_key_flag(rng, truth, size_rank, recipe)
    _add_content(rng, truth, recipe)
    _add_cover(recipe, truth)
    _add_dealings(recipe, truth)
    return truth


def _roles(rng: Generator, count: int) -> np.ndarray:
    counts = {role: max(1, round(share * count)) for role, share in MARKET["roles"].items()}
    counts["group"] = 5 if count >= 100 else 3
    named = [role for role, n in counts.items() for _ in range(n)]
    return rng.permutation(named + ["steady"] * (count - len(named)))


def _add_sizes(rng: Generator, truth: pd.DataFrame) -> np.ndarray:
    """Add `size`, and return each account's rank from 0 (small) to 1 (large)."""
    count = len(truth)
    # Even steps of a lognormal, handed out at random: no seed makes one account half of all sales.
    ranks = (np.arange(count) + 0.5) / count
    giants = np.flatnonzero(truth.role == "giant")
    first = count - max(len(giants), round(0.1 * count))
    at_the_top = rng.choice(np.arange(first, count), len(giants), replace=False)
    rank = np.empty(count)
    rank[giants] = ranks[at_the_top]
    others = np.setdiff1d(np.arange(count), giants)
    rank[others] = rng.permutation(np.delete(ranks, at_the_top))
    sizes = np.exp(_SIZE_SPREAD * ndtri(rank))
    truth["size"] = sizes * _MEAN_SIZE / sizes.mean()
    group = truth.role == "group"
    truth.loc[group, "size"] = _MEAN_SIZE * count * rng.uniform(*_GROUP_SHARE, group.sum())
    rank[group] = 0.97
    return rank


def _add_habits(rng: Generator, truth: pd.DataFrame, size_rank: np.ndarray) -> None:
    count = len(truth)
    pace = np.log(31) - 0.38 * ndtri(size_rank) + 0.65 * rng.standard_normal(count)
    truth["gap"] = np.clip(np.exp(pace), 7, 120)
    # A shape below 1.2 is as good as random; 12 is nearly a calendar.
    is_irregular = rng.random(count) < 0.25
    truth["regularity"] = np.where(is_irregular, rng.uniform(0.8, 1.2, count), rng.uniform(2, 9, count))
    is_seasonal = rng.random(count) < 0.1
    truth["season"] = np.where(is_seasonal, rng.uniform(1.1, 1.5, count), rng.uniform(0.05, 0.3, count))
    peaks = truth.industry.map(INDUSTRIES.peak_day)
    truth["peak_day"] = peaks + rng.integers(-25, 26, count)
    growth = 0.25 * rng.standard_normal(count)
    growth = np.where(truth.role == "riser", rng.uniform(np.log(3), np.log(6), count), growth)
    truth["growth"] = np.where(truth.role == "fader", -rng.uniform(np.log(3), np.log(6), count), growth)
    truth["lines_per_order"] = 1.2 + 1.8 * rng.random(count)


def _add_turns(rng: Generator, truth: pd.DataFrame, recipe: Recipe) -> None:
    truth["turn"] = np.nan
    for role, latest in (("leaver", recipe.day_count - 25), ("decoy", recipe.day_count - 90)):
        rows = np.flatnonzero(truth.role == role)
        # One in each of as many equal stretches of time: every half-year has its share.
        places = (rng.permutation(len(rows)) + rng.random(len(rows))) / len(rows)
        truth.iloc[rows, truth.columns.get_loc("turn")] = np.floor(45 + places * (latest - 45))
    truth["ramp"] = np.floor(rng.uniform(60, 260, len(truth)))
    pauses = rng.random(len(truth)) < 0.8
    pause = np.where(pauses, np.clip(truth.gap * rng.uniform(3, 8, len(truth)), 60, 280), 0)
    back = np.minimum(truth.turn + np.floor(pause), recipe.day_count - 30)
    truth["back"] = on_workday(back, recipe).where(truth.role == "decoy")
    truth["has_pause"] = pauses & (truth.role == "decoy")


def _add_starts(rng: Generator, truth: pd.DataFrame, recipe: Recipe) -> None:
    """Add `start`: 0 or below for customers from before the data."""
    count = len(truth)
    latest = (truth.turn - 250).fillna(recipe.day_count - 120)
    is_new = (rng.random(count) < 0.27) & (latest > 60) & ~truth.role.isin(_LASTING)
    arrival = on_workday(np.floor(30 + rng.random(count) * (latest - 30)), recipe)
    truth["start"] = np.where(is_new, arrival, -np.floor(rng.uniform(60, 5000, count)))


def _add_signs(rng: Generator, truth: pd.DataFrame) -> None:
    turns = truth.role.isin(("leaver", "decoy"))
    truth["is_silent"] = turns & (rng.random(len(truth)) < _SILENT_SHARE)
    # A decoy without a pause that shows no sign would be no decoy.
    truth["is_silent"] &= (truth.role == "leaver") | truth.has_pause
    for sign, (weakest, strongest) in MARKET["signs"].items():
        is_shown = turns & ~truth.is_silent & (rng.random(len(truth)) < 0.75)
        truth[f"sign_{sign}"] = rng.uniform(weakest, strongest, len(truth)) * is_shown


def _add_money(rng: Generator, truth: pd.DataFrame, size_rank: np.ndarray) -> None:
    count = len(truth)
    is_giant = truth.role == "giant"
    margin = np.clip(0.24 + 0.03 * rng.standard_normal(count), 0.18, 0.30)
    truth["margin"] = np.where(is_giant, rng.uniform(0.017, 0.043, count), margin)
    discount = 0.02 + 0.09 * size_rank + 0.03 * rng.random(count)
    truth["discount"] = discount + np.where(is_giant, 0.08, 0)


def _add_groups(rng: Generator, truth: pd.DataFrame) -> None:
    great = list(rng.permutation(truth.index[truth.role == "group"]))
    free = list(rng.permutation(truth.index[~truth.role.isin(("group", "giant", "prospect"))]))
    groups = [great]
    for size in _SMALL_GROUP_SIZES:
        if len(free) > 0.9 * len(truth) - 60 and len(free) > size:
            groups.append([free.pop() for _ in range(size)])
    owners = {member: group[0] for group in groups for member in group[1:]}
    owned_by = [owners.get(account) for account in truth.index]
    truth["parent_id"] = pd.Series(owned_by, index=truth.index, dtype="str")


def _add_key_flag(rng: Generator, truth: pd.DataFrame, size_rank: np.ndarray, recipe: Recipe) -> None:
    """Add `is_key`: the larger ones; accounts lost long ago are struck off more often."""
    long_lost = (truth.role == "leaver") & (truth.turn < recipe.day_count - 730)
    score = ndtri(size_rank) + 0.5 * rng.standard_normal(len(truth)) - 0.9 * long_lost
    score[truth.role == "prospect"] = -np.inf
    places = score.rank(ascending=False, method="first")
    truth["is_key"] = places <= round(_KEY_SHARE * len(truth))


def _add_content(rng: Generator, truth: pd.DataFrame, recipe: Recipe) -> None:
    lasting = rng.standard_normal(len(truth))
    for wave in WAVES:
        opened = recipe.day_number(wave.opened_at)
        leaves = (truth.role == "leaver") & truth.turn.between(opened - 180, opened + 365)
        looks_bad = (truth.role == "decoy") & (truth.turn - truth.ramp <= opened) & (opened <= truth.back)
        passing = rng.standard_normal(len(truth))
        content = pd.Series(0.8 * lasting + 0.6 * passing, index=truth.index)
        # They are few: an even start, so that no seed's luck hides or doubles the effect.
        affected = leaves & truth.is_key
        content[affected] = 0.7 * (content[affected] - content[affected].mean())
        content += SATISFACTION_EFFECT * leaves - 0.2 * looks_bad
        truth[f"content_{wave.wave_id}"] = content


def _add_cover(recipe: Recipe, truth: pd.DataFrame) -> None:
    """Add `is_unknown` (smaller accounts, nobody known) and `is_uncovered` (key accounts, a year unmet)."""
    rng = recipe.generator("cover")
    truth["is_unknown"] = ~truth.is_key & (rng.random(len(truth)) < _UNKNOWN_SHARE)
    could_be_met = truth.is_key & (truth.role != "leaver") & (truth.start < recipe.day_count - 400)
    places = pd.Series(rng.permutation(len(truth)), truth.index).where(could_be_met).rank()
    truth["is_uncovered"] = places <= max(1, round(_UNCOVERED_SHARE * could_be_met.sum()))


def _add_dealings(recipe: Recipe, truth: pd.DataFrame) -> None:
    """Add `days_late`, `is_slow` and `is_costly`: key accounts of long standing, none of them both."""
    rng = recipe.generator("dealings")
    lasts = truth.is_key & ~truth.role.isin(("leaver", "giant")) & (truth.start < recipe.day_count - 400)
    truth["is_slow"] = _some(rng, lasts, _SLOW_SHARE)
    order_profit = truth["size"] * truth.gap / 365 * truth.margin
    truth["is_costly"] = _some(
        rng, lasts & ~truth.is_slow & order_profit.between(*_COSTLY_ORDER), _COSTLY_SHARE
    )
    usual, slow = 1 + 3 * rng.standard_normal(len(truth)), rng.uniform(40, 80, len(truth))
    truth["days_late"] = np.where(truth.is_slow, slow, usual)


def _some(rng: Generator, could_be: pd.Series, share: float) -> pd.Series:
    """Return which are chosen: this share of all accounts, at least one, from those that could be."""
    places = pd.Series(rng.permutation(len(could_be)), could_be.index).where(could_be).rank()
    return places <= max(1, round(share * len(could_be)))


def before_weekend(days: Any, recipe: Recipe) -> Any:
    """Return the same day, or the Friday before a weekend; on the first days, the first working day."""
    weekday = (days + recipe.first_day.weekday()) % 7
    return np.maximum(days - np.clip(weekday - 4, 0, 2), on_workday(0, recipe))


def on_workday(days: Any, recipe: Recipe) -> Any:
    """Return the same day, or the Monday after a weekend."""
    weekday = (days + recipe.first_day.weekday()) % 7
    return days + np.where(weekday >= 5, 7 - weekday, 0)
