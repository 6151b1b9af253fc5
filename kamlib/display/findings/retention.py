"""What to say of what keeping customers is worth."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from kamlib.display import theme
from kamlib.display.findings.finding import Finding
from kamlib.display.findings.words import cells_with_range, finding_words, told_finding, with_range
from kamlib.estimate import Unknown

_SAID = finding_words(__file__)
_told = partial(told_finding, _SAID)


def retention_findings(
    points: Any, kept: Any, *, total: Any, years: int, tested: Any, as_of: str, currency: str = ""
) -> list[Finding | Unknown]:
    """Return the findings of the report, the answer first.

    Parameters
    ----------
    points, kept
        `worth_of_points` and `retention_by_tier`.
    total, years
        `total_value`, and how far ahead it looks.
    tested
        `tracking_table`.
    as_of, currency
        Data up to, ISO code of money.
    """
    common = {"as_of": as_of, "currency": currency}
    found = [_point(points, kept, common), _kept(kept, common)]
    found += [_total(total, years, tested, common), _missed(tested, common)]
    # One reason may stand behind several parts: it is said once.
    return list({getattr(one, "reason", one): one for one in found}.values())


def five_points_finding(rise: Any, kept: Any, *, discount_rate: float, as_of: str) -> Finding | Unknown:
    """Return by how much five points more would raise what a customer is worth."""
    if isinstance(rise, Unknown):
        return rise
    share = kept.loc[kept["tier"] == "All", "kept_share"].iloc[0]
    words = {"kept": theme.share(share), "more": theme.share(min(share + 0.05, 1.0))}
    words |= {"rise": theme.share(rise.value), "low": theme.share(rise.low), "high": theme.share(rise.high)}
    words["rate"] = theme.share(discount_rate)
    return _told("five_points", words, **with_range(rise), as_of=as_of)


def model_finding(forecast: Any, *, as_of: str) -> Finding | Unknown:
    """Return which model of the orders was chosen, and by which rule."""
    if isinstance(forecast, Unknown):
        return forecast
    return _told("model", {"model": forecast.name}, as_of=as_of)


def _point(points: Any, kept: Any, common: dict[str, Any]) -> Finding | Unknown:
    if isinstance(points, Unknown):
        return points
    currency = common["currency"]
    one = points[points["points"] == 1].set_index("tier")
    number = cells_with_range(one.loc["All"], "worth")
    worth = number["number"]
    sign, most = -1 if worth < 0 else 1, max(map(abs, number.values()))
    told = zip(("worth", *("low", "high")[::sign]), number.values(), strict=True)
    words = {name: theme.money(sign * one, currency, beside=most) for name, one in told}
    tiers = one.drop(index="All")["worth"].sort_values(ascending=worth < 0)
    tier = str(tiers.index[0]) if len(tiers) else "All"
    row = kept.set_index("tier").loc[tier]
    words |= {"tier": tier, "accounts": theme.counted(row["account_count"], "account")}
    words["profit"] = theme.money(row["gross_profit"], currency)
    if worth < 0:
        return _told("point_costs", words, **number, acts=len(tiers) > 0, **common)
    words["part"] = theme.share(tiers.iloc[0] / worth, 0) if len(tiers) and worth else ""
    return _told("point", words, **number, acts=len(tiers) > 0 and worth > 0, **common)


def _kept(kept: Any, common: dict[str, Any]) -> Finding | Unknown:
    if isinstance(kept, Unknown):
        return kept
    row = kept[kept["tier"] == "All"].iloc[0]
    if pd.isna(row["kept_share"]):
        return Unknown(f"Too few to tell how many customers are kept: {row['n']} last year.", "kept")
    words = {"kept": row["kept_count"], "n": row["n"]}
    return _told("kept", words, **cells_with_range(row, "kept_share"), n=int(row["n"]), **common)


def _total(total: Any, years: int, tested: Any, common: dict[str, Any]) -> Finding | Unknown:
    if isinstance(total, Unknown):
        return total
    doubt = "; not yet held against what came" if isinstance(tested, Unknown) else ""
    words = {"years": theme.counted(years, "year"), "n": total.n, "doubt": doubt}
    severity = "act" if total.value < 0 else "info"
    return _told("total", words, **with_range(total), severity=severity, **common)


def _missed(tested: Any, common: dict[str, Any]) -> Finding | Unknown:
    if isinstance(tested, Unknown):
        return tested
    last = tested.iloc[-1]
    off = 1 - last["orders"] / last["expected"]
    verdict = "below" if last["orders"] < last["expected_low"] else "inside"
    verdict = "above" if last["orders"] > last["expected_high"] else verdict
    words = {name: theme.number(last[name]) for name in ("expected", "orders")}
    words |= {"day": theme.day(tested["day"].iloc[0]), "verdict": _SAID["verdicts"][verdict]}
    severity = "info" if verdict == "inside" else "watch"
    return _told("missed", words, number=float(abs(off)), severity=severity, **common)
