import pandas as pd
import pytest

from kamlib.display.findings.sample_design import sample_design_findings

PLAN = pd.DataFrame({"stratum": ["A", "B"], "expected": [20.0, 45.4], "wanted": [20, 45]})
PRECISION = pd.DataFrame({"stratum": ["A", "B", "all"], "margin": [0.2, 0.12, 0.0984]})
SAMPLE = pd.DataFrame(
    {
        "account_id": list("wxyz"),
        "drawn": [True, True, True, False],
        "net_revenue_365": [50.0, 20.0, 10.0, 20.0],
    }
)
PEOPLE = pd.DataFrame(
    {
        "account_id": list("wwxy"),
        "contact_id": ["w1", "w2", "x1", None],
        "mode": ["call", "questionnaire", "questionnaire", "account manager"],
    }
)


def findings(plan=PLAN, reached=0.0984, sample=SAMPLE, people=PEOPLE):
    precision = PRECISION.assign(margin=[0.2, 0.12, reached])
    wished = {"margin": 0.1, "response": 0.65, "as_of": "2025-12-31"}
    return sample_design_findings(plan, precision, sample, people, **wished)


def test_the_answer_is_how_many_to_ask_and_how_right_it_will_be():
    first = findings()[0]

    assert first.sentence == (
        "Ask 3 of our 4 key accounts. If 65 of them answer, the share of the satisfied will be right within "
        "9.8 points."
    )
    assert first.action == (
        "Ask those on the list, all of them; go to the reserve only in its order, and only for accounts that "
        "turn out not to belong on the list."
    )
    assert (first.evidence, first.kind) == ("strata", "fact")


def test_a_list_that_is_too_short_says_so():
    first = findings(plan=PLAN.assign(wanted=[20, 60]))[0]

    assert first.sentence == (
        "Ask 3 of our 4 key accounts: the list is too short for all the answers wanted. If 65 of them "
        "answer, the share of the satisfied will be right within 9.8 points."
    )
    assert first.severity == "watch"


def test_too_few_answers_are_read_and_not_counted():
    found = findings(reached=None)

    assert found[0].sentence == (
        "Ask 3 of our 4 key accounts. With about 65 answers, too few to tell a share, read what each of them "
        "says."
    )
    assert "right" not in {one.key for one in found}


def test_the_tiles_are_accounts_answers_points_sales_and_people():
    told = {one.label: (one.number, one.previous_label) for one in findings()[1:]}

    assert told == {
        "Accounts to ask": (3, "of 4 key accounts; 1 in reserve"),
        "Answers expected": (65, "if 65% of those asked answer"),
        "Right within, points": (pytest.approx(9.84), "either way, 19 times of 20; 10.0 wished for"),
        "Key account sales asked": (0.8, "the last 12 months"),
        "People to ask": (3, "1 by call, 2 by questionnaire; 1 without a known contact"),
    }


def test_a_census_asks_all_and_nobody_without_a_contact_is_not_counted():
    found = findings(sample=SAMPLE.assign(drawn=True), people=PEOPLE.head(3))

    assert found[0].sentence.startswith("Ask all of our 4 key accounts. If 65 of them answer, ")
    assert found[-1].previous_label == "1 by call, 2 by questionnaire"


def test_without_contacts_the_tile_says_so():
    nobody = PEOPLE.assign(contact_id=None)
    told = {one.key: one.previous_label for one in findings(people=nobody)[1:]}

    assert told["people"] == "none known; 4 without a known contact"


def test_a_list_without_sales_has_no_share_of_them():
    assert "sales" not in {one.key for one in findings(sample=SAMPLE.assign(net_revenue_365=0.0))}
