"""Order lines added up in the engine: one row per account as of a day, and account × month × product."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import narwhals as nw
import pandas as pd

YEAR = 365
WINDOWS = (90, 180, YEAR)
_MONEY = nw.Decimal(18, 4)
_AMOUNTS = ("net_amount", "list_amount", "cost_amount")


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
    lines, columns = _up_to(order_lines, as_of)
    days = _account_days(lines, columns)
    parts = days.select("account_id", *_day_parts(columns, as_of.toordinal()))
    table = parts.group_by("account_id").agg(*_totals(parts.collect_schema().names()[1:]))
    table = table.join(_median_gaps(days, as_of.toordinal()), on="account_id", how="left")
    if "product_id" in columns:
        table = table.join(_product_counts(lines, as_of), on="account_id", how="left")
    return _tidied(table.collect("pyarrow").to_pandas(), as_of)


def account_months(order_lines: Any, as_of: dt.date) -> pd.DataFrame:
    """Return one row per account, month and product, with what was bought.

    Parameters
    ----------
    order_lines
        Any table that Narwhals knows, with the canonical columns of `order_lines`.
    as_of
        The last day that counts; later rows change nothing.

    Returns
    -------
    DataFrame
        `account_id`, `month` (its first day), `product_id` (where the source has it), `net_revenue`,
        `line_count`, `order_count`, and `list_revenue`, `cost`, `quantity` where the source has them;
        sorted by the first three.

    Examples
    --------
    >>> lines = pd.DataFrame({
    ...     "account_id": ["a", "a"], "ordered_at": pd.to_datetime(["2024-01-01", "2024-01-31"]),
    ...     "net_amount": [10.0, 20.0], "quantity": [1, 2],
    ... })
    >>> account_months(lines, dt.date(2024, 2, 1))[["account_id", "month", "net_revenue", "quantity"]]
      account_id      month  net_revenue  quantity
    0          a 2024-01-01         30.0       3.0
    """
    lines, columns = _up_to(order_lines, as_of)
    amounts = {"net_amount": "net_revenue", "list_amount": "list_revenue", "cost_amount": "cost"}
    parts = {called: _money(name) for name, called in amounts.items() if name in columns}
    if "quantity" in columns:
        parts["quantity"] = nw.col("quantity").cast(nw.Float64)
    sums = [nw.col(name).sum() for name in parts]
    order = nw.col("order_id" if "order_id" in columns else "ordered_at").n_unique().alias("order_count")
    keys = ["account_id", "month", *(["product_id"] if "product_id" in columns else [])]
    months = lines.with_columns(month=nw.col("ordered_at").dt.truncate("1mo"), **parts).group_by(*keys)
    found = months.agg(*sums, nw.len().alias("line_count"), order).collect("pyarrow").to_pandas()
    found["month"] = pd.to_datetime(found["month"])
    return _as_floats(found).sort_values(keys, ignore_index=True)


def later_orders(order_lines: Any, after: dt.date, until: dt.date) -> pd.DataFrame:
    """Return what each account ordered after one day, up to another: what a snapshot must not know.

    Parameters
    ----------
    order_lines
        Any table that Narwhals knows, with the canonical columns of `order_lines`.
    after
        The cut-off; that day itself does not count.
    until
        The last day that counts.

    Returns
    -------
    DataFrame
        One row per account with an order line in that span, sorted by `account_id`:
        `next_ordered_at` (the first order day in the span; empty where there are only returns),
        `order_day_count` and `net_revenue`.

    Examples
    --------
    >>> lines = pd.DataFrame({
    ...     "account_id": ["a", "a", "b"],
    ...     "ordered_at": pd.to_datetime(["2024-01-01", "2024-01-31", "2024-01-10"]),
    ...     "net_amount": [10.0, 20.0, 5.0],
    ... })
    >>> later_orders(lines, dt.date(2024, 1, 10), dt.date(2024, 2, 1))
      account_id next_ordered_at  order_day_count  net_revenue
    0          a      2024-01-31              1.0         20.0
    """
    lines, _ = _up_to(order_lines, until)
    cut_off = dt.datetime.combine(after, dt.time.max)
    days = _account_days(lines.filter(nw.col("ordered_at") > cut_off), columns=[])
    ordered = nw.when(nw.col("is_order_day") == 1).then(nw.col("day"))
    sums = {"order_day_count": nw.col("is_order_day"), "net_revenue": nw.col("net")}
    parts = days.select("account_id", ordered.alias("next_day"), **sums)
    totals = parts.group_by("account_id").agg(
        nw.col("next_day").min(), *(nw.col(name).sum() for name in sums)
    )
    table = _as_floats(totals.collect("pyarrow").to_pandas()).sort_values("account_id", ignore_index=True)
    table.insert(1, "next_ordered_at", _dates(table.pop("next_day")))
    return table


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


def _up_to(order_lines: Any, as_of: dt.date) -> tuple[nw.LazyFrame, list[str]]:
    """Return the lines to the end of a day, and their columns."""
    lines: nw.LazyFrame = nw.from_native(order_lines).lazy()
    # pandas' whole numbers do not fit DECIMAL(18,4): a money column without cents goes by way of double.
    whole = [name for name, kind in lines.collect_schema().items() if name in _AMOUNTS and kind.is_integer()]
    lines = lines.with_columns(nw.col(name).cast(nw.Float64) for name in whole) if whole else lines
    end = dt.datetime.combine(as_of, dt.time.max)  # engines compare dates and times with this alike
    return lines.filter(nw.col("ordered_at") <= end), lines.collect_schema().names()


def _account_days(lines: nw.LazyFrame, columns: list[str]) -> nw.LazyFrame:
    """Return one row per account and day: what all windows are sums of."""
    bought = nw.col("net_amount") >= 0
    # Day numbers by year and day of year: the one date arithmetic all engines share.
    year = nw.col("ordered_at").dt.year().cast(nw.Int64) - 1
    leap_days = year // 4 - year // 100 + year // 400
    day = year * YEAR + leap_days + nw.col("ordered_at").dt.ordinal_day().cast(nw.Int64)
    parts = {"day": day, "net": _money("net_amount"), "is_order_day": nw.when(bought).then(1).otherwise(0)}
    sums = [nw.col("net").sum(), nw.col("is_order_day").max(), nw.len().alias("lines")]
    if "order_id" in columns:
        sums.append(nw.col("order_id").n_unique().alias("orders"))
    for name in ("cost_amount", "list_amount"):
        if name in columns:
            parts[name] = _money(name)
            parts[f"net_with_{name}"] = nw.when(~nw.col(name).is_null()).then(_money("net_amount"))
            sums += [nw.col(name).sum(), nw.col(f"net_with_{name}").sum()]
    days = lines.with_columns(**parts).group_by("account_id", "day").agg(*sums)
    return days if "order_id" in columns else days.with_columns(orders=nw.col("is_order_day"))


def _day_parts(columns: list[str], today: int) -> Iterable[nw.Expr]:
    """Give each account-day its part in each column of the account table, ready to be summed."""
    ordered = nw.col("is_order_day") == 1
    yield nw.when(ordered).then(nw.col("day")).alias("first_day")
    yield nw.when(ordered).then(nw.col("day")).alias("last_day")
    yield nw.when(ordered).then(nw.col("orders")).alias("order_count")
    yield nw.col("lines").alias("line_count")
    windows = [(f"_{days}", _window(today - days, today)) for days in WINDOWS]
    windows.append((f"_prev_{YEAR}", _window(today - 2 * YEAR, today - YEAR)))
    for suffix, inside in [("", nw.col("day") <= today), *windows]:
        yield nw.when(inside).then(nw.col("is_order_day")).alias(f"order_day_count{suffix}")
        yield nw.when(inside).then(nw.col("net")).alias(f"net_revenue{suffix}")
        if "cost_amount" in columns and suffix in ("", f"_{YEAR}", f"_prev_{YEAR}"):
            yield nw.when(inside).then(nw.col("cost_amount")).alias(f"cost{suffix}")
            yield nw.when(inside).then(nw.col("net_with_cost_amount")).alias(f"costed_revenue{suffix}")
        if "list_amount" in columns and suffix == f"_{YEAR}":
            yield nw.when(inside).then(nw.col("list_amount")).alias(f"list_revenue{suffix}")
            yield nw.when(inside).then(nw.col("net_with_list_amount")).alias(f"listed_revenue{suffix}")


def _totals(columns: list[str]) -> Iterable[nw.Expr]:
    for name in columns:
        column = nw.col(name)
        yield {"first_day": column.min, "last_day": column.max}.get(name, column.sum)()


def _median_gaps(days: nw.LazyFrame, today: int) -> nw.LazyFrame:
    ordered = days.filter(_window(today - YEAR, today) & (nw.col("is_order_day") == 1))
    before = nw.col("day").shift(1).over("account_id", order_by="day").alias("before")
    gaps = ordered.select("account_id", "day", before).filter(~nw.col("before").is_null())
    gaps = gaps.with_columns(gap=(nw.col("day") - nw.col("before")).cast(nw.Float64))
    medians = gaps.group_by("account_id").agg(
        nw.col("gap").median().alias("median_gap_days"), nw.len().alias("gaps")
    )
    return medians.filter(nw.col("gaps") >= 2).select("account_id", "median_gap_days")


def _product_counts(lines: nw.LazyFrame, as_of: dt.date) -> nw.LazyFrame:
    since = dt.datetime.combine(as_of - dt.timedelta(days=YEAR), dt.time.max)
    bought = lines.filter((nw.col("ordered_at") > since) & (nw.col("net_amount") >= 0))
    pairs = bought.filter(~nw.col("product_id").is_null()).select("account_id", "product_id").unique()
    return pairs.group_by("account_id").agg(nw.len().alias(f"product_count_{YEAR}"))


def _tidied(table: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Turn day numbers to dates, costs to profit, decimals to floats; give the rows their order."""
    table = _as_floats(table).sort_values("account_id", ignore_index=True)
    today = as_of.toordinal()
    for end in ("first", "last"):
        day = table.pop(f"{end}_day")
        table.insert(1 if end == "first" else 2, f"{end}_ordered_at", _dates(day))
        table[{"first": "tenure_days", "last": "days_since_last_order"}[end]] = today - day
    for suffix in ("", f"_{YEAR}", f"_prev_{YEAR}"):
        if f"cost{suffix}" in table:
            table[f"gross_profit{suffix}"] = table[f"costed_revenue{suffix}"] - table.pop(f"cost{suffix}")
    if f"product_count_{YEAR}" in table:
        table[f"product_count_{YEAR}"] = table[f"product_count_{YEAR}"].fillna(0)
    return table


def _window(after: int, until: int) -> nw.Expr:
    return (nw.col("day") > after) & (nw.col("day") <= until)


def _money(name: str) -> nw.Expr:
    return nw.col(name).cast(_MONEY)


def _dates(day: pd.Series) -> pd.Series:
    epoch = dt.date(1970, 1, 1).toordinal()
    return pd.to_datetime(day - epoch, unit="D")


def _as_floats(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with every column but names and dates as doubles; empty sums are 0."""
    numbers = {
        name: table[name].astype("float64")
        for name in table
        if name not in ("account_id", "product_id", "month")
    }
    sums = [name for name in numbers if "revenue" in name or name.startswith("cost")]
    return table.assign(**numbers).fillna(dict.fromkeys(sums, 0.0))
