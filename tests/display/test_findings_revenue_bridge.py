import pandas as pd
import pytest

from kamlib.display.findings.revenue_bridge import kept_findings, part_finding
from kamlib.estimate import Unknown

SAID = {"as_of": "2025-12-31", "currency": "USD"}
RATES = pd.DataFrame(
    {
        "from_period": ["Dec 2023", "Dec 2024"],
        "to_period": ["Dec 2024", "Dec 2025"],
        "account_count": [50, 60],
        "revenue_before": [1e6, 1e6],
        "revenue_now": [9e5, 1.03e6],
        "net_retention": [0.9, 1.03],
        "gross_retention": [0.8, 0.85],
        "left_count": [5, 6],
        "left_share": [0.1, 0.1],
        "left_share_low": [0.04, 0.047],
        "left_share_high": [0.21, 0.2],
    }
)
BRIDGE = pd.DataFrame(
    {
        "to_period": "Dec 2025",
        "step": ["before", "churn", "contraction", "expansion", "reactivated", "new", "now"],
        "amount": [1e6, -9e4, -6e4, 1.8e5, 2e4, 5e4, 1.1e6],
        "account_count": [60, 6, 20, 34, 1, 4, 59],
    }
)
LOSSES = pd.DataFrame({"name": ["Ann", "Bo", "Cy", "Di"], "change": [-5e4, -3e4, -1e4, -1.0]})


def findings(rates=RATES, losses=LOSSES):
    return kept_findings(rates, BRIDGE, losses, **SAID)


def test_the_answer_is_what_became_of_last_years_hundred():
    first = findings()[0]

    assert first.sentence == (
        "Of last year's 100 from the same customers, today 103. $90,000 went with 6 accounts that left, "
        "$60,000 with those that bought less; those that bought more added $180,000."
    )
    assert (first.severity, first.money_per_year) == ("info", pytest.approx(30_000))


def test_whom_to_talk_to_is_named_with_what_was_lost():
    first = findings()[0]

    assert first.action == "Talk first to Ann, Bo, Cy: together they bought for $90,000 less than last year."
    assert first.evidence == "losses"


def test_where_nobody_bought_less_there_is_nobody_to_talk_to():
    assert findings(losses=LOSSES.head(0))[0].action == ""


def test_less_than_last_year_is_to_be_watched():
    assert findings(RATES.head(1).assign(to_period="Dec 2025"))[0].severity == "watch"


def test_the_tiles_compare_with_the_year_before():
    tiles = {one.key: one for one in findings()[1:]}

    assert (tiles["net_retention"].number, tiles["net_retention"].previous) == (103, 90)
    assert (tiles["gross_retention"].number, tiles["gross_retention"].previous) == (85, 80)
    assert tiles["left"].previous_label == "6 accounts of 60"
    assert tiles["came"].previous_label == "4 new accounts, 1 came back"
    assert tiles["came"].number == 70_000


def test_without_a_year_before_nothing_is_compared():
    tile = findings(RATES.tail(1))[1]

    assert (tile.previous, tile.previous_label) == (None, "")


def test_where_the_year_before_had_no_sales_an_older_year_is_not_told_as_this_one():
    said = findings(RATES.head(1))

    assert said == [Unknown("There were no sales in the year before, so none could be kept.", "kept")]


def test_a_year_that_does_not_join_on_is_not_compared_with():
    apart = RATES.assign(to_period=["Dec 2022", "Dec 2025"])

    assert findings(apart)[1].previous is None


def test_without_accounts_in_the_year_before_no_part_is_told():
    assert isinstance(part_finding(pd.DataFrame(columns=["cut", "is_left_more"]), as_of=""), Unknown)


def test_of_too_few_accounts_no_hundred_is_said():
    few = RATES.assign(net_retention=None, account_count=8)
    said = findings(few.astype({"net_retention": float}))

    assert [one.sentence for one in said] == [
        "$90,000 went with 6 accounts that left, $60,000 with those that bought less; those that bought more "
        "added $180,000. 8 accounts are too few for shares."
    ]


PARTS = pd.DataFrame(
    {
        "cut": ["Tier", "Industry", "Industry"],
        "part": ["A", "Dairy", "Food"],
        "account_count": [60, 20, 40],
        "left_count": [6, 5, 1],
        "left_share": [0.1, 0.25, 0.025],
        "left_share_low": [0.05, 0.1, 0.0],
        "left_share_high": [0.2, 0.5, 0.1],
        "is_left_more": [False, True, False],
    }
)


def test_the_part_that_left_most_often_is_named():
    found = part_finding(PARTS, as_of="2025-12-31")

    assert found.sentence == (
        "Accounts of Dairy (industry) left more often than the others: 5 of 20, and 2.5% of the others. "
        "So large a difference is hardly chance."
    )
    assert (found.low, found.high, found.evidence) == (0.1, 0.5, "parts")


def test_where_no_part_stands_out_none_is_named():
    assert part_finding(PARTS.assign(is_left_more=False), as_of="").sentence == (
        "In no part of the customers (tier, industry) did accounts leave clearly more often than in the "
        "others."
    )
