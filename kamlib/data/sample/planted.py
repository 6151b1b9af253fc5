"""What is hidden in the sample, by name: for tests that ask whether an analysis finds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from kamlib.data.sample.contacts import CHANNELS, CONTACTS
from kamlib.data.sample.market import MARKET
from kamlib.data.sample.opinion import SATISFACTION_EFFECT, WAVES, Wave, expected_overall, on_frame
from kamlib.data.sample.recipe import Recipe
from kamlib.data.sample.truth import truth_table


@dataclass(frozen=True)
class Planted:
    """What is hidden in a sample; the accounts are named by `account_id`.

    Parameters
    ----------
    left_on
        The day after which an account never orders again.
    left_silently
        Those of them that leave without any sign before.
    decoys
        Accounts that look like leaving (the same signs, a long pause, or both): the day from
        which they look worst, and the day from which they order as before.
    giants
        Accounts with great sales at a gross margin of 1 to 5%.
    risers, faders
        Accounts that grow, or fade, several times over in the whole period.
    seasonal, irregular
        Accounts that buy in one part of the year only, and accounts without a steady rhythm.
    rhythm_days
        The usual days between two orders of each customer.
    groups
        The firms of one group, by the account that owns the others (itself among them).
    great_group
        The owner of the group that brings more than 10% of sales while no firm in it does.
    satisfaction
        By wave: the mean answer to be expected for *overall* (1 to 5) over all accounts of the
        frame, had all of them answered.
    satisfaction_effect
        How content accounts are that leave within the year after a wave opens, or left in the
        half-year before, against the others: below zero, in standard deviations of an account's
        satisfaction.
    empty
        By column of `contacts`: the share of rows in which it is empty.
    unknown
        Accounts without a contact.
    uncovered
        Key accounts that still buy and that nobody has met in the last 365 days.
    stopped_on
        By channel that fell silent: the day after which it recorded no interaction.
    gap
        A channel that recorded nothing from a first to a last day, both included.
    dearer_family, dearer_from, dearer_by
        The product family whose cost rose, the first day, and what it is multiplied by; its prices
        stayed as they were. The giants are spared.
    slow_payers
        Accounts that pay more than a month late, every time.
    costly
        Accounts with a usual gross profit that cost more to serve than that.
    """

    left_on: Mapping[str, date]
    left_silently: tuple[str, ...]
    decoys: Mapping[str, tuple[date, date]]
    giants: tuple[str, ...]
    risers: tuple[str, ...]
    faders: tuple[str, ...]
    seasonal: tuple[str, ...]
    irregular: tuple[str, ...]
    rhythm_days: Mapping[str, float]
    groups: Mapping[str, tuple[str, ...]]
    great_group: str
    satisfaction: Mapping[str, float]
    satisfaction_effect: float
    empty: Mapping[str, float]
    unknown: tuple[str, ...]
    uncovered: tuple[str, ...]
    stopped_on: Mapping[str, date]
    gap: tuple[str, date, date]
    dearer_family: str
    dearer_from: date
    dearer_by: float
    slow_payers: tuple[str, ...]
    costly: tuple[str, ...]


def planted(*, accounts: int = 320, years: int = 4, seed: int = 1) -> Planted:
    """Return what is hidden in the sample of this size and seed.

    Parameters
    ----------
    accounts, years, seed
        As for `sample_tables`.

    Raises
    ------
    ParameterError
        A number is out of its range.

    Examples
    --------
    >>> truth = planted(accounts=100, years=3, seed=5)
    >>> len(truth.left_on), len(truth.decoys), len(truth.giants)
    (31, 31, 4)
    """
    recipe = Recipe(accounts=accounts, years=years, seed=seed)
    truth = truth_table(recipe)
    leavers, decoys = truth[truth.role == "leaver"], truth[truth.role == "decoy"]
    groups, turns = _groups(truth), _days(recipe, decoys.turn)
    return Planted(
        left_on=_days(recipe, leavers.turn),
        left_silently=_names(leavers.is_silent),
        decoys={name: (turns[name], back) for name, back in _days(recipe, decoys.back).items()},
        **{f"{role}s": _names(truth.role == role) for role in ("giant", "riser", "fader")},
        seasonal=_names(truth.season > 1),
        irregular=_names((truth.regularity < 1.2) & (truth.role != "prospect")),
        rhythm_days=truth.gap[truth.role != "prospect"].to_dict(),
        groups=groups,
        great_group=next(owner for owner in groups if truth.role[owner] == "group"),
        satisfaction={wave.wave_id: _population_satisfaction(truth, recipe, wave) for wave in WAVES},
        satisfaction_effect=SATISFACTION_EFFECT,
        empty=CONTACTS["empty"],
        unknown=_names(truth.is_unknown),
        uncovered=_names(truth.is_uncovered),
        stopped_on={channel: day.date() for channel, day in CHANNELS.stopped_at.dropna().items()},
        gap=tuple(CONTACTS["gap"].values()),
        dearer_family=MARKET["cost_rise"]["family"],
        dearer_from=MARKET["cost_rise"]["from_at"],
        dearer_by=MARKET["cost_rise"]["factor"],
        slow_payers=_names(truth.is_slow),
        costly=_names(truth.is_costly),
    )


def _population_satisfaction(truth: pd.DataFrame, recipe: Recipe, wave: Wave) -> float:
    content = truth.loc[on_frame(truth, recipe, wave), f"content_{wave.wave_id}"].to_numpy()
    return float(expected_overall(content).mean())


def _groups(truth: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    members = truth[truth.parent_id.notna()].groupby("parent_id").groups
    return {str(owner): (str(owner), *map(str, accounts)) for owner, accounts in members.items()}


def _days(recipe: Recipe, numbers: pd.Series) -> dict[str, date]:
    days = pd.DatetimeIndex(recipe.dates(numbers.to_numpy()))
    return {str(account): day.date() for account, day in zip(numbers.index, days, strict=True)}


def _names(is_one: pd.Series) -> tuple[str, ...]:
    return tuple(map(str, is_one.index[is_one]))
