"""The early warning in one step, on a small made-up company."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from kamlib.analysis.churn.early_warning import EarlyWarning, early_warning, list_record
from kamlib.analysis.churn.outcomes import ChurnRule
from kamlib.analysis.churn.slices import cut_offs
from kamlib.analysis.churn.stakes import call_list
from kamlib.estimate import Estimate, Unknown

AS_OF = dt.date(2024, 12, 31)


@pytest.fixture(scope="module")
def warning(company_lines: pd.DataFrame) -> EarlyWarning:
    found = early_warning(company_lines, AS_OF, {}, rule=ChurnRule(), training_slices=3)

    assert isinstance(found, EarlyWarning)
    return found


def test_the_last_of_the_earlier_days_is_the_test(warning: EarlyWarning) -> None:
    assert list(warning.slices["cut_off"].dt.date) == [*warning.days.training, warning.days.test]
    assert len(warning.test) == warning.slices["n"].iloc[-1]


def test_the_days_are_those_of_the_churn_model(company_lines: pd.DataFrame) -> None:
    found = early_warning(company_lines, AS_OF, {}, rule=ChurnRule("silence", 90))
    first = company_lines["ordered_at"].min().date()

    assert isinstance(found, EarlyWarning)
    assert found.days == cut_offs(first, AS_OF, reach=90)


def test_points_taken_away_and_health_make_a_hundred(warning: EarlyWarning) -> None:
    taken = warning.accounts[[f"{signal}_points" for signal in warning.points.index]].sum(axis=1)

    assert len(warning.points) > 0
    assert np.allclose(warning.accounts["health"], (100 - taken).clip(lower=0))


def test_only_accounts_with_a_trusted_alarm_have_sales_at_risk(warning: EarlyWarning) -> None:
    rings = warning.accounts[list(warning.points.index)].fillna(value=False).any(axis=1)

    assert (warning.accounts["revenue_at_risk"].notna() == rings).all()


def test_the_list_is_ranked_by_sales_at_risk_and_names_a_reason(warning: EarlyWarning) -> None:
    called = call_list(warning.to_call, 10).scores

    assert called["revenue_at_risk"].dropna().is_monotonic_decreasing
    assert (called["reasons"].str.len() > 20).all()


def test_only_accounts_going_quiet_are_to_call(warning: EarlyWarning) -> None:
    assert warning.to_call["account_id"].tolist() == (
        warning.accounts.loc[warning.accounts["health"] < 100, "account_id"].tolist()
    )


def test_where_no_alarm_is_trusted_those_at_which_any_rings_are_to_call(warning: EarlyWarning) -> None:
    untrusted = replace(warning, accounts=warning.accounts.assign(probability=float("nan")))

    assert untrusted.to_call["reasons"].ne("").all()
    assert len(untrusted.to_call) == warning.accounts["reasons"].ne("").sum()


def test_each_alarm_says_at_how_many_accounts_it_rings_today(warning: EarlyWarning) -> None:
    gap = warning.alarms.set_index("signal").loc["order_gap"]
    silent = warning.accounts[warning.accounts["order_gap"].fillna(value=False).astype(bool)]

    assert gap["ringing_count"] == len(silent) > 0
    assert gap["ringing_sales"] == pytest.approx(silent["net_revenue_365"].sum())


def test_rows_after_the_day_change_nothing(warning: EarlyWarning, company_lines: pd.DataFrame) -> None:
    later = company_lines.assign(ordered_at=company_lines["ordered_at"] + pd.Timedelta(days=1100))
    both = pd.concat([company_lines, later])
    found = early_warning(both, AS_OF, {}, rule=ChurnRule(), training_slices=3)

    assert isinstance(found, EarlyWarning)
    pd.testing.assert_frame_equal(found.accounts, warning.accounts)
    pd.testing.assert_frame_equal(found.alarms, warning.alarms)


def test_shuffled_outcomes_leave_no_alarm_to_trust_and_no_link(company_lines: pd.DataFrame) -> None:
    # An account that orders at random days has no rhythm that tells anything.
    chance = np.random.default_rng(7)
    lines = company_lines.assign(ordered_at=chance.permutation(company_lines["ordered_at"].to_numpy()))
    found = early_warning(lines, AS_OF, {}, rule=ChurnRule("silence", 30), training_slices=3)

    assert isinstance(found, EarlyWarning)
    assert isinstance(found.link, Unknown) or found.link.low < 0.5


def test_accounts_below_the_amount_are_left_out_and_counted(company_lines: pd.DataFrame) -> None:
    found = early_warning(company_lines, AS_OF, {}, rule=ChurnRule(), least_revenue=800.0)

    assert isinstance(found, EarlyWarning)
    assert found.accounts["net_revenue_365"].min() >= 800
    assert found.left_out.set_index("reason").loc["sales below the amount set", "n"] > 0


def test_a_short_history_says_what_it_needs(company_lines: pd.DataFrame) -> None:
    found = early_warning(company_lines, dt.date(2022, 9, 30), {}, rule=ChurnRule("silence", 120))

    assert isinstance(found, Unknown)
    assert found.reason.startswith("The history is too short")


def test_with_only_returns_nobody_can_go_quiet() -> None:
    lines = pd.DataFrame({"account_id": "a", "ordered_at": pd.Timestamp("2024-01-01"), "net_amount": [-1.0]})

    assert early_warning(lines, AS_OF, {}, rule=ChurnRule()) == Unknown(
        "There is no order yet, only returns: nobody can go quiet.", "churn_history"
    )


def test_accounts_that_order_once_a_year_have_no_rhythm_to_leave() -> None:
    years = pd.to_datetime(["2021-06-01", "2022-06-01", "2023-06-01", "2024-06-01"])
    lines = pd.DataFrame({"account_id": "a", "ordered_at": years, "net_amount": 1.0})

    assert early_warning(lines, AS_OF, {}, rule=ChurnRule()) == Unknown(
        "No account orders often enough to be lost, then or today.", "alarms"
    )


# the record of such a list


def day_of_test(ringing: int, quiet: int) -> pd.DataFrame:
    chance = [0.5] * ringing + [0.0] * quiet
    lost = [n % 2 == 0 for n in range(ringing)] + [False] * quiet
    names = [f"a{n:02}" for n in range(ringing + quiet)]
    test = pd.DataFrame({"account_id": names, "probability": chance, "is_churned": lost})
    return test.assign(net_revenue_365=10.0)


def test_the_list_record_holds_only_accounts_at_which_an_alarm_rang() -> None:
    held, hits = list_record(day_of_test(14, 60), 30, seed=1)

    assert isinstance(hits, Estimate)
    assert isinstance(held, pd.DataFrame)
    assert (hits.value, hits.n) == (0.5, 14)
    assert held["calls"].unique().tolist() == [10]


def test_where_no_trusted_alarm_rang_the_list_cannot_be_tested() -> None:
    held, hits = list_record(day_of_test(0, 60), 30, seed=1)

    assert (
        held
        == hits
        == Unknown("On the day of the test no alarm rang that was to be trusted by then.", "call_list")
    )
