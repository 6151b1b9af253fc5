"""The same expressions on DuckDB, Spark, Polars and pandas: one answer, to the last digit."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.analysis.churn.later import later_orders
from kamlib.analysis.periods import Period, account_periods
from kamlib.analysis.snapshot import account_table

TODAY = dt.date(2024, 3, 15)
BEGINS = dt.date(2023, 3, 10)
ENDS = dt.date(2024, 4, 10)
YEARS = [
    Period("this", dt.date(2023, 3, 16), TODAY),
    Period("last", dt.date(2022, 3, 16), dt.date(2023, 3, 15)),
]
MONEY = pa.decimal128(18, 4)
COLUMNS = pa.schema(
    {
        "account_id": pa.string(),
        "order_id": pa.string(),
        "ordered_at": pa.date32(),
        "product_id": pa.string(),
        "quantity": pa.float64(),
        "net_amount": MONEY,
        "list_amount": MONEY,
        "cost_amount": MONEY,
    }
)
TABLES: dict[str, Callable[[Any], pd.DataFrame]] = {
    "account_table": lambda lines: account_table(lines, TODAY),
    "account_periods": lambda lines: account_periods(lines, YEARS, by_product=True),
    "later_orders": lambda lines: later_orders(lines, dt.date(2023, 12, 31), ENDS),
}
each_table = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)

# What companies have: several orders and lines a day, returns (on days of their own and on order days),
# free goods, products and costs not known, leap days, lines after the day, an account that only sends back.
RICH = """
a o01 2020-02-29 p1  5  50.0000  60.0000  31.1111
a o02 2022-06-01 p1  1  10.0500  12.0000   7.0300
a o03 2023-03-15 p2  1  10.1000  12.0000   0.0300
a o04 2023-03-16 p2  1   0.0510   0.0900        ?
a o05 2023-12-31 p3  2  20.0000        ?  11.5000
a o05 2023-12-31 ?   1   7.7700   8.0000   4.0000
a o06 2023-12-31 p3  1   9.9900  11.0000   5.0100
a o07 2024-02-28 p4  3   0.0000  30.0000  12.0000
a o08 2024-02-29 p1  1   1.2500   1.5000   1.0000
a o09 2024-02-29 p1 -1  -1.2500  -1.5000  -1.0000
a o10 2024-03-01 p5 -2  -6.6600  -7.0000        ?
a o11 2024-03-15 p1  1   3.3300   3.5000   2.2200
a o12 2024-04-01 p9  1  99.9900 100.0000  50.0000
b o13 2024-01-10 p1 -1  -4.0000  -5.0000  -3.0000
b o14 2024-01-11 p1 -1  -4.0000        ?        ?
c o15 2024-03-16 p1  1   8.8800   9.0000   7.0000
d o16 2023-03-16 ?   1   0.0001   0.0002        ?
d o17 2023-03-18 ?   1   0.0002   0.0002        ?
d o18 2023-03-21 ?   1   0.0003   0.0004        ?
"""


def rich() -> pa.Table:
    rows = [[None if word == "?" else word for word in line.split()] for line in RICH.split("\n") if line]
    return lines_of([(*row[:2], dt.date.fromisoformat(row[2]), row[3], *amounts(row[4:])) for row in rows])


def amounts(words: list[str | None]) -> list[Decimal | float | None]:
    return [float(words[0] or 0), *(Decimal(word) if word else None for word in words[1:])]


def lines_of(rows: list[tuple]) -> pa.Table:
    columns = zip(*rows, strict=True)
    return pa.table(
        [pa.array(column, kind.type) for column, kind in zip(columns, COLUMNS, strict=True)], schema=COLUMNS
    )


def in_duckdb(lines: pa.Table) -> duckdb.DuckDBPyRelation:
    return duckdb.connect().from_arrow(lines)


def in_polars(lines: pa.Table) -> pl.LazyFrame:
    return pl.from_arrow(lines).lazy()


def in_pandas(lines: pa.Table) -> pd.DataFrame:
    """Return what `read_csv` would: doubles with NaN, and dates as moments."""
    return lines.to_pandas().astype(
        {name: "float64" for name in COLUMNS.names if COLUMNS.field(name).type == MONEY}
        | {"ordered_at": "datetime64[ns]"}
    )


def assert_equal(table: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(table, other, check_exact=True)


cents = st.integers(-500_00, 2_000_00).map(lambda whole: Decimal(whole) / 100)
some_lines = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["x", "y", "z"]),
        st.one_of(
            st.dates(BEGINS, ENDS), st.sampled_from([dt.date(2024, 2, 29), TODAY, dt.date(2020, 2, 29)])
        ),
        st.sampled_from(["p", "q", None]),
        st.integers(0, 9).map(float),
        cents,
        st.one_of(st.none(), cents),
        st.one_of(st.none(), cents),
    ),
    min_size=1,
    max_size=25,
).map(lines_of)


@each_table
@given(lines=some_lines)
@settings(max_examples=15)
def test_duckdb_polars_and_pandas_give_one_answer(
    table: Callable[[Any], pd.DataFrame], lines: pa.Table
) -> None:
    found = table(in_duckdb(lines))

    assert_equal(table(in_polars(lines)), found)
    assert_equal(table(in_pandas(lines)), found)


@each_table
@pytest.mark.parametrize("engine", [in_polars, in_pandas])
def test_the_engines_agree_on_all_that_companies_have(
    table: Callable[[Any], pd.DataFrame], engine: Callable[[pa.Table], Any]
) -> None:
    assert_equal(table(engine(rich())), table(in_duckdb(rich())))


@pytest.mark.spark
@each_table
def test_spark_gives_the_same_to_the_last_digit(table: Callable[[Any], pd.DataFrame], spark: Any) -> None:
    assert_equal(table(spark.createDataFrame(rich())), table(in_duckdb(rich())))


@pytest.mark.spark
def test_spark_takes_moments_and_doubles_as_pandas_does(spark: Any) -> None:
    lines = in_pandas(rich())

    assert_equal(account_table(spark.createDataFrame(lines), TODAY), account_table(lines, TODAY))


def test_money_is_added_as_decimals_and_each_sum_rounded_once() -> None:
    account = account_table(in_duckdb(rich()), TODAY).set_index("account_id").loc["d"]

    assert account["net_revenue"] == 0.0006


def test_an_account_that_only_sends_back_has_sums_and_no_days() -> None:
    account = account_table(in_duckdb(rich()), TODAY).set_index("account_id").loc["b"]

    assert (account["net_revenue"], account["order_count"], account["product_count_365"]) == (-8.0, 0, 0)
    assert pd.isna(account[["first_ordered_at", "days_since_last_order", "median_gap_days"]]).all()
