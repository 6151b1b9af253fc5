"""The five levels and the tables of satisfaction."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.analysis.survey.estimator.design import list_design
from kamlib.analysis.survey.estimator.proportions import share_estimate
from kamlib.analysis.survey.scale import SCALE, level_table, satisfaction_table

SEED_LEVELS = [5] * 12 + [4] * 20 + [3] * 8 + [2] * 6 + [1] * 4
NAMES = [f"n{number}" for number in range(50)]
ANSWERS = pd.DataFrame({"overall": SEED_LEVELS}, index=NAMES)
DESIGN = list_design(NAMES, population=200)
TIER = pd.Series(["B", "A"] * 24 + ["C", None], index=NAMES, name="tier")


@pytest.fixture(scope="module")
def overall() -> pd.Series:
    return satisfaction_table(DESIGN, ANSWERS).iloc[0]


def test_the_levels_carry_the_words_of_the_founding_text():
    assert list(SCALE.values()) == [
        "high satisfaction",
        "generally satisfactory",
        "no opinion",
        "some dissatisfied",
        "extremely dissatisfied",
    ]


def test_the_level_table_has_a_row_per_level_best_first():
    table = level_table(DESIGN, ANSWERS)

    assert table["level"].tolist() == [5, 4, 3, 2, 1]
    assert table["share"].tolist() == pytest.approx([0.24, 0.4, 0.16, 0.12, 0.08])


def test_answers_of_contacts_outside_the_sample_are_refused():
    with pytest.raises(ValueError, match="values: 1 of 50 contacts are not in the survey design"):
        satisfaction_table(list_design(NAMES[1:], population=200), ANSWERS)


def test_a_level_nobody_chose_is_a_share_of_nothing_with_a_range():
    table = level_table(DESIGN, ANSWERS.replace(1, 2)).set_index("level")

    assert table.loc[1, "share"] == 0
    assert table.loc[1, "share_high"] > 0


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=50, max_size=50))
def test_the_shares_of_the_five_levels_add_up_to_one(levels):
    assert level_table(DESIGN, pd.DataFrame({"q": levels}, index=NAMES))["share"].sum() == pytest.approx(1)


def test_no_opinion_is_an_answer_in_the_base_of_all_answers(overall):
    assert (overall["answers"], overall["top2"], overall["bottom2"]) == (50, 0.64, 0.2)


def test_the_base_of_opinions_leaves_no_opinion_out(overall):
    assert overall["opinions"] == 42
    assert overall["opinion_top2"] == pytest.approx(32 / 42)
    assert overall["opinion_net"] == pytest.approx(22 / 42)


def test_net_is_top_two_less_bottom_two(overall):
    assert overall["net"] == pytest.approx(overall["top2"] - overall["bottom2"])


def test_every_measure_lies_in_its_range(overall):
    measures = ["top2", "bottom2", "net", "mean"]

    for name in measures + [f"opinion_{name}" for name in measures]:
        assert overall[f"{name}_low"] < overall[name] < overall[f"{name}_high"]


def test_a_skipped_question_is_neither_an_answer_nor_no_opinion():
    table = satisfaction_table(DESIGN, ANSWERS.where(ANSWERS != 5)).iloc[0]

    assert (table["answers"], table["top2_n"]) == (38, 38)


def test_by_tier_there_is_a_row_for_each_tier_and_the_unknown_come_last():
    table = satisfaction_table(DESIGN, ANSWERS, by=TIER)

    assert table["tier"].tolist() == ["A", "B", "C", "unknown"]
    assert table["answers"].tolist() == [24, 24, 1, 1]


def test_categories_keep_their_own_order():
    tier = TIER.astype(pd.CategoricalDtype(["C", "B", "A"]))

    assert level_table(DESIGN, ANSWERS, by=tier)["tier"].unique().tolist() == ["C", "B", "A", "unknown"]


def test_a_tier_with_one_account_has_a_note_and_no_number():
    table = satisfaction_table(DESIGN, ANSWERS, by=TIER).set_index("tier")

    assert pd.isna(table.loc["C", "mean"])
    assert table.loc["C", "mean_note"] == "Only 1 account answered: too few to tell (at least 5 are needed)."


def test_a_level_off_the_scale_is_refused():
    with pytest.raises(ValueError, match="answers: overall holds values that are no level from 1 to 5"):
        level_table(DESIGN, ANSWERS.replace(1, 0))


def test_answers_without_a_question_are_refused():
    with pytest.raises(ValueError, match="answers: no question with the five levels"):
        level_table(DESIGN, ANSWERS[[]])


def test_the_tables_leave_their_inputs_as_they_were():
    before = ANSWERS.copy()
    satisfaction_table(DESIGN, ANSWERS, by=TIER)

    assert ANSWERS.equals(before)


def test_the_rows_of_two_questions_by_tier_stand_question_by_question():
    answers = ANSWERS.assign(price=ANSWERS["overall"].where(ANSWERS["overall"] > 1))
    table = level_table(DESIGN, answers, by=TIER.dropna())

    assert table["item_id"].tolist() == ["overall"] * 20 + ["price"] * 20
    assert table["tier"].tolist() == (["A"] * 5 + ["B"] * 5 + ["C"] * 5 + ["unknown"] * 5) * 2
    assert table["level"].tolist() == [5, 4, 3, 2, 1] * 8


def test_a_tier_in_the_table_has_the_numbers_of_the_tier_alone():
    table = satisfaction_table(DESIGN, ANSWERS, by=TIER).set_index("tier")
    alone = share_estimate(DESIGN, ANSWERS["overall"] > 3, where=TIER == "A")

    assert table.loc["A", ["top2", "top2_low", "top2_high"]].tolist() == pytest.approx(
        [alone.value, alone.low, alone.high]
    )
