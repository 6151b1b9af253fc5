"""What accounts are measured by, and the points they get."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kamlib.analysis.pareto.criteria import (
    account_points,
    band_table,
    criterion_points,
    days_beyond_terms,
    latest_ratings,
    measured_values,
)
from kamlib.errors import ParameterError
from kamlib.estimate import Unknown

DAY = dt.date(2025, 12, 31)
NONE = Unknown("not there")
NOTHING = {"ratings": NONE, "invoices": NONE, "wallet": NONE}


def bought(**columns: list[float]) -> pd.DataFrame:
    count = len(next(iter(columns.values())))
    usual = {"order_day_count_365": 4.0, "tenure_days": 730.0}
    return pd.DataFrame({"account_id": list("abcdefgh")[:count], **usual, **columns})


def rating(account: str, rater: str, day: str, score: int, criterion: str = "closeness") -> dict[str, Any]:
    return {
        "account_id": account,
        "criterion": criterion,
        "rater": rater,
        "rated_at": pd.Timestamp(day),
        "score": score,
    }


def invoices(*rows: tuple[str, str | None, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["due_at", "paid_at", "amount"]).assign(account_id="a")
    return table.astype({"due_at": "datetime64[s]", "paid_at": "datetime64[s]"})


def test_an_invoice_that_is_open_counts_as_paid_on_the_day() -> None:
    assert days_beyond_terms(invoices(("2025-12-01", None, 5.0)), DAY).to_dict() == {"a": 30.0}


def test_what_was_paid_after_the_day_was_open() -> None:
    assert days_beyond_terms(invoices(("2025-12-01", "2026-06-01", 5.0)), DAY).to_dict() == {"a": 30.0}


def test_invoices_of_other_years_and_credit_notes_do_not_count() -> None:
    rows = invoices(("2024-12-31", "2025-06-01", 9.0), ("2026-01-05", None, 9.0), ("2025-05-01", None, -9.0))

    assert days_beyond_terms(rows, DAY).empty


def test_of_each_rater_the_latest_rating_of_two_years_counts() -> None:
    rows = [
        rating("a", "x", "2023-10-01", 1),
        rating("a", "x", "2024-10-01", 2),
        rating("a", "x", "2025-10-01", 3),
    ]
    rows += [rating("a", "y", "2024-10-01", 5), rating("a", "y", "2026-10-01", 1)]

    assert sorted(latest_ratings(pd.DataFrame(rows), DAY)["score"]) == [3, 5]


def test_a_band_holds_its_lower_end() -> None:
    values = pd.DataFrame({"margin": [0.04, 0.05, 0.1, 0.2, 0.3, np.nan]})
    points = criterion_points(values, NONE, DAY, bands=band_table())

    assert points["margin"].tolist()[:5] == [1, 2, 3, 4, 5]
    assert pd.isna(points["margin"][5])


def test_bands_that_fall_give_more_points_for_less() -> None:
    values = pd.DataFrame({"days beyond terms": [61.0, 60.0, 30.0, 15.0, 5.0, -3.0]})
    points = criterion_points(values, NONE, DAY, bands=band_table())

    assert points["days beyond terms"].tolist() == [1, 2, 3, 4, 5, 5]


def test_points_are_the_mean_of_the_raters() -> None:
    ratings = pd.DataFrame([rating("a", "x", "2025-10-01", 3), rating("a", "y", "2025-10-01", 4)])
    points = criterion_points(pd.DataFrame(index=["a", "b"]), ratings, DAY, bands=band_table())

    assert points["closeness"].tolist()[0] == 3.5
    assert pd.isna(points["closeness"]["b"])


def test_financial_reputation_is_the_mean_of_rating_and_payment_or_the_one_there_is() -> None:
    ratings = pd.DataFrame([rating(one, "x", "2025-10-01", 2, "financial reputation") for one in "ab"])
    values = pd.DataFrame({"days beyond terms": [0.0, np.nan, 90.0, np.nan]}, index=list("abcd"))
    points = criterion_points(values, ratings, DAY, bands=band_table())["financial reputation"]

    assert points.tolist()[:3] == [3.5, 2.0, 1.0]
    assert pd.isna(points["d"])


def test_sales_and_profit_are_multiples_of_an_average_account_that_has_any() -> None:
    table = bought(
        net_revenue_365=[30.0, 10.0, 0.0], gross_profit_365=[6.0, 2.0, -8.0], costed_revenue_365=[30.0, 10, 0]
    )
    values = measured_values(table, DAY, NOTHING)

    assert values["share of sales"].tolist() == [1.5, 0.5, 0.0]
    assert values["gross profit"].tolist() == [1.5, 0.5, -2.0]
    assert values["margin"].tolist()[:2] == pytest.approx([0.2, 0.2])


def test_an_account_without_last_year_has_no_growth() -> None:
    values = measured_values(
        bought(net_revenue_365=[30.0, 10.0], net_revenue_prev_365=[20.0, 0.0]), DAY, NOTHING
    )

    assert values["growth"].tolist()[0] == pytest.approx(0.5)
    assert pd.isna(values["growth"]["b"])


def test_the_wallet_of_the_latest_year_is_the_row_for_all_families_or_their_sum() -> None:
    rows = [
        ("a", 2024, None, 10.0),
        ("a", 2025, None, 100.0),
        ("a", 2025, "Films", 70.0),
        ("b", 2025, "Films", 30.0),
    ]
    rows += [("b", 2025, "Bags", 10.0), ("b", 2026, None, 999.0)]
    wallet = pd.DataFrame(rows, columns=["account_id", "year", "family", "spend"])
    values = measured_values(bought(net_revenue_365=[50.0, 50.0]), DAY, {**NOTHING, "wallet": wallet})

    assert values["share of wallet"].tolist() == [0.5, 1.0]
    assert values["unserved potential"].tolist() == [1.0, 0.0]


def test_without_tables_only_orders_are_measured() -> None:
    values = measured_values(bought(net_revenue_365=[50.0]), DAY, NOTHING)

    assert list(values) == ["share of sales", "years together", "order days"]


LINES = pd.DataFrame(
    {
        "account_id": ["a", "b"],
        "net_amount": [10.0, 20.0],
        "ordered_at": pd.to_datetime(["2025-11-01", "2023-11-01"]),
    }
)
ASKED = {**NOTHING, "first": dt.date(2023, 11, 1)}


def test_only_accounts_that_ordered_in_the_year_have_points() -> None:
    assert list(account_points(LINES, DAY, ASKED, bands=band_table()).index) == ["a"]


def test_a_year_that_the_data_do_not_hold_is_not_looked_back_to() -> None:
    found = account_points(LINES, DAY, {**ASKED, "first": dt.date(2024, 6, 1)}, bands=band_table(), back=1)

    assert found.reason == "How it was on 2024-12-31 cannot be told: the data hold no whole year before."


def test_where_nobody_ordered_there_are_no_points() -> None:
    found = account_points(LINES, DAY, ASKED, bands=band_table(), back=1)

    assert found.reason == "No account has ordered in the 365 days to 2024-12-31, so none can be key."


def test_later_rows_change_no_points() -> None:
    later = LINES.assign(ordered_at=pd.Timestamp(2026, 2, 1))
    now, then = (
        account_points(one, DAY, ASKED, bands=band_table()) for one in (LINES, pd.concat([LINES, later]))
    )

    pd.testing.assert_frame_equal(now, then)


def test_a_band_of_something_else_is_refused() -> None:
    with pytest.raises(ParameterError, match="nothing is measured as 'margn'; did you mean 'margin'"):
        band_table(["margn: 1 2 3 4"])


@pytest.mark.parametrize("said", ["1 2 3", "1 2 2 3", "1 3 2 4", "low high"])
def test_a_band_needs_four_numbers_that_rise_or_fall(said: str) -> None:
    with pytest.raises(ParameterError, match="needs four numbers that rise or fall: margin: 1 2 3 4"):
        band_table([f"margin: {said}"])


def test_of_an_account_that_began_within_the_year_before_no_growth_is_told() -> None:
    table = bought(net_revenue_365=[20.0, 20.0], net_revenue_prev_365=[10.0, 10.0])
    values = measured_values(table.assign(tenure_days=[639.0, 638.0]), DAY, NOTHING)

    assert values["growth"].fillna(-1).to_list() == [1.0, -1.0]
