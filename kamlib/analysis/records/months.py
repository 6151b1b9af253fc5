"""Order lines by month: where lines are missing, and what each line says."""

from __future__ import annotations

import datetime as dt
from typing import Any

import narwhals as nw
import pandas as pd

from kamlib.data.cache import once_a_run

CELLS = ("product_id", "quantity", "list_amount", "cost_amount")
"""The columns of an order line that may be empty, and that answers hang on."""
FEW = 1 / 3
"""A month is strange with fewer lines than this part of what is usual around it."""
LEAST_USUAL = 12
"""Fewer lines than this in a usual month are too few to call a month strange."""
LACKING = ("few lines", "no lines")
"""The states of a month that lacks order lines."""
_AROUND = 6


@once_a_run
def month_table(order_lines: Any, as_of: dt.date) -> pd.DataFrame:
    """Return one row per month from the first order line to a day, months without a line among them.

    Added up where the lines are: DuckDB, Spark, Polars or pandas.

    Parameters
    ----------
    order_lines
        Any table that Narwhals knows, with the canonical columns of `order_lines`.
    as_of
        The last day that counts; later rows change nothing.

    Returns
    -------
    DataFrame
        Sorted by `month` (its first day): `line_count`, `net_revenue`, for each of `CELLS` that the
        source has `<column>_count` (lines in which it is filled); `usual_line_count` (median of the six
        full months before and the six after), `state`:

        - `begins` (the first month) and `in progress` (the last, unless it is over): never compared
        - `no lines`, `few lines` (below a third of what is usual), `good`
        - `too few to tell`: fewer than 12 lines are usual, or fewer than six months are around

    Examples
    --------
    >>> lines = pd.DataFrame({
    ...     "ordered_at": pd.to_datetime(["2024-01-05", "2024-03-08"]), "net_amount": [10.0, 20.0],
    ... })
    >>> month_table(lines, dt.date(2024, 3, 31))[["month", "line_count", "state"]]
           month  line_count            state
    0 2024-01-01           1           begins
    1 2024-02-01           0         no lines
    2 2024-03-01           1  too few to tell
    """
    lines: nw.LazyFrame = nw.from_native(order_lines).lazy()
    lines = lines.filter(nw.col("ordered_at") <= dt.datetime.combine(as_of, dt.time.max))
    there = [name for name in CELLS if name in lines.collect_schema().names()]
    # Sums stay decimal in the engine, so equal lines give equal sums whatever their order.
    net = nw.col("net_amount").cast(nw.Float64).cast(nw.Decimal(18, 4))
    # Months by number: engines truncate a day to kinds of their own.
    number = nw.col("ordered_at").dt.year().cast(nw.Int64) * 12 + nw.col("ordered_at").dt.month().cast(
        nw.Int64
    )
    months = lines.with_columns(month=number, net_revenue=net).group_by("month")
    sums = months.agg(
        nw.len().alias("line_count"),
        nw.col("net_revenue").sum(),
        *(nw.col(name).count().alias(f"{name}_count") for name in there),
    )
    found = sums.collect("pyarrow").to_pandas().astype({"net_revenue": "float64"})
    every = range(found["month"].min(), as_of.year * 12 + as_of.month + 1)
    found = found.set_index("month").reindex(every, fill_value=0)
    counts = {name: "int64" for name in found if name.endswith("_count")}
    found.insert(0, "month", [pd.Timestamp((number - 1) // 12, (number - 1) % 12 + 1, 1) for number in every])
    return _with_state(found.astype(counts).reset_index(drop=True), as_of)


def year_cells(months: pd.DataFrame, *, first_month: int = 1) -> pd.DataFrame:
    """Return for each of the company's years how many lines it has, and in which share each cell is filled.

    Parameters
    ----------
    months
        `month_table`.
    first_month
        The month in which its year starts, 1 to 12.

    Returns
    -------
    DataFrame
        `year` (text, such as 2024 or 2023/24; the last one may not be over), `line_count`, `net_revenue`,
        and for each of `CELLS` `<column>_share`: 0 to 1, and 0 where the source has no such column.
    """
    begins = (months["month"] - pd.DateOffset(months=first_month - 1)).dt.year
    ends = "" if first_month == 1 else "/" + ((begins + 1) % 100).astype("str").str.zfill(2)
    years = months.groupby((begins.astype("str") + ends).rename("year")).sum(numeric_only=True)
    for name in CELLS:
        years[f"{name}_share"] = years.get(f"{name}_count", 0) / years["line_count"]
    return years[["line_count", "net_revenue", *(f"{name}_share" for name in CELLS)]].reset_index()


def _with_state(months: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Return the months with what is usual around each, and its state."""
    is_over = (as_of + dt.timedelta(days=1)).day == 1
    whole = months["line_count"].where(months.index > 0)
    whole = whole if is_over else whole.where(months.index < len(months) - 1)
    around = pd.concat([whole.shift(step) for step in range(-_AROUND, _AROUND + 1) if step], axis=1)
    usual = around.median(axis=1).where(around.count(axis=1) >= _AROUND)
    state = pd.Series("good", index=months.index, dtype="str")
    state = state.mask(months["line_count"] < FEW * usual, "few lines")
    state = state.mask(~(usual >= LEAST_USUAL), "too few to tell").mask(months["line_count"] == 0, "no lines")
    state = state.mask(months.index == 0, "begins")
    state = state if is_over else state.mask(months.index == len(months) - 1, "in progress")
    return months.assign(usual_line_count=usual, state=state)
