"""The draw: repeatable, fair, logged."""

import hashlib

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.analysis.survey.sampling.draw import draw_log, drawn_sample, random_number

FRAME = pd.DataFrame({"account_id": [f"a{n}" for n in range(12)], "stratum": ["A"] * 4 + ["B"] * 8})
ASKED = pd.Series({"A": 3, "B": 2})
NAMES = FRAME["account_id"].tolist()


def drawn(frame=FRAME, seed=1):
    table = drawn_sample(frame, ASKED, seed=seed)
    return set(table.loc[table["drawn"], "account_id"])


@settings(max_examples=25)
@given(st.permutations(range(12)), st.integers(0, 2**32 - 1))
def test_the_same_seed_is_the_same_draw_whatever_the_order_of_the_rows(order, seed):
    one, other = (drawn_sample(frame, ASKED, seed=seed) for frame in (FRAME, FRAME.iloc[order]))

    pd.testing.assert_frame_equal(one, other)


def test_the_number_can_be_worked_out_by_hand():
    digits = hashlib.sha256(b"7:K\xc3\xb6ln").hexdigest()[:13]

    assert random_number(7, "Köln") == int(digits, 16) / 16**13


def test_an_account_s_number_does_not_hang_on_who_else_is_on_the_list():
    all_of_it, part = (drawn_sample(frame, ASKED, seed=1) for frame in (FRAME, FRAME.drop(index=[4, 5])))

    numbers = all_of_it.set_index("account_id")["number"]
    assert (part.set_index("account_id")["number"] == numbers.drop(["a4", "a5"])[part["account_id"]]).all()


def test_so_many_of_each_stratum_are_drawn_those_with_the_lowest_numbers():
    table = drawn_sample(FRAME, ASKED, seed=3)

    assert table.groupby("stratum")["drawn"].sum().to_dict() == {"A": 3, "B": 2}
    highest = table[table["drawn"]].groupby("stratum")["number"].max()
    assert (highest < table[~table["drawn"]].groupby("stratum")["number"].min()).all()


def test_places_count_on_into_the_reserve():
    table = drawn_sample(FRAME, ASKED, seed=3)

    assert table.groupby("stratum")["place"].apply(list).to_dict() == {
        "A": [1, 2, 3, 4],
        "B": [1, 2, 3, 4, 5, 6, 7, 8],
    }
    assert table["number"].groupby(table["stratum"]).apply(lambda one: one.is_monotonic_increasing).all()


def test_chances_and_weights_add_up():
    table = drawn_sample(FRAME, ASKED, seed=3)

    assert table.groupby("stratum")["chance"].first().to_dict() == {"A": 0.75, "B": 0.25}
    assert table.loc[table["drawn"], "weight"].sum() == len(FRAME)


def test_over_many_seeds_every_account_is_drawn_as_often_as_its_chance_says():
    seeds = 2000
    counts = pd.Series([name for seed in range(seeds) for name in fast_draw(seed)]).value_counts() / seeds

    expected = FRAME["stratum"].map({"A": 0.75, "B": 0.25}).set_axis(FRAME["account_id"])
    assert (counts[expected.index] - expected).abs().max() < 4.5 * (0.25 * 0.75 / seeds) ** 0.5


def fast_draw(seed):
    """Draw as `drawn_sample` does, without pandas; the next test holds the two equal."""
    for size, names in ((3, NAMES[:4]), (2, NAMES[4:])):
        yield from sorted(names, key=lambda name: random_number(seed, name))[:size]


@pytest.mark.parametrize("seed", range(30))
def test_the_quick_draw_of_that_test_is_the_draw(seed):
    assert set(fast_draw(seed)) == drawn(seed=seed)


def test_two_seeds_are_two_draws():
    assert len({frozenset(drawn(seed=seed)) for seed in range(20)}) > 10


def test_more_than_a_stratum_holds_is_refused():
    with pytest.raises(ValueError, match="stratum A: 5 are to be drawn, but it holds 4"):
        drawn_sample(FRAME, pd.Series({"A": 5, "B": 2}), seed=1)


def test_an_account_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="an account stands in it twice, and would have two chances"):
        drawn_sample(pd.concat([FRAME, FRAME.head(1)]), ASKED, seed=1)


def log(frame=FRAME):
    said = {"starting_number": 1, "data_up_to": "2025-12-31", "call_first": False, "by_difference": True}
    return draw_log(drawn_sample(frame, ASKED, seed=1), **said).set_index("what")["value"]


def test_the_log_says_what_was_set_and_what_came_of_it():
    assert log().head(-2).drop("how it was drawn").to_dict() == {
        "starting number": "1",
        "data up to": "2025-12-31",
        "call first": "no",
        "by difference": "yes",
        "tier A": "3 of 4 drawn",
        "tier B": "2 of 8 drawn",
    }


def test_what_only_a_machine_can_check_stands_last():
    assert log().index[-2:].tolist() == ["rule of the numbers", "fingerprint of the list"]
    assert not log().head(-2).str.contains("SHA|hexadecimal|stratum|True|False").any()


def test_the_fingerprint_knows_the_list_whatever_its_order():
    other = FRAME.assign(stratum=["A"] * 5 + ["B"] * 7)

    assert log()["fingerprint of the list"] == log(FRAME[::-1])["fingerprint of the list"]
    assert log()["fingerprint of the list"] != log(other)["fingerprint of the list"]
