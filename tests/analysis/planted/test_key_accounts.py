"""The screens find what was planted in the sample company, whatever its seed."""

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from kamlib.analysis.pareto.criteria import account_points, band_table, days_beyond_terms
from kamlib.analysis.pareto.scorecard import scorecard, weights_of
from kamlib.analysis.pareto.segments import account_segments
from kamlib.analysis.pareto.standards import (
    amount_standards,
    key_by_sales_only,
    standard_counts,
    with_net_profit,
)
from kamlib.data.sample import Planted

AS_OF = dt.date(2025, 12, 31)


@pytest.fixture(scope="module")
def standards(tables: dict[str, pd.DataFrame], accounts: pd.DataFrame) -> pd.DataFrame:
    return amount_standards(with_net_profit(accounts, tables["costs"], AS_OF), tables["accounts"])


@pytest.fixture(scope="module")
def points(tables: dict[str, pd.DataFrame]) -> Any:
    asked = {name: tables[name] for name in ("ratings", "invoices", "wallet")} | {
        "first": dt.date(2022, 1, 1)
    }
    return account_points(tables["order_lines"], AS_OF, asked, bands=band_table())


def test_thin_giants_are_key_by_sales_and_most_of_them_not_by_profit(
    truth: Planted, standards: pd.DataFrame
) -> None:
    counts = standard_counts(standards)
    thin = set(key_by_sales_only(counts)["account_id"])
    giants = counts[counts["account_id"].isin(truth.giants)]

    assert (giants["sales_key_share"] >= 0.5).mean() > 0.9
    assert len(thin & set(truth.giants)) >= 0.7 * len(giants)


def test_no_firm_of_the_great_group_is_ten_percent_but_its_group_is(
    truth: Planted, tables: dict[str, pd.DataFrame], accounts: pd.DataFrame
) -> None:
    found = amount_standards(accounts, tables["accounts"], large_share=0.1)["sales"].loc[
        list(truth.groups[truth.great_group])
    ]

    assert found["parent", "all days", "10% or more"].all()
    assert ("account", "all days", "10% or more") not in found or not found[
        "account", "all days", "10% or more"
    ].any()


def test_slow_payers_are_those_that_pay_more_than_a_month_late(
    truth: Planted, tables: dict[str, pd.DataFrame]
) -> None:
    late = days_beyond_terms(tables["invoices"], AS_OF)

    assert set(late.index[late > 30]) == set(truth.slow_payers) & set(late.index)


def test_no_slow_payer_has_a_good_financial_reputation(truth: Planted, points: pd.DataFrame) -> None:
    slow = points.loc[points.index.isin(truth.slow_payers), "financial reputation"]

    assert len(slow)
    assert slow.max() < points["financial reputation"].median()


def test_the_veto_on_margin_keeps_most_thin_giants_out(truth: Planted, points: pd.DataFrame) -> None:
    weights = weights_of(["gross profit=1", "share of sales=1"])
    card = scorecard(points, weights, vetoes=["margin<2"]).set_index("account_id")
    giants = card[card.index.isin(truth.giants)]

    assert (giants["veto"] == "margin").mean() > 0.8
    assert (card["veto"] == "margin").mean() < 0.25


def test_who_left_over_a_year_ago_is_gone(truth: Planted, accounts: pd.DataFrame) -> None:
    segment = account_segments(accounts).set_index("account_id")["segment"]
    left = [one for one, day in truth.left_on.items() if day < AS_OF - dt.timedelta(days=365)]

    assert set(segment.reindex(left).dropna()) == {"gone"}
