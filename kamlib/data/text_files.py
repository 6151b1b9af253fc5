"""A CSV file, plain or gzipped: its header, its strict reading, and its rows as a spreadsheet counts them."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

from kamlib.data.sql import quoted_text
from kamlib.errors import SourceError, did_you_mean

TEXT_KINDS = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz")
DELIMITERS = (",", ";", "\t", "|")
# What DuckDB reads without a download, and what Python calls it.
_ENCODINGS = {"utf-8": "utf-8-sig", "latin-1": "latin-1", "utf-16": "utf-16"}


@dataclass(frozen=True)
class TextFile:
    """One text file of separated values, with a header.

    Empty lines are no rows, wherever they stand; the rows after them keep the numbers that a
    spreadsheet gives them.

    Parameters
    ----------
    path
        Where it is.
    encoding
        `utf-8` (with or without a byte order mark), `latin-1` or `utf-16`; or a name Python has for one.

    Raises
    ------
    SourceError
        The encoding is none of these, or the file is empty or in another encoding.
    """

    path: Path
    encoding: str = "utf-8"

    @cached_property
    def delimiter(self) -> str:
        """What separates the fields: of comma, semicolon, tab and bar what splits the header most."""
        return max(DELIMITERS, key=lambda delimiter: len(self._header(delimiter)[1]))

    @cached_property
    def headings(self) -> list[str]:
        """The fields of the first line that is not empty."""
        return [heading.strip() for heading in self._header(self.delimiter)[1]]

    def sql(self) -> str:
        """Return SQL that reads each field as text, in columns `c0`, `c1`, …; a bad line is a fault."""
        # Nothing is guessed: DuckDB's sniffer may drop leading lines and opens the file at each binding.
        columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(self.headings)))
        skip = self._header(self.delimiter)[0] - 1
        return (
            f"read_csv({quoted_text(str(self.path))}, auto_detect = false, header = true, skip = {skip}, "
            f"delim = {quoted_text(self.delimiter)}, quote = '\"', escape = '\"', strict_mode = true, "
            f"encoding = '{self._known_encoding}', max_line_size = 10000000, columns = {{{columns}}})"
        )

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each record with its row number in a spreadsheet (header = 1), empty lines left out."""
        with self._opened() as lines:
            for row, fields in enumerate(csv.reader(lines, delimiter=self.delimiter), 1):
                if fields:
                    yield row, fields

    def row_number(self, record: int) -> int:
        """Return the spreadsheet's row number of the n-th record after the header, counted from 1."""
        for seen, (row, _) in enumerate(self.records()):
            if seen == record:
                return row
        return record + 1

    def fault_in_words(self, fault: duckdb.Error) -> str:
        """Return what is wrong with the file, by row, without a word of its content."""
        said = str(fault)
        if "unicode" in said or "utf-8 encoded" in said:
            return f"'{self.path.name}' is not {self.encoding}: name its encoding in a source.toml"
        line = re.search(r"CSV Error on Line: (\d+)", said)
        if "unterminated quote" in said and line:
            return f"'{self.path.name}', line {line[1]}: a quote is not closed, or stands inside a text"
        width = len(self.headings)
        for row, fields in self.records():
            if len(fields) != width and not (len(fields) == width + 1 and not fields[-1]):
                noun = "field" if len(fields) == 1 else "fields"
                return f"'{self.path.name}', row {row}: {len(fields)} {noun}, but the header has {width}"
        said = "its line ends are of two kinds, or a quote stands inside a text"
        return f"'{self.path.name}' is no regular CSV: {said}"

    @cached_property
    def _known_encoding(self) -> str:
        try:
            name = codecs.lookup(self.encoding).name
        except LookupError:
            name = self.encoding
        known = {codecs.lookup(one).name: one for one in _ENCODINGS}
        if name not in known:
            near = did_you_mean(self.encoding, _ENCODINGS)
            raise SourceError(f"encoding: give one of {', '.join(_ENCODINGS)}, not '{self.encoding}'{near}")
        return known[name]

    def _header(self, delimiter: str) -> tuple[int, list[str]]:
        """Return the header's physical line number and its fields."""
        with self._opened() as lines:
            reader = csv.reader(lines, delimiter=delimiter)
            before = 1
            try:
                for fields in reader:
                    if fields:
                        return before, fields
                    before = reader.line_num + 1
            except (UnicodeError, csv.Error) as fault:
                raise SourceError(
                    f"'{self.path.name}' is not {self.encoding}: name its encoding in a source.toml"
                ) from fault
        raise SourceError(f"the file '{self.path.name}' is empty: not even a header line")

    def _opened(self) -> io.TextIOBase:
        encoding = _ENCODINGS[self._known_encoding]
        try:
            if self.path.suffix.lower() == ".gz":
                return gzip.open(self.path, "rt", encoding=encoding, newline="")
            return self.path.open(encoding=encoding, newline="")
        except OSError as fault:
            raise SourceError(f"the file '{self.path.name}' cannot be opened: {fault.strerror}") from fault
