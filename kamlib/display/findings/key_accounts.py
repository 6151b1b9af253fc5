"""What to say of who is a key account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from kamlib.display import theme
from kamlib.display.findings.finding import Finding
from kamlib.display.findings.words import finding_words, told_finding
from kamlib.display.notes import Remark, remark
from kamlib.estimate import Unknown

_SAID = finding_words(__file__)
_told = partial(told_finding, _SAID)


def key_account_findings(
    ranked: pd.DataFrame,
    thin: pd.DataFrame | Unknown,
    unowned: pd.DataFrame | Unknown,
    *,
    as_of: str,
    currency: str = "",
) -> list[Finding]:
    """Return the findings of the key account report, the answer first.

    Parameters
    ----------
    ranked
        `standard_counts` with each account's `name` and `net_revenue_365`.
    thin, unowned
        `key_by_sales_only` and `without_owner` of it.
    as_of, currency
        Data up to; ISO code.
    """
    common: dict[str, Any] = {"as_of": as_of, "currency": currency}
    named, sales = ranked["verdict"].isin(["every", "most"]), ranked["net_revenue_365"]
    every, most = (int((ranked["verdict"] == verdict).sum()) for verdict in ("every", "most"))
    part = float(sales[named].sum() / sales.sum()) if sales.sum() > 0 else float("nan")
    words: dict[str, Any] = {
        "every": _are(every),
        "most": theme.number(most),
        "key": theme.number(named.sum()),
    }
    words |= {
        "standards": ranked["standard_count"].max(),
        "share": theme.share(part),
        "accounts": len(ranked),
    }
    findings = [_told("standards", words, acts=most > 0, number=float(every), **common)]
    for key, rows in (("thin", thin), ("nobody", unowned)):
        if not isinstance(rows, Unknown) and len(rows):
            words |= {
                "rows": _are(len(rows)),
                "count": len(rows),
                "named": _named(rows),
                "have": "has" if len(rows) == 1 else "have",
            }
            findings.append(_told(key, words, number=float(len(rows)), **common))
    if "own list_key_share" in ranked:
        listed = ranked["own list_key_share"] == 1
        doubtful = int((listed & ~named).sum())
        words |= {"listed": theme.counted(listed.sum(), "account"), "doubtful": _are(doubtful)}
        findings.append(_told("own_list", words, number=float(doubtful), **common))
    return [*findings, _told("sales", words, number=part, **common)]


def scorecard_findings(
    card: pd.DataFrame, before: pd.DataFrame | Unknown, *, as_of: dt.date, year_ago: dt.date
) -> list[Finding]:
    """Return as tiles how many accounts the scorecard has in, watches, and has out.

    Parameters
    ----------
    card, before
        `scorecard` of today and of a year ago, or an `Unknown`.
    as_of, year_ago
        The days of the two.
    """
    tiles = []
    for state in ("in", "watch", "out"):
        numbers = [
            float((one["state"] == state).sum()) for one in (card, before) if not isinstance(one, Unknown)
        ]
        compared: dict[str, Any] = (
            {"previous": numbers[1], "previous_label": theme.month(year_ago)} if numbers[1:] else {}
        )
        words = {"accounts": theme.counted(numbers[0], "account")}
        tiles.append(_told(state, words, number=numbers[0], as_of=as_of.isoformat(), **compared))
    return tiles


def missing_remark(tables: Mapping[str, Any]) -> Remark:
    """Return in sentences what cannot be told because a table is missing.

    Parameters
    ----------
    tables
        By name: `ratings`, `invoices`, `costs`, `wallet`; each a table or an `Unknown`.
    """
    lacking = {name: table for name, table in tables.items() if isinstance(table, Unknown)}
    said = [f"{table.reason.rstrip('.')}: {_SAID['missing'][name]}" for name, table in lacking.items()]
    return remark(*said)


def _are(count: int) -> str:
    return f"{theme.counted(count, 'account') if count else 'No account'} {'is' if count < 2 else 'are'}"


def _named(table: pd.DataFrame, most: int = 3) -> str:
    left = len(table) - most
    return ", ".join(table["name"].head(most)) + (f" and {theme.counted(left, 'other')}" if left > 0 else "")
