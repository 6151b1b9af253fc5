"""How many must answer for a share to be known to a margin."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
from scipy.stats import norm

from kamlib.errors import ParameterError


def share_size(
    margin: float, population: float = math.inf, *, share: float = 0.5, level: float = 0.95
) -> int:
    """Return how many of a list must answer so that a share of it is known to a margin, either way.

    Parameters
    ----------
    margin
        Half the width of the range, as a share: 0.05 is five points either way.
    population
        How many the list holds; infinite = no finite population correction.
    share
        The share expected; a half is the hardest to tell.
    level
        Confidence level.

    Raises
    ------
    ParameterError
        A margin that no sample has, or a population that is a part and not a number.

    Notes
    -----
    Source: Cochran, Sampling Techniques (1977), section 4.4: n = n0 / (1 + (n0 − 1)/N), n0 = z²p(1−p)/e².

    Examples
    --------
    >>> share_size(0.05), share_size(0.05, 250)
    (385, 152)
    """
    if not 0 < margin < 0.5:
        raise ParameterError(
            f"margin {margin:g}: only the whole list is known without one, and beyond half nothing is known; "
            "give a share between 0 and 0.5 (0.1 is 10 points either way)"
        )
    if population < 1:
        raise ParameterError(f"population {population:g}: give the number of accounts, not a part of them")
    without_end = float(norm.ppf((1 + level) / 2)) ** 2 * share * (1 - share) / margin**2
    return math.ceil(without_end / (1 + (without_end - 1) / population) - 1e-9)


def size_table(population: int, margins: Sequence[float], *, response: float) -> pd.DataFrame:
    """Return what each margin would ask for.

    Parameters
    ----------
    population
        How many the list holds.
    margins
        As in `share_size`.
    response
        Part of those asked that is expected to answer, 0 to 1.

    Returns
    -------
    DataFrame
        One row per margin: `margin`, `answers` (needed), `asked` (at most the whole list) and `expected`
        (answers of those asked: fewer than needed where the list is too short).
    """
    table = pd.DataFrame({"margin": margins})
    table["answers"] = [share_size(margin, population) for margin in margins]
    table["asked"] = (-(-table["answers"] // response)).clip(upper=population).astype(int)
    return table.assign(expected=(table["asked"] * response).clip(upper=table["answers"]))
