"""Who was asked, who answered, and how much of the revenue was heard."""

from decimal import Decimal

import pandas as pd
import pytest

from kamlib.analysis.survey.response import (
    eligibility_of_unknowns,
    heard_of_asked,
    response_rate,
    response_table,
)
from kamlib.errors import ContractError

COUNTS = pd.Series({"I": 30, "P": 10, "R": 20, "NC": 15, "O": 5, "U": 40, "ineligible": 20})
FRAME = pd.DataFrame(
    {
        "account_id": list("abcdefgh"),
        "stratum": ["A", "A", "A", "A", "B", "B", "B", "C"],
        "drawn": [True, True, True, False, True, True, True, False],
        "disposition": ["I", "P", "R", None, "I", "ineligible", None, None],
    }
)
REVENUE = pd.Series({"a": 500, "b": 200, "c": 100, "d": 100, "e": 50, "f": 25, "g": 25})


def table() -> pd.DataFrame:
    return response_table(FRAME, revenue=REVENUE).set_index("stratum")


def test_rr1_takes_every_unknown_as_eligible():
    assert response_rate(COUNTS) == 30 / 120


def test_e_is_the_share_of_eligible_among_the_known():
    assert eligibility_of_unknowns(COUNTS) == 80 / 100


def test_rr3_takes_the_share_e_of_the_unknown_as_eligible():
    assert response_rate(COUNTS, eligibility=eligibility_of_unknowns(COUNTS)) == 30 / (80 + 0.8 * 40)


def test_rr2_counts_partial_answers():
    assert response_rate(COUNTS, partial=True) == 40 / 120


def test_rr5_takes_no_unknown_as_eligible():
    assert response_rate(COUNTS, eligibility=0.0) == 30 / 80


def test_of_those_asked_the_ineligible_are_left_out_and_the_partial_heard():
    assert heard_of_asked(FRAME).to_dict() == {"a": True, "b": True, "c": False, "e": True, "g": False}


def test_rr3_is_never_below_rr1():
    assert (table()["rr3"].dropna() >= table()["rr1"].dropna()).all()


def test_there_is_a_row_for_each_stratum_and_one_for_all():
    assert table().index.tolist() == ["A", "B", "C", "all"]


def test_the_strata_add_up_to_all():
    counts = table()[["accounts", "drawn", "eligible", "unknown", "ineligible", "answered"]]

    assert counts.iloc[:-1].sum().tolist() == counts.loc["all"].tolist() == [8, 6, 4, 1, 1, 3]


def test_a_drawn_account_without_a_disposition_is_unknown():
    assert table().loc["B", "unknown"] == 1


def test_partial_interviews_are_heard_but_not_in_rr1():
    row = table().loc["A"]

    assert (row["answered"], row["rr1"]) == (2, pytest.approx(1 / 3))


def test_the_share_of_revenue_heard_is_not_the_share_of_accounts():
    row = table().loc["all"]

    assert (row["account_share_heard"], row["revenue_share_heard"]) == (3 / 8, 0.75)
    assert (row["drawn_share_heard"], row["drawn_revenue_share_heard"]) == (3 / 6, pytest.approx(750 / 900))


def test_rates_lie_in_their_range():
    row = table().loc["all"]

    assert row["rr1_low"] < row["rr1"] < row["rr1_high"]
    assert row["rr3_low"] < row["rr3"] < row["rr3_high"]


def test_a_stratum_nobody_was_asked_in_has_no_rate():
    row = table().loc["C"]

    assert (pd.isna(row["rr1"]), row["rr_note"]) == (True, "No eligible account was asked.")


def test_without_revenue_its_share_is_missing():
    assert response_table(FRAME)["revenue_share_heard"].isna().all()


def test_revenue_as_exact_decimals_is_read():
    money = REVENUE.map(Decimal)

    assert response_table(FRAME, revenue=money)["revenue_share_heard"].iloc[-1] == 0.75


def test_a_disposition_without_a_draw_or_off_the_list_is_refused():
    frame = FRAME.assign(disposition=["I", "P", "X", "NC", "I", "ineligible", None, None])

    with pytest.raises(ContractError) as refusal:
        response_table(frame)

    assert str(refusal.value) == (
        "survey_frame breaks its contract:\n"
        "  - disposition: 1 row (first: row 5) is filled, though the account was not drawn\n"
        "  - disposition: 1 row (first: row 4) is none of I, P, R, NC, O, U, ineligible: 'X'"
    )


def test_revenue_below_zero_counts_as_none_so_that_no_more_than_all_is_heard():
    table = response_table(FRAME, revenue=REVENUE.replace(100, -300))

    assert table["revenue_share_heard"].iloc[-1] == 750 / 800
