"""Every standard at once."""

import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.pareto.standards import (
    amount_standards,
    key_by_sales_only,
    own_standard,
    score_standards,
    standard_counts,
    standards_table,
    with_net_profit,
    without_owner,
)
from kamlib.estimate import Unknown

ALONE = pd.DataFrame({"account_id": list("abcde")})
GROUP = ALONE.assign(parent_id=[None, None, "b", "b", None])
NAMES = ["by", "of", "over", "rule"]


def bought(*sales: float, **more: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"account_id": list("abcde")[: len(sales)], "net_revenue_365": sales, **more})


def key(standards: pd.DataFrame, of: str, rule: str, by: str = "sales") -> list[str]:
    named = standards[by, of, "this year", rule]
    return list(named.index[named])


def judged(**standards: list[bool]) -> pd.DataFrame:
    """Return a standard by name, each of another kind."""
    columns = pd.MultiIndex.from_tuples(
        [(name, "account", "this year", "x") for name in standards], names=NAMES
    )
    rows = list(zip(*standards.values(), strict=True))
    return pd.DataFrame(rows, index=pd.Index(list("abcde")[: len(rows)], name="account_id"), columns=columns)


def test_each_rule_names_its_own() -> None:
    found = amount_standards(bought(60, 25, 10, 4, 1), ALONE, large_share=0.1)

    assert key(found, "account", "tier A") == ["a", "b"]
    assert key(found, "account", "top 20%") == ["a"]
    assert key(found, "account", "10% or more") == ["a", "b", "c"]


def test_firms_of_a_group_are_key_together_or_not_at_all() -> None:
    found = amount_standards(bought(30, 1, 29, 30, 10), GROUP)

    assert key(found, "parent", "top 20%") == ["b", "c", "d"]
    assert key(found, "account", "top 20%") == ["a"]


def test_where_nobody_belongs_together_the_parent_is_no_standard() -> None:
    found = amount_standards(bought(60, 40), ALONE)

    assert set(found.columns.get_level_values("of")) == {"account"}


def test_all_firms_of_one_group_are_one_customer() -> None:
    found = amount_standards(bought(60, 30, 10), ALONE.assign(parent_id=[None, "a", "a", None, None]))

    assert key(found, "parent", "top 20%") == ["a", "b", "c"]


def test_equal_accounts_rank_by_name() -> None:
    found = amount_standards(bought(10, 10, 10, 10, 10), ALONE)

    assert key(found, "account", "top 20%") == ["a"]
    assert key(found, "account", "1% or more") == ["a", "b", "c", "d", "e"]


def test_one_account_alone_is_key_by_every_standard_of_its_sales() -> None:
    assert amount_standards(bought(5), ALONE).to_numpy().all()


def test_who_brings_nothing_or_less_is_never_key() -> None:
    found = amount_standards(bought(10, 0, -4, gross_profit_365=[-1.0, 0.0, 2.0]), ALONE)

    assert not found.loc["b"].any()
    assert not found.loc["c", "sales"].any()


def test_with_a_total_below_zero_a_share_of_it_is_no_standard() -> None:
    found = amount_standards(bought(10, 5, gross_profit_365=[-9.0, 2.0]), ALONE)["gross profit"]

    assert list(found.columns.get_level_values("rule")) == ["tier A", "top 20%"]
    assert found.loc["b"].all()


def test_a_window_that_the_table_lacks_is_no_standard() -> None:
    found = amount_standards(bought(10, 5, net_revenue=[30.0, 5.0]), ALONE)

    assert list(found.columns.get_level_values("over").unique()) == ["this year", "all days"]


def test_net_profit_is_gross_profit_less_what_service_cost() -> None:
    table = bought(10, 5, gross_profit_365=[4.0, 2.0])
    months = pd.to_datetime(["2025-01-01", "2025-12-01"])
    costs = pd.DataFrame({"account_id": ["b", "b"], "period": months, "activity": "visits"})
    costs = costs.assign(volume=1.0, amount=1.5, rate=None)
    found = with_net_profit(table, costs, dt.date(2025, 12, 31))

    assert found["net_profit_365"].to_list() == [4.0, -1.0]
    assert "net_profit_prev_365" not in found


def test_without_costs_no_standard_goes_by_net_profit() -> None:
    table = bought(10, 5, gross_profit_365=[4.0, 2.0])

    assert with_net_profit(table, Unknown("no costs"), dt.date(2025, 12, 31)).equals(table)


def test_the_scorecard_counts_as_weighted_and_with_each_known_criterion_doubled() -> None:
    points = pd.DataFrame({"profit": [5.0, 2.0], "trust": [2.0, 4.0]}, index=["a", "b"])
    found = score_standards(points, {"profit": 1.0, "trust": 1.0, "fame": 1.0}, in_from=3.5)

    assert list(found.columns.get_level_values("rule")) == ["as weighted", "profit doubled", "trust doubled"]
    assert found.loc["a"].to_list() == [True, True, False]


def test_the_own_list_is_a_standard_where_there_is_one() -> None:
    listed = ALONE.assign(is_key=[True, None, False, True, None])

    assert own_standard(listed, pd.Index(["a", "b", "x"]))["own list"].squeeze().to_list() == [
        True,
        False,
        False,
    ]
    assert own_standard(ALONE, pd.Index(["a"])).shape == (1, 0)


def test_beside_each_account_stands_how_many_standards_name_it() -> None:
    found = standard_counts(
        judged(sales=[True, True, True, False], profit=[True, True, False, False]), judged(card=[True])
    )

    assert found["account_id"].to_list() == ["a", "b", "c", "d"]
    assert found["key_count"].to_list() == [3, 2, 1, 0]
    assert found["verdict"].to_list() == ["every", "most", "some", "none"]
    assert found["standard_count"].to_list() == [3, 3, 3, 3]


def test_a_standard_by_which_nobody_is_key_does_not_count() -> None:
    found = standard_counts(judged(sales=[True, False], profit=[False, False]))

    assert found["verdict"].to_list() == ["every", "none"]
    assert "profit_key_share" not in found


def test_the_range_runs_over_what_is_measured_and_leaves_the_own_list_out() -> None:
    listed = judged(**{"own list": [False, True]})
    found = standard_counts(judged(sales=[True, False], profit=[True, True]), listed).set_index("account_id")

    assert found.loc["a", ["key_share_low", "key_share_high"]].to_list() == [1, 1]
    assert found.loc["b", ["key_share_low", "key_share_high"]].to_list() == [0, 1]


def test_key_by_sales_only_is_who_profit_does_not_name() -> None:
    found = standard_counts(judged(**{"sales": [True, True, False], "gross profit": [True, False, True]}))

    assert key_by_sales_only(found)["account_id"].to_list() == ["b"]


def test_net_profit_decides_before_gross_profit() -> None:
    kinds = {"sales": [True, True], "gross profit": [True, True], "net profit": [True, False]}

    assert key_by_sales_only(standard_counts(judged(**kinds)))["account_id"].to_list() == ["b"]


def test_without_profit_nobody_is_key_by_sales_only() -> None:
    found = key_by_sales_only(standard_counts(judged(sales=[True])))

    assert found.reason == "Who is key by sales only cannot be told: there is no profit to go by."


def test_key_accounts_without_an_owner_are_those_that_half_of_the_standards_name() -> None:
    counts = standard_counts(
        judged(sales=[True, True, False], profit=[True, True, True], card=[True, False, False])
    )
    owned = counts.assign(owner=["Ann", None, None])

    assert without_owner(owned)["account_id"].to_list() == ["b"]
    assert isinstance(without_owner(counts), Unknown)


def test_the_table_of_standards_says_how_many_each_names() -> None:
    found = standards_table(amount_standards(bought(60, 25, 10, 4, 1), ALONE, large_share=0.1))

    assert found["rules"].to_list() == ["tier A 2, top 20% 1, 10% or more 3"]


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [4, 2, 0, 3, 1]])
def test_the_order_of_the_rows_changes_nothing(order: list[int]) -> None:
    table = bought(30, 1, 29, 30, 10).iloc[order]
    found = amount_standards(table, GROUP)

    assert list(found.index) == list(table["account_id"])
    assert found.sort_index().equals(amount_standards(bought(30, 1, 29, 30, 10), GROUP))


def test_of_less_than_a_year_all_days_are_this_year_and_no_standard_of_their_own() -> None:
    found = amount_standards(bought(10, 5, net_revenue=[10.0, 5.0]), ALONE)

    assert list(found.columns.get_level_values("over").unique()) == ["this year"]


def test_where_nobody_brings_anything_there_is_no_standard_and_nobody_is_key() -> None:
    none = amount_standards(bought(0, -5), ALONE)
    counts = standard_counts(none, own_standard(ALONE, none.index))

    assert none.shape == (2, 0)
    assert counts["verdict"].to_list() == ["none", "none"]
    assert isinstance(key_by_sales_only(counts), Unknown)


def test_where_no_standard_of_sales_names_anybody_nobody_is_key_by_sales_only() -> None:
    counts = standard_counts(judged(**{"sales": [False, False], "gross profit": [True, False]}))

    assert key_by_sales_only(counts).empty


def test_costs_that_do_not_reach_back_leave_the_net_profit_of_last_year_untold() -> None:
    table = bought(10, 5, gross_profit_365=[4.0, 2.0], gross_profit_prev_365=[4.0, 2.0])
    months = pd.to_datetime(["2024-07-01", "2025-12-01"])
    costs = pd.DataFrame({"account_id": "b", "period": months, "activity": "visits", "volume": 1.0})
    found = with_net_profit(table, costs.assign(amount=1.0, rate=None), dt.date(2025, 12, 31))

    assert "net_profit_365" in found
    assert "net_profit_prev_365" not in found
