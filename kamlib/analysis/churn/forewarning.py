"""Which sign of going quiet came first before an account was lost, and how long before."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from kamlib.analysis.churn.signals import SIGNALS, Records, by_account, ringing, signal_measures
from kamlib.analysis.churn.slices import QUARTER
from kamlib.analysis.snapshot import YEAR, account_table

NO_SIGN = "no sign before"
MOST_DAYS = 12


def first_signs(
    order_lines: Any, exits: pd.DataFrame, records: Records, as_of: dt.date, *, first: dt.date
) -> pd.DataFrame:
    """Return for each lost account which alarm of the early warning would have rung first.

    The alarms are looked at every 91 days, as they stood then, for the year before each loss.

    Parameters
    ----------
    order_lines
        Any table that Narwhals knows, with the canonical columns of `order_lines`.
    exits
        `account_id`, `lost_at`; the last loss of an account counts.
    records
        As in `signal_measures`.
    as_of, first
        The last day that counts, and the first order day of the source.

    Returns
    -------
    DataFrame
        One row per account lost a year or more after the first day looked at, which is a year after `first`
        and at most three before `as_of`: `account_id`, `sign` (the label of the alarm; of several on one day
        the first of `SIGNALS`; `no sign before`) and `days_before` (the loss; missing without a sign).
    """
    days = [as_of - dt.timedelta(QUARTER * back) for back in range(MOST_DAYS, 0, -1)]
    days = [day for day in days if day >= first + dt.timedelta(YEAR)]
    lost = exits.sort_values("lost_at").drop_duplicates("account_id", keep="last")
    looked_back = pd.Timestamp(min(days, default=as_of)) + pd.Timedelta(days=YEAR)
    lost = lost[lost["lost_at"] >= looked_back].set_index("account_id")
    records = by_account(records)
    found = [_rang(order_lines, lost, records, day) for day in days]
    rang = pd.concat([pd.DataFrame(columns=["account_id", "sign", "days_before"]), *found])
    table = lost.index.to_frame(index=False).merge(rang.drop_duplicates("account_id"), how="left")
    return table.assign(sign=table["sign"].fillna(NO_SIGN), days_before=table["days_before"].astype(float))


def _rang(order_lines: Any, lost: pd.DataFrame, records: Records, day: dt.date) -> pd.DataFrame:
    ahead = (lost["lost_at"] - pd.Timestamp(day)).dt.days
    ahead = ahead[ahead.between(1, YEAR)]
    accounts = account_table(order_lines, day)
    accounts = accounts[accounts["account_id"].isin(ahead.index)]
    if accounts.empty:
        return pd.DataFrame()
    rings = ringing(signal_measures(order_lines, accounts, records, day)).fillna(value=False).astype(bool)
    heard = rings[rings.any(axis=1)]
    sign = heard.idxmax(axis=1).map({key: signal["label"] for key, signal in SIGNALS.items()})
    table = pd.DataFrame({"sign": sign, "days_before": ahead.reindex(heard.index)})
    return table.rename_axis("account_id").reset_index()
