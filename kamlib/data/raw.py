"""A table as it lies in the source: its headings, and SQL for chosen columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd

from kamlib.data.sql import quoted_name
from kamlib.errors import SourceError

# Its line, the reason and the file; before the reason stands the line as it is written, a customer's.
_CSV_FAULT = re.compile(
    r'(?ms)Line: (\d+).*?^(Invalid unicode|Expected Num[\w :]+|Error when [^"]*"[^"]*").*^  file = ([^\n]*)'
)
_NOT_UTF_8 = (
    "not UTF-8: save it as UTF-8, or write read_csv('{}', all_varchar = true, encoding = 'latin-1') in the "
    "query (or 'utf-16'); given as path instead, its encoding is found out, or named by encoding = …"
)


class RawTable:
    """What a reading needs of a table, wherever it lies."""

    headings: Mapping[str, str]
    """The source's own names, with their types in the engine."""
    repeated: Sequence[str] = ()
    """The headings that stand more than once, in lower case."""
    remarks: Sequence[str] = ()
    """What was read as a person would."""
    parts: Sequence[tuple[str, Collection[str]]] = ()
    """Of each of its files, the name and the headings, in lower case."""
    has_rows = False
    """Do its rows have numbers? Else they are named by their key."""
    is_quick = False
    """Can it be read again and again where it lies?"""
    reads_text = True
    """Can a text be read as a date or an amount? Else the types are those of the table."""
    engine: duckdb.DuckDBPyConnection
    """Where its SQL runs."""
    from_sql = ""
    """What stands after FROM, if that is one thing for all columns; then, where `has_rows`, …"""
    row_sql = "kam_row"
    """… a row's number in it."""

    def rows(self, sql: str) -> list[tuple]:
        """Return the rows of a query over it."""
        return self.engine.execute(sql).fetchall()

    def lazy(self, sql: str) -> nw.LazyFrame:
        """Return a query over it; nothing is computed."""
        return nw.from_native(self.engine.sql(sql))

    def sent(self, table: pd.DataFrame, name: str) -> nw.LazyFrame:
        """Return a small table where this one is, to be joined; its SQL knows it by name."""
        self.engine.register(name, table)
        return nw.from_native(self.engine.table(name))

    def sql(self, columns: Mapping[str, str]) -> str:
        """Return SQL that gives these columns: name wanted → heading."""
        return f"SELECT {chosen_columns(columns)} FROM {self.from_sql}"

    def numbered_sql(self, columns: Mapping[str, str]) -> str:
        """Return the same with `kam_row`, which `row_said` puts in words."""
        return f"SELECT {self.row_sql} AS kam_row, {chosen_columns(columns)} FROM {self.from_sql}"

    def row_said(self, kam_row: int) -> str:
        """Return such as `row 18`: the record as a spreadsheet shows it (header = 1)."""
        return f"row {kam_row}"


class FrameTable(RawTable):
    """A table that is in this process already: Arrow, pandas or Polars."""

    is_quick = True

    def __init__(self, engine: duckdb.DuckDBPyConnection, table: str, frame: Any) -> None:
        self.engine, self.from_sql = engine, f"kam_frame_{table}"
        engine.register(self.from_sql, frame)
        self.headings = described(engine, self.from_sql, Path())


def fault_in_words(fault: duckdb.Error, folder: Path) -> str:
    """Return the first line of what the engine says, without the source's path and the cells it names.

    Of a CSV file that a query names, it is the file, the line and the reason.
    """
    said = str(fault).strip().splitlines()[0].replace(f"{folder}/", "").replace(str(folder), folder.name)
    if found := _CSV_FAULT.search(str(fault)):
        file, reason = Path(found[3]).name, found[2]
        reason = _NOT_UTF_8.format(file) if reason == "Invalid unicode" else reason
        said = f"'{file}', line {found[1]}: {reason}"
    return re.sub(r"\b(string|value|format:) (['\"]).*\2", r"\1 …", said)


def described(engine: duckdb.DuckDBPyConnection, from_sql: str, folder: Path) -> dict[str, str]:
    """Return the columns of what stands after FROM, with their types."""
    try:
        rows = engine.execute(f"DESCRIBE SELECT * FROM {from_sql}").fetchall()
    except duckdb.Error as fault:
        raise SourceError(f"cannot be read: {fault_in_words(fault, folder)}") from fault
    return {str(row[0]): str(row[1]) for row in rows}


def chosen_columns(columns: Mapping[str, str]) -> str:
    """Return what stands after SELECT for columns wanted: name → heading."""
    return ", ".join(f"{quoted_name(heading)} AS {quoted_name(name)}" for name, heading in columns.items())
