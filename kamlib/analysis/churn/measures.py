"""What each measure tells a model, and whether one of them knows what it cannot know."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from sklearn.inspection import permutation_importance
from sklearn.metrics import log_loss
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from kamlib.analysis.churn.evaluation import even_part
from kamlib.analysis.churn.models import BASELINE, TrainingSlice, fitted_models, probability, stacked

TOO_MUCH = 0.25
"""Part of the log loss that one measure alone takes away, above which it is suspected to know the outcome."""
TOO_GOOD = 0.98
"""Where even the low end of a model's AUC lies above this, the whole is too good to be true."""
DATED = (BASELINE, "bg_nbd")
"""Models that cannot leak, for they look at order days only: as good as these may be true."""
_ALIKE = 0.95
_MOST_ROWS = 5_000


def importance_table(slices: Sequence[TrainingSlice], model: Pipeline, *, seed: int) -> pd.DataFrame:
    """Return how much worse the test is foretold where one measure is shuffled.

    Parameters
    ----------
    slices
        First to last: training, and the test at the end.
    model
        Not fitted.
    seed
        Of the shuffles. Of a test of more than 5,000 accounts an even part is shuffled.

    Returns
    -------
    DataFrame
        One row per measure, the most important first: `measure`, `importance` (mean fall of the AUC over five
        shuffles of the test; Breiman 2001), `importance_sd` (between shuffles). Of measures that say the
        same, each may seem to matter little.
    """
    fitted = fitted_models({"model": model}, *stacked(slices[:-1]))["model"]
    seen, came = (even_part(rows, _MOST_ROWS) for rows in (slices[-1].features, slices[-1].lost))
    with threadpool_limits(limits=1):
        found = permutation_importance(fitted, seen, came, scoring="roc_auc", n_repeats=5, random_state=seed)
    table = pd.DataFrame({"measure": seen.columns, "importance": found["importances_mean"]})
    table["importance_sd"] = found["importances_std"]
    return table.sort_values(["importance", "measure"], ascending=[False, True], ignore_index=True)


def leak_table(slices: Sequence[TrainingSlice], model: Pipeline) -> pd.DataFrame:
    """Return what of the outcome only one measure tells: a leak tells much that no other can.

    Parameters
    ----------
    slices, model
        As in `importance_table`; boosting sees leaks of any shape. Of more than 5,000 rows an even part is
        taken.

    Returns
    -------
    DataFrame
        One row per measure, the greatest first: `measure`, `alone_share` (part of the test's log loss without
        it, and without its near copies, that it takes away; below 0 where it misleads), `is_suspect` (more
        than a quarter).
    """
    rows = (*stacked(slices[:-1]), slices[-1].features, slices[-1].lost)
    features, lost, seen, came = (even_part(part, _MOST_ROWS) for part in rows)

    def loss(columns: pd.Index) -> float:
        fitted = fitted_models({"model": model}, features[columns], lost)["model"]
        return float(log_loss(came, probability(fitted, seen[columns]), labels=[False, True]))

    alike = features.rank().corr().abs() > _ALIKE
    others = {name: alike.index[~alike[name] & (alike.index != name)] for name in alike}
    whole = loss(features.columns)
    told = {name: columns for name, columns in others.items() if features[columns].notna().any(axis=None)}
    alone = {name: 1 - whole / loss(columns) for name, columns in told.items()}
    table = pd.Series(alone, dtype="float64").rename_axis("measure").rename("alone_share").reset_index()
    table = table.sort_values(["alone_share", "measure"], ascending=[False, True], ignore_index=True)
    return table.assign(is_suspect=table["alone_share"] > TOO_MUCH)


def suspects(leaks: pd.DataFrame, models: pd.DataFrame) -> list[str]:
    """Return what seems to know the outcome: measures by name, or all of them together; mostly nothing.

    Parameters
    ----------
    leaks
        `leak_table`.
    models
        `model_table` on the test.

    Examples
    --------
    >>> leaks = pd.DataFrame({"measure": ["refunded_at"], "is_suspect": [True]})
    >>> suspects(leaks, pd.DataFrame({"model": ["logistic"], "auc": [0.8], "auc_low": [0.7]}))
    ['refunded_at']
    """
    dated = models.loc[models["model"].isin(DATED), "auc"]
    together = ["all measures together"] if models["auc_low"].max() > max(TOO_GOOD, *dated, 0) else []
    return [*leaks.loc[leaks["is_suspect"], "measure"], *together]
