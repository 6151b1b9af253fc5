"""Tables that lie in files, one class a kind of file: CSV, Parquet, Excel, and queries over them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from glob import escape, glob
from os.path import isfile
from pathlib import Path

import duckdb
import pandas as pd

from kamlib.data.places import TablePlace
from kamlib.data.raw import RawTable, chosen_columns, described, fault_in_words
from kamlib.data.sql import quoted_name, quoted_text
from kamlib.data.text_files import TEXT_KINDS, TextFile
from kamlib.errors import SourceError, did_you_mean

# A row's number in the engine is file × _FILE + row, so that one number names both and sorts by both.
_FILE = 10**12
_BLANKS = " \t\u00a0\u2007\u202f\u200b\ufeff"  # not to be seen at the end of an id
_IN_QUERY = re.compile(r"'([^'\n]+\.(?:parquet|csv|csv\.gz|tsv|txt|json))'", re.IGNORECASE)


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
    is_one = len({file.suffix for file in files}) == 1
    kinds = (
        "is of no kind that is read: give" if is_one else "finds files of several kinds: name those of one,"
    )
    raise SourceError(f"'{Path(place.path).name}' {kinds} CSV, Parquet or Excel (.xlsx)")


class _QueryTable(RawTable):
    has_rows = True
    is_quick = True
    row_sql = "row_number() OVER () + 1"

    def __init__(self, engine: duckdb.DuckDBPyConnection, place: TablePlace) -> None:
        query = _one_select(engine, _beside_the_source(place))
        self.engine, self.from_sql = engine, f"({query}\n)"
        self.headings = described(engine, self.from_sql, place.folder)
        self.repeated = _repeated([engine.sql(query).columns])


class _ParquetTable(RawTable):
    has_rows = True
    is_quick = True

    def __init__(self, engine: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
        self.engine, self._files = engine, files
        self._list = "[" + ", ".join(quoted_text(str(file)) for file in files) + "]"
        # Some writers mark no text as text; bytes that are none are a fault of the engine.
        self._read = f"read_parquet({self._list}, union_by_name = true, binary_as_string = true"
        self.from_sql = f"{self._read})"
        self.headings = described(engine, self.from_sql, files[0].parent)
        schema = f"SELECT parse_filename(file_name), list(lower(name)) FROM parquet_schema({self._list})"
        self.parts = engine.execute(f"{schema} GROUP BY file_name ORDER BY file_name").fetchall()

    def numbered_sql(self, columns: Mapping[str, str]) -> str:
        place = f"list_position({self._list}, kam_file) - 1"
        return (
            f"SELECT file_row_number + 2 + {_FILE} * ({place}) AS kam_row, {chosen_columns(columns)} "
            f"FROM {self._read}, file_row_number = true, filename = 'kam_file')"
        )

    def row_said(self, kam_row: int) -> str:
        return _row_of(kam_row, self._files)


class _TextTable(RawTable):
    """Text is read once, into the engine: each further pass over it costs as much as the first."""

    has_rows = True

    def __init__(self, engine: duckdb.DuckDBPyConnection, table: str, files: Sequence[TextFile]) -> None:
        self.engine, self._table, self._files = engine, table, files
        self.headings = {heading: "VARCHAR" for file in files for heading in file.headings if heading}
        self.repeated = _repeated([file.headings for file in files])
        self.parts = [(file.path.name, [one.lower() for one in file.headings]) for file in files]
        self.remarks = [f"{file.path.name} is {said}" for file in files for said in file.remarks]
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
                    self.engine.execute(f"{made} {_text_select(file, place, columns)}")
                except duckdb.InvalidInputException as fault:
                    raise SourceError(file.fault_in_words(fault)) from fault
                except duckdb.Error as fault:
                    said = fault_in_words(fault, file.path.parent)
                    raise SourceError(f"'{file.path.name}' cannot be read: {said}") from fault
                # Rows of delimiters alone are empty lines, as spreadsheets write them.
                if self.rows(f"SELECT 1 FROM {name} WHERE coalesce({_names(columns)}) IS NULL LIMIT 1"):
                    blank = _text_select(file, place, columns, blank=True)
                    self.engine.execute(f"DELETE FROM {name} WHERE kam_row IN ({blank})")
            self._loaded = dict(columns)
        return name


class _ExcelTable(RawTable):
    """The first sheet of each file; pandas reads it, as text and dates, so that 007 keeps its zeros."""

    has_rows = True

    def __init__(self, engine: duckdb.DuckDBPyConnection, table: str, files: Sequence[Path]) -> None:
        self.engine, self._files = engine, files
        sheets = [_sheet(file, place) for place, file in enumerate(files)]
        self.repeated = _repeated([sheet.columns for sheet in sheets])
        self.parts = [
            (file.name, sheet.columns.str.lower()) for file, sheet in zip(files, sheets, strict=True)
        ]
        self.from_sql = f"kam_excel_{table}"
        frame = pd.concat([sheet.loc[:, ~sheet.columns.duplicated()] for sheet in sheets], ignore_index=True)
        engine.register(self.from_sql, frame)
        self.headings = {str(name): "VARCHAR" for name in frame.columns if name not in ("", "kam_row")}

    def row_said(self, kam_row: int) -> str:
        return _row_of(kam_row, self._files)


def _files(place: TablePlace) -> list[Path]:
    # A file may be called sales[1].csv: a name that is there is no pattern.
    literal = place.folder / place.path
    found = [literal] if isfile(literal) else matching_files(place)  # noqa: PTH113 - a name too long is no fault
    if found:
        return found
    folder, name = literal.parent, literal.name
    there = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    raise SourceError(f"there is no file '{name}' in {folder.name}{did_you_mean(name, there)}")


def matching_files(place: TablePlace) -> list[Path]:
    """Return the files that a path with `*` or `?` finds, in order."""
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


def _names(columns: Mapping[str, str]) -> str:
    return ", ".join(quoted_name(name) for name in columns)


def _text_select(file: TextFile, place: int, columns: Mapping[str, str], *, blank: bool = False) -> str:
    """Return SQL for the rows of a file with the cells wanted, or for the numbers of those that are blank."""
    at = {heading.lower(): f"c{i}" for i, heading in enumerate(file.headings)}
    cells = {name: at.get(heading.lower(), "NULL::VARCHAR") for name, heading in columns.items()}
    # A look at each cell's length is quicker than trimming all of them.
    trimmed = "CASE WHEN strlen({0}) > length({0}) THEN trim({0}, {1}) ELSE {0} END AS {2}"
    fields = [trimmed.format(cell, quoted_text(_BLANKS), quoted_name(name)) for name, cell in cells.items()]
    numbered = f"SELECT *, row_number() OVER () + {place * _FILE} AS kam_row FROM {file.sql()}"
    if blank:
        return f"SELECT kam_row FROM ({numbered}) WHERE coalesce({', '.join(at.values())}) IS NULL"
    return f"SELECT kam_row, {', '.join(fields)} FROM ({numbered})"


def _sheet(file: Path, place: int) -> pd.DataFrame:
    try:
        sheet = pd.read_excel(file, header=None, dtype=str, keep_default_na=False, engine="openpyxl")
    except Exception as fault:  # zip, XML and openpyxl each raise their own
        said = "it is of another kind, damaged or locked with a password: save it again as .xlsx or CSV"
        raise SourceError(f"'{file.name}' cannot be read as Excel: {said}") from fault
    # Nothing is there for a formula that failed; what is empty comes as "".
    sheet = sheet.fillna("#ERROR").map(lambda cell: cell.strip(_BLANKS))
    sheet = sheet[(sheet != "").any(axis=1)]
    if sheet.empty:
        raise SourceError(f"the file '{file.name}' is empty: not even a header line")
    sheet.columns = sheet.iloc[0]
    sheet["kam_row"] = sheet.index + 1 + place * _FILE
    return sheet.iloc[1:]


def _repeated(files: Iterable[Iterable[str]]) -> list[str]:
    """Return the headings that stand more than once in one file, in lower case."""
    lower = [[heading.strip().lower() for heading in headings] for headings in files]
    return sorted({name for names in lower for name in names if name and names.count(name) > 1})


def _row_of(kam_row: int, files: Sequence[Path]) -> str:
    file, row = divmod(kam_row, _FILE)
    return f"row {row} of {files[file].name}" if len(files) > 1 else f"row {row}"
