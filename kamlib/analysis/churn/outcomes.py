"""Who could still be lost at a cut-off, and who was lost in the window after it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kamlib.analysis.churn.later import later_orders
from kamlib.analysis.snapshot import YEAR, account_table
from kamlib.errors import ParameterError, did_you_mean

DEFINITIONS = ("own_rhythm", "silence", "partial")
OWN_GAPS = 2
"""Silence of so many own median gaps is beyond the account's rhythm (the order-gap alert's rule)."""
SHORTEST_OWN_WINDOW = 30
"""Days: an account that orders every other day is not lost after four."""
SHORTEST_BASE = 180
"""Days since the first order before spend has a base rate to fall from."""


@dataclass(frozen=True)
class ChurnRule:
    """What "lost" means.

    Parameters
    ----------
    definition
        - `own_rhythm`: the account ordered on at least 3 days of the year to the cut-off; lost: it
          orders nothing for two of its own median gaps (at least 30 days, at most 365). Who is silent
          already is at risk too: of all accounts, those are the ones to call.
        - `silence`: it ordered less than 365 days before the cut-off; lost: it orders nothing for
          `horizon_days`.
        - `partial`: it ordered less than 365 days before, and for the first time at least 180 days
          before; lost: in `horizon_days` it spends less than `partial_share` of its own rate of the year.
    horizon_days
        Length of the window after the cut-off; `own_rhythm` has its own for each account.
    partial_share
        Between 0 and 1; for `partial` only.

    Raises
    ------
    ParameterError
        The definition is unknown, the horizon is not 1 to 365 days, or the share is not in 0 to 1.
    """

    definition: str = "own_rhythm"
    horizon_days: int = 120
    partial_share: float = 0.5

    def __post_init__(self) -> None:
        if self.definition not in DEFINITIONS:
            near = did_you_mean(self.definition, DEFINITIONS) or f"; there are {', '.join(DEFINITIONS)}"
            raise ParameterError(f"definition: there is no '{self.definition}'{near}")
        if not 1 <= self.horizon_days <= YEAR:
            raise ParameterError(f"horizon_days: give 1 to {YEAR} days, not {self.horizon_days}")
        if not 0 < self.partial_share <= 1:
            raise ParameterError(f"partial_share: give a share above 0, up to 1, not {self.partial_share}")


def risk_table(accounts: pd.DataFrame, rule: ChurnRule) -> pd.DataFrame:
    """Add to an account table who is at risk, why the others are not, and how long each window is.

    Parameters
    ----------
    accounts
        The account table as of the cut-off.
    rule
        What "lost" means.

    Returns
    -------
    DataFrame
        The same rows with `horizon_days` (empty where the account has no rhythm) and `left_out`: the
        reason why the account is not at risk, in words; "" where it is.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": ["a", "b"], "days_since_last_order": [10.0, 400.0]})
    >>> risk_table(accounts, ChurnRule("silence"))[["account_id", "horizon_days", "left_out"]]
      account_id  horizon_days                             left_out
    0          a         120.0
    1          b         120.0  no order for a year: gone before the cut-off
    """
    silent = accounts["days_since_last_order"]
    if rule.definition == "own_rhythm":
        gaps = accounts["median_gap_days"]
        horizon = np.ceil(OWN_GAPS * gaps).clip(SHORTEST_OWN_WINDOW, YEAR)
        reasons = {"fewer than 3 order days in the year: no rhythm to tell": gaps.isna()}
    else:
        horizon = pd.Series(float(rule.horizon_days), index=accounts.index)
        reasons = {"no order for a year: gone before the cut-off": silent >= YEAR}
    if rule.definition == "partial":
        reasons["first order less than 180 days ago: no base rate yet"] = (
            accounts["tenure_days"] < SHORTEST_BASE
        )
        reasons["returns ate up the year's sales: no base rate"] = accounts[f"net_revenue_{YEAR}"] <= 0
    reasons = {"no order, only returns": silent.isna(), **reasons}
    left_out = np.select(list(reasons.values()), list(reasons), default="")
    return accounts.assign(horizon_days=horizon, left_out=left_out)


def churn_outcomes(
    order_lines: Any, cut_off: dt.date, rule: ChurnRule, *, known_until: dt.date
) -> pd.DataFrame:
    """Return each account as it stood at a cut-off, and whether it was lost in its window after it.

    Parameters
    ----------
    order_lines
        Any table that Narwhals knows, with the canonical columns of `order_lines`.
    cut_off
        The last day that the account table may know.
    rule
        What "lost" means.
    known_until
        The last day that outcomes may know: `as_of`, or for training the cut-off of the test.

    Returns
    -------
    DataFrame
        The account table as of the cut-off, all accounts, with `horizon_days`, `window_end`, `left_out`
        ("" where the outcome is known; else why not) and `is_churned` (empty where left out).
    """
    risk = risk_table(account_table(order_lines, cut_off), rule)
    last_end = min(known_until, cut_off + dt.timedelta(days=_longest(risk)))
    later = later_orders(order_lines, cut_off, last_end)
    risk = risk.merge(later[["account_id", "next_ordered_at"]], on="account_id", how="left")
    risk["window_end"] = pd.Timestamp(cut_off) + pd.to_timedelta(risk["horizon_days"], unit="D")
    is_open = (risk["left_out"] == "") & (risk["window_end"] > pd.Timestamp(known_until))
    risk.loc[is_open, "left_out"] = "its window is still open"
    lost = ~(risk["next_ordered_at"] <= risk["window_end"])
    if rule.definition == "partial":
        lost = _spends_less(risk, later, rule)
    risk["is_churned"] = lost.astype("boolean").where(risk["left_out"] == "")
    return risk.drop(columns="next_ordered_at")


def with_known_outcome(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts of `churn_outcomes` whose outcome is known, `is_churned` as plain bool."""
    known = outcomes[outcomes["left_out"] == ""]
    return known.assign(is_churned=known["is_churned"].astype(bool)).reset_index(drop=True)


def _longest(risk: pd.DataFrame) -> int:
    longest = risk.loc[risk["left_out"] == "", "horizon_days"].max()
    return 1 if pd.isna(longest) else int(longest)


def _spends_less(risk: pd.DataFrame, later: pd.DataFrame, rule: ChurnRule) -> pd.Series:
    """Return which accounts spent less than a share of their own rate; one window for all."""
    base_per_day = risk[f"net_revenue_{YEAR}"] / risk["tenure_days"].clip(upper=YEAR)
    spent = risk["account_id"].map(later.set_index("account_id")["net_revenue"]).fillna(0.0)
    return spent < rule.partial_share * base_per_day * rule.horizon_days
