import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.analysis.churn.exits import (
    LEAST,
    OTHER,
    both_reasons,
    came_back,
    exit_share,
    known_exits,
    reason_agreement,
    reason_shift,
    reason_table,
    shift_table,
    with_sales,
)
from kamlib.estimate import Estimate, Unknown

AS_OF = dt.date(2024, 12, 31)


def exits(*pairs, lost_at="2024-01-01", **columns):
    """Return exits of so many pairs of reasons: (customer, manager, how many)."""
    said = [(customer, manager) for customer, manager, count in pairs for _ in range(count)]
    table = pd.DataFrame(said, columns=["reason_customer", "reason_manager"]).assign(
        lost_at=lost_at, **columns
    )
    return known_exits(table.assign(account_id=range(len(table))), looks_back=False)


def test_reasons_are_ranked_with_wilsons_interval():
    found = reason_table(pd.Series(["price"] * 81 + ["quality"] * 182))

    assert found["name"].to_list() == ["quality", "price"]
    assert found.loc[1, ["share_low", "share_high"]].to_list() == pytest.approx([0.25528852, 0.36620958])


def test_rare_reasons_are_put_together_with_the_next_until_they_are_five():
    found = reason_table(pd.Series(["price"] * 9 + ["quality"] * 6 + ["moved"] * 2))

    assert found[["name", "exit_count"]].to_numpy().tolist() == [["price", 9], [OTHER, 8]]


def test_several_rare_reasons_that_are_five_together_take_no_other_with_them():
    found = reason_table(pd.Series(["price"] * 9 + ["quality"] * 6 + ["moved"] * 4 + ["sold"] * 3))

    assert found[["name", "exit_count"]].to_numpy().tolist() == [["price", 9], ["quality", 6], [OTHER, 7]]


def test_of_four_reasons_none_is_told():
    found = reason_table(pd.Series(["price"] * 4))

    assert found.reason == (
        "Why customers left cannot be told; answers: 4, and none can be shown without showing one of fewer "
        "than 5."
    )


def test_each_question_without_an_answer_is_named():
    found = reason_table(pd.Series(["Acme"], dtype="str"), "To whom they went")

    assert found.reason.startswith("To whom they went cannot be told; answers: 1, and none")


def test_where_all_would_be_others_nothing_is_told():
    assert reason_table(pd.Series(["price"] * 6 + ["quality"] * 2)).key == "reasons"
    assert both_reasons(exits(("price", "price", 9), ("price", "quality", 3))).key == "both_reasons"


def test_one_reason_for_all_is_told():
    assert reason_table(pd.Series(["price"] * 5))["share"].to_list() == [1.0]


counts = st.lists(st.integers(0, 12), min_size=1, max_size=7)


@settings(max_examples=25)
@given(counts)
def test_no_reason_of_fewer_than_five_can_be_read_or_subtracted(given_counts):
    said = pd.Series([f"r{i}" for i, count in enumerate(given_counts) for _ in range(count)], dtype="str")
    found = reason_table(said)

    if not isinstance(found, Unknown):
        assert found["exit_count"].min() >= LEAST
        assert found["exit_count"].sum() == len(said)


def test_an_exit_without_one_of_the_reasons_is_no_pair():
    found = both_reasons(exits(("price", "price", 12), ("price", None, 3), (None, "price", 3)))

    assert len(found) == 12


def test_few_pairs_are_not_compared():
    found = both_reasons(exits(("price", "price", 9)))

    assert found.reason == (
        "Whether customers and managers give the same reasons cannot be told; lost accounts with both: 9. "
        "It takes 10, and one reason that either gives 5 times."
    )


SHIFTED = exits(("price", "price", 10), ("quality", "quality", 10), ("quality", "price", 12))


def test_a_reason_that_managers_give_more_often_has_a_gap_beyond_chance():
    found = reason_shift(both_reasons(SHIFTED))

    assert found[["name", "exit_count", "gap", "is_clear"]].to_numpy().tolist() == [
        ["they: quality", 22, -0.375, True],
        ["we: quality", 10, -0.375, True],
        ["they: price", 10, 0.375, True],
        ["we: price", 22, 0.375, True],
    ]


def test_a_gap_of_a_few_is_not_clear():
    found = reason_shift(
        both_reasons(exits(("price", "price", 10), ("quality", "quality", 10), ("quality", "price", 3)))
    )

    assert not found["is_clear"].any()


def test_both_sides_alike_have_no_gap():
    found = reason_shift(both_reasons(exits(("price", "price", 10), ("quality", "quality", 10))))

    assert found["gap"].to_list() == [0.0] * 4


def test_pairs_are_shown_the_most_frequent_first_and_none_beside_a_lone_hidden_one():
    pairs = both_reasons(exits(("price", "price", 7), ("price", "quality", 5), ("quality", "price", 6)))
    more = both_reasons(exits(("a", "a", 7), ("a", "b", 5), ("b", "a", 12), ("b", "b", 6)))

    assert shift_table(pairs).empty
    assert shift_table(more).to_numpy().tolist() == [
        ["b", "a", 12],
        ["a", "a", 7],
        ["b", "b", 6],
        ["a", "b", 5],
    ]


def test_with_a_hidden_pair_others_of_its_row_and_column_are_hidden():
    pairs = both_reasons(
        exits(
            ("a", "a", 9),
            ("a", "b", 7),
            ("b", "a", 2),
            ("b", "b", 8),
            ("b", "c", 6),
            ("c", "c", 11),
            ("a", "c", 5),
        )
    )
    found = shift_table(pairs)

    assert ("b", "a") not in set(zip(found["customer"], found["manager"], strict=True))
    assert found.groupby("customer").size().get("b", 0) < 2


@settings(max_examples=25)
@given(st.lists(st.integers(0, 12), min_size=9, max_size=9))
def test_no_hidden_pair_can_be_worked_out_from_its_row_or_column(numbers):
    names = "abc"
    pairs = both_reasons(exits(*((names[i // 3], names[i % 3], count) for i, count in enumerate(numbers))))
    if isinstance(pairs, Unknown):
        return
    whole = pd.crosstab(pairs["customer"], pairs["manager"])
    shown = shift_table(pairs).pivot_table(
        index="customer", columns="manager", values="exit_count", aggfunc="sum"
    )
    hidden = shown.reindex(index=whole.index, columns=whole.columns).isna()

    assert (hidden.sum(axis=0) != 1).all() or hidden.to_numpy().all()
    assert (hidden.sum(axis=1) != 1).all() or hidden.to_numpy().all()
    assert shift_table(pairs)["exit_count"].ge(LEAST).all()


def test_full_agreement_is_one_and_chance_is_zero():
    full = reason_agreement(exits(("a", "a", 10), ("b", "b", 10)))
    none = reason_agreement(exits(("a", "a", 5), ("a", "b", 5), ("b", "a", 5), ("b", "b", 5)))

    assert (full.value, none.value) == (1.0, 0.0)
    assert none.low < 0 < none.high


def test_one_reason_for_all_leaves_nothing_to_agree_on():
    assert reason_agreement(exits(("a", "a", 10))).reason == "All exits have the same reason: a."


def test_a_share_has_wilsons_interval():
    found = exit_share(pd.Series([True] * 6 + [False] * 14 + [None] * 3), "they could", key="preventable")

    assert (found.value, found.n) == (0.3, 20)
    assert (found.low, found.high) == pytest.approx((0.1455, 0.5190), abs=5e-5)


@pytest.mark.parametrize("yes", [0, 4, 16, 20])
def test_a_share_with_fewer_than_five_on_one_side_is_not_told(yes):
    found = exit_share(pd.Series([True] * yes + [False] * (20 - yes)), "they could be kept", key="kept")

    assert found.reason == (
        "Lost accounts of which it is known whether they could be kept: 20; fewer than 5 are on one side, "
        "so no share is told."
    )


def test_only_those_lost_a_year_ago_are_asked_whether_they_came_back_within_one():
    lost = ["2022-01-01", "2022-01-01", "2022-01-01", "2024-06-01"]
    back = ["2022-12-31", "2023-06-01", None, "2024-07-01"]
    table = pd.DataFrame({"account_id": list("abcd"), "lost_at": lost, "won_back_at": back})

    assert came_back(known_exits(table, looks_back=False), AS_OF).to_list() == [True, False, False]


def test_in_a_look_back_a_reason_counts_only_with_its_interview():
    table = pd.DataFrame({
        "account_id": ["a", "b"],
        "lost_at": "2024-01-01",
        "reason_customer": "price",
        "interviewed_at": ["2024-02-01", None],
    })  # fmt: skip

    assert known_exits(table, looks_back=True)["reason_customer"].notna().to_list() == [True, False]
    assert known_exits(table, looks_back=False)["reason_customer"].notna().all()


def test_a_list_of_accounts_and_days_is_enough():
    found = known_exits(pd.DataFrame({"account_id": ["a"], "lost_at": ["2024-01-01"]}), looks_back=True)

    assert found["reason_manager"].isna().all()
    assert reason_table(found["reason_customer"]).key == "reasons"


def test_sales_before_are_those_of_twelve_months_and_sales_since_those_after_the_return():
    months = pd.period_range("2022-01", "2024-12", freq="M")
    sold = pd.DataFrame({"account_id": "a", "period": months, "net_revenue": np.arange(36.0)})
    table = pd.DataFrame({"account_id": ["a"], "lost_at": "2023-06-15", "won_back_at": "2024-11-03"})
    found = with_sales(known_exits(table, looks_back=False), sold).iloc[0]

    assert found["sales_before"] == sum(range(6, 18))
    assert found["sales_since"] == 34 + 35


def test_an_account_without_orders_has_no_sales():
    sold = pd.DataFrame({"account_id": ["b"], "period": pd.period_range("2024-01", "2024-01", freq="M")})
    found = with_sales(exits(("price", "price", 1)), sold.assign(net_revenue=1.0, account_id=99)).iloc[0]

    assert (found["sales_before"], found["sales_since"]) == (0.0, 0.0)


def test_what_cannot_be_compared_stays_unknown():
    unknown = Unknown("too few")

    assert (reason_shift(unknown), shift_table(unknown)) == (unknown, unknown)


def test_agreement_of_the_two_sides_is_an_estimate_with_its_number():
    found = reason_agreement(SHIFTED)

    assert isinstance(found, Estimate)
    assert found.n == 32
    assert found.value == pytest.approx((20 / 32 - 440 / 1024) / (1 - 440 / 1024))


def test_what_an_account_that_was_lost_twice_bought_counts_once():
    months = pd.period_range("2022-01", "2024-12", freq="M")
    sold = pd.DataFrame({"account_id": "a", "period": months, "net_revenue": 1.0})
    table = pd.DataFrame({"account_id": "a", "lost_at": ["2023-06-15", "2023-12-15"]})
    back = table.assign(won_back_at=["2023-09-01", "2024-11-01"])
    found = with_sales(known_exits(back, looks_back=False), sold)

    assert found["sales_before"].sum() == 18
    assert found["sales_since"].sum() == 16
