"""Months that lack order lines are seen; months that cannot be compared are left alone."""

import datetime as dt

import duckdb
import pandas as pd
import polars as pl
import pytest

from kamlib.analysis.records.months import month_table, year_cells


def lines_of(counts, **columns):
    """Return so many order lines in each month from January 2023, all in the middle of the month."""
    days = [
        pd.Timestamp(2023 + n // 12, n % 12 + 1, 15) for n, count in enumerate(counts) for _ in range(count)
    ]
    return pd.DataFrame({"ordered_at": days, "net_amount": 10.0, **columns})


def states(counts, as_of=dt.date(2023, 12, 31)):
    return month_table(lines_of(counts), as_of).set_index(pd.RangeIndex(1, len(counts) + 1))["state"]


def test_a_month_without_a_line_is_told():
    assert states([30] * 5 + [0] + [30] * 6)[6] == "no lines"


def test_fewer_than_a_third_of_what_is_usual_is_strange_and_a_third_is_not():
    assert states([30] * 5 + [9] + [30] * 6)[6] == "few lines"
    assert states([30] * 5 + [10] + [30] * 6)[6] == "good"


def test_the_first_month_is_never_compared():
    assert states([1] + [30] * 11)[1] == "begins"


def test_the_last_month_is_compared_only_when_it_is_over():
    assert states([30] * 11 + [5])[12] == "few lines"
    assert states([30] * 11 + [5], dt.date(2023, 12, 30))[12] == "in progress"


def test_a_month_in_progress_is_no_measure_for_others():
    half = month_table(lines_of([30] * 11 + [1]), dt.date(2023, 12, 20))

    assert set(half["usual_line_count"]) == {30.0}


def test_with_twelve_usual_lines_or_more_a_month_can_be_strange_with_fewer_none_is():
    assert states([12] * 5 + [3] + [12] * 6)[6] == "few lines"
    assert states([11] * 5 + [3] + [11] * 6)[6] == "too few to tell"


def test_with_fewer_than_six_months_around_there_is_nothing_to_compare_with():
    assert set(states([30] * 6, dt.date(2023, 6, 30))) == {"begins", "too few to tell"}


def test_later_lines_change_nothing():
    lines = lines_of([30] * 8)
    early, day = lines[lines["ordered_at"] < "2023-07-01"], dt.date(2023, 6, 30)

    pd.testing.assert_frame_equal(month_table(lines, day), month_table(early, day))


def test_each_line_is_counted_once_and_its_amount_is_in_its_month():
    months = month_table(lines_of([3, 0, 2]), dt.date(2023, 3, 31))

    assert months["line_count"].tolist() == [3, 0, 2]
    assert months["net_revenue"].tolist() == [30.0, 0.0, 20.0]


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
def test_every_engine_counts_the_same(engine):
    lines = lines_of([30, 5, 12], cost_amount=[1.5] * 40 + [None] * 7)
    other = duckdb.from_df(lines) if engine == "duckdb" else pl.from_pandas(lines).lazy()
    day = dt.date(2023, 3, 31)

    pd.testing.assert_frame_equal(month_table(other, day), month_table(lines, day))


def test_a_year_says_in_which_share_of_its_lines_a_cell_is_filled():
    lines = lines_of([3] + [0] * 11 + [1], cost_amount=[1.0, 1.0, None, None])
    years = year_cells(month_table(lines, dt.date(2024, 1, 31))).set_index("year")

    assert years["cost_amount_share"].to_dict() == {"2023": pytest.approx(2 / 3), "2024": 0.0}


def test_a_column_that_is_not_there_is_filled_in_no_line():
    years = year_cells(month_table(lines_of([3]), dt.date(2023, 1, 31)))

    assert years["cost_amount_share"].tolist() == [0.0]


def test_a_year_that_starts_in_july_is_named_by_both_calendar_years():
    days = pd.to_datetime(["2023-06-30", "2023-07-01", "2024-06-30", "2024-07-01"])
    months = month_table(pd.DataFrame({"ordered_at": days, "net_amount": 1.0}), dt.date(2024, 7, 31))
    years = year_cells(months, first_month=7).set_index("year")

    assert years["line_count"].to_dict() == {"2022/23": 1, "2023/24": 2, "2024/25": 1}
