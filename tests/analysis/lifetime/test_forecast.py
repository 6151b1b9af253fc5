import datetime as dt

import numpy as np
import pandas as pd
import pytest

from kamlib.analysis.lifetime.fitting import fitted, grouped_rows
from kamlib.analysis.lifetime.forecast import (
    MODELS,
    Holdout,
    holdout,
    order_forecast,
    repeat_groups,
    tracking_table,
)
from kamlib.analysis.lifetime.history import history_rows
from kamlib.data.sample import sample_tables
from kamlib.errors import ParameterError
from kamlib.estimate import Unknown

AS_OF, FIRST = dt.date(2025, 12, 31), dt.date(2022, 1, 3)


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    return sample_tables(accounts=60)["order_lines"]


@pytest.fixture(scope="module")
def tested(lines: pd.DataFrame) -> Holdout:
    return holdout(lines, AS_OF, first=FIRST, days=365)


def test_the_likelier_model_is_chosen(history):
    rows = grouped_rows(*history_rows(history))
    fits = {name: fitted(model.terms, model.start(2.0, 500.0), rows) for name, model in MODELS.items()}
    best = max(fits, key=lambda name: fits[name].log_likelihood)

    assert order_forecast(history).name == best
    assert order_forecast(history).fit.log_likelihood == pytest.approx(fits[best].log_likelihood)


def test_fewer_than_ten_who_ordered_again_are_too_few(history):
    found = order_forecast(history.assign(repeats=[1.0] * 9 + [0.0] * 391))

    assert found.reason == (
        "Too few to tell which orders will come: 9 accounts ordered more than once, and 10 are needed."
    )


def test_equal_seeds_give_equal_futures(history):
    found = order_forecast(history)
    one, other = (found.drawn_orders(history, np.array([365.0]), seed=3, draws=5) for _ in range(2))

    assert np.array_equal(one, other)


def test_what_is_tracked_begins_with_nothing_and_grows(lines, tested):
    found = tracking_table(lines, tested, seed=1)

    assert len(found) == 13
    assert found.iloc[0, 1:].tolist() == [0, 0, 0, 0]
    assert (found.drop(columns="day").diff().iloc[1:] >= 0).all(axis=None)
    assert found["expected"].between(found["expected_low"], found["expected_high"]).all()
    assert found["day"].iloc[[0, -1]].dt.date.tolist() == [dt.date(2024, 12, 31), AS_OF]


def test_orders_are_those_of_accounts_known_at_the_time(lines, tested):
    days = lines[lines["ordered_at"] > pd.Timestamp(tested.cut_off)].query("net_amount >= 0")
    known = days[days["account_id"].isin(tested.history["account_id"])]
    orders = known.drop_duplicates(["account_id", "ordered_at"])

    assert tracking_table(lines, tested, seed=1)["orders"].iloc[-1] == len(orders)


def test_groups_hold_every_account_and_the_same_totals(lines, tested):
    groups = repeat_groups(lines, tested)
    last = tracking_table(lines, tested, seed=1).iloc[-1]

    assert groups["account_count"].sum() == len(tested.history)
    assert groups["account_count"] @ groups["expected"] == pytest.approx(last["expected"])
    assert groups["account_count"] @ groups["orders"] == pytest.approx(last["orders"])


def test_orders_after_the_day_change_no_forecast(lines, tested):
    early = lines[lines["ordered_at"] <= pd.Timestamp(tested.cut_off)]
    again = holdout(early, AS_OF, first=FIRST, days=365)

    assert again.forecast.fit.parameters == pytest.approx(tested.forecast.fit.parameters, rel=1e-12)


def test_a_short_history_cannot_be_tested(lines):
    found = holdout(lines, AS_OF, first=dt.date(2025, 1, 1), days=365)

    assert found.reason == (
        "The forecast cannot be held against what came: that takes 545 days of data, and there are 365."
    )
    assert tracking_table(lines, found, seed=1) is found
    assert repeat_groups(lines, found) is found


def test_a_test_of_a_few_days_is_refused(lines):
    with pytest.raises(ParameterError) as refused:
        holdout(lines, AS_OF, first=FIRST, days=7)

    assert str(refused.value) == "holdout_days: give 30 days or more, not 7"


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_the_orders_of_the_sample_s_last_year_are_foretold_within_a_fifth(seed):
    lines = sample_tables(seed=seed)["order_lines"]
    found = holdout(lines, AS_OF, first=FIRST, days=365)

    assert not isinstance(found, Unknown)
    expected, came = (
        repeat_groups(lines, found).eval(f"account_count * {name}").sum() for name in ("expected", "orders")
    )
    assert expected == pytest.approx(came, rel=0.2)
