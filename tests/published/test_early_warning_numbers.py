"""The order-gap alert on the numbers of the project's oracle (order gap, days beyond terms)."""

import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.churn.signals import ringing, signal_measures
from kamlib.analysis.snapshot import account_table

DAY_0 = dt.date(2024, 1, 1)
LINES = pd.DataFrame(
    {
        "account_id": "a",
        "ordered_at": pd.Timestamp(DAY_0) + pd.to_timedelta([0, 30, 58, 91, 120, 152], unit="D"),
        "net_amount": 1.0,
    }
)


def alarm_on(day: int) -> tuple[float, bool]:
    as_of = DAY_0 + dt.timedelta(days=day)
    measures = signal_measures(LINES, account_table(LINES, as_of), {}, as_of)
    return measures["median_gap_days"].iloc[0], bool(ringing(measures)["order_gap"].iloc[0])


def test_orders_on_days_0_30_58_91_120_152_have_a_median_gap_of_30() -> None:
    assert alarm_on(152)[0] == 30


@pytest.mark.parametrize(("day", "rings"), [(152, False), (212, False), (213, True), (300, True)])
def test_the_flag_goes_up_on_day_213(day: int, rings: bool) -> None:
    assert alarm_on(day)[1] == rings


def test_days_beyond_terms_weigh_each_invoice_by_its_value() -> None:
    due = pd.Timestamp(DAY_0) + pd.to_timedelta([100] * 5, unit="D")
    late = pd.to_timedelta([-10, -5, 0, 5, 10], unit="D")
    invoices = pd.DataFrame({"account_id": "a", "due_at": due, "paid_at": due + late})
    invoices["amount"] = [100.0, 200.0, 300.0, 400.0, 500.0]
    as_of = DAY_0 + dt.timedelta(days=152)
    found = signal_measures(LINES, account_table(LINES, as_of), {"invoices": invoices}, as_of)

    assert found["days_late"].iloc[0] == pytest.approx(3.33, abs=0.005)
