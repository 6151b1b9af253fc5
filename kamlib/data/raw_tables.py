"""A table as it lies in the source, one class a kind of place: its headings, and SQL for chosen columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from glob import escape, glob
from pathlib import Path
from typing import Protocol

import duckdb
import pandas as pd

from kamlib.data.source_toml import TablePlace
from kamlib.data.sql import quoted_name, quoted_text
from kamlib.data.text_files import TEXT_KINDS, TextFile
from kamlib.errors import SourceError, did_you_mean

# A row's number in the engine is file × _FILE + row, so that one number names both and sorts by both.
_FILE = 10**12
_IN_QUERY = re.compile(r"'([^'\n]+\.(?:parquet|csv|csv\.gz|tsv|txt|json))'", re.IGNORECASE)


class RawTable(Protocol):
    """What a reading needs of a table, wherever it lies."""

    @property
    def headings(self) -> Mapping[str, str]:
        """The source's own names, with their types in the engine."""

    @property
    def repeated(self) -> Sequence[str]:
        """The headings that stand more than once, in lower case."""

    def sql(self, columns: Mapping[str, str]) -> str:
        """Return SQL that gives these columns: name wanted → heading."""

    def numbered_sql(self, columns: Mapping[str, str]) -> str:
        """Return the same with `kam_row`, which `row_said` puts in words."""

    def row_said(self, kam_row: int) -> str:
        """Return such as `row 18`: the record as a spreadsheet shows it (header = 1)."""


def raw_table(engine: duckdb.DuckDBPyConnection, table: str, place: TablePlace) -> RawTable:
    """Return a table as it lies in the source.

    Raises
    ------
    SourceError
        The file is not there, empty, of no known kind or cannot be read; the query fails.
    """
    if place.query:
        return _QueryTable(engine, place)
    files = _files(place)
    if all(file.name.lower().endswith(TEXT_KINDS) for file in files):
        return _TextTable(engine, table, [TextFile(file, place.encoding) for file in files])
    if all(file.suffix.lower() == ".parquet" for file in files):
        return _ParquetTable(engine, files)
    if all(file.suffix.lower() == ".xlsx" for file in files):
        return _ExcelTable(engine, table, files)
    raise SourceError(
        f"'{Path(place.path).name}' is of no kind that is read: give CSV, Parquet or Excel (.xlsx)"
    )


class _QueryTable:
    def __init__(self, engine: duckdb.DuckDBPyConnection, place: TablePlace) -> None:
        self._query = _one_select(engine, _beside_the_source(place))
        self.headings = _described(engine, f"({self._query}\n)", place.folder)
        self.repeated: Sequence[str] = ()

    def sql(self, columns: Mapping[str, str]) -> str:
        return f"SELECT {_chosen(columns)} FROM ({self._query}\n)"

    def numbered_sql(self, columns: Mapping[str, str]) -> str:
        return f"SELECT row_number() OVER () + 1 AS kam_row, {_chosen(columns)} FROM ({self._query}\n)"

    def row_said(self, kam_row: int) -> str:
        return f"row {kam_row}"


class _ParquetTable:
    def __init__(self, engine: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
        self._files = files
        self._list = "[" + ", ".join(quoted_text(str(file)) for file in files) + "]"
        self._read = f"read_parquet({self._list}, union_by_name = true"
        self.headings = _described(engine, f"{self._read})", files[0].parent)
        self.repeated: Sequence[str] = ()

    def sql(self, columns: Mapping[str, str]) -> str:
        return f"SELECT {_chosen(columns)} FROM {self._read})"

    def numbered_sql(self, columns: Mapping[str, str]) -> str:
        place = f"list_position({self._list}, kam_file) - 1"
        return (
            f"SELECT file_row_number + 2 + {_FILE} * ({place}) AS kam_row, {_chosen(columns)} "
            f"FROM {self._read}, file_row_number = true, filename = 'kam_file')"
        )

    def row_said(self, kam_row: int) -> str:
        return _row_of(kam_row, self._files)


class _TextTable:
    """Text is read once, into the engine: each further pass over it costs as much as the first."""

    def __init__(self, engine: duckdb.DuckDBPyConnection, table: str, files: Sequence[TextFile]) -> None:
        self._engine, self._table, self._files = engine, table, files
        self.headings = {heading: "VARCHAR" for file in files for heading in file.headings if heading}
        lower = [[heading.lower() for heading in file.headings] for file in files]
        self.repeated = sorted({name for names in lower for name in names if names.count(name) > 1})
        self._loaded: Mapping[str, str] = {}

    def sql(self, columns: Mapping[str, str]) -> str:
        return f"SELECT {_names(columns)} FROM {self._in_engine(columns)}"

    def numbered_sql(self, columns: Mapping[str, str]) -> str:
        return f"SELECT kam_row, {_names(columns)} FROM {self._in_engine(columns)}"

    def row_said(self, kam_row: int) -> str:
        file, record = divmod(kam_row, _FILE)
        row = self._files[file].row_number(record)
        return _row_of(file * _FILE + row, [one.path for one in self._files])

    def _in_engine(self, columns: Mapping[str, str]) -> str:
        name = f"kam_{self._table}"
        if self._loaded != columns:
            for place, file in enumerate(self._files):
                made = f"INSERT INTO {name}" if place else f"CREATE OR REPLACE TEMP TABLE {name} AS"
                try:
                    self._engine.execute(f"{made} {_text_select(file, place, columns)}")
                except duckdb.Error as fault:
                    raise SourceError(file.fault_in_words(fault)) from fault
            self._loaded = dict(columns)
        return name


class _ExcelTable:
    """The first sheet of each file; pandas reads it, as text and dates, so that 007 keeps its zeros."""

    def __init__(self, engine: duckdb.DuckDBPyConnection, table: str, files: Sequence[Path]) -> None:
        self._files = files
        sheets = [_sheet(file, place) for place, file in enumerate(files)]
        self._name = f"kam_excel_{table}"
        frame = pd.concat(sheets, ignore_index=True)
        engine.register(self._name, frame)
        self.headings = {str(name): "VARCHAR" for name in frame.columns if name != "kam_row"}
        self.repeated: Sequence[str] = ()

    def sql(self, columns: Mapping[str, str]) -> str:
        return f"SELECT {_chosen(columns)} FROM {self._name}"

    def numbered_sql(self, columns: Mapping[str, str]) -> str:
        return f"SELECT kam_row, {_chosen(columns)} FROM {self._name}"

    def row_said(self, kam_row: int) -> str:
        return _row_of(kam_row, self._files)


def fault_in_words(fault: duckdb.Error, folder: Path) -> str:
    """Return the first line of what the engine says, without the source's path."""
    return str(fault).strip().splitlines()[0].replace(f"{folder}/", "").replace(str(folder), folder.name)


def _files(place: TablePlace) -> list[Path]:
    # A file may be called sales[1].csv: a name that is there is no pattern.
    literal = place.folder / place.path
    found = [literal] if literal.is_file() else _matching(place)
    if found:
        return found
    folder, name = literal.parent, literal.name
    there = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    raise SourceError(f"there is no file '{name}' in {folder.name}{did_you_mean(name, there)}")


def _matching(place: TablePlace) -> list[Path]:
    return sorted(Path(one) for one in glob(f"{escape(str(place.folder))}/{place.path}"))  # noqa: PTH207


def _one_select(engine: duckdb.DuckDBPyConnection, query: str) -> str:
    try:
        statements = engine.extract_statements(query)
    except duckdb.Error as fault:
        raise SourceError(f"the query is not SQL: {str(fault).splitlines()[0]}") from fault
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise SourceError("the query must be one select: a source is read, never changed")
    return query.strip().rstrip(";")


def _beside_the_source(place: TablePlace) -> str:
    """Return the query with its file names made whole: else the engine looks in the working folder first."""

    def whole(match: re.Match[str]) -> str:
        name = match[1].replace("''", "'")
        is_there = (place.folder / name).is_file() or glob(f"{escape(str(place.folder))}/{name}")  # noqa: PTH207
        return quoted_text(str(place.folder / name)) if is_there else match[0]

    return _IN_QUERY.sub(whole, place.query)


def _described(engine: duckdb.DuckDBPyConnection, from_sql: str, folder: Path) -> dict[str, str]:
    try:
        rows = engine.execute(f"DESCRIBE SELECT * FROM {from_sql}").fetchall()
    except duckdb.Error as fault:
        raise SourceError(f"cannot be read: {fault_in_words(fault, folder)}") from fault
    return {str(row[0]): str(row[1]) for row in rows}


def _chosen(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{quoted_name(heading)} AS {quoted_name(name)}" for name, heading in columns.items())


def _names(columns: Mapping[str, str]) -> str:
    return ", ".join(quoted_name(name) for name in columns)


def _text_select(file: TextFile, place: int, columns: Mapping[str, str]) -> str:
    at = {heading.lower(): f"c{i}" for i, heading in enumerate(file.headings)}
    fields = [
        f"{at.get(heading.lower(), 'NULL::VARCHAR')} AS {quoted_name(name)}"
        for name, heading in columns.items()
    ]
    numbered = f"SELECT *, row_number() OVER () + {place * _FILE} AS kam_row FROM {file.sql()}"
    # In a file of one column DuckDB keeps an empty line as an empty cell.
    only = "WHERE c0 IS NOT NULL" if len(file.headings) == 1 else ""
    return f"SELECT kam_row, {', '.join(fields)} FROM ({numbered}) {only}"


def _sheet(file: Path, place: int) -> pd.DataFrame:
    try:
        sheet = pd.read_excel(file, dtype=str, keep_default_na=False)
    except Exception as fault:  # zip, XML and openpyxl each raise their own
        raise SourceError(f"'{file.name}' cannot be read as Excel: {str(fault).splitlines()[0]}") from fault
    if not len(sheet.columns):
        raise SourceError(f"the file '{file.name}' is empty: not even a header line")
    sheet.columns = sheet.columns.astype(str).str.strip()
    sheet["kam_row"] = sheet.index + 2 + place * _FILE
    return sheet[(sheet.drop(columns="kam_row") != "").any(axis=1)]


def _row_of(kam_row: int, files: Sequence[Path]) -> str:
    file, row = divmod(kam_row, _FILE)
    return f"row {row} of {files[file].name}" if len(files) > 1 else f"row {row}"
