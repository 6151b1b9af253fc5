"""Matched accounts between two waves."""

import pandas as pd
import pytest

from kamlib.analysis.survey.paired import account_answers, earlier_wave, wave_changes
from kamlib.analysis.survey.waves import Wave
from kamlib.errors import ParameterError
from kamlib.estimate import Unknown

ITEMS = pd.DataFrame({"item_id": ["q1", "q2"], "aspect": ["overall", "price"]})
WAVES = pd.DataFrame(
    {"wave_id": ["W1", "W2", "W3"], "opened_at": pd.to_datetime(["2023-05-01", "2024-05-01", "2025-05-01"])}
)
FRAME = pd.DataFrame({"wave_id": ["W1", "W2", "W3"], "account_id": "a"})


def earlier(than, responses=FRAME, **options):
    return earlier_wave(WAVES, FRAME, responses, than=than, **options)


def answers(**columns):
    table = pd.DataFrame(columns, dtype=float)
    return table.set_axis([f"a{row}" for row in range(len(table))])


def test_the_earlier_wave_is_the_last_one_before():
    assert earlier("W3").wave_id == "W2"


def test_an_earlier_wave_without_answers_is_passed_over():
    assert earlier("W3", FRAME[FRAME["wave_id"] != "W2"]).wave_id == "W1"


def test_an_earlier_wave_can_be_named():
    assert earlier("W3", wave="W1").wave_id == "W1"


def test_a_later_wave_is_no_earlier_one():
    with pytest.raises(ParameterError, match="there is no survey wave 'W3'"):
        earlier("W2", wave="W3")


def test_the_first_wave_has_none_before():
    assert earlier("W1") == Unknown(
        "There is no earlier survey wave with answers, so no change can be told.", "change"
    )


def test_an_account_answers_by_the_mean_of_its_people():
    responses = pd.DataFrame(
        {"contact_id": ["x", "y", "z"], "account_id": ["a", "a", "b"], "item_id": "q1", "value": [5, 2, 4]}
    )

    assert account_answers(Wave("W1", FRAME, responses), ITEMS)["q1"].to_dict() == {"a": 3.5, "b": 4.0}


def test_only_accounts_in_both_waves_are_compared():
    before, after = answers(q1=[3, 3, 4, 4, 5]), answers(q1=[4, 3, 5, 4, 5, 1, 1, 1])

    row = wave_changes(before, after, ITEMS).iloc[0]

    assert (row["before"], row["after"], row["change_n"]) == (3.8, pytest.approx(4.2), 5)
    assert row["change"] == pytest.approx(0.4)


def test_the_range_is_students_over_the_changes():
    # Changes 1 0 1 0 0: mean .4, standard deviation sqrt(.3); t(4) at 97.5% is 2.7764451.
    row = wave_changes(answers(q1=[3, 3, 4, 4, 5]), answers(q1=[4, 3, 5, 4, 5]), ITEMS).iloc[0]

    assert row["change_high"] - row["change"] == pytest.approx(2.7764451 * (0.3 / 5) ** 0.5)


def test_four_matched_accounts_are_too_few():
    found = wave_changes(answers(q1=[3, 3, 4, 4]), answers(q1=[4, 3, 5, 4]), ITEMS)

    assert found == Unknown(
        "Whether anything changed between the waves cannot be told. "
        "4 accounts answered in both waves: too few to tell.",
        "change",
    )


def test_a_question_that_few_answered_twice_has_a_note_and_the_others_their_numbers():
    before = answers(q1=[3, 3, 4, 4, 5], q2=[1, None, None, None, None])
    table = wave_changes(before, answers(q1=[4, 3, 5, 4, 5], q2=[2, 2, 2, 2, 2]), ITEMS)

    assert table["change_note"].tolist() == ["", "1 account answered in both waves: too few to tell."]
    assert table["change"].isna().tolist() == [False, True]


def test_no_account_in_both_waves_is_said():
    after = answers(q1=[4] * 6).rename(lambda name: f"b{name}")

    assert "0 accounts answered in both waves" in wave_changes(answers(q1=[3] * 6), after, ITEMS).reason


def test_changes_that_are_all_alike_give_no_range():
    found = wave_changes(answers(q1=[3, 3, 4, 4, 2]), answers(q1=[4, 4, 5, 5, 3]), ITEMS)

    assert "Every answer is alike" in found.reason


def test_a_question_that_was_new_is_not_compared():
    table = wave_changes(answers(q1=[3, 3, 4, 4, 5]), answers(q1=[4, 3, 5, 4, 5], q2=[1, 2, 3, 4, 5]), ITEMS)

    assert table["aspect"].tolist() == ["overall"]


def test_chance_is_corrected_for_the_number_of_questions():
    before = answers(q1=[3, 3, 4, 4, 5, 2], q2=[3, 3, 4, 4, 5, 2])
    table = wave_changes(before, answers(q1=[4, 4, 5, 5, 5, 3], q2=[4, 4, 5, 5, 5, 3]), ITEMS)

    assert table["p_holm"].tolist() == pytest.approx((2 * table["p"]).tolist())


def test_what_cannot_be_told_is_handed_on():
    unknown = Unknown("There is no earlier wave.")

    assert account_answers(unknown, ITEMS) is unknown
    assert wave_changes(unknown, answers(q1=[3]), ITEMS) is unknown
    assert wave_changes(answers(q1=[3]), unknown, ITEMS) is unknown
