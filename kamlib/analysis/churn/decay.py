"""How a model ages: each day foretold from what was known on each day before it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from sklearn.metrics import brier_score_loss
from sklearn.pipeline import Pipeline

from kamlib.analysis.churn.evaluation import auc_interval
from kamlib.analysis.churn.models import TrainingSlice, learned_by, probability


def decay_table(slices: Sequence[TrainingSlice], model: Pipeline) -> pd.DataFrame:
    """Return how well a model told the lost from the kept when it was new, and when it had aged.

    Rolling origin: on each day the model is learned from the outcomes known by then, and is held against
    that day's accounts and those of all later days.

    Parameters
    ----------
    slices
        First to last.
    model
        Not fitted.

    Returns
    -------
    DataFrame
        One row per day it was learned and day it was tested: `learned_on`, `tested_on`, `age_days`, `auc`,
        `auc_low`, `auc_high`, `brier`, `n`, `events`. Days on which all were lost or all kept are passed
        over.
    """
    rows = []
    for origin in slices:
        fitted = learned_by(slices, origin.cut_off, model)
        later = [here for here in slices if here.cut_off >= origin.cut_off and here.lost.nunique() == 2]
        for here in later if fitted is not None else []:
            said = probability(fitted, here.features)
            brier = brier_score_loss(here.lost, said)
            days = pd.Timestamp(origin.cut_off), pd.Timestamp(here.cut_off)
            told = auc_interval(here.lost, said)
            rows.append((*days, (days[1] - days[0]).days, *told, brier, len(here.lost), here.lost.sum()))
    columns = ["learned_on", "tested_on", "age_days", "auc", "auc_low", "auc_high", "brier", "n", "events"]
    return pd.DataFrame(rows, columns=columns)
