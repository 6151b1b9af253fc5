"""Which days to stand on: a late one for the test, earlier ones for training, nothing overlapping."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamlib.analysis.churn.outcomes import ChurnRule, risk_table
from kamlib.estimate import Unknown

QUARTER = 91
SHORTEST_HISTORY = 180
"""Days of orders before a cut-off, so that its features mean something."""
CLOSED_SHARE = 0.9
"""Under `own_rhythm` windows differ; so many of them must have ended."""


@dataclass(frozen=True)
class CutOffs:
    """The days of a study.

    Parameters
    ----------
    test
        Outcomes after this day are only for the test.
    training
        Earlier days, first to last; their outcome windows end on or before `test`.
    """

    test: dt.date
    training: tuple[dt.date, ...]


def reach_days(accounts: pd.DataFrame, rule: ChurnRule) -> int:
    """Return how many days after a cut-off its outcomes are known.

    That is the horizon; under `own_rhythm` the days by which the windows of nine in ten accounts at
    risk have ended. The others are left out and counted.
    """
    risk = risk_table(accounts, rule)
    windows = risk.loc[risk["left_out"] == "", "horizon_days"]
    if rule.definition != "own_rhythm" or windows.empty:
        return rule.horizon_days
    return int(np.quantile(windows, CLOSED_SHARE, method="inverted_cdf"))


def cut_offs(
    first_ordered_at: dt.date, as_of: dt.date, *, reach: int, training_slices: int = 5
) -> CutOffs | Unknown:
    """Choose the test cut-off as late as its outcomes allow, and training cut-offs a quarter apart.

    Parameters
    ----------
    first_ordered_at
        The first order day of all accounts; a cut-off needs 180 days of history.
    as_of
        The last day that is known.
    reach
        Days after a cut-off until its outcomes are known.
    training_slices
        At most so many training cut-offs; fewer where the history is shorter.

    Returns
    -------
    CutOffs or Unknown
        Unknown where the history does not hold one training and one test window.

    Examples
    --------
    >>> import datetime as dt
    >>> cut_offs(dt.date(2022, 1, 1), dt.date(2023, 12, 31), reach=120, training_slices=2)
    CutOffs(test=datetime.date(2023, 9, 2), training=(datetime.date(2023, 2, 3), datetime.date(2023, 5, 5)))
    """
    test = as_of - dt.timedelta(days=reach)
    latest = test - dt.timedelta(days=reach)
    earliest = first_ordered_at + dt.timedelta(days=SHORTEST_HISTORY)
    room = (latest - earliest).days
    if room < 0:
        return Unknown(
            f"The history is too short to learn who leaves: it needs {SHORTEST_HISTORY + 2 * reach} days "
            f"({SHORTEST_HISTORY} to look back on and two windows of {reach}) and has "
            f"{(as_of - first_ordered_at).days}. Wait for more history, or choose silence over fewer days as "
            "what counts as lost.",
            "churn_history",
        )
    count = min(training_slices, room // QUARTER + 1)
    earlier = (latest - dt.timedelta(days=QUARTER * back) for back in range(count))
    return CutOffs(test, tuple(sorted(earlier)))
