"""Whom to call about a bad answer, who calls, and until when."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlib.analysis.survey.answers import numbers
from kamlib.analysis.survey.scale import NO_OPINION, SCALE
from kamlib.analysis.survey.waves import Wave
from kamlib.estimate import Unknown

COLUMNS = (
    "account_id", "name", "contact_id", "aspect", "text", "value", "words", "owner", "due_at", "answered_at",
    "revenue",
)  # fmt: skip


def follow_up_list(
    asked: Wave, items: pd.DataFrame, accounts: pd.DataFrame, *, revenue: pd.Series, due_days: int
) -> pd.DataFrame | Unknown:
    """Return every answer of "some dissatisfied" or worse, with who is to call and until when.

    Parameters
    ----------
    asked
        The wave. Unless it is attributed there is no list but the reason why.
    items
        `survey_items`: `item_id`, `aspect` and, where it has them, their `text`.
    accounts
        With `account_id` and, where known, `name` and `owner` (`team.with_owner`).
    revenue
        Sales at stake by account.
    due_days
        Working days (Monday to Friday) until somebody has called, counted from the day of the answer; where
        that is not known, from the last day of asking; where neither is, there is no day.

    Returns
    -------
    DataFrame
        One row per answer of 1 or 2 on the scale of five, the account with the highest sales first (equals
        by account), then the lowest answer: `account_id, name, contact_id` (never a person's name),
        `aspect, text, value, words, owner, due_at, answered_at, revenue`. What the source lacks is empty.

    Examples
    --------
    >>> responses = pd.DataFrame({"contact_id": ["c1"], "account_id": ["a"], "item_id": ["q"], "value": [2]})
    >>> responses["answered_at"] = pd.Timestamp("2025-09-19")  # a Friday
    >>> items = pd.DataFrame({"item_id": ["q"], "aspect": ["price"]})
    >>> wave = Wave("W1", pd.DataFrame(), responses, "attributed")
    >>> sales, accounts = pd.Series({"a": 900.0}), pd.DataFrame({"account_id": ["a"]})
    >>> table = follow_up_list(wave, items, accounts, revenue=sales, due_days=5)
    >>> f"{table['words'][0]}: call until {table['due_at'][0]:%a %d %b}"
    'some dissatisfied: call until Fri 26 Sep'
    """
    if (withheld := asked.withheld) is not None:  # an Unknown is false
        return withheld
    scale = items[~items["aspect"].isin(["nps", "open"])]
    value = numbers(asked.responses["value"])
    bad = asked.responses.assign(value=value)[value < NO_OPINION].drop(columns="text", errors="ignore")
    table = bad.merge(scale, on="item_id").merge(accounts, on="account_id", how="left")
    table = table.assign(words=table["value"].map(SCALE), revenue=table["account_id"].map(revenue))
    table = table.reindex(columns=[*COLUMNS, "item_id"])
    answered = pd.to_datetime(table["answered_at"].astype(object)).fillna(asked.closed_at)
    days = answered.dropna()
    due = np.busday_offset(days.to_numpy("datetime64[D]"), due_days, roll="backward")
    table["due_at"] = pd.Series(pd.to_datetime(due), index=days.index).reindex(table.index)
    order = ["revenue", "account_id", "value", "item_id", "contact_id"]
    ordered = table.sort_values(order, ascending=[False, *[True] * 4], na_position="last")
    return ordered[[*COLUMNS]].reset_index(drop=True)


def follow_up_accounts(calls: pd.DataFrame | Unknown) -> pd.DataFrame | Unknown:
    """Return a follow-up list with one row for each account, in its order.

    Parameters
    ----------
    calls
        `follow_up_list`.

    Returns
    -------
    DataFrame or Unknown
        The first row of each account, with its worst answer, and: `name` (the id where there is none),
        `aspects` (each once), `answers` (how many), `due_at` (the first of them); without columns that nobody
        filled.
    """
    if isinstance(calls, Unknown):
        return calls
    of_account = calls.groupby("account_id", sort=False)
    table = calls.drop_duplicates("account_id").set_index("account_id", drop=False)
    table["name"] = table["name"].fillna(table["account_id"])
    table["aspects"] = of_account["aspect"].agg(lambda said: ", ".join(dict.fromkeys(said)))
    table = table.assign(answers=of_account.size(), due_at=of_account["due_at"].min())
    return table.reset_index(drop=True).dropna(axis=1, how="all")


def follow_up_file(calls: pd.DataFrame | Unknown) -> pd.DataFrame:
    """Return a follow-up list as a file of it: where there is none, a file without rows.

    Parameters
    ----------
    calls
        `follow_up_list`.

    Examples
    --------
    >>> len(follow_up_file(Unknown("Wave W1 was anonymous.")))
    0
    """
    return pd.DataFrame(columns=list(COLUMNS)) if isinstance(calls, Unknown) else calls
