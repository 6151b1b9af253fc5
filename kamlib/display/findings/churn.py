"""What to say of who is leaving."""

from __future__ import annotations

from functools import partial
from typing import Any

from kamlib.display import theme
from kamlib.display.findings.finding import Finding
from kamlib.display.findings.words import cells_with_range, finding_words, told_finding, with_range
from kamlib.estimate import Unknown

_SAID = finding_words(__file__)
_told = partial(told_finding, _SAID)


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
    test, today = (study.slices[study.slices["part"] == part].iloc[0] for part in ("test", "today"))
    day, scored = theme.day(test["cut_off"]), len(study.scores)
    right = {"calls": hits.n, "day": day, "right": round(hits.value * hits.n)}
    lost = {"day": day, "lost": test["lost_count"], "accounts": test["n"]}
    looked_at = {"scored": scored, "left_out": int(today["left_out_count"])}
    return [
        held if isinstance(held, Unknown) else _call_list(study, held, called, int(test["n"]), common),
        loss if isinstance(loss, Unknown) else _told("expected_loss", {}, **with_range(loss), **common),
        _told("hit_rate", right, **with_range(hits), **common),
        _told("lost_last_window", lost, number=float(test["lost_count"]), **common),
        _told("accounts_scored", looked_at, number=float(scored), **common),
    ]


def leak_findings(suspects: list[str], study: Any) -> list[Finding]:
    """Return the warning that something knows the outcome, or nothing.

    Parameters
    ----------
    suspects
        Names of measures, as the function of that name in the analysis gives them.
    study
        `ChurnStudy`.
    """
    names = " and ".join(in_words(name) for name in suspects)
    return [_told("leak", {"names": names}, as_of=study.as_of.isoformat())] if suspects else []


def campaign_findings(ways: Any, study: Any, terms: Any, *, currency: str = "") -> list[Finding]:
    """Return what calls on the day of the test would have brought, or nothing: the picture says why.

    Parameters
    ----------
    ways
        `campaign_table`, or an `Unknown`.
    study, terms
        `ChurnStudy` and `CallTerms`.
    currency
        ISO code of money.
    """
    if isinstance(ways, Unknown):
        return []
    row = ways.set_index("ranking").loc[study.chosen]
    number = cells_with_range(row, "profit")
    words = {"calls": theme.number(row["calls"]), "day": theme.day(study.days.test)}
    words |= {"saved": theme.share(terms.saved_share, 0), "cost": theme.money(terms.call_cost, currency)}
    words["profit"] = theme.money(number["number"], currency)
    common = {"as_of": study.as_of.isoformat(), "currency": currency}
    return [_told("campaign", words, **number, n=len(study.test), **common)]


def rule_finding(study: Any) -> Finding:
    """Return what counts as lost in this report, and how often it happened."""
    rule, past = study.rule, study.slices[study.slices["part"] != "today"]["lost_share"]
    part = theme.share(rule.partial_share, 0)
    words = {"rule": _SAID["rules"][rule.definition].format(days=rule.horizon_days, part=part)}
    words |= {"least": theme.share(past.min(), 0), "most": theme.share(past.max(), 0)}
    return _told("rule", words, as_of=study.as_of.isoformat())


def definition_findings(study: Any, contracts: Any) -> list[Finding]:
    """Return `rule_finding` and, without contracts, that their end is no meaning of lost here.

    Parameters
    ----------
    study
        `ChurnStudy`.
    contracts
        The contracts table, or an `Unknown`.
    """
    unknown = [contracts] if isinstance(contracts, Unknown) else []
    return [rule_finding(study), *(_told("contract", {"reason": one.reason}) for one in unknown)]


def in_words(name: str) -> str:
    """Return what the page calls a measure or a definition.

    Examples
    --------
    >>> in_words("revenue_365")
    'sales, last 12 months'
    """
    return str(_SAID["names"].get(name, name.replace("_", " ")))


def _call_list(study: Any, held: Any, called: Any, tested: int, common: dict[str, Any]) -> Finding:
    listed = held[held["ranking"] == "at_stake"]
    row = listed[listed["calls"] <= max(len(called.scores), listed["calls"].min())].iloc[-1]
    number = cells_with_range(row, "held_share")
    leavers = f"about {theme.number(called.likely_leavers)}" if called.likely_leavers >= 1 else "hardly one"
    words: dict[str, Any] = {part: theme.share(one, 0) for part, one in number.items()} | {
        "accounts": theme.counted(len(called.scores), "account"),
        "leavers": leavers,
        "lost": _SAID["lost"][study.rule.definition],
        "day": theme.day(study.days.test),
        "calls": row["calls"],
    }
    return _told("call_list", words, **number, n=tested, money_per_year=-called.revenue_at_risk, **common)
