"""The accounts and products, as the company's own books have them: with gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlib.data.sample.market import INDUSTRIES, LEGAL_FORMS, NAME_HEADS, NAME_TAILS, PRODUCTS, REGIONS
from kamlib.data.sample.orders import product_id
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
        One row per account in the columns of the contract, sorted by `account_id`;
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
        "city": [rng.choice(REGIONS[region]) for region in truth.region],
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


def products_table() -> pd.DataFrame:
    """Return the products, in the columns of the contract; nothing in it is drawn."""
    return pd.DataFrame({
        "product_id": [product_id(i) for i in range(len(PRODUCTS))],
        "name": [p.name for p in PRODUCTS],
        "family": [p.family for p in PRODUCTS],
        "launched_at": pd.to_datetime([p.launched for p in PRODUCTS]),
        "tags": [p.tags or None for p in PRODUCTS],
    })  # fmt: skip


def _status(rng: np.random.Generator, recipe: Recipe, truth: pd.DataFrame) -> np.ndarray:
    gone = (truth.role == "leaver") & (truth.turn < recipe.day_count - _LOST_AFTER_DAYS)
    is_lost = gone & (rng.random(len(truth)) < 0.92)
    return np.select([truth.role == "prospect", is_lost], ["prospect", "lost"], "active")


def _names(rng: np.random.Generator, truth: pd.DataFrame) -> list[str]:
    """Return a name for each account, no two alike; firms of one group share the first word."""
    words = {industry.name: industry.words for industry in INDUSTRIES}
    roots = rng.permutation([head + tail for head in NAME_HEADS for tail in NAME_TAILS])
    place = {account: i % len(roots) for i, account in enumerate(truth.index)}
    names, seen = [], {}  # type: tuple[list[str], dict[str, int]]
    for account, row in zip(truth.index, truth.itertuples(), strict=True):
        owner = account if pd.isna(row.parent_id) else row.parent_id
        partner = roots[(place[account] + 1 + len(roots) // 2) % len(roots)]
        word = rng.choice(words[row.industry])
        name = _name(rng, roots[place[owner]], partner, word, rng.choice(LEGAL_FORMS[row.region]))
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return names


def _name(rng: np.random.Generator, root: str, partner: str, word: str, legal_form: str) -> str:
    patterns = (
        (0.46, f"{root} {word} {legal_form}"),
        (0.20, f"{root} {word}"),
        (0.12, f"{root} & {partner} {word}"),
        (0.10, f"{root}'s {word}"),
        (0.12, f"{word} {root} {legal_form}"),
    )
    return patterns[int(rng.choice(len(patterns), p=[share for share, _ in patterns]))][1]
