"""How content the accounts are when a survey wave asks, and how an answer comes about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import ndtr

from kamlib.data.sample.market import package_table, package_toml
from kamlib.data.sample.recipe import Recipe

SATISFACTION_EFFECT = -0.9
"""How content an account is that leaves within a year of a wave, or has just left, against the others;
in standard deviations."""


@dataclass(frozen=True)
class Wave:
    """One survey of the key accounts."""

    wave_id: str
    opened_at: date
    closed_at: date
    confidentiality: str


SURVEY = package_toml("survey.toml")
WAVES = tuple(Wave(**wave) for wave in SURVEY["waves"])

# How an answer comes about: eight aspects, moved by the account, the person and chance, add up to
# the overall impression. `responses` draws by these numbers.
ITEMS = package_table(SURVEY["items"])
ASPECTS = ITEMS.dropna(subset="weight")
BY_ACCOUNT, BY_PERSON, BY_CHANCE, OVERALL_CHANCE = 0.7, 0.3, 0.64, 0.3
CUTS = (-1.75, -1.0, -0.45, 0.85)
"""Where a standardised impression passes from one of the five levels to the next."""


def on_frame(truth: pd.DataFrame, recipe: Recipe, wave: Wave) -> pd.Series:
    """Return which accounts a wave could ask: key accounts that the company believes to be active.

    It learns that an account has left about half a year after the fact.
    """
    opened = recipe.day_number(wave.opened_at)
    left = truth.turn.where(truth.role == "leaver", np.inf)
    return truth.is_key & (truth.role != "prospect") & (truth.start <= opened - 30) & (left > opened - 180)


def expected_overall(content: np.ndarray) -> np.ndarray:
    """Return the mean answer (1 to 5) to be expected for *overall*, by how content the account is.

    Examples
    --------
    >>> expected_overall(np.array([-2.0, 0.0, 2.0])).round(1)
    array([1.7, 3.8, 4.9])
    """
    slope, scatter = overall_slope_and_scatter()
    return np.asarray(1 + sum(ndtr((slope * content - cut) / scatter) for cut in CUTS))


def overall_slope_and_scatter() -> tuple[float, float]:
    """Return how the overall impression hangs on the account, and its spread given the account."""
    weights = ASPECTS.weight.to_numpy()
    from_person = (weights.sum() * BY_PERSON) ** 2
    from_chance = (weights**2).sum() * BY_CHANCE**2 + OVERALL_CHANCE**2
    scale = np.sqrt((weights.sum() * BY_ACCOUNT) ** 2 + from_person + from_chance)
    return float(weights.sum() * BY_ACCOUNT / scale), float(np.sqrt(from_person + from_chance) / scale)
