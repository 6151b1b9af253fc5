import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlib.analysis.lifetime.retention import (
    retention_by_tier,
    retention_value,
    rise_of_points,
    worth_of_points,
)
from kamlib.errors import ParameterError
from kamlib.estimate import Unknown

AS_OF, FIRST = dt.date(2025, 12, 31), dt.date(2022, 1, 1)


def accounts(each: int = 40) -> pd.DataFrame:
    """Large, middling and small accounts; of the large one in ten is gone, of the others one in four."""
    rows = [
        (f"{size}{i:02}", amount, 0.0 if i % (10 if size == "L" else 4) == 0 else amount)
        for size, amount in (("L", 1000.0), ("M", 180.0), ("S", 50.0))
        for i in range(each)
    ]
    table = pd.DataFrame(rows, columns=["account_id", "net_revenue_prev_365", "net_revenue_365"])
    return table.assign(
        order_day_count_365=(table["net_revenue_365"] > 0) * 3.0,
        gross_profit_365=table["net_revenue_365"] * 0.3,
    )


def kept(table: pd.DataFrame | None = None) -> pd.DataFrame:
    return retention_by_tier(accounts() if table is None else table, AS_OF, first=FIRST)


@given(st.floats(0.05, 0.95), st.floats(0.01, 0.5))
def test_a_value_is_the_sum_of_what_each_year_brings(retention: float, rate: float) -> None:
    years = sum((retention / (1 + rate)) ** year for year in range(1, 2000))

    assert retention_value(1.0, retention, rate) == pytest.approx(years, rel=1e-6)


def test_who_ordered_last_year_and_this_is_kept() -> None:
    found = kept().set_index("tier")

    assert found.loc["All", ["n", "kept_count"]].tolist() == [120, 96]
    assert found.loc["A", "kept_share"] == pytest.approx(36 / 40, abs=0.02)
    assert (found["kept_share_low"] < found["kept_share"]).all()
    assert (found["kept_share"] < found["kept_share_high"]).all()


def test_the_tier_of_last_year_counts_for_who_left() -> None:
    found = kept().set_index("tier")

    assert found.loc[["A", "B", "C"], "n"].sum() == 120
    assert found.loc[["A", "B", "C"], "account_count"].sum() == 96


def test_a_tier_of_nine_is_too_few() -> None:
    found = kept(accounts(9)).set_index("tier")

    assert found.loc["A", "kept_share_note"] == "too few to tell (9)"
    assert pd.isna(found.loc["A", "kept_share"])
    assert found.loc["All", "kept_share_note"] == ""


def test_everybody_kept_is_a_range_up_to_one() -> None:
    table = accounts().assign(order_day_count_365=1.0)
    found = kept(table).set_index("tier")

    assert (found["kept_share_high"] == 1.0).all()
    assert (found["kept_share_low"] < 1.0).all()


def test_less_than_two_years_of_data_cannot_tell() -> None:
    found = retention_by_tier(accounts(), AS_OF, first=dt.date(2025, 1, 1))

    assert found.reason == (
        "How many customers are kept cannot be told: that takes 730 days, and the data hold 365."
    )
    assert worth_of_points(found, discount_rate=0.1) is found
    assert rise_of_points(found, 5, discount_rate=0.1) is found


def test_a_point_is_worth_the_rise_of_the_value() -> None:
    row = kept().set_index("tier").loc["B"]
    profit = row["account_count"] * row["gross_profit"]
    found = worth_of_points(kept(), discount_rate=0.1).set_index(["tier", "points"])
    now, then = (retention_value(profit, row["kept_share"] + more, 0.1) for more in (0, 0.01))

    assert found.loc[("B", 1), "worth"] == pytest.approx(then - now)


def test_the_tiers_add_up_and_the_range_holds_the_worth() -> None:
    found = worth_of_points(kept(), discount_rate=0.1)
    sums = found[found["tier"] != "All"].groupby("points")["worth"].sum()

    assert found[found["tier"] == "All"]["worth"].tolist() == pytest.approx(sums.tolist())
    assert found["worth"].between(found["worth_low"], found["worth_high"]).all()


def test_more_points_are_worth_more_until_everybody_is_kept() -> None:
    found = worth_of_points(kept(), discount_rate=0.1, points=range(1, 41))
    of_a = found[found["tier"] == "A"]["worth"]

    assert of_a.is_monotonic_increasing
    assert of_a.iloc[-1] == of_a.iloc[-10]


def test_where_tiers_are_too_few_all_accounts_are_one() -> None:
    found = worth_of_points(kept(accounts(9)), discount_rate=0.1)

    assert found["tier"].unique().tolist() == ["All"]


def test_customers_sold_to_below_cost_are_worth_less_the_longer_they_stay() -> None:
    found = worth_of_points(kept(accounts().assign(gross_profit_365=-1.0)), discount_rate=0.1)

    assert (found["worth"] < 0).all()


def test_without_cost_money_is_not_told_but_the_rise_is() -> None:
    bare = kept(accounts().drop(columns="gross_profit_365"))
    found = rise_of_points(bare, 5, discount_rate=0.1)

    assert worth_of_points(bare, discount_rate=0.1).key == "gross_profit"
    assert found.value == pytest.approx(0.275, abs=5e-4)
    assert found.low < found.value < found.high


def test_too_few_customers_have_no_rise() -> None:
    found = rise_of_points(kept(accounts(3)), 5, discount_rate=0.1)

    assert found == Unknown("Too few to tell how many customers are kept: 9 accounts.", "retention")
    assert worth_of_points(kept(accounts(3)), discount_rate=0.1).reason == (
        "Too few to tell what a point is worth: 9 accounts."
    )


def test_nobody_kept_has_no_rise() -> None:
    gone = kept(accounts().assign(order_day_count_365=0.0))

    assert (
        rise_of_points(gone, 5, discount_rate=0.1).reason
        == "None of last year's customers has ordered again."
    )


def test_a_rate_of_zero_is_refused() -> None:
    with pytest.raises(ParameterError) as refused:
        worth_of_points(kept(), discount_rate=0.0)

    assert str(refused.value) == "discount_rate: give a rate above 0, not 0.0"


def test_where_everybody_is_kept_what_one_more_is_worth_cannot_be_told() -> None:
    everybody = kept(accounts().assign(order_day_count_365=1.0))
    found = worth_of_points(everybody, discount_rate=0.1)

    assert found == rise_of_points(everybody, 5, discount_rate=0.1)
    assert found == Unknown(
        "All 120 of last year's customers have ordered again: there is none more to keep.", "retention"
    )
