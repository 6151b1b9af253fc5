import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.analysis.churn.features import churn_features, churn_measures
from kamlib.analysis.snapshot import account_table

TODAY = dt.date(2024, 6, 30)


def measures_of(*days: int, **columns: object) -> pd.Series:
    dates = [pd.Timestamp(TODAY) - pd.Timedelta(days=day) for day in days]
    lines = pd.DataFrame({"account_id": "a", "ordered_at": dates, "net_amount": 10.0, **columns})
    return churn_measures(account_table(lines, TODAY)).loc["a"]


def test_gaps_and_overdue_ratio_are_those_of_the_order_days() -> None:
    said = measures_of(130, 100, 60, 20)

    assert said["mean_gap_days"] == pytest.approx(110 / 3)
    assert said["median_gap_days"] == 40
    assert said["overdue_ratio"] == pytest.approx(20 / (110 / 3))


def test_a_single_order_has_no_gap_and_is_never_overdue() -> None:
    assert measures_of(20)[["mean_gap_days", "median_gap_days", "overdue_ratio"]].isna().all()


def test_discount_is_what_is_missing_from_the_list_price_of_the_year() -> None:
    assert measures_of(10, 20, list_amount=12.5)["discount"] == pytest.approx(0.2)


def test_an_account_without_list_price_in_the_year_has_no_discount() -> None:
    assert pd.isna(measures_of(400, 10, list_amount=[12.5, None])["discount"])


def test_without_products_and_list_prices_there_are_no_such_features() -> None:
    assert not {"product_count", "discount"} & set(measures_of(10).index)


def test_features_are_log1p_and_below_zero_counts_as_zero() -> None:
    lines = pd.DataFrame(
        {
            "account_id": "a",
            "ordered_at": pd.to_datetime(["2024-06-01", "2024-06-20"]),
            "net_amount": [5.0, -9.0],
        }
    )
    features = churn_features(account_table(lines, TODAY)).loc["a"]

    assert features["revenue"] == 0
    assert features["days_since_last_order"] == np.log1p(29)


def test_undated_columns_never_enter(company_lines: pd.DataFrame) -> None:
    accounts = account_table(company_lines, TODAY)
    told = accounts.assign(status="lost", credit_limit=0.0, is_key=True)

    pd.testing.assert_frame_equal(churn_features(told), churn_features(accounts))


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(-400, 400), st.integers(-50, 200)),
        min_size=1,
        max_size=20,
    )
)
@settings(max_examples=12, deadline=None)
def test_rows_after_the_cut_off_and_later_dates_change_no_feature(rows: list[tuple[str, int, int]]) -> None:
    lines = pd.DataFrame(rows, columns=["account_id", "ordered_at", "net_amount"])
    lines["ordered_at"] = pd.Timestamp(TODAY) + pd.to_timedelta(lines["ordered_at"], unit="D")
    past = lines[lines["ordered_at"] <= pd.Timestamp(TODAY)].copy()
    lines["delivered_at"] = lines["ordered_at"] + pd.Timedelta(days=500)  # a later date in an earlier row

    pd.testing.assert_frame_equal(
        churn_features(account_table(lines, TODAY)), churn_features(account_table(past, TODAY))
    )
