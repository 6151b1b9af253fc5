import datetime as dt

import pandas as pd

from kamlib.analysis.pareto.concentration import concentration
from kamlib.display.findings.concentration import (
    concentration_findings,
    large_customer_finding,
    rule_of_80_20,
)
from kamlib.estimate import Unknown

FOUND = concentration(pd.Series([60.0, 20.0, 10.0, 6.0, 4.0], index=list("abcde"), name="sales"))


def test_an_unknown_is_the_only_finding():
    unknown = Unknown("Nothing was sold.")

    assert concentration_findings(unknown, unknown, recent=unknown, as_of="2025-12-31") == [unknown]


def test_without_a_year_before_the_dependence_leads_and_the_reason_is_told():
    unknown = Unknown("One year only.")
    said = concentration_findings(FOUND, unknown, recent=unknown, as_of="2025-12-31")

    assert (said[0].key, said[-1]) == ("dependence", unknown)


def test_80_20_is_said_to_fail_where_it_does():
    assert rule_of_80_20(FOUND, as_of="2025-12-31").sentence.startswith("The 80/20 rule does not hold here")


YEARS = pd.DataFrame(
    {
        "window": ["this year", "last year"],
        "starts": [dt.date(2025, 1, 1), dt.date(2024, 1, 1)],
        "ends": [dt.date(2025, 12, 31), dt.date(2024, 12, 31)],
        "account_count": [493, 365],
        "net_revenue": [36_240_484.70, 27_921_670.52],
        "gross_profit": [-673_727.11, 1_153_444.77],
        "below_cost_count": [297, 105],
    }
)


def test_a_profit_that_is_gone_comes_before_everything_else():
    first = concentration_findings(
        FOUND, YEARS, recent=FOUND, lost_profit=True, as_of="2025-12-31", currency="USD"
    )[0]

    assert first.sentence == (
        "Sales grew 30% to $36.24 million, yet the profit is gone: "
        "from $1.15 million to −$0.67 million in twelve months."
    )
    assert first.action == "Find out why 297 of 493 accounts are sold to below cost (last year 105 of 365)."
    assert (first.severity, first.evidence) == ("act", "below-cost")


def test_a_profit_that_stays_is_a_tile_only():
    kept = YEARS.assign(gross_profit=[1_100_000.0, 1_153_444.77])
    keys = [finding.key for finding in concentration_findings(FOUND, kept, recent=FOUND, as_of="2025-12-31")]

    assert keys[:3] == ["dependence", "sales", "gross_profit"]


def test_the_great_customers_are_named_with_their_group():
    customers = pd.DataFrame({"name": ["Ann"], "amount_share": [0.125], "account_count": [3]})

    assert large_customer_finding(customers, as_of="").sentence == (
        "A tenth of sales or more comes from Ann (12.5%, 3 accounts)."
    )


def test_no_great_customer_is_said_too():
    none = pd.DataFrame({"name": [], "amount_share": [], "account_count": []})

    assert large_customer_finding(none, as_of="").sentence.startswith("No customer brings a tenth")


def test_profit_that_falls_with_sales_says_and_not_yet():
    fewer = YEARS.assign(net_revenue=[10.0, 20.0], gross_profit=[1.0, 4.0], below_cost_count=[0, 0])
    first = concentration_findings(FOUND, fewer, recent=FOUND, lost_profit=True, as_of="")[0]

    assert first.sentence == (
        "Sales fell 50% to 10, and profit fell by more than half: from 4 to 1 in twelve months."
    )
    assert first.action == ""


def test_the_ten_largest_are_those_of_the_table_that_proves_it():
    recent = concentration(pd.Series([10.0] * 30))
    first = concentration_findings(FOUND, Unknown("One year."), recent=recent, as_of="")[0]

    assert first.action.endswith("33.3% of the last 12 months' sales.")


def test_80_20_is_said_to_hold_whatever_the_target():
    found = concentration(pd.Series([80.0, 5.0, 5.0, 5.0, 5.0]), target_share=0.5)

    assert (
        rule_of_80_20(found, as_of="").sentence
        == "The 80/20 rule about holds: the top fifth (1) brings 80.0%."
    )
