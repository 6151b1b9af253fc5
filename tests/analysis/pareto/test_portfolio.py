"""Attractive accounts, and those we are strong with."""

import pandas as pd

from kamlib.analysis.pareto.portfolio import field_table, named_portfolio, portfolio
from kamlib.estimate import Unknown

SIDES = {"attractiveness": {"growth": 1.0, "potential": 1.0}, "strength": {"closeness": 1.0}}
ONE_YEAR = Unknown("One year only.")


def points(growth: list[float | None], closeness: list[float | None]) -> pd.DataFrame:
    index = pd.Index(list("abcd")[: len(growth)], name="account_id")
    return pd.DataFrame({"growth": growth, "closeness": closeness}, index=index, dtype=float)


FOUR = points([5, 5, 1, 1], [5, 1, 5, 1])


def test_each_field_has_its_name() -> None:
    found = portfolio(FOUR, ONE_YEAR, **SIDES)

    assert found["field"].to_list() == ["invest", "selective", "maintain", "withdraw"]
    assert found["field_before"].isna().all()


def test_a_year_ago_is_held_to_the_middle_of_today() -> None:
    found = portfolio(FOUR, points([1, 5, 4, 4], [1, 1, 5, 5]), **SIDES)

    assert found["field_before"].to_list() == ["withdraw", "selective", "invest", "invest"]


def test_accounts_that_are_all_alike_are_all_to_invest_in() -> None:
    assert set(portfolio(points([3, 3], [2, 2]), ONE_YEAR, **SIDES)["field"]) == {"invest"}


def test_one_account_has_a_field() -> None:
    assert portfolio(points([1], [1]), ONE_YEAR, **SIDES)["field"].to_list() == ["invest"]


def test_where_one_side_is_not_known_there_is_no_field_and_coverage_says_how_much_is() -> None:
    found = portfolio(points([5, 4], [None, 3]), ONE_YEAR, **SIDES)

    assert found["field"].isna().to_list() == [True, False]
    assert found[["attractiveness_coverage", "strength_coverage"]].to_numpy().tolist() == [[0.5, 0], [0.5, 1]]


def test_an_account_that_was_none_a_year_ago_has_no_place_then() -> None:
    assert portfolio(FOUR, FOUR.drop("a"), **SIDES)["field_before"].isna().to_list() == [
        True,
        False,
        False,
        False,
    ]


def test_fields_count_who_came_and_who_went() -> None:
    placed = portfolio(FOUR, points([1, 5, 1, 1], [5, 1, 5, 1]), **SIDES)
    sales = pd.DataFrame({"account_id": list("abcd"), "net_revenue_365": [10.0, 20.0, 30.0, 40.0]})
    found = field_table(placed, sales).set_index("field")

    assert found.loc["invest"].to_list() == [1, 10, 1, 0]
    assert found.loc["maintain"].to_list() == [1, 30, 0, 1]


RANKED = pd.DataFrame(
    {"account_id": list("abcd"), "name": list("ABCD"), "verdict": "most", "key_count": [1, 4, 2, 3]}
)


def test_those_that_most_standards_name_stand_first() -> None:
    found = named_portfolio(portfolio(FOUR, ONE_YEAR, **SIDES), RANKED)

    assert found["name"].to_list() == ["B", "D", "C", "A"]
    assert not found["is_marked"].any()


def test_where_nothing_is_known_nobody_has_a_place() -> None:
    found = named_portfolio(portfolio(FOUR.drop(columns="closeness"), ONE_YEAR, **SIDES), RANKED)

    assert found.reason == "No account has its place: nothing is known of one side or the other."
