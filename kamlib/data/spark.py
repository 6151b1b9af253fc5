"""Tables in Spark: order lines stay there and are checked there; the others are small and are fetched."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd
import pyarrow as pa

from kamlib.data.contracts import CONTRACTS
from kamlib.data.places import TablePlace
from kamlib.data.raw import RawTable
from kamlib.data.secrets import with_secrets, without_secrets
from kamlib.errors import SourceError

_INSTALL = "Spark is an extra: install it with pip install 'kamlib[spark]'; it needs Java 17 or later"


class Spark:
    """A session of Spark, on this machine, on a cluster or by Spark Connect.

    Parameters
    ----------
    url
        `local[*]`, `spark://host:port` or `sc://host:port`, with secrets as `${NAME}`.

    Raises
    ------
    SourceError
        Spark is not installed, or the cluster cannot be reached.
    """

    def __init__(self, url: str) -> None:
        try:
            from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra, and slow to import
        except ImportError:
            raise SourceError(_INSTALL) from None
        # PySpark warns at each call that pandas 3 is new to it; what is used of it here is held by tests.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        full, self._secrets = with_secrets(url)
        builder = SparkSession.builder
        try:
            self.session = self._started(builder, full)
        except Exception as fault:  # Java, Spark and gRPC each raise their own
            raise SourceError(f"Spark cannot be reached: {self.words(fault)}") from None

    def places(self, folder: Path) -> dict[str, TablePlace]:
        """Return where those tables are that the contract knows by name, in the current database."""
        names = [table.name for table in self.session.catalog.listTables()]
        return {name.lower(): TablePlace(folder, table=name) for name in names if name.lower() in CONTRACTS}

    def frame(self, place: TablePlace) -> Any:
        """Return a table, a query or Parquet files as a data frame of Spark; nothing is computed.

        Raises
        ------
        SourceError
            Spark does not know it.
        """
        try:
            if place.query:
                found = self.session.sql(place.query)
            elif place.table:
                found = self.session.table(place.table)
            else:
                found = self.session.read.parquet(str(place.folder / place.path))
            found.schema  # noqa: B018 - Spark Connect looks only now
            return found
        except Exception as fault:
            raise SourceError(f"Spark cannot read it: {self.words(fault)}") from None

    def words(self, fault: Exception) -> str:
        """Return the first line of a fault, without a secret."""
        return without_secrets(_first_line(fault), self._secrets)

    @staticmethod
    def _started(builder: Any, url: str) -> Any:
        if url.startswith("sc://"):
            return builder.remote(url).getOrCreate()
        if url.startswith("local"):
            builder = builder.config("spark.driver.bindAddress", "127.0.0.1")
            builder = builder.config("spark.driver.host", "127.0.0.1")
            builder = builder.config("spark.sql.shuffle.partitions", "8")  # 200 are for a cluster
            builder = builder.config(
                "spark.sql.warehouse.dir", tempfile.gettempdir()
            )  # not the working folder
        settings = {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.log.level": "ERROR",
            "spark.sql.session.timeZone": "UTC",
        }
        return builder.master(url).appName("kam").config(map=settings).getOrCreate()


class SparkTable(RawTable):
    """A table that stays in Spark: the same SQL checks it there and gives its rows."""

    is_quick = True
    reads_text = False

    def __init__(self, frame: Any) -> None:
        self._frame, self._session = frame, frame.sparkSession
        self.headings = {name: _engine_type(kind) for name, kind in frame.dtypes}

    def sql(self, columns: Mapping[str, str]) -> str:  # noqa: D102 - as in RawTable
        # The heading stands quoted as Spark quotes; all else of the SQL is what both engines know.
        chosen = [f"`{heading.replace('`', '``')}` AS {name}" for name, heading in columns.items()]
        self._frame.createOrReplaceTempView("kam_order_lines")
        return f"SELECT {', '.join(chosen)} FROM kam_order_lines"

    def rows(self, sql: str) -> list[tuple]:  # noqa: D102
        try:
            return [tuple(row.values()) for row in self._found(sql).toArrow().to_pylist()]
        except SourceError:
            raise
        except Exception as fault:
            raise SourceError(f"Spark cannot read it: {_first_line(fault)}") from None

    def lazy(self, sql: str) -> nw.LazyFrame:  # noqa: D102
        return nw.from_native(self._found(sql))

    def sent(self, table: pd.DataFrame, name: str) -> nw.LazyFrame:  # noqa: D102
        # By way of Arrow: PySpark 4 warns of pandas 3.
        frame = self._session.createDataFrame(pa.Table.from_pandas(table, preserve_index=False))
        frame.createOrReplaceTempView(name)
        return nw.from_native(frame)

    def _found(self, sql: str) -> Any:
        try:
            return self._session.sql(sql)
        except Exception as fault:  # as below
            raise SourceError(f"Spark cannot read it: {_first_line(fault)}") from None


def _engine_type(kind: str) -> str:
    """Return what the embedded engine calls a type of Spark's."""
    called = {"string": "VARCHAR", "int": "INTEGER", "timestamp_ntz": "TIMESTAMP"}
    return called.get(kind, kind.upper())


def _first_line(fault: Exception) -> str:
    return next((line for line in str(fault).splitlines() if line.strip()), type(fault).__name__)
