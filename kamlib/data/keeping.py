"""Kept tables: how one notebook hands on to another, to Excel and to next month."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from kamlib import mime
from kamlib.errors import ParameterError
from kamlib.estimate import Unknown


@dataclass(frozen=True)
class KeptTable:
    """A table that travels inside the executed notebook; the run writes it beside the page.

    The notebook itself writes nothing: a run that is killed leaves no half table, and a notebook
    may be executed on another machine.
    """

    name: str
    rows: int
    parquet: bytes
    spreadsheet: bool = False

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        content = base64.b64encode(self.parquet).decode("ascii")
        return {
            "text/plain": f"Kept {self.name}: {self.rows:,} rows.",
            mime.TABLE: {"name": self.name, "parquet": content, "spreadsheet": self.spreadsheet},
        }


def keep(table: pd.DataFrame | Unknown, name: str, *, spreadsheet: bool = False) -> KeptTable | Unknown:
    """Return a table as one to keep: shown as a cell's result, it is published with the page.

    Parameters
    ----------
    table
        What to keep; an `Unknown` is returned as it is.
    name
        Lower-case letters, digits and `_`; the file is `<report>.tables/<name>.parquet`.
    spreadsheet
        For people too: `.csv` and `.xlsx` beside it, in which no cell can start a formula.

    Raises
    ------
    ParameterError
        The name cannot be a file's.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ParameterError(f"keep: '{name}' is no table name: use lower-case letters, digits and _")
    if isinstance(table, Unknown):
        return table
    content = io.BytesIO()
    table.to_parquet(content, index=False)
    return KeptTable(name, len(table), content.getvalue(), spreadsheet)


def kept(results: str, report: str, name: str) -> pd.DataFrame | Unknown:
    """Return a table that another report of the run kept, or an `Unknown` that says what is missing.

    Parameters
    ----------
    results
        The run's folder (the parameter `results`); "" where there is none.
    report
        Such as `churn/churn_model`.
    name
        Such as `churn_scores`.
    """
    if not results:
        return Unknown(
            f"The report {report} has not run before this one: give results, a run's folder.", name
        )
    path = Path(results) / f"{report}.tables" / f"{name}.parquet"
    if not path.is_file():
        return Unknown(f"The report {report} left no table {name} in this run.", name)
    return pd.read_parquet(path)
