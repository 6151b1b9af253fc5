"""What about half of the accounts spend with all suppliers together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlib.data.sample.recipe import LAST_DAY, Recipe

_HELD, _HELD_OF_RISERS = (0.4, 0.95), (0.15, 0.4)
"""The part of it that the company has, from and up to: risers could still buy much more."""
_ASKED_SHARE, _KNOWN_SHARE, _ERROR = 0.45, 0.4, 0.12


def wallet_table(recipe: Recipe, truth: pd.DataFrame, order_lines: pd.DataFrame) -> pd.DataFrame:
    """Draw the yearly spend of all risers and about half of the others, in the last two years.

    Returns
    -------
    DataFrame
        One row per account and year with the columns of the contract (`family` is empty: all products
        together), sorted by them. `spend` in whole thousand USD, never less than what was sold.
    """
    rng = recipe.generator("wallet")
    is_riser = truth.role == "riser"
    held = np.where(is_riser, rng.uniform(*_HELD_OF_RISERS, len(truth)), rng.uniform(*_HELD, len(truth)))
    is_asked = is_riser | (rng.random(len(truth)) < _ASKED_SHARE)
    is_known = rng.random(len(truth)) < _KNOWN_SHARE
    year = order_lines.ordered_at.dt.year.rename("year")
    sold = order_lines.groupby(["account_id", year]).net_amount.sum().reset_index()
    sold = sold[
        is_asked[sold.account_id].to_numpy() & (sold.net_amount > 0) & (sold.year >= LAST_DAY.year - 1)
    ]
    place = truth.index.get_indexer(sold.account_id)
    spend = sold.net_amount / held[place]
    estimate = np.maximum(spend * np.exp(_ERROR * rng.standard_normal(len(sold))), sold.net_amount)
    return sold.assign(
        family=pd.Series(None, index=sold.index, dtype="str"),
        spend=np.ceil(np.where(is_known[place], spend, estimate) / 1000) * 1000,
        basis=np.where(is_known[place], "known", "estimated"),
    ).reset_index(drop=True)
