"""One wave out of several."""

import pandas as pd
import pytest

from kamlib.analysis.survey.response import response_table
from kamlib.analysis.survey.waves import one_wave
from kamlib.errors import CannotTell


def test_a_wave_that_nobody_has_answered_yet_leaves_the_last_one_standing():
    waves = pd.DataFrame({"wave_id": ["W1", "W2"], "opened_at": pd.to_datetime(["2024-05-01", "2025-05-01"])})
    frame = pd.DataFrame({"wave_id": ["W1", "W2"], "account_id": ["a", "a"]})
    responses = pd.DataFrame({"wave_id": ["W1"], "account_id": ["a"], "contact_id": ["c"]})

    assert one_wave(waves, frame, responses).wave_id == "W1"
    with pytest.raises(CannotTell, match="None of these accounts has answered"):
        one_wave(waves, frame, responses, wave="W2")


def waves(**columns):
    opened = pd.DataFrame({"wave_id": ["W1"], "opened_at": pd.to_datetime(["2024-05-01"])})
    frame = pd.DataFrame({"wave_id": ["W1"], "account_id": ["a"], "contact_id": ["c"]})
    return one_wave(opened.assign(**columns), frame, frame)


def test_a_wave_knows_what_it_promised_and_when_it_ended():
    wave = waves(confidentiality="attributed", closed_at=pd.Timestamp("2024-06-01"))

    assert (wave.withheld, wave.closed_at) == (None, pd.Timestamp("2024-06-01"))


def test_a_wave_that_does_not_say_what_it_promised_is_confidential():
    assert waves().confidentiality == waves(confidentiality=None).confidentiality == "confidential"
    assert waves().closed_at is None


def test_an_anonymous_wave_tells_nothing_of_one_account():
    assert waves(confidentiality="anonymous").withheld.reason == (
        "Wave W1 was anonymous: what one account or person answered is not told."
    )


def dispositions(**columns):
    """Return those of four accounts: three were drawn, of which two gave a row and one of these a value."""
    opened = pd.DataFrame({"wave_id": ["W1"], "opened_at": pd.to_datetime(["2024-05-01"])})
    frame = pd.DataFrame({"account_id": list("abcd"), "drawn": [True, True, True, False]})
    rows = pd.DataFrame({"account_id": list("abd"), "contact_id": list("abd"), "value": [5, None, 4]})
    frame = frame.assign(wave_id="W1", stratum="A", **columns)
    return one_wave(opened, frame, rows.assign(wave_id="W1")).frame


def test_a_frame_without_dispositions_gets_an_interview_for_each_drawn_account_with_a_value():
    assert dispositions()["disposition"].eq("I").tolist() == [True, False, False, False]
    assert response_table(dispositions())["answered"].iloc[-1] == 1


@pytest.mark.parametrize("empty", [None, float("nan")])
def test_an_empty_disposition_of_a_drawn_account_with_a_value_is_an_interview(empty):
    assert response_table(dispositions(disposition=empty))["answered"].iloc[-1] == 1


def test_a_disposition_that_is_there_stays():
    assert dispositions(disposition=["P", "R", "NC", None])["disposition"].tolist()[:3] == ["P", "R", "NC"]
