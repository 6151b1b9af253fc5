"""The design: weights, sizes, notes and refusals."""

import pandas as pd
import pytest

from kamlib.analysis.survey.estimator.design import (
    SurveyDesign,
    list_design,
    survey_design,
)
from kamlib.errors import ContractError

FRAME = pd.DataFrame(
    {
        "account_id": ["a", "b", "c", "d", "e"],
        "stratum": ["A", "A", "A", "B", "B"],
        "n_contacts": [4, 1, 2, 1, 3],
        "drawn": [True, True, False, True, True],
        "disposition": ["I", "I", None, "I", "NC"],
    }
)
RESPONSES = pd.DataFrame(
    {
        "contact_id": ["a1", "a1", "a2", "b1", "d1", "e1"],
        "item_id": ["q1", "q2", "q1", "q1", "q1", "q1"],
        "account_id": ["a", "a", "a", "b", "d", "e"],
        "value": pd.array([5, 4, 3, 2, 4, None], dtype="Int64"),
    }
)
ROWS = pd.DataFrame(
    {"stratum": "A", "account_id": ["a", "b"], "weight": 2.0, "stratum_accounts": 4, "account_contacts": 1},
    index=["a1", "b1"],
)


def test_a_contact_stands_for_its_accounts_share_of_the_stratum_and_its_own_share_of_the_account():
    weights = survey_design(FRAME, RESPONSES).rows["weight"]

    assert weights.to_dict() == {"a1": 3 / 2 * 4 / 2, "a2": 3 / 2 * 4 / 2, "b1": 3 / 2, "d1": 2.0}


def test_the_weights_of_full_answers_add_up_to_the_contacts_of_the_frame_when_accounts_are_alike():
    frame = FRAME.assign(n_contacts=2)

    assert survey_design(frame, RESPONSES).rows["weight"].sum() == 2 * len(frame)


def test_degrees_of_freedom_are_answering_accounts_less_strata():
    assert survey_design(FRAME, RESPONSES).df == 3 - 2


def test_a_stratum_heard_to_the_last_contact_adds_no_degree_of_freedom():
    rows = pd.DataFrame(
        {"stratum": list("AAABBB"), "account_id": list("abcdef"), "weight": 1.0}, list("abcdef")
    )
    design = SurveyDesign(
        rows.assign(stratum_accounts=rows["stratum"].map({"A": 3, "B": 9}), account_contacts=1)
    )

    assert design.df == 3 - 1


def test_a_contact_without_any_value_did_not_answer():
    assert "e1" not in survey_design(FRAME, RESPONSES).rows.index


def test_an_account_with_more_answers_than_contacts_is_counted_as_answered_and_noted():
    design = survey_design(FRAME.assign(n_contacts=[1, 1, 1, 1, 1]), RESPONSES)

    assert design.accounts.loc["a", "contacts"] == 2
    assert design.notes == (
        "1 account had more answers than contacts on the list: counted as many as answered.",
    )


def test_accounts_without_a_number_of_contacts_are_counted_as_answered_and_noted():
    design = survey_design(FRAME.drop(columns="n_contacts"), RESPONSES)

    assert design.accounts["contacts"].tolist() == [2, 1, 1]
    assert design.notes == ("3 accounts had no number of contacts: counted as many as answered.",)


def test_a_stratum_nobody_answered_in_is_noted():
    design = survey_design(FRAME, RESPONSES[RESPONSES["account_id"] != "d"])

    assert "Nobody answered in stratum B (2 accounts): the results do not speak for it." in design.notes


def test_one_answer_of_several_contacts_is_noted():
    design = survey_design(FRAME.assign(n_contacts=[4, 2, 2, 1, 3]), RESPONSES)

    assert design.notes == (
        "1 account had one answer of several contacts: how far colleagues differ is taken from the whole.",
    )


def test_faults_of_frame_and_responses_are_refused_all_at_once_by_row():
    frame = FRAME.assign(drawn=[False, True, False, True, True], disposition=["I", "R", None, "I", "NC"])
    responses = RESPONSES.assign(account_id=["a", "a", "b", "b", "zz", "e"])

    with pytest.raises(ContractError) as refusal:
        survey_design(frame, responses)

    assert str(refusal.value) == (
        "survey_frame breaks its contract:\n"
        "  - drawn: 1 row (first: row 2) is false, though the account answered\n"
        "  - disposition: 1 row (first: row 3) is not I or P, though the account answered: 'R'\n"
        "survey_responses breaks its contract:\n"
        "  - account_id: 1 row (first: row 6) is not in survey_frame: only accounts of the frame can answer"
    )


def test_empty_rows_of_strangers_are_no_fault():
    empty = RESPONSES["value"].isna()
    strangers = RESPONSES.assign(account_id=RESPONSES["account_id"].where(~empty, "zz"))

    assert survey_design(FRAME, strangers).rows.equals(survey_design(FRAME, RESPONSES).rows)


def test_a_contact_of_two_accounts_is_refused():
    responses = RESPONSES.assign(contact_id=["a1", "a1", "a2", "a1", "d1", "e1"])

    with pytest.raises(ContractError, match=r"row 5\) is a contact who answers for another account too"):
        survey_design(FRAME, responses)


def test_two_waves_at_once_are_refused():
    with pytest.raises(ContractError, match=r"5 rows \(first: row 7\) are an account the frame has already"):
        survey_design(pd.concat([FRAME, FRAME], ignore_index=True), RESPONSES)


def test_a_wave_without_answers_is_refused():
    with pytest.raises(ContractError, match="value: all 6 rows are empty, so nobody answered: choose a wave"):
        survey_design(FRAME, RESPONSES.assign(value=None))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"stratum_accounts": 0.2},
            "stratum A: stratum_accounts 0.2 is below 1: give the number of accounts, not a sampling",
        ),
        (
            {"stratum_accounts": 1},
            "stratum A: 2 accounts answered, but stratum_accounts says 1: give the size of the whole list",
        ),
        (
            {"stratum_accounts": [4, 5]},
            "stratum A: stratum_accounts differs within one stratum: give one size",
        ),
        ({"account_id": "a"}, "account a: 2 contacts answered, but account_contacts says 1"),
        ({"account_contacts": 0}, "account a: account_contacts 0 is below 1: give the number of contacts"),
        ({"weight": [1, 0]}, "a weight is not a number above zero"),
        ({"account_id": "a", "account_contacts": 2, "stratum": ["A", "B"]}, "an account lies in two strata"),
        ({"stratum": [None, "A"]}, "a stratum, account, weight or size is missing"),
    ],
)
def test_sizes_that_cannot_be_are_refused_with_what_is_wrong(change, says):
    with pytest.raises(ValueError, match=says):
        SurveyDesign(ROWS.assign(**change))


def test_a_refused_design_says_everything_at_once():
    with pytest.raises(ValueError) as refusal:
        SurveyDesign(ROWS.assign(stratum_accounts=0.5, weight=-1.0))

    assert str(refusal.value) == (
        "this survey design cannot be:\n"
        "  - a weight is not a number above zero\n"
        "  - stratum A: stratum_accounts 0.5 is below 1: give the number of accounts, not a sampling fraction"
    )


def test_values_of_a_stranger_are_refused():
    with pytest.raises(ValueError, match="values: 1 of 2 contacts are not in the survey design"):
        list_design(["a"]).aligned(pd.Series({"a": 1, "z": 2}))


def test_strata_as_categories_are_strata_as_text():
    categories = FRAME.astype({"stratum": pd.CategoricalDtype(["A", "B", "C"])})
    design, plain = survey_design(categories, RESPONSES), survey_design(FRAME, RESPONSES)

    assert design.notes == plain.notes
    assert design.rows["weight"].equals(plain.rows["weight"])
