"""Groups compared two by two: intervals, tests, Holm, and when there are too few."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student_t
from scipy.stats import ttest_ind
from statsmodels.stats.proportion import confint_proportions_2indep

from kamlib.analysis.survey.comparisons import (
    compared_groups,
    difference_interval,
    holm_adjusted,
    share_test,
)
from kamlib.analysis.survey.estimator.design import SurveyDesign, list_design
from kamlib.analysis.survey.estimator.means import mean_estimate, mean_point, wilson_interval

NAMES = [f"a{number:02}" for number in range(30)]
LEVELS = pd.Series(
    [5, 4, 4, 5, 4, 2, 4, 5, 3, 4, 1, 2, 3, 2, 4, 1, 3, 2, 5, 2, 5, 4, 3, 5, 4, 4, 2, 5, 5, 4], NAMES
)
ANSWERS = pd.DataFrame({"overall": LEVELS})
GROUPS = pd.Series(["east"] * 10 + ["north"] * 10 + ["west"] * 10, NAMES, name="region")


def compared(by: pd.Series = GROUPS, **options: object) -> pd.DataFrame:
    return compared_groups(list_design(NAMES), ANSWERS, by, **options)


def strata_of(groups: pd.Series, size: float) -> SurveyDesign:
    """Return the design in which each group is a stratum of its own."""
    rows = list_design(NAMES).rows
    return SurveyDesign(rows.assign(stratum=groups, stratum_accounts=size, weight=1.0))


def test_each_pair_of_groups_has_a_row_in_order_of_name():
    assert compared()[["group", "other"]].to_numpy().tolist() == [
        ["east", "north"], ["east", "west"], ["north", "west"],
    ]  # fmt: skip


def test_groups_of_a_category_keep_its_order():
    order = pd.Categorical(GROUPS, ["west", "south", "north", "east"], ordered=True)

    assert compared(pd.Series(order, NAMES))["group"].tolist() == ["west", "west", "north"]


def test_a_difference_is_the_group_less_the_other():
    # Satisfied: 8 of 10 in the east, 2 of 10 in the north, 8 of 10 in the west.
    assert compared()["difference"].tolist() == pytest.approx([0.6, 0.0, -0.6])


@settings(max_examples=50, deadline=None)
@given(st.integers(5, 40), st.integers(5, 40), st.data())
def test_the_interval_of_two_shares_is_newcombes(n, other_n, data):
    hits, other_hits = data.draw(st.integers(0, n)), data.draw(st.integers(0, other_n))
    expected = confint_proportions_2indep(hits, n, other_hits, other_n, compare="diff", method="newcomb")
    shares = [(k / m, *wilson_interval(k / m, m)) for k, m in ((hits, n), (other_hits, other_n))]

    assert difference_interval(*shares) == pytest.approx(expected, abs=1e-9)


def test_an_interval_of_two_means_that_hang_together_is_narrower():
    one, other = (4.0, 3.5, 4.5), (3.0, 2.5, 3.5)

    assert difference_interval(one, other, correlation=1.0) == (1.0, 1.0)
    assert difference_interval(one, other)[0] == pytest.approx(1 - math.sqrt(0.5))


def test_means_of_two_strata_differ_as_in_a_t_test_of_equal_spreads():
    # Equal sizes: the pooled t-test and the linearised one are the same.
    expected = ttest_ind(LEVELS[:10], LEVELS[10:20])
    row = compared_groups(strata_of(GROUPS, math.inf), ANSWERS, GROUPS, measure="mean").iloc[0]

    assert row["p"] == pytest.approx(expected.pvalue)
    assert (row["difference_low"], row["difference_high"]) == pytest.approx(
        tuple(expected.confidence_interval())
    )


def test_strata_are_independent_so_their_variances_add_up():
    design = strata_of(GROUPS, 50)
    east, north = (mean_point(design, LEVELS, where=name == GROUPS) for name in ("east", "north"))
    row = compared_groups(design, ANSWERS, GROUPS, measure="mean").iloc[0]

    half_width = (row["difference_high"] - row["difference_low"]) / 2
    assert half_width == pytest.approx(student_t.ppf(0.975, 18) * math.hypot(east.se, north.se))


def test_groups_that_share_strata_hang_together_through_the_draw():
    # Two strata of 15 of 60 accounts. With t the group's score in a stratum, each stratum adds
    # -(1 - 15/60)/14 * t * t' to the covariance: what one group gains of a draw, the other loses.
    stratum = pd.Series(["A"] * 15 + ["B"] * 15, NAMES)
    groups = pd.Series((["east", "west", "west"] * 5 + ["east", "east", "west"] * 5), NAMES)
    design = SurveyDesign(list_design(NAMES).rows.assign(stratum=stratum, stratum_accounts=60, weight=4.0))
    is_east = groups == "east"
    points = [mean_point(design, LEVELS, where=where) for where in (is_east, ~is_east)]
    t = [
        ((LEVELS - point.value) * where).groupby(stratum).sum() / 15
        for point, where in zip(points, (is_east, ~is_east), strict=True)
    ]
    covariance = -(0.75 / 14 * t[0] * t[1]).sum()
    row = compared_groups(design, ANSWERS, groups, measure="mean").iloc[0]

    expected = math.sqrt(points[0].se ** 2 + points[1].se ** 2 - 2 * covariance)
    assert (row["difference_high"] - row["difference"]) / student_t.ppf(0.975, 28) == pytest.approx(expected)
    assert abs(covariance) > 1e-4


def test_a_census_of_both_groups_is_exact():
    row = compared_groups(strata_of(GROUPS, 10), ANSWERS, GROUPS).iloc[0]

    assert (row["difference_low"], row["difference_high"]) == pytest.approx((0.6, 0.6))
    assert row["p"] == 0


def test_a_census_of_equal_groups_is_no_difference():
    row = compared_groups(strata_of(GROUPS, 10), ANSWERS, GROUPS).iloc[1]

    assert (row["p"], row["is_different"]) == (1, False)


def test_groups_that_all_agree_still_have_a_range():
    levels = pd.DataFrame({"overall": [5] * 10 + [1] * 10 + [5] * 10}, NAMES)
    table = compared_groups(list_design(NAMES), levels, GROUPS)

    assert (table["difference"] - table["difference_low"]).iloc[0] > 0.3
    assert table["p"].iloc[1] == 1


def test_means_of_groups_that_all_agree_cannot_be_compared():
    levels = pd.DataFrame({"overall": [5] * 10 + [1] * 10 + [5, 4] * 5}, NAMES)
    row = compared_groups(list_design(NAMES), levels, GROUPS, measure="mean").iloc[0]

    assert (
        row["note"] == "Every answer of east is alike: the sample cannot tell how far the others may differ."
    )
    assert math.isnan(row["p"])


def test_a_group_under_the_minimum_is_compared_with_none():
    table = compared(GROUPS.where(GROUPS.index != "a00", "south").replace("north", "south"), at_least=10)

    assert table["note"].tolist() == [
        "Only 9 accounts of east answered: too few to compare (at least 10 are needed).",
        "Only 9 accounts of east answered: too few to compare (at least 10 are needed).",
        "",
    ]
    assert table["pairs"].tolist() == [1, 1, 1]
    assert table["is_different"].tolist()[:2] == [False, False]


def test_accounts_without_a_group_are_left_out():
    assert len(compared(GROUPS.where(GROUPS != "west"))) == 1


def test_one_group_has_no_pair():
    table = compared(GROUPS.where(GROUPS == "west"))

    assert table.empty
    assert "p_holm" in table


def test_holm_counts_the_pairs_of_one_question_only():
    both = ANSWERS.assign(price=LEVELS[::-1].to_numpy())
    alone, beside = compared(), compared_groups(list_design(NAMES), both, GROUPS)

    assert beside.loc[beside["item_id"] == "overall", "p_holm"].tolist() == alone["p_holm"].tolist()


def test_a_pair_too_small_to_test_does_not_make_the_others_pay():
    assert holm_adjusted(pd.Series([0.02, math.nan, 0.04])).tolist() == pytest.approx(
        [0.04, math.nan, 0.04], nan_ok=True
    )


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12).map(pd.Series))
def test_holm_makes_no_p_smaller_and_keeps_their_order(p):
    adjusted = holm_adjusted(p)

    assert (adjusted >= p - 1e-12).all()
    assert adjusted[p.sort_values().index].is_monotonic_increasing


def test_a_share_known_exactly_leaves_only_the_others_error():
    t, _, p = share_test((0.5, math.inf), (0.6, 25), df=24)

    assert t == pytest.approx((0.5 - 0.6) / math.sqrt(0.25 / 25))
    assert p == pytest.approx(2 * student_t.sf(1, 24))


def test_the_range_holds_the_true_difference_and_turning_the_pair_turns_it():
    turned = pd.Series(pd.Categorical(GROUPS, ["west", "north", "east"]), NAMES)
    one, other = compared().iloc[0], compared(turned).iloc[2]

    assert (one["difference_low"], one["p"]) == pytest.approx((-other["difference_high"], other["p"]))


@pytest.mark.slow
@pytest.mark.parametrize("measure", ["top2", "mean"])
def test_about_nine_in_ten_ranges_hold_the_true_difference_in_small_groups(measure):
    # Some ten accounts a group: shares come to .95, means, whose ranges rest on the spread seen, to .92.
    random = np.random.default_rng(6)
    people = _population(random)
    levels = people["level"].gt(3) if measure == "top2" else people["level"]
    truth = levels.groupby(people["region"]).mean()
    tables = pd.concat([_drawn(people, random, measure) for _ in range(100)])
    difference = truth[tables["group"]].to_numpy() - truth[tables["other"]].to_numpy()

    is_held = tables["difference_low"].lt(difference) & tables["difference_high"].gt(difference)
    assert 0.88 < is_held.mean() < 0.99


def _population(random: np.random.Generator) -> pd.DataFrame:
    """Return 250 accounts of one to four contacts in three strata, their regions across the strata."""
    accounts = pd.DataFrame({"stratum": np.repeat(["A", "B", "C"], [30, 70, 150])})
    accounts["region"] = random.choice(["east", "north", "west"], 250, p=[0.5, 0.3, 0.2])
    accounts["account_contacts"] = random.integers(1, 5, 250)
    mood = (
        random.normal(0, 0.7, 250) + (accounts["stratum"] == "A") * 0.5 + (accounts["region"] == "east") * 0.4
    )
    people = accounts.assign(mood=mood).loc[accounts.index.repeat(accounts["account_contacts"])]
    level = (3.4 + people["mood"] + random.normal(0, 0.8, len(people))).round().clip(1, 5)
    return people.rename_axis("account_id").reset_index().assign(level=level.to_numpy())


def _drawn(people: pd.DataFrame, random: np.random.Generator, measure: str) -> pd.DataFrame:
    """Return the comparison in one sample: 18, 24 and 33 accounts, two contacts of each at most."""
    listed, wanted = {"A": 30, "B": 70, "C": 150}, {"A": 18, "B": 24, "C": 33}
    accounts = people.drop_duplicates("account_id").sample(frac=1, random_state=random)
    place = accounts.groupby("stratum").cumcount()
    chosen = accounts.loc[place < accounts["stratum"].map(wanted), "account_id"]
    heard = people[people["account_id"].isin(chosen)].sample(frac=1, random_state=random)
    heard = heard[heard.groupby("account_id").cumcount() < 2]
    size = heard["stratum"].map(listed).astype(float)
    part = heard["account_contacts"] / heard.groupby("account_id")["level"].transform("size")
    rows = heard.assign(weight=size / heard["stratum"].map(wanted) * part, stratum_accounts=size)
    region = people.drop_duplicates("account_id").set_index("account_id")["region"]
    return compared_groups(SurveyDesign(rows), heard[["level"]], region, measure=measure)


def test_a_group_heard_to_the_last_contact_adds_no_degrees_of_freedom():
    names = [f"a{number}" for number in range(60)] + [f"b{number}" for number in range(5)]
    tier = pd.Series([name[0].upper() for name in names], names)
    rows = pd.DataFrame({"stratum": tier, "account_id": names, "weight": tier.map({"A": 1.0, "B": 20.0})})
    design = SurveyDesign(rows.assign(stratum_accounts=tier.map({"A": 60, "B": 100}), account_contacts=1))
    levels = pd.Series([5, 4] * 30 + [2, 3, 4, 3, 5], names)

    (pair,) = compared_groups(design, levels.to_frame("q"), tier, measure="mean").itertuples()
    alone = mean_estimate(design, levels, where=tier == "B")

    assert pair.difference_high - pair.difference == pytest.approx(alone.high - alone.value)


def test_two_groups_heard_to_the_last_contact_differ_for_certain():
    tier = pd.Series(["A"] * 6 + ["B"] * 6, [f"c{number}" for number in range(12)])
    rows = pd.DataFrame({"stratum": tier, "account_id": tier.index, "weight": 1.0})
    design = SurveyDesign(rows.assign(stratum_accounts=6, account_contacts=1))
    levels = pd.Series([5, 4] * 3 + [2, 4] * 3, tier.index)

    (pair,) = compared_groups(design, levels.to_frame("q"), tier).itertuples()

    assert (pair.difference_low, pair.difference_high, pair.p) == (0.5, 0.5, 0)
