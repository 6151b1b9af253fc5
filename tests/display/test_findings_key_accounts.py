import datetime as dt

import pandas as pd
import pytest

from kamlib.display.findings.key_accounts import key_account_findings, missing_remark, scorecard_findings
from kamlib.estimate import Unknown

RANKED = pd.DataFrame(
    {
        "account_id": list("abcde"),
        "name": ["Ann", "Bo", "Cy", "Di", "Ed"],
        "verdict": ["every", "every", "most", "some", "none"],
        "standard_count": 54,
        "net_revenue_365": [50.0, 20.0, 10.0, 15.0, 5.0],
        "own list_key_share": [1.0, 0.0, 1.0, 1.0, 0.0],
    }
)
NOBODY = RANKED.head(0)
SAID = {"as_of": "2025-12-31", "currency": "USD"}
NOT_KNOWN = Unknown("not there")


def findings(ranked=RANKED, thin=NOBODY, unowned=NOBODY):
    return {one.key: one for one in key_account_findings(ranked, thin, unowned, **SAID)}


def test_the_answer_comes_first_and_names_the_table_to_settle_it_by():
    first = key_account_findings(RANKED, NOBODY, NOBODY, **SAID)[0]

    assert (
        first.sentence == "2 accounts are key by every one of 54 standards, 1 more by at least half of them."
    )
    assert first.action == (
        "Settle for those in between whether they are key accounts: "
        "the table shows which standards name each one."
    )
    assert (first.number, first.evidence, first.kind) == (2, "disputed", "fact")


def test_where_nothing_is_in_between_there_is_nothing_to_settle():
    settled = RANKED[RANKED["verdict"] != "most"]

    assert findings(settled)["standards"].action == ""


@pytest.mark.parametrize(
    ("every", "said"), [(0, "No account is"), (1, "1 account is"), (3, "3 accounts are")]
)
def test_it_counts_in_words_that_fit(every, said):
    verdicts = ["every"] * every + ["most"] * (5 - every)

    assert findings(RANKED.assign(verdict=verdicts))["standards"].sentence.startswith(
        f"{said} key by every one"
    )


def test_accounts_that_sales_alone_make_key_are_named():
    thin = findings(thin=RANKED)["thin"]

    assert thin.sentence == (
        "5 accounts are key by most standards of sales and by few of profit: Ann, Bo, Cy and 2 others."
    )
    assert (thin.severity, thin.evidence) == ("watch", "thin")


def test_key_accounts_without_an_account_manager_are_named():
    nobody = findings(unowned=RANKED.iloc[[2]])["nobody"]

    assert nobody.sentence == (
        "Of the 3 accounts that at least half of the standards name, 1 has no account manager: Cy."
    )
    assert (nobody.severity, nobody.evidence, nobody.action) == (
        "act",
        "owners",
        "Name an account manager for each of them.",
    )


def test_the_own_list_is_held_against_the_others():
    assert findings()["own_list"].sentence == (
        "The company's own list names 3 accounts that ordered in 12 months. "
        "1 account is on it, yet key by fewer than half of the standards."
    )


def test_without_an_own_list_nothing_is_said_of_one():
    assert "own_list" not in findings(RANKED.drop(columns="own list_key_share"))


def test_what_cannot_be_told_is_left_out():
    assert not {"thin", "nobody"} & set(findings(thin=NOT_KNOWN, unowned=NOT_KNOWN))


def test_the_part_of_sales_is_a_tile():
    tile = findings()["sales"]

    assert (tile.number, tile.unit, tile.previous_label) == (
        pytest.approx(0.8),
        "share",
        "3 of 5 that ordered in 12 months",
    )


def test_without_sales_above_zero_the_part_is_not_told():
    assert "number" not in findings(RANKED.assign(net_revenue_365=-1.0))["sales"].payload()


CARD = pd.DataFrame({"state": ["in", "watch", "watch", "out", "not known"]})
DAYS = {"as_of": dt.date(2025, 12, 31), "year_ago": dt.date(2024, 12, 31)}


def test_the_tiles_of_the_scorecard_compare_with_a_year_ago():
    tiles = scorecard_findings(CARD, CARD.head(1), **DAYS)

    assert [(tile.number, tile.previous, tile.previous_label) for tile in tiles] == [
        (1, 1, "December 2024"),
        (2, 0, "December 2024"),
        (1, 0, "December 2024"),
    ]
    assert tiles[0].label == "In by the scorecard"


def test_without_a_year_ago_the_tiles_stand_alone():
    assert [tile.previous for tile in scorecard_findings(CARD, NOT_KNOWN, **DAYS)] == [None, None, None]


def test_it_is_said_what_is_lost_without_a_table():
    costs = Unknown("There is no list of costs to serve in 'acme' (costs is missing).")

    assert missing_remark({"ratings": RANKED, "costs": costs}).text == (
        "There is no list of costs to serve in 'acme' (costs is missing): no standard goes by net profit."
    )
    assert missing_remark({"ratings": RANKED}).text == ""
