"""Sales against target: whole months only, and of each account those in which it has one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from kamlib.analysis.periods import Period, account_periods
from kamlib.estimate import Unknown

_KEYS = ["account_id", "region", "period"]
_TEXT = {"account_id": "str", "region": "str"}  # a column without a value, too


def target_table(
    order_lines: Any,
    targets: pd.DataFrame | Unknown,
    accounts: pd.DataFrame,
    as_of: dt.date,
    *,
    first: dt.date = dt.date.min,
    months: int = 12,
) -> pd.DataFrame | Unknown:
    """Return what accounts and regions sold against their targets in the latest whole months.

    Parameters
    ----------
    order_lines
        Any table that Narwhals knows, with the canonical columns of `order_lines`.
    targets
        The targets table, or an `Unknown` where the source does not have it.
    accounts
        The accounts table: which region an account belongs to; its `owner` comes along if it is there.
    as_of
        The last day that counts; a month that is not over by then is left out.
    first
        The first order day of the source; a month that began before it is left out, too.
    months
        How many months, at the most.

    Returns
    -------
    DataFrame or Unknown
        One row per account or region with a target above zero, the furthest behind first: `kind` (account,
        region), `account_id` or `region` (the other is missing), `name` of either, `starts`, `ends` (of the
        months looked at), `month_count` (those with a target), `target`, `net_revenue` (of those months),
        `gap` (sales less target), `target_met` (sales / target). Unknown where no target falls into these.
    """
    if isinstance(targets, Unknown):
        return targets
    last = (pd.Timestamp(as_of) + pd.Timedelta(days=1)).to_period("M") - 1
    span = pd.period_range(end=last, periods=months, freq="M")
    span = span[[month.start_time.date() >= first for month in span]]
    aims = targets[targets["period"].dt.to_period("M").isin(span)]
    aims = aims.assign(period=aims["period"].dt.strftime("%Y-%m"))
    aims = aims.reindex(columns=[*_KEYS, "amount"]).astype(_TEXT)
    aims["region"] = aims["region"].mask(aims["account_id"].notna())
    regions = accounts.reindex(columns=["account_id", "region"]).astype(_TEXT)
    is_known = aims["account_id"].notna() | aims["region"].isin(regions["region"].dropna().unique())
    # One account may have had two numbers, each with its target: their sales are there once.
    aims = aims[is_known].groupby(_KEYS, dropna=False, as_index=False)["amount"].sum()
    if not (aims["amount"] > 0).any():
        span_said = f"the {months} months to {last.end_time:%B %Y}, as far as the data hold them whole"
        return Unknown(f"No target falls into {span_said}.", "targets")
    sold = _sales_by_month(order_lines, span, regions)
    grouped = aims.merge(sold, on=_KEYS, how="left").groupby(_KEYS[:2], dropna=False)
    table = grouped[["amount", "net_revenue"]].sum().rename(columns={"amount": "target"})
    table = table.assign(month_count=grouped["period"].nunique())
    table = table.assign(starts=span[0].start_time.date(), ends=last.end_time.date())
    table = table[table["target"] > 0].reset_index()
    names = accounts.reindex(columns=["account_id", "name", "owner"]).astype({"name": "str"})
    table = table.merge(names, on="account_id", how="left")
    table["name"] = table["name"].fillna(table["account_id"]).fillna(table["region"])
    table["kind"] = np.where(table["account_id"].notna(), "account", "region")
    table["gap"] = table["net_revenue"] - table["target"]
    table["target_met"] = table["net_revenue"] / table["target"]
    return table.sort_values(["gap", "kind", "name"], ignore_index=True)


def _sales_by_month(order_lines: Any, span: pd.PeriodIndex, regions: pd.DataFrame) -> pd.DataFrame:
    """Return the sales of each account, and of each region, in each month."""
    months = [Period(str(month), month.start_time.date(), month.end_time.date()) for month in span]
    sold = account_periods(order_lines, months)[["period", "account_id", "net_revenue"]]
    placed = sold.merge(regions, on="account_id").groupby(["period", "region"])["net_revenue"].sum()
    return pd.concat([sold, placed.reset_index()]).astype(_TEXT)
