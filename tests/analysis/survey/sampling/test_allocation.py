"""A sample spread over strata: sums, bounds, rounding and refusals."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlib.analysis.survey.sampling.allocation import allocation
from kamlib.errors import ParameterError

ACCOUNTS = pd.Series({"A": 50, "B": 80, "C": 120})


@st.composite
def tasks(draw):
    sizes = draw(st.lists(st.integers(2, 3000), min_size=1, max_size=6))
    accounts = pd.Series(sizes, index=[f"s{n}" for n in range(len(sizes))])
    least = draw(st.integers(2, 12))
    size = draw(st.integers(int(accounts.clip(upper=least).sum()), int(accounts.sum())))
    spreads = draw(st.lists(st.floats(0.01, 100), min_size=len(sizes), max_size=len(sizes)))
    return accounts, size, least, pd.Series(spreads, index=accounts.index)


@given(tasks())
def test_it_adds_up_within_the_bounds(task):
    accounts, size, least, spread = task
    table = allocation(accounts, size, spread=spread, least=least)

    assert table["sample"].sum() == size
    assert (table["sample"] <= table["accounts"]).all()
    assert (table["sample"] >= table["accounts"].clip(upper=least)).all()
    assert ((table["sample"] - table["exact"]).abs() < 1 + 1e-6).all()


@given(tasks())
def test_the_unit_of_the_spread_does_not_matter(task):
    accounts, size, least, spread = task

    one, other = (allocation(accounts, size, spread=spread * unit, least=least) for unit in (1, 64))
    assert one["exact"].to_numpy() == pytest.approx(other["exact"].to_numpy(), abs=1e-5)


def test_in_proportion_a_fifth_of_the_list_is_a_fifth_of_each_stratum():
    assert allocation(ACCOUNTS, 50)["sample"].to_dict() == {"A": 10, "B": 16, "C": 24}


def test_equal_spreads_are_in_proportion():
    alike = allocation(ACCOUNTS, 61, spread=pd.Series(0.5, index=ACCOUNTS.index))

    assert alike["sample"].equals(allocation(ACCOUNTS, 61)["sample"])


def test_what_a_full_stratum_cannot_take_goes_to_the_others():
    spread = pd.Series({"A": 100, "B": 1, "C": 1})

    assert allocation(ACCOUNTS, 100, spread=spread)["sample"].to_dict() == {"A": 50, "B": 20, "C": 30}


def test_a_stratum_below_the_minimum_is_taken_whole():
    accounts = pd.Series({"A": 3, "B": 97})

    assert allocation(accounts, 20, least=8)["sample"].to_dict() == {"A": 3, "B": 17}


def test_equal_remainders_go_by_name_whatever_the_order_of_the_rows():
    accounts = pd.Series({"C": 10, "B": 10, "A": 10})

    assert allocation(accounts, 10)["sample"].to_dict() == {"A": 4, "B": 3, "C": 3}


def test_the_whole_list_is_everybody():
    assert allocation(ACCOUNTS, 250)["sample"].to_dict() == ACCOUNTS.to_dict()


@pytest.mark.parametrize(
    ("accounts", "options", "said"),
    [
        (ACCOUNTS, {"size": 251}, "251 accounts are asked for, but the list holds 250"),
        (
            pd.Series({"A": 1, "B": 9}),
            {"size": 5},
            "stratum A holds 1 account: how far accounts of its kind differ can never be told; join it with "
            "another",
        ),
        (ACCOUNTS, {"size": 60, "least": 1}, "least 1: one answer shows no spread; give 2 or more"),
        (
            ACCOUNTS,
            {"size": 20, "least": 8},
            "at least 8 of each of 3 strata are 24 accounts, but 20 are asked for: ask for more, or for "
            "fewer of each",
        ),
        (
            ACCOUNTS,
            {"size": 60, "spread": pd.Series({"A": 1.0, "B": 0.0, "C": 1.0})},
            "stratum B has no spread above zero",
        ),
        (
            ACCOUNTS,
            {"size": 60, "spread": pd.Series({"A": 1.0, "B": 1.0})},
            "stratum C has no spread above zero",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_words(accounts, options, said):
    with pytest.raises(ParameterError) as caught:
        allocation(accounts, **options)

    assert str(caught.value) == said
