"""The accounts and products, as the company's own books have them: with gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import Generator

from kamlib.data.sample.market import INDUSTRIES, MARKET, REGIONS
from kamlib.data.sample.recipe import Recipe

_EMPTY = {"city": 0.04, "industry": 0.03, "region": 0.02, "since": 0.02, "credit_limit": 0.08}
_LOST_AFTER_DAYS = 270
"""An account gone for so long is marked as lost, most of the time."""


def accounts_table(recipe: Recipe, truth: pd.DataFrame) -> pd.DataFrame:
    """Draw names, places and the undated labels of all accounts.

    Parameters
    ----------
    recipe
        Size and seed.
    truth
        As `truth.truth_table` returns it.

    Returns
    -------
    DataFrame
        One row per account with the columns of the contract, sorted by `account_id`;
        `credit_limit` in USD.
    """
    rng = recipe.generator("accounts")
    count = len(truth)
    limit = np.round(truth["size"] / 6 * rng.uniform(0.7, 1.6, count), -3)
    since = pd.Series(recipe.dates(truth.start.to_numpy()), index=truth.index)
    table = pd.DataFrame({
        "account_id": truth.index,
        "parent_id": truth.parent_id,
        "name": _names(rng, truth),
        "city": [rng.choice(REGIONS.cities[region]) for region in truth.region],
        "industry": truth.industry,
        "region": truth.region,
        "since": since.mask(truth.role == "prospect"),
        "status": _status(rng, recipe, truth),
        "is_key": truth.is_key,
        "credit_limit": limit.where(limit > 0).mask(truth.role == "prospect"),
    })  # fmt: skip
    for column, share in _EMPTY.items():
        table[column] = table[column].mask(rng.random(count) < share)
    return table.reset_index(drop=True)


def _status(rng: Generator, recipe: Recipe, truth: pd.DataFrame) -> np.ndarray:
    gone = (truth.role == "leaver") & (truth.turn < recipe.day_count - _LOST_AFTER_DAYS)
    is_lost = gone & (rng.random(len(truth)) < 0.92)
    return np.select([truth.role == "prospect", is_lost], ["prospect", "lost"], "active")


def _names(rng: Generator, truth: pd.DataFrame) -> pd.Series:
    """Return a name for each account, no two alike; firms of one group share the first word."""
    roots = rng.permutation([head + tail for head in MARKET["name_heads"] for tail in MARKET["name_tails"]])
    place = {account: i % len(roots) for i, account in enumerate(truth.index)}
    patterns, shares = list(MARKET["name_patterns"]), list(MARKET["name_patterns"].values())
    names = pd.Series(index=truth.index, dtype="object")
    for account, row in zip(truth.index, truth.itertuples(), strict=True):
        words = {
            "root": roots[place[account if pd.isna(row.parent_id) else row.parent_id]],
            "partner": roots[(place[account] + 1 + len(roots) // 2) % len(roots)],
            "word": rng.choice(INDUSTRIES.words[row.industry]),
            "form": rng.choice(REGIONS.legal_forms[row.region]),
        }
        names[account] = str(rng.choice(patterns, p=shares)).format(**words)
    before = names.groupby(names).cumcount()
    return names.mask(before > 0, names + " " + (before + 1).astype(str))
