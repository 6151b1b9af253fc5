"""The tables of one source, each checked once, the first time it is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from kamlib.data.checks import Breach, breaches
from kamlib.data.contracts import CONTRACTS
from kamlib.data.places import SourcePlace
from kamlib.data.reading import Reading
from kamlib.data.readings import Readings
from kamlib.data.source_toml import source_place
from kamlib.data.spark import SparkTable
from kamlib.errors import ContractError, KamError, SourceError


class Checked:
    """The tables of one source as they are, and what is wrong with them.

    Parameters
    ----------
    source
        A folder, a `source.toml`, a DuckDB file, a database's URL, or tables by name.

    Raises
    ------
    SourceError
        There is no such source, or no order lines in it.
    """

    def __init__(self, source: str | Mapping[str, Any]) -> None:
        frames = {} if isinstance(source, str) else dict(source)
        self.place = source_place(source) if isinstance(source, str) else SourcePlace("tables", Path(), {})
        self.readings = Readings(self.place, frames)
        self.state = self.readings.state
        self._found: dict[str, list[Breach]] = {}
        if "order_lines" not in self.readings:
            there = f"; not read: {', '.join(self.unread)}" if self.unread else ""
            raise SourceError(
                f"{self.place.name}: there is no table order_lines; every report needs it{there}"
            )

    def __contains__(self, table: str) -> bool:
        return table in self.readings

    @property
    def unread(self) -> list[str]:
        """The files of a folder that are named for no table."""
        place = self.place
        if place.system or place.database or not place.tables or (place.folder / "source.toml").exists():
            return []
        is_table = re.compile(r".*[.](csv|tsv|txt|parquet|xlsx?)([.]gz)?", re.IGNORECASE)
        names = sorted(path.name for path in place.folder.iterdir() if is_table.fullmatch(path.name))
        return [name for name in names if name.split(".")[0].lower() not in CONTRACTS]

    def found(self, table: str) -> list[Breach]:
        """Return what breaks the contract of a table; a second call costs nothing."""
        if table not in self._found:
            self._found[table] = breaches(
                self.readings[table], self._known(table, self.readings[table].columns)
            )
        return self._found[table]

    def check(self, tables: Iterable[str]) -> None:
        """Raise what refuses these tables, all of it together; those that are not there pass.

        Raises
        ------
        ContractError, SourceError
            What is wrong.
        """
        refused: dict[str, list[str]] = {}
        unreadable: list[str] = []
        for table in (table for table in tables if table in self):
            try:
                said = [one.says for one in self.found(table) if one.breach == "refuse"]
                refused |= {table: said} if said else {}
            except ContractError as fault:
                refused |= fault.breaches
            except KamError as fault:
                unreadable.append(str(fault))
        if unreadable:
            raise SourceError("\n".join([*unreadable, *([str(ContractError(refused))] if refused else [])]))
        if refused:
            raise ContractError(refused)

    def remarks(self, table: str) -> list[str]:
        """Return what was read of a table as a person would read it."""
        return self.readings[table].remarks

    def warnings(self, table: str) -> list[str]:
        """Return what breaks a table's contract and is not refused."""
        return [one.warning for one in self.found(table) if one.breach != "refuse"]

    def size(self, table: str) -> tuple[list[str], int]:
        """Return the canonical columns of a table and how many rows the source has of it."""
        reading = self.readings[table]
        return list(reading.columns), int(reading.rows(f"SELECT count(*) FROM ({reading.typed_sql()})")[0][0])

    def whole(self, table: str) -> pd.DataFrame:
        """Return a small table as the source has it, whether or not it is good."""
        return self.reading(table).canonical().to_native().df()

    def reading(self, table: str) -> Reading:
        """Return the reading of a table that leaves out rows whose values are in no other table."""
        reading = self.readings[table]
        left = [name for name in reading.columns if reading.contract.columns[name].breach == "leave_row"]
        reading.known = self._known(table, left)
        return reading

    def _known(self, table: str, columns: Iterable[str]) -> dict[str, str]:
        """Return, by column, SQL of the values it may hold; none where the other table cannot be read."""
        reading, known = self.readings[table], {}
        for name in columns:
            other, _, column = reading.contract.columns[name].references.partition(".")
            try:
                if other in self and column in self.readings[other].columns:
                    typed = self.readings[other].typed_sql()
                    known[name] = f"SELECT {column} FROM ({typed}) WHERE {column} IS NOT NULL"
            except KamError:  # a fault of the other table is told where that is checked
                continue
        if isinstance(reading.raw, SparkTable):
            for name, sql in known.items():
                values = pd.DataFrame(
                    self.readings.engine.execute(sql).fetchall(), columns=[name], dtype="str"
                )
                reading.raw.sent(values, f"kam_known_{name}")
                known[name] = f"SELECT {name} FROM kam_known_{name}"
        return known
