"""What to say of concentration, and of this year against last."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kamlib.display import theme
from kamlib.display.findings.finding import Finding
from kamlib.estimate import Unknown


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
    return Finding(key="rule_80_20", kind="fact", sentence=verdict, as_of=as_of)


def single_account_finding(spread: Any, found: Any, *, as_of: str) -> Finding | Unknown:
    """Return how much the share of the top fifth hangs on single accounts."""
    if isinstance(spread, Unknown):
        return spread
    low, high = theme.share(spread.low), theme.share(spread.high)
    return Finding(
        key="single_accounts",
        kind="estimate",
        sentence=f"With other accounts of the same kind, the top fifth would bring between {low} and {high}. "
        f"The largest account alone is {theme.share(found.largest_share)} of sales.",
        number=spread.value,
        unit="share",
        low=spread.low,
        high=spread.high,
        n=spread.n,
        as_of=as_of,
    )


def large_customer_finding(customers: pd.DataFrame, *, as_of: str) -> Finding:
    """Return which customers bring a tenth of sales or more, companies of one group as one."""
    if customers.empty:
        sentence = "No customer brings a tenth of sales or more, companies of one group taken together."
    else:
        named = ", ".join(
            f"{row.name} ({theme.share(row.amount_share)}, {theme.counted(row.account_count, 'account')})"
            for row in customers.itertuples()
        )
        sentence = f"A tenth of sales or more comes from {named}."
    severity: Any = "info" if customers.empty else "watch"
    return Finding(
        key="large_customers",
        kind="fact",
        sentence=sentence,
        number=float(customers["amount_share"].sum()),
        unit="share",
        severity=severity,
        as_of=as_of,
    )


def _dependence(found: Any, recent: Any, common: dict[str, Any]) -> Finding:
    target = theme.share(found.target_share, 0)
    action, evidence = "", ""
    if not isinstance(recent, Unknown) and recent.accounts > 20:
        ten = theme.share(recent.largest_ten_share)
        action = (
            "Know the ten largest by name and give each an owner: "
            f"they bring {ten} of the last 12 months' sales."
        )
        evidence = "accounts"
    return Finding(
        key="dependence",
        kind="fact",
        sentence=f"A fifth of the accounts ({found.top_accounts:,} of {found.accounts:,}) brings "
        f"{theme.share(found.top_share)} of all sales to date; "
        f"{target} of sales takes {theme.counted(found.target_accounts, 'account')}.",
        action=action,
        evidence=evidence,
        number=found.top_share,
        unit="share",
        severity="watch" if found.largest_ten_share > 0.3 else "info",
        **common,
    )


def _lost_profit(years: pd.DataFrame, common: dict[str, Any]) -> Finding:
    now, before = years.iloc[0], years.iloc[1]
    growth = now["net_revenue"] / before["net_revenue"] - 1
    moved = f"{'grew' if growth > 0 else 'fell'} {theme.share(abs(growth), 0)}"
    sales, *profits = (
        theme.money(amount, common["currency"])
        for amount in (now["net_revenue"], before["gross_profit"], now["gross_profit"])
    )
    gone = "the profit is gone" if now["gross_profit"] < 0 else "profit fell by more than half"
    link = "yet" if growth > 0 else "and"
    counts = [f"{row['below_cost_count']:,} of {row['account_count']:,}" for row in (now, before)]
    return Finding(
        key="lost_profit",
        kind="fact",
        sentence=f"Sales {moved} to {sales}, {link} {gone}: "
        f"from {profits[0]} to {profits[1]} in twelve months.",
        action=f"Find out why {counts[0]} accounts are sold to below cost (last year {counts[1]})."
        if now["below_cost_count"]
        else "",
        evidence="below-cost" if now["below_cost_count"] else "",
        severity="act",
        money_per_year=float(now["gross_profit"] - before["gross_profit"]),
        **common,
    )


def _year_tiles(years: pd.DataFrame, common: dict[str, Any]) -> list[Finding]:
    now, before = years.iloc[0], years.iloc[1]
    tiles = [("sales", "Sales, 12 months", "net_revenue", "money")]
    if "gross_profit" in years:
        tiles.append(("gross_profit", "Gross profit, 12 months", "gross_profit", "money"))
    tiles.append(("active_accounts", "Accounts that ordered", "account_count", "count"))
    return [_tile(key, label, column, unit, now, before, common) for key, label, column, unit in tiles]


def _tile(
    key: str, label: str, column: str, unit: Any, now: pd.Series, before: pd.Series, common: dict[str, Any]
) -> Finding:
    return Finding(
        key=key,
        kind="fact",
        sentence=f"{label}: {theme.day(now['starts'])} to {theme.day(now['ends'])}.",
        label=label,
        number=float(now[column]),
        unit=unit,
        previous=float(before[column]),
        previous_label="the 12 months before",
        good="higher",
        severity="act" if unit == "money" and now[column] < 0 else "info",
        **common,
    )


def _share_tiles(found: Any, common: dict[str, Any]) -> list[Finding]:
    target = theme.share(found.target_share, 0)
    return [
        Finding(
            key="top_share",
            kind="fact",
            sentence=f"The largest {found.top_accounts:,} accounts bring {theme.share(found.top_share)}.",
            label=f"From the top fifth ({found.top_accounts:,})",
            number=found.top_share,
            unit="share",
            previous_label="of all sales to date",
            **common,
        ),
        Finding(
            key="target_accounts",
            kind="fact",
            sentence=f"{target} of sales takes {theme.counted(found.target_accounts, 'account')}.",
            label=f"Accounts for {target}",
            number=float(found.target_accounts),
            unit="count",
            previous_label=f"of {found.accounts:,}"
            + (f"; 80/20 would need {found.top_accounts:,}" if found.target_share == 0.8 else ""),
            **common,
        ),
    ]
