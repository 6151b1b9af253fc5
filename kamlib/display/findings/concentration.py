"""What to say of concentration, and of this year against last."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from kamlib.display import theme
from kamlib.display.findings.finding import Finding
from kamlib.display.findings.words import finding_words, told_finding, with_range
from kamlib.display.notes import Remark
from kamlib.estimate import Unknown

_WORDS = finding_words(__file__)
_told = partial(told_finding, _WORDS)
_YEAR_TILES = {"sales": "net_revenue", "gross_profit": "gross_profit", "active_accounts": "account_count"}


FEW = 10
"""Of fewer accounts, whether a fifth brings most says nothing."""
LARGE = 0.1
"""A customer with this part of sales comes before all that can be said of the many."""


def concentration_findings(
    found: Any,
    years: pd.DataFrame | Unknown,
    loss: pd.DataFrame | Unknown,
    targets: pd.DataFrame | Unknown,
    *,
    recent: Any,
    lost_profit: bool = False,
    profit_compares: bool = True,
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
    loss
        `loss_table` of the last 12 months, or an `Unknown`.
    targets
        `target_table`, or an `Unknown`.
    recent
        `Concentration` of the last 12 months, or an `Unknown`.
    lost_profit
        `has_lost_profit`.
    profit_compares
        Whether this year's gross profit may stand beside last year's: `comparable_profit` is no `Unknown`.
    as_of, currency
        Data up to; ISO code.
    """
    if isinstance(found, Unknown):
        return [found]
    common = {"as_of": as_of, "currency": currency}
    said: list[Finding | Unknown] = [_dependence(found, recent, common)]
    if not isinstance(loss, Unknown) and loss["net_revenue_share"].iloc[1] <= 1 - LARGE + 1e-12:
        said.insert(0, _loss(loss, common))
    if isinstance(years, Unknown):
        return [*said, *_share_tiles(found, targets, common), years]
    if lost_profit:
        said.insert(0, _lost_profit(years, common))
    return [*said, *_year_tiles(years, common, profit_compares), *_share_tiles(found, targets, common)]


def rule_of_80_20(found: Any, *, as_of: str) -> Finding | Unknown:
    """Return whether 80/20 holds here, in words."""
    if isinstance(found, Unknown):
        return found
    if found.accounts < FEW:
        said = theme.counted(found.accounts, "account")
        return Unknown(f"Too few to tell whether 80/20 holds: {said}.", "rule_80_20")
    share, top = theme.share(found.top_share), f"the top fifth ({found.top_accounts:,})"
    if abs(found.top_share - 0.8) < 0.03:
        verdict = f"The 80/20 rule about holds: {top} brings {share}."
    else:
        verdict = (
            f"The 80/20 rule does not hold here: {top} brings {share}{_rest(found.top_share) or ', not 80%'}."
        )
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


def fixed_cost_finding(loss: pd.DataFrame | Unknown, *, as_of: str) -> Finding | Unknown | Remark:
    """Return how many of the largest customers could leave before the fixed costs are no longer paid.

    Parameters
    ----------
    loss
        `loss_table`; where it is an `Unknown`, nothing is said: the table beside it says why.
    as_of
        Data up to.
    """
    if isinstance(loss, Unknown):
        return Remark("")
    if "fixed_cost_cover" not in loss:
        return _cannot("fixed_costs" if "gross_profit" in loss else "costs")
    cover = loss["fixed_cost_cover"]
    if cover.isna().all():
        return _cannot("days_held")
    count = int(loss["customers_gone"][cover < 1].iloc[0])
    words = {"cover": theme.number(cover[0], 2), "gone": theme.counted(count, "largest customer")}
    key, severity = "fixed_cost_cover" if count else "fixed_costs_unpaid", "watch" if count <= 3 else "info"
    return _told(key, words, number=float(cover[0]), severity=severity, as_of=as_of)


def rank_finding(ranks: pd.DataFrame, *, as_of: str) -> Finding | Unknown:
    """Return whether the largest accounts are the most profitable, and which one falls furthest.

    Parameters
    ----------
    ranks
        `rank_table` of net_revenue, gross_profit and net_profit as far as they are known, with `name`.
    as_of
        Data up to.
    """
    measure = next((name for name in ("net_profit", "gross_profit") if name in ranks), "")
    most = min(10, len(ranks) // 2)
    if not measure or most < 2:
        return _cannot("ranks")
    largest = ranks.head(most)
    place, shift = f"{measure}_rank", f"{measure}_shift"
    last = largest.sort_values(shift, kind="stable").iloc[0]
    out = int((largest[place] > most).sum())
    words = {"most": most, "out": out, "measure": measure.replace("_", " "), "name": last["name"]}
    words |= {"from": last["net_revenue_rank"], "to": last[place], "are": "is" if out == 1 else "are"}
    return _told("ranks" if out else "same_ranks", words, number=float(out), as_of=as_of)


def trend_finding(years: pd.DataFrame | Unknown, *, as_of: str) -> Finding | Remark:
    """Return whether sales hang more on few accounts than a year before, on like counts.

    Where that cannot be told, nothing: the table that stands below says why.
    """
    if isinstance(years, Unknown) or years.get("same_share", pd.Series(dtype=float)).head(2).count() < 2:
        return Remark("")
    now, before = years["same_share"].iloc[:2]
    more = "A larger part of sales than" if now > before else "A smaller part of sales than"
    ten = dict(zip(("ten", "ten_before"), years["largest_ten_share"], strict=False))
    shares = {"now": now, "before": before, "others": 1 - now, "others_before": 1 - before, **ten}
    words: dict[str, Any] = {name: theme.share(part) for name, part in shares.items()}
    words["more"] = "About the same part of sales as" if abs(now - before) < 0.01 else more
    words["same"] = int(years["same_count"].iloc[0])
    severity = "watch" if now - before >= 0.03 else "info"
    numbers = {"number": float(now), "previous": float(before)}
    return _told("trend", words, acts=severity == "watch", severity=severity, **numbers, as_of=as_of)


def target_finding(targets: pd.DataFrame | Unknown, *, as_of: str, currency: str = "") -> Finding | Remark:
    """Return how far the accounts with a target (without such: the regions) came, and who is furthest behind.

    Where there are no targets, nothing: the table that stands below says so.

    Parameters
    ----------
    targets
        `target_table`, or an `Unknown`.
    as_of, currency
        Data up to; ISO code.
    """
    if isinstance(targets, Unknown):
        return Remark("")
    rows = _aimed_at(targets)
    sold, aim, behind = rows["net_revenue"].sum(), rows["target"].sum(), rows[rows["gap"] < 0]
    words = {
        "who": theme.counted(len(rows), rows["kind"].iloc[0]),
        "ends": theme.month(rows["ends"].iloc[0]),
        "met": theme.share(sold / aim),
        "sold": theme.money(sold, currency),
        "aim": theme.money(aim, currency),
        "behind": theme.number(len(behind)),
        "named": ", ".join(behind["name"].head(3)),
        "gap": theme.money(-behind["gap"].head(3).sum(), currency),
    }
    severity = "watch" if sold < 0.95 * aim else "info"
    rest = {"number": float(sold / aim), "money_per_year": float(sold - aim), "severity": severity}
    return _told("target", words, acts=len(behind) > 0, **rest, as_of=as_of, currency=currency)


def _aimed_at(targets: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts with a target; where none has one, the regions."""
    is_account = targets["kind"] == "account"
    return targets[is_account] if is_account.any() else targets


def _cannot(key: str) -> Unknown:
    return Unknown(_WORDS["unknown"][key], key)


def _loss(loss: pd.DataFrame, common: dict[str, Any]) -> Finding:
    measure = "gross_profit" if "gross_profit" in loss else "net_revenue"
    today, left = loss[measure].iloc[:2]
    first, share = loss.iloc[1], float(1 - loss["net_revenue_share"].iloc[1])
    words = {
        "name": first["name"],
        "group": f" (a group of {first['account_count']:.0f} accounts)" if first["account_count"] > 1 else "",
        "share": theme.share(share),
        "measure": measure.replace("net_revenue", "sales").replace("_", " "),
        "left": theme.money(left, common["currency"]),
        "today": theme.money(today, common["currency"]),
    }
    return _told("loss", words, number=share, money_per_year=float(left - today), **common)


def _dependence(found: Any, recent: Any, common: dict[str, Any]) -> Finding:
    acts = not isinstance(recent, Unknown) and recent.accounts > 20
    words = _shares(found) | {"ten_share": theme.share(recent.largest_ten_share) if acts else ""}
    if found.accounts < FEW:
        return _told("largest", words, number=found.largest_share, **common)
    severity = "watch" if found.largest_ten_share > 0.3 else "info"
    return _told("dependence", words, acts=acts, number=found.top_share, severity=severity, **common)


def _shares(found: Any) -> dict[str, Any]:
    leading = found.top_share if found.accounts >= FEW else found.largest_share
    return {
        "accounts": found.accounts,
        "accounts_said": theme.counted(found.accounts, "account"),
        "largest": theme.share(found.largest_share),
        "rest": _rest(leading),
        "top": found.top_accounts,
        "top_share": theme.share(found.top_share),
        "target": theme.share(found.target_share, 0),
        "target_accounts": theme.counted(found.target_accounts, "account"),
    }


def _rest(share: float) -> str:
    return ", for the others gave back more than they bought" if share > 1 + 1e-9 else ""


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


def _year_tiles(years: pd.DataFrame, common: dict[str, Any], profit_compares: bool) -> list[Finding]:
    now, before = years.iloc[0], years.iloc[1]
    words = {"starts": theme.day(now["starts"]), "ends": theme.day(now["ends"])}
    if not profit_compares:
        words["known"], words["known_before"] = map(theme.share, years["costed_share"].head(2))
    tiles = []
    for key, column in _YEAR_TILES.items():
        if column in years:
            number, severity = float(now[column]), "act" if now[column] < 0 else "info"
            alone = key == "gross_profit" and not profit_compares
            told: dict[str, Any] = {
                "number": number,
                "previous": None if alone else float(before[column]),
                "severity": severity,
            }
            tiles.append(_told(f"{key}_alone" if alone else key, words, **told, **common))
    return tiles


def _share_tiles(found: Any, targets: pd.DataFrame | Unknown, common: dict[str, Any]) -> list[Finding]:
    is_few = found.accounts < FEW
    rule = f"; 80/20 would need {found.top_accounts:,}" if found.target_share == 0.8 and not is_few else ""
    words = _shares(found) | {"rule": rule}
    key = "largest_share" if is_few else "top_share"
    first = _told(key, words, number=getattr(found, key), **common)
    if not isinstance(targets, Unknown):
        rows = _aimed_at(targets)
        met, words["aim"] = rows["net_revenue"].sum() / rows["target"].sum(), rows["target"].sum()
        words["aim"] = theme.money(words["aim"], common["currency"])
        words["months"] = theme.counted(rows["month_count"].max(), "whole month")
        first = _told("target_met", words, number=float(met), **common)
    return [first, _told("target_accounts", words, number=float(found.target_accounts), **common)]
