"""What to say of who came, rose, slipped and left, and why."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from kamlib.display import theme
from kamlib.display.findings.finding import Finding
from kamlib.display.findings.words import cells_with_range, finding_words, told_finding
from kamlib.estimate import Unknown

_WORDS = finding_words(__file__)
_told = partial(told_finding, _WORDS)


def migration_findings(
    stability: pd.DataFrame,
    slipped: pd.DataFrame,
    reasons: pd.DataFrame,
    growth: pd.DataFrame,
    novelty: pd.DataFrame | Unknown,
    *,
    as_of: str,
    currency: str = "",
) -> list[Finding]:
    """Return the findings of the first screen: who left tier A and why, and the tiles.

    Parameters
    ----------
    stability
        `list_stability`.
    slipped, reasons
        `account_changes` of the accounts that are no longer in tier A, and their `reason_totals`.
    growth
        `growth_table`.
    novelty
        `marked_shares` by period, the latest first.
    as_of, currency
        Data up to; ISO code.
    """
    row = stability.iloc[0]
    common: dict[str, Any] = {"as_of": as_of, "currency": currency}
    words = {name.removesuffix("_count"): count for name, count in row.items()}
    words |= {
        "before": theme.counted(row["before_count"], "A account"),
        "are": "is" if row["kept_count"] == 1 else "are",
        "came": _newcomers(int(row["risen_count"]), int(row["new_count"])),
        "newcomers": theme.counted(row["new_count"], "account"),
        "gone": theme.number(len(slipped)),
        "lost": theme.money(abs(slipped["change"].sum()), currency),
        "reason": _WORDS["why"].get(f"{reasons['reason'].iloc[0]}_down", "") if len(reasons) else "",
    }
    acts = bool(words["reason"]) and slipped["change"].sum() < 0
    key, change = "moved" if row["before_count"] else "nobody", float(slipped["change"].sum())
    said = [_told(key, words, acts=acts, money_per_year=change, **common)]
    before = stability.iloc[1] if len(stability) > 1 else None
    kept, kept_before = (_kept_share(one) for one in (row, before))
    if kept is not None:
        said.append(_told("kept", words, number=kept, previous=kept_before, **common))
    known = growth["direction"].isin(["growing", "fading", "steady"]).sum()
    for direction in ("growing", "fading"):
        number = int((growth["direction"] == direction).sum())
        words = {"number": number, "known": known}
        said.append(_told(f"{direction}_tile", words, number=float(number), **common))
    return said + _novelty_tiles(novelty, common)


def mover_finding(
    direction: str, moving: pd.DataFrame, *, days: int, least_growth: float, as_of: str, currency: str = ""
) -> Finding:
    """Return how many accounts grow, or fade, what it comes to, and of how many nobody takes care.

    Parameters
    ----------
    direction
        `growing` or `fading`.
    moving
        `movers` of it, `with_care`.
    days, least_growth
        As they were chosen for these.
    as_of, currency
        Data up to; ISO code.
    """
    per_year, alone = float(moving["change_per_year"].sum()), moving["is_unattended"].eq(True).sum()
    lacks = [
        part
        for part, has in (("no owner", "owner"), (f"no contact in {days} days", "last_contact_at"))
        if has in moving
    ]
    rate = least_growth if direction == "growing" else 1 - 1 / (1 + least_growth)
    words = {
        "count": theme.counted(len(moving), "account"),
        "growth": theme.share(rate, 0),
        "per_year": theme.money(abs(per_year), currency),
        "unattended": alone,
        "alone": f" {alone:,} of them {'has' if alone == 1 else 'have'} {' or '.join(lacks)}."
        if lacks
        else "",
    }
    return _told(direction, words, acts=bool(alone), money_per_year=per_year, as_of=as_of, currency=currency)


def rising_finding(rising: pd.DataFrame, *, as_of: str, currency: str = "") -> Finding:
    """Return how many smaller accounts grow, and what they still buy elsewhere.

    Parameters
    ----------
    rising
        `small_with_potential`.
    as_of, currency
        Data up to; ISO code.
    """
    common: dict[str, Any] = {"as_of": as_of, "currency": currency}
    unserved = rising["unserved"].sum() if "unserved" in rising else 0.0
    words = {
        "count": theme.counted(len(rising), "account"),
        "grow": "grows" if len(rising) == 1 else "grow",
        "unserved": f" They spend {theme.money(unserved, currency)} a year elsewhere." if unserved else "",
    }
    number = {"number": float(unserved)} if unserved else {}
    return _told("rising", words, acts=unserved > 0, **number, **common)


def novelty_finding(by_product: pd.DataFrame | Unknown, by_account: Any, *, as_of: str) -> Finding | Unknown:
    """Return which product brings most of the sales of new products, and how many accounts buy any.

    Parameters
    ----------
    by_product, by_account
        `marked_shares` of the last year.
    as_of
        Data up to.
    """
    if isinstance(by_product, Unknown):
        return by_product
    if "new_revenue" not in by_product or by_product["new_revenue"].sum() <= 0:
        return Unknown("No sales of new products are known in this year.", "novelty")
    share = float(by_product["new_revenue"].iloc[0] / by_product["new_revenue"].sum())
    buyers = theme.counted((by_account["new_revenue"] > 0).sum(), "account")
    words = {"share": theme.share(share, 0), "name": by_product["product"].iloc[0], "accounts": buyers}
    return _told("novelty", words, number=share, unit="share", as_of=as_of)


def tier_value_finding(
    values: pd.DataFrame, *, discount: float, horizon: int, as_of: str, currency: str = ""
) -> Finding | Unknown:
    """Return what an account of tier A is expected to bring, with its range.

    Parameters
    ----------
    values
        `tier_values`.
    discount, horizon
        As they were chosen for these.
    as_of, currency
        Data up to; ISO code.
    """
    row = values.iloc[0]
    if row["value_note"]:
        return Unknown(
            f"What an A account is worth is {row['value_note']}: {row['moves_seen']} were seen to move on.",
            "tier_value",
        )
    numbers = cells_with_range(row, "value")
    words: dict[str, Any] = {
        name if name != "number" else "value": theme.money(number, currency)
        for name, number in numbers.items()
    }
    words |= {"what": row["measure"], "horizon": horizon, "discount": theme.share(discount, 0)}
    return _told("tier_value", words, **numbers, n=int(row["moves_seen"]), as_of=as_of, currency=currency)


def with_why(changes: pd.DataFrame) -> pd.DataFrame:
    """Return accounts with `why` in words: from which tier to which, the main reason, and the margin.

    Parameters
    ----------
    changes
        `account_changes` with `from_state` and `to_state`.
    """
    said = _WORDS["account_why"]
    why = []
    for row in changes.to_dict("records"):
        reason = f"{row['main_reason']}_{'down' if row['change'] < 0 else 'up'}"
        text = f"{row['from_state']} to {row['to_state']}: {said.get(reason, said['other'])}".format(**row)
        if row.get("margin_now", float("nan")) == row.get("margin_now"):
            text += f"; margin {theme.share(row['margin_now'])}, was {theme.share(row['margin_before'])}"
        why.append(text)
    return changes.assign(why=why)


def named_reasons(bridge: pd.DataFrame) -> pd.DataFrame:
    """Return a `reason_bridge` with its steps in words."""
    return bridge.assign(step=bridge["step"].replace(_WORDS["reason"]))


def _newcomers(risen: int, new: int) -> str:
    if not risen + new:
        return "Nobody took their place."
    return f"In their place came {theme.counted(risen + new, 'other')}, {new or 'none'} of them new or back."


def _kept_share(row: Any) -> float | None:
    return None if row is None or not row["before_count"] else float(row["kept_count"] / row["before_count"])


def _novelty_tiles(novelty: pd.DataFrame | Unknown, common: dict[str, Any]) -> list[Finding]:
    if isinstance(novelty, Unknown):
        return []
    tiles = []
    for key, column in (("new_products", "new_share"), ("marked_products", "marked_share")):
        if column in novelty:
            now, before = (float(part) for part in novelty[column].iloc[:2])
            tiles.append(_told(key, {"share": theme.share(now)}, number=now, previous=before, **common))
    return tiles
