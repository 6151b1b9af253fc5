"""The account table by hand in Polars: lazy, on the streaming engine, days added up before windows."""

import datetime as dt

import pandas as pd
import polars as pl

WINDOWS = {"": (None, 0), "_90": (90, 0), "_180": (180, 0), "_365": (365, 0), "_prev_365": (730, 365)}
YEARS = ("", "_365", "_prev_365")
SUMMED = {
    "order_day_count": tuple(WINDOWS),
    "net_revenue": tuple(WINDOWS),
    "costed_revenue": YEARS,
    "gross_profit": YEARS,
    "list_revenue": ("_365",),
    "listed_revenue": ("_365",),
}


def run(path: str, as_of: dt.date) -> pd.DataFrame:
    lines = pl.scan_parquet(path).filter(pl.col("ordered_at") <= as_of)
    days = account_days(lines)
    bought = lines.filter(within("_365", as_of) & (pl.col("net_amount") >= 0))
    products = bought.drop_nulls("product_id").group_by("account_id")
    table = (
        days.group_by("account_id")
        .agg(*account_parts(as_of))
        .join(median_gaps(days, as_of), on="account_id", how="left")
        .join(
            products.agg(pl.col("product_id").n_unique().alias("product_count_365")),
            on="account_id",
            how="left",
        )
        .sort("account_id")
    )
    return table.collect(engine="streaming").to_pandas()


def account_days(lines: pl.LazyFrame) -> pl.LazyFrame:
    net, cost, price = (
        pl.col(name).cast(pl.Float64) for name in ("net_amount", "cost_amount", "list_amount")
    )
    return (
        lines.group_by("account_id", "ordered_at", "order_id")
        .agg(
            net.max().alias("largest"),
            pl.len().alias("line_count"),
            net.sum().alias("net_revenue"),
            net.filter(cost.is_not_null()).sum().alias("costed_revenue"),
            (net - cost).sum().alias("gross_profit"),
            price.sum().alias("list_revenue"),
            net.filter(price.is_not_null()).sum().alias("listed_revenue"),
        )
        .group_by("account_id", "ordered_at")
        .agg(
            (pl.col("largest").max() >= 0).alias("order_day_count"),
            pl.len().alias("order_count"),
            pl.col("line_count", *list(SUMMED)[1:]).sum(),
        )
    )


def account_parts(as_of: dt.date) -> list[pl.Expr]:
    day, ordered = pl.col("ordered_at"), pl.col("order_day_count")
    parts = [
        day.filter(ordered).min().alias("first_ordered_at"),
        day.filter(ordered).max().alias("last_ordered_at"),
        pl.col("order_count").filter(ordered).sum(),
        pl.col("line_count").sum(),
    ]
    for name, endings in SUMMED.items():
        for ending in endings:
            value = pl.col(name).filter(within(ending, as_of)) if ending else pl.col(name)
            parts.append(value.sum().alias(name + ending))
    today = pl.lit(as_of)
    parts.append((today - day.filter(ordered).min()).dt.total_days().alias("tenure_days"))
    parts.append((today - day.filter(ordered).max()).dt.total_days().alias("days_since_last_order"))
    return parts


def median_gaps(days: pl.LazyFrame, as_of: dt.date) -> pl.LazyFrame:
    year = days.filter(within("_365", as_of) & pl.col("order_day_count"))
    gaps = pl.col("ordered_at").sort().diff().dt.total_days().drop_nulls()
    found = year.group_by("account_id").agg(gaps.median().alias("median_gap_days"), pl.len().alias("days"))
    return found.filter(pl.col("days") >= 3).drop("days")


def within(window: str, as_of: dt.date) -> pl.Expr:
    begins, ends = (as_of - dt.timedelta(days) for days in WINDOWS[window])
    return (pl.col("ordered_at") > begins) & (pl.col("ordered_at") <= ends)
