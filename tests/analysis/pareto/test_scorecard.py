"""A weighted scorecard: score, coverage, vetoes, and who is in."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlib.analysis.pareto.scorecard import scorecard, unanswered, weighted_points, weights_of
from kamlib.errors import ParameterError
from kamlib.estimate import Unknown

EVEN = {"profit": 1.0, "trust": 1.0}


def points(*rows: tuple[float | None, float | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, index=list("abcdefgh")[: len(rows)], columns=["profit", "trust"], dtype=float)


def state(*rows: tuple[float | None, float | None], **options: object) -> list[str]:
    return scorecard(points(*rows), EVEN, **options).set_index("account_id").sort_index()["state"].to_list()


def test_a_score_is_the_weighted_mean_of_the_points() -> None:
    assert weighted_points(points((5, 2)), {"profit": 2, "trust": 1})["score"].to_list() == [4.0]


def test_a_criterion_that_is_missing_leaves_the_score_to_the_others_and_is_said() -> None:
    found = weighted_points(points((4, None)), {"profit": 1, "trust": 3})

    assert found.to_dict("list") == {"score": [4.0], "coverage": [0.25]}


@given(st.lists(st.tuples(*[st.none() | st.integers(1, 5)] * 2), min_size=1, max_size=8), st.floats(0.1, 9))
def test_a_score_lies_between_its_points_whatever_the_weights(
    rows: list[tuple[int, int]], weight: float
) -> None:
    given_points = points(*rows)
    found = weighted_points(given_points, {"profit": weight, "trust": 1.0})["score"]
    known = found.notna()

    assert (found[known] >= given_points.min(axis=1)[known] - 1e-9).all()
    assert (found[known] <= given_points.max(axis=1)[known] + 1e-9).all()


def test_accounts_are_in_watched_or_out_by_the_stated_cuts() -> None:
    assert state((4, 3), (3, 2), (3, 1), in_from=3.5, watch_from=2.5) == ["in", "watch", "out"]


def test_an_account_of_which_less_than_half_is_known_is_watched_at_best() -> None:
    card = scorecard(points((5, None)), {"profit": 1, "trust": 2})

    assert card["state"].to_list() == ["watch"]


def test_an_account_of_which_nothing_is_known_is_neither_in_nor_out() -> None:
    assert state((None, None)) == ["not known"]


def test_a_veto_outweighs_every_score_and_is_named() -> None:
    card = scorecard(points((5, 1), (5, 2)), EVEN, vetoes=["trust<2"], in_from=3)

    assert card["state"].to_list() == ["in", "out"]
    assert card["veto"].to_list() == ["", "trust"]


def test_two_vetoes_are_both_named() -> None:
    assert scorecard(points((1, 1)), EVEN, vetoes=["profit<2", "trust < 1.5"])["veto"].to_list() == [
        "profit, trust"
    ]


def test_what_nobody_knows_is_no_veto() -> None:
    assert state((5, None), vetoes=["trust<2", "closeness<2"]) == ["in"]


def test_equal_scores_share_a_rank_and_stand_by_name() -> None:
    card = scorecard(points((3, 3), (5, 5), (2, 4)), EVEN)

    assert card[["account_id", "rank"]].to_numpy().tolist() == [["b", 1.0], ["a", 2.0], ["c", 2.0]]


def test_an_unknown_is_returned_as_it_is() -> None:
    unknown = Unknown("One year only.")

    assert scorecard(unknown, EVEN) is unknown


@pytest.mark.parametrize("entry", ["profit", "profit=0", "profit=-1", "profit=a lot", "=1"])
def test_a_criterion_needs_a_weight_above_zero(entry: str) -> None:
    with pytest.raises(ParameterError, match=f"criteria: '{entry}' is no criterion with a weight above zero"):
        weights_of([entry])


def test_a_criterion_stands_once_and_there_is_one() -> None:
    with pytest.raises(ParameterError, match="each one once"):
        weights_of(["profit=1", "profit=2"])
    with pytest.raises(ParameterError, match="give one or more"):
        weights_of([])


def test_a_veto_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(
        ParameterError, match="vetoes: 'trust' cannot be read: write it as financial reputation<2"
    ):
        scorecard(points((1, 1)), EVEN, vetoes=["trust"])


def test_cuts_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(ParameterError, match="watch_from = 4 lies above in_from = 3: turn them round"):
        scorecard(points((1, 1)), EVEN, in_from=3, watch_from=4)


def test_it_is_said_of_what_nothing_is_known() -> None:
    assert unanswered(points((1, None)), EVEN) == "Nothing is known of trust, so the score does without"
    assert unanswered(points((1, 2)), EVEN) == ""
