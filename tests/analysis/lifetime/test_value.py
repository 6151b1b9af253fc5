import numpy as np
import pytest

from kamlib.analysis.lifetime.forecast import order_forecast
from kamlib.analysis.lifetime.value import lifetime_values, total_value, value_ranges, worth
from kamlib.errors import ParameterError
from kamlib.estimate import Unknown


@pytest.fixture(scope="module")
def forecast(history):
    return order_forecast(history)


def valued(history, forecast, *, rate=0.1, years=3):
    money = worth(history, forecast, discount_rate=rate, years=years)
    return money, lifetime_values(history, forecast, money)


def test_money_of_a_year_is_discounted_from_its_middle(history, forecast):
    money, _ = valued(history, forecast, rate=0.21, years=2)

    assert money.discounts.tolist() == pytest.approx([1 / 1.1, 1 / 1.331])


def test_without_interest_an_account_is_worth_its_orders(history, forecast):
    _, values = valued(history, forecast, rate=0.0, years=1)

    assert values["value"].to_numpy() == pytest.approx(
        (values["orders_next_year"] * values["profit_of_order"]).to_numpy()
    )


def test_more_years_are_worth_more_and_more_interest_less(history, forecast):
    three, five, dear = (
        valued(history, forecast, rate=rate, years=years)[1]["value"].sum()
        for rate, years in ((0.1, 3), (0.1, 5), (0.3, 3))
    )

    assert dear < three < five


def test_the_most_valuable_stand_first_and_equals_by_account(history, forecast):
    _, values = valued(history.assign(profit_per_order=10.0), forecast)

    assert values["value"].is_monotonic_decreasing
    assert values.groupby("value")["account_id"].apply(lambda ids: ids.is_monotonic_increasing).all()


def test_an_account_that_earned_nothing_keeps_its_own_loss(history, forecast):
    losing = history.assign(profit_per_order=history["profit_per_order"].where(history.index > 0, -7.0))
    _, values = valued(losing, forecast)

    assert values.set_index("account_id").loc["a000", "profit_of_order"] == -7.0
    assert values["value"].min() < 0


def test_ranges_hold_the_values(history, forecast):
    money, values = valued(history, forecast)
    found = value_ranges(values, history, money, most=20, seed=1)

    assert len(found) == 20
    assert (found["value_low"] < found["value"]).all()
    assert (found["value"] < found["value_high"]).all()


def test_the_total_is_the_sum_and_its_range_is_narrower_than_the_accounts_together(history, forecast):
    money, values = valued(history, forecast)
    total = total_value(values, history, money, seed=1)
    alone = value_ranges(values, history, money, most=400, seed=1)

    assert total.value == pytest.approx(values["value"].sum())
    assert total.high - total.low < (alone["value_high"] - alone["value_low"]).sum() / 3


def test_drawn_values_are_on_average_the_expected_ones(history, forecast):
    money, values = valued(history, forecast)
    total = total_value(values, history, money, seed=1)

    assert (total.low + total.high) / 2 == pytest.approx(total.value, rel=0.1)


def test_without_cost_orders_are_told_and_money_is_not(history, forecast):
    bare = history.drop(columns="profit_per_order")
    money, values = valued(bare, forecast)

    assert money.reason == (
        "What customers are worth cannot be told in money: these sales come without cost "
        "(order_lines.cost_amount). Set margin to the part of sales that is gross profit, such as 0.3."
    )
    assert list(values) == ["account_id", "alive_share", "orders_next_year"]
    assert values["orders_next_year"].is_monotonic_decreasing
    assert total_value(values, bare, money, seed=1) is money
    assert value_ranges(values, bare, money, most=3, seed=1).equals(values.head(3))


def test_without_a_forecast_there_is_nothing(history):
    missing = Unknown("too few")
    money, values = valued(history, missing)

    assert (money, values, value_ranges(values, history, money, most=3, seed=1)) == (
        missing,
        missing,
        missing,
    )


def test_nine_accounts_that_earn_are_too_few(history, forecast):
    poor = history.assign(profit_per_order=np.where(history.index < 9, 5.0, -1.0))

    assert worth(poor, forecast, discount_rate=0.1, years=3).reason == (
        "Too few to tell what an order brings: 9 accounts have earned a gross profit so far, and 10 are "
        "needed."
    )


def test_a_rate_below_zero_or_no_year_is_refused(history, forecast):
    with pytest.raises(ParameterError, match="give a rate of 0 or more, and 1 year or more"):
        worth(history, forecast, discount_rate=-0.1, years=3)
    with pytest.raises(ParameterError, match="give a rate of 0 or more, and 1 year or more"):
        worth(history, forecast, discount_rate=0.1, years=0)
