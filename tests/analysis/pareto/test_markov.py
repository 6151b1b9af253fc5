"""What an account of each tier is worth."""

import numpy as np
import pandas as pd
import pytest

from kamlib.analysis.pareto.markov import markov_value, tier_values, transition_shares

YEARS = pd.DataFrame(
    {"period": "2023", "state": ["A", "A", "B", "C"], "net_revenue": [90.0, 110.0, 30.0, 5.0]}
)


def moves(*counts: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(counts, columns=["from_state", "to_state", "account_count"])


MOVES = moves(("A", "A", 30), ("A", "left", 10), ("B", "B", 30), ("C", "C", 5), ("not yet", "A", 7))


def test_shares_of_one_state_add_up_to_one() -> None:
    shares = transition_shares(MOVES).groupby("from_state")["account_share"].sum(min_count=1)

    assert shares[["A", "B", "C"]].to_list() == [1, 1, 1]
    assert np.isnan(shares["left"])


def test_a_value_for_ever_is_that_of_a_very_long_horizon() -> None:
    shares, reward = np.array([[0.7, 0.3], [0.1, 0.9]]), np.array([10.0, 1.0])

    assert markov_value(shares, reward, discount=0.1) == pytest.approx(
        markov_value(shares, reward, discount=0.1, horizon=500)
    )


def test_without_a_discount_there_is_no_value_for_ever() -> None:
    with pytest.raises(ValueError, match="discount: a value for ever takes a rate above zero, not 0"):
        markov_value(np.eye(2), np.ones(2), discount=0)


def test_who_left_stays_away_where_nobody_was_seen_to_come_back() -> None:
    found = tier_values(MOVES, YEARS, discount=0.0, horizon=2, seed=1).set_index("state")

    assert found.loc["A", "value"] == pytest.approx(100 * (0.75 + 0.75**2))


def test_the_range_holds_the_value_and_repeats_with_its_seed() -> None:
    found = tier_values(MOVES, YEARS, seed=1)
    first = found.iloc[0]

    assert first["value_low"] < first["value"] < first["value_high"]
    pd.testing.assert_frame_equal(found, tier_values(MOVES, YEARS, seed=1))


def test_of_a_tier_with_few_accounts_no_value_is_told() -> None:
    found = tier_values(MOVES, YEARS, seed=1).set_index("state").loc["C"]

    assert np.isnan(found["value"])
    assert (found["value_note"], found["moves_seen"]) == ("too few to tell", 5)


def test_profit_is_what_counts_where_it_is_known() -> None:
    found = tier_values(MOVES, YEARS.assign(gross_profit=[9.0, 11.0, 3.0, 1.0]), seed=1)

    assert (found["measure"].iloc[0], found["year_amount"].iloc[0]) == ("gross profit", 10.0)
