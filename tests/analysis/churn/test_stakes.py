"""What is at stake with a list of calls, and what such lists held before."""

import pandas as pd
import pytest

from kamlib.analysis.churn.stakes import call_list, called_first, expected_loss, held_sales, hit_rate
from kamlib.errors import ParameterError
from kamlib.estimate import Unknown

TEST = pd.DataFrame(
    {
        "account_id": ["a", "b", "c", "d", "e", "f"],
        "is_churned": [True, False, True, False, False, False],
        "net_revenue_365": [10.0, 100.0, 30.0, 5.0, 5.0, 5.0],
        "model": [0.9, 0.5, 0.1, 0.1, 0.1, 0.1],
    }
)


def test_the_list_is_by_chance_times_sales() -> None:
    assert called_first(TEST, "model", 3)["account_id"].to_list() == ["b", "a", "c"]


def test_the_part_held_is_that_of_the_sales_lost() -> None:
    held = held_sales(TEST, "model", lengths=(1, 2, 3), seed=1).query("ranking == 'at_stake'")

    assert held["held_share"].to_list() == pytest.approx([0, 0.25, 1])


def test_calling_anybody_holds_as_much_as_the_list_is_long() -> None:
    held = held_sales(TEST, "model", lengths=(3,), seed=1).query("ranking == 'random'")

    assert held["held_share"].to_list() == [0.5]


def test_a_list_of_more_than_half_of_the_accounts_proves_nothing() -> None:
    assert held_sales(TEST, "model", lengths=(4,), seed=1) == Unknown(
        "Too few accounts for a list: 6 tested.", "held_sales"
    )


def test_where_nobody_with_sales_was_lost_nothing_was_held() -> None:
    found = held_sales(TEST.assign(is_churned=False), "model", lengths=(2,), seed=1)

    assert found == Unknown("No account with sales was lost in the test.", "held_sales")


def test_the_range_holds_the_share_and_repeats_with_its_seed() -> None:
    one, other = (held_sales(TEST, "model", lengths=(2, 3), seed=4) for _ in range(2))
    known = one.dropna()

    pd.testing.assert_frame_equal(one, other)
    assert (known["held_share_low"] <= known["held_share"]).all()
    assert (known["held_share"] <= known["held_share_high"]).all()


def test_the_hit_rate_counts_those_really_lost() -> None:
    rate = hit_rate(TEST, "model", 2)

    assert (rate.value, rate.n, rate.method) == (0.5, 2, "Wilson")


def test_the_expected_loss_is_the_sum_at_risk() -> None:
    scores = pd.DataFrame({"probability": [0.5, 0.2], "revenue_at_risk": [50.0, 20.0]})
    loss = expected_loss(scores, seed=1)

    assert loss.value == 70.0
    assert (loss.low, loss.high) == (0.0, 200.0)


def test_nobody_to_call_is_refused() -> None:
    with pytest.raises(ParameterError, match="calls: give 1 or more, not 0"):
        call_list(pd.DataFrame({"probability": [0.5], "revenue_at_risk": [1.0]}), 0)
