import datetime as dt

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from kamlib.analysis.churn.outcomes import ChurnRule
from kamlib.analysis.churn.slices import CutOffs, cut_offs, reach_days
from kamlib.estimate import Unknown

FIRST, TODAY = dt.date(2020, 1, 1), dt.date(2023, 12, 31)


@given(reach=st.integers(1, 365), count=st.integers(1, 12))
def test_every_training_window_ends_before_the_test_begins(reach: int, count: int) -> None:
    days = cut_offs(FIRST, TODAY, reach=reach, training_slices=count)

    assert isinstance(days, CutOffs)
    assert days.test + dt.timedelta(days=reach) == TODAY
    assert max(days.training) + dt.timedelta(days=reach) == days.test
    assert min(days.training) >= FIRST + dt.timedelta(days=180)


def test_training_cut_offs_are_a_quarter_apart_first_to_last() -> None:
    days = cut_offs(FIRST, TODAY, reach=120, training_slices=5)

    assert [
        (after - before).days for before, after in zip(days.training, days.training[1:], strict=False)
    ] == ([91] * 4)


def test_a_short_history_gives_fewer_slices() -> None:
    as_of = FIRST + dt.timedelta(days=180 + 2 * 120 + 91)

    assert len(cut_offs(FIRST, as_of, reach=120, training_slices=5).training) == 2


def test_a_history_too_short_for_one_slice_says_what_it_needs() -> None:
    as_of = FIRST + dt.timedelta(days=180 + 2 * 120 - 1)
    refusal = cut_offs(FIRST, as_of, reach=120)

    assert isinstance(refusal, Unknown)
    assert refusal.reason == (
        "The history is too short to learn who leaves: it needs 420 days (180 to look back on and two "
        "windows of 120) and has 419. Wait for more history, or choose "
        "silence over fewer days as what counts as lost."
    )


def test_under_own_rhythm_nine_in_ten_windows_must_have_ended() -> None:
    gaps = [20.0] * 8 + [40.0, 90.0]
    accounts = pd.DataFrame({"median_gap_days": gaps, "days_since_last_order": 1.0})

    assert reach_days(accounts, ChurnRule()) == 80


def test_under_silence_the_reach_is_the_horizon() -> None:
    assert reach_days(pd.DataFrame({"days_since_last_order": [1.0]}), ChurnRule("silence", 90)) == 90
