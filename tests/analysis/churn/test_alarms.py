"""How often alarms rang, and how often they were right."""

import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.churn.alarms import alarm_history, alarm_table
from kamlib.analysis.churn.outcomes import ChurnRule, churn_outcomes, with_known_outcome
from kamlib.analysis.churn.signals import SIGNALS
from kamlib.analysis.survey.estimator.means import wilson_interval
from kamlib.estimate import Unknown

RECORDS = {name: Unknown(f"There are no {name}.") for name in ("invoices", "complaints", "interactions")}


def past(*groups: tuple[int, bool | None, bool], days: int = 1) -> pd.DataFrame:
    """Return a history: so many accounts, whether the order gap rang at them, whether they were lost."""
    rows = [(rang, lost) for count, rang, lost in groups for _ in range(count)]
    one = pd.DataFrame(rows, columns=["order_gap", "is_churned"])
    one["account_id"] = [f"a{n}" for n in range(len(one))]
    table = pd.concat([one] * days, ignore_index=True).assign(net_revenue_365=1.0)
    empty = {key: pd.Series(pd.NA, index=table.index, dtype="boolean") for key in SIGNALS}
    return table.assign(**empty | {"order_gap": table["order_gap"].astype("boolean")})


def gap_alarm(history: pd.DataFrame) -> pd.Series:
    return alarm_table(history, RECORDS).set_index("signal").loc["order_gap"]


RANG_48 = past((30, True, True), (18, True, False), (10, False, True), (142, False, False))


def test_the_alarm_rang_48_times_and_30_were_right() -> None:
    found = gap_alarm(RANG_48)

    assert (found["rang_count"], found["right_count"]) == (48, 30)
    assert found["hit_share"] == 0.625


def test_it_stands_against_how_many_were_lost_anyway() -> None:
    found = gap_alarm(RANG_48)

    assert (found["base_share"], found["lift"], found["caught_share"]) == (0.2, 3.125, 0.75)
    assert found["verdict"] == "trusted"


def test_an_account_that_rings_on_four_days_is_heard_once() -> None:
    low, high = (gap_alarm(RANG_48)[f"hit_share_{end}"] for end in ("low", "high"))
    again = gap_alarm(
        past((30, True, True), (18, True, False), (10, False, True), (142, False, False), days=4)
    )

    assert again["rang_count"] == 192
    assert (again["hit_share_low"], again["hit_share_high"]) == pytest.approx((low, high))


def test_on_one_day_the_range_is_wilsons_with_t() -> None:
    found = gap_alarm(RANG_48)
    # The spread between accounts has n − 1 below it.
    low, high = wilson_interval(30 / 48, 47, df=47)

    assert (found["hit_share_low"], found["hit_share_high"]) == pytest.approx((low, high))


def test_an_alarm_no_better_than_chance_has_no_proven_link() -> None:
    assert gap_alarm(past((5, True, True), (20, True, False), (40, False, True), (160, False, False)))[
        "verdict"
    ] == ("unproven")


def test_nine_accounts_are_too_few_to_tell_and_ten_are_not() -> None:
    nine = gap_alarm(past((9, True, True), (90, False, False), days=3))

    assert nine["verdict"] == "too few"
    assert pd.isna(nine["hit_share"])
    assert nine["hit_share_note"] == "It rang at too few different accounts: 9, and 10 are needed."
    assert gap_alarm(past((10, True, True), (90, False, False)))["verdict"] == "trusted"


def test_an_alarm_that_was_always_right_still_has_a_range() -> None:
    found = gap_alarm(past((12, True, True), (88, False, False)))

    assert found["hit_share"] == found["hit_share_high"] == 1
    assert 0.6 < found["hit_share_low"] < 0.9


def test_accounts_of_which_it_cannot_be_told_are_not_in_the_base() -> None:
    assert gap_alarm(past((10, True, True), (10, False, False), (80, None, True)))["base_share"] == 0.5


def test_alarms_of_missing_tables_are_absent_with_the_reason() -> None:
    found = alarm_table(RANG_48, RECORDS).set_index("signal").loc["complaints"]

    assert (found["verdict"], found["hit_share_note"]) == ("absent", "There are no complaints.")


def test_where_nobody_was_lost_no_alarm_is_trusted() -> None:
    assert gap_alarm(past((20, True, False), (80, False, False)))["verdict"] == "unproven"


def test_an_empty_past_tells_nothing() -> None:
    assert set(alarm_table(RANG_48.head(0), RECORDS)["verdict"]) == {"absent"}


# the history


DAY, KNOWN = dt.date(2024, 3, 31), dt.date(2024, 9, 30)


def test_the_history_has_the_outcomes_of_the_churn_model(company_lines: pd.DataFrame) -> None:
    found = alarm_history(company_lines, [DAY], {}, ChurnRule(), known_until=KNOWN)
    known = with_known_outcome(churn_outcomes(company_lines, DAY, ChurnRule(), known_until=KNOWN))

    pd.testing.assert_frame_equal(
        found[["account_id", "is_churned"]], known[["account_id", "is_churned"]], check_dtype=False
    )


def test_what_came_after_a_day_changes_outcomes_but_no_alarm(company_lines: pd.DataFrame) -> None:
    cut = company_lines[company_lines["ordered_at"] <= pd.Timestamp(DAY)]
    whole, blind = (
        alarm_history(lines, [DAY], {}, ChurnRule("silence", 90), known_until=KNOWN)
        for lines in (company_lines, cut)
    )

    pd.testing.assert_frame_equal(whole[list(SIGNALS)], blind[list(SIGNALS)])
    assert blind["is_churned"].all()
    assert not whole["is_churned"].all()


def test_small_accounts_are_passed_over_in_the_past_too(company_lines: pd.DataFrame) -> None:
    found = alarm_history(company_lines, [DAY], {}, ChurnRule(), known_until=KNOWN, least_revenue=900.0)

    assert found["net_revenue_365"].min() >= 900


def test_without_a_day_there_is_no_history(company_lines: pd.DataFrame) -> None:
    assert alarm_history(company_lines, [], {}, ChurnRule(), known_until=KNOWN).empty
