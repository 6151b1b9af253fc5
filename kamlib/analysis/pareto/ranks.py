"""Accounts ranked by several amounts, side by side."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kamlib.estimate import Unknown


def rank_table(amounts: Mapping[str, pd.Series | Unknown]) -> pd.DataFrame:
    """Rank accounts by each of several amounts, and say how far each moves from its place by the first.

    Parameters
    ----------
    amounts
        Amounts by account, or an `Unknown` (then the measure has no columns), by the measure's name; the
        first, which must be known, is what the others are compared with.

    Returns
    -------
    DataFrame
        One row per account of the first measure, its largest first: `account_id`, and of each measure its
        amount under the measure's name, `<measure>_rank` (1 is the largest; equals by account) and, but for
        the first, `<measure>_shift`: so many places higher (below zero: lower) than by the first.

    Examples
    --------
    >>> sales, profit = pd.Series({"a": 90.0, "b": 60.0}), pd.Series({"a": 3.0, "b": 20.0})
    >>> rank_table({"sales": sales, "profit": profit})[["account_id", "profit_rank", "profit_shift"]]
      account_id  profit_rank  profit_shift
    0          a            2            -1
    1          b            1             1
    """
    known = {name: amount for name, amount in amounts.items() if not isinstance(amount, Unknown)}
    first, table = next(iter(known)), pd.DataFrame(known).rename_axis("account_id").sort_index()
    table = table[table[first].notna()]
    for name in known:
        table[f"{name}_rank"] = table[name].rank(ascending=False, method="first").astype("Int64")
        if name != first:
            table[f"{name}_shift"] = table[f"{first}_rank"] - table[f"{name}_rank"]
    return table.sort_values(f"{first}_rank").reset_index()
