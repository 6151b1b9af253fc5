"""The whole churn study: learn on earlier days, test on a later one, score today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from kamlib.analysis.churn.calls import churn_scores
from kamlib.analysis.churn.evaluation import calibration_table, model_table
from kamlib.analysis.churn.features import churn_features
from kamlib.analysis.churn.models import (
    CANDIDATES,
    TrainingSlice,
    chosen_model,
    churn_models,
    fitted_models,
    model_choice,
    probabilities,
    stacked,
)
from kamlib.analysis.churn.outcomes import ChurnRule, churn_outcomes, risk_table, with_known_outcome
from kamlib.analysis.churn.slices import CutOffs, cut_offs, reach_days
from kamlib.analysis.lifetime.bg_nbd import BgNbd
from kamlib.analysis.lifetime.fitting import fitted, grouped_rows
from kamlib.analysis.lifetime.forecast import FEWEST
from kamlib.analysis.lifetime.history import history_rows, order_history
from kamlib.analysis.snapshot import account_table
from kamlib.errors import ParameterError
from kamlib.estimate import Unknown

MIN_TRAINING = 20
MIN_TEST = 10


@dataclass(frozen=True)
class ChurnStudy:
    """What a churn study found; every table says its grain in the function that made it.

    Parameters
    ----------
    rule
        What "lost" meant.
    as_of
        The day of the scores.
    days
        The cut-offs of test and training.
    slices
        One row per cut-off, first to last: `part` (training, test, today), `cut_off`, `n` (known outcome;
        today: at risk), `lost_count`, `lost_share`, `left_out_count`; empty where today cannot tell.
    left_out
        One row per part, cut-off and reason: `part`, `cut_off`, `reason`, `n`.
    models
        `model_table` on the test cut-off; `recency` is the rule "longest silent first", `bg_nbd` the chance
        that an account has left already by its orders alone (1 − P(alive); missing where fewer than ten
        accounts ordered again).
    choice
        `model_choice` on the training cut-offs alone.
    chosen
        The model that made calibration and scores: the logistic one, unless boosting was better in
        `choice` by more than its standard error. The test has no say in it.
    calibration
        `calibration_table` of the chosen model on the test cut-off.
    test
        One row per account of the test: `account_id`, `is_churned`, `net_revenue_365`, `gross_profit_365`
        (where the source has cost) and each model's probability.
    scores
        `churn_scores` as of today, by the chosen model fitted again on all known outcomes.
    learned
        The training slices, first to last, and the test at the end.
    """

    rule: ChurnRule
    as_of: dt.date
    days: CutOffs
    slices: pd.DataFrame
    left_out: pd.DataFrame
    models: pd.DataFrame
    choice: pd.DataFrame
    chosen: str
    calibration: pd.DataFrame
    test: pd.DataFrame
    scores: pd.DataFrame
    learned: tuple[TrainingSlice, ...]


@dataclass(frozen=True)
class _Ground:
    """What a study stands on: outcomes by cut-off, first to last, and the accounts of today."""

    rule: ChurnRule
    as_of: dt.date
    days: CutOffs
    training: Sequence[pd.DataFrame]
    test: pd.DataFrame
    today: pd.DataFrame

    def parts(self) -> Iterable[tuple[str, dt.date, pd.DataFrame]]:
        for day, outcomes in zip(self.days.training, self.training, strict=True):
            yield "training", day, outcomes
        yield "test", self.days.test, self.test
        yield "today", self.as_of, self.today


def churn_study(
    order_lines: Any,
    as_of: dt.date,
    *,
    definition: str = "own_rhythm",
    horizon_days: int = 120,
    partial_share: float = 0.5,
    training_slices: int = 5,
    seed: int = 1,
) -> ChurnStudy | Unknown:
    """Learn who was lost, test it on a later day, and score every account at risk today.

    Parameters
    ----------
    order_lines
        Any table that Narwhals knows, with the canonical columns of `order_lines`.
    as_of
        Today; later rows change nothing.
    definition, horizon_days, partial_share
        See `ChurnRule`.
    training_slices
        Training cut-offs, a quarter apart; fewer where the history is shorter.
    seed
        Of the models.

    Returns
    -------
    ChurnStudy or Unknown
        Unknown, with the reason and the way out, where the history is too short, fewer than 20 accounts
        were lost or kept in training or fewer than 10 in the test.

    Raises
    ------
    ParameterError
        See `ChurnRule`.
    """
    if training_slices < 1:
        raise ParameterError(f"training_slices: give 1 or more, not {training_slices}")
    rule = ChurnRule(definition, horizon_days, partial_share)
    today = account_table(order_lines, as_of)
    first = today["first_ordered_at"].min()
    if pd.isna(first):
        return Unknown("There is no order yet, only returns: nobody can leave.", "churn_history")
    days = cut_offs(first.date(), as_of, reach=reach_days(today, rule), training_slices=training_slices)
    if isinstance(days, Unknown):
        return days
    training = [churn_outcomes(order_lines, day, rule, known_until=days.test) for day in days.training]
    test = churn_outcomes(order_lines, days.test, rule, known_until=as_of)
    ground = _Ground(rule, as_of, days, training, test, risk_table(today, rule))
    too_few = _too_few(ground)
    return _study(ground, churn_models(seed)) if too_few is None else too_few


def training_slice(outcomes: pd.DataFrame, cut_off: dt.date) -> TrainingSlice:
    """Return features and outcomes of the accounts of `churn_outcomes` whose outcome is known."""
    known = with_known_outcome(outcomes)
    by_account = known.set_index("account_id")
    return TrainingSlice(cut_off, churn_features(known), by_account["is_churned"], by_account["window_end"])


def _study(ground: _Ground, models: Mapping[str, Pipeline]) -> ChurnStudy:
    training = [
        training_slice(outcomes, day)
        for day, outcomes in zip(ground.days.training, ground.training, strict=True)
    ]
    test = training_slice(ground.test, ground.days.test)
    choice = model_choice(training, {name: models[name] for name in CANDIDATES})
    chosen = chosen_model(choice)
    said = probabilities(fitted_models(models, *stacked(training)), test.features)
    said = said.join(_gone(ground.test))
    final = fitted_models({chosen: models[chosen]}, *stacked([*training, test]))[chosen]
    outcomes = pd.concat([with_known_outcome(part) for part in (*ground.training, ground.test)])
    return ChurnStudy(
        rule=ground.rule,
        as_of=ground.as_of,
        days=ground.days,
        slices=_slice_table(ground),
        left_out=_left_out_table(ground),
        models=model_table(test.lost, said),
        choice=choice,
        chosen=chosen,
        calibration=calibration_table(test.lost, said[chosen]),
        test=_test_table(ground.test, said),
        scores=churn_scores(
            final, ground.today, outcomes[~outcomes["is_churned"]], as_of=ground.as_of, rule=ground.rule
        ),
        learned=(*training, test),
    )


def _too_few(ground: _Ground) -> Unknown | None:
    """Say why there is too little to learn from, or nothing; an account counts once over all slices."""
    other = "silence" if ground.rule.definition != "silence" else "another number of days without an order"
    training = pd.concat([with_known_outcome(outcomes) for outcomes in ground.training])
    for known, least, where in (
        (training, MIN_TRAINING, "to learn from"),
        (with_known_outcome(ground.test), MIN_TEST, "to test on"),
    ):
        lost = known.loc[known["is_churned"], "account_id"].nunique()
        kept = known.loc[~known["is_churned"], "account_id"].nunique()
        if min(lost, kept) < least:
            return Unknown(
                f"Too few accounts {where}: {lost} lost and {kept} kept, and {least} of each are "
                f"needed. Choose {other} as what counts as lost, or wait for more history.",
                "churn_events",
            )
    features = churn_features(training)
    if (features.isna() | (features == features.iloc[0])).all(axis=None):
        return Unknown(
            "All accounts look alike up to the cut-offs: nothing tells who leaves.", "churn_features"
        )
    return None


def _slice_table(ground: _Ground) -> pd.DataFrame:
    rows = []
    for part, day, outcomes in ground.parts():
        known = outcomes[outcomes["left_out"] == ""]
        lost = float(known["is_churned"].sum()) if part != "today" else float("nan")
        share = lost / len(known) if len(known) else float("nan")
        rows.append((part, pd.Timestamp(day), len(known), lost, share, len(outcomes) - len(known)))
    columns = ["part", "cut_off", "n", "lost_count", "lost_share", "left_out_count"]
    return pd.DataFrame(rows, columns=columns)


def _left_out_table(ground: _Ground) -> pd.DataFrame:
    rows = []
    for part, day, outcomes in ground.parts():
        counts = outcomes.loc[outcomes["left_out"] != "", "left_out"].value_counts().sort_index()
        rows += [(part, pd.Timestamp(day), str(reason), int(n)) for reason, n in counts.items()]
    return pd.DataFrame(rows, columns=["part", "cut_off", "reason", "n"])


def _gone(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the chance that each account has left already, by BG/NBD; no column where it cannot be told."""
    history = order_history(accounts)
    rows = history_rows(history)
    if (rows[0] > 0).sum() < FEWEST:
        return pd.DataFrame(index=history["account_id"])
    start = BgNbd.start(rows[0].mean(), rows[2].mean())
    with np.errstate(all="ignore"):  # a step too wide on the way is taken back
        model = BgNbd(*fitted(BgNbd.terms, start, grouped_rows(*rows)).parameters)
    return pd.DataFrame({"bg_nbd": 1 - model.alive(rows)}, index=history["account_id"])


def _test_table(test: pd.DataFrame, said: pd.DataFrame) -> pd.DataFrame:
    told = ["account_id", "is_churned", "net_revenue_365", "gross_profit_365"]
    known = with_known_outcome(test)
    return known[known.columns.intersection(told, sort=False)].join(said, on="account_id")
