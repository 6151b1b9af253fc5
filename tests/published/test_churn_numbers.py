"""Churn on published data: AdventureWorks' resellers and IBM's Telco, against the measured ranges."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits

from kamlib.analysis.churn.evaluation import auc_interval, model_table
from kamlib.analysis.churn.models import TrainingSlice, churn_models, fitted_models, probabilities
from kamlib.analysis.churn.outcomes import ChurnRule, churn_outcomes
from kamlib.analysis.churn.study import ChurnStudy, churn_study, stacked, training_slice
from kamlib.data.sources import Tables, open_source

SILENCE = ChurnRule("silence", 120)
TRAINING = [(2011, 11, 30), (2012, 2, 29), (2012, 5, 31), (2012, 8, 31), (2012, 11, 30)]
TESTS = pytest.mark.parametrize(
    ("day", "n", "base", "recency"),
    [(dt.date(2013, 4, 30), 556, 0.219, 0.849), (dt.date(2013, 7, 31), 554, 0.209, 0.905)],
)


@pytest.fixture(scope="module")
def resellers(adventureworks: Path) -> Tables:
    return open_source(str(adventureworks))


@pytest.fixture(scope="module")
def slices(resellers: Tables) -> dict[dt.date, TrainingSlice]:
    days = [*(dt.date(*day) for day in TRAINING), dt.date(2013, 4, 30), dt.date(2013, 7, 31)]
    lines, end = resellers.order_lines, resellers.as_of
    return {day: training_slice(churn_outcomes(lines, day, SILENCE, known_until=end), day) for day in days}


def figures_of(slices: dict[dt.date, TrainingSlice], day: dt.date, training: list) -> pd.DataFrame:
    learned = fitted_models(churn_models(1), *stacked([slices[dt.date(*past)] for past in training]))
    test = slices[day]
    return model_table(test.lost, probabilities(learned, test.features)).set_index("model")


@TESTS
def test_the_test_dates_have_the_published_accounts_and_base_rate(
    slices: dict[dt.date, TrainingSlice], day: dt.date, n: int, base: float, recency: float
) -> None:
    assert len(slices[day].lost) == n
    assert round(slices[day].lost.mean(), 3) == base


@TESTS
def test_recency_alone_reaches_the_published_auc(
    slices: dict[dt.date, TrainingSlice], day: dt.date, n: int, base: float, recency: float
) -> None:
    silent = slices[day].features["days_since_last_order"]

    assert auc_interval(slices[day].lost, silent)[0] == pytest.approx(recency, abs=0.0005)


@TESTS
def test_five_slices_lie_in_the_range_and_above_recency(
    slices: dict[dt.date, TrainingSlice], day: dt.date, n: int, base: float, recency: float
) -> None:
    auc = figures_of(slices, day, TRAINING)["auc"]

    assert auc.drop("recency").between(0.90, 0.97).all()
    assert (auc.drop("recency") > auc["recency"]).all()


@TESTS
def test_five_slices_foretell_better_than_one(
    slices: dict[dt.date, TrainingSlice], day: dt.date, n: int, base: float, recency: float
) -> None:
    one, five = figures_of(slices, day, TRAINING[-1:]), figures_of(slices, day, TRAINING)

    assert (five["brier"] < one["brier"]).all()


def test_the_study_with_its_own_cut_offs_lies_in_the_range(resellers: Tables) -> None:
    study = churn_study(resellers.order_lines, resellers.as_of, definition="silence", horizon_days=120)

    assert isinstance(study, ChurnStudy)
    assert study.models["auc"].iloc[1:].between(0.90, 0.97).all()
    assert (study.models["auc"].iloc[1:] > study.models["auc"].iloc[0]).all()


def test_shuffled_labels_teach_nothing(slices: dict[dt.date, TrainingSlice]) -> None:
    features, lost = stacked([slices[dt.date(*day)] for day in TRAINING])
    shuffled = lost.sample(frac=1, random_state=1).set_axis(lost.index)
    models = {name: model for name, model in churn_models(1).items() if name != "recency"}
    test = slices[dt.date(2013, 7, 31)]
    labels = test.lost.sample(frac=1, random_state=2)
    said = probabilities(fitted_models(models, features, shuffled), test.features)

    for name in said:
        _, low, high = auc_interval(labels, said[name])
        assert low <= 0.5 <= high


@pytest.mark.parametrize("name", ["logistic", "boosting"])
def test_telco_has_an_honest_auc_of_84_to_86(telco: Path, name: str) -> None:
    table = pd.read_csv(telco / "Telco-Customer-Churn.csv", na_values=" ").drop(columns="customerID")
    lost = table.pop("Churn") == "Yes"
    features = pd.get_dummies(table, drop_first=True).astype(float)
    folds = StratifiedKFold(5, shuffle=True, random_state=1)
    with threadpool_limits(limits=1):
        said = cross_val_predict(churn_models(1)[name], features, lost, cv=folds, method="predict_proba")[
            :, 1
        ]
    row = model_table(lost, pd.DataFrame({name: said})).loc[0]

    assert 0.84 <= row["auc"] <= 0.86
    assert 0.13 <= row["brier"] <= 0.14
    assert 2.7 <= row["lift_10"] <= 3.0
