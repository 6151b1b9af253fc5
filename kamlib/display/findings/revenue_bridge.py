"""What to say of the sales that were kept, and of those that were not."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from kamlib.display import theme
from kamlib.display.findings.finding import Finding
from kamlib.display.findings.words import cells_with_range, finding_words, told_finding
from kamlib.estimate import Unknown

_SAID = finding_words(__file__)
_told = partial(told_finding, _SAID)
MOVE_LABELS = _SAID["labels"]
"""What the steps of a bridge are called."""


def kept_findings(
    rates: pd.DataFrame, bridge: pd.DataFrame, losses: pd.DataFrame, *, as_of: str, currency: str = ""
) -> list[Finding | Unknown]:
    """Return how much of last year's sales was kept, the answer first.

    Parameters
    ----------
    rates
        `retention_table` by pair of years, the last pair last.
    bridge
        `revenue_bridges` of the last pair.
    losses
        The moves of the last pair with `change` below zero, the largest loss first, with `name`.
    as_of, currency
        Data up to; ISO code.
    """
    common: dict[str, Any] = {"as_of": as_of, "currency": currency}
    if rates.empty or rates["to_period"].iloc[-1] != bridge["to_period"].iloc[0]:
        return [Unknown("There were no sales in the year before, so none could be kept.", "kept")]
    steps = bridge.set_index("step")
    amount, count = (
        steps[column].reindex([*MOVE_LABELS], fill_value=0) for column in ("amount", "account_count")
    )
    row, first = rates.iloc[-1], losses.head(3)
    words: dict[str, Any] = {
        "hundred": theme.number(100 * row["net_retention"]),
        "left_count": theme.counted(row["left_count"], "account"),
        "accounts": theme.number(row["account_count"]),
        **{move: theme.money(abs(amount[move]), currency) for move in MOVE_LABELS},
        "new_count": theme.counted(count["new"], "new account"),
        "back_count": theme.number(count["reactivated"]),
        "named": ", ".join(first["name"]),
        "loss": theme.money(-first["change"].sum(), currency),
    }
    is_next = len(rates) > 1 and rates["to_period"].iloc[-2] == row["from_period"]
    before = rates.iloc[-2] if is_next else {}
    change = float(row["revenue_now"] - row["revenue_before"])
    if pd.isna(row["net_retention"]):
        return [_told("too_few", words, acts=len(first) > 0, number=change, money_per_year=change, **common)]
    severity = "watch" if row["net_retention"] < 1 else "info"
    numbers = {"number": 100 * row["net_retention"], "money_per_year": change, "severity": severity}
    came = float(amount["new"] + amount["reactivated"])
    return [
        _told("kept", words, acts=len(first) > 0, **numbers, **common),
        *(_hundred(key, row, before, common) for key in ("net_retention", "gross_retention")),
        _told("left", words, **cells_with_range(row, "left_share"), n=int(row["account_count"]), **common),
        _told("came", words, number=came, **common),
    ]


def part_finding(parts: pd.DataFrame, *, as_of: str) -> Finding | Unknown:
    """Return which part of the customers left more often than the others, if one did beyond chance.

    Parameters
    ----------
    parts
        `part_table`.
    """
    if parts.empty:
        return Unknown("There were no accounts in the year before that could have left.", "parts")
    found = parts[parts["is_left_more"]].sort_values("left_share", ascending=False, kind="stable")
    if found.empty:
        return _told("no_part", {"cuts": ", ".join(parts["cut"].unique()).lower()}, as_of=as_of)
    row = found.iloc[0]
    words = {name: row[name] for name in ("part", "left_count", "account_count")} | {
        "cut": row["cut"].lower()
    }
    others = parts[(parts["cut"] == row["cut"]) & (parts["part"] != row["part"])]
    words["others"] = theme.share(others["left_count"].sum() / others["account_count"].sum())
    return _told(
        "part", words, **cells_with_range(row, "left_share"), n=int(row["account_count"]), as_of=as_of
    )


def _hundred(key: str, row: pd.Series, before: Any, common: dict[str, Any]) -> Finding:
    previous = before.get(key)
    if previous is None or pd.isna(previous):
        return _told(key, {}, number=100 * float(row[key]), previous_label="", **common)
    return _told(key, {}, number=100 * float(row[key]), previous=100 * float(previous), **common)
