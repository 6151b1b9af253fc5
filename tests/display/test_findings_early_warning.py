import datetime as dt
from types import SimpleNamespace

import pandas as pd
import pytest

from kamlib.display.findings.early_warning import VERDICTS, early_warning_findings, health_finding
from kamlib.estimate import Estimate, Unknown

ALARMS = pd.DataFrame(
    {
        "label": ["No order for twice as long as usual", "Pays later than usual"],
        "verdict": ["trusted", "unproven"],
        "rang_count": [1319, 20],
        "right_count": [800, 8],
        "hit_share": [0.6, 0.4],
        "hit_share_low": [0.5, 0.2],
        "hit_share_high": [0.7, 0.65],
        "base_share": [0.24, 0.22],
    }
)
ACCOUNTS = pd.DataFrame(
    {
        "reasons": ["has not ordered", "pays late", ""],
        "probability": [0.6, None, None],
        "net_revenue_365": [400.0, 500.0, 100.0],
    }
)
WARNING = SimpleNamespace(
    as_of=dt.date(2025, 12, 31),
    days=SimpleNamespace(test=dt.date(2025, 8, 17)),
    alarms=ALARMS,
    accounts=ACCOUNTS,
    slices=pd.DataFrame({"n": [100] * 6}),
    test=pd.DataFrame({"is_churned": [True, False, False, False]}),
    link=Estimate(0.81, 0.73, 0.88, 207, "DeLong"),
)
CALLED = SimpleNamespace(scores=ACCOUNTS.head(2), revenue_at_risk=240.0)
HELD = pd.DataFrame(
    {
        "ranking": ["at_stake", "at_stake", "largest", "largest", "random"],
        "calls": [10, 30, 10, 30, 10],
        "held_share": [0.4, 0.6, 0.28, 0.5, 0.1],
        "held_share_low": [0.19, 0.3, 0.1, 0.2, None],
        "held_share_high": [0.67, 0.8, 0.5, 0.7, None],
    }
)
HITS = Estimate(11 / 30, 0.219, 0.545, 30, "Wilson")


def findings(warning=WARNING, held=HELD, hits=HITS, **changes):
    told = SimpleNamespace(**vars(warning) | changes)
    return early_warning_findings(told, CALLED, held=held, hits=hits, currency="USD")


def test_the_list_comes_first_with_its_past_and_what_it_has_to_beat():
    first = findings()[0]

    assert first.sentence == (
        "1 of 3 accounts is going quiet. Call 2 of them. Tested on 17 Aug 2025, the first 10 of such a list "
        "held 40% of the sales that were then lost (between 19% and 67%); the 10 largest accounts held 28%."
    )
    assert (first.kind, first.evidence, first.money_per_year) == ("forecast", "calls", -240.0)


def test_a_list_that_could_not_be_tested_says_so_and_leaves_it_to_the_picture_to_say_why():
    nobody = Unknown("Nobody rang.")
    found = findings(held=nobody, hits=nobody)

    assert found[0].sentence == (
        "1 of 3 accounts is going quiet. Call 2 of them. Such a list could not be tested yet."
    )
    assert (found[0].kind, nobody in found) == ("fact", False)


def test_a_list_of_all_that_are_going_quiet_says_all():
    first = findings(accounts=ACCOUNTS.assign(probability=[0.6, 0.5, None]))[0]

    assert first.sentence.startswith("2 of 3 accounts are going quiet. Call them all. Tested on")


def test_the_most_reliable_alarm_is_told_in_counts():
    best = next(one for one in findings() if one.key == "best")

    assert best.sentence == (
        "The alarm that was right most often: No order for twice as long as usual. It rang 1,319 times, 800 "
        "were right; usual is 24%."
    )
    assert (best.number, best.low, best.high) == (0.6, 0.5, 0.7)


def test_the_tiles_name_what_they_compare_with():
    said = {one.key: one.previous_label for one in findings()[1:]}

    assert said == {
        "hit_rate": "tested on 17 Aug 2025; of all accounts 25%",
        "quiet_sales": "40% of the last 12 months' sales; 1 account",
        "best": "no order for twice as long as usual: 800 of 1,319, usual 24%",
        "trusted": "of 2; the table below says why not the others",
    }


def test_where_no_alarm_is_trusted_that_is_the_answer():
    found = findings(alarms=ALARMS.assign(verdict="unproven"))

    assert [one.sentence for one in found] == [
        "No alarm can be trusted yet: on 6 earlier days none was right more often than chance. Of 3 "
        "accounts, 2 ring one today."
    ]


def test_a_calm_day_is_told_as_such():
    found = findings(accounts=ACCOUNTS.assign(probability=None))

    assert [one.sentence for one in found] == [
        "None of 3 accounts rings an alarm today that was right before."
    ]


def test_a_proven_link_is_told_in_pairs_of_accounts():
    assert health_finding(WARNING).sentence == (
        "The score has a proven link to later losses: of two accounts on 17 Aug 2025, one then lost and one "
        "kept, the lost one had the lower health in 81% of all pairs (between 73% and 88%; guessing gives "
        "50%)."
    )


def test_without_a_proven_link_nobody_is_to_be_ranked_by_health():
    weak = SimpleNamespace(**vars(WARNING) | {"link": Estimate(0.55, 0.45, 0.65, 50, "DeLong")})

    assert health_finding(weak).severity == "watch"
    assert health_finding(weak).sentence.startswith("The score has no proven link to later losses:")
    assert health_finding(weak).sentence.endswith("Do not rank accounts by it.")


def test_a_link_that_cannot_be_told_stays_unknown():
    unknown = Unknown("Too few were lost.")

    assert health_finding(SimpleNamespace(link=unknown)) == unknown


@pytest.mark.parametrize("verdict", ["trusted", "unproven", "too few", "absent"])
def test_every_verdict_has_words(verdict):
    assert VERDICTS[verdict]
