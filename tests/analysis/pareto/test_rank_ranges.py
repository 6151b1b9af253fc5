"""How far ranks move when weights do."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from kamlib.analysis.pareto.rank_ranges import rank_ranges
from kamlib.analysis.pareto.scorecard import scorecard

EVEN = {"profit": 1.0, "trust": 1.0}


def points(*rows: tuple[float | None, float | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["profit", "trust"], dtype=float)


def test_an_account_that_is_better_in_everything_is_first_whatever_the_weights() -> None:
    found = rank_ranges(points((5, 5), (4, 1), (1, 4)), EVEN, seed=1)

    assert found.loc[0].to_list() == [1, 1, 1]


def test_opposite_accounts_change_places() -> None:
    found = rank_ranges(points((4, 1), (1, 4), (5, 5)), EVEN, seed=1)

    assert found.loc[[0, 1]].to_numpy().tolist() == [[2, 2, 3], [2, 2, 3]]


def test_equal_accounts_share_the_first_rank() -> None:
    assert rank_ranges(points((3, 3), (3, 3)), EVEN, seed=1).to_numpy().tolist() == [[1, 1, 1], [1, 1, 1]]


def test_one_account_alone_is_first() -> None:
    assert rank_ranges(points((2, None)), EVEN, seed=1).to_numpy().tolist() == [[1, 1, 1]]


def test_an_account_of_which_nothing_is_known_has_no_rank() -> None:
    found = rank_ranges(points((None, None), (1, 1)), EVEN, seed=1)

    assert found.loc[0].isna().all()
    assert found.loc[1].to_list() == [1, 1, 1]


def test_a_narrower_spread_moves_ranks_no_further() -> None:
    drawn = points(*np.random.default_rng(3).integers(1, 6, (60, 2)).tolist())
    wide, narrow = (rank_ranges(drawn, EVEN, seed=1, spread=spread) for spread in (0.5, 0.0))

    assert (narrow["rank_low"] == narrow["rank_high"]).all()
    assert ((wide["rank_high"] - wide["rank_low"]) > 0).any()


SOME = st.lists(st.tuples(*[st.none() | st.integers(1, 5)] * 2), min_size=1, max_size=9)


@given(SOME)
def test_the_range_holds_the_rank_and_the_rank_is_that_of_the_scorecard(rows: list[tuple[int, int]]) -> None:
    found = rank_ranges(points(*rows), EVEN, seed=1, draws=20)
    card = scorecard(points(*rows), EVEN).set_index("account_id").sort_index()
    known = found.dropna()

    assert ((known["rank_low"] <= known["rank"]) & (known["rank"] <= known["rank_high"])).all()
    assert found["rank"].equals(card["rank"].astype(float).rename_axis(None))


def test_the_same_seed_draws_the_same_weights() -> None:
    drawn = points((5, 1), (1, 5), (3, 3), (4, 2))

    assert rank_ranges(drawn, EVEN, seed=7).equals(rank_ranges(drawn, EVEN, seed=7))
