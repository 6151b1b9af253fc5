"""What each measure tells, and whether one of them knows what it cannot know."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kamlib.analysis.churn.measures import importance_table, leak_table, suspects
from kamlib.analysis.churn.models import TrainingSlice, churn_models
from kamlib.analysis.churn.study import ChurnStudy

MODELS = churn_models(1)


def with_columns(slices: Sequence[TrainingSlice], **columns: Any) -> list[TrainingSlice]:
    """Return slices with more columns: numbers, or what makes them of a slice."""
    made = ((part, {n: c(part) if callable(c) else c for n, c in columns.items()}) for part in slices)
    return [dataclasses.replace(part, features=part.features.assign(**more)) for part, more in made]


def leak(part: TrainingSlice) -> np.ndarray:
    """Return a column that agrees with the label in nine rows of ten."""
    agrees = np.random.default_rng(3).random(len(part.lost)) < 0.9
    return np.where(agrees, part.lost, ~part.lost).astype(float)


def empty_if_lost(part: TrainingSlice) -> np.ndarray:
    return np.where(part.lost, np.nan, part.features["revenue"])


def test_honest_measures_ring_no_alarm(study: ChurnStudy) -> None:
    assert suspects(leak_table(study.learned, MODELS["boosting"]), study.models) == []


def test_a_column_that_agrees_with_nine_labels_in_ten_rings(study: ChurnStudy) -> None:
    leaks = leak_table(with_columns(study.learned, leak_0=leak), MODELS["boosting"])

    assert suspects(leaks, study.models) == ["leak_0"]


def test_two_copies_of_a_leak_cannot_hide_behind_each_other(study: ChurnStudy) -> None:
    leaks = leak_table(with_columns(study.learned, leak_0=leak, leak_1=leak), MODELS["boosting"])

    assert set(suspects(leaks, study.models)) == {"leak_0", "leak_1"}


def test_a_cell_that_is_empty_for_the_lost_is_a_leak(study: ChurnStudy) -> None:
    leaks = leak_table(with_columns(study.learned, renewed_by=empty_if_lost), MODELS["boosting"])

    assert "renewed_by" in suspects(leaks, study.models)


def test_constant_and_empty_columns_tell_nothing(study: ChurnStudy) -> None:
    parts = with_columns(study.learned, one=1.0, never=np.nan)
    leaks = leak_table(parts, MODELS["boosting"]).set_index("measure")

    assert leaks.loc[["one", "never"], "alone_share"].abs().max() < 1e-9


def test_a_single_measure_has_nothing_to_be_held_against(study: ChurnStudy) -> None:
    parts = [dataclasses.replace(part, features=part.features[["revenue"]]) for part in study.learned]

    assert leak_table(parts, MODELS["boosting"]).empty


@pytest.mark.parametrize(("silence", "found"), [(0.8, ["all measures together"]), (0.999, [])])
def test_an_order_without_fault_is_suspected_unless_silence_alone_gives_it(
    silence: float, found: list[str]
) -> None:
    models = pd.DataFrame({"model": ["recency", "logistic"], "auc": [silence, 0.995]})
    nothing = pd.DataFrame({"measure": ["revenue"], "is_suspect": [False]})

    assert suspects(nothing, models.assign(auc_low=models["auc"] - 0.01)) == found


def test_the_leak_is_the_most_important_measure(study: ChurnStudy) -> None:
    found = importance_table(with_columns(study.learned, leak_0=leak), MODELS["logistic"], seed=1)

    assert found.loc[0, "measure"] == "leak_0"
    assert found["importance"].is_monotonic_decreasing


def test_a_measure_that_says_nothing_matters_nothing(study: ChurnStudy) -> None:
    found = importance_table(with_columns(study.learned, one=1.0), MODELS["logistic"], seed=1)

    assert found.set_index("measure").loc["one", "importance"] == 0
