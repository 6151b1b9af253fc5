"""The meanings of "lost" side by side."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.analysis.churn.definitions import (
    agreement_table,
    contract_outcomes,
    definition_outcomes,
    definition_table,
)
from kamlib.analysis.churn.outcomes import ChurnRule
from kamlib.estimate import Unknown

CUT, AS_OF = dt.date(2023, 12, 31), dt.date(2024, 12, 31)
RULE = ChurnRule("silence", 120)
NONE = Unknown("no contracts")
OUTCOMES = pd.DataFrame(
    {"silence": [True, True, False, False, None], "partial": [True, False, False, None, True]},
    dtype="boolean",
)


def company() -> pd.DataFrame:
    """Return a steady account, one that stops at the cut-off, and one with a single order."""
    days = {
        "steady": pd.date_range("2023-01-15", "2024-12-15", freq="30D"),
        "stops": pd.date_range("2023-01-15", "2023-12-15", freq="30D"),
        "single": pd.to_datetime(["2023-10-01"]),
    }
    rows = [(account, day, 100.0) for account, dates in days.items() for day in dates]
    return pd.DataFrame(rows, columns=["account_id", "ordered_at", "net_amount"])


def contracts(**ends: str | None) -> pd.DataFrame:
    table = pd.DataFrame({"account_id": list(ends), "ends_at": pd.to_datetime(list(ends.values()))})
    return table.assign(started_at=pd.Timestamp("2023-01-01"))


def test_all_definitions_see_the_account_that_stops() -> None:
    found = definition_outcomes(company(), NONE, RULE, cut_off=CUT, as_of=AS_OF)

    assert list(found) == ["own_rhythm", "silence", "partial"]
    assert found.loc["stops"].all()
    assert not found.loc["steady"].any()


def test_an_account_with_one_order_is_told_by_silence_alone() -> None:
    found = definition_outcomes(company(), NONE, RULE, cut_off=CUT, as_of=AS_OF).loc["single"]

    assert found["silence"]
    assert pd.isna(found["own_rhythm"])
    assert pd.isna(found["partial"])


def test_a_contract_that_ended_in_the_window_is_lost_and_one_that_runs_on_is_kept() -> None:
    known = contracts(ended="2024-03-01", runs=None, long="2025-01-01", over="2023-06-30")
    found = definition_outcomes(company(), known, RULE, cut_off=CUT, as_of=AS_OF)["contract"].dropna()

    assert found.to_dict() == {"ended": True, "runs": False, "long": False}


def test_a_contract_followed_by_another_is_kept() -> None:
    next_one = contracts(ended="2025-03-01").assign(started_at=pd.Timestamp("2024-03-02"))
    known = pd.concat([contracts(ended="2024-03-01"), next_one])
    found = definition_outcomes(company(), known, RULE, cut_off=CUT, as_of=AS_OF)["contract"]

    assert not found["ended"]


def test_a_contract_that_is_said_to_be_renewed_is_kept() -> None:
    known = contracts(ended="2024-03-01").assign(renewed=True)

    assert not contract_outcomes(known, CUT, RULE.horizon_days)["ended"]


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=8))
@settings(max_examples=20)
def test_contracts_of_after_the_window_and_later_ends_change_no_verdict(later: list[int]) -> None:
    known = contracts(ended="2024-03-01", runs="2025-01-01")
    days = pd.Timestamp(CUT) + pd.to_timedelta([RULE.horizon_days + 1 + day for day in later], unit="D")
    new = pd.DataFrame({"account_id": "ended", "started_at": days, "ends_at": pd.NaT})
    moved = pd.concat([known.assign(ends_at=[known["ends_at"][0], days[0]]), new])
    found = [contract_outcomes(table, CUT, RULE.horizon_days) for table in (known, moved)]

    pd.testing.assert_series_equal(*found)


def test_where_the_horizon_is_still_open_an_earlier_day_is_taken() -> None:
    late = definition_outcomes(company(), NONE, RULE, cut_off=AS_OF, as_of=AS_OF)
    on_time = definition_outcomes(company(), NONE, RULE, cut_off=dt.date(2024, 9, 2), as_of=AS_OF)

    pd.testing.assert_frame_equal(late, on_time)


def test_lost_are_counted_among_those_that_can_be_told() -> None:
    table = definition_table(OUTCOMES)

    assert table["n"].to_list() == [4, 4]
    assert table["lost_count"].to_list() == [2, 2]
    assert table["lost_share"].to_list() == [0.5, 0.5]


def test_agreement_is_over_accounts_of_which_both_can_tell() -> None:
    row = agreement_table(OUTCOMES).loc[0]

    assert (row["n"], row["both"], row["one_only"], row["other_only"]) == (3, 1, 1, 0)
    assert row["same_share"] == pytest.approx(2 / 3)
    assert row["kappa"] == pytest.approx((2 / 3 - 4 / 9) / (1 - 4 / 9))


def test_where_nobody_is_lost_by_either_there_is_no_kappa() -> None:
    nobody = pd.DataFrame({"silence": [False, False], "partial": [False, False]}, dtype="boolean")

    assert pd.isna(agreement_table(nobody).loc[0, "kappa"])


def test_definitions_that_share_no_account_have_no_agreement() -> None:
    apart = pd.DataFrame({"silence": [True, None], "partial": [None, True]}, dtype="boolean")

    assert agreement_table(apart).loc[0, ["n", "same_share"]].isna().to_list() == [False, True]
