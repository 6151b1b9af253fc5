"""Who looks after whom: the managers and the teams of the key accounts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator

from kamlib.data.sample.market import MARKET, PEOPLE
from kamlib.data.sample.recipe import Recipe

_ACCOUNTS_PER_MANAGER = 9
_UNCOVERED_SHARE = 0.04
_SUPPORT_ROLES = ("service", "technical", "logistics", "finance", "sales")


def managers_table(recipe: Recipe, truth: pd.DataFrame) -> pd.DataFrame:
    """Draw the managers: one CEO, one vice president, national sales managers, KAMs, specialists.

    Returns
    -------
    DataFrame
        One row per manager with the columns of the contract, sorted by `manager_id`: the chain of
        reports ends at the first row.
    """
    rng = recipe.generator("managers")
    kams = max(2, round(truth.is_key.sum() / _ACCOUNTS_PER_MANAGER) - 2)
    heads, specialists = max(1, round(kams / 9)), max(2, kams // 4)
    levels = ["ceo", "vp"] + ["nsm"] * heads + ["kam"] * kams + ["specialist"] * specialists
    ids = [f"M{i + 1:03d}" for i in range(len(levels))]
    rungs = MARKET["rungs"]
    on = {level: [i for i, own in zip(ids, levels, strict=True) if own == level] for level in rungs}
    above = [on.get(rungs[level]["above"], [None]) for level in levels]
    return pd.DataFrame({
        "manager_id": ids,
        "name": rng.choice(PEOPLE, len(ids), replace=len(ids) > 600),
        "level": levels,
        "reports_to": [those[i % len(those)] for i, those in enumerate(above)],
        "hours_per_month": [int(rng.integers(*rungs[level]["hours"])) for level in levels],
    })  # fmt: skip


def account_team_table(recipe: Recipe, truth: pd.DataFrame, managers: pd.DataFrame) -> pd.DataFrame:
    """Draw today's teams: a KAM for nearly each key account, a sponsor and support for the largest.

    Returns
    -------
    DataFrame
        One row per account, manager and role with the columns of the contract, sorted by them.
        Accounts that left half a year ago or longer have no team.
    """
    rng = recipe.generator("account_team")
    gone = (truth.role == "leaver") & (truth.turn < recipe.day_count - 180)
    served = truth[truth.is_key & ~gone].sort_values("size", ascending=False)
    by_level = managers.groupby("level").manager_id.apply(list).to_dict()
    parts = [
        _kams(rng, served.index, by_level["kam"]),
        _sponsors(rng, served.index[: max(1, round(0.2 * len(served)))], managers),
        _support(rng, served.index[: max(1, round(0.3 * len(served)))], by_level["specialist"]),
    ]
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values(["account_id", "manager_id", "role"], ignore_index=True)


def _kams(rng: Generator, accounts: pd.Index, kams: list[str]) -> pd.DataFrame:
    # Loads differ, as in life: some have five accounts, some fifteen.
    pull = rng.uniform(0.5, 1.6, len(kams))
    who = rng.choice(kams, len(accounts), p=pull / pull.sum())
    team = _team(accounts, who, "kam", rng.random(len(accounts)) < 0.04)
    effort = pd.Series(rng.uniform(0.5, 1.5, len(accounts)))
    busy = rng.uniform(0.8, 1.0, len(accounts))
    team["time_share"] = (effort / effort.groupby(team.manager_id).transform("sum") * busy).round(3)
    return team[rng.random(len(team)) >= _UNCOVERED_SHARE]


def _sponsors(rng: Generator, accounts: pd.Index, managers: pd.DataFrame) -> pd.DataFrame:
    seniors = managers.manager_id[managers.level.isin(("ceo", "vp", "nsm"))].to_numpy()
    who = rng.choice(seniors, len(accounts))
    team = _team(accounts, who, "executive_sponsor", False).assign(time_share=0.01)
    return team[rng.random(len(team)) < 0.85]


def _support(rng: Generator, accounts: pd.Index, specialists: list[str]) -> pd.DataFrame:
    accounts = accounts.repeat(2)
    who, role = rng.choice(specialists, len(accounts)), rng.choice(_SUPPORT_ROLES, len(accounts))
    share = np.round(rng.uniform(0.01, 0.08, len(accounts)), 3)
    team = _team(accounts, who, role, rng.random(len(accounts)) < 0.08).assign(time_share=share)
    return team.drop_duplicates(["account_id", "manager_id", "role"])


def _team(accounts: pd.Index, manager_id: Any, role: Any, on_site: Any) -> pd.DataFrame:
    return pd.DataFrame({"account_id": accounts, "manager_id": manager_id, "role": role, "on_site": on_site})
