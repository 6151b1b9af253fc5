"""Order lines added up where they lie: one row per account as of a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import narwhals as nw
import pandas as pd

from kamlib.analysis.engine import amounts_of, collected, lines_up_to, with_gross_profit
from kamlib.data.cache import once_a_run

YEAR = 365
WINDOWS = (90, 180, YEAR)
# A window by the ending of its columns: how many days before `as_of` it begins and ends.
_WINDOWS = {f"_{days}": (days, 0) for days in WINDOWS} | {f"_prev_{YEAR}": (2 * YEAR, YEAR)}
_YEARS = ("", f"_{YEAR}", f"_prev_{YEAR}")
# What is summed, and over which windows: "" is all time.
_SUMMED = {
    "order_count": ("",),
    "line_count": ("",),
    "order_day_count": ("", *_WINDOWS),
    "net_revenue": ("", *_WINDOWS),
    "costed_revenue": _YEARS,
    "cost": _YEARS,
    "list_revenue": (f"_{YEAR}",),
    "listed_revenue": (f"_{YEAR}",),
}


@once_a_run
def account_table(order_lines: Any, as_of: dt.date) -> pd.DataFrame:
    """Return one row per account with an order line up to a day, that day included.

    Computed where the lines are: DuckDB, Spark, Polars or pandas. Sums of money stay decimal in the
    engine, so equal lines give equal bytes whatever their order.

    An *order day* is a day on which the account bought: a return alone is no order. Windows are the
    90, 180 or 365 days that end with `as_of`; `_prev_365` is the 365 days before those.

    Parameters
    ----------
    order_lines
        Any table that Narwhals knows, with the canonical columns of `order_lines`.
    as_of
        The last day that counts; later rows change nothing.

    Returns
    -------
    DataFrame
        Sorted by `account_id`; money in the source's currency, spans in days.

        - `account_id`; `first_ordered_at`, `last_ordered_at` (dates; empty where there are only returns);
          `tenure_days`, `days_since_last_order`
        - `order_count`, `order_day_count` and `order_day_count_90`, `_180`, `_365`, `_prev_365`
        - `net_revenue` and the same four windows
        - `median_gap_days`: the median gap between the order days of the last 365 days, where there are
          at least three
        - with `cost_amount`: `gross_profit`, `costed_revenue` (net revenue of the lines whose cost is
          known) and both by `_365`, `_prev_365`
        - with `list_amount`: `list_revenue_365`, `listed_revenue_365` (net revenue of the lines whose
          list price is known)
        - with `product_id`: `product_count_365`

    Examples
    --------
    >>> lines = pd.DataFrame({
    ...     "account_id": ["a", "a", "b"],
    ...     "ordered_at": pd.to_datetime(["2024-01-01", "2024-01-31", "2024-01-10"]),
    ...     "net_amount": [10.0, 20.0, 5.0],
    ... })
    >>> account_table(lines, dt.date(2024, 2, 1))[["account_id", "net_revenue", "days_since_last_order"]]
      account_id  net_revenue  days_since_last_order
    0          a         30.0                    1.0
    1          b          5.0                   22.0
    """
    lines, columns = lines_up_to(order_lines, as_of)
    table = _window_sums(amounts_of(lines, columns), as_of, nw.len().alias("line_count"))
    if "cost_amount" in columns:
        table = with_gross_profit(table, _YEARS)
    parts = [_order_days(lines, columns, as_of), _median_gaps(lines, as_of)]
    if "product_id" in columns:
        parts.append(_product_counts(lines, as_of))
    for part in parts:
        table = table.join(part, on="account_id", how="left")
    return _tidied(table, as_of)


def named_accounts(account_table: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the account table with what the accounts table says of each account.

    Parameters
    ----------
    account_table, accounts
        Both one row per account, with `account_id`.

    Returns
    -------
    DataFrame
        The account table, its rows in order, with the other's columns; `name` is the account's id
        where it has none.
    """
    named = account_table.merge(accounts, on="account_id", how="left", validate="one_to_one")
    name = named["name"] if "name" in named else pd.Series(pd.NA, index=named.index, dtype="str")
    return named.assign(name=name.fillna(named["account_id"]))


def _order_days(lines: nw.LazyFrame, columns: list[str], as_of: dt.date) -> nw.LazyFrame:
    """Return one row per account that ever bought: its order days by window, the first and the last.

    Orders are grouped before days: an engine counts distinct orders of each of many million days slowly.
    """
    keys = ["account_id", "ordered_at", *(["order_id"] if "order_id" in columns else [])]
    largest = nw.col("net_amount").max()
    orders = lines.group_by(*keys).agg(largest)
    days = orders.group_by("account_id", "ordered_at").agg(largest, nw.len().alias("order_count"))
    bought = days.filter(nw.col("net_amount") >= 0).with_columns(order_day_count=nw.lit(1))
    day = nw.col("ordered_at")
    ends = (day.min().alias("first_ordered_at"), day.max().alias("last_ordered_at"))
    return _window_sums(bought, as_of, *ends)


def _window_sums(rows: nw.LazyFrame, as_of: dt.date, *more: nw.Expr) -> nw.LazyFrame:
    """Return one row per account: its sums over the windows, and what more is asked of its rows."""
    parts = {}
    for name in rows.collect_schema().names():
        for ending in _SUMMED.get(name, ()):
            value = nw.col(name)
            parts[name + ending] = nw.when(_within(ending, as_of)).then(value) if ending else value
    windows = rows.select("account_id", "ordered_at", **parts)
    return windows.group_by("account_id").agg(*more, nw.col(*parts).sum())


def _within(window: str, as_of: dt.date) -> nw.Expr:
    begins, ends = (as_of - dt.timedelta(days) for days in _WINDOWS[window])
    return (nw.col("ordered_at") > begins) & (nw.col("ordered_at") <= ends)


def _bought_this_year(lines: nw.LazyFrame, as_of: dt.date) -> nw.LazyFrame:
    return lines.filter(_within(f"_{YEAR}", as_of) & (nw.col("net_amount") >= 0))


def _median_gaps(lines: nw.LazyFrame, as_of: dt.date) -> nw.LazyFrame:
    bought = _bought_this_year(lines, as_of).group_by("account_id", "ordered_at").agg(nw.len())
    # The year before began on day 0: day numbers by year and day of year, the one date arithmetic all share.
    date = nw.col("ordered_at").dt
    year = date.year().cast(nw.Int64) - 1
    leap_days = year // 4 - year // 100 + year // 400
    days = bought.select("account_id", day=year * YEAR + leap_days + date.ordinal_day().cast(nw.Int64))
    before = nw.col("day").shift(1).over("account_id", order_by="day")
    gaps = days.with_columns(gap=(nw.col("day") - before).cast(nw.Float64))
    medians = gaps.group_by("account_id").agg(
        nw.col("gap").median().alias("median_gap_days"), nw.len().alias("days")
    )
    return medians.filter(nw.col("days") >= 3).select("account_id", "median_gap_days")


def _product_counts(lines: nw.LazyFrame, as_of: dt.date) -> nw.LazyFrame:
    bought = _bought_this_year(lines, as_of).filter(~nw.col("product_id").is_null())
    pairs = bought.group_by("account_id", "product_id").agg(nw.len())
    return pairs.group_by("account_id").agg(nw.len().alias(f"product_count_{YEAR}"))


def _tidied(table: nw.LazyFrame, as_of: dt.date) -> pd.DataFrame:
    """Return the account table with its spans; no sum is empty, columns and rows are in their order."""
    found = collected(table)
    spans = {"tenure_days": "first_ordered_at", "days_since_last_order": "last_ordered_at"}
    for span, end in spans.items():
        found[span] = (pd.Timestamp(as_of) - found[end]).dt.days.astype("float64")
    sums = [name + ending for ending in ("", *_WINDOWS) for name in _SUMMED if ending in _SUMMED[name]]
    profits, products = [f"gross_profit{ending}" for ending in _YEARS], f"product_count_{YEAR}"
    order = ["account_id", *spans.values(), *sums, "median_gap_days", products, *spans, *profits]
    kept = found[[name for name in order if name in found]]
    empty = dict.fromkeys([*sums, *profits, products], 0.0)
    return kept.fillna(empty).sort_values("account_id", ignore_index=True)
