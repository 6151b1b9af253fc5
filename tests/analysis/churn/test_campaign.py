"""What calls bring, less what they cost."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlib.analysis.churn.campaign import CallTerms, campaign_table, empc, mpc, profit_curves
from kamlib.errors import ParameterError
from kamlib.estimate import Unknown

COSTS = {"value": 200.0, "call_cost": 1.0, "offer_cost": 10.0}
BELIEF = {"alpha": 6.0, "beta": 14.0}
TEST = pd.DataFrame(
    {
        "account_id": ["a", "b", "c", "d"],
        "is_churned": [True, False, True, False],
        "net_revenue_365": [1000.0, 500.0, 200.0, -50.0],
        "gross_profit_365": [400.0, 200.0, 80.0, -20.0],
        "logistic": [0.9, 0.3, 0.5, 0.1],
        "recency": [0.2, 0.9, 0.2, 0.1],
    }
)
TERMS = CallTerms(call_cost=10.0, saved_share=0.5)
MODELS = ["recency", "logistic"]


def curves(**options: float) -> pd.DataFrame | Unknown:
    return profit_curves(TEST, MODELS, CallTerms(call_cost=10.0, saved_share=0.5, **options), calls=1, seed=1)


def profits(model: str, **options: float) -> list[float]:
    found = curves(**options)
    return found.loc[found["ranking"] == model, "profit"].to_list()


def test_each_call_brings_half_of_a_lost_accounts_profit_and_costs_ten() -> None:
    assert profits("logistic") == [0, 190, 180, 210, 200]


def test_another_list_ends_at_the_same_profit_of_calling_all() -> None:
    assert profits("recency") == [0, -10, 180, 210, 200]


def test_calling_anybody_brings_the_mean_of_each_call() -> None:
    assert profits("anybody") == [0, 50, 100, 150, 200]


def test_margin_and_years_say_what_an_account_is_worth() -> None:
    assert profits("logistic", margin=0.1, value_years=3.0) == [0, 140, 130, 150, 140]


def test_without_cost_and_margin_there_is_no_profit_to_tell() -> None:
    found = profit_curves(TEST.drop(columns="gross_profit_365"), MODELS, TERMS, calls=1, seed=1)

    assert isinstance(found, Unknown)
    assert found.reason.startswith("What customers are worth cannot be told in money")
    assert campaign_table(found, TEST, TERMS, calls=1) is found


def test_the_ranges_hold_the_profits_and_repeat_with_the_seed() -> None:
    one, other = curves(), curves()

    pd.testing.assert_frame_equal(one, other)
    assert one["profit"].between(one["profit_low"], one["profit_high"]).all()


def test_all_and_nobody_stand_beside_the_lists() -> None:
    table = campaign_table(curves(), TEST, TERMS, calls=1).set_index("ranking")

    assert list(table.index) == ["recency", "logistic", "anybody", "all", "nobody"]
    assert table["profit"].to_list() == [-10, 190, 50, 200, 0]
    assert table["best_calls"].dropna().to_list() == [3, 3, 4]


def test_calling_the_two_lost_accounts_brings_half_of_the_mean_value_less_ten_each() -> None:
    table = campaign_table(curves(), TEST, TERMS, calls=1).set_index("ranking")

    assert table.loc["logistic", "mpc"] == pytest.approx(2 / 4 * (0.5 * 170 - 10))
    assert (table["empc"] >= table["mpc"])[MODELS].all()
    assert table.loc[["anybody", "all", "nobody"], ["mpc", "empc"]].isna().all(axis=None)


def test_more_calls_than_accounts_are_all_accounts() -> None:
    found = profit_curves(TEST, MODELS, TERMS, calls=99, seed=1)

    assert campaign_table(found, TEST, TERMS, calls=99)["calls"].to_list() == [4, 4, 4, 4, 0]


@pytest.mark.parametrize(
    ("name", "value", "bounds"),
    [("call_cost", -1, "0 to 100000"), ("saved_share", 1, "0.01 to 0.99"), ("value_years", 0, "0.1 to 20")],
)
def test_terms_out_of_bounds_are_refused(name: str, value: float, bounds: str) -> None:
    with pytest.raises(ParameterError, match=f"{name}: give {bounds}, not {value}"):
        CallTerms(**{name: value})


def by_thresholds(lost: np.ndarray, score: np.ndarray, chance: float) -> float:
    """Return the greatest profit per account over all lists, tried one by one."""
    lists = [score >= cut for cut in np.unique(score)]
    per_list = [(chance * 190 * lost - 1 - 10 * ~lost) @ called / len(lost) for called in lists]
    return max(0.0, *per_list)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=1, max_size=25))
def test_mpc_is_the_best_of_all_lists(rows: list[tuple[bool, int]]) -> None:
    lost, score = (np.array(part) for part in zip(*rows, strict=True))

    assert mpc(lost, score, **COSTS, saved_share=0.3)[0] == pytest.approx(by_thresholds(lost, score, 0.3))


def test_empc_is_the_mean_of_the_best_lists_over_the_chance() -> None:
    lost, score = np.arange(40) % 3 == 0, np.arange(40) * 7 % 11
    drawn = np.random.default_rng(1).beta(6, 14, 20_000)
    mean = np.mean([by_thresholds(lost, score, chance) for chance in drawn[:2000]])

    assert empc(lost, score, **COSTS, **BELIEF)[0] == pytest.approx(mean, rel=0.03)


def test_a_call_that_costs_more_than_it_can_save_is_never_made() -> None:
    costs = COSTS | {"call_cost": 1000.0}

    assert empc([True, False], [0.9, 0.1], **costs, **BELIEF) == (0.0, 0.0)


def test_where_nobody_left_nobody_is_called() -> None:
    assert empc([False, False], [0.9, 0.1], **COSTS, **BELIEF) == (0.0, 0.0)


def test_a_million_scores_take_less_than_a_second() -> None:
    generator = np.random.default_rng(1)
    score = generator.random(1_000_000)
    lost = generator.random(1_000_000) < score
    start = time.process_time()
    empc(lost, score, **COSTS, **BELIEF)

    assert time.process_time() - start < 1
