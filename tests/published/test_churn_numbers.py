"""Churn on published data: AdventureWorks' resellers and IBM's Telco, against the measured ranges."""

import dataclasses
import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits

from kamlib.analysis.churn.campaign import empc, mpc
from kamlib.analysis.churn.evaluation import auc_interval, model_table
from kamlib.analysis.churn.measures import leak_table, suspects
from kamlib.analysis.churn.models import TrainingSlice, churn_models, fitted_models, probabilities, stacked
from kamlib.analysis.churn.outcomes import ChurnRule, churn_outcomes
from kamlib.analysis.churn.study import ChurnStudy, churn_study, training_slice
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
    auc = study.models.set_index("model")["auc"]
    assert auc[["logistic", "boosting"]].between(0.90, 0.97).all()
    assert (auc[["logistic", "boosting"]] > auc["recency"]).all()


@pytest.mark.parametrize("definition", ["own_rhythm", "silence", "partial"])
def test_nothing_leaks_at_the_resellers(resellers: Tables, definition: str) -> None:
    study = churn_study(resellers.order_lines, resellers.as_of, definition=definition)

    assert isinstance(study, ChurnStudy)
    assert suspects(leak_table(study.learned, churn_models(1)["boosting"]), study.models) == []


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


@pytest.fixture(scope="module")
def telco_customers(telco: Path) -> TrainingSlice:
    """Return Telco's customers as one slice; the file has no days."""
    table = pd.read_csv(telco / "Telco-Customer-Churn.csv", na_values=" ").drop(columns="customerID")
    lost = table.pop("Churn") == "Yes"
    features = pd.get_dummies(table, drop_first=True).astype(float)
    return TrainingSlice(dt.date(2000, 1, 1), features, lost, pd.Series(pd.NaT, index=lost.index))


@pytest.mark.parametrize("name", ["logistic", "boosting"])
def test_telco_has_an_honest_auc_of_84_to_86(telco_customers: TrainingSlice, name: str) -> None:
    lost, folds = telco_customers.lost, StratifiedKFold(5, shuffle=True, random_state=1)
    model, seen = churn_models(1)[name], telco_customers.features
    with threadpool_limits(limits=1):
        said = cross_val_predict(model, seen, lost, cv=folds, method="predict_proba")[:, 1]
    row = model_table(lost, pd.DataFrame({name: said})).loc[0]

    assert 0.84 <= row["auc"] <= 0.86
    assert 0.13 <= row["brier"] <= 0.14
    assert 2.7 <= row["lift_10"] <= 3.0
    assert row["lift_10_low"] < 2.84 < row["lift_10_high"]
    assert row["ece"] < 0.03


@pytest.mark.parametrize(("right", "found"), [(None, []), (0.9, ["leak"])])
def test_the_leak_alarm_is_silent_on_telco_and_loud_on_a_planted_leak(
    telco_customers: TrainingSlice, right: float | None, found: list[str]
) -> None:
    lost, features = telco_customers.lost, telco_customers.features
    agrees = np.random.default_rng(1).random(len(lost)) < (right or 0)
    features = features.assign(leak=np.where(agrees, lost, ~lost)) if right else features
    halves = [dataclasses.replace(telco_customers, features=features[i::2], lost=lost[i::2]) for i in (0, 1)]
    leaks = leak_table(halves, churn_models(1)["boosting"])

    assert suspects(leaks, pd.DataFrame({"model": ["boosting"], "auc": [0.85], "auc_low": [0.84]})) == found


def test_empc_and_mpc_of_verbraken_2013() -> None:
    costs = {"value": 200, "call_cost": 1, "offer_cost": 10}
    score = [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9]

    expected = empc([0, 1] * 4, score, alpha=6, beta=14, **costs)
    assert expected == pytest.approx((23.875593418348, 0.87437007634871), rel=1e-12)
    assert mpc([0, 1] * 4, score, saved_share=0.3, **costs) == pytest.approx((23.875, 0.875), rel=1e-12)
