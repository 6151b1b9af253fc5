"""Which accounts a report is about: those of an industry, a region, a manager."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from kamlib.data.opened import Opened
from kamlib.data.reading import listed
from kamlib.errors import ParameterError, did_you_mean


def chosen_accounts(
    opened: Opened, *, industry: Sequence[str], region: Sequence[str], manager: Sequence[str]
) -> list[str] | None:
    """Return the accounts that all filters let through, or None where there is no filter.

    Raises
    ------
    ParameterError
        The source has nothing to choose by, or no account has a value; the nearest is named.
    """
    chosen: set[str] | None = None
    for name, values in (("industry", industry), ("region", region), ("manager", manager)):
        if values:
            offered = _manager_values(opened) if name == "manager" else _column_values(opened, name)
            found = _matching(name, values, offered)
            chosen = found if chosen is None else chosen & found
    return None if chosen is None else sorted(chosen)


def _matching(name: str, values: Sequence[str], offered: pd.DataFrame) -> set[str]:
    known = sorted(offered["value"].dropna().unique())
    for value in values:
        if value not in known:
            near = did_you_mean(value, known) or f"; there are {listed(known)}"
            raise ParameterError(f"{name}: no account has '{value}'{near}")
    return set(offered.loc[offered["value"].isin(list(values)), "account_id"])


def _column_values(opened: Opened, column: str) -> pd.DataFrame:
    accounts = opened.frame("accounts") if "accounts" in opened else pd.DataFrame()
    if column not in accounts:
        raise ParameterError(f"{column}: the source has no accounts.{column} to choose by")
    return accounts[["account_id"]].assign(value=accounts[column])


def _manager_values(opened: Opened) -> pd.DataFrame:
    """Return each account's key account manager, once by id and once by name."""
    if "account_team" not in opened:
        raise ParameterError("manager: the source has no table account_team to choose by")
    team = opened.frame("account_team").query("role == 'kam'")
    by_id = team[["account_id"]].assign(value=team["manager_id"])
    managers = opened.frame("managers") if "managers" in opened else pd.DataFrame()
    if "name" not in managers:
        return by_id
    names = managers.set_index("manager_id")["name"]
    return pd.concat([by_id, by_id.assign(value=team["manager_id"].map(names))], ignore_index=True)
