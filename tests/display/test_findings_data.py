"""What is said of the tables: refused first, then what touches most of the sales."""

import pandas as pd

from kamlib.display.findings.data import data_findings, data_tiles, refused_findings
from kamlib.estimate import Unknown

GOOD = pd.DataFrame({"state": ["good", "good", "not there"]})
NONE = pd.DataFrame(columns=["table", "severity", "row_count", "says"])
NO_FLAW = pd.DataFrame(columns=["flaw", "item_count", "name", "day", "touched_share"])
DAY = pd.Timestamp("2025-03-04")


def breach(severity):
    said = "ordered_at: 3 rows (first: row 18) are empty"
    return pd.DataFrame([("sales", severity, 3, said)], columns=list(NONE))


def flaws(*rows):
    return pd.DataFrame(rows, columns=list(NO_FLAW))


def said(tables=GOOD, breaches=NONE, flaws=NO_FLAW):
    return data_findings(tables, breaches, flaws, as_of="2025-12-31")


def sentence(*flaw):
    return said(flaws=flaws(flaw))[0].sentence.removeprefix("All 2 tables keep their rules. ")


def test_without_an_error_nothing_is_refused():
    assert refused_findings(breach("warning")) == []


def test_a_refused_table_is_named_with_what_to_mend_first():
    (refused,) = refused_findings(breach("error"))

    assert refused.sentence == "1 table cannot be used until mended: sales."
    assert refused.action == "Mend first, in sales: ordered_at: 3 rows (first: row 18) are empty."
    assert (refused.severity, refused.evidence) == ("act", "breaches")


def test_the_verdict_stands_before_what_touches_most():
    first, second = said(flaws=flaws(("uncovered", 2, "Ann", None, 0.05), ("conflicts", 1, "Bo", None, 0.04)))

    assert first.sentence == (
        "All 2 tables keep their rules. 2 accounts with 5.0% of sales had no contact with us for a year."
    )
    assert first.action == "Give each an owner and a day for a call, Ann first."
    assert second.sentence == "At 1 account with 4.0% of sales two records disagree about a person."


def test_what_touches_a_twentieth_of_the_sales_is_to_be_watched():
    found = said(flaws=flaws(("uncovered", 2, "Ann", None, 0.05), ("uncovered", 1, "Bo", None, 0.049)))

    assert [one.severity for one in found] == ["watch", "info"]


def test_a_tiny_share_is_not_told_as_none():
    assert "with less than 0.1% of sales" in sentence("uncovered", 1, "Ann", None, 0.0004)


def test_one_company_is_not_companies():
    assert sentence("several", 1, "Ann", None, 0.5).startswith("1 company with 50.0% of sales may")


def test_months_are_told_with_the_first_of_them():
    assert sentence("months", 3, None, DAY, 0.038) == (
        "3 months from March 2025 on had no or strangely few order lines; about 3.8% of all may be missing."
    )


def test_a_channel_that_stopped_is_named_with_its_last_day():
    assert sentence("channel", 1, "seminar", DAY, 0.2).startswith(
        "There has been no contact by seminar since 4 Mar 2025;"
    )


def test_what_was_set_right_is_in_the_verdict():
    (found,) = said(breaches=breach("warning"))

    assert found.sentence == (
        "All 2 tables can be used; 3 rows broke a rule and were set right or aside. Nothing is to be mended."
    )


def test_what_is_refused_is_not_said_twice():
    (found,) = said(tables=GOOD.assign(state=["good", "broken", "not there"]), breaches=breach("error"))

    assert found.sentence == "Nothing else is to be mended."


def test_after_the_only_flaw_nothing_else_is_to_be_mended():
    found = said(flaws=flaws(("uncovered", 2, "Ann", None, 0.05)))

    assert [one.key for one in found] == ["uncovered", "trust"]
    assert found[1].sentence == "Nothing else is to be mended."


def test_one_table_alone_keeps_its_rules():
    assert said(tables=GOOD.tail(2))[0].sentence == "The one table keeps its rules. Nothing is to be mended."


def test_tiles_leave_out_what_cannot_be_told():
    tiles = data_tiles(
        pd.DataFrame({"state": ["good", "no lines", "too few to tell"]}),
        pd.DataFrame({"year": ["2023"], "cost_amount_share": [0.5]}),
        pd.DataFrame({"answer": ["yes", "in part", "no"]}),
        base=226,
        uncovered=Unknown("There is no record of calls and visits."),
        unreachable=pd.DataFrame({"account_id": ["a"]}),
    )

    assert [tile.number for tile in tiles] == [1, 1, 0.5, 2]
    assert [tile.previous_label for tile in tiles] == [
        *("of 226 that ordered this year", "of 3", "in 2023", "of 3; 1 in part")
    ]
