"""A number with its range, or the reason why there is none."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import Any

from kamlib import mime


@dataclass(frozen=True)
class Estimate:
    """A number from a sample, with the range it leaves open.

    Parameters
    ----------
    value, low, high
        The number and its interval, in the same unit; `low <= value <= high`.
    n
        How many units (accounts, answers, …) it rests on.
    method
        The interval's name, as the literature has it.
    level
        The interval's confidence level.

    Examples
    --------
    >>> Estimate(0.64, 0.5, 0.76, n=50, method="Wilson")
    Estimate(value=0.64, low=0.5, high=0.76, n=50, method='Wilson', level=0.95)
    """

    value: float
    low: float
    high: float
    n: int
    method: str
    level: float = 0.95

    def __post_init__(self) -> None:
        numbers = (self.low, self.value, self.high)
        if any(math.isnan(number) for number in numbers):
            raise ValueError("an Estimate holds numbers; where there is none, give an Unknown")
        if not self.low <= self.value <= self.high:
            raise ValueError(f"the value {self.value} lies outside its range {self.low} to {self.high}")


@dataclass(frozen=True)
class Unknown:
    """Why a number cannot be told, and what would mend it.

    It displays as a finding of severity *unknown*, so a notebook shows the reason where the
    number would have stood, and every display function passes it through.

    Parameters
    ----------
    reason
        One or two sentences for the manager: what is missing, and who could know.
    key
        A short name of the question it leaves open, such as `gross_profit`.
    """

    reason: str
    key: str = "unknown"

    def __bool__(self) -> bool:
        """Return False: `table or other` reads as "the table if there is one"."""
        return False

    def finding(self) -> dict[str, Any]:
        """Return what a page needs to show it: a finding without a number."""
        return {"key": self.key, "kind": "fact", "sentence": self.reason, "severity": "unknown"}

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {
            "text/plain": self.reason,
            "text/html": f'<p class="kam-unknown">{html.escape(self.reason)}</p>',
            mime.FINDING: self.finding(),
        }
