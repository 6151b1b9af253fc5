"""Each reason, of an account that differs from all that stayed in one respect."""

import pandas as pd
import pytest

from kamlib.analysis.churn.features import churn_features, churn_measures
from kamlib.analysis.churn.models import churn_models
from kamlib.analysis.churn.reasons import REASONS, reason_table

STAYED = {
    "account_id": "a",
    "days_since_last_order": 20.0,
    "tenure_days": 1000.0,
    "median_gap_days": 20.0,
    "order_day_count": 40,
    "order_day_count_90": 6,
    "order_day_count_180": 12,
    "order_day_count_365": 24,
    "net_revenue": 4000.0,
    "net_revenue_90": 600.0,
    "net_revenue_180": 1200.0,
    "net_revenue_365": 2400.0,
    "net_revenue_prev_365": 2400.0,
    "product_count_365": 10,
    "listed_revenue_365": 2000.0,
    "list_revenue_365": 2500.0,
}
SAID = [
    ({"days_since_last_order": 50}, "has not ordered for 2.5 times as long as usual (50 days)"),
    ({"days_since_last_order": 40}, "has not ordered for twice as long as usual (40 days)"),
    (
        {"days_since_last_order": 300},
        "has not ordered for more than ten times as long as usual (300 days)",
    ),
    ({"order_day_count": 1}, "has ordered only once, 20 days ago"),
    (
        {"order_day_count_90": 2},
        "ordered less in the last 90 days than in the 90 before (2 and 10 order days)",
    ),
    ({"order_day_count_90": 0}, "has not ordered in the last 90 days, though it did in the 90 before"),
    ({"net_revenue_90": 300}, "bought for 67% less in the last 90 days than in the 90 before"),
    ({"net_revenue_365": 1200}, "bought for 50% less this year than last year"),
    ({"order_day_count": 20}, "has ordered on 20 days so far; half of those that stayed on 40 or more"),
    ({"tenure_days": 100}, "is a customer for only 100 days"),
    ({"net_revenue": 1000}, "places smaller orders than half of those that stayed"),
    ({"product_count_365": 3}, "buys 3 products; half of those that stayed 10 or more"),
    ({"listed_revenue_365": 2400}, "gets 4.0% discount; half of those that stayed 20.0% or more"),
]


def reasons_of(**changes: float) -> list[str]:
    """Return what speaks against an account, by a model that saw 20 such leave and 20 others stay."""
    stayed, left = pd.DataFrame([STAYED]), pd.DataFrame([STAYED | changes])
    past = churn_features(pd.concat([stayed] * 20 + [left] * 20))
    model = churn_models(1)["logistic"].fit(past, pd.Series([False] * 20 + [True] * 20))
    typical = churn_features(stayed).median(), churn_measures(stayed).median()
    return reason_table(model, left, *typical).iloc[0].to_list()


@pytest.mark.parametrize(("changes", "said"), SAID)
def test_a_reason_is_said_in_its_words(changes: dict[str, float], said: str) -> None:
    assert said in reasons_of(**changes)


def test_who_is_like_all_that_stayed_has_no_reason() -> None:
    assert reasons_of() == ["", "", ""]


def test_every_reason_has_been_said_here() -> None:
    # Three of the words above are of one reason: how long the silence is.
    assert len(SAID) - 2 == len(REASONS)
