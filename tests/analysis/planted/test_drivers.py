"""What the survey of the sample hides is found: what weighs, what is liked least, who bought less later."""

import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.survey.answers import answer_table
from kamlib.analysis.survey.consequences import (
    LaterSales,
    later_by_satisfaction,
    later_sales,
    lost_by_satisfaction,
)
from kamlib.analysis.survey.drivers import Drivers, drivers, priority_table
from kamlib.analysis.survey.estimator.design import survey_design
from kamlib.analysis.survey.paired import account_answers, earlier_wave, wave_changes
from kamlib.analysis.survey.scale import satisfaction_table
from kamlib.analysis.survey.waves import Wave, one_wave
from kamlib.data.sample import Planted
from kamlib.data.sample.opinion import ASPECTS
from kamlib.estimate import Unknown

WATCHED = dt.date(2022, 1, 3), dt.date(2025, 12, 31)


@pytest.fixture(scope="module", params=["W2024", "W2025"])
def asked(tables: dict[str, pd.DataFrame], request: pytest.FixtureRequest) -> Wave:
    named = (tables[name] for name in ("survey_waves", "survey_frame", "survey_responses"))
    return one_wave(*named, wave=request.param)


@pytest.fixture(scope="module")
def found(tables: dict[str, pd.DataFrame], asked: Wave) -> Drivers:
    design = survey_design(asked.frame, asked.responses)
    told = drivers(
        design, answer_table(asked.responses, tables["survey_items"]), tables["survey_items"], seed=1
    )
    assert isinstance(told, Drivers)
    return told


def weight_of(found: Drivers, aspects: pd.Series) -> float:
    return float(found.table.set_index("aspect")["weight"].loc[aspects].mean())


def test_weights_are_above_zero_and_add_up_to_what_is_explained(found: Drivers) -> None:
    assert (found.table["weight"] > 0).all()
    assert found.table["weight"].sum() == pytest.approx(found.explained.value)


def test_the_three_aspects_planted_to_weigh_most_weigh_more_than_the_two_planted_least(
    found: Drivers,
) -> None:
    planted = ASPECTS.sort_values("weight")["aspect"]

    assert weight_of(found, planted.tail(3)) > weight_of(found, planted.head(2))


def test_price_is_planted_to_be_liked_least_and_is(
    tables: dict[str, pd.DataFrame], asked: Wave, found: Drivers
) -> None:
    answers = answer_table(asked.responses, tables["survey_items"])
    liked = satisfaction_table(survey_design(asked.frame, asked.responses), answers)
    table = priority_table(found, liked)

    assert table.set_index("aspect")["net"].idxmin() == "price"


def test_the_planted_change_between_the_waves_lies_in_the_range_of_the_matched_accounts(
    tables: dict[str, pd.DataFrame], truth: Planted
) -> None:
    survey = [tables[name] for name in ("survey_waves", "survey_frame", "survey_responses")]
    waves = earlier_wave(*survey, than="W2025"), one_wave(*survey)
    items = tables["survey_items"]
    changes = wave_changes(*(account_answers(wave, items) for wave in waves), items)
    overall = changes[changes["aspect"] == "overall"].iloc[0]
    planted = truth.satisfaction["W2025"] - truth.satisfaction["W2024"]

    assert overall["change_n"] >= 30
    assert overall["change_low"] < planted < overall["change_high"]


@pytest.fixture(scope="module")
def later(tables: dict[str, pd.DataFrame]) -> LaterSales:
    survey = [tables[name] for name in ("survey_waves", "survey_responses", "survey_items")]
    told = later_sales(tables["order_lines"], *survey, watched=WATCHED)
    assert isinstance(told, LaterSales)
    return told


def test_leavers_are_planted_less_content_and_the_dissatisfied_are_lost_more_often(
    later: LaterSales,
) -> None:
    table = later_by_satisfaction(later._replace(confidentiality="attributed"))

    assert table["name"].tolist() == ["dissatisfied", "in between", "satisfied"]
    assert table["lost_share"].iloc[0] > table["lost_share"].iloc[-1]


def test_a_confidential_wave_with_few_lost_does_not_tell_how_many_were_lost_in_each_group(
    later: LaterSales,
) -> None:
    found = lost_by_satisfaction(later_by_satisfaction(later), later)

    assert isinstance(found, Unknown)
    assert found.reason.startswith("Wave W2024 was confidential: how many of each group were lost")


def test_who_was_planted_to_leave_well_before_the_end_of_the_year_is_lost(
    truth: Planted, later: LaterSales
) -> None:
    day = pd.Timestamp("2024-10-25") + pd.Timedelta(days=185)
    left = [
        name for name, on in truth.left_on.items() if name in later.table.index and pd.Timestamp(on) < day
    ]

    assert later.table.loc[left, "is_lost"].all()
