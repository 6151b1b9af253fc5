"""How content the accounts are when a survey wave asks, and how an answer comes about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import ndtr

from kamlib.data.sample.recipe import Recipe

SATISFACTION_EFFECT = -0.9
"""How content an account is that leaves within a year of a wave, or has just left, against the others;
in standard deviations."""


@dataclass(frozen=True)
class Wave:
    """One survey of the key accounts."""

    wave_id: str
    opened: date
    closed: date
    confidentiality: str


WAVES = (
    Wave("W2024", date(2024, 9, 16), date(2024, 10, 25), "confidential"),
    Wave("W2025", date(2025, 9, 15), date(2025, 10, 24), "attributed"),
)


# How an answer comes about: eight aspects, moved by the account, the person and chance, add up to
# the overall impression. `responses` draws by these numbers.
ASPECT_WEIGHTS = {
    "communication": 0.20, "service": 0.22, "benefit": 0.12, "product": 0.12,
    "price": 0.14, "quality": 0.26, "culture": 0.05, "brand": 0.06,
}  # fmt: skip
BY_ACCOUNT, BY_PERSON, BY_CHANCE, OVERALL_CHANCE = 0.7, 0.3, 0.64, 0.3
CUTS = (-1.75, -1.0, -0.45, 0.85)
"""Where a standardised impression passes from one of the five levels to the next."""


def on_frame(truth: pd.DataFrame, recipe: Recipe, wave: Wave) -> pd.Series:
    """Return which accounts a wave could ask: key accounts that the company believes to be active.

    It learns that an account has left about half a year after the fact.
    """
    opened = recipe.day_number(wave.opened)
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
    weights = np.array(list(ASPECT_WEIGHTS.values()))
    from_person = (weights.sum() * BY_PERSON) ** 2
    from_chance = (weights**2).sum() * BY_CHANCE**2 + OVERALL_CHANCE**2
    scale = np.sqrt((weights.sum() * BY_ACCOUNT) ** 2 + from_person + from_chance)
    return float(weights.sum() * BY_ACCOUNT / scale), float(np.sqrt(from_person + from_chance) / scale)
