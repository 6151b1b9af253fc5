from types import SimpleNamespace

import pandas as pd

from kamlib.display.findings.retention import (
    five_points_finding,
    model_finding,
    retention_findings,
)
from kamlib.estimate import Estimate, Unknown

KEPT = pd.DataFrame(
    {
        "tier": ["A", "B", "C", "All"],
        "n": [30, 50, 120, 200],
        "kept_count": [29, 45, 86, 160],
        "account_count": [28, 52, 100, 180],
        "gross_profit": [50_000.0, 9_000.0, 1_000.0, 10_000.0],
        "kept_share": [0.967, 0.9, 0.717, 0.8],
        "kept_share_low": [0.83, 0.79, 0.63, 0.739],
        "kept_share_high": [0.99, 0.96, 0.79, 0.85],
    }
)
POINTS = pd.DataFrame(
    {
        "tier": ["A", "B", "C", "All"],
        "points": 1,
        "worth": [800_000.0, 150_000.0, 50_000.0, 1_000_000.0],
        "worth_low": [500_000.0, 90_000.0, 30_000.0, 700_000.0],
        "worth_high": [1_100_000.0, 210_000.0, 70_000.0, 1_300_000.0],
    }
)
TRACKING = pd.DataFrame(
    {
        "day": pd.to_datetime(["2024-12-31", "2025-12-31"]),
        "expected": [0.0, 1200.0],
        "expected_low": [0.0, 1100.0],
        "expected_high": [0.0, 1300.0],
        "orders": [0.0, 1250.0],
    }
)
TOTAL = Estimate(5e6, 4e6, 6e6, 180, "drawn futures")
SAID = {"as_of": "2025-12-31"}


def findings(points=POINTS, kept=KEPT, total=TOTAL, tested=TRACKING):
    return retention_findings(points, kept, total=total, years=3, tested=tested, currency="USD", **SAID)


def test_the_worth_of_a_point_comes_first_with_the_tier_to_begin_with():
    first = findings()[0]

    assert first.sentence == (
        "One more customer in a hundred kept each year is worth $1.00 million in today's money "
        "(between $0.70 million and $1.30 million)."
    )
    assert first.action == "Begin with tier A: 28 accounts carry 80% of that."
    assert (first.kind, first.evidence, first.number) == ("estimate", "points", 1_000_000.0)


def test_a_range_of_money_has_one_form():
    first = findings(POINTS.assign(worth=POINTS["worth"] * 0.4, worth_low=177_926.0, worth_high=680_000.0))[0]

    assert first.sentence.endswith(
        "worth $0.40 million in today's money (between $0.18 million and $0.68 million)."
    )


def test_all_accounts_as_one_have_no_tier_to_begin_with():
    first = findings(points=POINTS[POINTS["tier"] == "All"])[0]

    assert (first.action, first.evidence) == ("", "")


def test_customers_sold_to_below_cost_are_said_to_cost_money():
    names = {"worth": POINTS["worth"], "worth_low": POINTS["worth_high"], "worth_high": POINTS["worth_low"]}
    first = findings(POINTS.assign(**{name: -amount for name, amount in names.items()}))[0]

    assert first.sentence == (
        "At today's margins there is nothing to win by keeping customers: one more in a hundred kept each "
        "year costs $1.00 million (between $0.70 million and $1.30 million)."
    )
    assert first.action == (
        "Mend the margins first: the 28 accounts of tier A bring $50,000 of gross profit each a year."
    )
    assert (first.severity, first.number, first.low) == ("act", -1_000_000.0, -1_300_000.0)


def test_tiles_say_who_was_kept_what_is_to_come_and_how_far_off_the_last_forecast_was():
    kept, total, missed = findings()[1:]

    assert (kept.label, kept.number, kept.previous_label) == (
        *("Customers kept", 0.8, "160 of last year's 200 ordered again"),
    )
    assert (total.label, total.low, total.kind) == ("Gross profit to come, 3 years", 4e6, "forecast")
    assert missed.sentence == (
        "The forecast of 31 Dec 2024: 1,200 orders foretold, 1,250 came: within what chance allows."
    )


def test_a_forecast_outside_its_range_says_how_to_read_the_worth():
    above, below = (findings(tested=TRACKING.assign(orders=came))[3] for came in (1400.0, 900.0))

    assert above.previous_label == "more came than chance allows: read the worth as too low"
    assert below.previous_label == "fewer came than chance allows: read the worth as too high"
    assert (above.severity, below.severity) == ("watch", "watch")


def test_a_forecast_that_was_not_tested_says_so():
    total = findings(tested=Unknown("too short"))[2]

    assert total.previous_label == "180 accounts, in today's money; not yet held against what came"


def test_one_reason_behind_two_parts_is_said_once():
    missing = Unknown("no cost")

    assert findings(points=missing, total=Unknown("no cost")).count(missing) == 1


def test_too_few_customers_to_tell_the_share_kept():
    few = KEPT.assign(kept_share=None, n=7)

    assert findings(kept=few)[1] == Unknown(
        "Too few to tell how many customers are kept: 7 last year.", "kept"
    )


def test_no_orders_at_all_are_as_far_off_as_can_be():
    missed = findings(tested=TRACKING.assign(orders=0.0))[3]

    assert (missed.number, missed.severity) == (1.0, "watch")


def test_five_points_are_told_on_one_s_own_customers():
    rise = Estimate(0.275, 0.24, 0.31, 200, "Wilson")

    assert five_points_finding(rise, KEPT, discount_rate=0.1, **SAID).sentence == (
        "Here five points more, from 80.0% to 85.0% of the customers kept, raise what a customer is worth by "
        "27.5% (between 24.0% and 31.0%), at 10.0% interest a year."
    )


def test_the_model_is_named_with_its_rule():
    assert model_finding(SimpleNamespace(name="Pareto/NBD"), **SAID).sentence == (
        "This page uses Pareto/NBD, the one of the two under which the orders so far are likelier; both have "
        "four parameters."
    )


def test_what_cannot_be_told_is_handed_on():
    missing = Unknown("too few")

    assert model_finding(missing, **SAID) is missing
    assert five_points_finding(missing, KEPT, discount_rate=0.1, **SAID) is missing
