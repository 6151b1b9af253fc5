"""What to say of a survey."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kamlib.display import theme
from kamlib.display.findings.finding import Finding
from kamlib.estimate import Unknown


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
    heard = response[response["stratum"] == "all"].iloc[0]
    if overall.empty:
        return [Unknown("Nobody was asked how satisfied they are overall.", "overall"), *_heard(heard, as_of)]
    row = overall.iloc[0]
    if pd.isna(row["top2"]):
        return [
            Unknown(f"How satisfied the key accounts are cannot be told. {row['top2_note']}", "overall"),
            *_heard(heard, as_of),
        ]
    return [_answer(row, table, as_of), *_tiles(row, as_of), *_heard(heard, as_of)]


def _answer(row: pd.Series, table: pd.DataFrame, as_of: str) -> Finding:
    aspects = table[(table["aspect"] != "overall") & table["net"].notna()].sort_values("net")
    action = "" if aspects.empty else _worst_aspect(aspects.iloc[0])
    return Finding(
        key="satisfied",
        kind="estimate",
        sentence=f"Of 100 contacts at our key accounts, {_of_100(row, 'top2')} are satisfied with us "
        f"({_range_of_100(row, 'top2')}), and {_of_100(row, 'bottom2')} are dissatisfied.",
        action=action,
        evidence="levels" if action else "",
        number=float(row["top2"]),
        unit="share",
        low=float(row["top2_low"]),
        high=float(row["top2_high"]),
        n=int(row["top2_n"]),
        severity="watch" if row["bottom2_low"] > 0.1 else "info",
        as_of=as_of,
    )


def _worst_aspect(worst: pd.Series) -> str:
    return (
        f"Ask first about {worst['aspect']}: {_of_100(worst, 'bottom2')} of 100 are dissatisfied with it "
        f"({_range_of_100(worst, 'bottom2')}); of all aspects in this survey it did worst."
    )


def _of_100(row: pd.Series, name: str) -> str:
    return theme.number(row[name] * 100)


def _range_of_100(row: pd.Series, name: str) -> str:
    return f"between {_of_100(row, f'{name}_low')} and {_of_100(row, f'{name}_high')}"


def _tiles(row: pd.Series, as_of: str) -> list[Finding]:
    shown: list[tuple[str, str, Any, float, Any]] = [
        ("top2", "Satisfied", "share", 1, "higher"),
        ("bottom2", "Dissatisfied", "share", 1, "lower"),
        ("net", "Satisfied less dissatisfied", "points", 100, "higher"),
        ("mean", "Average level, 1 to 5", "", 1, "higher"),
    ]
    return [
        Finding(
            key=f"tile_{name}",
            kind="estimate",
            sentence=f"{label}: {theme.counted(row[f'{name}_n'], 'account')} answered.",
            label=label,
            number=float(row[name] * factor),
            unit=unit,
            low=float(row[f"{name}_low"] * factor),
            high=float(row[f"{name}_high"] * factor),
            n=int(row[f"{name}_n"]),
            good=good,
            as_of=as_of,
        )
        for name, label, unit, factor, good in shown
        if pd.notna(row[name])
    ]


def _heard(heard: pd.Series, as_of: str) -> list[Finding]:
    answered, drawn = int(heard["answered"]), int(heard["drawn"])
    share = heard["revenue_share_heard"]
    return [
        Finding(
            key="heard",
            kind="fact",
            sentence=f"{answered} of the {drawn} accounts asked have answered.",
            label="Answered",
            number=float(answered),
            unit="count",
            previous_label=f"of {drawn} asked"
            + ("" if pd.isna(share) else f"; they bring {theme.share(share, 0)} of key account sales"),
            as_of=as_of,
        )
    ]
