"""What to say of who is leaving."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kamlib.display import theme
from kamlib.display.findings.finding import Finding
from kamlib.estimate import Unknown

LOST = {"own_rhythm": "leave", "silence": "leave", "partial": "buy far less"}
"""What an account does that counts as lost."""


def churn_findings(
    study: Any, called: Any, *, held: Any, hits: Any, loss: Any, currency: str = ""
) -> list[Finding | Unknown]:
    """Return the findings of the churn report, the answer first.

    Parameters
    ----------
    study
        `ChurnStudy`.
    called
        `CallList` of today.
    held, hits, loss
        `held_sales`, `hit_rate` and `expected_loss` of such a list.
    currency
        ISO code of money.
    """
    common = {"as_of": study.as_of.isoformat(), "currency": currency}
    test = study.slices[study.slices["part"] == "test"].iloc[0]
    return [
        _call_list(study, held, called, common),
        _loss_tile(loss, common),
        _hit_tile(hits, test, common),
        _test_tile(test, common),
        _scored_tile(study, common),
    ]


def _call_list(study: Any, held: Any, called: Any, common: dict[str, Any]) -> Finding | Unknown:
    if isinstance(held, Unknown):
        return held
    listed = held[held["ranking"] == "at_stake"]
    row = listed[listed["calls"] <= max(len(called.scores), listed["calls"].min())].iloc[-1]
    value, low, high = (theme.share(row[f"held_share{end}"], 0) for end in ("", "_low", "_high"))
    lost = LOST[study.rule.definition]
    leavers = f"about {theme.number(called.likely_leavers)}" if called.likely_leavers >= 1 else "hardly one"
    return Finding(
        key="call_list",
        kind="forecast",
        sentence=f"Call {theme.counted(len(called.scores), 'account')}, of which {leavers} will {lost}. "
        f"Tested on {theme.day(study.days.test)}, such a list of {row['calls']} held {value} of the sales "
        f"that were then lost (between {low} and {high}).",
        action="Call from the top of the list, the most sales at risk first.",
        evidence="calls",
        number=float(row["held_share"]),
        unit="share",
        low=float(row["held_share_low"]),
        high=float(row["held_share_high"]),
        n=int(study.slices.loc[study.slices["part"] == "test", "n"].iloc[0]),
        severity="watch",
        money_per_year=-called.revenue_at_risk,
        **common,
    )


def _loss_tile(loss: Any, common: dict[str, Any]) -> Finding | Unknown:
    if isinstance(loss, Unknown):
        return loss
    return Finding(
        key="expected_loss",
        kind="forecast",
        sentence="Yearly sales that go if accounts leave as likely as it looks today.",
        label="Sales at risk, all accounts",
        number=loss.value,
        unit="money",
        low=loss.low,
        high=loss.high,
        n=loss.n,
        good="lower",
        **common,
    )


def _hit_tile(hits: Any, test: pd.Series, common: dict[str, Any]) -> Finding:
    right = round(hits.value * hits.n)
    return Finding(
        key="hit_rate",
        kind="estimate",
        sentence=f"Of {hits.n} such calls on {theme.day(test['cut_off'])}, {right} were right.",
        label=f"Calls that were right, of {hits.n}",
        number=hits.value,
        unit="share",
        low=hits.low,
        high=hits.high,
        n=hits.n,
        previous_label=f"tested on {theme.day(test['cut_off'])}",
        **common,
    )


def _test_tile(test: pd.Series, common: dict[str, Any]) -> Finding:
    day = theme.day(test["cut_off"])
    return Finding(
        key="lost_last_window",
        kind="fact",
        sentence=f"Lost after {day}: {test['lost_count']:.0f} of {test['n']:,} accounts.",
        label=f"Lost after {day}",
        number=float(test["lost_count"]),
        unit="count",
        previous_label=f"of {test['n']:,} accounts at risk then",
        **common,
    )


def _scored_tile(study: Any, common: dict[str, Any]) -> Finding:
    left_out = int(study.slices.loc[study.slices["part"] == "today", "left_out_count"].iloc[0])
    return Finding(
        key="accounts_scored",
        kind="fact",
        sentence=f"{len(study.scores):,} accounts have a chance of leaving; {left_out:,} are left out.",
        label="Accounts looked at",
        number=float(len(study.scores)),
        unit="count",
        previous_label=f"{left_out:,} more are left out, with the reason below",
        **common,
    )


def rule_finding(study: Any) -> Finding:
    """Return what counts as lost in this report, and how often it happened."""
    days, part = f"{study.rule.horizon_days} days", theme.share(study.rule.partial_share, 0)
    words = {
        "own_rhythm": "it orders nothing for twice its usual gap between orders (at least 30 days)",
        "silence": f"it orders nothing for {days}",
        "partial": f"in {days} it spends less than {part} of its usual rate",
    }
    past = study.slices[study.slices["part"] != "today"]
    least, most = (theme.share(share, 0) for share in (past["lost_share"].min(), past["lost_share"].max()))
    return Finding(
        key="rule",
        kind="fact",
        sentence=f"An account counts as lost if {words[study.rule.definition]}. "
        f"After the days looked at, {least} to {most} of the accounts at risk were lost.",
        as_of=study.as_of.isoformat(),
    )
