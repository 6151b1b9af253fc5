import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlib.analysis.churn.health import alarm_points, health_link, loss_rate, point_table
from kamlib.estimate import Estimate, Unknown

ALARMS = pd.DataFrame(
    {
        "signal": ["a", "b", "c", "d"],
        "verdict": ["trusted", "trusted", "unproven", "absent"],
        "hit_share": [0.3, 0.9, 0.9, None],
        "base_share": [0.2, 0.2, 0.2, None],
    }
)
POINTS = alarm_points(ALARMS)


def rings(*rows: tuple[bool | None, bool | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["a", "b"]).astype("boolean").assign(c=True)


def test_an_alarm_takes_as_many_points_as_more_of_a_hundred_were_lost() -> None:
    assert POINTS.to_dict() == pytest.approx({"b": 70, "a": 10})


def test_alarms_that_are_not_trusted_take_nothing() -> None:
    assert list(POINTS.index) == ["b", "a"]


def test_without_a_trusted_alarm_everybody_has_full_health() -> None:
    points = alarm_points(ALARMS.iloc[2:])

    assert points.empty
    assert point_table(rings((True, True)), points)["health"].tolist() == [100]


def test_health_is_a_hundred_less_the_points_of_the_alarms_that_ring() -> None:
    found = point_table(rings((True, True), (True, False), (None, False)), POINTS)

    assert found["health"].tolist() == pytest.approx([20, 90, 100])
    assert found[["a", "b"]].sum(axis=1).tolist() == pytest.approx([80, 10, 0])


def test_health_does_not_fall_below_zero() -> None:
    assert point_table(rings((True, True)), POINTS * 3)["health"].tolist() == [0]


@given(
    st.lists(st.tuples(st.sampled_from([20.0, 50.0, 90.0, 100.0]), st.booleans()), min_size=1, max_size=30)
)
def test_the_loss_rate_never_rises_with_health_and_is_none_at_full_health(
    past: list[tuple[float, bool]],
) -> None:
    health, lost = (pd.Series(column) for column in zip(*past, strict=True))
    found = loss_rate(pd.Series([0.0, 20.0, 60.0, 99.0, 100.0]), health, lost)

    assert pd.isna(found.iloc[-1])
    assert found.dropna().between(0, 1).all()
    assert found.dropna().is_monotonic_decreasing


def test_the_loss_rate_is_the_share_lost_at_that_level() -> None:
    past = pd.Series([50.0] * 4 + [100.0] * 4)
    lost = pd.Series([True, True, True, False, False, False, False, True])

    assert loss_rate(pd.Series([50.0]), past, lost).tolist() == [0.75]


LOST = pd.Series([True] * 10 + [False] * 30)


def test_a_score_that_parts_lost_from_kept_has_a_proven_link() -> None:
    link = health_link(LOST, pd.Series([50.0] * 9 + [100.0] * 31))

    assert isinstance(link, Estimate)
    assert link.value == pytest.approx(0.95)
    assert link.low > 0.5


def test_a_score_that_is_the_same_for_all_has_none() -> None:
    link = health_link(LOST, pd.Series([100.0] * 40))

    assert isinstance(link, Estimate)
    assert link.value == 0.5
    assert link.low < 0.5 < link.high


def test_nine_lost_accounts_are_too_few_to_tell() -> None:
    link = health_link(LOST.iloc[1:], pd.Series([100.0] * 39, index=range(1, 40)))

    assert isinstance(link, Unknown)
    assert link.reason == (
        "Whether the health score has a link to later losses cannot be told: 9 lost and 30 kept, and 10 "
        "of each are needed."
    )
