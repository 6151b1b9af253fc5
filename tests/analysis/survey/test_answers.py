"""Responses as one row per contact; one wave out of several."""

import pandas as pd
import pytest

from kamlib.analysis.survey.answers import answer_table
from kamlib.analysis.survey.waves import one_wave
from kamlib.errors import CannotTell, ContractError, ParameterError

ITEMS = pd.DataFrame(
    {"item_id": ["price", "service", "nps", "why"], "aspect": ["price", "service", "nps", "open"]}
)
RESPONSES = pd.DataFrame(
    {
        "contact_id": ["a", "a", "a", "b", "b"],
        "item_id": ["service", "nps", "why", "price", "service"],
        "value": pd.array([5, 10, None, None, 3], dtype="Int64"),
    }
)
WAVES = pd.DataFrame(
    {
        "wave_id": ["2025-spring", "2024-spring", "2025-late"],
        "opened_at": pd.to_datetime(["2025-03-01", "2024-03-01", "2025-09-01"]),
    }
)
FRAME = pd.DataFrame({"wave_id": ["2024-spring", "2025-late", "2025-spring"], "account_id": ["a", "b", "c"]})


def test_the_columns_are_the_scale_questions_in_the_order_of_the_items():
    assert list(answer_table(RESPONSES, ITEMS)) == ["price", "service"]


def test_the_nps_question_has_its_own_table():
    assert answer_table(RESPONSES, ITEMS, kind="nps")["nps"].to_dict() == {"a": 10.0}


def test_an_unanswered_question_is_missing():
    assert answer_table(RESPONSES, ITEMS).loc["b"].isna().tolist() == [True, False]


def test_a_level_off_the_scale_is_refused_with_its_row_and_value():
    with pytest.raises(ContractError) as refusal:
        answer_table(RESPONSES.assign(value=[5, 10, None, 0, 7]), ITEMS)

    assert str(refusal.value) == (
        "survey_responses breaks its contract:\n"
        "  - value: 2 rows (first: row 5) are off the scale 1 to 5: '0.0'"
    )


def test_the_row_named_is_that_of_the_whole_table():
    with pytest.raises(ContractError, match=r"first: row 6\)"):
        answer_table(RESPONSES.assign(value=[5, 10, None, None, 7])[3:], ITEMS)


def test_half_a_level_is_off_the_scale():
    with pytest.raises(ContractError, match=r"off the scale 1 to 5: '4\.5'"):
        answer_table(RESPONSES.assign(value=[4.5, 10, None, None, 3]), ITEMS)


def test_an_unknown_question_is_refused_with_the_nearest_known_one():
    with pytest.raises(ContractError, match="not in survey_items; did you mean 'service'"):
        answer_table(RESPONSES.assign(item_id=["servise", "nps", "why", "price", "service"]), ITEMS)


def test_two_answers_to_one_question_are_refused():
    with pytest.raises(ContractError, match=r"row 6\) is a second answer of one contact to one question"):
        answer_table(RESPONSES.assign(item_id=["service", "nps", "why", "price", "price"]), ITEMS)


def test_the_latest_wave_is_the_one_opened_last():
    wave = one_wave(WAVES, FRAME, FRAME)

    assert (wave.wave_id, wave.frame["account_id"].tolist()) == ("2025-late", ["b"])


def test_a_wave_keeps_the_row_labels_of_the_whole_table():
    assert one_wave(WAVES, FRAME, FRAME, wave="2025-spring").frame.index.tolist() == [2]


def test_an_unknown_wave_is_refused_with_the_nearest_known_one():
    with pytest.raises(ParameterError) as refusal:
        one_wave(WAVES, FRAME, FRAME, wave="2025-sprin")

    assert str(refusal.value) == (
        "wave: there is no survey wave '2025-sprin', only 2024-spring, 2025-late, 2025-spring and 'latest'; "
        "did you mean '2025-spring'?"
    )


def test_without_any_wave_the_question_cannot_be_answered():
    with pytest.raises(CannotTell, match="No survey wave has been opened up to this date"):
        one_wave(WAVES[:0], FRAME, FRAME)
