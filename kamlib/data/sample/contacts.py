"""The people at the accounts, and when the company met them: with gaps, doubles and channels gone quiet."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import Generator

from kamlib.data.sample.market import PEOPLE, package_table, package_toml
from kamlib.data.sample.recipe import LAST_DAY, Recipe
from kamlib.data.sample.truth import before_weekend

CONTACTS = package_toml("contacts.toml")
CHANNELS = package_table(CONTACTS["channels"]).set_index("channel")
UNCOVERED_DAYS = 365
_TWICE_SHARE, _SHARED_SHARE = 0.05, 0.6
_NAMED_SHARE = 0.8
"""The part of the interactions of which the company knows with whom."""


def contacts_table(recipe: Recipe, truth: pd.DataFrame) -> pd.DataFrame:
    """Draw the people at each account, as several channels recorded them.

    Some are recorded twice, by another channel with another telephone and address; some that work
    for a group are recorded at two of its firms.

    Returns
    -------
    DataFrame
        One row per account and recorded person with the columns of the contract, sorted by
        `contact_id`; accounts of which nobody is known have none.
    """
    rng = recipe.generator("contacts")
    people = truth.index.repeat(truth.contact_count.where(~truth.is_unknown, 0))
    table = pd.DataFrame({
        "account_id": people,
        "name": rng.choice(PEOPLE, len(people)),
        "age": np.clip(np.round(45 + 9 * rng.standard_normal(len(people))), 22, 67),
        "occupation": rng.choice(CONTACTS["occupations"], len(people)),
        "role": rng.choice(list(CONTACTS["roles"]), len(people), p=list(CONTACTS["roles"].values())),
    })  # fmt: skip
    table["gender"] = np.where(table.name.str.partition(" ")[0].isin(CONTACTS["feminine"]), "female", "male")
    table = _recorded(rng, table)
    again = _recorded(rng, table[rng.random(len(table)) < _TWICE_SHARE])
    table = pd.concat([table, again, _shared(rng, truth, table)], ignore_index=True)
    table["age"] = table.age.astype("Int64")
    table["contact_id"] = contact_ids(table.account_id, table.groupby("account_id").cumcount() + 1)
    for column, share in CONTACTS["empty"].items():
        # Exactly this share of the rows, so that a test can ask for it.
        table[column] = table[column].mask(rng.permutation(len(table)) < round(share * len(table)))
    return table.sort_values("contact_id", ignore_index=True)


def interactions_table(recipe: Recipe, truth: pd.DataFrame, contacts: pd.DataFrame) -> pd.DataFrame:
    """Draw when the company met each account, by which channel, and with whom.

    Returns
    -------
    DataFrame
        One row per call, visit or mail with the columns of the contract, sorted by `happened_at`.
    """
    rng = recipe.generator("interactions")
    table = _meetings(rng, recipe, truth)
    count = len(table)
    table["channel"] = _channels(rng, table.happened_at)
    parts = CHANNELS.loc[table.channel]
    spoke = rng.random(count)
    first = [spoke < parts["in"], spoke < parts["in"] + parts.out]
    table["direction"] = np.select(first, ["in", "out"], "two_way")
    known = table.account_id.map(contacts.account_id.value_counts()).fillna(0)
    with_whom = contact_ids(table.account_id, (1 + np.floor(rng.random(count) * known)).astype(int))
    table["contact_id"] = with_whom.where((known > 0) & (rng.random(count) < _NAMED_SHARE))
    table["interaction_id"] = "I" + (table.index + 1).astype(str).str.zfill(6)
    return table


def contact_ids(account_ids: pd.Series, numbers: pd.Series) -> pd.Series:
    """Return the ids of the persons of these numbers (from 1) at these accounts.

    Examples
    --------
    >>> contact_ids(pd.Series(["A0007"]), pd.Series([2])).to_list()
    ['K0007-2']
    """
    return "K" + account_ids.str[1:] + "-" + numbers.astype(str)


def _recorded(rng: Generator, people: pd.DataFrame) -> pd.DataFrame:
    """Return the people as one channel recorded them; no such number or domain can be anybody's."""
    count = len(people)
    source = rng.choice(CHANNELS.index, count, p=CHANNELS.known)
    box = people.name.str.lower().str.replace(" ", ".").str.replace(r"[^a-z.]", "", regex=True)
    at = np.where(rng.random(count) < 0.15, "post", people.account_id.str.lower())
    last = CHANNELS.stopped_at.fillna(pd.Timestamp(LAST_DAY))[source].to_numpy()
    lines = rng.integers(96_000_000, 96_099_999, count)
    house = pd.Series(rng.integers(1, 99, count), people.index).astype(str)
    return people.assign(
        source=source,
        phone=[f"+44 1632 {line // 100:06d} ext. {line % 100:02d}" for line in lines],
        email=box + "@" + at + ".example",
        address=house + " " + rng.choice(CONTACTS["streets"], count),
        updated_at=last - np.floor(rng.exponential(300, count)).astype("timedelta64[D]"),
    )


def _shared(rng: Generator, truth: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return the first person of a group's owner, as recorded at its other firms as well."""
    firsts = people.drop_duplicates("account_id").set_index("account_id")
    owners = truth.parent_id[~truth.is_unknown & truth.parent_id.isin(firsts.index)]
    owners = owners[rng.random(len(owners)) < _SHARED_SHARE]
    return firsts.loc[owners].assign(account_id=owners.index)


def _meetings(rng: Generator, recipe: Recipe, truth: pd.DataFrame) -> pd.DataFrame:
    """Return one row per account and meeting, in order of time."""
    last = truth.turn.where(truth.role == "leaver", recipe.day_count)
    last = last.mask(truth.is_uncovered, recipe.day_count - UNCOVERED_DAYS)
    first = truth.start.clip(lower=0)
    pace = np.where(truth.is_key, rng.uniform(50, 100, len(truth)), rng.uniform(120, 300, len(truth)))
    counts = np.ceil((last - first).clip(lower=1) / pace).astype(int)
    rows = truth.index.repeat(counts)
    table = pd.DataFrame({"account_id": rows})
    # One in each stretch of the account's own pace: no covered account waits a year by chance.
    place = table.groupby("account_id").cumcount() + rng.random(len(rows))
    day = first[rows].to_numpy() + np.floor(place * pd.Series(pace, truth.index)[rows].to_numpy())
    table["happened_at"] = recipe.dates(before_weekend(day, recipe))
    table = table[day < last[rows].to_numpy()]
    return table.sort_values(["happened_at", "account_id"], ignore_index=True)


def _channels(rng: Generator, days: pd.Series) -> np.ndarray:
    """Return the channel of each meeting; where that one recorded nothing, it was the telephone."""
    channel = rng.choice(CHANNELS.index, len(days), p=CHANNELS.met)
    gap = CONTACTS["gap"]
    is_gap = (channel == gap["channel"]) & days.between(pd.Timestamp(gap["first"]), pd.Timestamp(gap["last"]))
    is_stopped = days.to_numpy() > CHANNELS.stopped_at[channel].to_numpy()
    return np.where(is_gap | is_stopped, "phone", channel)
