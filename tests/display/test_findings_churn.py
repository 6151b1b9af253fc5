import datetime as dt
from types import SimpleNamespace

import pandas as pd

from kamlib.display.findings.churn import churn_findings, rule_finding
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
        "Call 30 accounts, of which about 10 will leave. Tested on 1 Jun 2025, such a list of 30 held 60% of "
        "the sales that were then lost (between 40% and 80%)."
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
