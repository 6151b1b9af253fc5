"""How large a sample, and which: the numbers that every table is made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from kamlib.errors import ParameterError

LAST_DAY = date(2025, 12, 31)
_FEWEST_ACCOUNTS, _FEWEST_YEARS, _MOST_YEARS = 20, 2, 20


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What was asked for; equal recipes make equal tables.

    Parameters
    ----------
    accounts
        How many accounts, prospects included; at least 20.
    years
        How many calendar years of orders, the last of them 2025; 2 to 20.
    lines
        About how many order lines; None = as many as such a company has.
    seed
        Zero or more. Another seed makes another company.

    Raises
    ------
    ParameterError
        A number is out of its range; the text says which, and what is allowed.

    Examples
    --------
    >>> Recipe(accounts=320, years=4).first_day
    datetime.date(2022, 1, 1)
    """

    accounts: int = 320
    years: int = 4
    lines: int | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        for name in ("accounts", "years", "lines", "seed"):
            _require_whole(name, getattr(self, name), may_be_none=name == "lines")
        if self.accounts < _FEWEST_ACCOUNTS:
            raise ParameterError(
                f"accounts = {self.accounts} is too few to plant anything in: give 20 or more"
            )
        if not _FEWEST_YEARS <= self.years <= _MOST_YEARS:
            raise ParameterError(
                f"years = {self.years} is out of range: give 2 (two survey waves) to {_MOST_YEARS}"
            )
        if self.lines is not None and self.lines < self.accounts:
            raise ParameterError(
                f"lines = {self.lines} is less than one for each of {self.accounts} accounts: "
                f"give {self.accounts} or more, or ask for fewer accounts"
            )
        if self.seed < 0:
            raise ParameterError(f"seed = {self.seed} is below zero: give 0, 1, 2, …")

    @property
    def first_day(self) -> date:
        """The first day that can have an order."""
        return date(LAST_DAY.year - self.years + 1, 1, 1)

    @property
    def day_count(self) -> int:
        """How many days there are, the last one included."""
        return (LAST_DAY - self.first_day).days + 1

    @property
    def recent_years(self) -> range:
        """The last three calendar years, or as many as there are: those of costs, invoices and ratings."""
        return range(max(self.first_day.year, LAST_DAY.year - 2), LAST_DAY.year + 1)

    def generator(self, table: str) -> np.random.Generator:
        """Return the random numbers of one table, and of no other.

        A table that draws more, or a new table, changes no byte of the others.
        """
        return np.random.default_rng([self.seed, *table.encode()])

    def day_number(self, day: date) -> int:
        """Return how many days after the first day, which is 0; earlier days are below zero."""
        return (day - self.first_day).days

    def dates(self, day_numbers: np.ndarray) -> np.ndarray:
        """Return the dates of day numbers; where the number is missing, no date."""
        days = np.asarray(day_numbers, dtype=float).astype("timedelta64[D]")
        return (np.datetime64(self.first_day, "D") + days).astype("datetime64[s]")


def _require_whole(name: str, value: object, *, may_be_none: bool) -> None:
    if value is None and may_be_none:
        return
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise ParameterError(f"{name} = {value!r} is not a whole number: give one, such as 320")
