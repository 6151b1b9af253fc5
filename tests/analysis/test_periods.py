"""Spans of days side by side: which ones, and what each account bought in them."""

import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.periods import Period, account_periods, calendar_years, rolling_years

LEAP = dt.date(2024, 2, 29)
MAY, JUNE = (Period(name, dt.date(2024, n, 1), dt.date(2024, n, 30)) for name, n in (("May", 5), ("June", 6)))


def lines_of(*rows, **columns):
    table = pd.DataFrame(rows, columns=["account_id", "ordered_at", "net_amount"]).assign(**columns)
    return table.assign(ordered_at=pd.to_datetime(table["ordered_at"]))


def test_rolling_years_follow_each_other_without_a_gap_or_an_overlap():
    years = rolling_years(LEAP, first=dt.date(2019, 1, 1))

    assert [(year.ends - year.starts).days for year in years] == [364] * 5
    assert [later.starts - dt.timedelta(1) for later in years[:-1]] == [year.ends for year in years[1:]]


def test_a_rolling_year_counts_from_the_first_order_day_on():
    ends, first = dt.date(2024, 12, 31), dt.date(2023, 1, 2)

    assert len(rolling_years(ends, first=first)) == 2
    assert len(rolling_years(ends, first=first + dt.timedelta(1))) == 1


def test_less_than_a_year_of_data_is_no_year():
    assert rolling_years(LEAP, first=dt.date(2023, 3, 3)) == []


def test_a_calendar_year_in_progress_is_left_out_unless_asked_for():
    span = {"as_of": dt.date(2013, 11, 29), "first": dt.date(2012, 1, 1)}

    assert [year.label for year in calendar_years(**span)] == ["2012"]
    assert calendar_years(**span, only_whole=False)[0] == Period("2013", dt.date(2013, 1, 1), span["as_of"])


def test_a_year_that_starts_in_july_is_named_by_both_years():
    years = calendar_years(dt.date(2014, 6, 30), first=dt.date(2012, 7, 1), first_month=7)

    assert [year.label for year in years] == ["2013/14", "2012/13"]


def test_a_period_holds_its_first_and_its_last_day_and_no_other():
    days = ["2024-04-30", "2024-05-01", "2024-05-30", "2024-05-31", "2024-06-30", "2024-07-01"]
    found = account_periods(lines_of(*(("a", day, 10.0**n) for n, day in enumerate(days))), [JUNE, MAY])

    assert found[["period", "net_revenue", "line_count"]].to_numpy().tolist() == [
        ["June", 10_000.0, 1],
        ["May", 110.0, 2],
    ]


def test_products_are_kept_apart_and_lines_without_one_too():
    lines = lines_of(
        *(("a", "2024-05-02", amount) for amount in (1.0, 2.0, 4.0)), product_id=["q", None, "p"]
    )
    found = account_periods(lines, [MAY], by_product=True)

    assert found["product_id"].tolist()[:2] == ["p", "q"]
    assert found["product_id"].isna().tolist() == [False, False, True]
    assert account_periods(lines, [MAY])["net_revenue"].tolist() == [7.0]


def test_profit_price_and_quantity_count_only_lines_that_know_them():
    lines = lines_of(
        *(("a", "2024-05-02", amount) for amount in (10.0, 20.0)),
        cost_amount=[4.0, None], list_amount=[None, 25.0], quantity=[2, None],
    )  # fmt: skip
    found = account_periods(lines, [MAY]).loc[0]

    assert (found["costed_revenue"], found["gross_profit"]) == (10.0, 6.0)
    assert (found["listed_revenue"], found["list_revenue"]) == (20.0, 25.0)
    assert (found["counted_revenue"], found["quantity"]) == (10.0, 2.0)


def test_no_period_is_a_mistake():
    with pytest.raises(ValueError, match="at least one period"):
        account_periods(lines_of(("a", "2024-05-02", 1.0)), [])
