"""Tables in PostgreSQL: asked there for what is used, and streamed into the run's own folder.

Rows arrive through ADBC as Arrow batches and are written on, so no table is held in memory. The
connection reads one state of the database and can change nothing.
"""

from __future__ import annotations

import datetime as dt
import re
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import duckdb
import pandas as pd

from kamlib.data.cache import once
from kamlib.data.contracts import CONTRACTS
from kamlib.data.places import TablePlace
from kamlib.data.raw import RawTable, chosen_columns, described
from kamlib.data.secrets import with_secrets, without_secrets
from kamlib.data.sql import quoted_name, quoted_text
from kamlib.errors import SourceError


class Postgres:
    """One connection, for one state of a database.

    Parameters
    ----------
    url
        With secrets as `${NAME}`.

    Raises
    ------
    SourceError
        The database cannot be reached.
    """

    def __init__(self, url: str) -> None:
        full, self._secrets = with_secrets(url)
        try:
            connection = adbc.connect(full)
            self._cursor = connection.cursor()
            weakref.finalize(self, _close, self._cursor, connection)
            self._cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            self._cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        except adbc.Error as fault:
            raise SourceError(f"the database cannot be opened: {self._words(fault)}") from None

    def places(self, folder: Path) -> dict[str, TablePlace]:
        """Return where those tables are that the contract knows by name, in the schemas that are searched."""
        schemas = "SELECT unnest(current_schemas(false))"
        sql = f"SELECT table_name FROM information_schema.tables WHERE table_schema IN ({schemas}) ORDER BY 1"
        names = [str(row[0]) for row in self.rows(sql)]
        return {name.lower(): TablePlace(folder, table=name) for name in names if name.lower() in CONTRACTS}

    def rows(self, sql: str) -> list[tuple]:
        """Return the rows of a query."""
        try:
            self._cursor.execute(sql)
            return list(self._cursor.fetchall())
        except adbc.Error as fault:
            raise SourceError(f"cannot be read: {self._words(fault)}") from None

    def batches(self, sql: str) -> Any:
        """Return the rows of a query as a reader of Arrow batches."""
        try:
            self._cursor.execute(sql)
            return self._cursor.fetch_record_batch()
        except adbc.Error as fault:
            raise SourceError(f"cannot be read: {self._words(fault)}") from None

    def _words(self, fault: Exception) -> str:
        first = next((line for line in str(fault).splitlines() if line.strip()), "")
        said = re.sub(r"^[A-Z_]+: (\[libpq\] )?|\s*SQLSTATE:.*$", "", first)
        return without_secrets(said, self._secrets)


def _close(*opened: Any) -> None:
    for one in opened:
        one.close()


class PostgresTable(RawTable):
    """A table or query of the database, fetched once a run: the columns asked for, up to a day."""

    def __init__(
        self, engine: duckdb.DuckDBPyConnection, database: Postgres, place: TablePlace, state: str
    ) -> None:
        self.engine, self._database, self._state = engine, database, state
        table = ".".join(quoted_name(part) for part in place.table.split("."))
        query = place.query.strip().rstrip(";")
        self._from = f"({query}\n) AS kam_query" if query else table
        self._up_to = ""
        engine.register("kam_empty", database.batches(f"SELECT * FROM {self._from} LIMIT 0").read_all())
        self.headings = described(engine, "kam_empty", place.folder)

    def sql(self, columns: Mapping[str, str]) -> str:  # noqa: D102 - as in RawTable
        query = f"SELECT {chosen_columns(columns)} FROM {self._from}{self._up_to}"
        path = once(f"{self._state} {query}.parquet", lambda path: self._fetch(query, path))
        return f"SELECT * FROM read_parquet({quoted_text(str(path))})"

    def ends(self, heading: str) -> tuple[dt.date, dt.date] | None:
        """Return the first and the last day of a column, or None where it holds no days."""
        if not self.headings[heading].startswith(("DATE", "TIMESTAMP")):
            return None
        day = f"{quoted_name(heading)}::date"
        return self._database.rows(f"SELECT min({day}), max({day}) FROM {self._from}")[0]

    def stop_after(self, day: dt.date, heading: str, account: str) -> pd.Series:
        """Fetch only rows up to a day from now on; return how many later ones each account has."""
        later = f"{quoted_name(heading)}::date > DATE '{day}'"
        self._up_to = f" WHERE ({later}) IS NOT true"
        counts = f"SELECT {quoted_name(account)}::text, count(*) FROM {self._from} WHERE {later} GROUP BY 1"
        return pd.Series(dict(self._database.rows(counts)), dtype="int64")

    def _fetch(self, query: str, path: Path) -> None:
        self.engine.register("kam_batches", self._database.batches(query))
        self.engine.execute(f"COPY (FROM kam_batches) TO {quoted_text(str(path))} (FORMAT parquet)")
        self.engine.unregister("kam_batches")
