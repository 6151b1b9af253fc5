"""One table of a source as a canonical relation in DuckDB; nothing is loaded by saying it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping

import duckdb

from kamlib.data.contracts import CONTRACTS, Column
from kamlib.data.raw_tables import fault_in_words, raw_table
from kamlib.data.source_toml import NUMBER_FORMAT, SourcePlace, TablePlace
from kamlib.data.sql import quoted_name, quoted_text
from kamlib.errors import ContractError, KamError, SourceError, did_you_mean

SQL_TYPES = {
    "text": "VARCHAR",
    "date": "DATE",
    "money": "DECIMAL(18,4)",
    "number": "DOUBLE",
    "whole": "BIGINT",
    "flag": "BOOLEAN",
}
_FIRST_DAY, _LAST_DAY = "DATE '1800-01-01'", "DATE '2199-12-31'"  # outside, the year is a slip: 24-01-02


class Readings(Mapping[str, "Reading"]):
    """The tables of one source by name, each opened when it is asked for.

    A table that is there and cannot be opened is *in* it; asking for it raises its fault.
    """

    def __init__(self, place: SourcePlace) -> None:
        self.engine = _connected(place)
        self._places = _table_places(place, self.engine)
        self._opened: dict[str, Reading | KamError] = {}

    def __getitem__(self, table: str) -> Reading:
        """Return a table's reading.

        Raises
        ------
        SourceError
            The file is not there or cannot be read, or the query fails.
        ContractError
            A required column, or one that `columns` names, is not there.
        """
        if table not in self._opened:
            try:
                self._opened[table] = Reading(self.engine, table, self._places[table])
            except KamError as fault:
                self._opened[table] = fault
        opened = self._opened[table]
        if isinstance(opened, KamError):
            raise opened
        return opened

    def __contains__(self, table: object) -> bool:
        return table in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


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
        self.formats = place.formats
        self._place = place
        try:
            self._raw = raw_table(engine, table, place)
        except SourceError as fault:
            raise SourceError(f"{table}: {fault}") from fault.__cause__
        self.columns = self._found_columns()

    def canonical(self) -> duckdb.DuckDBPyRelation:
        """Return the table under canonical names and types; cells that cannot be read are empty."""
        return self.engine.sql(self.canonical_sql())

    def canonical_sql(self) -> str:
        """Return SQL for `canonical`."""
        typed = ", ".join(f"{self._typed(name)} AS {name}" for name in self.columns)
        return f"SELECT {typed} FROM ({self._in_words('sql')})"

    def checking_sql(self, *, numbered: bool = False) -> str:
        """Return SQL for it with each cell as written (`written_<column>`) and, if numbered, `kam_row`."""
        typed = ", ".join(f"{self._typed(name)} AS {name}" for name in self.columns)
        written = ", ".join(f"{_written(name)} AS written_{name}" for name in self.columns)
        row = "kam_row, " if numbered else ""
        return (
            f"SELECT {row}{typed}, {written} FROM ({self._in_words('numbered_sql' if numbered else 'sql')})"
        )

    def row_said(self, kam_row: int) -> str:
        """Return such as `row 18`: the record as a spreadsheet shows it (header = 1)."""
        return self._raw.row_said(kam_row)

    def rows(self, sql: str) -> list[tuple]:
        """Return the rows of a query over this table; a fault of the engine is told in words.

        Raises
        ------
        SourceError
            The table cannot be read to its end.
        """
        try:
            return self.engine.execute(sql).fetchall()
        except duckdb.Error as fault:
            said = fault_in_words(fault, self._place.folder)
            raise SourceError(f"{self.table}: cannot be read: {said}") from fault

    def _in_words(self, method: str) -> str:
        try:
            return getattr(self._raw, method)(self.columns)
        except SourceError as fault:
            raise SourceError(f"{self.table}: {fault}") from fault.__cause__

    def _found_columns(self) -> dict[str, str]:
        lower = {name.strip().lower(): name for name in self._raw.headings}
        found, breaches = {}, []
        for name in self.contract.columns:
            wanted = self._place.columns.get(name, name)
            if wanted.strip().lower() in self._raw.repeated:
                breaches.append(f"{wanted}: stands more than once in the header; keep one")
            elif wanted.strip().lower() in lower:
                found[name] = lower[wanted.strip().lower()]
            elif name in self.contract.required or name in self._place.columns:
                near = did_you_mean(wanted, lower) or f"; there are {_names(lower)}"
                breaches.append(f"{wanted}: no such column{near}")
        if breaches:
            raise ContractError({self.table: breaches})
        return found

    def _typed(self, name: str) -> str:
        column, raw_type = self.contract.columns[name], self._raw.headings[self.columns[name]]
        cast = f"TRY_CAST({quoted_name(name)} AS {SQL_TYPES[column.kind]})"
        if column.kind == "text" and raw_type in ("DOUBLE", "FLOAT"):  # so pandas writes whole ids with a gap
            return f"regexp_replace({cast}, '[.]0$', '')"
        if _is_plain(column, raw_type):
            return _in_our_years(cast) if column.kind == "date" else cast
        return _parsed_sql(_written(name), column, self._place.formats.get(name, ""))


def _connected(place: SourcePlace) -> duckdb.DuckDBPyConnection:
    """Return a new in-memory engine that sees the source's files, and changes none."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "file_search_path": str(place.folder),
        "temp_directory": tempfile.gettempdir(),  # where it spills; its own default is the working folder
        "autoinstall_known_extensions": "false",  # nothing is downloaded
    }
    engine = duckdb.connect(config=config)
    engine.execute("SET TimeZone = 'UTC'")  # a moment's day must not hang on the machine
    if place.database:
        try:
            engine.execute(f"ATTACH {quoted_text(str(place.database))} AS source (READ_ONLY)")
        except duckdb.Error as fault:
            raise SourceError(f"'{place.database.name}' cannot be opened as a DuckDB file") from fault
    return engine


def _table_places(place: SourcePlace, engine: duckdb.DuckDBPyConnection) -> dict[str, TablePlace]:
    """Return where each table of the source is; a database is asked for its own."""
    if not place.database:
        return dict(place.tables)
    rows = engine.execute(
        "SELECT table_name FROM information_schema.tables "
        "WHERE table_catalog = 'source' AND table_schema = 'main' ORDER BY table_name"
    ).fetchall()
    return {
        name.lower(): TablePlace(place.folder, query=f"SELECT * FROM source.main.{quoted_name(name)}")
        for (name,) in rows
        if name.lower() in CONTRACTS
    }


def _written(name: str) -> str:
    return f"nullif(trim(CAST({quoted_name(name)} AS VARCHAR)), '')"


def _is_plain(column: Column, raw_type: str) -> bool:
    """Return whether a cast of the source's own type gives what the contract wants."""
    is_whole = raw_type.removeprefix("U") in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
    if column.kind == "date":
        return raw_type == "DATE" or raw_type.startswith("TIMESTAMP")
    if column.kind in ("money", "number"):
        return is_whole or raw_type.startswith("DECIMAL")
    return (column.kind in ("text", "whole") and is_whole) or (column.kind, raw_type) == ("flag", "BOOLEAN")


def _parsed_sql(written: str, column: Column, written_as: str) -> str:
    """Return SQL that reads a written cell, and gives NULL where it cannot."""
    if column.kind == "text":
        return written
    if column.kind == "date" and written_as:
        return _in_our_years(f"CAST(try_strptime({written}, {quoted_text(written_as)}) AS DATE)")
    if column.kind == "date":
        return _in_our_years(f"TRY_CAST({written} AS DATE)")
    if grouped := re.fullmatch(NUMBER_FORMAT, written_as):
        written = _ungrouped(written, **grouped.groupdict())
    number = f"TRY_CAST({written} AS DOUBLE)"
    if column.kind == "whole":  # a cast would round 3.5 to 4
        return f"CASE WHEN {number} = floor({number}) THEN TRY_CAST({number} AS BIGINT) END"
    if column.kind == "number":
        return f"CASE WHEN isfinite({number}) THEN {number} END"
    return f"TRY_CAST({written} AS {SQL_TYPES[column.kind]})"


def _ungrouped(written: str, group: str, decimal: str) -> str:
    """Return SQL for a number with a decimal point and no group signs; NULL where these stand wrongly."""
    one, part = re.escape(group), re.escape(decimal)
    good = quoted_text(rf"[+-]?(\d{{1,3}}({one}\d{{3}})+|\d+)({part}\d+)?")
    plain = f"replace(replace({written}, {quoted_text(group)}, ''), {quoted_text(decimal)}, '.')"
    return f"CASE WHEN regexp_full_match({written}, {good}) THEN {plain} END"


def _in_our_years(day: str) -> str:
    return f"CASE WHEN {day} BETWEEN {_FIRST_DAY} AND {_LAST_DAY} THEN {day} END"


def _names(lower: Mapping[str, str]) -> str:
    names = list(lower.values())
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
