"""One table as a canonical relation in DuckDB; nothing is loaded by saying it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import duckdb
import narwhals as nw

from kamlib.data.contracts import CONTRACTS, Column
from kamlib.data.formats import NUMERIC, SQL_TYPES, Guess, day_in_our_years, guessed_formats, parsed_sql
from kamlib.data.places import Exclusion, TablePlace
from kamlib.data.raw import RawTable, fault_in_words
from kamlib.data.rules import Rule, id_rules, row_rules
from kamlib.data.sql import quoted_text
from kamlib.errors import ContractError, SourceError, did_you_mean

EXCLUDED = "kam_excluded"
"""The column that says by which exclusion a row is left out, counted from 0; empty where by none."""
_FLOATS = ("DOUBLE", "FLOAT")
_NO_VALUES = re.compile(r"\]$|^(STRUCT|MAP|UNION|ARRAY|BLOB|BINARY)\b")


class Reading:
    """One table as the source has it, and as the contract wants it.

    Parameters
    ----------
    table
        Its canonical name.
    place
        Where it is.
    raw
        What reads it there.
    exclusions
        Those that are told by this table's own columns.

    Raises
    ------
    ContractError
        A required column, or one that `columns` or an exclusion names, is not there.
    """

    def __init__(
        self,
        table: str,
        place: TablePlace,
        raw: RawTable,
        exclusions: Sequence[Exclusion] = (),
    ) -> None:
        self.table = table
        self.contract = CONTRACTS[table]
        self.raw = raw
        self._place = place
        self._exclusions = exclusions
        self._asked: dict[str, str] = {}
        self.columns = self._found_columns()
        self.known: Mapping[str, str] = {}  # by column, SQL of the values it may have; other rows are left

    def canonical(self) -> nw.LazyFrame:
        """Return the table as reports use it: canonical names and types, broken cells and rows left aside."""
        return self.raw.lazy(self.canonical_sql())

    def canonical_sql(self) -> str:
        """Return SQL for `canonical`; with exclusions, `kam_excluded` says which rows they take."""
        emptied: dict[str, str] = {}
        left = [f"({name} IS NULL OR {name} IN ({known}))" for name, known in self.known.items()]
        for rule in self.rules:
            if rule.breach == "leave_cell":
                emptied[rule.column] = " OR ".join(
                    filter(None, [emptied.get(rule.column), f"({rule.broken})"])
                )
            elif rule.breach == "leave_row":
                left.append(f"({rule.broken}) IS NOT true")
        cells = [
            f"CASE WHEN ({emptied[name]}) IS NOT true THEN {name} END AS {name}" if name in emptied else name
            for name in self.columns
        ]
        cells += [EXCLUDED] if self._exclusions else []
        where = f" WHERE {' AND '.join(left)}" if left else ""
        source = self.checking_sql() if emptied or left else self.typed_sql()
        return f"SELECT {', '.join(cells)} FROM ({source}){where}"

    def typed_sql(self) -> str:
        """Return SQL for the table under canonical names and types, every row; unreadable cells are empty."""
        return f"SELECT {', '.join(self._typed_columns())} FROM ({self._in_words(self.raw.sql)})"

    def checking_sql(self, *, numbered: bool = False) -> str:
        """Return SQL for it with each cell as written (`written_<column>`) and, if numbered, `kam_row`."""
        columns = [
            *self._typed_columns(),
            *(f"{self._as_written(name)} AS written_{name}" for name in self.columns),
        ]
        if not numbered:
            return f"SELECT {', '.join(columns)} FROM ({self._in_words(self.raw.sql)})"
        if self.raw.has_rows:
            return f"SELECT kam_row, {', '.join(columns)} FROM ({self._in_words(self.raw.numbered_sql)})"
        return (
            f"SELECT {self._key_sql()} AS kam_row, {', '.join(columns)} FROM ({self._in_words(self.raw.sql)})"
        )

    def row_said(self, kam_row: Any) -> str:
        """Return such as `row 18`, the record as a spreadsheet shows it (header = 1), or its key."""
        return self.raw.row_said(kam_row) if self.raw.has_rows else str(kam_row)

    def rows(self, sql: str) -> list[tuple]:
        """Return the rows of a query over this table; a fault of the engine is told in words.

        Raises
        ------
        SourceError
            The table cannot be read to its end.
        """
        try:
            return self.raw.rows(sql)
        except duckdb.Error as fault:
            said = fault_in_words(fault, self._place.folder)
            raise SourceError(f"{self.table}: cannot be read: {said}") from fault

    @cached_property
    def rules(self) -> list[Rule]:
        """The rules that one row can break by itself."""
        written = [name for name in self.columns if not self.raw.is_quick or self._raw_type(name) in _FLOATS]
        return [*row_rules(self.contract, self.columns, self.formats), *id_rules(self.contract, written)]

    @cached_property
    def formats(self) -> dict[str, str]:
        """How dates and numbers are written, as the source says or as it was found out."""
        return {name: one.written_as for name, one in self._guesses.items()} | dict(self._place.formats)

    @property
    def doubts(self) -> dict[str, str]:
        """By column, why it cannot be told how its cells are written."""
        return {name: one.doubt for name, one in self._guesses.items() if one.doubt}

    @property
    def remarks(self) -> list[str]:
        """What was read as a person would: said in the report."""
        read = {name: one.written_as for name, one in self._guesses.items() if one.written_as}
        said = [f"{name} is read as {_in_letters(written_as)}" for name, written_as in read.items()]
        for name, heading in self.columns.items():
            without = [file for file, headings in self.raw.parts if heading.lower() not in headings]
            if without:
                said.append(
                    f"{len(without)} of {len(self.raw.parts)} files have no {name} (first: {without[0]})"
                )
            if self.contract.columns[name].kind == "date" and "WITH TIME ZONE" in self._raw_type(name):
                said.append(f"{name} holds moments with a time zone: the day is that in UTC")
        return [f"{self.table}: {one}" for one in [*self.raw.remarks, *said]]

    @cached_property
    def _guesses(self) -> Mapping[str, Guess]:
        wanted = {
            name: self.contract.columns[name].kind
            for name in self.columns
            if self.raw.reads_text and self._raw_type(name) == "VARCHAR" and name not in self._place.formats
        }
        kinds = {name: kind for name, kind in wanted.items() if kind == "date" or kind in NUMERIC}
        if not kinds:
            return {}
        written = ", ".join(f"{_written(name)} AS {name}" for name in kinds)
        return guessed_formats(self.rows, f"(SELECT {written} FROM ({self._in_words(self.raw.sql)}))", kinds)

    def _in_words(self, sql: Callable[[Mapping[str, str]], str]) -> str:
        try:
            return sql({**self.columns, **self._asked})
        except SourceError as fault:
            raise SourceError(f"{self.table}: {fault}") from fault.__cause__

    def _found_columns(self) -> dict[str, str]:
        """Return the heading of each column that is there; set those that exclusions ask for."""
        lower = {name.strip().lower(): name for name in self.raw.headings}
        called = self._place.columns
        wanted = {name: called.get(name, name) for name in self.contract.columns}
        certain = {*self.contract.required, *called}
        there = {*lower, *self.raw.repeated}
        wanted = {
            name: said for name, said in wanted.items() if said.strip().lower() in there or name in certain
        }
        conditions = [column for one in self._exclusions for column in one.where]
        asked = {_where_name(column): called.get(column, column) for column in conditions}
        faults = [self._fault_of(said, lower) for said in (*wanted.values(), *asked.values())]
        breaches = [fault for fault in faults if fault]
        is_strange = not any(said.strip().lower() in lower for said in wanted.values())
        if breaches and is_strange and "did you mean" not in str(breaches):
            breaches.append(
                "no heading is known: is there a title above, or no header? `kam map` drafts other names"
            )
        if breaches:
            raise ContractError({self.table: breaches})
        self._asked |= {name: lower[said.strip().lower()] for name, said in asked.items()}
        return {name: lower[said.strip().lower()] for name, said in wanted.items()}

    def _fault_of(self, heading: str, lower: Mapping[str, str]) -> str:
        """Return why a column cannot be taken from under a heading, or nothing."""
        key = heading.strip().lower()
        if key in self.raw.repeated:
            return f"{heading}: stands more than once in the header; keep one"
        if key not in lower:
            # Where there is no header, its place is taken by the first row: persons are not shown.
            is_personal = any(column.personal for column in self.contract.columns.values())
            shown = {} if is_personal and not lower.keys() & self.contract.columns.keys() else lower
            near = did_you_mean(heading, map(shortened, shown))
            there = listed([*map(shortened, shown.values())], most=12)
            return f"{heading}: no such column{near or (f'; there are {there}' if shown else '')}"
        if _NO_VALUES.search(self.raw.headings[lower[key]]):
            return f"{heading}: holds lists, records or bytes: make single values of them"
        return ""

    def _raw_type(self, name: str) -> str:
        return self.raw.headings[self.columns[name]]

    def _typed_columns(self) -> list[str]:
        typed = [f"{self._typed(name)} AS {name}" for name in self.columns]
        return [*typed, f"{self._excluded_sql()} AS {EXCLUDED}"] if self._exclusions else typed

    def _excluded_sql(self) -> str:
        cases = []
        for number, one in enumerate(self._exclusions):
            told = [
                f"{_written(_where_name(column))} IN ({', '.join(quoted_text(value) for value in values)})"
                for column, values in one.where.items()
            ]
            cases.append(f"WHEN {' AND '.join(told)} THEN {number}")
        return f"CASE {' '.join(cases)} END"

    def _typed(self, name: str) -> str:
        column, raw_type = self.contract.columns[name], self._raw_type(name)
        # STRING and not VARCHAR: Spark knows that too.
        wanted = "STRING" if column.kind == "text" else SQL_TYPES[column.kind]
        cast = f"TRY_CAST({name} AS {wanted})"
        if column.kind == "text" and raw_type in _FLOATS:  # so pandas writes whole ids with a gap
            is_whole = f"{name} = floor({name}) AND abs({name}) < 1e15"
            return f"CASE WHEN {is_whole} THEN CAST(CAST({name} AS BIGINT) AS STRING) ELSE {cast} END"
        if _is_plain(column, raw_type) or not (self.raw.reads_text or column.kind == "text"):
            return day_in_our_years(cast) if column.kind == "date" else cast
        return parsed_sql(_written(name), column.kind, self.formats.get(name, ""))

    def _as_written(self, name: str) -> str:
        """Return SQL of the cell as it is written, empty where nothing is; a typed cell stands for itself."""
        return _written(name) if self._raw_type(name) == "VARCHAR" else name

    def _key_sql(self) -> str:
        key = [name for name in self.contract.key if name in self.columns] or list(self.columns)[:1]
        return "concat_ws(', ', " + ", ".join(f"'{name} ' || {_written(name)}" for name in key) + ")"


def _written(name: str) -> str:
    return f"nullif(trim(CAST({name} AS STRING)), '')"


def _where_name(column: str) -> str:
    return "kam_where_" + "".join(f"{ord(letter):x}" for letter in column)


def _is_plain(column: Column, raw_type: str) -> bool:
    """Return whether a cast of the source's own type gives what the contract wants."""
    is_whole = raw_type.removeprefix("U") in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
    if column.kind == "date":
        return raw_type == "DATE" or raw_type.startswith("TIMESTAMP")
    if column.kind in ("money", "number"):
        return is_whole or raw_type.startswith("DECIMAL")
    return (column.kind in ("text", "whole") and is_whole) or (column.kind, raw_type) == ("flag", "BOOLEAN")


def _in_letters(written_as: str) -> str:
    """Return a format as people write it: dd.mm.yyyy."""
    if written_as == "excel":
        return "Excel's day numbers"
    letters = {"%d": "dd", "%m": "mm", "%Y": "yyyy", "%y": "yy", "%b": "mmm", "%B": "month"}
    return re.sub("%[dmYybB]", lambda code: letters[code[0]], written_as)


def shortened(value: Any) -> str:
    """Return a value as a message may show it: printable, of at most 60 letters."""
    text = "".join(letter if letter.isprintable() else " " for letter in str(value))
    return text if len(text) <= 60 else f"{text[:59]}…"


def listed(names: Sequence[str], most: int = 8) -> str:
    """Return the first names, and how many more there are."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
