import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.analysis.churn.later import later_orders
from kamlib.analysis.snapshot import account_table
from kamlib.data.sources import open_source

DAY_0 = dt.date(2023, 1, 1)
TODAY = dt.date(2024, 6, 30)


def lines_of(*rows: tuple[str, str, float], **columns: object) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["account_id", "ordered_at", "net_amount"])
    return table.assign(ordered_at=pd.to_datetime(table["ordered_at"]), **columns)


some_lines = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.dates(DAY_0, dt.date(2024, 12, 31)).map(str),
        st.integers(-500_00, 2_000_00).map(lambda cents: cents / 100),
    ),
    min_size=1,
    max_size=25,
)


# account_table


def test_windows_end_with_the_day_and_begin_after_their_length() -> None:
    lines = lines_of(("a", "2024-06-30", 1.0), ("a", "2024-04-02", 2.0), ("a", "2024-04-01", 4.0))
    account = account_table(lines, TODAY).loc[0]

    assert (account["net_revenue_90"], account["net_revenue_180"]) == (3.0, 7.0)


def test_last_year_is_the_365_days_before_this_years() -> None:
    lines = lines_of(("a", "2023-07-02", 1.0), ("a", "2023-07-01", 2.0), ("a", "2022-07-02", 4.0))
    account = account_table(lines, TODAY).loc[0]

    assert (account["net_revenue_365"], account["net_revenue_prev_365"]) == (1.0, 6.0)


def test_a_day_with_two_orders_is_one_order_day() -> None:
    lines = lines_of(("a", "2024-06-01", 1.0), ("a", "2024-06-01", 2.0), order_id=["x", "y"])
    account = account_table(lines, TODAY).loc[0]

    assert (account["order_count"], account["order_day_count"], account["line_count"]) == (2, 1, 2)


def test_a_return_lowers_revenue_and_is_no_order() -> None:
    lines = lines_of(("a", "2024-05-31", 10.0), ("a", "2024-06-20", -4.0))
    account = account_table(lines, TODAY).loc[0]

    assert (account["net_revenue"], account["order_day_count"]) == (6.0, 1)
    assert account["days_since_last_order"] == 30


def test_an_account_with_only_returns_has_no_order_day() -> None:
    account = account_table(lines_of(("a", "2024-06-20", -4.0)), TODAY).loc[0]

    assert pd.isna(account["last_ordered_at"])
    assert account["order_day_count"] == 0


def test_orders_on_days_0_30_58_91_120_152_have_a_median_gap_of_30() -> None:
    days = [str(DAY_0 + dt.timedelta(days=day)) for day in (0, 30, 58, 91, 120, 152)]
    table = account_table(lines_of(*(("a", day, 1.0) for day in days)), DAY_0 + dt.timedelta(days=213))

    assert table.loc[0, "median_gap_days"] == 30
    assert table.loc[0, "days_since_last_order"] == 213 - 152


def test_two_order_days_make_no_rhythm() -> None:
    table = account_table(lines_of(("a", "2024-05-01", 1.0), ("a", "2024-06-01", 1.0)), TODAY)

    assert pd.isna(table.loc[0, "median_gap_days"])


def test_profit_counts_only_the_lines_whose_cost_is_known() -> None:
    lines = lines_of(("a", "2024-06-01", 10.0), ("a", "2024-06-02", 5.0), cost_amount=[7.0, None])
    account = account_table(lines, TODAY).loc[0]

    assert (account["gross_profit"], account["costed_revenue"], account["net_revenue"]) == (3.0, 10.0, 15.0)


def test_profit_is_taken_in_decimals_and_rounded_once() -> None:
    account = account_table(lines_of(("a", "2024-06-01", 0.3), cost_amount=[0.1]), TODAY).loc[0]

    assert account["gross_profit"] == 0.2


def test_products_are_counted_once_and_not_when_sent_back() -> None:
    rows = [("a", "2024-06-01", 1.0), ("a", "2024-06-02", 1.0), ("a", "2024-06-03", -1.0)]
    table = account_table(lines_of(*rows, product_id=["p", "p", "q"]), TODAY)

    assert table.loc[0, "product_count_365"] == 1


@given(some_lines)
@settings(max_examples=15, deadline=None)
def test_rows_after_the_day_change_no_account(rows: list[tuple[str, str, float]]) -> None:
    lines = lines_of(*rows)
    past = lines[lines["ordered_at"] <= pd.Timestamp(TODAY)]

    pd.testing.assert_frame_equal(account_table(lines, TODAY), account_table(past, TODAY))


@given(some_lines, st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_the_order_of_rows_changes_no_account(rows: list[tuple[str, str, float]], chance: object) -> None:
    shuffled = sorted(rows, key=lambda _: chance.random())  # type: ignore[attr-defined]

    pd.testing.assert_frame_equal(
        account_table(lines_of(*rows), TODAY), account_table(lines_of(*shuffled), TODAY)
    )


def test_amounts_without_cents_are_amounts() -> None:
    lines = lines_of(("a", "2024-06-01", 10), ("a", "2024-06-02", 5), list_amount=[12, 6], cost_amount=[7, 4])
    account = account_table(lines, TODAY).loc[0]

    assert (account["net_revenue"], account["list_revenue_365"], account["gross_profit"]) == (15.0, 18.0, 4.0)


# later_orders


def test_later_orders_begin_the_day_after_and_end_with_the_last_day() -> None:
    days = ["2024-06-30", "2024-07-01", "2024-07-10", "2024-07-11"]
    later = later_orders(lines_of(*(("a", day, 1.0) for day in days)), TODAY, dt.date(2024, 7, 10))

    assert later.loc[0, "next_ordered_at"] == pd.Timestamp("2024-07-01")
    assert (later.loc[0, "order_day_count"], later.loc[0, "net_revenue"]) == (2, 2.0)


def test_a_later_return_is_money_but_no_order() -> None:
    later = later_orders(lines_of(("a", "2024-07-01", -3.0)), TODAY, dt.date(2024, 7, 10))

    assert pd.isna(later.loc[0, "next_ordered_at"])
    assert (later.loc[0, "order_day_count"], later.loc[0, "net_revenue"]) == (0, -3.0)


def test_an_account_without_a_later_line_has_no_row() -> None:
    assert later_orders(lines_of(("a", "2024-06-30", 1.0)), TODAY, dt.date(2024, 7, 10)).empty


@given(some_lines)
@settings(max_examples=15, deadline=None)
def test_before_and_after_a_cut_off_add_up_to_all(rows: list[tuple[str, str, float]]) -> None:
    lines, end = lines_of(*rows), dt.date(2024, 12, 31)
    parts = (
        account_table(lines, TODAY)["net_revenue"].sum()
        + later_orders(lines, TODAY, end)["net_revenue"].sum()
    )

    assert parts == pytest.approx(account_table(lines, end)["net_revenue"].sum(), abs=1e-6)


# published numbers


def test_adventureworks_two_years_are_the_published_sums(adventureworks: object) -> None:
    lines = open_source(str(adventureworks)).order_lines
    sums = account_table(lines, dt.date(2013, 11, 30)).filter(regex="^(net_revenue|gross_profit)").sum()

    assert sums["net_revenue_365"] == pytest.approx(36_240_484.70, abs=0.005)
    assert sums["net_revenue_prev_365"] == pytest.approx(27_921_670.52, abs=0.005)
    assert sums["gross_profit_365"] == pytest.approx(-673_727.11, abs=0.005)
    assert sums["gross_profit_prev_365"] == pytest.approx(1_153_444.77, abs=0.005)


def test_adventureworks_has_635_accounts_and_80_million_of_sales(adventureworks: object) -> None:
    table = account_table(open_source(str(adventureworks)).order_lines, dt.date(2013, 11, 30))

    assert (len(table), table["order_count"].sum()) == (635, 3_796)
    assert table["net_revenue"].sum() == pytest.approx(80_450_596.98, abs=0.005)


def test_cdnow_has_23570_customers_and_2500315_of_sales(cdnow: object) -> None:
    tables = open_source(str(cdnow))
    table = account_table(tables.order_lines, tables.as_of)

    assert (len(table), table["line_count"].sum()) == (23_570, 69_659)
    assert table["net_revenue"].sum() == pytest.approx(2_500_315.63, abs=0.005)
