"""The tables of one source by name, wherever it is: files, a DuckDB file, PostgreSQL, Spark, this process."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import duckdb
import narwhals as nw

from kamlib.data.cache import is_in_run
from kamlib.data.contracts import CONTRACTS
from kamlib.data.places import SourcePlace, TablePlace
from kamlib.data.postgres import Postgres, PostgresTable
from kamlib.data.raw import FrameTable, RawTable
from kamlib.data.raw_files import matching_files, raw_table
from kamlib.data.reading import Reading
from kamlib.data.spark import Spark, SparkTable
from kamlib.data.sql import quoted_name, quoted_text
from kamlib.errors import KamError, SourceError

_opened = itertools.count()


class Readings(Mapping[str, Reading]):
    """The tables of one source that the engine reads, each opened when it is asked for.

    A table that is there and cannot be opened is *in* it; asking for it raises its fault. Of tables in
    Spark, only the order lines stay there; the others are small and are fetched.

    Parameters
    ----------
    place
        Where the source is.
    frames
        Tables that are in this process already, by name; they stand before those of the source.
    """

    def __init__(self, place: SourcePlace, frames: Mapping[str, Any] | None = None) -> None:
        self.place = place
        self.engine = _connected(place)
        self._frames = dict(frames or {})
        self._opened: dict[str, Reading | KamError] = {}
        self._places = {name: TablePlace(place.folder) for name in self._frames} | self._table_places()

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
                self._opened[table] = self._reading(table)
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

    @cached_property
    def spark(self) -> Spark:
        """The session of Spark."""
        return Spark(self.place.url)

    @cached_property
    def state(self) -> str:
        """What tells this source, as it is now, from any other: equal states hold equal rows."""
        if self._frames or (self.place.url and not is_in_run()):
            return f"{self.place!r} {next(_opened)}"  # nobody can tell whether it has changed since
        if self.place.url:
            return repr(self.place)
        folder = self.place.folder
        matched = (path for one in self.place.tables.values() if one.path for path in matching_files(one))
        files = sorted(
            {*folder.iterdir(), *matched} | ({self.place.database} if self.place.database else set())
        )
        stats = [
            (str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files if path.is_file()
        ]
        return f"{self.place!r} {stats!r}"

    @cached_property
    def _postgres(self) -> Postgres:
        return Postgres(self.place.url)

    def _reading(self, table: str) -> Reading:
        place = self._places[table]
        try:
            raw = self._raw(table, place)
        except SourceError as fault:
            raise SourceError(f"{table}: {fault}") from fault.__cause__
        told = [one for one in self.place.exclusions if one.table == table and one.where]
        return Reading(table, place, raw, told)

    def _raw(self, table: str, place: TablePlace) -> RawTable:
        is_sparks = self.place.system == "Spark" and (not place.path or place.path.endswith(".parquet"))
        if table in self._frames or is_sparks:
            frame = self._frames[table] if table in self._frames else self.spark.frame(place)
            is_sparks = nw.from_native(frame).implementation.is_spark_like()
            if is_sparks and table == "order_lines":
                return SparkTable(frame)
            return FrameTable(self.engine, table, frame.toArrow() if is_sparks else _as_known(frame))
        if self.place.system == "PostgreSQL" and not place.path:
            return PostgresTable(self.engine, self._postgres, place, self.state)
        return raw_table(self.engine, table, place)

    def _table_places(self) -> dict[str, TablePlace]:
        """Return where each table of the source is; a database is asked for its own."""
        if self.place.system and not self.place.tables:
            database = self.spark if self.place.system == "Spark" else self._postgres
            return database.places(self.place.folder)
        if not self.place.database:
            return dict(self.place.tables)
        rows = self.engine.execute(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_catalog = 'source' AND table_schema = 'main' ORDER BY table_name"
        ).fetchall()
        return {
            name.lower(): TablePlace(
                self.place.folder, query=f"SELECT * FROM source.main.{quoted_name(name)}"
            )
            for (name,) in rows
            if name.lower() in CONTRACTS
        }


def _connected(place: SourcePlace) -> duckdb.DuckDBPyConnection:
    """Return a new in-memory engine that sees the source's files, and changes none."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "file_search_path": str(place.folder),
        "temp_directory": tempfile.gettempdir(),  # where it spills; its own default is the working folder
        "autoinstall_known_extensions": "false",  # nothing is downloaded
    }
    if place.memory_limit:
        config["memory_limit"] = place.memory_limit
    engine = duckdb.connect(config=config)
    engine.execute("SET TimeZone = 'UTC'")  # a moment's day must not hang on the machine
    if place.database:
        try:
            engine.execute(f"ATTACH {quoted_text(str(place.database))} AS source (READ_ONLY)")
        except duckdb.Error as fault:
            raise SourceError(f"'{place.database.name}' cannot be opened as a DuckDB file") from fault
    return engine


def _as_known(frame: Any) -> Any:
    """Return a frame as the engine knows it: what it does not know comes by way of Arrow."""
    known: Any = nw.from_native(frame)
    is_known = known.implementation in (nw.Implementation.PANDAS, nw.Implementation.PYARROW)
    return known.to_native() if is_known else known.lazy().collect("pyarrow").to_native()
