"""How much comes from how few."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlib.analysis.pareto.concentration import (
    concentration,
    concentration_by_measure,
    concentration_table,
    concentration_within,
    top_count,
    top_share_spread,
)
from kamlib.estimate import Unknown

AMOUNTS = st.lists(st.integers(0, 10**6), min_size=2, max_size=60).filter(lambda amounts: sum(amounts) > 0)


def test_accounts_are_ranked_largest_first_and_equals_by_name() -> None:
    table = concentration_table(pd.Series({"b": 5.0, "c": 10.0, "a": 5.0}))

    assert table["account_id"].to_list() == ["c", "a", "b"]


def test_shares_add_up_to_one() -> None:
    table = concentration_table(pd.Series({"a": 50.0, "b": 30.0, "c": 20.0}))

    assert table["cumulative_amount_share"].to_list() == pytest.approx([0.5, 0.8, 1.0])
    assert table["cumulative_account_share"].to_list() == pytest.approx([1 / 3, 2 / 3, 1.0])


def test_the_account_that_reaches_the_target_counts() -> None:
    found = concentration(pd.Series({"a": 50.0, "b": 30.0, "c": 20.0}), target_share=0.8)

    assert found.target_accounts == 2


def test_the_top_fifth_is_rounded_up() -> None:
    assert [top_count(n) for n in (1, 5, 6, 10, 11, 635)] == [1, 1, 2, 2, 3, 127]


def test_equal_accounts_are_not_concentrated() -> None:
    found = concentration(pd.Series([10.0] * 20))

    assert found.gini == pytest.approx(0)
    assert found.effective_accounts == pytest.approx(20)
    assert found.top_share == pytest.approx(0.2)


def test_one_account_alone_has_everything() -> None:
    found = concentration(pd.Series({"a": 7.0}))

    assert (found.top_share, found.target_accounts, found.hhi) == (1.0, 1, 1.0)


def test_with_an_account_below_zero_the_gini_is_not_defined_but_all_else_is() -> None:
    found = concentration(pd.Series({"a": 90.0, "b": 30.0, "c": -20.0}))

    assert found.gini == Unknown("The Gini coefficient is not defined: 1 accounts are below zero.", "gini")
    assert found.top_share == pytest.approx(0.9)


def test_of_a_total_below_zero_nobody_has_a_share() -> None:
    found = concentration(pd.Series({"a": 1.0, "b": -2.0}))

    assert isinstance(found, Unknown)
    assert found.reason == "The total is not above zero, so no account has a share of it."


def test_a_target_that_is_no_share_is_refused() -> None:
    with pytest.raises(ValueError, match="target_share is a share above 0 and up to 1, not 80"):
        concentration(pd.Series([1.0]), target_share=80)


def test_a_measure_that_cannot_be_told_stands_in_the_table_with_its_reason() -> None:
    table = concentration_by_measure({"Sales": pd.Series([3.0, 1.0]), "Gross profit": Unknown("no cost")})

    assert table["note"].to_list() == ["", "no cost"]
    assert np.isnan(table.loc[1, "top_share"])


@given(AMOUNTS)
def test_the_order_of_accounts_changes_nothing(amounts: list[int]) -> None:
    series = pd.Series(amounts, index=[f"a{i:02d}" for i in range(len(amounts))], dtype=float)

    one, other = concentration(series), concentration(series.iloc[::-1])

    assert one.top_share == pytest.approx(other.top_share)
    assert one.target_accounts == other.target_accounts


@given(AMOUNTS, st.floats(0.01, 1000))
def test_the_currency_changes_nothing(amounts: list[int], rate: float) -> None:
    series = pd.Series(amounts, dtype=float)

    one, other = concentration(series), concentration(series * rate)

    assert one.hhi == pytest.approx(other.hhi)
    assert one.gini == pytest.approx(other.gini, abs=1e-9)


@given(AMOUNTS)
def test_the_effective_number_lies_between_one_and_all(amounts: list[int]) -> None:
    found = concentration(pd.Series(amounts, dtype=float))

    assert 1 - 1e-9 <= found.effective_accounts <= found.accounts + 1e-9


def test_the_spread_holds_the_share_and_repeats_with_its_seed() -> None:
    amount = pd.Series(np.random.default_rng(3).lognormal(size=200))

    spread = top_share_spread(amount, seed=1)

    assert spread.low < spread.value < spread.high
    assert spread == top_share_spread(amount, seed=1)


def test_the_spread_is_that_of_drawing_accounts_one_by_one() -> None:
    amount = pd.Series(np.random.default_rng(4).lognormal(size=50))
    generator, shares = np.random.default_rng(9), []
    for _ in range(4000):
        drawn = np.sort(generator.choice(amount, 50))[::-1]
        shares.append(drawn[:10].sum() / drawn.sum())

    spread = top_share_spread(amount, seed=1, draws=4000)

    assert (spread.low, spread.high) == pytest.approx(np.quantile(shares, [0.025, 0.975]), abs=0.01)


def test_of_a_handful_of_accounts_no_spread_is_told() -> None:
    assert top_share_spread(pd.Series([3.0, 2.0, 1.0]), seed=1) == Unknown(
        "Too few to tell: 3 accounts.", "top_share_spread"
    )


def test_the_largest_three_and_ten_are_told_beside_the_largest() -> None:
    found = concentration(pd.Series([30.0, 20.0, 15.0, 10.0, 10.0, *[1.5] * 10]))

    assert (found.largest_share, found.largest_three_share) == pytest.approx((0.30, 0.65))
    assert found.largest_ten_share == pytest.approx(0.925)


def test_where_no_measure_can_be_told_the_table_still_has_its_columns() -> None:
    table = concentration_by_measure({"Sales": Unknown("nothing sold")})

    assert table[["hhi", "gini", "total"]].isna().all(axis=None)


def _sold(industries: list[str | None], amounts: list[float]) -> pd.DataFrame:
    ids = [f"a{number:02d}" for number in range(len(amounts))]
    return pd.DataFrame({"account_id": ids, "industry": industries, "net_revenue_365": amounts})


MIXED = _sold(["Food"] * 10 + ["Tea"] * 3 + [None], [50.0, *[5.0] * 8, 10.0, 100.0, 100.0, 100.0, 999.0])


def test_industries_stand_largest_first_and_those_without_one_last() -> None:
    table = concentration_within(MIXED, "industry")

    assert table["group"].to_list() == ["Tea", "Food", "not given"]
    assert table["amount_share"].to_list() == pytest.approx([300 / 1399, 100 / 1399, 999 / 1399])


def test_within_an_industry_of_ten_the_top_fifth_is_told() -> None:
    food = concentration_within(MIXED, "industry").set_index("group").loc["Food"]

    assert (food["account_count"], food["target_accounts"]) == (10, 6)
    assert (food["largest_share"], food["top_share"]) == pytest.approx((0.5, 0.6))


def test_of_an_industry_of_nine_or_fewer_only_the_sum_is_told() -> None:
    tea = concentration_within(MIXED, "industry").set_index("group").loc["Tea"]

    assert (tea["account_count"], tea["amount"], tea["note"]) == (3, 300.0, "too few to tell")
    assert np.isnan(tea["top_share"])


def test_accounts_that_bought_nothing_belong_to_no_industry() -> None:
    table = concentration_within(_sold(["Food"] * 3, [5.0, 0.0, float("nan")]), "industry")

    assert table["account_count"].to_list() == [1]


def test_an_industry_that_gave_back_more_than_it_bought_says_why_it_has_no_share() -> None:
    table = concentration_within(_sold(["Food"] * 10, [-1.0] * 10), "industry")

    assert table["note"].to_list() == ["The total is not above zero, so no account has a share of it."]
    assert table["amount_share"].isna().all()


@pytest.mark.parametrize("column", ["industry", "region"])
def test_where_nobody_has_an_industry_or_a_region_that_is_said(column: str) -> None:
    found = concentration_within(_sold([None] * 2, [1.0, 2.0]), column)

    assert found == Unknown(f"Nothing can be told by {column}: the accounts table does not give it.", column)
