import datetime as dt

import numpy as np
import pandas as pd
import pytest

from kamlib.analysis.lifetime.contracts import ShiftedBetaGeometric, contract_outlook, renewal_table
from kamlib.estimate import Unknown

TODAY = dt.date(2024, 6, 30)
CONTRACTS = pd.DataFrame(
    [
        ("a", "2022-01-01", "2022-12-31"),
        ("a", "2023-01-01", "2023-12-31"),
        ("a", "2024-01-01", "2024-12-31"),
        ("b", "2022-01-01", "2022-12-31"),
        ("c", "2023-01-01", None),
        ("d", "2025-01-01", "2025-12-31"),
    ],
    columns=["account_id", "started_at", "ends_at"],
).assign(started_at=lambda t: pd.to_datetime(t["started_at"]), ends_at=lambda t: pd.to_datetime(t["ends_at"]))


def yearly(renewals: list[int], *, lost: bool) -> pd.DataFrame:
    """Return accounts with contracts of a year, the last of which is over or running."""
    last = 2023 if lost else 2024
    rows = [
        (f"{lost}{i}", pd.Timestamp(last - back, 1, 1), pd.Timestamp(last - back, 12, 31))
        for i, count in enumerate(renewals)
        for back in range(count + 1)
    ]
    return pd.DataFrame(rows, columns=["account_id", "started_at", "ends_at"])


MANY = pd.concat(
    [yearly([0] * 8 + [1] * 4 + [2] * 2, lost=True), yearly([0] * 5 + [1] * 5 + [3] * 5, lost=False)]
)
PROFIT = pd.DataFrame({"account_id": MANY["account_id"].unique(), "gross_profit_365": 100.0})


def test_contracts_that_follow_one_another_are_renewals():
    found = renewal_table(CONTRACTS, TODAY).set_index("account_id")

    assert found["renewals"].to_dict() == {"a": 2, "b": 0, "c": 0}
    assert found["is_lost"].to_dict() == {"a": False, "b": True, "c": False}


def test_a_contract_said_to_be_renewed_is_not_lost():
    said = renewal_table(CONTRACTS.assign(renewed=True), TODAY)

    assert not said["is_lost"].any()


def test_a_contract_that_begins_later_changes_nothing():
    without = CONTRACTS[CONTRACTS["account_id"] != "d"]

    assert renewal_table(CONTRACTS, TODAY).equals(renewal_table(without, TODAY))


def test_renewals_ahead_are_the_discounted_sum_of_those_to_come():
    model, made = ShiftedBetaGeometric(0.7, 2.0), 3
    coming = np.arange(1000)
    chances = model.survival(made + 1 + coming) / model.survival(made)

    assert float(model.renewals_ahead(made, 0.1)) == pytest.approx((chances / 1.1**coming).sum())


def test_who_has_renewed_often_is_likelier_to_renew_again():
    ahead = ShiftedBetaGeometric(0.7, 2.0).renewals_ahead([0, 1, 5], 0.1)

    assert sorted(ahead) == ahead.tolist()


def test_the_outlook_speaks_of_those_under_contract_with_range_and_worth():
    found = contract_outlook(MANY, PROFIT, TODAY, discount_rate=0.1, seed=1)

    assert found["renewals"].tolist() == [0, 1, 3]
    assert found["account_count"].tolist() == [5, 5, 5]
    assert (found["renewals_ahead_low"] < found["renewals_ahead"]).all()
    assert (found["renewals_ahead"] < found["renewals_ahead_high"]).all()
    assert found["value"].tolist() == pytest.approx((500 * found["renewals_ahead"]).tolist())


def test_without_cost_there_are_renewals_and_no_worth():
    found = contract_outlook(MANY, PROFIT[["account_id"]], TODAY, discount_rate=0.1, seed=1)

    assert "value" not in found


def test_without_contracts_the_reason_is_handed_on():
    missing = Unknown("no contracts")

    assert contract_outlook(missing, PROFIT, TODAY, discount_rate=0.1, seed=1) is missing


def test_too_few_contracts_are_said_to_be_too_few():
    found = contract_outlook(CONTRACTS, PROFIT, TODAY, discount_rate=0.1, seed=1)

    assert found.reason == (
        "Too few contracts to tell: 1 accounts were lost and 2 are under contract, and 10 of each are needed."
    )
