"""What to say of who is going quiet, and of the alarms that say so."""

from __future__ import annotations

from functools import partial
from typing import Any

from kamlib.display import theme
from kamlib.display.findings.finding import Finding
from kamlib.display.findings.words import cells_with_range, finding_words, told_finding, with_range
from kamlib.estimate import Unknown

_SAID = finding_words(__file__)
_told = partial(told_finding, _SAID)
VERDICTS = _SAID["verdicts"]


def early_warning_findings(
    warning: Any, called: Any, *, held: Any, hits: Any, currency: str = ""
) -> list[Finding]:
    """Return the findings of the early warning, the answer first.

    Parameters
    ----------
    warning
        `EarlyWarning`.
    called
        `CallList` of today.
    held, hits
        `list_record`.
    currency
        ISO code of money.
    """
    common = {"as_of": warning.as_of.isoformat(), "currency": currency}
    alarms, accounts = warning.alarms, warning.accounts
    trusted, quiet = alarms[alarms["verdict"] == "trusted"], accounts[accounts["probability"].notna()]
    sales, bought = (float(rows["net_revenue_365"].sum()) for rows in (quiet, accounts))
    words = {
        "accounts": len(accounts),
        "quiet": len(quiet),
        "are": "is" if len(quiet) == 1 else "are",
        "counted": theme.counted(len(quiet), "account"),
        "ringing": (accounts["reasons"] != "").sum(),
        "days": len(warning.slices),
        "day": theme.day(warning.days.test),
        "part": theme.share(sales / bought, 0) if bought > 0 else theme.MISSING,
        "usual": theme.share(warning.test["is_churned"].mean(), 0),
        "listed": getattr(hits, "n", 0),
    }
    if trusted.empty or quiet.empty:
        return [_told("none_trusted" if trusted.empty else "calm", words, **common)]
    best = trusted.iloc[0]
    said = {"lowered": best["label"].lower(), "base": theme.share(best["base_share"], 0), **best}
    return [
        _call_list(held, called, words, common),
        *([] if isinstance(hits, Unknown) else [_told("hit_rate", words, **with_range(hits), **common)]),
        _told("quiet_sales", words, number=sales, **common),
        _told("best", said, **cells_with_range(best, "hit_share"), n=int(best["rang_count"]), **common),
        _told("trusted", {"all": len(alarms)}, number=float(len(trusted)), **common),
    ]


def health_finding(warning: Any) -> Finding | Unknown:
    """Return whether the health score has a link to later losses.

    Parameters
    ----------
    warning
        `EarlyWarning`.
    """
    link = warning.link
    if isinstance(link, Unknown):
        return link
    words = {name: theme.share(getattr(link, name), 0) for name in ("value", "low", "high")}
    words["day"] = theme.day(warning.days.test)
    return _told("health" if link.low > 0.5 else "no_link", words, **with_range(link))


def _call_list(held: Any, called: Any, words: dict[str, Any], common: dict[str, Any]) -> Finding:
    calls = len(called.scores)
    words = words | {"calls": "them all" if calls == words["quiet"] > 1 else f"{calls} of them"}
    if isinstance(held, Unknown):
        return _told("untested", words, **common)
    rows = held[held["calls"] <= max(calls, held["calls"].min())].set_index("ranking")
    row, largest = rows.loc[["at_stake"]].iloc[-1], rows.loc[["largest"]].iloc[-1]
    told = cells_with_range(row, "held_share")
    words |= {part: theme.share(one, 0) for part, one in (told | {"largest": largest["held_share"]}).items()}
    words["listed"] = row["calls"]
    return _told("call_list", words, **told, money_per_year=-called.revenue_at_risk, **common)
