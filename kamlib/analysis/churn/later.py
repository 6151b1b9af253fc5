"""What came after a cut-off: added up where the order lines lie."""

from __future__ import annotations

import datetime as dt
from typing import Any

import narwhals as nw
import pandas as pd

from kamlib.analysis.engine import collected, lines_up_to, money
from kamlib.data.cache import once_a_run


@once_a_run
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
    lines, _ = lines_up_to(order_lines, until)
    later = lines.filter(nw.col("ordered_at") > after)
    parts = later.select("account_id", "ordered_at", "net_amount", net_revenue=money("net_amount"))
    days = parts.group_by("account_id", "ordered_at").agg(
        nw.col("net_amount").max(), nw.col("net_revenue").sum()
    )
    order_day = nw.when(nw.col("net_amount") >= 0).then(nw.col("ordered_at"))
    days = days.with_columns(next_ordered_at=order_day, order_day_count=order_day)
    totals = days.group_by("account_id").agg(
        nw.col("next_ordered_at").min(), nw.col("order_day_count").count(), nw.col("net_revenue").sum()
    )
    return collected(totals).sort_values("account_id", ignore_index=True)
