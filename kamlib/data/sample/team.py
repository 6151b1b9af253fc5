"""Who looks after whom: the managers and the teams of the key accounts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlib.data.sample.market import FIRST_NAMES, LAST_NAMES
from kamlib.data.sample.recipe import Recipe

_ACCOUNTS_PER_MANAGER = 9
_UNCOVERED_SHARE = 0.04
_TEAM_COLUMNS = ("account_id", "manager_id", "role", "time_share", "on_site")
_SUPPORT_ROLES = ("service", "technical", "logistics", "finance", "sales")


def managers_table(recipe: Recipe, truth: pd.DataFrame) -> pd.DataFrame:
    """Draw the managers: one CEO, one vice president, national sales managers, KAMs, specialists.

    Returns
    -------
    DataFrame
        One row per manager in the columns of the contract, sorted by `manager_id`: the chain of
        reports ends at the first row.
    """
    rng = recipe.generator("managers")
    kams = max(2, round(truth.is_key.sum() / _ACCOUNTS_PER_MANAGER) - 2)
    heads, specialists = max(1, round(kams / 9)), max(2, kams // 4)
    levels = ["ceo", "vp"] + ["nsm"] * heads + ["kam"] * kams + ["specialist"] * specialists
    ids = [f"M{i + 1:03d}" for i in range(len(levels))]
    above: dict[str, list[str | None]] = {
        "ceo": [None], "vp": [*ids[:1]], "nsm": [*ids[1:2]],
        "kam": [*ids[2 : 2 + heads]], "specialist": [*ids[1:2]],
    }  # fmt: skip
    hours = {"ceo": (6, 10), "vp": (20, 40), "nsm": (50, 80), "kam": (110, 150), "specialist": (60, 140)}
    return pd.DataFrame({
        "manager_id": ids,
        "name": _person_names(rng, len(ids)),
        "level": levels,
        "reports_to": [above[level][i % len(above[level])] for i, level in enumerate(levels)],
        "hours_per_month": [int(rng.integers(*hours[level])) for level in levels],
    })  # fmt: skip


def account_team_table(recipe: Recipe, truth: pd.DataFrame, managers: pd.DataFrame) -> pd.DataFrame:
    """Draw today's teams: a KAM for nearly each key account, a sponsor and support for the largest.

    Returns
    -------
    DataFrame
        One row per account, manager and role in the columns of the contract, sorted by them.
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
    table = pd.concat(parts, ignore_index=True)[list(_TEAM_COLUMNS)]
    return table.sort_values(["account_id", "manager_id", "role"], ignore_index=True)


def _person_names(rng: np.random.Generator, count: int) -> list[str]:
    pairs = rng.choice(len(FIRST_NAMES) * len(LAST_NAMES), count, replace=count > 600)
    return [f"{FIRST_NAMES[i % len(FIRST_NAMES)]} {LAST_NAMES[i // len(FIRST_NAMES)]}" for i in pairs]


def _kams(rng: np.random.Generator, accounts: pd.Index, kams: list[str]) -> pd.DataFrame:
    # Loads differ, as in life: some have five accounts, some fifteen.
    pull = rng.uniform(0.5, 1.6, len(kams))
    team = pd.DataFrame({
        "account_id": accounts,
        "manager_id": rng.choice(kams, len(accounts), p=pull / pull.sum()),
        "role": "kam",
        "on_site": rng.random(len(accounts)) < 0.04,
    })  # fmt: skip
    effort = pd.Series(rng.uniform(0.5, 1.5, len(accounts)))
    busy = rng.uniform(0.8, 1.0, len(accounts))
    team["time_share"] = (effort / effort.groupby(team.manager_id).transform("sum") * busy).round(3)
    return team[rng.random(len(team)) >= _UNCOVERED_SHARE]


def _sponsors(rng: np.random.Generator, accounts: pd.Index, managers: pd.DataFrame) -> pd.DataFrame:
    seniors = managers.manager_id[managers.level.isin(("ceo", "vp", "nsm"))].to_numpy()
    team = pd.DataFrame({
        "account_id": accounts,
        "manager_id": rng.choice(seniors, len(accounts)),
        "role": "executive_sponsor",
        "time_share": 0.01,
        "on_site": False,
    })  # fmt: skip
    return team[rng.random(len(team)) < 0.85]


def _support(rng: np.random.Generator, accounts: pd.Index, specialists: list[str]) -> pd.DataFrame:
    team = pd.DataFrame({
        "account_id": np.repeat(accounts, 2),
        "manager_id": rng.choice(specialists, 2 * len(accounts)),
        "role": rng.choice(_SUPPORT_ROLES, 2 * len(accounts)),
        "time_share": np.round(rng.uniform(0.01, 0.08, 2 * len(accounts)), 3),
        "on_site": rng.random(2 * len(accounts)) < 0.08,
    })  # fmt: skip
    return team.drop_duplicates(["account_id", "manager_id", "role"])
