import datetime as dt
from types import SimpleNamespace

import pandas as pd

from kamlib.display.findings.churn import (
    campaign_findings,
    churn_findings,
    definition_findings,
    leak_findings,
    rule_finding,
)
from kamlib.estimate import Estimate, Unknown

SLICES = pd.DataFrame(
    {
        "part": ["training", "test", "today"],
        "cut_off": [dt.date(2025, 1, 1), dt.date(2025, 6, 1), dt.date(2025, 12, 31)],
        "n": [90, 100, 80],
        "lost_count": [9, 20, None],
        "lost_share": [0.1, 0.2, None],
        "left_out_count": [5, 6, 7],
    }
)
STUDY = SimpleNamespace(
    as_of=dt.date(2025, 12, 31),
    slices=SLICES,
    scores=pd.DataFrame({"probability": [0.5] * 80}),
    days=SimpleNamespace(test=dt.date(2025, 6, 1)),
    chosen="logistic",
    test=pd.DataFrame({"is_churned": [True] * 100}),
    rule=SimpleNamespace(definition="silence", horizon_days=120, partial_share=0.5),
)
CALLED = SimpleNamespace(scores=STUDY.scores.head(30), likely_leavers=9.6, revenue_at_risk=5000.0)
HELD = pd.DataFrame(
    {
        "ranking": ["at_stake", "at_stake", "random"],
        "calls": [10, 30, 30],
        "held_share": [0.3, 0.6, 0.3],
        "held_share_low": [0.2, 0.4, None],
        "held_share_high": [0.4, 0.8, None],
    }
)
HITS = Estimate(11 / 30, 0.22, 0.54, 30, "Wilson")


def findings(held=HELD, called=CALLED):
    return churn_findings(STUDY, called, held=held, hits=HITS, loss=Unknown("none at risk"))


def test_the_list_comes_first_with_its_past_and_its_range():
    first = findings()[0]

    assert first.sentence == (
        "Call 30 accounts, of which about 10 will leave. Tested on 1 Jun 2025, the first 30 of such a list "
        "held 60% of the sales that were then lost (between 40% and 80%)."
    )
    assert (first.kind, first.evidence, first.money_per_year) == ("forecast", "calls", -5000.0)


def test_a_list_of_which_hardly_anybody_leaves_says_so():
    called = SimpleNamespace(scores=STUDY.scores.head(3), likely_leavers=0.2, revenue_at_risk=1.0)

    assert findings(called=called)[0].sentence.startswith("Call 3 accounts, of which hardly one will leave.")


def test_what_cannot_be_told_stays_unknown():
    assert findings(held=Unknown("nobody left"))[0] == Unknown("nobody left")
    assert Unknown("none at risk") in findings()


def test_the_last_list_is_held_against_what_came():
    tile = next(finding for finding in findings() if getattr(finding, "key", "") == "hit_rate")

    assert tile.sentence == "Of 30 such calls on 1 Jun 2025, 11 were right."


def test_what_counts_as_lost_is_said_with_how_often_it_happened():
    assert rule_finding(STUDY).sentence == (
        "An account counts as lost if it orders nothing for 120 days. "
        "After the days looked at, 10% to 20% of the accounts at risk were lost."
    )


def test_the_sales_at_risk_are_a_tile_with_their_range():
    loss = Estimate(900.0, 700.0, 1200.0, 80, "drawn leavers")
    tile = churn_findings(STUDY, CALLED, held=HELD, hits=HITS, loss=loss)[1]

    assert (tile.label, tile.number, tile.low, tile.high) == (
        "Sales at risk, all accounts",
        900.0,
        700.0,
        1200.0,
    )


TERMS = SimpleNamespace(saved_share=0.3, call_cost=100.0)


def test_what_the_calls_would_have_brought_is_said_with_its_terms():
    row = {"ranking": "logistic", "calls": 30, "profit": 2500.0, "profit_low": -100.0, "profit_high": 6000.0}
    (tile,) = campaign_findings(pd.DataFrame([row]), STUDY, TERMS, currency="USD")

    assert tile.sentence == (
        "Such 30 calls on 1 Jun 2025 would have brought $2,500 more than they cost, if a call costs $100 and "
        "keeps 30% of those who would leave."
    )
    assert (tile.kind, tile.low, tile.high, tile.n) == ("estimate", -100.0, 6000.0, 100)


def test_without_cost_the_answer_leaves_it_to_the_picture_to_say_why():
    assert campaign_findings(Unknown("no cost"), STUDY, TERMS) == []


def test_a_measure_that_knows_the_outcome_stops_the_list():
    (warning,) = leak_findings(["refunded_at"], STUDY)

    assert warning.sentence == (
        "Do not call by this list yet: refunded at told who was lost as only something filled in afterwards "
        "can."
    )
    assert (warning.severity, warning.evidence) == ("act", "alone")


def test_a_measure_is_called_what_people_call_it():
    (warning,) = leak_findings(["revenue_365"], STUDY)

    assert "yet: sales, last 12 months told who was lost" in warning.sentence


def test_without_contracts_the_page_says_that_their_end_is_no_meaning_of_lost():
    rule, missing = definition_findings(STUDY, Unknown("There is no list of contracts in 'acme'."))

    assert rule == rule_finding(STUDY)
    assert missing.sentence == (
        "There is no list of contracts in 'acme'. So the end of a contract does not stand among the meanings "
        "of lost."
    )


def test_with_contracts_nothing_is_missing():
    assert definition_findings(STUDY, pd.DataFrame()) == [rule_finding(STUDY)]


def test_where_nothing_leaks_nothing_is_said():
    assert leak_findings([], STUDY) == []
