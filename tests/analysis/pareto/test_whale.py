import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlib.analysis.pareto.whale import whale
from kamlib.estimate import Unknown


def test_a_loss_has_a_peak_in_money_and_no_share():
    found = whale(pd.Series([100.0, -300.0]))

    assert (found.total, found.peak, found.given_back) == (-200, 100, 300)
    assert math.isnan(found.peak_share)


def test_a_total_of_zero_has_no_share_either():
    assert math.isnan(whale(pd.Series([100.0, -100.0])).peak_share)


def test_where_nobody_earns_the_peak_is_nothing():
    found = whale(pd.Series([-1.0, -2.0]))

    assert (found.peak, found.earning_count, found.losing_count) == (0, 0, 2)


def test_one_account_and_equal_accounts_give_nothing_back():
    assert whale(pd.Series([5.0])).given_back == 0
    assert whale(pd.Series([5.0, 5.0, 5.0])).peak_share == 1


def test_equals_stand_in_the_order_of_their_names():
    assert whale(pd.Series({"b": 1.0, "a": 1.0})).curve["account_id"].to_list() == ["a", "b"]


@given(st.lists(st.integers(-1000, 1000), min_size=1))
def test_the_curve_climbs_to_its_peak_and_ends_at_the_total(profits):
    found = whale(pd.Series(profits, dtype=float))

    assert max(found.curve["cumulative_profit"].max(), 0) == pytest.approx(found.peak)
    assert found.curve["cumulative_profit"].iloc[-1] == pytest.approx(found.peak - found.given_back)


def test_nobody_and_an_unknown_stay_unknown():
    unknown = Unknown("no cost")

    assert whale(unknown) is unknown
    assert (
        whale(pd.Series(dtype=float)).reason
        == "No account bought anything, so there is no profit to share out."
    )
