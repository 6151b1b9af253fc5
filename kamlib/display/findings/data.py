"""What to say of the tables themselves: can they be trusted, and what to mend first."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd

from kamlib.display import theme
from kamlib.display.findings.finding import Finding
from kamlib.display.findings.words import finding_words, told_finding
from kamlib.estimate import Unknown

_told = partial(told_finding, finding_words(__file__))
_MUCH = 0.05
"""What touches so much of the sales is told on the index too; to act at once is for what is refused."""


def refused_findings(breaches: pd.DataFrame) -> list[Finding]:
    """Return what cannot be used until it is mended: nothing where no table is refused.

    Parameters
    ----------
    breaches
        `table`, `severity`, `says`.
    """
    errors = breaches[breaches["severity"] == "error"]
    if errors.empty:
        return []
    tables, first = list(dict.fromkeys(errors["table"])), errors.iloc[0]
    words = {"tables": theme.counted(len(tables), "table"), "named": ", ".join(tables)}
    words |= {"table": first["table"], "says": first["says"].rstrip(".")}
    return [_told("refused", words, severity="act")]


def data_findings(
    tables: pd.DataFrame, breaches: pd.DataFrame, flaws: pd.DataFrame, *, as_of: str
) -> list[Finding]:
    """Return whether the tables can be trusted with what to mend first; then the rest to mend.

    Parameters
    ----------
    tables
        One row per table of the contract: `state`.
    breaches
        `table`, `severity`, `row_count`.
    flaws
        `flaw_table`.
    as_of
        Data up to.
    """
    verdict = _verdict(tables, breaches)
    found = [_flaw(row, as_of) for row in flaws.itertuples()]
    if len(found) < 2:
        said = f"Nothing {'else ' if found or not verdict else ''}is to be mended."
        found.append(Finding(key="trust", kind="fact", sentence=said, as_of=as_of))
    return [replace(found[0], sentence=verdict + found[0].sentence), *found[1:]]


def data_tiles(
    months: pd.DataFrame,
    years: pd.DataFrame,
    answers: pd.DataFrame,
    *,
    base: int,
    **found: pd.DataFrame | Unknown,
) -> list[Finding]:
    """Return the numbers of the first screen; those that cannot be told are left out.

    Parameters
    ----------
    months, years, answers
        `month_table`, `year_cells`, `answer_table`.
    base
        How many accounts count.
    **found
        The accounts that are `uncovered` and `unreachable`.
    """
    numbers = {
        name: (len(table), f"{base:,}") for name, table in found.items() if not isinstance(table, Unknown)
    }
    strange, of_months = months["state"].isin(["few lines", "no lines"]).sum(), f"{len(months)}"
    last, answer = years.iloc[-1], answers["answer"]
    in_part = f"; {(answer == 'in part').sum()} in part" if "in part" in set(answer) else ""
    numbers |= {"months": (strange, of_months), "cost": (last["cost_amount_share"], last["year"])}
    numbers |= {"told": ((answer != "no").sum(), f"{len(answer)}{in_part}")}
    return [
        _told(f"tile_{name}", {"base": of}, number=float(number)) for name, (number, of) in numbers.items()
    ]


def _verdict(tables: pd.DataFrame, breaches: pd.DataFrame) -> str:
    """Say whether the tables keep their rules; nothing where `refused_findings` has said it."""
    states = tables.loc[tables["state"] != "not there", "state"]
    if (states == "broken").any():
        return ""
    count = "The one table" if len(states) == 1 else f"All {len(states)} tables"
    rows = breaches.loc[breaches["severity"] == "warning", "row_count"].sum()
    if rows:
        return f"{count} can be used; {theme.counted(rows, 'row')} broke a rule and were set right or aside. "
    return f"{count} {'keeps its' if len(states) == 1 else 'keep their'} rules. "


def _flaw(row: Any, as_of: str) -> Finding:
    words = {
        "accounts": theme.counted(row.item_count, "account"),
        "companies": theme.counted(row.item_count, "company", "companies"),
        "months": theme.counted(row.item_count, "month"),
        "share": theme.share(row.touched_share) if row.touched_share >= 0.0005 else "less than 0.1%",
        "name": row.name,
        "day": theme.day(row.day),
        "month": "" if pd.isna(row.day) else theme.month(row.day),
    }
    severity = "watch" if row.touched_share >= _MUCH else "info"
    return _told(row.flaw, words, number=row.touched_share, unit="share", severity=severity, as_of=as_of)
