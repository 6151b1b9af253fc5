"""Whom to ask at an account, and how."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlib.analysis.survey.sampling.draw import random_number
from kamlib.estimate import Unknown

THROUGH_MANAGER = "account manager"
"""How somebody is asked of whom neither e-mail nor phone is known."""

_NEEDS = {"questionnaire": "email", "call": "phone"}


def asked_contacts(
    sample: pd.DataFrame, contacts: pd.DataFrame | Unknown, *, most: int, seed: int, call_first: bool = False
) -> pd.DataFrame:
    """Return the people to ask at each account, drawn as the accounts are; no personal data.

    Parameters
    ----------
    sample
        Rows of `drawn_sample`.
    contacts
        The contacts table: `contact_id`, `account_id`; `email` and `phone` say only whether there is one.
    most
        How many people of an account are asked.
    seed
        As for the accounts.
    call_first
        Call whoever has a phone; else whoever has an e-mail gets the questionnaire. The other way where only
        that is open.

    Returns
    -------
    DataFrame
        The sample's rows in order, one for each person, with `contact_id` (empty where nobody is known)
        and `mode`.
    """
    if isinstance(contacts, Unknown):
        return sample.assign(contact_id=pd.Series(dtype="str"), mode=THROUGH_MANAGER)
    people = contacts.reindex(columns=["account_id", "contact_id", *_NEEDS.values()])
    ways = sorted(_NEEDS, reverse=not call_first)
    people["mode"] = np.select([people[_NEEDS[way]].notna() for way in ways], ways, THROUGH_MANAGER)
    people["order"] = [random_number(seed, name) for name in people["contact_id"]]
    chosen = people.sort_values(["order", "contact_id"]).groupby("account_id").head(most)
    table = sample.merge(chosen[["account_id", "contact_id", "mode"]], on="account_id", how="left")
    return table.fillna({"mode": THROUGH_MANAGER})
