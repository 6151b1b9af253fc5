"""How often each alarm rang in the past, and how often it was right."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from kamlib.analysis.churn.outcomes import ChurnRule, churn_outcomes, with_known_outcome
from kamlib.analysis.churn.signals import SIGNALS, Records, ringing, signal_measures, untold_reasons
from kamlib.analysis.snapshot import YEAR
from kamlib.analysis.survey.estimator.design import SurveyDesign
from kamlib.analysis.survey.estimator.means import SurveyEstimate, estimate_columns
from kamlib.analysis.survey.estimator.proportions import share_estimate
from kamlib.estimate import Unknown

LEAST_RANG = 10
"""An alarm that rang at fewer different accounts has no past to trust."""


def alarm_history(
    order_lines: Any,
    days: Sequence[dt.date],
    records: Records,
    rule: ChurnRule,
    *,
    known_until: dt.date,
    least_revenue: float = 0.0,
) -> pd.DataFrame:
    """Return which alarms rang on earlier days, and whether the account was then lost.

    Parameters
    ----------
    order_lines
        Any table that Narwhals knows, with the canonical columns of `order_lines`.
    days
        To stand on; the alarms know nothing of what came later.
    records
        As in `signal_measures`.
    rule
        What "lost" means.
    known_until
        The last day that outcomes may know.
    least_revenue
        Accounts with less net revenue in the 365 days to the day are passed over.

    Returns
    -------
    DataFrame
        One row per day and account whose outcome is known: `day`, `account_id`, `is_churned`,
        `net_revenue_365`, and a column for each signal as in `ringing`.
    """
    parts = []
    for day in days:
        known = with_known_outcome(churn_outcomes(order_lines, day, rule, known_until=known_until))
        known = known[known[f"net_revenue_{YEAR}"] >= least_revenue]
        rings = ringing(signal_measures(order_lines, known, records, day))
        told = known[["account_id", "is_churned", f"net_revenue_{YEAR}"]].join(rings, on="account_id")
        parts.append(told.assign(day=pd.Timestamp(day)))
    columns = ["day", "account_id", "is_churned", f"net_revenue_{YEAR}", *SIGNALS]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def alarm_table(history: pd.DataFrame, records: Records) -> pd.DataFrame:
    """Return how often each alarm rang and was right, the one most often right first.

    Parameters
    ----------
    history
        `alarm_history`.
    records
        As in `signal_measures`: they say why an alarm cannot be told.

    Returns
    -------
    DataFrame
        One row per signal, equals as they stand in `SIGNALS`:

        - `signal`, `label`
        - `rang_count`, `right_count`: rows of the history; the same account may ring on several days
        - `hit_share`, `hit_share_low`, `hit_share_high`: right of those that rang, with the range that fits
          accounts that rang on several days (`share_estimate`); missing where fewer than 10 accounts rang,
          and `hit_share_note` says so; `hit_share_n`, different accounts that rang
        - `base_share`: lost among all rows of which the alarm could be told
        - `lift`, `lift_low`, `lift_high`: `hit_share` over `base_share`
        - `caught_share`: rang, of all rows lost of which it could be told
        - `verdict`: `trusted` (the range lies above the base share), `unproven`, `too few`, or `absent` (it
          could be told of no account)
    """
    untold = untold_reasons(records)
    # Names of accounts are told apart once, not once for each signal.
    history = history.assign(account_id=history["account_id"].factorize()[0])
    table = pd.DataFrame([_alarm(history, key, untold[key]) for key in SIGNALS])
    for end in ("", "_low", "_high"):
        table[f"lift{end}"] = table[f"hit_share{end}"] / table["base_share"]
    return table.sort_values("hit_share", ascending=False, kind="stable", ignore_index=True)


def _alarm(history: pd.DataFrame, key: str, untold: str) -> dict[str, Any]:
    told = history[history[key].notna()]
    rang = told[told[key].astype(bool)]
    lost, right = int(told["is_churned"].sum()), int(rang["is_churned"].sum())
    base = lost / len(told) if len(told) else math.nan
    found = _hit_share(rang) if len(told) else Unknown(untold)
    verdict = "too few" if len(told) else "absent"
    if not isinstance(found, Unknown):
        verdict = "trusted" if found.low > base else "unproven"
    counts = {"rang_count": len(rang), "right_count": right, "base_share": base}
    counts["caught_share"] = right / lost if lost else math.nan
    named = {"signal": key, "label": SIGNALS[key]["label"], "verdict": verdict}
    return named | counts | estimate_columns("hit_share", found)


def _hit_share(rang: pd.DataFrame) -> SurveyEstimate | Unknown:
    """Return the share that was right with its range: an account is heard again on another day, not anew."""
    rows = rang[["account_id"]].reset_index(drop=True)
    own = rows.groupby("account_id")["account_id"].transform("size").astype(float)
    if (accounts := rows["account_id"].nunique()) < LEAST_RANG:
        return Unknown(f"It rang at too few different accounts: {accounts}, and {LEAST_RANG} are needed.")
    rows = rows.assign(stratum="all", weight=1.0, stratum_accounts=np.inf, account_contacts=own)
    return share_estimate(SurveyDesign(rows), rang["is_churned"].astype(float).reset_index(drop=True))
