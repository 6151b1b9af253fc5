import datetime as dt

import numpy as np
import pandas as pd
import pytest

from kamlib.analysis.churn.evaluation import auc_interval
from kamlib.analysis.churn.models import (
    TrainingSlice,
    chosen_model,
    churn_models,
    fitted_models,
    model_choice,
    probabilities,
    probability,
)

CHANCE = np.random.default_rng(3)
FEATURES = pd.DataFrame({"days_since_last_order": CHANCE.normal(size=300), "noise": CHANCE.normal(size=300)})
LOST = pd.Series(FEATURES["days_since_last_order"] + CHANCE.normal(size=300) > 0.8)


def models(*names: str) -> dict:
    return {name: model for name, model in churn_models(1).items() if name in names}


def slice_on(day: str, *, days: int = 90) -> TrainingSlice:
    end = pd.Series(pd.Timestamp(day) + pd.Timedelta(days=days), index=FEATURES.index)
    return TrainingSlice(dt.date.fromisoformat(day), FEATURES, LOST, end)


@pytest.mark.parametrize("name", ["recency", "logistic", "boosting"])
def test_each_model_gives_probabilities_that_rank_the_lost_higher(name: str) -> None:
    said = probabilities(fitted_models(models(name), FEATURES, LOST), FEATURES)[name]

    assert said.between(0, 1).all()
    assert auc_interval(LOST, said)[1] > 0.7


def test_recency_alone_ranks_as_the_days_do() -> None:
    said = probabilities(fitted_models(models("recency"), FEATURES, LOST), FEATURES)["recency"]

    assert said.rank().equals(FEATURES["days_since_last_order"].rank())


def test_shuffled_outcomes_teach_nothing() -> None:
    shuffled = pd.Series(np.random.default_rng(8).permutation(LOST))
    fitted = fitted_models(models("logistic", "boosting"), FEATURES[:150], shuffled[:150])
    said = probabilities(fitted, FEATURES[150:])

    for name in said:
        _, low, high = auc_interval(shuffled[150:], said[name])
        assert low <= 0.5 <= high


def test_missing_and_constant_columns_are_no_fault() -> None:
    features = FEATURES.assign(never_known=np.nan, always_one=1.0)
    features.loc[::3, "noise"] = np.nan
    said = probabilities(fitted_models(models("logistic", "boosting"), features, LOST), features)

    assert said.notna().all(axis=None)


def test_of_very_many_rows_every_other_is_learned_from() -> None:
    many, lost = pd.concat([FEATURES] * 100, ignore_index=True), pd.concat([LOST] * 100, ignore_index=True)
    whole = fitted_models(models("recency"), many, lost)
    half = fitted_models(models("recency"), many[::2], lost[::2])

    pd.testing.assert_frame_equal(probabilities(whole, FEATURES), probabilities(half, FEATURES))


def test_one_outcome_only_is_refused() -> None:
    with pytest.raises(ValueError, match="all accounts had the same outcome: there is nothing to tell apart"):
        fitted_models(models("logistic"), FEATURES, LOST & False)


def test_no_accounts_have_no_probabilities() -> None:
    fitted = fitted_models(models("boosting"), FEATURES, LOST)["boosting"]

    assert len(probability(fitted, FEATURES[:0])) == 0


def test_the_same_seed_gives_the_same_bytes() -> None:
    said = [probabilities(fitted_models(churn_models(4), FEATURES, LOST), FEATURES) for _ in range(2)]

    pd.testing.assert_frame_equal(said[0], said[1], check_exact=True)


def test_a_slice_is_foretold_only_from_windows_that_had_ended() -> None:
    one_quarter = [slice_on("2023-01-01"), slice_on("2023-04-01"), slice_on("2023-07-01")]
    too_long = [slice_on("2023-01-01", days=400), slice_on("2023-04-01", days=400)]

    assert list(model_choice(one_quarter, models("logistic"))["n"]) == [600]
    assert list(model_choice(too_long, models("logistic"))["n"]) == [0]


def test_without_a_comparison_the_simplest_model_is_chosen() -> None:
    assert chosen_model(model_choice([slice_on("2023-01-01")], models("logistic", "boosting"))) == "logistic"


def test_a_gain_beyond_its_error_is_chosen() -> None:
    choice = pd.DataFrame({"model": ["logistic", "boosting"], "gain": [0.0, 0.04], "gain_se": [0.0, 0.03]})

    assert chosen_model(choice) == "boosting"
