"""Who came together, and how many of them still buy: accounts by the year or quarter of their first order."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from kamlib.analysis.periods import Period, account_periods

LEAST = 10
Span = Literal["year", "quarter", "month"]


def calendar_spans(as_of: dt.date, first: dt.date, *, span: Span, first_month: int = 1) -> pd.PeriodIndex:
    """Return the years, quarters or months up to a day, the earliest first; the last may not be over.

    Parameters
    ----------
    as_of, first
        The last day that counts, and the first order day of the source.
    span
        How long each is.
    first_month
        In which the company's years start, 1 to 12; quarters start with them.

    Examples
    --------
    >>> [str(span) for span in calendar_spans(dt.date(2024, 5, 3), dt.date(2023, 12, 1), span="quarter")]
    ['2023Q4', '2024Q1', '2024Q2']
    """
    last_month = dt.date(2000, (first_month + 10) % 12 + 1, 1).strftime("%b").upper()
    freq = "M" if span == "month" else f"{span[0].upper()}-{last_month}"
    return pd.period_range(pd.Period(first, freq), pd.Period(as_of, freq))


def span_sales(order_lines: Any, spans: pd.PeriodIndex) -> pd.DataFrame:
    """Return what each account bought in each of these spans.

    Parameters
    ----------
    order_lines
        Any table that Narwhals knows, with the canonical columns of `order_lines`.
    spans
        `calendar_spans`.

    Returns
    -------
    DataFrame
        `account_periods`, with `period` as one of `spans`.
    """
    days = [Period(str(span), span.start_time.date(), span.end_time.date()) for span in spans]
    sold = account_periods(order_lines, days)
    return sold.assign(period=pd.PeriodIndex(sold["period"], freq=spans.freq))


def cohort_table(
    sold: pd.DataFrame, first_ordered: pd.Series, as_of: dt.date, *, least: int = LEAST
) -> pd.DataFrame:
    """Return of each group of accounts that came together how many bought in each span since.

    Parameters
    ----------
    sold
        `span_sales`, of all spans up to `as_of`.
    first_ordered : Series
        The day of the first order by account.
    as_of
        The last day that counts.
    least
        Of fewer accounts no share is told.

    Returns
    -------
    DataFrame
        One row per cohort and span from its first to the last, the earliest first: `cohort` (the span of the
        first order), `is_first` (it holds all who came before the data begin, too), `account_count`, `age`
        (spans since the first, which is 0), `period`, `is_over` (False: the span is in progress, so its
        numbers are too low and compared with nothing), `active_count` (sales above zero), `net_revenue`,
        `active_share` with `active_share_low`, `active_share_high` (Wilson, 95 %) and `active_share_note`:
        why it is missing.
    """
    cohort = first_ordered.dropna().dt.to_period(sold["period"].dtype.freq)
    spans = pd.period_range(sold["period"].min(), pd.Period(as_of, sold["period"].dtype.freq))
    bought = sold.assign(cohort=sold["account_id"].map(cohort), active_count=sold["net_revenue"] > 0)
    sums = bought.groupby(["cohort", "period"])[["active_count", "net_revenue"]].sum()
    grid = pd.MultiIndex.from_product([spans, spans], names=["cohort", "period"])
    table = sums.reindex(grid, fill_value=0).reset_index()
    table["account_count"] = table["cohort"].map(cohort.value_counts()).fillna(0).astype(int)
    table = table[(table["period"] >= table["cohort"]) & (table["account_count"] > 0)]
    table["age"] = [step.n for step in table["period"] - table["cohort"]]
    table["is_first"] = table["cohort"] == spans[0]
    table["is_over"] = table["period"].dt.end_time.dt.date <= as_of
    few = table["account_count"] < least
    share = table["active_count"] / table["account_count"]
    low, high = proportion_confint(table["active_count"], table["account_count"], method="wilson")
    for name, cells in {"": share, "_low": low, "_high": high}.items():
        table[f"active_share{name}"] = cells.where(~few)
    table["active_share_note"] = np.where(few, "too few to tell", "")
    return table.reset_index(drop=True)
