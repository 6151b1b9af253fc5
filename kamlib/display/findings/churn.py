"""What to say of who is leaving."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kamlib.display import theme
from kamlib.display.findings.finding import Finding
from kamlib.estimate import Unknown


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
        _call_list(held, called, common),
        _loss_tile(loss, common),
        _hit_tile(hits, test, common),
        _test_tile(test, common),
        _scored_tile(study, common),
    ]


def _call_list(held: Any, called: Any, common: dict[str, Any]) -> Finding | Unknown:
    if isinstance(held, Unknown):
        return held
    value, low, high = (theme.share(part, 0) for part in (held.value, held.low, held.high))
    leavers = f"about {theme.number(called.likely_leavers)}" if called.likely_leavers >= 1 else "hardly one"
    return Finding(
        key="call_list",
        kind="forecast",
        sentence=f"Call {len(called.scores):,} accounts, of which {leavers} will leave. In the past, "
        f"a list of this length held {value} of the sales that then left us (between {low} and {high}).",
        action="Call from the top of the list, the most sales at risk first.",
        evidence="calls",
        number=held.value,
        unit="share",
        low=held.low,
        high=held.high,
        n=held.n,
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
        label="Yearly sales at risk",
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
        sentence=f"Of the first {hits.n} on the list of {theme.day(test['cut_off'])}, {right} left.",
        label=f"Really left, of {hits.n} on the last list",
        number=hits.value,
        unit="share",
        low=hits.low,
        high=hits.high,
        n=hits.n,
        previous_label=f"list of {theme.day(test['cut_off'])}",
        **common,
    )


def _test_tile(test: pd.Series, common: dict[str, Any]) -> Finding:
    day = theme.day(test["cut_off"])
    return Finding(
        key="lost_last_window",
        kind="fact",
        sentence=f"Lost after {day}: {test['lost_count']:.0f} of {test['n']:,} accounts.",
        label="Lost since the last list",
        number=float(test["lost_count"]),
        unit="count",
        previous_label=f"of {test['n']:,} accounts, after {day}",
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
        previous_label=f"{left_out:,} more are left out, see below",
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
