"""How two raters see the accounts, each autumn: they agree for the most part."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
from numpy.random import Generator

from kamlib.data.sample.market import MARKET
from kamlib.data.sample.recipe import Recipe
from kamlib.data.sample.truth import on_workday

_CRITERIA: Mapping[str, float] = MARKET["criteria"]
_RATERS = ("finance", "sales")
_RATED_KEY, _RATED_OTHER, _LEFT_OUT = 0.85, 0.15, 0.04
_BY_RATER = 0.6
"""How far apart two raters are, in standard deviations of the accounts."""
_CUTS = (-1.5, -0.75, 0.25, 1.1)
"""Where an impression passes from one of the five scores to the next."""


def ratings_table(recipe: Recipe, truth: pd.DataFrame) -> pd.DataFrame:
    """Draw the scores of the accounts that were rated: most key accounts, few others.

    Returns
    -------
    DataFrame
        One row per account, criterion, rater and day with the columns of the contract, sorted by them.
    """
    rng = recipe.generator("ratings")
    truth = truth[rng.random(len(truth)) < np.where(truth.is_key, _RATED_KEY, _RATED_OTHER)]
    lasting = {criterion: rng.standard_normal(len(truth)) for criterion in _CRITERIA}
    bad = -2 - np.abs(lasting["financial reputation"]) / 4
    lasting["financial reputation"] = np.where(truth.is_slow, bad, lasting["financial reputation"])
    lasting["growth potential"] += truth.role.map({"riser": 1.5, "fader": -1.5}).fillna(0)
    lasting["closeness"] = 0.7 * lasting["closeness"] + 0.7 * truth["content_W2025"]
    days = [on_workday(recipe.day_number(date(year, 10, 15)), recipe) for year in recipe.recent_years]
    scores = _scores(rng, np.array([lasting[criterion] for criterion in _CRITERIA]), len(days))
    axes = {"rated_at": recipe.dates(np.array(days)), "criterion": _CRITERIA, "rater": _RATERS}
    grid = pd.MultiIndex.from_product([*axes.values(), truth.index], names=[*axes, "account_id"])
    is_there = np.array([_is_there(truth, day) for day in days])[:, None, None]
    is_given = is_there & (rng.random(scores.shape) >= _LEFT_OUT)
    table = pd.DataFrame({"score": scores.ravel()}, index=grid)[is_given.ravel()].reset_index()
    return table.sort_values(["account_id", "criterion", "rater", "rated_at"], ignore_index=True)


def _scores(rng: Generator, lasting: np.ndarray, years: int) -> np.ndarray:
    """Return the scores by year, criterion, rater and account."""
    criteria, accounts = lasting.shape
    same = np.array(list(_CRITERIA.values()))[:, None]
    seen = same * lasting + np.sqrt(1 - same**2) * rng.standard_normal((years, criteria, accounts))
    own = _BY_RATER * rng.standard_normal((years, criteria, len(_RATERS), accounts))
    return 1 + np.searchsorted(_CUTS, seen[:, :, None] + own)


def _is_there(truth: pd.DataFrame, day: int) -> np.ndarray:
    """Return which are believed to be customers; that one has left is known half a year later."""
    last = truth.turn.where(truth.role == "leaver", np.inf)
    return ((truth.role != "prospect") & (truth.start < day - 60) & (last > day - 180)).to_numpy()
