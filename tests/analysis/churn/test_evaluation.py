import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.analysis.churn.evaluation import (
    auc_interval,
    calibration_table,
    captured,
    model_table,
)

LOST = [True, True, True, False, False, False, False, False, False, False]
SCORE = [0.9, 0.8, 0.3, 0.7, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05]


def pair_share(lost: np.ndarray, score: np.ndarray) -> float:
    pairs = itertools.product(score[lost], score[~lost])
    return float(np.mean([(a > b) + (a == b) / 2 for a, b in pairs]))


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4)), min_size=2, max_size=15))
@settings(max_examples=60, deadline=None)
def test_auc_is_the_share_of_pairs_in_the_right_order(rows: list[tuple[bool, int]]) -> None:
    lost, score = (np.array(part) for part in zip(*rows, strict=True))
    if 0 < lost.sum() < len(lost):
        auc, low, high = auc_interval(lost, score)

        assert auc == pytest.approx(pair_share(lost, score))
        assert 0 <= low <= auc <= high <= 1


def test_the_interval_is_delongs_variance_on_the_logit_scale() -> None:
    lost, score = np.array(LOST), np.array(SCORE)
    by_lost = [pair_share(np.array([True] + [False] * 7), np.append(s, score[~lost])) for s in score[lost]]
    by_kept = [pair_share(np.array([True] * 3 + [False]), np.append(score[lost], s)) for s in score[~lost]]
    auc = np.mean(by_lost)
    half = 1.959964 * np.sqrt(np.var(by_lost, ddof=1) / 3 + np.var(by_kept, ddof=1) / 7) / (auc * (1 - auc))
    _, low, high = auc_interval(lost, score)

    assert np.log([low / (1 - low), high / (1 - high)]) == pytest.approx(
        [np.log(auc / (1 - auc)) - half, np.log(auc / (1 - auc)) + half], rel=1e-5
    )


def test_a_faultless_order_still_leaves_doubt() -> None:
    auc, low, high = auc_interval([True] * 5 + [False] * 5, range(10, 0, -1))

    assert (auc, high) == (1.0, 1.0)
    assert 0.5 < low < 0.9


def test_a_score_that_is_always_the_same_tells_nothing() -> None:
    auc, low, high = auc_interval(LOST, [0.3] * 10)

    assert auc == 0.5
    assert low < 0.3
    assert high > 0.7


def test_only_lost_accounts_have_no_auc() -> None:
    with pytest.raises(ValueError, match="an AUC needs both lost and kept accounts"):
        auc_interval([True, True], [0.1, 0.2])


def test_captured_counts_the_lost_among_the_first() -> None:
    assert [captured(LOST, SCORE, calls) for calls in (0, 1, 3, 10, 99)] == [0, 1, 2, 3, 3]


def test_equals_at_the_edge_of_the_list_share_alike() -> None:
    assert captured([True, False, False], [0.5, 0.5, 0.1], 1) == 0.5


def test_model_table_holds_what_can_be_counted_by_hand() -> None:
    row = model_table(LOST, pd.DataFrame({"model": SCORE})).loc[0]

    assert row["auc"] == pytest.approx((7 + 7 + 3.5) / 21)
    assert row["lift_10"] == pytest.approx(1 / 0.3)
    assert (row["n"], row["events"]) == (10, 3)
    assert row["brier"] == pytest.approx(np.mean((np.array(SCORE) - LOST) ** 2))


def test_calibration_groups_hold_all_accounts_from_safe_to_at_risk() -> None:
    table = calibration_table(LOST, SCORE, bins=2)

    assert list(table["n"]) == [5, 5]
    assert list(table["lost_count"]) == [1, 2]
    assert list(table["probability_mean"]) == pytest.approx([0.19, 0.66])


def test_calibration_shares_carry_wilsons_interval() -> None:
    table = calibration_table([True] * 81 + [False] * 182, [0.3] * 263)

    assert table.loc[0, ["lost_share_low", "lost_share_high"]].tolist() == pytest.approx(
        [0.25528852, 0.36620958], abs=1e-8
    )


@given(st.permutations(range(10)))
@settings(max_examples=20, deadline=None)
def test_the_order_of_accounts_changes_no_number(order: list[int]) -> None:
    lost, score = np.array(LOST), np.array(SCORE)
    tables = [model_table(lost[o], pd.DataFrame({"m": score[o]})) for o in (range(10), order)]

    pd.testing.assert_frame_equal(*tables)


def test_precision_gain_and_error_can_be_counted_by_hand() -> None:
    row = model_table(LOST, pd.DataFrame({"model": SCORE})).loc[0]

    assert row["pr"] == pytest.approx((1 + 1 + 3 / 7) / 3)
    assert row["gain_10"] == pytest.approx(1 / 3)
    assert model_table(LOST, pd.DataFrame({"sure": np.array(LOST, dtype=float)})).loc[0, "ece"] == 0


@pytest.mark.parametrize("measure", ["auc", "pr", "brier", "gain_10", "lift_10"])
def test_each_measure_lies_in_its_range(measure: str) -> None:
    row = model_table(LOST, pd.DataFrame({"model": SCORE})).loc[0]

    assert row[f"{measure}_low"] < row[measure] < row[f"{measure}_high"] or row[measure] in (0, 1)


def test_the_range_of_the_brier_score_is_that_of_a_mean() -> None:
    lost = np.arange(2000) % 4 == 0
    score = np.where(np.arange(2000) % 3 == 0, 0.7, 0.2)
    row = model_table(lost, pd.DataFrame({"model": score})).loc[0]
    half = 1.96 * np.std((score - lost) ** 2) / np.sqrt(2000)

    assert (row["brier_high"] - row["brier_low"]) / 2 == pytest.approx(half, rel=0.15)


def test_five_lost_of_a_hundred_have_every_measure_with_a_wide_range() -> None:
    lost, score = np.arange(100) % 20 == 0, np.linspace(0.01, 0.9, 100)
    row = model_table(lost, pd.DataFrame({"model": score})).loc[0]

    assert row.drop("model").notna().all()
    assert row["auc_high"] - row["auc_low"] > 0.3
