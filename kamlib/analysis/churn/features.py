"""What a churn model may know of an account: measures of its orders up to the cut-off, nothing undated."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlib.analysis.snapshot import WINDOWS, YEAR


def churn_measures(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return what is measured of each account, in days, counts, money and shares.

    Parameters
    ----------
    accounts
        The account table as of the cut-off. Only its dated columns are used.

    Returns
    -------
    DataFrame
        One row per account, indexed by `account_id`: `days_since_last_order`, `tenure_days`,
        `order_days` and `revenue` (in all and by `_90`, `_180`, `_365`), `order_value` (revenue per
        order day), `mean_gap_days` (from the first to the last order day, from two days on),
        `median_gap_days` (of the year), `overdue_ratio` (days since the last order over the mean gap) and,
        where the source has products and list prices, `product_count` and `discount` (of the year).
    """
    said = accounts.set_index("account_id")
    measures = pd.DataFrame(index=said.index)
    measures["days_since_last_order"] = said["days_since_last_order"]
    measures["tenure_days"] = said["tenure_days"]
    for suffix in ("", *(f"_{days}" for days in WINDOWS)):
        measures[f"order_days{suffix}"] = said[f"order_day_count{suffix}"]
        measures[f"revenue{suffix}"] = said[f"net_revenue{suffix}"]
    measures["order_value"] = _ratio(said["net_revenue"], said["order_day_count"])
    span = said["tenure_days"] - said["days_since_last_order"]
    measures["mean_gap_days"] = _ratio(span, said["order_day_count"] - 1)
    measures["median_gap_days"] = said["median_gap_days"]
    measures["overdue_ratio"] = _ratio(said["days_since_last_order"], measures["mean_gap_days"])
    if f"product_count_{YEAR}" in said:
        measures["product_count"] = said[f"product_count_{YEAR}"]
    if f"list_revenue_{YEAR}" in said:
        listed, full = said[f"listed_revenue_{YEAR}"], said[f"list_revenue_{YEAR}"]
        measures["discount"] = 1 - _ratio(listed, full)
    return measures


def churn_features(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return `churn_measures` as log1p, for a model; below zero counts as zero, unknown stays empty.

    Examples
    --------
    >>> from kamlib.analysis.snapshot import account_table
    >>> import datetime as dt
    >>> lines = pd.DataFrame({"account_id": ["a"], "ordered_at": pd.to_datetime(["2024-01-01"]),
    ...                       "net_amount": [10.0]})
    >>> churn_features(account_table(lines, dt.date(2024, 1, 1)))[["days_since_last_order", "order_days"]]
                days_since_last_order  order_days
    account_id
    a                             0.0    0.693147
    """
    return np.log1p(churn_measures(accounts).clip(lower=0))


def _ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Divide; where there is nothing to divide by, the ratio is unknown."""
    return part / whole.where(whole > 0)
