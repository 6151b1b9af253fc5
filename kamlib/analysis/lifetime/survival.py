"""How long accounts stay, by the tier they had on the day the watch began."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import proportion_confint

from kamlib.analysis.snapshot import YEAR, account_table
from kamlib.analysis.tiers import abc_tier
from kamlib.errors import ParameterError
from kamlib.estimate import Unknown

FEWEST = 10
"""Accounts of a tier below which it has no curve of its own."""
SHORTEST = 180
LONGEST = 3 * YEAR
ALL = "All"


def survival_curve(time: Any, is_lost: Any) -> pd.DataFrame:
    """Return which share is still there after each span of time.

    Parameters
    ----------
    time
        How long each one was seen.
    is_lost
        Was it lost then? Else it was still there when the watch ended.

    Returns
    -------
    DataFrame
        One row per time at which one was lost, after a row of the start: `time`, `at_risk` (seen until then
        or longer), `lost_count`, `survival`, `survival_low`, `survival_high` (Wilson on the number of
        accounts that Greenwood's variance is worth, 95 %).

    Notes
    -----
    Kaplan & Meier (1958), Journal of the American Statistical Association 53, 457–481.

    Examples
    --------
    >>> survival_curve([1, 2, 2, 3], [True, True, False, False])[["time", "at_risk", "survival"]]
       time  at_risk  survival
    0   0.0      4.0      1.00
    1   1.0      4.0      0.75
    2   2.0      3.0      0.50
    """
    found = SurvfuncRight(np.asarray(time, dtype=float), np.asarray(is_lost, dtype=int))
    columns = (found.surv_times, found.n_risk, found.n_events, found.surv_prob, found.surv_prob_se)
    table = pd.DataFrame(dict(zip(["time", "at_risk", "lost_count", "survival", "se"], columns, strict=True)))
    begins = pd.DataFrame({"time": [0.0], "at_risk": [float(len(found.time))], "lost_count": [0.0]})
    table = pd.concat(
        [begins.assign(survival=1.0, se=0.0), table[table["lost_count"] > 0]], ignore_index=True
    )
    share, se = table["survival"], table.pop("se")
    worth = (share * (1 - share) / (se**2).where(se > 0)).fillna(table["at_risk"])
    low, high = proportion_confint(share * worth, worth, method="wilson")
    return table.assign(survival_low=np.minimum(low, share), survival_high=np.maximum(high, share))


def watched_accounts(
    order_lines: Any, as_of: dt.date, *, first: dt.date, lost_after: int
) -> pd.DataFrame | Unknown:
    """Return how long accounts stayed, with the tier they had when the watch began.

    The tier is that of the first day: by a later one, those who left would stand among the small.

    Parameters
    ----------
    order_lines
        Any table that Narwhals knows, with the canonical columns of `order_lines`.
    as_of, first
        The last day that counts, and the first order day of the source.
    lost_after
        An account is lost on the day of its last order once it has been silent for so many days. So the
        watch ends so many days before `as_of`; it begins a year after the first order day, and not more than
        three years before it ends. Who is lost before it begins is not watched.

    Returns
    -------
    DataFrame or Unknown
        One row per account with a tier on the first day: `account_id`, `tier`, `begins` (that day), `days`
        (to its last order if it is lost, else to the end of the watch), `is_lost`. Unknown where the watch
        lasts less than half a year, or has fewer than ten accounts.

    Raises
    ------
    ParameterError
        The days are fewer than 30.
    """
    if lost_after < 30:
        raise ParameterError(f"lost_after_days: give 30 days or more, not {lost_after}")
    ends = as_of - dt.timedelta(lost_after)
    begins = max(first + dt.timedelta(YEAR - 1), ends - dt.timedelta(LONGEST))
    if (ends - begins).days < SHORTEST:
        return Unknown(
            f"How long accounts stay cannot be told: that takes {YEAR + SHORTEST + lost_after} days of data, "
            f"and there are {(as_of - first).days + 1}.",
            "survival",
        )
    then = account_table(order_lines, begins).set_index("account_id")
    tier = abc_tier(then[f"net_revenue_{YEAR}"]).dropna()
    now = account_table(order_lines, as_of).set_index("account_id").loc[tier.index]
    lost = now["days_since_last_order"] >= lost_after
    days = (now["last_ordered_at"] - pd.Timestamp(begins)).dt.days.where(lost, (ends - begins).days)
    table = pd.DataFrame({"tier": tier, "begins": pd.Timestamp(begins), "days": days, "is_lost": lost})
    table = table[table["days"] > 0].reset_index()
    if len(table) < FEWEST:
        return Unknown(f"Too few to tell how long accounts stay: {len(table)} were watched.", "survival")
    return table


def tier_curves(accounts: pd.DataFrame | Unknown) -> pd.DataFrame | Unknown:
    """Return the curves of the tiers with ten accounts or more; of all accounts where none has.

    Parameters
    ----------
    accounts
        `watched_accounts`; an `Unknown` is returned as it is.

    Returns
    -------
    DataFrame or Unknown
        `survival_curve` of each tier below one another, with `tier` (`All` where no tier has ten).
    """
    if isinstance(accounts, Unknown):
        return accounts
    curves = [
        survival_curve(rows["days"], rows["is_lost"]).assign(tier=tier) for tier, rows in _groups(accounts)
    ]
    return pd.concat(curves, ignore_index=True)


def at_risk_table(accounts: pd.DataFrame | Unknown) -> pd.DataFrame | Unknown:
    """Return how many accounts of each tier were still watched, and which share was there, year by year.

    Parameters
    ----------
    accounts
        See `tier_curves`.

    Returns
    -------
    DataFrame or Unknown
        One row per tier and time, from the start to the end of the watch (half years where it is shorter than
        two): `tier`, `day`, `months`, `at_risk` (neither lost before nor out of sight), `survival`,
        `survival_low`, `survival_high`.
    """
    if isinstance(accounts, Unknown):
        return accounts
    end, columns = accounts["days"].max(), ["survival", "survival_low", "survival_high"]
    step = YEAR if end >= 2 * YEAR else YEAR / 2
    times = [*np.arange(0, end - YEAR / 12, step), end]
    rows = []
    for tier, group in _groups(accounts):
        curve = survival_curve(group["days"], group["is_lost"])
        for at in times:
            day = group["begins"].iloc[0] + pd.Timedelta(days=int(at))
            row = curve[curve["time"] <= at].iloc[-1]
            rows.append((tier, day, at / YEAR * 12, int((group["days"] >= at).sum()), *row[columns]))
    return pd.DataFrame(rows, columns=["tier", "day", "months", "at_risk", *columns])


def _groups(accounts: pd.DataFrame) -> Any:
    sizes = accounts["tier"].value_counts()
    large = accounts[accounts["tier"].isin(sizes.index[sizes >= FEWEST])]
    return (accounts.assign(tier=ALL) if large.empty else large).groupby("tier")
