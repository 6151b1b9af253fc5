"""One wave out of several."""

import pandas as pd
import pytest

from kamlib.analysis.survey.waves import one_wave
from kamlib.errors import CannotTell


def test_a_wave_that_nobody_has_answered_yet_leaves_the_last_one_standing():
    waves = pd.DataFrame({"wave_id": ["W1", "W2"], "opened_at": pd.to_datetime(["2024-05-01", "2025-05-01"])})
    frame = pd.DataFrame({"wave_id": ["W1", "W2"], "account_id": ["a", "a"]})
    responses = pd.DataFrame({"wave_id": ["W1"], "account_id": ["a"], "contact_id": ["c"]})

    assert one_wave(waves, frame, responses).wave_id == "W1"
    with pytest.raises(CannotTell, match="None of these accounts has answered"):
        one_wave(waves, frame, responses, wave="W2")
