"""One table of a source as a canonical relation in DuckDB; nothing is loaded by saying it."""

from __future__ import annotations

from glob import glob
from pathlib import Path

import duckdb
import pandas as pd

from kamlib.data.contracts import CONTRACTS, Column
from kamlib.data.source_toml import SourcePlace, TablePlace
from kamlib.errors import ContractError, SourceError, did_you_mean

SQL_TYPES = {
    "text": "VARCHAR",
    "date": "DATE",
    "money": "DECIMAL(18,4)",
    "number": "DOUBLE",
    "whole": "BIGINT",
    "flag": "BOOLEAN",
}


def connected(place: SourcePlace) -> duckdb.DuckDBPyConnection:
    """Return a new in-memory engine that sees the source's files, and cannot change them."""
    engine = duckdb.connect(config={"file_search_path": str(place.folder)})
    if place.database:
        engine.execute(f"ATTACH {_quoted_text(str(place.database))} AS source (READ_ONLY)")
    return engine


def table_places(place: SourcePlace, engine: duckdb.DuckDBPyConnection) -> dict[str, TablePlace]:
    """Return where each table of the source is; a database is asked for its own."""
    if not place.database:
        return dict(place.tables)
    rows = engine.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_catalog = 'source'"
    ).fetchall()
    return {
        name: TablePlace(query=f"SELECT * FROM source.{_quoted(name)}")
        for (name,) in rows
        if name in CONTRACTS
    }


class Reading:
    """One table as the source has it, and as the contract wants it.

    Parameters
    ----------
    engine
        The engine that reads it.
    table
        Its canonical name.
    place
        Where it is.

    Raises
    ------
    SourceError
        The file is not there or cannot be read, or the query fails.
    ContractError
        A required column, or one that `columns` names, is not there.
    """

    def __init__(self, engine: duckdb.DuckDBPyConnection, table: str, place: TablePlace) -> None:
        self.engine = engine
        self.table = table
        self.contract = CONTRACTS[table]
        self._place = place
        self._raw = _raw_sql(engine, table, place)
        try:
            described = engine.execute(f"DESCRIBE {self._raw}").fetchall()
        except duckdb.Error as fault:
            raise SourceError(f"{table}: cannot be read: {_first_line(fault)}") from fault
        self._raw_types = {str(row[0]): str(row[1]) for row in described}
        self.columns = self._found_columns()

    def canonical(self) -> duckdb.DuckDBPyRelation:
        """Return the table under canonical names and types; cells that cannot be read are empty."""
        chosen = ", ".join(f"{self._typed(name)} AS {name}" for name in self.columns)
        return self.engine.sql(f"SELECT {chosen} FROM ({self._raw})")

    def for_checking(self) -> duckdb.DuckDBPyRelation:
        """Return it with each cell as written (`written_<column>`) and its `row_number` (header = 1)."""
        typed = ", ".join(f"{self._typed(name)} AS {name}" for name in self.columns)
        written = ", ".join(f"{self._written(name)} AS written_{name}" for name in self.columns)
        numbered = f"SELECT *, row_number() OVER () + 1 AS kam_row FROM ({self._raw})"
        return self.engine.sql(f"SELECT kam_row AS row_number, {typed}, {written} FROM ({numbered})")

    def _found_columns(self) -> dict[str, str]:
        lower = {name.strip().lower(): name for name in self._raw_types}
        found, breaches = {}, []
        for name in self.contract.columns:
            wanted = self._place.columns.get(name, name)
            if wanted.lower() in lower:
                found[name] = lower[wanted.lower()]
            elif name in self.contract.required or name in self._place.columns:
                near = did_you_mean(wanted, lower) or f"; there are {_names(lower)}"
                breaches.append(f"{wanted}: no such column{near}")
        if breaches:
            raise ContractError({self.table: breaches})
        return found

    def _written(self, name: str) -> str:
        return f"nullif(trim(CAST({_quoted(self.columns[name])} AS VARCHAR)), '')"

    def _typed(self, name: str) -> str:
        column = self.contract.columns[name]
        if self._raw_types[self.columns[name]] == SQL_TYPES[column.kind] and column.kind != "text":
            return _quoted(self.columns[name])
        return _parsed_sql(self._written(name), column, self._place.formats.get(name, ""))


def _parsed_sql(written: str, column: Column, date_format: str) -> str:
    """Return SQL that reads a written cell, and gives NULL where it cannot."""
    if column.kind == "text":
        return written
    if column.kind == "date" and date_format:
        return f"CAST(try_strptime({written}, {_quoted_text(date_format)}) AS DATE)"
    if column.kind == "date":
        return f"CAST(TRY_CAST({written} AS TIMESTAMP) AS DATE)"
    number = f"TRY_CAST({written} AS DOUBLE)"
    if column.kind == "whole":  # a cast would round 3.5 to 4
        return f"CASE WHEN {number} = floor({number}) THEN TRY_CAST({number} AS BIGINT) END"
    if column.kind == "number":
        return f"CASE WHEN isfinite({number}) THEN {number} END"
    return f"TRY_CAST({written} AS {SQL_TYPES[column.kind]})"


def _raw_sql(engine: duckdb.DuckDBPyConnection, table: str, place: TablePlace) -> str:
    if place.query:
        return place.query.strip().rstrip(";")
    files = sorted(glob(place.path))  # noqa: PTH207 - Path.glob takes no absolute pattern
    if not files:
        folder = Path(place.path).parent
        there = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
        name = Path(place.path).name
        raise SourceError(f"{table}: there is no file '{name}' in {folder.name}{did_you_mean(name, there)}")
    if any(Path(file).stat().st_size == 0 for file in files):
        raise SourceError(f"{table}: the file '{Path(files[0]).name}' is empty: not even a header line")
    if place.path.endswith(".parquet"):
        return f"SELECT * FROM read_parquet({_list(files)})"
    if place.path.endswith(".xlsx"):
        return _excel_sql(engine, table, files)
    encoding = _quoted_text(place.encoding.lower())
    return (
        f"SELECT * FROM read_csv({_list(files)}, header = true, all_varchar = true, "
        f"union_by_name = true, encoding = {encoding})"
    )


def _excel_sql(engine: duckdb.DuckDBPyConnection, table: str, files: list[str]) -> str:
    try:
        sheets = [pd.read_excel(file, dtype=str, keep_default_na=False) for file in files]
    except (ValueError, OSError, KeyError) as fault:
        raise SourceError(f"{table}: cannot be read as Excel: {_first_line(fault)}") from fault
    engine.register(f"excel_{table}", pd.concat(sheets, ignore_index=True))
    return f"SELECT * FROM excel_{table}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quoted_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _list(files: list[str]) -> str:
    return "[" + ", ".join(_quoted_text(file) for file in files) + "]"


def _names(lower: dict[str, str]) -> str:
    names = list(lower.values())
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")


def _first_line(fault: BaseException) -> str:
    return str(fault).strip().splitlines()[0]
