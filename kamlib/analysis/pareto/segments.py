"""Who buys how: each account in exactly one segment by last order, frequency, amount and variety."""

from __future__ import annotations

import tomllib
from importlib import resources

import numpy as np
import pandas as pd

_FILE = resources.files("kamlib.analysis.pareto").joinpath("segments.toml")
SEGMENTS: dict[str, str] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
"""What each segment is called, and its rule; the first that fits."""
_BY = {
    "recency": "days_since_last_order",
    "frequency": "order_day_count_365",
    "amount": "net_revenue_365",
    "variety": "product_count_365",
}


def fifths(values: pd.Series) -> pd.Series:
    """Return in which fifth of all each value lies, 1 (lowest) to 5; equal values lie in the same.

    Among an even spread the fifths are of equal size; equals all go where their middle lies, so one value
    alone, or values that are all the same, lie in the third.

    Examples
    --------
    >>> fifths(pd.Series([10, 20, 30, 40, 50])).to_list(), fifths(pd.Series([7, 7, 7])).to_list()
    ([1, 2, 3, 4, 5], [3, 3, 3])
    """
    middle = (values.rank() - 0.5) / max(values.count(), 1)
    return np.floor(5 * middle + 1e-9).clip(upper=4).add(1).astype("Int64")


def account_segments(account_table: pd.DataFrame) -> pd.DataFrame:
    """Return the segment of each account.

    Fifths are taken among the accounts with an order in the 365 days to the day of the table.

    Parameters
    ----------
    account_table
        As of a day; without last year's columns nobody is new, without `product_count_365` nobody narrow.

    Returns
    -------
    DataFrame
        One row per account, in order: `account_id`, `recency`, `frequency`, `amount`, `variety` (fifths, 5
        is best; missing for accounts that are gone), `segment`: one of `SEGMENTS`.
    """
    active = account_table["order_day_count_365"] > 0
    scores = pd.DataFrame({"account_id": account_table["account_id"]})
    for name, column in _BY.items():
        known = account_table[column] if column in account_table else pd.Series(np.nan, scores.index)
        scores[name] = fifths((-known if name == "recency" else known).where(active))
    # Without the year before, everybody's first order would be a new one.
    is_new = (account_table["tenure_days"] < 365) & ("order_day_count_prev_365" in account_table)
    large, often = (scores[name].ge(4).fillna(value=False) for name in ("amount", "frequency"))
    quiet, narrow = (scores[name].le(2).fillna(value=False) for name in ("recency", "variety"))
    rules = [~active, is_new, large & quiet, large & narrow, large, often, quiet]
    names = list(SEGMENTS)
    return scores.assign(segment=np.select([rule.astype(bool) for rule in rules], names[:-1], names[-1]))


def segment_table(segments: pd.DataFrame, account_table: pd.DataFrame) -> pd.DataFrame:
    """Return one row per segment: its rule, its accounts and what they buy.

    Parameters
    ----------
    segments
        `account_segments`.
    account_table
        Of the same accounts.

    Returns
    -------
    DataFrame
        `segment`, `rule`, `account_count`, and the sums of `net_revenue_365`, `net_revenue_prev_365` and
        `gross_profit_365` that the account table has; in the order of `SEGMENTS`, none left out.
    """
    columns = ["net_revenue_365", "net_revenue_prev_365", "gross_profit_365"]
    known = [name for name in columns if name in account_table]
    merged = segments.merge(account_table[["account_id", *known]], on="account_id", validate="one_to_one")
    grouped = merged.groupby("segment")
    table = grouped[known].sum().assign(account_count=grouped.size()).reindex(list(SEGMENTS), fill_value=0)
    table.insert(0, "rule", pd.Series(SEGMENTS))
    return table.rename_axis("segment").reset_index()
