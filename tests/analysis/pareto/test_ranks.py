"""Accounts ranked by several amounts, side by side."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from kamlib.analysis.pareto.ranks import rank_table
from kamlib.estimate import Unknown

SALES = pd.Series({"a": 90.0, "b": 60.0, "c": 30.0})
PROFIT = pd.Series({"a": -5.0, "b": 20.0, "c": 10.0})


def test_who_sells_most_may_earn_least() -> None:
    table = rank_table({"sales": SALES, "profit": PROFIT})

    assert table["account_id"].to_list() == ["a", "b", "c"]
    assert table["profit_rank"].to_list() == [3, 1, 2]
    assert table["profit_shift"].to_list() == [-2, 1, 1]


def test_equals_are_ranked_by_account() -> None:
    table = rank_table({"sales": pd.Series({"c": 1.0, "a": 1.0, "b": 1.0})})

    assert table["account_id"].to_list() == ["a", "b", "c"]
    assert table["sales_rank"].to_list() == [1, 2, 3]


def test_a_measure_that_cannot_be_told_has_no_columns() -> None:
    table = rank_table({"sales": SALES, "profit": Unknown("no cost")})

    assert list(table) == ["account_id", "sales", "sales_rank"]


def test_an_account_whose_profit_is_not_known_has_no_place_by_it() -> None:
    table = rank_table({"sales": SALES, "profit": PROFIT.drop("b")})

    assert table["profit_rank"].isna().to_list() == [False, True, False]


def test_an_account_without_sales_is_not_in_the_table() -> None:
    assert rank_table({"sales": SALES.drop("b"), "profit": PROFIT})["account_id"].to_list() == ["a", "c"]


def test_one_account_is_first_by_everything() -> None:
    row = rank_table({"sales": SALES[:1], "profit": PROFIT[:1]}).iloc[0]

    assert (row["sales_rank"], row["profit_rank"], row["profit_shift"]) == (1, 1, 0)


@given(st.lists(st.tuples(st.integers(-99, 99), st.integers(-99, 99)), min_size=1, max_size=30))
def test_whoever_climbs_pushes_others_down(amounts: list[tuple[int, int]]) -> None:
    sales, profit = (pd.Series(column, dtype=float) for column in zip(*amounts, strict=True))
    table = rank_table({"sales": sales, "profit": profit})

    assert table["profit_shift"].sum() == 0
    assert sorted(table["profit_rank"]) == list(range(1, len(amounts) + 1))
