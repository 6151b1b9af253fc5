"""Who looks after which account."""

from __future__ import annotations

import pandas as pd

from kamlib.estimate import Unknown


def with_owner(
    accounts: pd.DataFrame, team: pd.DataFrame | Unknown, managers: pd.DataFrame | Unknown
) -> pd.DataFrame:
    """Return a table of accounts with the name of each one's account manager.

    Parameters
    ----------
    accounts
        With `account_id`.
    team, managers
        `account_team` and `managers`, or an `Unknown` where the source does not have them.

    Returns
    -------
    DataFrame
        The same rows in order, with `owner`: the managers in the role kam, by name (by id where no name
        is given), several set apart by commas; empty where nobody is. Without `account_team` the table
        comes back as it is.
    """
    if isinstance(team, Unknown):
        return accounts
    kam = team[team["role"] == "kam"].sort_values(["account_id", "manager_id"])
    owner = kam["manager_id"]
    if not isinstance(managers, Unknown) and "name" in managers:
        owner = owner.map(managers.set_index("manager_id")["name"]).fillna(owner)
    by_account = owner.groupby(kam["account_id"]).agg(", ".join)
    return accounts.assign(owner=accounts["account_id"].map(by_account))
