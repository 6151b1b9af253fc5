"""The sales targets: what was aimed at, set at the start of each year from the year before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlib.data.sample.recipe import LAST_DAY, Recipe


def targets_table(recipe: Recipe, truth: pd.DataFrame, order_lines: pd.DataFrame) -> pd.DataFrame:
    """Draw a target for each key account and month, from the second year on.

    An account has a target in a year if it bought anything in the year before.

    Returns
    -------
    DataFrame
        One row per account and month with the columns of the contract (`region` is empty: no
        target is a region's), sorted by `account_id`, `period`. `amount` in whole hundred USD.
    """
    rng = recipe.generator("targets")
    keys = order_lines[order_lines.account_id.isin(truth.index[truth.is_key])]
    year = keys.ordered_at.dt.year.rename("year")
    sold = keys.groupby([year, "account_id"]).net_amount.sum().reset_index()
    sold = sold[(sold.net_amount > 0) & (sold.year < LAST_DAY.year)]
    aims = sold.assign(aim=sold.net_amount * rng.uniform(0.98, 1.14, len(sold)))
    table = aims.merge(pd.DataFrame({"month": range(1, 13)}), how="cross")
    # A little more in autumn; the plan knows no account's own season.
    season = 1 + 0.08 * np.cos(2 * np.pi * (table.month - 10) / 12)
    table = table.assign(
        region=pd.Series(None, index=table.index, dtype="str"),
        period=pd.to_datetime({"year": table.year + 1, "month": table.month, "day": 1}),
        amount=np.round(table.aim * season / 12, -2),
    )
    return table.sort_values(["account_id", "period"], ignore_index=True)
