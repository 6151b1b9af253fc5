"""The estimator: invariants, census, lonely strata, and when it cannot tell."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.analysis.survey.estimator.design import SurveyDesign, list_design
from kamlib.analysis.survey.estimator.means import (
    estimate_columns,
    kish_size,
    mean_estimate,
    mean_point,
    mean_ranges,
    point_table,
    wilson_interval,
)
from kamlib.analysis.survey.estimator.points import LevelSums
from kamlib.analysis.survey.estimator.proportions import hypergeometric_interval, share_estimate, share_ranges
from kamlib.analysis.survey.estimator.raking import raked_design
from kamlib.analysis.survey.estimator.variance import Domains
from kamlib.estimate import Estimate, Unknown

# Two strata, eight accounts, twelve contacts; accounts of one to three contacts.
ACCOUNTS = ["a", "a", "b", "b", "c", "d", "e", "e", "f", "g", "h", "h"]
ROWS = pd.DataFrame(
    {
        "stratum": ["A"] * 6 + ["B"] * 6,
        "account_id": ACCOUNTS,
        "weight": [3.0, 3.0, 2.0, 2.0, 2.0, 4.0, 7.5, 7.5, 5.0, 5.0, 5.0, 5.0],
        "stratum_accounts": [8] * 6 + [20] * 6,
        "account_contacts": [3, 3, 2, 2, 1, 2, 3, 3, 1, 1, 2, 2],
    },
    index=[f"c{number}" for number in range(12)],
)
LEVELS = pd.Series([5, 4, 3, 4, 2, 5, 1, 2, 4, 5, 3, 3], index=ROWS.index)
DESIGN = SurveyDesign(ROWS)
SCORES = [0.0, 0.1, 0.5, 0.7, 1.0]
levels_of_twelve = st.lists(st.integers(1, 5), min_size=12, max_size=12).map(
    lambda levels: pd.Series(levels, index=ROWS.index)
)


def census(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(
        stratum_accounts=4,
        account_contacts=rows.groupby("account_id")["weight"].transform("size"),
        weight=1.0,
    )


def same(one: Estimate, other: Estimate) -> bool:
    return (one.value, one.se, one.low, one.high) == pytest.approx(
        (other.value, other.se, other.low, other.high)
    )


def test_the_order_of_the_rows_changes_nothing():
    mean = mean_estimate(DESIGN, LEVELS)

    assert same(mean_estimate(SurveyDesign(ROWS[::-1]), LEVELS.sample(frac=1, random_state=1)), mean)


def test_scaling_the_weights_changes_nothing():
    mean = mean_estimate(DESIGN, LEVELS)

    assert same(mean_estimate(SurveyDesign(ROWS.assign(weight=ROWS["weight"] * 7)), LEVELS), mean)


def test_renaming_strata_and_accounts_changes_nothing():
    renamed = ROWS.assign(
        stratum=ROWS["stratum"].map({"A": "z", "B": "y"}),
        account_id=[f"{letter}{ord(letter) * 7 % 10}" for letter in ACCOUNTS],
    )

    assert same(mean_estimate(SurveyDesign(renamed), LEVELS), mean_estimate(DESIGN, LEVELS))


@settings(max_examples=30, deadline=None)
@given(levels_of_twelve)
def test_turning_the_scale_around_turns_the_interval_around(levels):
    mean = mean_estimate(DESIGN, levels, bounds=(1, 5))
    turned = mean_estimate(DESIGN, 6 - levels, bounds=(1, 5))

    assert (6 - turned.high, 6 - turned.low) == pytest.approx((mean.low, mean.high))


@settings(max_examples=30, deadline=None)
@given(levels_of_twelve)
def test_a_mean_lies_in_its_range_and_the_range_on_the_scale(levels):
    mean = mean_estimate(DESIGN, levels, bounds=(1, 5))

    assert 1 <= mean.low <= mean.value <= mean.high <= 5
    assert mean.low < mean.high


@settings(max_examples=30, deadline=None)
@given(levels_of_twelve, st.integers(1, 5))
def test_a_share_of_a_sample_is_never_without_a_range(levels, level):
    share = share_estimate(DESIGN, levels == level)

    assert 0 <= share.low <= share.value <= share.high <= 1
    assert share.low < share.high


@settings(max_examples=30, deadline=None)
@given(levels_of_twelve)
def test_the_mean_is_the_sum_of_the_parts_by_subgroup(levels):
    is_first = ROWS["stratum"] == "A"
    parts = [mean_point(DESIGN, levels, where=where).value for where in (is_first, ~is_first)]
    mass = [ROWS["weight"][where].sum() for where in (is_first, ~is_first)]

    assert mean_point(DESIGN, levels).value == pytest.approx(np.average(parts, weights=mass))


def test_a_stratum_as_a_subgroup_has_the_error_of_that_stratum_alone():
    is_first = ROWS["stratum"] == "A"
    alone = mean_point(SurveyDesign(ROWS[is_first]), LEVELS[is_first])

    assert mean_point(DESIGN, LEVELS, where=is_first).se == pytest.approx(alone.se)


def test_a_subgroup_across_strata_is_not_a_subset():
    is_some = pd.Series([True, False] * 6, index=ROWS.index)
    subset = SurveyDesign(ROWS[is_some])

    domain, alone = mean_point(DESIGN, LEVELS, where=is_some), mean_point(subset, LEVELS[is_some])

    assert domain.value == pytest.approx(alone.value)
    assert domain.se != pytest.approx(alone.se)


def test_a_census_has_no_error_and_says_so():
    mean = mean_estimate(SurveyDesign(census(ROWS)), LEVELS)

    assert (mean.low, mean.value, mean.high, mean.se) == (LEVELS.mean(),) * 3 + (0.0,)
    assert mean.method == "census"


def test_a_fully_heard_stratum_is_a_census_within_a_sample():
    rows = ROWS.assign(
        stratum_accounts=[4] * 6 + [20] * 6, account_contacts=[2, 2, 2, 2, 1, 1, 3, 3, 1, 1, 2, 2]
    )
    design = SurveyDesign(rows)

    assert mean_estimate(design, LEVELS, where=rows["stratum"] == "A", at_least=4).method == "census"
    assert mean_estimate(design, LEVELS).method == "linearised t"


def test_a_census_in_which_some_left_a_question_out_says_so():
    mean = mean_estimate(SurveyDesign(census(ROWS)), LEVELS.where(LEVELS > 1))

    assert mean.note == "1 of those asked gave no answer here: exact for the others only."


def test_without_a_finite_population_the_error_is_larger():
    endless = SurveyDesign(ROWS.assign(stratum_accounts=np.inf))

    assert mean_point(endless, LEVELS).se > mean_point(DESIGN, LEVELS).se


def test_a_stratum_with_one_account_is_taken_around_the_overall_mean_and_noted():
    rows = list_design(list("abcdef"), population=12).rows.assign(stratum=["A"] * 5 + ["B"])
    values = pd.Series([4, 4, 4, 4, 4, 1], index=rows.index)

    mean = mean_estimate(SurveyDesign(rows), values)

    # Only B varies: z = (1 − 3.5)/6, factor 1 − 1/12.
    assert mean.se == pytest.approx(math.sqrt(11 / 12) * 2.5 / 6)
    assert mean.note == "Only one account answered in stratum B: its spread is taken around the overall mean."


def test_a_plain_mean_has_the_textbook_error():
    values = pd.Series([1.0, 2, 3, 4, 5, 6], index=list("abcdef"))

    mean = mean_estimate(list_design(values.index, population=24), values)

    assert mean.se == pytest.approx(math.sqrt((1 - 6 / 24) * 3.5 / 6))


def test_a_size_makes_a_ratio():
    values, size = pd.Series({"a": 5, "b": 1}), pd.Series({"a": 300, "b": 100})

    assert mean_point(list_design(values.index), values, size=size).value == 4.0


def test_too_few_accounts_give_no_number():
    unknown = mean_estimate(DESIGN, LEVELS, where=ROWS["account_id"].isin(["a", "b"]))

    assert unknown == Unknown("Only 2 accounts answered: too few to tell (at least 5 are needed).", "mean")


def test_nobody_in_the_group_gives_no_number():
    unknown = share_estimate(DESIGN, LEVELS > 3, where=LEVELS > 9)

    assert unknown == Unknown("Nobody in this group answered: too few to tell.", "share")


def test_one_account_in_every_stratum_gives_no_number():
    rows = list_design(list("abcdef"), population=9).rows.assign(stratum=list("ABCDEF"))
    unknown = mean_estimate(SurveyDesign(rows), pd.Series(range(6), index=rows.index))

    assert unknown.reason == (
        "6 accounts answered, but only one in each part of the list that was not heard whole: "
        "too few to tell how far they differ."
    )


def test_answers_all_alike_still_leave_a_range_on_a_scale():
    mean = mean_estimate(DESIGN, LEVELS * 0 + 5, bounds=(1, 5))

    assert (mean.low < 5, mean.high, mean.method) == (True, 5, "Wilson, Kish n over accounts")


def test_answers_all_alike_without_a_scale_give_no_number():
    unknown = mean_estimate(DESIGN, LEVELS * 0 + 5)

    assert unknown.reason == "Every answer is alike, so the sample cannot tell how far the others may differ."


def test_a_share_of_nothing_rests_on_kishs_n_over_accounts_and_says_so():
    share = share_estimate(DESIGN, LEVELS > 9)
    by_account = ROWS.groupby("account_id")["weight"].sum()

    assert share.method == "Wilson, Kish n over accounts"
    assert share.high == pytest.approx(wilson_interval(0.0, kish_size(by_account), df=6)[1])


def test_a_plain_list_takes_the_exact_interval():
    names = [f"n{number}" for number in range(10)]
    share = share_estimate(list_design(names, population=20), pd.Series(True, index=names))

    assert (share.low, share.high, share.method) == (0.8, 1.0, "exact hypergeometric")


def test_a_subgroup_of_a_plain_list_takes_wilsons_interval():
    names = [f"n{number}" for number in range(20)]
    flags = pd.Series([True, False] * 10, index=names)

    share = share_estimate(
        list_design(names, population=40), flags, where=pd.Series(range(20), index=names) < 12
    )

    assert share.method == "Wilson on the effective n, with t"


def test_a_share_of_levels_is_refused():
    with pytest.raises(ValueError, match="flags: a share is of true and false only"):
        share_estimate(DESIGN, LEVELS)


def test_more_drawn_than_listed_is_refused():
    with pytest.raises(ValueError, match="9 of 13 drawn from a list of 12: give hits <= n <= population"):
        hypergeometric_interval(9, 13, 12)


def test_a_size_that_adds_up_to_nothing_is_refused():
    values = pd.Series({"a": 5, "b": 1})

    with pytest.raises(ValueError, match="size: the base adds up to 0; a mean needs a sum above zero"):
        mean_point(list_design(values.index), values, size=values * 0)


def test_an_unknown_leaves_its_reason_in_the_note_column():
    columns = estimate_columns("net", Unknown("Only 2 accounts answered."))

    assert list(columns) == ["net", "net_low", "net_high", "net_n", "net_method", "net_note"]
    assert (math.isnan(columns["net"]), columns["net_note"]) == (True, "Only 2 accounts answered.")


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(0, 40), st.data())
def test_the_exact_interval_holds_what_was_seen(n, unseen, data):
    hits = data.draw(st.integers(0, n))

    low, high = hypergeometric_interval(hits, n, n + unseen)

    assert hits <= low <= high <= hits + unseen


def test_contacts_a_subgroup_does_not_name_lie_outside():
    names = [f"n{number}" for number in range(20)]
    flags = pd.Series([True, False] * 10, index=names)

    share = share_estimate(list_design(names, population=40), flags, where=pd.Series(True, index=names[:8]))

    assert (share.contacts, share.method) == (8, "Wilson on the effective n, with t")


def test_a_range_is_cut_at_the_end_of_the_scale():
    values = pd.Series([5] * 9 + [4], index=[f"n{number}" for number in range(10)])

    assert mean_estimate(list_design(values.index), values).high > 5
    assert mean_estimate(list_design(values.index), values, bounds=(1, 5)).high == 5


def test_a_census_of_a_handful_is_not_told_either():
    rows = ROWS.assign(
        stratum_accounts=[4] * 6 + [20] * 6, account_contacts=[2, 2, 2, 2, 1, 1, 3, 3, 1, 1, 2, 2]
    )
    found = mean_estimate(SurveyDesign(rows), LEVELS, where=rows["stratum"] == "A")

    assert found.reason == "Only 4 accounts answered: too few to tell (at least 5 are needed)."


# A group of contacts, not of accounts: colleagues of one account are in different ones.
ROLE = pd.Series(["buyer", "user", "user"] * 4, index=ROWS.index)
SEVERAL = pd.DataFrame({"level": LEVELS, "is_content": LEVELS > 3, "rarely": LEVELS.where(LEVELS != 4)})


@pytest.mark.parametrize("name", list(SEVERAL))
@pytest.mark.parametrize("role", ["buyer", "user"])
def test_many_at_once_are_the_same_as_one_by_one(name, role):
    table = point_table(DESIGN, SEVERAL, groups=ROLE).set_index(["variable", "group"])
    alone = mean_point(DESIGN, SEVERAL[name], where=role == ROLE)

    for field in ("value", "se", "kish_accounts", "accounts", "contacts"):
        assert table.loc[(name, role), field] == pytest.approx(getattr(alone, field))


def test_the_ranges_of_many_are_the_same_as_one_by_one():
    points = point_table(DESIGN, SEVERAL[["level", "is_content"]], groups=ROLE)
    mean = mean_ranges(points, bounds=(1, 5)).iloc[1]
    share = share_ranges(points).iloc[3]

    alone = mean_estimate(DESIGN, LEVELS, where=ROLE == "user", bounds=(1, 5))
    assert (mean["low"], mean["high"]) == pytest.approx((alone.low, alone.high))
    alone = share_estimate(DESIGN, LEVELS > 3, where=ROLE == "user")
    assert (share["low"], share["high"]) == pytest.approx((alone.low, alone.high))


def test_contacts_without_a_group_are_in_none_but_stay_in_the_sample():
    table = point_table(DESIGN, SEVERAL[["level"]], groups=ROLE.where(ROLE == "user"))

    assert table["group"].tolist() == ["user"]
    assert table["se"][0] == pytest.approx(mean_point(DESIGN, LEVELS, where=ROLE == "user").se)


def test_draws_stacked_as_strata_of_their_own_have_each_its_own_error():
    draws = [ROWS.assign(stratum=ROWS["stratum"] + str(number)) for number in range(3)]
    draws = [rows.assign(account_id=rows["account_id"] + str(number)) for number, rows in enumerate(draws)]
    stacked = pd.concat(draws).set_axis([f"s{number}" for number in range(36)])
    values = pd.DataFrame({"level": np.concatenate([LEVELS, 6 - LEVELS, LEVELS[::-1]])}, index=stacked.index)

    table = point_table(SurveyDesign(stacked), values, groups=pd.Series(np.arange(36) // 12, stacked.index))

    own = [
        mean_point(DESIGN, pd.Series(part, ROWS.index)) for part in values["level"].to_numpy().reshape(3, 12)
    ]
    assert table["value"].tolist() == pytest.approx([point.value for point in own])
    assert table["se"].tolist() == pytest.approx([point.se for point in own])


def test_a_range_that_cannot_be_told_has_its_reason_in_place_of_numbers():
    ranges = mean_ranges(point_table(DESIGN, SEVERAL[["level"]], groups=ROWS["account_id"]))

    assert ranges["value"].isna().all()
    assert ranges["note"][0] == "Only 1 account answered: too few to tell (at least 5 are needed)."


def test_a_size_that_is_missing_is_refused():
    values = pd.Series({"a": 5, "b": 1})

    with pytest.raises(ValueError, match="size: a contact in the base has none"):
        mean_point(list_design(values.index), values, size=pd.Series({"a": 1.0}))


def test_a_contact_of_size_zero_is_in_the_base_and_weighs_nothing():
    values, size = pd.Series({"a": 5, "b": 1, "c": 3}), pd.Series({"a": 300, "b": 100, "c": 0})
    point = mean_point(list_design(values.index), values, size=size)

    assert (point.value, point.contacts) == (4.0, 3)


def test_a_stratum_that_answered_alike_widens_the_range_of_a_share():
    rows = pd.DataFrame(
        {"stratum": list("AAAABBBB"), "account_id": list("abcdefgh"), "weight": 2.0}, list("abcdefgh")
    )
    design = SurveyDesign(rows.assign(stratum_accounts=8, account_contacts=1))
    flags = pd.Series([1, 0, 1, 0, 0, 0, 0, 0], rows.index)
    point, share = mean_point(design, flags), share_estimate(design, flags)

    assert point.unseen == pytest.approx(4 * (1 / 8) ** 2 * (1 - 4 / 8))
    n_eff = 1 / (point.se**2 / (0.25 * 0.75) + point.unseen)
    assert share.high == pytest.approx(wilson_interval(0.25, n_eff, df=6)[1])


def test_a_stratum_heard_to_the_last_contact_widens_nothing():
    rows = pd.DataFrame(
        {"stratum": list("AAAABBBB"), "account_id": list("abcdefgh"), "weight": 1.0}, list("abcdefgh")
    )
    design = SurveyDesign(
        rows.assign(stratum_accounts=rows["stratum"].map({"A": 8, "B": 4}), account_contacts=1)
    )

    assert mean_point(design, pd.Series([1, 0, 1, 0, 0, 0, 0, 0], rows.index)).unseen == 0


def test_a_group_that_is_a_part_of_each_stratum_is_no_wider_for_it():
    rows = pd.DataFrame(
        {"stratum": list("AABBCC"), "account_id": list("abcdef"), "weight": 2.0}, list("abcdef")
    )
    design = SurveyDesign(rows.assign(stratum_accounts=4, account_contacts=1))
    one_of_each = pd.Series([True, False] * 3, rows.index)

    assert mean_point(design, pd.Series([1, 0, 0, 1, 1, 0], rows.index), where=one_of_each).unseen == 0


def test_a_lonely_stratum_is_not_widened_twice():
    rows = pd.DataFrame({"stratum": list("AABC"), "account_id": list("abcd"), "weight": 2.0}, list("abcd"))
    design = SurveyDesign(rows.assign(stratum_accounts=4, account_contacts=1))

    assert mean_point(design, pd.Series([1, 0, 1, 0], rows.index)).unseen == 0


GROUPS = pd.Series(["one", "two", None] * 4, index=ROWS.index)
MARGINS = pd.DataFrame({"half": ["first"] * 6 + ["last"] * 6}, index=ROWS.index)
RAKED = raked_design(DESIGN, MARGINS, {"half": pd.Series({"first": 20.0, "last": 30.0})})


@pytest.mark.parametrize(
    "design", [DESIGN, RAKED, SurveyDesign(census(ROWS))], ids=["sample", "raked", "census"]
)
@pytest.mark.parametrize("asked", [[1, 2, 3, 4, 5], [1, 2, 4, 5]], ids=["all", "opinions"])
@given(levels_of_twelve)
def test_level_by_level_a_mean_is_what_it_is_answer_by_answer(asked, design, levels):
    codes, names = pd.factorize(GROUPS)
    domains = Domains(design, np.where(codes < 0, len(names), codes), len(names))
    sums = LevelSums(domains, levels.to_numpy() - 1, 5)
    found = pd.DataFrame(sums.point_columns(np.array([SCORES]), np.isin(np.arange(1, 6), asked)))
    one_by_one = point_table(
        design, levels.map(dict(enumerate(SCORES, 1))).where(levels.isin(asked)).to_frame("y"), groups=GROUPS
    )

    same_in_both = ["value", "se", "accounts", "contacts", "kish_accounts", "is_flat", "df"]
    pd.testing.assert_frame_equal(found[same_in_both], one_by_one[same_in_both], atol=1e-9)


def test_level_by_level_answers_that_are_alike_have_no_spread():
    levels = np.array([0, 1] * 6)  # all of them dissatisfied, more or less
    sums = LevelSums(Domains(DESIGN, np.zeros(12, dtype=int), 1), levels, 5)
    found = sums.point_columns(np.array([[1.0, 1.0, 0.0, 0.0, 0.0]]), np.ones(5, dtype=bool))

    assert (found["value"].item(), found["se"].item(), found["is_flat"].item()) == (1, 0, True)
