"""The meanings of "lost" side by side: who is lost by each of them, and how far they agree."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import combinations
from typing import Any

import pandas as pd
from sklearn.metrics import cohen_kappa_score

from kamlib.analysis.churn.outcomes import DEFINITIONS, ChurnRule, churn_outcomes
from kamlib.analysis.churn.slices import reach_days
from kamlib.analysis.lifetime.contracts import renewal_table
from kamlib.analysis.snapshot import account_table
from kamlib.estimate import Unknown

CONTRACT = "contract"


def definition_outcomes(
    order_lines: Any, contracts: pd.DataFrame | Unknown, rule: ChurnRule, *, cut_off: dt.date, as_of: dt.date
) -> pd.DataFrame:
    """Return who was lost after one day by each definition.

    Parameters
    ----------
    order_lines
        Any table that Narwhals knows, with the canonical columns of `order_lines`.
    contracts
        The contracts table, or an `Unknown` where the source does not have it.
    rule
        For its horizon and its share.
    cut_off, as_of
        The day, and the last that is known; where outcomes are known later only, an earlier day is taken.

    Returns
    -------
    DataFrame
        One row per account, one column per definition: `own_rhythm`, `silence`, `partial` and, with
        contracts, `contract` (`contract_outcomes`); true, false, or empty where that definition cannot tell.
    """
    today = account_table(order_lines, as_of)
    rules = {name: replace(rule, definition=name) for name in DEFINITIONS}
    day = min(cut_off, as_of - dt.timedelta(max(reach_days(today, one) for one in rules.values())))
    said = {}
    for name, one in rules.items():
        found = churn_outcomes(order_lines, day, one, known_until=as_of)
        said[name] = found.set_index("account_id")["is_churned"]
    if not isinstance(contracts, Unknown):
        said[CONTRACT] = contract_outcomes(contracts, day, rule.horizon_days)
    return pd.DataFrame(said)


def contract_outcomes(contracts: pd.DataFrame, cut_off: dt.date, horizon_days: int) -> pd.Series:
    """Return whose last contract ended in the days after one day and was not renewed by then.

    Examples
    --------
    >>> days = {"started_at": ["2023-01-01"] * 2, "ends_at": ["2024-02-01", "2024-12-31"]}
    >>> contracts = pd.DataFrame({"account_id": ["a", "b"]} | {n: pd.to_datetime(d) for n, d in days.items()})
    >>> contract_outcomes(contracts, dt.date(2024, 1, 1), 120).to_dict()
    {'a': True, 'b': False}
    """
    ends = (cut_off, cut_off + dt.timedelta(horizon_days))
    before, after = (renewal_table(contracts, end).set_index("account_id")["is_lost"] for end in ends)
    return after.reindex(before.index[~before]).astype("boolean")


def definition_table(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return how many accounts each definition can tell of, and how many it calls lost.

    Parameters
    ----------
    outcomes
        `definition_outcomes`.

    Returns
    -------
    DataFrame
        One row per definition: `definition`, `n`, `lost_count`, `lost_share` (empty where n is 0).

    Examples
    --------
    >>> definition_table(pd.DataFrame({"silence": pd.array([True, False, None], dtype="boolean")}))
      definition  n  lost_count  lost_share
    0    silence  2           1         0.5
    """
    counts = outcomes.agg(["count", "sum"]).T.astype(int).set_axis(["n", "lost_count"], axis=1)
    counts["lost_share"] = counts["lost_count"] / counts["n"].where(counts["n"] > 0)
    return counts.rename_axis("definition").reset_index()


def agreement_table(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return how far each two definitions agree, over the accounts of which both can tell.

    Parameters
    ----------
    outcomes
        `definition_outcomes`.

    Returns
    -------
    DataFrame
        One row per pair: `one`, `other`, `n`, `both` (lost by both), `one_only`, `other_only`,
        `same_share` (the same verdict), `kappa` (Cohen's: 1 is the same, 0 what chance gives; empty where
        both say the same of every account, whatever it is).
    """
    rows = []
    for one, other in combinations(outcomes, 2):
        known = outcomes[[one, other]].dropna().astype(bool)
        a, b = known[one], known[other]
        differ = pd.concat([a, b]).nunique() == 2
        kappa = cohen_kappa_score(a, b) if differ else float("nan")
        counts = [(a & b).sum(), (a & ~b).sum(), (~a & b).sum()]
        rows.append((one, other, len(known), *counts, (a == b).mean(), kappa))
    columns = ["one", "other", "n", "both", "one_only", "other_only", "same_share", "kappa"]
    return pd.DataFrame(rows, columns=columns)
