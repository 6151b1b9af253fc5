"""Cells that are filled are counted; nothing of a person is shown."""

import datetime as dt

import pandas as pd

from kamlib.analysis.records.completeness import record_table, source_table, unreachable_accounts
from kamlib.estimate import Unknown

TODAY = dt.date(2024, 6, 30)
ACCOUNTS = pd.DataFrame({"account_id": ["a", "b"], "net_revenue_365": [75.0, 25.0]})
PEOPLE = pd.DataFrame(
    {
        "contact_id": ["1", "2", "3", "4"],
        "account_id": ["a", "a", "b", "gone"],
        "name": ["Ann", "Bo", "Cy", "Di"],
        "phone": [None, "555", None, "555"],
        "email": [None, None, None, "di@gone.example"],
        "source": ["call_centre", "email", None, "email"],
        "updated_at": pd.to_datetime(["2024-06-01", "2023-07-01", "2023-07-02", "2024-06-01"]),
    }
)


def filled(column):
    return record_table("person", PEOPLE, ACCOUNTS, TODAY).set_index("column").loc[column]


def test_only_people_of_accounts_that_count_are_counted():
    assert filled("name")["row_count"] == 3


def test_a_cell_is_filled_for_an_account_if_it_is_for_one_of_its_people():
    assert (filled("phone")["filled_count"], filled("phone")["revenue_share"]) == (1, 0.75)


def test_a_column_that_is_not_there_is_filled_nowhere():
    assert (filled("gender")["filled_count"], filled("gender")["filled_share"]) == (0, 0.0)


def test_an_update_counts_for_365_days():
    assert filled("updated_at")["filled_count"] == 2


def test_the_fullest_column_comes_first():
    shares = record_table("person", PEOPLE, ACCOUNTS, TODAY)["filled_share"]

    assert shares.is_monotonic_decreasing


def test_no_value_of_a_person_is_in_the_table():
    said = record_table("person", PEOPLE, ACCOUNTS, TODAY).to_string()

    assert "Ann" not in said
    assert "555" not in said


def test_without_people_of_these_accounts_there_is_a_reason():
    assert record_table("person", PEOPLE.tail(1), ACCOUNTS, TODAY).reason.startswith("There is no person")


def test_an_account_without_people_or_with_silent_ones_only_cannot_be_reached():
    found = unreachable_accounts(PEOPLE, ACCOUNTS)

    assert found[["account_id", "person_count"]].to_numpy().tolist() == [["b", 1]]


def test_without_phone_and_e_mail_columns_nobody_can_be_reached():
    found = unreachable_accounts(PEOPLE[["contact_id", "account_id"]], ACCOUNTS)

    assert found["account_id"].tolist() == ["a", "b"]


def test_each_source_says_how_many_people_it_gave_and_how_fresh_they_are():
    table = source_table(PEOPLE, ACCOUNTS, TODAY).set_index("source")

    assert table["person_count"].to_dict() == {"call centre": 1, "e-mail": 1, "not said": 1}
    assert table["fresh_share"].to_dict() == {"call centre": 1.0, "e-mail": 0.0, "not said": 1.0}


def test_what_is_missing_is_told():
    missing = Unknown("There is no list of contacts.")

    assert record_table("person", missing, ACCOUNTS, TODAY) is missing
    assert unreachable_accounts(missing, ACCOUNTS) is missing
    assert source_table(missing, ACCOUNTS, TODAY) is missing


def test_contacts_that_name_no_source_are_one_row():
    table = source_table(PEOPLE.drop(columns="source"), ACCOUNTS, TODAY)

    assert table[["source", "person_count"]].to_numpy().tolist() == [["not said", 3]]
