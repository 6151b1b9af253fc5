"""Every bad answer is followed up, where the survey may tell whose it is."""

import pandas as pd
import pytest

from kamlib.analysis.survey.follow_up import follow_up_accounts, follow_up_list
from kamlib.analysis.survey.waves import Wave
from kamlib.estimate import Unknown

ITEMS = pd.DataFrame(
    {"item_id": ["q1", "q2", "q3"], "aspect": ["overall", "nps", "price"], "text": ["All?", "Tell?", "Dear?"]}
)
ACCOUNTS = pd.DataFrame({"account_id": ["a", "b"], "name": ["Ann plc", "Bo AG"], "owner": ["Vera", None]})
REVENUE = pd.Series({"a": 100.0, "b": 900.0})
FRIDAY = "2025-09-19"


def wave(*answers, confidentiality="attributed", closed_at=None):
    rows = pd.DataFrame(answers, columns=["contact_id", "account_id", "item_id", "value", "answered_at"])
    rows["answered_at"] = pd.to_datetime(rows["answered_at"])
    closed_at = None if closed_at is None else pd.Timestamp(closed_at)
    return Wave("W1", pd.DataFrame(), rows.assign(text=None), confidentiality, closed_at)


def called(*answers, due_days=5, **options):
    return follow_up_list(wave(*answers, **options), ITEMS, ACCOUNTS, revenue=REVENUE, due_days=due_days)


def test_answers_of_two_or_less_are_listed_and_no_others():
    answers = [("a1", "a", "q1", value, FRIDAY) for value in (1, 2, 3, None)]
    answers = [(f"a{place}", *rest) for place, (_, *rest) in enumerate(answers)]

    assert called(*answers)["words"].tolist() == ["extremely dissatisfied", "some dissatisfied"]


def test_a_low_mark_of_ten_is_no_level_of_five():
    assert called(("a1", "a", "q2", 1, FRIDAY)).empty


def test_the_account_that_buys_most_comes_first_then_the_worst_answer():
    table = called(("a1", "a", "q1", 1, FRIDAY), ("b1", "b", "q1", 2, FRIDAY), ("b1", "b", "q3", 1, FRIDAY))

    assert table["name"].tolist() == ["Bo AG", "Bo AG", "Ann plc"]
    assert table["text"].tolist() == ["Dear?", "All?", "All?"]


def test_somebody_calls_within_working_days_of_the_answer():
    assert called(("a1", "a", "q1", 1, FRIDAY), due_days=1)["due_at"][0] == pd.Timestamp("2025-09-22")


def test_an_answer_of_a_weekend_waits_no_longer_than_one_of_friday():
    assert called(("a1", "a", "q1", 1, "2025-09-21"), due_days=1)["due_at"][0] == pd.Timestamp("2025-09-22")


def test_without_its_day_an_answer_is_due_after_the_last_day_of_asking():
    table = called(("a1", "a", "q1", 1, None), due_days=1, closed_at=FRIDAY)

    assert table["due_at"][0] == pd.Timestamp("2025-09-22")


def test_without_any_day_there_is_no_day_to_call_until():
    assert called(("a1", "a", "q1", 1, None))["due_at"].isna().all()


def test_an_account_that_no_table_knows_is_called_too():
    table = called(("c1", "c", "q1", 1, FRIDAY))

    assert table[["account_id", "contact_id"]].to_numpy().tolist() == [["c", "c1"]]
    assert table[["name", "owner", "revenue"]].isna().all(axis=None)


@pytest.mark.parametrize("promise", ["anonymous", "confidential"])
def test_where_secrecy_was_promised_nobody_is_listed(promise):
    assert called(("a1", "a", "q1", 1, FRIDAY), confidentiality=promise) == Unknown(
        f"Wave W1 was {promise}: what one account or person answered is not told.", "single_answers"
    )


def test_an_account_is_called_once_about_all_it_said():
    calls = called(
        ("b1", "b", "q3", 2, FRIDAY), ("b1", "b", "q1", 1, "2025-09-22"), ("b2", "b", "q3", 2, FRIDAY)
    )
    row = follow_up_accounts(calls).iloc[0]

    assert (row["aspects"], row["words"], row["answers"]) == ("overall, price", "extremely dissatisfied", 3)
    assert row["due_at"] == pd.Timestamp("2025-09-26")


def test_the_account_that_buys_most_is_called_first():
    calls = called(("a1", "a", "q1", 1, FRIDAY), ("b1", "b", "q1", 2, FRIDAY))

    assert follow_up_accounts(calls)["name"].tolist() == ["Bo AG", "Ann plc"]


def test_an_account_without_a_name_goes_by_its_id_and_nobodys_column_is_left_out():
    calls = called(("a1", "a", "q1", 1, FRIDAY)).assign(name=None, owner=None)

    assert follow_up_accounts(calls)["name"].tolist() == ["a"]
    assert "owner" not in follow_up_accounts(calls)


def test_why_nobody_may_be_called_is_handed_on():
    withheld = called(("a1", "a", "q1", 1, FRIDAY), confidentiality="anonymous")

    assert follow_up_accounts(withheld) is withheld
    assert follow_up_accounts(called()).empty
