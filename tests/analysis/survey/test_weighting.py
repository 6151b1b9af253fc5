"""How far the answer moves with the weights."""

import pandas as pd
import pytest

from kamlib.analysis.survey.estimator.design import survey_design
from kamlib.analysis.survey.weighting import RAKED, list_weightings, raked_to_list, weighting_table
from kamlib.estimate import Unknown

NAMES = [f"x{number}" for number in range(20)]
FRAME = pd.DataFrame({"account_id": NAMES, "stratum": "A", "n_contacts": 1})
FRAME = FRAME.assign(drawn=True, disposition=["I"] * 10 + ["NC"] * 10)
HEARD = pd.DataFrame({"account_id": NAMES[:10], "contact_id": NAMES[:10], "value": [5] * 6 + [1] * 4})
GROUPS = pd.DataFrame({"region": ["n"] * 6 + ["s"] * 14}, index=NAMES)
DESIGN = survey_design(FRAME, HEARD)
ANSWERS = HEARD.set_index("contact_id")[["value"]]


def test_weights_held_to_the_list_give_each_group_its_size():
    raked = raked_to_list(DESIGN, FRAME, GROUPS)

    assert raked.rows["weight"].groupby(GROUPS["region"]).sum().tolist() == pytest.approx([6, 14])


def test_the_answer_moves_to_that_of_the_list():
    """The north, 6 of 20, is content and the south is not: 6 of 10 answers, 30% of the list."""
    table = weighting_table(list_weightings(DESIGN, FRAME, GROUPS), ANSWERS)

    assert table["top2"].tolist() == pytest.approx([0.6, 0.3, 0.6])
    assert table["moved"].tolist() == pytest.approx([0.0, -0.3, 0.0])


def test_a_group_in_which_nobody_answered_cannot_be_made_up_for():
    silent = GROUPS.assign(region=["n"] * 10 + ["s"] * 10)

    said = raked_to_list(DESIGN, FRAME, silent)

    assert isinstance(said, Unknown)
    assert said.reason.startswith("This cannot be had. region s: the target is 10, but nobody answered")


def test_a_weighting_that_cannot_be_is_a_row_that_says_so():
    silent = GROUPS.assign(region=["n"] * 10 + ["s"] * 10)
    table = weighting_table(list_weightings(DESIGN, FRAME, silent), ANSWERS).set_index("view")

    assert pd.isna(table.loc[RAKED, "top2"])
    assert table.loc[RAKED, "top2_note"].startswith("This cannot be had.")
