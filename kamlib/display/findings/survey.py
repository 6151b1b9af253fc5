"""What to say of a survey."""

from __future__ import annotations

from functools import partial

import pandas as pd

from kamlib.display import theme
from kamlib.display.findings.finding import Finding
from kamlib.display.findings.words import cells_with_range, finding_words, told_finding
from kamlib.estimate import Unknown

_told = partial(told_finding, finding_words(__file__))
_TILES = {"top2": 1, "bottom2": 1, "net": 100, "mean": 1}
"""What stands on a tile, and how many of its units are one."""


def satisfaction_findings(
    table: pd.DataFrame, response: pd.DataFrame, *, as_of: str
) -> list[Finding | Unknown]:
    """Return the findings of the survey report, the answer first.

    Parameters
    ----------
    table
        `satisfaction_table` with a column `aspect`; the aspect *overall* answers the question.
    response
        `response_table`; its row `all` says who was heard.
    as_of
        Data up to.
    """
    overall = table[table["aspect"] == "overall"]
    heard = _heard(response[response["stratum"] == "all"].iloc[0], as_of)
    if overall.empty:
        return [Unknown("Nobody was asked how satisfied they are overall.", "overall"), heard]
    row = overall.iloc[0]
    if pd.isna(row["top2"]):
        note = f"How satisfied the key accounts are cannot be told. {row['top2_note']}"
        return [Unknown(note, "overall"), heard]
    tiles = [_tile(row, name, as_of) for name in _TILES if pd.notna(row[name])]
    return [_answer(row, table, as_of), *tiles, heard]


def _answer(row: pd.Series, table: pd.DataFrame, as_of: str) -> Finding:
    words = {name: _of_100(row, name) for name in ("top2", "bottom2")}
    words |= {"top2_range": _range_of_100(row, "top2")}
    aspects = table[(table["aspect"] != "overall") & table["net"].notna()].sort_values("net")
    if not aspects.empty:
        worst = aspects.iloc[0]
        words |= {"worst": worst["aspect"], "worst_bottom2": _of_100(worst, "bottom2")}
        words |= {"worst_range": _range_of_100(worst, "bottom2")}
    severity = "watch" if row["bottom2_low"] > 0.1 else "info"
    number = cells_with_range(row, "top2") | {"n": int(row["top2_n"])}
    return _told("satisfied", words, acts="worst" in words, **number, severity=severity, as_of=as_of)


def _tile(row: pd.Series, name: str, as_of: str) -> Finding:
    number = cells_with_range(row, name, factor=_TILES[name]) | {"n": int(row[f"{name}_n"])}
    words = {"accounts": theme.counted(row[f"{name}_n"], "account")}
    return _told(f"tile_{name}", words, **number, as_of=as_of)


def _heard(heard: pd.Series, as_of: str) -> Finding:
    answered, share = int(heard["answered"]), heard["revenue_share_heard"]
    sales = "" if pd.isna(share) else f"; they bring {theme.share(share, 0)} of key account sales"
    words = {"answered": answered, "drawn": int(heard["drawn"]), "sales": sales}
    return _told("heard", words, number=float(answered), as_of=as_of)


def _of_100(row: pd.Series, name: str) -> str:
    return theme.number(row[name] * 100)


def _range_of_100(row: pd.Series, name: str) -> str:
    return f"between {_of_100(row, f'{name}_low')} and {_of_100(row, f'{name}_high')}"
