import pandas as pd
import pytest

from kamlib.display.findings.lost_accounts import (
    exit_findings,
    gone_finding,
    most_often,
    shift_finding,
    sign_finding,
    unrecorded_finding,
)
from kamlib.estimate import Estimate, Unknown

SAID = {"as_of": "2025-12-31", "currency": "USD"}
REASONS = pd.DataFrame(
    {
        "name": ["felt neglected", "price"],
        "exit_count": [19, 17],
        "n": [36, 36],
        "share": [19 / 36, 17 / 36],
        "share_low": [0.37, 0.32],
        "share_high": [0.68, 0.63],
    }
)
SHIFT = pd.DataFrame(
    {
        "reason": ["price", "price"],
        "side": ["customer", "manager"],
        "exit_count": [17, 38],
        "n": [63, 63],
        "share": [0.27, 0.603],
        "gap": [0.333, 0.333],
        "is_clear": [True, True],
    }
)
EXITS = pd.DataFrame({"account_id": ["a", "b"], "sales_before": [100.0, 200.0], "sales_since": [0.0, 40.0]})
SOME = Estimate(0.56, 0.44, 0.67, 66, "Wilson")
UNKNOWN = Unknown("too few", "few")


def findings(reasons=REASONS, shift=SHIFT, preventable=SOME, won_back=SOME):
    return exit_findings(reasons, shift, EXITS, preventable=preventable, won_back=won_back, **SAID)


def test_accounts_silent_for_a_year_are_counted_with_what_they_had_bought():
    found = gone_finding(pd.DataFrame({"net_revenue": [900.0, 100.0]}), 30, **SAID)

    assert (
        found.sentence == "2 of 30 accounts have not ordered for a year. Before, they had bought for $1,000."
    )


def test_the_most_frequent_reason_comes_first_with_what_could_have_been_kept():
    first = findings()[0]

    assert first.sentence == (
        "Asked why they left, customers say most often: felt neglected (19 of 36). "
        "56% of the losses could have been prevented."
    )
    assert first.action == (
        "Have somebody else than the account manager ask: of the same 63 accounts, managers write “price” "
        "for 38 where the customers say it for 17."
    )


def test_where_both_sides_say_the_same_there_is_nothing_to_do():
    assert findings(shift=SHIFT.assign(is_clear=False))[0].action == ""


def test_what_cannot_be_told_of_the_losses_stays_unknown():
    first, preventable, *_ = findings(preventable=UNKNOWN)

    assert first.sentence.endswith("felt neglected (19 of 36).")
    assert preventable == UNKNOWN


def test_where_no_reason_can_be_told_none_is_named():
    assert findings(UNKNOWN)[0] == UNKNOWN


def test_who_came_back_is_told_with_what_they_bought_since():
    tile = next(one for one in findings() if one.key == "won_back")

    assert tile.previous_label == "of 66 lost a year ago or longer; all that came back bought for $40 since"


def test_of_few_that_came_back_nothing_is_told():
    assert findings(won_back=UNKNOWN)[2] == UNKNOWN


def test_the_sales_that_went_are_added_up():
    assert findings()[-1].number == 300


AGREE = Estimate(0.5, 0.35, 0.65, 63, "Cohen's kappa")


def test_a_shift_is_told_with_how_far_both_agree():
    assert shift_finding(SHIFT, AGREE, as_of="").sentence == (
        "Managers write “price” more often than their customers say it, beyond chance. How far both agree "
        "(Cohen's kappa): 0.50, between 0.35 and 0.65; 1 is in full, 0 as by chance."
    )


def test_no_shift_is_told_as_well():
    found = shift_finding(SHIFT.assign(is_clear=False), AGREE, as_of="")

    assert found.sentence.startswith("Managers give no reason clearly more often than their customers.")


@pytest.mark.parametrize(("shift", "agreement"), [(UNKNOWN, AGREE), (SHIFT, UNKNOWN)])
def test_a_shift_that_cannot_be_told_stays_unknown(shift, agreement):
    assert shift_finding(shift, agreement, as_of="") == UNKNOWN


def test_titles_state_the_finding():
    assert most_often(REASONS) == "Most often: felt neglected, 53%"
    assert most_often(SHIFT) == "“price”: customers 27%, managers 60%"
    assert most_often(UNKNOWN) == ""


def test_reasons_given_equally_often_are_all_named():
    tied = REASONS.assign(exit_count=18, share=0.5)

    assert most_often(tied) == "Most often: felt neglected and price, 50% each"


def test_those_nobody_asked_are_counted_and_the_largest_named():
    found = unrecorded_finding(pd.DataFrame({"name": ["Ann", "Bo", "Cy", "Di"]}), 9, as_of="")

    assert found.sentence == (
        "Of 9 without an order for a year, 4 are not in the record of lost accounts: "
        "nobody has written down why."
    )
    assert found.action == "Ask the largest of them first: Ann, Bo, Cy."


def test_where_all_are_in_the_record_nobody_is_named():
    found = unrecorded_finding(pd.DataFrame({"name": []}), 9, as_of="")

    assert found.sentence == "All 9 without an order for a year are in the record of lost accounts."


TABLE = pd.DataFrame({"name": ["no order"]})


def test_signs_are_told_with_how_early_they_came():
    signs = pd.DataFrame({"days_before": [10.0, 50.0, 60.0, 70.0, 90.0, *[None] * 5]})

    assert sign_finding(signs, TABLE, least=5, as_of="").sentence == (
        "Before 5 of 10 losses an alarm of the early warning would have rung; at half of these "
        "60 days or more ahead."
    )


def test_of_few_losses_without_a_sign_no_number_is_told():
    signs = pd.DataFrame({"days_before": [10.0] * 8 + [None] * 2})

    assert sign_finding(signs, TABLE, least=5, as_of="").sentence.startswith(
        "Before all or nearly all of 10 losses an"
    )


def test_of_few_losses_with_a_sign_nothing_is_told():
    signs = pd.DataFrame({"days_before": [10.0] * 4 + [None] * 20})

    assert sign_finding(signs, TABLE, least=5, as_of="").reason == (
        "Whether there were signs before cannot be told: fewer than five losses, or fewer than five with a "
        "sign."
    )


def test_where_the_table_of_signs_cannot_be_told_either_one_reason_stands_for_both():
    assert sign_finding(pd.DataFrame({"days_before": [10.0]}), UNKNOWN, least=5, as_of="") == UNKNOWN


def test_an_account_that_was_lost_twice_is_one_account():
    twice = pd.concat([EXITS, EXITS.tail(1)])
    last = exit_findings(REASONS, SHIFT, twice, preventable=SOME, won_back=SOME, **SAID)[-1]

    assert last.previous_label == "2 accounts in the record"
