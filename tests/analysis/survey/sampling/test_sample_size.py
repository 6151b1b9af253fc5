"""How many must answer: by hand, at the ends, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlib.analysis.survey.sampling.sample_size import share_size, size_table
from kamlib.errors import ParameterError

populations = st.integers(1, 100_000)
margins = st.floats(0.001, 0.49)


@given(margins, populations)
def test_the_size_is_at_least_one_and_never_above_the_list(margin, population):
    assert 1 <= share_size(margin, population) <= population


@given(margins, populations)
def test_that_many_are_enough_and_one_fewer_is_not(margin, population):
    size = share_size(margin, population)

    def half_width(n):
        return 1.959963985 * (0.25 / n * (population - n) / max(population - 1, 1)) ** 0.5

    assert half_width(size) <= margin + 1e-6
    assert size == 1 or half_width(size - 1) > margin - 1e-6


def test_a_very_large_list_is_as_good_as_one_without_end():
    assert share_size(0.1) == share_size(0.1, 10**9) == 97


def test_a_share_far_from_a_half_is_easier_to_tell():
    assert share_size(0.05, share=0.1) == 139


@pytest.mark.parametrize("margin", [0, -0.1, 0.5, 1])
def test_a_margin_that_no_sample_has_is_refused(margin):
    with pytest.raises(ParameterError, match="either way") as caught:
        share_size(margin, 100)

    assert str(caught.value) == (
        f"margin {margin:g}: only the whole list is known without one, and beyond half nothing is known; "
        "give a share between 0 and 0.5 (0.1 is 10 points either way)"
    )


def test_a_part_in_place_of_a_number_of_accounts_is_refused():
    with pytest.raises(ParameterError, match=r"population 0\.2: give the number of accounts, not a part"):
        share_size(0.1, 0.2)


def test_more_are_asked_than_must_answer_but_never_more_than_there_are():
    table = size_table(250, [0.05, 0.1], response=0.5)

    assert table.to_dict("list") == {
        "margin": [0.05, 0.1],
        "answers": [152, 70],
        "asked": [250, 140],
        "expected": [125.0, 70.0],
    }
