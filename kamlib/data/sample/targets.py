"""The sales targets: what was aimed at, set at the start of each year from the year before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlib.data.sample.recipe import LAST_DAY, Recipe

_MONTHS = np.arange(1, 13)


def targets_table(recipe: Recipe, truth: pd.DataFrame, order_lines: pd.DataFrame) -> pd.DataFrame:
    """Draw a target for each key account and month, from the second year on.

    An account has a target in a year if it bought anything in the year before.

    Returns
    -------
    DataFrame
        One row per account and month in the columns of the contract (`region` is empty: no
        target is a region's), sorted by `account_id`, `period`. `amount` in whole hundred USD.
    """
    rng = recipe.generator("targets")
    keys = order_lines[order_lines.account_id.isin(truth.index[truth.is_key])]
    sold = keys.groupby(["account_id", keys.ordered_at.dt.year]).net_amount.sum()
    years = [
        _year_targets(rng, sold.xs(year - 1, level=1), year)
        for year in range(recipe.first_day.year + 1, LAST_DAY.year + 1)
    ]
    table = pd.concat(years, ignore_index=True)
    table.insert(1, "region", pd.Series(None, index=table.index, dtype="str"))
    return table.sort_values(["account_id", "period"], ignore_index=True)


def _year_targets(rng: np.random.Generator, sold: pd.Series, year: int) -> pd.DataFrame:
    sold = sold[sold > 0]
    aim = sold.to_numpy() * rng.uniform(0.98, 1.14, len(sold))
    # A little more in autumn; the plan knows no account's own season.
    season = 1 + 0.08 * np.cos(2 * np.pi * (_MONTHS - 10) / 12)
    amount = np.round(np.outer(aim, season) / 12, -2)
    return pd.DataFrame({
        "account_id": np.repeat(sold.index.to_numpy(), 12),
        "period": np.tile(pd.to_datetime([f"{year}-{month:02d}-01" for month in _MONTHS]), len(sold)),
        "amount": amount.ravel(),
    })  # fmt: skip
