"""Raking: margins that are met, errors by what they leave unexplained, and targets that cannot be met."""

import math
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.analysis.survey.estimator.design import SurveyDesign, list_design
from kamlib.analysis.survey.estimator.means import mean_point, point_table
from kamlib.analysis.survey.estimator.proportions import share_estimate
from kamlib.analysis.survey.estimator.raking import raked_design

NAMES = [f"c{number}" for number in range(12)]
DESIGN = list_design(NAMES, population=60)
GROUPS = pd.DataFrame(
    {"region": ["East", "West"] * 6, "tier": ["A"] * 3 + ["B"] * 4 + ["C"] * 5}, index=NAMES
)
TARGETS = {
    "region": pd.Series({"East": 40, "West": 20}),
    "tier": pd.Series({"A": 10, "B": 20, "C": 30}),
}
LEVELS = pd.Series([5, 4, 3, 4, 2, 5, 1, 2, 4, 5, 3, 3], index=NAMES)
RAKED = raked_design(DESIGN, GROUPS, TARGETS)


def refusal(groups: pd.DataFrame = GROUPS, **changes: object) -> str:
    with pytest.raises(ValueError) as said:
        raked_design(DESIGN, groups, TARGETS | changes)
    return str(said.value)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 500), min_size=2, max_size=2), st.floats(0.2, 5))
def test_the_weights_meet_every_margin(sizes, ratio):
    region = pd.Series(dict(zip(["East", "West"], sizes, strict=True)))
    tier = pd.Series({"A": 1.0, "B": ratio, "C": 2.0})
    targets = {"region": region, "tier": tier / tier.sum() * region.sum()}
    weight = raked_design(DESIGN, GROUPS, targets).rows["weight"]

    for name, target in targets.items():
        assert weight.groupby(GROUPS[name]).sum().to_dict() == pytest.approx(target.to_dict(), rel=1e-10)


def test_one_margin_gives_each_group_its_target_by_its_answers():
    weight = raked_design(DESIGN, GROUPS, {"tier": TARGETS["tier"]}).rows["weight"]

    assert weight.groupby(GROUPS["tier"]).first().to_dict() == pytest.approx({"A": 10 / 3, "B": 5, "C": 6})


def test_targets_that_the_weights_meet_already_change_no_weight():
    targets = {name: DESIGN.rows["weight"].groupby(GROUPS[name]).sum() for name in GROUPS}

    assert raked_design(DESIGN, GROUPS, targets).rows["weight"].to_list() == pytest.approx([5.0] * 12)


def test_what_a_margin_explains_wholly_has_no_error():
    assert mean_point(RAKED, GROUPS["region"] == "East").value == pytest.approx(40 / 60)
    assert mean_point(RAKED, GROUPS["region"] == "East").se == pytest.approx(0, abs=1e-12)


def test_post_stratification_leaves_the_spread_within_the_groups():
    # Two groups of known size: V = (1 − n/N)·n/(n−1)·Σz², z = weight × (y − mean of the group) / N.
    half = raked_design(DESIGN, GROUPS, {"region": TARGETS["region"]})
    apart = LEVELS - LEVELS.groupby(GROUPS["region"]).transform("mean")
    z = half.rows["weight"] * apart / 60

    assert mean_point(half, LEVELS).se == pytest.approx(math.sqrt((1 - 12 / 60) * 12 / 11 * (z**2).sum()))


def test_the_order_of_the_margins_and_rows_changes_nothing():
    other = raked_design(SurveyDesign(DESIGN.rows[::-1]), GROUPS, dict(reversed(TARGETS.items())))

    assert mean_point(other, LEVELS).value == pytest.approx(mean_point(RAKED, LEVELS).value)
    assert mean_point(other, LEVELS).se == pytest.approx(mean_point(RAKED, LEVELS).se)


def test_groups_of_a_raked_sample_are_the_same_at_once_as_one_by_one():
    table = point_table(RAKED, LEVELS.to_frame("overall"), groups=GROUPS["tier"]).set_index("group")

    for tier in ("A", "B", "C"):
        alone = mean_point(RAKED, LEVELS, where=GROUPS["tier"] == tier)
        assert (table.loc[tier, "value"], table.loc[tier, "se"]) == pytest.approx((alone.value, alone.se))


def test_a_raked_list_has_no_exact_interval():
    even = {"region": pd.Series({"East": 30, "West": 30})}

    assert share_estimate(DESIGN, LEVELS > 3).method == "exact hypergeometric"
    assert share_estimate(raked_design(DESIGN, GROUPS, even), LEVELS > 3).method.startswith("Wilson")


def test_the_notes_say_what_the_weights_cost():
    assert RAKED.notes[-1] == (
        "Weighted to what is known of the list by region and tier: 12 answers tell as much as 10 "
        "of equal weight."
    )


def test_margins_of_different_totals_are_refused():
    assert refusal(tier=pd.Series({"A": 10, "B": 20, "C": 31})) == (
        "the weights cannot be raked:\n"
        "  - tier: the targets add up to 61, those of region to 60; count both on the same list"
    )


def test_a_target_of_a_group_nobody_answered_in_is_refused():
    assert refusal(region=pd.Series({"East": 40, "West": 15, "South": 5})) == (
        "the weights cannot be raked:\n"
        "  - region South: the target is 5, but nobody answered; put the group together with another"
    )


def test_an_empty_group_of_the_list_is_no_fault():
    targets = TARGETS | {"region": pd.Series({"East": 40, "West": 20, "South": 0})}

    assert raked_design(DESIGN, GROUPS, targets).rows.equals(RAKED.rows)


def test_a_group_of_answers_without_a_target_is_refused():
    assert refusal(tier=pd.Series({"A": 20, "B": 40})) == (
        "the weights cannot be raked:\n  - tier C: 5 answered, but no target above 0 is given; give one"
    )


def test_answers_without_a_group_are_refused():
    assert refusal(GROUPS.replace({"region": {"East": None}})).splitlines()[1] == (
        "  - region: 6 of 12 answers have no group; name one, such as 'unknown'"
    )


def test_margins_that_contradict_each_other_are_refused_with_the_group_and_the_numbers():
    # All of tier A are in the East, and the East is to be smaller than tier A.
    groups = GROUPS.assign(tier=["A", "B"] * 6)
    said = refusal(groups, region=pd.Series({"East": 10, "West": 50}), tier=pd.Series({"A": 50, "B": 10}))

    assert said.startswith(
        "the weights cannot be raked:\n  - region East: after 1000 rounds they add up to 50, "
    )
    assert said.endswith(
        "not 10: too few of its combinations with the other margins answered; "
        "put groups together, or leave a margin out"
    )


def test_raking_twice_is_refused():
    with pytest.raises(ValueError, match="raked already: give the one before, with all margins at once"):
        raked_design(RAKED, GROUPS, TARGETS)


def test_forgetting_the_margins_gives_another_error():
    assert mean_point(replace(RAKED, margins=None), LEVELS).se != pytest.approx(mean_point(RAKED, LEVELS).se)
