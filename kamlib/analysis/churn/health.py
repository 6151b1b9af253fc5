"""A health score from the alarms that were right before, and whether it has a link to later losses."""

from __future__ import annotations

import pandas as pd
from sklearn.isotonic import IsotonicRegression

from kamlib.analysis.churn.evaluation import auc_interval
from kamlib.estimate import Estimate, Unknown

FULL = 100.0
LEAST_LOST = 10


def alarm_points(alarms: pd.DataFrame) -> pd.Series:
    """Return how many points of health each trusted alarm takes away.

    As many as, of a hundred accounts at which it rang, more were lost than usual: `hit_share` less
    `base_share`, times 100. Alarms that are not trusted take nothing, and do not stand here.

    Parameters
    ----------
    alarms
        `alarm_table`.

    Returns
    -------
    Series
        Points by signal, most first; empty where no alarm is trusted.

    Examples
    --------
    >>> alarms = pd.DataFrame({"signal": ["a", "b", "c"], "verdict": ["trusted", "trusted", "unproven"],
    ...                        "hit_share": [0.5, 0.3, 0.9], "base_share": [0.2, 0.2, 0.2]})
    >>> alarm_points(alarms).round(6).to_dict()
    {'a': 30.0, 'b': 10.0}
    """
    trusted = alarms[alarms["verdict"] == "trusted"].set_index("signal")
    excess = trusted["hit_share"] - trusted["base_share"]
    return (FULL * excess).rename("points").sort_values(ascending=False, kind="stable")


def point_table(rings: pd.DataFrame, points: pd.Series) -> pd.DataFrame:
    """Return the points that each alarm takes from each account: `health` is 100 less their sum, 0 at least.

    Parameters
    ----------
    rings
        `ringing`, one row per account.
    points
        `alarm_points`.

    Returns
    -------
    DataFrame
        The rows of `rings`; a column for each signal that has points (0 where it does not ring or cannot be
        told), and `health`, 0 to 100.
    """
    taken = rings[list(points.index)].fillna(value=False).astype(float) * points
    return taken.assign(health=(FULL - taken.sum(axis=1)).clip(0, FULL))


def loss_rate(health: pd.Series, past_health: pd.Series, lost: pd.Series) -> pd.Series:
    """Return which share of the accounts of such health was lost before; missing at full health.

    Shares never rise with health: neighbouring levels that say otherwise are taken together (isotonic
    regression, Barlow et al. 1972).

    Parameters
    ----------
    health
        Of the accounts asked for.
    past_health, lost
        Of the accounts on earlier days, and whether each was then lost; one or more.

    Examples
    --------
    >>> past = pd.Series([100.0, 100.0, 60.0, 60.0, 20.0])
    >>> loss_rate(pd.Series([100.0, 60.0, 10.0]), past, pd.Series([False, True, False, True, True])).tolist()
    [nan, 0.5, 1.0]
    """
    fitted = IsotonicRegression(increasing=False, out_of_bounds="clip").fit(past_health, lost)
    return pd.Series(fitted.predict(health), index=health.index).where(health < FULL)


def health_link(lost: pd.Series, health: pd.Series) -> Estimate | Unknown:
    """Return the chance that of two accounts, one lost and one kept, the lost one had the lower health.

    Parameters
    ----------
    lost, health
        By account; on a day from which the points were not learned.

    Returns
    -------
    Estimate or Unknown
        `auc_interval`; a low end above one half is a proven link. Unknown where fewer than 10 were lost or
        kept.
    """
    least = int(min(lost.sum(), (~lost).sum()))
    if least < LEAST_LOST:
        return Unknown(
            f"Whether the health score has a link to later losses cannot be told: {int(lost.sum())} lost and "
            f"{int((~lost).sum())} kept, and {LEAST_LOST} of each are needed.",
            "health_link",
        )
    value, low, high = auc_interval(lost, FULL - health)
    return Estimate(value, low, high, len(lost), "DeLong")
