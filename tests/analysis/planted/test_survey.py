"""What was planted in the sample's surveys is found, for five seeds."""

import pandas as pd
import pytest

from kamlib.analysis.survey.answers import answer_table
from kamlib.analysis.survey.estimator.design import survey_design
from kamlib.analysis.survey.follow_up import follow_up_list
from kamlib.analysis.survey.scale import satisfaction_table
from kamlib.analysis.survey.suppression import suppression_table
from kamlib.analysis.survey.waves import Wave, one_wave
from kamlib.estimate import Unknown

SURVEYS = ("survey_waves", "survey_frame", "survey_responses")
AVERAGE_LEVEL = {"W2024": 3.48, "W2025": 3.49}


def asked(tables: dict[str, pd.DataFrame], wave: str) -> Wave:
    return one_wave(*(tables[name] for name in SURVEYS), wave=wave)


@pytest.mark.parametrize("wave", AVERAGE_LEVEL)
def test_the_average_level_lies_where_it_was_planted_or_a_little_above(tables, wave):
    """The less content answer less often, so weights within tiers leave it a little too high."""
    one = asked(tables, wave)
    design = survey_design(one.frame, one.responses)
    overall = satisfaction_table(design, answer_table(one.responses, tables["survey_items"])[["Q01"]]).iloc[0]

    assert AVERAGE_LEVEL[wave] - 0.35 < overall["mean"] < AVERAGE_LEVEL[wave] + 0.35


def test_only_the_wave_that_promised_no_secrecy_has_a_follow_up_list(tables):
    sales = tables["order_lines"].groupby("account_id")["net_amount"].sum().astype(float)
    lists = {
        wave: follow_up_list(
            asked(tables, wave), tables["survey_items"], tables["accounts"], revenue=sales, due_days=5
        )
        for wave in AVERAGE_LEVEL
    }

    assert isinstance(lists["W2024"], Unknown)
    assert len(lists["W2025"]) > 20


def test_in_the_confidential_wave_no_breakdown_hides_fewer_than_five_accounts(tables):
    one = asked(tables, "W2024")
    design = survey_design(one.frame, one.responses)
    answers = answer_table(one.responses, tables["survey_items"])
    groups = tables["accounts"].set_index("account_id")[["industry", "region"]]
    found = suppression_table(groups, design, answers["Q01"], confidentiality=one.confidentiality)
    hidden = found[found["is_hidden"]].groupby("breakdown")["accounts"].sum()

    assert (hidden >= 5).all()
    assert len(found) > 2 * found["is_hidden"].sum()
