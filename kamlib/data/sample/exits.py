"""Why customers left: what they said when they were asked, and what their managers wrote."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlib.data.sample.market import package_table, package_toml
from kamlib.data.sample.recipe import Recipe
from kamlib.data.sample.truth import on_workday

EXITS = package_toml("exits.toml")
_REASONS = package_table(EXITS["reasons"])
_WRITTEN, _TOLD_WHERE_TO = 0.92, 0.8
_NOTICED_AFTER, _ASKED_AFTER = (30, 150), (7, 70)
"""Days: two usual gaps after the last order, within these bounds; and from then to the interview."""


def exits_table(recipe: Recipe, truth: pd.DataFrame) -> pd.DataFrame:
    """Draw the records of lost accounts: of two leavers in three, and of some that were given up too soon.

    Returns
    -------
    DataFrame
        One row per account with the columns of the contract, sorted by `account_id`.
    """
    rng, count = recipe.generator("exits"), len(truth)
    has_left = truth.role == "leaver"
    lost = truth.turn + np.where(
        has_left, (2 * truth.gap).clip(*_NOTICED_AFTER), (truth.back - truth.turn) / 2
    )
    lost = on_workday(np.floor(lost), recipe)
    is_recorded = rng.random(count) < np.select(
        [has_left, truth.has_pause], [EXITS["recorded"], EXITS["given_up"]], 0.0
    )
    customer = rng.choice(len(_REASONS), count, p=_REASONS.share)
    draw, edges = rng.random(count), np.cumsum(list(EXITS["shift"].values()))
    names = _REASONS["name"].to_numpy()
    manager = np.select([draw < edge for edge in edges], list(EXITS["shift"]), names[customer])
    asked = on_workday(np.floor(lost + rng.uniform(*_ASKED_AFTER, count)), recipe)
    is_asked = (rng.random(count) < EXITS["asked"]) & (asked < recipe.day_count)
    told = _REASONS.loc[customer].set_index(truth.index)
    is_preventable = pd.Series(rng.random(count) < told.preventable, dtype="boolean")
    went_to = rng.choice(EXITS["names"]["competitors"], count)
    tells = is_asked & (told.level != "none") & (rng.random(count) < _TOLD_WHERE_TO)
    writes = rng.random(count) < _WRITTEN
    by = rng.choice(EXITS["names"]["interviewers"], count)
    table = pd.DataFrame({
        "account_id": truth.index,
        "lost_at": recipe.dates(lost.to_numpy()),
        "reason_customer": told["name"].where(is_asked),
        "reason_manager": pd.Series(manager, truth.index).where(writes),
        "level": told.level.where(is_asked),
        "competitor": pd.Series(went_to, truth.index).where(tells),
        "preventable": is_preventable.where(is_asked),
        "interviewed_at": recipe.dates(asked.where(is_asked).to_numpy()),
        "interviewer": pd.Series(by, truth.index).where(is_asked),
        "won_back_at": recipe.dates(truth.back.to_numpy()),
    })  # fmt: skip
    return table[(is_recorded & (lost < recipe.day_count)).to_numpy()].reset_index(drop=True)
