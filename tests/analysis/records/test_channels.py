"""Who was reached, by which channel; where two sources disagree about a person."""

import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.records.channels import (
    channel_table,
    contact_conflicts,
    plain_spelling,
    uncovered_accounts,
)
from kamlib.estimate import Unknown

TODAY = dt.date(2024, 6, 30)
ACCOUNTS = pd.DataFrame(
    {
        "account_id": ["a", "b", "c"],
        "net_revenue_365": [60.0, 30.0, 10.0],
        "is_key": [True, True, False],
    }
)
MISSING = Unknown("There is no record of calls and visits.")


def meetings_of(*rows):
    table = pd.DataFrame(rows, columns=["account_id", "happened_at", "channel"])
    return table.assign(happened_at=pd.to_datetime(table["happened_at"]))


def every(days, *, until, channel="phone"):
    """Return ten contacts with account a, so many days apart."""
    dates = pd.date_range(end=until, periods=10, freq=f"{days}D")
    return meetings_of(*(("a", day, channel) for day in dates))


def state(meetings):
    return channel_table(meetings, ACCOUNTS, TODAY).loc[0, "state"]


def test_a_contact_365_days_ago_is_the_year_before():
    meetings = meetings_of(("a", "2023-07-02", "phone"), ("b", "2023-07-01", "phone"))
    row = channel_table(meetings, ACCOUNTS, TODAY).loc[0]

    assert (row["contact_count"], row["contact_count_prev"]) == (1, 1)
    assert row["last_at"] == pd.Timestamp("2023-07-02")


def test_reach_is_told_by_accounts_by_key_accounts_and_by_sales():
    row = channel_table(meetings_of(("a", "2024-06-01", "visit")), ACCOUNTS, TODAY).loc[0]

    assert row[["account_share", "key_share", "revenue_share"]].tolist() == pytest.approx([1 / 3, 0.5, 0.6])


def test_a_contact_with_an_account_that_does_not_count_reaches_nobody():
    row = channel_table(meetings_of(("x", "2024-06-01", "visit")), ACCOUNTS, TODAY).loc[0]

    assert (row["contact_count"], row["account_share"]) == (1, 0.0)


def test_a_channel_has_stopped_after_twice_its_longest_gap():
    assert state(every(10, until="2024-06-10")) == "good"
    assert state(every(10, until="2024-06-09")) == "stopped"


def test_seminars_once_a_quarter_have_not_stopped_after_four_months():
    assert state(every(90, until="2024-03-01", channel="seminar")) == "good"


def test_of_four_contact_days_it_cannot_be_told_whether_a_channel_has_stopped():
    assert state(every(10, until="2023-01-01").tail(4)) == "too few to tell"


def test_what_a_channel_used_to_reach_is_told_though_it_is_silent():
    row = channel_table(meetings_of(("b", "2021-06-01", "seminar")), ACCOUNTS, TODAY).loc[0]

    assert (row["revenue_share"], row["usual_revenue_share"]) == (0.0, 0.3)


def test_the_longest_silence_is_told():
    assert channel_table(every(10, until="2024-06-10"), ACCOUNTS, TODAY).loc[0, "longest_gap_days"] == 10


def test_no_contact_at_all_and_none_for_365_days_are_both_uncovered_the_largest_first():
    meetings = meetings_of(("a", "2023-07-01", "phone"), ("b", "2023-07-02", "email"))
    found = uncovered_accounts(meetings, ACCOUNTS, TODAY)

    assert found["account_id"].tolist() == ["a", "c"]
    assert found["last_channel"].tolist()[0] == "phone"


def test_a_record_of_less_than_a_year_cannot_tell_whom_nobody_met():
    meetings = meetings_of(("a", "2023-07-02", "phone"))

    assert "less than a year" in uncovered_accounts(meetings, ACCOUNTS, TODAY).reason
    assert "less than a year" in uncovered_accounts(meetings.head(0), ACCOUNTS, TODAY).reason


def test_channels_are_told_in_words():
    meetings = meetings_of(*((name, "2024-06-01", name) for name in ("call_centre", "email", "other")))

    assert channel_table(meetings, ACCOUNTS, TODAY)["channel"].tolist() == [
        *("call centre", "e-mail", "other ways")
    ]


def test_without_a_record_of_contacts_the_reason_is_passed_on():
    assert channel_table(MISSING, ACCOUNTS, TODAY) is MISSING
    assert uncovered_accounts(MISSING, ACCOUNTS, TODAY) is MISSING
    assert contact_conflicts(MISSING, ACCOUNTS) is MISSING


def test_an_empty_record_of_contacts_is_a_reason_too():
    assert "holds no row" in channel_table(meetings_of(), ACCOUNTS, TODAY).reason


def people_of(*rows):
    return pd.DataFrame(rows, columns=["account_id", "name", "email", "phone", "source"], dtype="str")


def test_one_person_with_two_e_mails_from_two_sources_is_a_conflict():
    people = people_of(
        ("a", "Ann Lee", "ann@a.example", None, "phone"), ("a", "ANN LEE", "lee@a.example", None, "seminar")
    )
    found = contact_conflicts(people, ACCOUNTS)

    assert found[["account_id", "person_count", "differs", "sources"]].to_numpy().tolist() == [
        ["a", 1, "e-mail", "phone, seminar"]
    ]


def test_an_empty_cell_and_another_spelling_are_no_conflict():
    people = people_of(
        ("a", "Ann Lee", "ann@a.example", "+1 555 010-1234", "phone"),
        ("a", "Ann Lee", "Ann@A.example ", "(555) 0101234", "seminar"),
        ("a", "Ann Lee", None, None, "email"),
    )

    assert contact_conflicts(people, ACCOUNTS).empty


def test_the_same_name_at_two_accounts_is_two_people():
    people = people_of(("a", "Ann", "x@a.example", None, "phone"), ("b", "Ann", "y@b.example", None, "phone"))

    assert contact_conflicts(people, ACCOUNTS).empty


def test_a_conflict_shows_no_value_of_a_person():
    people = people_of(("a", "Ann", "x@a.example", "1", "phone"), ("a", "Ann", "y@a.example", "2", "email"))
    said = contact_conflicts(people, ACCOUNTS).to_string()

    assert "Ann" not in said
    assert "example" not in said


def test_a_list_of_contacts_without_names_has_no_conflicts():
    assert contact_conflicts(pd.DataFrame({"account_id": ["a", "a"]}), ACCOUNTS).empty


def test_a_text_of_signs_only_is_empty():
    assert plain_spelling(pd.Series(["--", "Straße"])).isna().tolist() == [True, False]
    assert plain_spelling(pd.Series(["Straße"])).tolist() == ["strasse"]
