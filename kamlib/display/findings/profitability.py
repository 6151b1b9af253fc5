"""What to say of what changed the profit, who earns it, and who could bring more of it."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from kamlib.display import theme
from kamlib.display.findings.finding import Finding
from kamlib.display.findings.words import finding_words, told_finding
from kamlib.estimate import Unknown

_told = partial(told_finding, finding_words(__file__))
_WHY = {
    "volume": "above all, less is sold",
    "mix": "above all, less is sold of what earns most",
    "price": "above all, prices are lower",
    "unit_cost": "above all, a unit costs more",
    "new_products": "new products are sold below cost",
    "lost_products": "products are no longer sold",
    "not_split": "of lines without quantity or product less is left",
}
_OF = {"industry": "the industry ", "region": "the region "}


def profitability_findings(
    cause: Any,
    steps: pd.DataFrame | Unknown,
    years: pd.DataFrame | Unknown,
    by_account: Any,
    *,
    as_of: str,
    currency: str = "",
) -> list[Finding | Unknown]:
    """Return what changed the profit, the parts that explain it first, and the tiles.

    Parameters
    ----------
    cause, steps
        `main_cause` and `cause_steps`, or an `Unknown`.
    years
        `year_table`, or an `Unknown`: then that is all there is to say.
    by_account
        `account_bridge`, or an `Unknown`.
    as_of, currency
        Data up to; ISO code.
    """
    if isinstance(years, Unknown):
        return [years]
    common = {"as_of": as_of, "currency": currency}
    said: list[Finding | Unknown] = [_cause(cause, steps, years, common)]
    return [*said, *_tiles(years, by_account, common)]


def whale_finding(found: Any, *, as_of: str, currency: str = "") -> Finding | Unknown:
    """Return how much the accounts that earn bring, and how much the others lose of it again."""
    if isinstance(found, Unknown):
        return found
    peak, back, total = (theme.money(one, currency) for one in (found.peak, found.given_back, found.total))
    kept = f"of it again. The peak is {theme.share(found.peak_share)} of what is left"
    words = {"peak": peak, "back": back, "total": total, "measure": found.measure}
    words["kept"] = kept if found.total > 0 else "and with it all that was earned"
    words["earning"] = theme.counted(found.earning_count, "account earns", "accounts earn")
    words["losing"] = theme.counted(found.losing_count, "account loses", "accounts lose")
    key, severity = ("whale", "watch") if found.losing_count else ("no_loser", "info")
    return _told(key, words, number=found.given_back, severity=severity, as_of=as_of, currency=currency)


def thin_finding(found: Any, *, as_of: str, currency: str = "") -> Finding | Unknown:
    """Return how many big accounts are thin, what they would bring at the target, and whom to begin with."""
    if isinstance(found, Unknown):
        return found
    thin, cut = found.table[found.table["field"] == "big but thin"], theme.share(found.margin_cut)
    if thin.empty:
        return _told("no_thin", {"cut": cut}, as_of=as_of)
    missing = thin["missing_profit"]
    few = int(thin["is_marked"].sum())
    words = {
        "count": theme.counted(len(thin), "account is", "accounts are"),
        "cut": cut,
        "missing": theme.money(missing.sum(), currency),
        "few": "the first holds" if few == 1 else f"the first {few:,} hold",
        "share": theme.share(missing.head(few).sum() / missing.sum(), 0),
        "names": _listed(thin["name"].head(3)),
    }
    worth = float(missing.sum())
    return _told("thin", words, number=worth, money_per_year=worth, as_of=as_of, currency=currency)


def service_findings(residual: pd.DataFrame | Unknown, *, as_of: str, currency: str = "") -> list[Finding]:
    """Return what it cost to serve the accounts, and how much of it no account is charged with, if known."""
    if isinstance(residual, Unknown):
        return []
    charged, spent = float(residual["charged"].sum()), float(residual["spent"].sum())
    amounts = {"charged": charged, "spent": spent, "residual": abs(spent - charged)}
    words = {name: theme.money(amount, currency) for name, amount in amounts.items()}
    key, number = ("service" if spent >= charged else "service_over"), spent - charged
    if residual["spent"].isna().any():
        key, number = "service_card", charged
    return [_told(key, words, number=number, as_of=as_of, currency=currency)]


def price_findings(prices: pd.DataFrame | Unknown, *, as_of: str, currency: str = "") -> list[Finding]:
    """Return how many accounts pay much less than others like them, and what that is worth, if known."""
    if isinstance(prices, Unknown):
        return []
    strong = prices[prices["counter_offer"].str.startswith("strong")]
    if strong.empty:
        return [_told("no_prices", {}, as_of=as_of)]
    worth = float(prices["extra_discount"].sum())
    words = {
        "count": theme.counted(len(strong), "account pays", "accounts pay"),
        "money": theme.money(worth, currency),
        "names": _listed(strong["name"].head(3)),
    }
    return [_told("prices", words, number=worth, money_per_year=worth, as_of=as_of, currency=currency)]


def _cause(cause: Any, steps: pd.DataFrame | Unknown, years: pd.DataFrame, common: dict[str, Any]) -> Finding:
    now, before = (float(years["gross_profit"].iloc[row]) for row in (0, 1))
    words = {"moved": "fell" if now < before else "rose"}
    words |= {name: theme.money(one, common["currency"]) for name, one in (("before", before), ("now", now))}
    if isinstance(cause, Unknown):
        return _told("no_cause", words, number=now - before, **common)
    parts = {_OF.get(cause.cut, "") + row.part: row.amount for row in cause.named.itertuples()}
    largest = max(map(abs, parts.values()))
    told = _listed(
        f"{part} ({theme.money(one, common['currency'], beside=largest)})" for part, one in parts.items()
    )
    others = theme.money(cause.profit_now - cause.named["profit_now"].sum(), common["currency"])
    verb = (
        f"lost money; all others together earned {others}"
        if cause.is_loss
        else "earned less than the year before"
    )
    words |= {"told": f"{'though ' if now >= before else ''}{told} {verb}", "names": _listed(parts)}
    words["why"] = (
        "" if isinstance(steps, Unknown) else f" {steps['part'].iloc[0]}: {_WHY[steps['why'].iloc[0]]}."
    )
    worth, severity = float(cause.named["amount"].sum()), "act" if now < before else "watch"
    return _told("cause", words, number=now - before, severity=severity, money_per_year=worth, **common)


def _tiles(years: pd.DataFrame, by_account: Any, common: dict[str, Any]) -> list[Finding]:
    now, before = years.iloc[0], years.iloc[1]
    words = {
        "starts": theme.day(now["starts"]),
        "ends": theme.day(now["ends"]),
        "accounts": int(now["account_count"]),
    }
    tiles = []
    for key, column in {
        "gross_profit": "gross_profit",
        "margin": "margin",
        "below_cost": "below_cost_count",
    }.items():
        number, previous = float(now[column]), float(before[column])
        is_bad = number < 0 or (key == "below_cost" and number >= 0.1 * now["account_count"])
        severity = "act" if is_bad else "info"
        tiles.append(_told(key, words, number=number, previous=previous, severity=severity, **common))
    if not isinstance(by_account, Unknown):
        new = by_account.set_index("step").loc["new accounts"]
        sold = {"sales": theme.money(new["net_revenue"], common["currency"], million=" m")}
        sold["profit"] = theme.money(new["amount"], common["currency"], million=" m")
        tiles.append(_told("new_accounts", sold, number=float(new["account_count"]), **common))
    return tiles


def _listed(names: Any) -> str:
    *most, last = map(str, names)
    return f"{', '.join(most)} and {last}" if most else last
