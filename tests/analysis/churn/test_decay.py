"""How a model ages."""

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd

from kamlib.analysis.churn.decay import decay_table
from kamlib.analysis.churn.models import TrainingSlice, churn_models
from kamlib.analysis.churn.study import ChurnStudy

LOGISTIC = churn_models(1)["logistic"]


def slice_on(day: str, *, sign: int = 1, days: int = 90) -> TrainingSlice:
    generator = np.random.default_rng(7)
    signal = generator.normal(size=200)
    features = pd.DataFrame({"signal": signal, "noise": generator.normal(size=200)})
    lost = pd.Series(sign * signal + generator.normal(size=200) > 0.5)
    end = pd.Series(pd.Timestamp(day) + pd.Timedelta(days=days), index=features.index)
    return TrainingSlice(dt.date.fromisoformat(day), features, lost, end)


DAYS = ["2023-01-01", "2023-04-01", "2023-07-01", "2023-10-01"]


def test_each_day_is_foretold_from_each_day_before_it() -> None:
    table = decay_table([slice_on(day) for day in DAYS], LOGISTIC)

    assert table["age_days"].to_list() == [0, 91, 183, 0, 92, 0]


def test_outcomes_not_known_on_a_day_are_not_learned_from() -> None:
    assert decay_table([slice_on(day, days=400) for day in DAYS], LOGISTIC).empty


def test_a_world_that_turns_round_is_seen_as_decay() -> None:
    table = decay_table([slice_on(day, sign=-1 if day > "2023-08" else 1) for day in DAYS], LOGISTIC)
    old = table[(table["learned_on"] == "2023-04-01")].set_index("tested_on")

    assert old.loc["2023-04-01", "auc"] > 0.7
    assert old.loc["2023-10-01", "auc"] < 0.3


def test_a_day_on_which_nobody_left_is_passed_over() -> None:
    slices = [slice_on(day) for day in DAYS]
    quiet = dataclasses.replace(slices[0], cut_off=dt.date(2024, 1, 1), lost=slices[0].lost & False)

    assert pd.Timestamp("2024-01-01") not in set(decay_table([*slices, quiet], LOGISTIC)["tested_on"])


def test_the_last_row_of_a_study_is_its_test(study: ChurnStudy) -> None:
    table = decay_table(study.learned, LOGISTIC)

    assert table["tested_on"].max() == pd.Timestamp(study.days.test)
    assert table["auc"].between(table["auc_low"], table["auc_high"]).all()
