"""Who was reached, by which channel, how lately; and where two sources disagree about a person."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from kamlib.estimate import Unknown

YEAR = 365
LEAST_DAYS = 5
"""Fewer contact days in a year are too few to say that a channel has stopped."""
COMPARED = ["email", "phone", "address", "occupation"]


def channel_table(
    interactions: pd.DataFrame | Unknown, accounts: pd.DataFrame, as_of: dt.date
) -> pd.DataFrame | Unknown:
    """Return one row per channel: how lately and how widely it reaches the accounts.

    Parameters
    ----------
    interactions
        `account_id`, `happened_at`, `channel`, none after `as_of`; or why there are none.
    accounts
        Those that count: `account_id`, `net_revenue_365`, `is_key`.
    as_of
        The last day that counts.

    Returns
    -------
    DataFrame or Unknown
        `channel` in words, most contacts first; `last_at`; `contact_count` and `contact_count_prev` (the
        365 days to `as_of`, and those before); `account_share`, `key_share`, `revenue_share` (of the
        accounts that count, of the key accounts among them, and of their sales: reached in the 365 days);
        in the 365 days to `last_at`: `usual_revenue_share` (reached in them) and `longest_gap_days` (between
        contact days); `state`:

        - `stopped`: silent for more than twice its longest gap
        - `too few to tell`: fewer than five contact days to take the gap from
        - `good`
    """
    if isinstance(interactions, Unknown):
        return interactions
    if interactions.empty:
        return Unknown("The record of calls and visits holds no row up to this day.", "interactions")
    age = (pd.Timestamp(as_of) - interactions["happened_at"]).dt.days
    dated = interactions.assign(age=age, recent=age < YEAR, before=age.between(YEAR, 2 * YEAR - 1))
    silent = dated.groupby("channel")["age"].transform("min")
    channels = dated.groupby("channel").agg(
        last_at=("happened_at", "max"), contact_count=("recent", "sum"), contact_count_prev=("before", "sum")
    )
    reached = _reached(dated[dated["recent"]], accounts)
    usually = _reached(dated[dated["age"] < silent + YEAR], accounts)[["revenue_share"]].add_prefix("usual_")
    channels = channels.join(reached).join(usually).fillna(0.0)
    channels["longest_gap_days"] = gap = dated.groupby("channel")["age"].agg(_longest_gap)
    channels["state"] = np.where(dated.groupby("channel")["age"].min() > 2 * gap, "stopped", "good")
    channels.loc[gap.isna(), "state"] = "too few to tell"
    channels = channels.rename(index=in_words).reset_index()
    return channels.sort_values(["contact_count", "channel"], ascending=[False, True], ignore_index=True)


def uncovered_accounts(
    interactions: pd.DataFrame | Unknown, accounts: pd.DataFrame, as_of: dt.date
) -> pd.DataFrame | Unknown:
    """Return the accounts that nobody was in contact with for 365 days, the largest sales first.

    Parameters
    ----------
    interactions
        `account_id`, `happened_at`, `channel`.
    accounts
        Those that count: `account_id`, `net_revenue_365`.
    as_of
        The last day that counts.

    Returns
    -------
    DataFrame or Unknown
        Their rows, with `last_contact_at` and `last_channel` (empty where there never was one); a reason
        where the first contact lies less than 365 days back.
    """
    if isinstance(interactions, Unknown):
        return interactions
    covered = (pd.Timestamp(as_of) - interactions["happened_at"].min()).days
    if not covered >= YEAR:
        return Unknown(
            "The record of calls and visits covers less than a year: too few to tell.", "interactions"
        )
    latest = interactions.sort_values("happened_at").groupby("account_id").last()
    met_at = accounts["account_id"].map(latest["happened_at"])
    channel = accounts["account_id"].map(latest["channel"].map(in_words))
    is_met = (pd.Timestamp(as_of) - met_at).dt.days < YEAR
    return largest_first(accounts.assign(last_contact_at=met_at, last_channel=channel)[~is_met])


def contact_conflicts(contacts: pd.DataFrame | Unknown, accounts: pd.DataFrame) -> pd.DataFrame | Unknown:
    """Return the accounts at which sources say different things of the same person.

    A person is the same where account and name are, after plain spelling. No value is returned: only
    where it differs, and between which sources.

    Parameters
    ----------
    contacts
        `account_id`, `name`, and of `COMPARED` and `source` what there is.
    accounts
        Those that count: `account_id`, `net_revenue_365`.

    Returns
    -------
    DataFrame or Unknown
        Their rows, the largest sales first, with `person_count`, `differs` (columns) and `sources`, both
        as text.

    Examples
    --------
    >>> contacts = pd.DataFrame({
    ...     "account_id": ["a", "a"], "name": ["Ann Lee", "ann  lee"], "source": ["phone", "seminar"],
    ...     "email": ["ann@a.example", "lee@a.example"],
    ... })
    >>> contact_conflicts(contacts, pd.DataFrame({"account_id": ["a", "b"], "net_revenue_365": [9.0, 5.0]}))
      account_id  net_revenue_365  person_count differs         sources
    0          a              9.0             1  e-mail  phone, seminar
    """
    if isinstance(contacts, Unknown):
        return contacts
    people = contacts.reindex(columns=["account_id", "name", "source", *COMPARED])
    people = people.assign(**{name: plain_spelling(people[name]) for name in ("name", *COMPARED)})
    # One number is written with and without its country code: the last seven digits tell.
    people["phone"] = people["phone"].str.replace(" ", "").str[-7:]
    said = people.melt(["account_id", "name", "source"], COMPARED, "differs").dropna(subset=["name", "value"])
    counts = said.groupby(["account_id", "name", "differs"])["value"].transform("nunique")
    found = said[counts > 1].fillna({"source": "not said"}).rename(columns={"source": "sources"})
    table = found.groupby("account_id").agg(
        person_count=("name", "nunique"), differs=("differs", _listed), sources=("sources", _listed)
    )
    return largest_first(accounts.merge(table, on="account_id"))


def plain_spelling(text: pd.Series) -> pd.Series:
    """Return texts in small letters, without accents, signs and double blanks; empty ones stay empty.

    Examples
    --------
    >>> plain_spelling(pd.Series(["Café  Müller-Süd ", None])).tolist()
    ['cafe muller sud', nan]
    """
    bare = text.astype("str").str.normalize("NFKD").str.replace(r"[\u0300-\u036f]", "", regex=True)
    return bare.str.casefold().str.replace(r"[^\w@]+", " ", regex=True).str.strip().replace("", None)


def largest_first(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return accounts with the largest sales of the last 365 days first, equals by account."""
    return accounts.sort_values(["net_revenue_365", "account_id"], ascending=[False, True], ignore_index=True)


def in_words(label: str) -> str:
    """Return what a channel or column is called: `call_centre` is *call centre*, `email` *e-mail*."""
    return {"other": "other ways"}.get(label, label.replace("_", " ").replace("email", "e-mail"))


def _reached(contacts: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Return by channel which part of the accounts, key accounts and sales these contacts reached."""
    weights = pd.DataFrame(
        {
            "account_share": 1 / max(len(accounts), 1),
            "key_share": accounts["is_key"] / accounts["is_key"].sum(),
            "revenue_share": accounts["net_revenue_365"] / accounts["net_revenue_365"].sum(),
        }
    ).set_index(accounts["account_id"])
    pairs = contacts[["channel", "account_id"]].drop_duplicates()
    return pairs.join(weights, on="account_id").groupby("channel").sum(numeric_only=True)


def _listed(labels: pd.Series) -> str:
    return in_words(", ".join(sorted(labels.unique())))


def _longest_gap(age: pd.Series) -> float:
    days = age[age < age.min() + YEAR].drop_duplicates().sort_values()
    return float(days.diff().max()) if len(days) >= LEAST_DAYS else np.nan
