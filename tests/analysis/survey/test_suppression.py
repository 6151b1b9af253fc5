"""What is hidden, so that nobody's answers can be worked out from what is shown."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.analysis.survey.estimator.design import SurveyDesign, list_design
from kamlib.analysis.survey.suppression import (
    shown_groups,
    suppression_table,
    without_hidden,
)

MIXED = [5, 1, 4, 3, 2]


def table(levels=MIXED, confidentiality="anonymous", weights=None, revenue=None, **breakdowns):
    """Return what is hidden; each breakdown as its groups' sizes, in the order of the accounts."""
    counts = {name: sum(sizes.values()) for name, sizes in breakdowns.items()}
    names = [f"x{number:02d}" for number in range(max(counts.values()))]
    groups = pd.DataFrame(index=names)
    for name, sizes in breakdowns.items():
        groups[name] = [group for group, size in sizes.items() for _ in range(size)]
    design = list_design(names)
    values = pd.Series(np.resize(levels, len(names)), index=names)
    return suppression_table(groups, design, values, confidentiality=confidentiality, revenue=revenue)


def hidden(*args, **kwargs):
    found = table(*args, **kwargs)
    return set(found["group"][found["is_hidden"]])


def test_the_group_that_completes_five_accounts_goes_too():
    """Tivian's example: n = 1, 1, 1, 6, 9 with k = 5 hides 1, 1, 1 and 6 (oracle line suppress|tivian)."""
    assert hidden(tier={"a": 1, "b": 1, "c": 1, "d": 6, "e": 9}) == {"a", "b", "c", "d"}


def test_one_small_group_takes_the_smallest_other_with_it():
    found = table(tier={"a": 4, "b": 7, "c": 6, "d": 20})

    assert found["reason"].tolist() == ["fewer than 5", "", "could be worked out", "", ""]


def test_of_equal_siblings_the_first_by_name_goes():
    assert hidden(tier={"a": 4, "b": 6, "c": 6}) == {"a", "b"}


def test_a_group_of_five_is_shown():
    assert hidden(tier={"a": 5, "b": 20}) == set()


def test_in_an_attributed_wave_only_small_groups_go():
    assert hidden(confidentiality="attributed", tier={"a": 4, "b": 6, "c": 20}) == {"a"}


def test_the_difference_of_two_breakdowns_is_no_way_round():
    """The dairies are all of the south but one account, whose answer would be the difference."""
    found = hidden(region={"south": 6, "north": 20}, industry={"dairy": 5, "food": 21})

    assert found == {"south", "north"}


def test_a_hidden_group_is_not_shown_as_another_breakdowns_group():
    """The plant p is the region a; with all other regions shown, b would be what is left."""
    found = hidden(region={"a": 6, "b": 4, "c": 20}, industry={"p": 6, "q": 24})

    assert found == {"b", "c"}


def test_where_all_that_is_left_agree_more_goes():
    """Nobody in a and b is dissatisfied, and c is: without c, a's answers could be told from the rest."""
    content = [5] * 12 + [1] * 8 + [5] * 12 + [1] * 8

    assert "c" in hidden(levels=content, tier={"a": 4, "b": 8, "c": 8, "d": 20})


def test_what_the_total_says_of_everybody_is_no_secret_of_a_group():
    assert hidden(levels=[5], tier={"a": 4, "b": 6, "c": 20}) == {"a", "b"}


def test_fewer_than_five_answers_in_all_hide_every_group():
    assert hidden(tier={"a": 2, "b": 2}) == {"a", "b"}


def test_groups_of_whom_nobody_answered_the_question_are_hidden():
    assert hidden(levels=[np.nan], tier={"a": 6, "b": 6}) == {"a", "b"}


def test_accounts_without_a_group_are_a_group_of_their_own():
    names = [f"x{number}" for number in range(12)]
    groups = pd.DataFrame({"tier": ["a"] * 6 + [None] * 6}, index=names)
    values = pd.Series(np.resize(MIXED, 12), index=names)
    found = suppression_table(groups, list_design(names), values, confidentiality="anonymous")

    assert found[["group", "accounts"]].to_numpy().tolist() == [["a", 6], ["unknown", 6], ["account", 12]]


def test_a_total_weighted_by_group_that_would_tell_hidden_ones_apart_is_hidden_itself():
    """Two totals, weighted differently by group, are two equations for two hidden groups."""
    revenue = pd.Series([9.0] * 4 + [1.0] * 30, index=[f"x{number:02d}" for number in range(34)])
    found = table(revenue=revenue, tier={"a": 4, "b": 6, "c": 7, "d": 17}).set_index("group")

    assert found["reason"][["account", "revenue"]].tolist() == ["", "would give a group away"]
    assert found.index[found["is_hidden"]].tolist() == ["a", "b", "revenue"]


def test_a_total_that_one_account_decides_is_hidden():
    revenue = pd.Series([1e9] + [1.0] * 29, index=[f"x{number:02d}" for number in range(30)])
    found = table(revenue=revenue, tier={"a": 10, "b": 20}).set_index("group")

    assert found["reason"]["revenue"] == "a few accounts decide it"


sizes = st.lists(st.integers(1, 9), min_size=2, max_size=5)


@settings(max_examples=8)
@given(sizes)
def test_hidden_groups_together_are_five_accounts_or_none(counts):
    found = table(tier={f"t{place}": size for place, size in enumerate(counts)})
    together = found["accounts"][found["is_hidden"]].sum()

    assert together == 0 or together >= min(5, sum(counts))


def test_what_is_hidden_keeps_no_number():
    result = pd.DataFrame({"tier": ["a", "b"], "top2": [0.5, 0.6], "top2_n": [3, 9], "answers": [4, 9]})
    result = result.assign(top2_method="exact", top2_note="")
    told = without_hidden(result, table(tier={"a": 4, "b": 6}), "tier").iloc[0]

    assert told[["top2", "top2_n", "answers"]].isna().all()
    assert told[["top2_method", "top2_note"]].tolist() == ["", "Not shown: fewer than 5."]


def test_what_is_shown_keeps_its_numbers():
    result = pd.DataFrame({"tier": ["a", "d"], "top2": [0.5, 0.6], "top2_note": ["", "Exact."]})
    told = without_hidden(result, table(tier={"a": 4, "b": 6, "d": 20}), "tier").iloc[1]

    assert told.tolist() == ["d", 0.6, "Exact."]


def test_hidden_groups_are_not_compared():
    groups = pd.DataFrame({"tier": ["a", "b", "d"]})

    assert shown_groups(groups, table(tier={"a": 4, "b": 6, "d": 20}))["tier"].dropna().tolist() == ["d"]


def test_a_group_that_one_account_decides_is_hidden():
    names = list("abcdefghijkl")
    rows = pd.DataFrame({"stratum": "A", "account_id": names, "weight": [500.0, *[1.0] * 11]}, names)
    design = SurveyDesign(rows.assign(stratum_accounts=600, account_contacts=1))
    groups = pd.DataFrame({"region": ["east"] * 6 + ["west"] * 6}, names)
    table = suppression_table(groups, design, pd.Series(4.0, names), confidentiality="attributed")

    assert table.set_index("group")["reason"].to_dict() == {"east": "one account decides it", "west": ""}
