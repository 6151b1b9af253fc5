"""Spans of days set side by side, and what each account bought in each of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pandas as pd

from kamlib.analysis.engine import amounts_of, collected, lines_up_to, with_gross_profit
from kamlib.analysis.snapshot import YEAR
from kamlib.data.cache import once_a_run


@dataclass(frozen=True)
class Period:
    """A span of days, both ends included.

    Parameters
    ----------
    label
        What people call it: it stands in tables and pictures.
    starts, ends
        Its first and its last day.
    """

    label: str
    starts: dt.date
    ends: dt.date


def rolling_years(as_of: dt.date, *, first: dt.date, most: int = 5) -> list[Period]:
    """Return the spans of 365 days that end with a day, those before it, and so on: whole ones only.

    Parameters
    ----------
    as_of, first
        The last day that counts, and the first order day of the source.
    most
        So many at the most.

    Returns
    -------
    list of Period
        The latest first, each labelled by the month it ends in, as `Nov 2013`. Empty where the data hold
        less than a year.

    Examples
    --------
    >>> [year.label for year in rolling_years(dt.date(2013, 11, 29), first=dt.date(2011, 6, 1))]
    ['Nov 2013', 'Nov 2012']
    """
    ends = [as_of - dt.timedelta(YEAR * back) for back in range(most)]
    spans = [(end - dt.timedelta(YEAR - 1), end) for end in ends]
    return [Period(f"{end:%b %Y}", start, end) for start, end in spans if start >= first]


def calendar_years(
    as_of: dt.date, *, first: dt.date, first_month: int = 1, only_whole: bool = True
) -> list[Period]:
    """Return the company's years up to a day, the latest first.

    Parameters
    ----------
    as_of, first
        The last day that counts, and the first order day of the source.
    first_month
        The month in which its year starts, 1 to 12.
    only_whole
        Leave out years that began before the first order or are not over; else those are cut to the data.

    Returns
    -------
    list of Period
        Labelled `2013`, or `2012/13` where the year starts in another month than January.

    Examples
    --------
    >>> span = dt.date(2013, 11, 29), dt.date(2011, 6, 1)
    >>> [year.label for year in calendar_years(span[0], first=span[1])]
    ['2012']
    >>> [year.label for year in calendar_years(span[0], first=span[1], first_month=7, only_whole=False)]
    ['2013/14', '2012/13', '2011/12', '2010/11']
    """
    latest = as_of.year if as_of.month >= first_month else as_of.year - 1
    earliest = first.year if first.month >= first_month else first.year - 1
    years = []
    for year in range(latest, earliest - 1, -1):
        starts = dt.date(year, first_month, 1)
        ends = dt.date(year + 1, first_month, 1) - dt.timedelta(1)
        label = str(year) if first_month == 1 else f"{year}/{(year + 1) % 100:02d}"
        if not only_whole or (starts >= first and ends <= as_of):
            years.append(Period(label, max(starts, first), min(ends, as_of)))
    return years


@once_a_run
def account_periods(order_lines: Any, periods: Sequence[Period], *, by_product: bool = False) -> pd.DataFrame:
    """Return what each account bought in each period, of each product if asked; computed where the lines are.

    Parameters
    ----------
    order_lines
        Any table that Narwhals knows, with the canonical columns of `order_lines`.
    periods
        Spans that do not overlap.
    by_product
        One row per account, product and period; lines without a product have none. Without it, or where
        the source has no `product_id`: one row per account and period.

    Returns
    -------
    DataFrame
        Only pairs with an order line; sorted by period (in the order given), account and product.

        - `period` (its label), `account_id`, and `product_id` if asked
        - `net_revenue`, `line_count`
        - with `cost_amount`: `costed_revenue` (net revenue of the lines whose cost is known), `gross_profit`
        - with `list_amount`: `list_revenue`, `listed_revenue` (net revenue of the lines whose list price is
          known)
        - with `quantity`: `quantity`, `counted_revenue` (net revenue of the lines whose quantity is known)

    Examples
    --------
    >>> lines = pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "net_amount": [10.0, 20.0, 5.0],
    ...     "ordered_at": pd.to_datetime(["2023-07-01", "2024-01-31", "2024-01-10"]),
    ... })
    >>> years = rolling_years(dt.date(2024, 2, 1), first=dt.date(2022, 1, 1))
    >>> account_periods(lines, years)[["period", "account_id", "net_revenue"]]
         period account_id  net_revenue
    0  Feb 2024          a         30.0
    1  Feb 2024          b          5.0
    """
    if not periods:
        raise ValueError("account_periods needs at least one period")
    lines, columns = lines_up_to(order_lines, max(period.ends for period in periods))
    keys = ["number", "account_id", *(["product_id"] if by_product and "product_id" in columns else [])]
    parts = amounts_of(lines.with_columns(number=_number(periods)), columns, *keys[:1], *keys[2:])
    sums = [name for name in parts.collect_schema().names() if name not in {*keys, "ordered_at"}]
    grouped = parts.filter(~nw.col("number").is_null()).group_by(*keys)
    table = grouped.agg(nw.col(*sums).sum(), nw.len().alias("line_count"))
    table = with_gross_profit(table, [""]) if "cost" in sums else table
    found = collected(table).sort_values(keys, ignore_index=True)
    labels = pd.array([period.label for period in periods], dtype="str")
    found.insert(0, "period", labels.take(found.pop("number").astype(int)))
    return found


def _number(periods: Sequence[Period]) -> Any:
    """Return the place of the period that a line lies in; nothing where it lies in none."""
    day = nw.col("ordered_at")
    places = [
        nw.when((day >= period.starts) & (day <= period.ends)).then(nw.lit(place))
        for place, period in enumerate(periods)
    ]
    return nw.coalesce(*places)
