"""What to say of concentration, and of this year against last."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from kamlib.display import theme
from kamlib.display.findings.finding import Finding
from kamlib.display.findings.words import finding_words, told_finding, with_range
from kamlib.estimate import Unknown

_told = partial(told_finding, finding_words(__file__))
_YEAR_TILES = {"sales": "net_revenue", "gross_profit": "gross_profit", "active_accounts": "account_count"}


def concentration_findings(
    found: Any,
    years: pd.DataFrame | Unknown,
    *,
    recent: Any,
    lost_profit: bool = False,
    as_of: str,
    currency: str = "",
) -> list[Finding | Unknown]:
    """Return the findings of the concentration report, the one that matters most first.

    Parameters
    ----------
    found
        `Concentration` of net revenue, or an `Unknown`.
    years
        `year_table`, or an `Unknown`.
    recent
        `Concentration` of the last 12 months, or an `Unknown`.
    lost_profit
        `has_lost_profit`.
    as_of, currency
        Data up to; ISO code.
    """
    if isinstance(found, Unknown):
        return [found]
    common = {"as_of": as_of, "currency": currency}
    said: list[Finding | Unknown] = [_dependence(found, recent, common)]
    if isinstance(years, Unknown):
        return [*said, *_share_tiles(found, common), years]
    if lost_profit:
        said.insert(0, _lost_profit(years, common))
    return [*said, *_year_tiles(years, common), *_share_tiles(found, common)]


def rule_of_80_20(found: Any, *, as_of: str) -> Finding | Unknown:
    """Return whether 80/20 holds here, in words."""
    if isinstance(found, Unknown):
        return found
    share, top = theme.share(found.top_share), f"the top fifth ({found.top_accounts:,})"
    if abs(found.top_share - 0.8) < 0.03:
        verdict = f"The 80/20 rule about holds: {top} brings {share}."
    else:
        verdict = f"The 80/20 rule does not hold here: {top} brings {share}, not 80%."
    if found.target_accounts != found.top_accounts:
        target, part = theme.share(found.target_share, 0), theme.share(found.target_accounts / found.accounts)
        verdict += f" {target} takes {found.target_accounts:,} of {found.accounts:,} accounts ({part})."
    return _told("rule_80_20", {"verdict": verdict}, as_of=as_of)


def single_account_finding(spread: Any, found: Any, *, as_of: str) -> Finding | Unknown:
    """Return how much the share of the top fifth hangs on single accounts."""
    if isinstance(spread, Unknown):
        return spread
    shares = {"low": spread.low, "high": spread.high, "largest": found.largest_share}
    words = {name: theme.share(part) for name, part in shares.items()}
    return _told("single_accounts", words, **with_range(spread), as_of=as_of)


def large_customer_finding(customers: pd.DataFrame, *, as_of: str) -> Finding:
    """Return which customers bring a tenth of sales or more, companies of one group as one."""
    if customers.empty:
        return _told("no_large_customers", {}, number=0.0, as_of=as_of)
    named = ", ".join(
        f"{row.name} ({theme.share(row.amount_share)}, {theme.counted(row.account_count, 'account')})"
        for row in customers.itertuples()
    )
    total = float(customers["amount_share"].sum())
    return _told("large_customers", {"named": named}, number=total, as_of=as_of)


def _dependence(found: Any, recent: Any, common: dict[str, Any]) -> Finding:
    acts = not isinstance(recent, Unknown) and recent.accounts > 20
    words = _shares(found) | {"ten_share": theme.share(recent.largest_ten_share) if acts else ""}
    severity = "watch" if found.largest_ten_share > 0.3 else "info"
    return _told("dependence", words, acts=acts, number=found.top_share, severity=severity, **common)


def _shares(found: Any) -> dict[str, Any]:
    return {
        "accounts": found.accounts,
        "top": found.top_accounts,
        "top_share": theme.share(found.top_share),
        "target": theme.share(found.target_share, 0),
        "target_accounts": theme.counted(found.target_accounts, "account"),
    }


def _lost_profit(years: pd.DataFrame, common: dict[str, Any]) -> Finding:
    now, before = years.iloc[0], years.iloc[1]
    growth = now["net_revenue"] / before["net_revenue"] - 1
    below_cost = [f"{row['below_cost_count']:,} of {row['account_count']:,}" for row in (now, before)]
    words = {
        "moved": f"{'grew' if growth > 0 else 'fell'} {theme.share(abs(growth), 0)}",
        "sales": theme.money(now["net_revenue"], common["currency"]),
        "link": "yet" if growth > 0 else "and",
        "gone": "the profit is gone" if now["gross_profit"] < 0 else "profit fell by more than half",
        "profit_before": theme.money(before["gross_profit"], common["currency"]),
        "profit": theme.money(now["gross_profit"], common["currency"]),
        "below_cost": below_cost[0],
        "below_cost_before": below_cost[1],
    }
    lost = float(now["gross_profit"] - before["gross_profit"])
    return _told("lost_profit", words, acts=bool(now["below_cost_count"]), money_per_year=lost, **common)


def _year_tiles(years: pd.DataFrame, common: dict[str, Any]) -> list[Finding]:
    now, before = years.iloc[0], years.iloc[1]
    words = {"starts": theme.day(now["starts"]), "ends": theme.day(now["ends"])}
    tiles = []
    for key, column in _YEAR_TILES.items():
        if column in years:
            number, previous = float(now[column]), float(before[column])
            severity = "act" if number < 0 else "info"
            tiles.append(_told(key, words, number=number, previous=previous, severity=severity, **common))
    return tiles


def _share_tiles(found: Any, common: dict[str, Any]) -> list[Finding]:
    rule = f"; 80/20 would need {found.top_accounts:,}" if found.target_share == 0.8 else ""
    words = _shares(found) | {"rule": rule}
    return [
        _told("top_share", words, number=found.top_share, **common),
        _told("target_accounts", words, number=float(found.target_accounts), **common),
    ]
