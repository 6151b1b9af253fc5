"""Satisfaction by groups: hidden ones without numbers, shown ones compared."""

import numpy as np
import pandas as pd
import pytest

from kamlib.analysis.survey.estimator.design import list_design
from kamlib.analysis.survey.groups import breakdown_rows, group_comparisons, group_table, question_answers
from kamlib.analysis.survey.suppression import suppression_table
from kamlib.estimate import Unknown

NAMES = [f"x{number:02d}" for number in range(60)]
GROUPS = pd.DataFrame({"tier": ["a"] * 4 + ["b"] * 8 + ["c"] * 24 + ["d"] * 24}, index=NAMES)
ANSWERS = pd.DataFrame(
    {"q": np.r_[np.resize([5, 1, 4, 2, 3], 12), [5] * 20, [1] * 4, [1] * 20, [5] * 4]}, NAMES
)


@pytest.fixture(scope="module")
def parts():
    design = list_design(NAMES, population=90)
    hidden = suppression_table(GROUPS, design, ANSWERS["q"], confidentiality="confidential")
    return design, ANSWERS, GROUPS, hidden


def test_hidden_groups_are_rows_without_numbers(parts):
    table = group_table(*parts).set_index("name")

    assert table["top2"].isna().to_dict() == {"a": True, "b": True, "c": False, "d": False}
    assert table.loc["b", "top2_note"] == "Not shown: could be worked out."


def test_the_groups_of_a_breakdown_come_the_most_satisfied_first(parts):
    assert breakdown_rows(group_table(*parts), "tier")["name"].tolist() == ["c", "d"]


def test_a_breakdown_that_the_source_does_not_know_cannot_be_told(parts):
    assert breakdown_rows(group_table(*parts), "region") == Unknown(
        "By region nothing can be told: the groups are unknown or too small.", "region"
    )


def test_only_shown_groups_are_compared(parts):
    pairs = group_comparisons(*parts)

    assert pairs[["breakdown", "group", "other", "verdict"]].to_numpy().tolist() == [
        ["tier", "c", "d", "differ"]
    ]


def test_a_question_that_nobody_was_asked_has_no_answers():
    items = pd.DataFrame({"item_id": ["q"], "aspect": ["price"]})

    assert question_answers(ANSWERS, items, "overall")["overall"].isna().all()
    assert question_answers(ANSWERS, items, "price").equals(ANSWERS)


def test_in_a_confidential_wave_groups_are_told_in_whole_percents(parts):
    shown = group_table(*parts).dropna(subset="top2")

    assert (shown[["top2", "top2_high"]] * 100 % 1).round(9).isin([0, 1]).all(axis=None)
    assert shown[["net", "mean", "opinion_top2"]].isna().all(axis=None)


def test_in_an_attributed_wave_they_are_told_in_full(parts):
    design, answers, groups, _ = parts
    told = suppression_table(groups, design, answers["q"], confidentiality="attributed")
    shown = group_table(design, answers, groups, told).set_index("name")

    assert shown.loc["c", ["top2", "mean"]].tolist() == pytest.approx([20 / 24, 4.333333])
