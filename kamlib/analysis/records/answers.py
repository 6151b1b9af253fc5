"""Which report can be told with the tables that are there."""

from __future__ import annotations

import pandas as pd


def answer_table(needs: pd.DataFrame, columns: pd.DataFrame, tables: pd.DataFrame) -> pd.DataFrame:
    """Return one row per report: can be told, in part, or not, and why.

    Parameters
    ----------
    needs
        `report`, `table`, `need` (`required` or `optional`).
    columns
        Columns that count: `report`, `table`, `column`, `without` (what is lost where it is missing).
    tables
        One row per table of the contract: `table`, `holds`, `state` (`good`, `warnings`, `broken`,
        `not there`), `missing_columns` (as text).

    Returns
    -------
    DataFrame
        Sorted by `report`: `required` and `optional` (tables, as text), `answer` (`yes`, `in part`,
        `no`), `says` (the answer with its reason).

    Examples
    --------
    >>> needs = pd.DataFrame({"report": ["a/b"], "table": ["exits"], "need": ["required"]})
    >>> tables = pd.DataFrame({"table": ["exits"], "holds": ["list of lost customers"],
    ...                        "state": ["not there"], "missing_columns": [""]})
    >>> answer_table(needs, pd.DataFrame(columns=["report", "table", "column", "without"]), tables)
      report required optional answer                                    says
    0    a/b    exits              no  no: there is no list of lost customers
    """
    known = tables.set_index("table")
    rows = []
    for report, asked in needs.groupby("report"):
        required, optional = (asked.loc[asked["need"] == need, "table"] for need in ("required", "optional"))
        missing = _said(required, known, {"not there": "there is no {}", "broken": "the {} breaks its rules"})
        lost = _lost(columns[columns["report"] == report], known)
        lost += _said(
            optional, known, {"not there": "without {}", "broken": "without {}, which breaks its rules"}
        )
        answer = "no" if missing else "in part" if lost else "yes"
        says = ": ".join(filter(None, (answer, "; ".join(missing or lost))))
        rows.append((report, ", ".join(required), ", ".join(optional), answer, says))
    return pd.DataFrame(rows, columns=["report", "required", "optional", "answer", "says"])


def _said(asked: pd.Series, known: pd.DataFrame, words: dict[str, str]) -> list[str]:
    """Say which of the tables cannot be used, each thing that they hold once."""
    states = known.reindex(asked)
    unusable = states[states["state"].isin(words)]
    return list(dict.fromkeys(words[row.state].format(row.holds) for row in unusable.itertuples()))


def _lost(columns: pd.DataFrame, known: pd.DataFrame) -> list[str]:
    there = known[known["state"].isin(["good", "warnings"])]["missing_columns"]
    return [
        row.without
        for row in columns.itertuples()
        if row.table in there.index and row.column in there[row.table].split(", ")
    ]
