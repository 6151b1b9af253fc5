import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.analysis.churn.outcomes import ChurnRule, churn_outcomes, with_known_outcome
from kamlib.errors import ParameterError

CUT = dt.date(2023, 6, 30)
LATER = dt.date(2024, 6, 29)
SILENCE = ChurnRule("silence", 120)


def outcome(rule: ChurnRule, *days: int, known_until: dt.date = LATER, spent: float = 100.0) -> pd.Series:
    """Return the outcome of one account that ordered on these days, counted from the cut-off."""
    dates = [pd.Timestamp(CUT) + pd.Timedelta(days=day) for day in days]
    lines = pd.DataFrame({"account_id": "a", "ordered_at": dates, "net_amount": spent})
    return churn_outcomes(lines, CUT, rule, known_until=known_until).iloc[0]


# silence


def test_an_account_that_orders_on_the_last_day_of_the_window_is_kept() -> None:
    assert not outcome(SILENCE, -10, 120)["is_churned"]


def test_an_account_that_orders_a_day_after_the_window_was_lost() -> None:
    assert outcome(SILENCE, -10, 121)["is_churned"]


def test_an_order_on_the_cut_off_is_not_in_the_window() -> None:
    assert outcome(SILENCE, 0)["is_churned"]


def test_364_days_of_silence_are_at_risk_and_365_are_gone() -> None:
    assert outcome(SILENCE, -364)["left_out"] == ""
    assert outcome(SILENCE, -365)["left_out"] == "no order for a year: gone before the cut-off"


def test_a_window_that_ends_after_the_last_known_day_is_open() -> None:
    ended, still_open = CUT + dt.timedelta(days=120), CUT + dt.timedelta(days=119)

    assert outcome(SILENCE, -10, known_until=ended)["left_out"] == ""
    assert outcome(SILENCE, -10, known_until=still_open)["left_out"] == "its window is still open"


def test_an_open_window_has_no_outcome_even_when_the_account_has_ordered() -> None:
    assert pd.isna(outcome(SILENCE, -10, 5, known_until=CUT + dt.timedelta(days=30))["is_churned"])


def test_an_account_with_only_returns_was_never_at_risk() -> None:
    assert outcome(SILENCE, -10, spent=-5.0)["left_out"] == "no order, only returns"


@pytest.mark.parametrize("rule", [ChurnRule(), SILENCE, ChurnRule("partial", 90)])
@given(st.lists(st.integers(181, 900), max_size=8))
@settings(max_examples=4)
def test_orders_after_the_last_known_day_change_no_outcome(rule: ChurnRule, later: list[int]) -> None:
    until, days = CUT + dt.timedelta(days=180), (-300, -200, -100, -10, 100)
    plain, with_later = (outcome(rule, *days, *more, known_until=until) for more in ((), later))

    pd.testing.assert_series_equal(plain, with_later)


# own rhythm


def test_the_own_window_is_two_median_gaps() -> None:
    found = outcome(ChurnRule(), -100, -60, -20)

    assert found["horizon_days"] == 80
    assert found["window_end"] == pd.Timestamp(CUT) + pd.Timedelta(days=80)


def test_beyond_two_own_gaps_without_an_order_an_account_is_lost() -> None:
    assert not outcome(ChurnRule(), -100, -60, -20, 80)["is_churned"]
    assert outcome(ChurnRule(), -100, -60, -20, 81)["is_churned"]


def test_an_account_silent_for_longer_than_its_rhythm_is_at_risk_too() -> None:
    assert outcome(ChurnRule(), -261, -221, -181)["left_out"] == ""


def test_two_orders_in_the_year_tell_no_rhythm() -> None:
    assert outcome(ChurnRule(), -400, -60, -20)["left_out"].startswith("fewer than 3 order days")


def test_an_account_that_orders_each_day_is_not_lost_within_a_month() -> None:
    assert not outcome(ChurnRule(), -2, -1, 0, 30)["is_churned"]


def test_the_own_window_never_exceeds_a_year() -> None:
    assert outcome(ChurnRule(), -364, -182, 0)["horizon_days"] == 364


# partial


def test_spend_below_half_of_the_own_rate_is_a_partial_loss() -> None:
    # 4 × 100 in 365 days; in 73 days its rate makes 80, half of that is 40.
    rule, days = ChurnRule("partial", 73), (-730, -360, -200, -100, -10)
    lines = pd.DataFrame({"ordered_at": [pd.Timestamp(CUT) + pd.Timedelta(days=day) for day in (*days, 50)]})

    for spent, lost in ((39.99, True), (40.0, False)):
        told = lines.assign(account_id="a", net_amount=[100.0] * 5 + [spent])
        assert churn_outcomes(told, CUT, rule, known_until=LATER).loc[0, "is_churned"] == lost


def test_a_customer_of_less_than_180_days_has_no_base_rate() -> None:
    assert outcome(ChurnRule("partial"), -179)["left_out"].startswith("first order less than 180 days ago")


# all


def test_with_known_outcome_keeps_only_plain_answers(company_lines: pd.DataFrame) -> None:
    outcomes = churn_outcomes(company_lines, CUT, ChurnRule(), known_until=dt.date(2023, 8, 31))
    known = with_known_outcome(outcomes)

    assert known["is_churned"].dtype == bool
    assert (
        len(known) + (outcomes["left_out"] != "").sum()
        == company_lines.query("ordered_at <= '2023-06-30'")["account_id"].nunique()
    )


def test_an_unknown_definition_is_refused_with_the_nearest() -> None:
    with pytest.raises(ParameterError) as refusal:
        ChurnRule("silent")

    assert str(refusal.value) == "definition: there is no 'silent'; did you mean 'silence'?"


@pytest.mark.parametrize("days", [0, 366])
def test_a_horizon_outside_a_year_is_refused(days: int) -> None:
    with pytest.raises(ParameterError, match=f"horizon_days: give 1 to 365 days, not {days}"):
        ChurnRule("silence", days)


@pytest.mark.parametrize("share", [0.0, 1.5])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ParameterError, match=f"partial_share: give a share above 0, up to 1, not {share}"):
        ChurnRule("partial", partial_share=share)
