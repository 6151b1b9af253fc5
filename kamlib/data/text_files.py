"""A CSV file, plain or gzipped: its header, its strict reading, and its rows as a spreadsheet counts them."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import shutil
import tempfile
import weakref
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

import duckdb

from kamlib.data.encodings import UTF_16_MARKS, WESTERN, found_encoding, other_kind
from kamlib.data.sql import quoted_text
from kamlib.errors import SourceError

TEXT_KINDS = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz")
DELIMITERS = (",", ";", "\t", "|")
_LONGEST_LINE = 10_000_000
_TOO_LONG = f"longer than {_LONGEST_LINE // 10**6} million characters: is a quote not closed?"
_BLOCK = 1 << 20
_SEPARATOR_LINE = re.compile('"?sep=(.)"?')  # as Excel writes it above the header
csv.field_size_limit(_LONGEST_LINE)  # as long as the engine's lines; Python's own limit is 128 kB


@dataclass(frozen=True)
class TextFile:
    """One text file of separated values, with a header.

    Empty lines are no rows, wherever they stand; the rows after them keep the numbers that a
    spreadsheet gives them. A line such as `sep=;` above the header is read as Excel reads it. What is
    not UTF-8 is read from a copy in the temporary folder, which goes with this object.

    Parameters
    ----------
    path
        Where it is.
    encoding
        Any that Python knows; "" is UTF-8 (with or without a byte order mark), UTF-16 with one, or
        what `encodings.found_encoding` finds.

    Raises
    ------
    SourceError
        From any of its methods: it cannot be opened, is empty, of another kind, damaged, or not in
        that encoding.
    """

    path: Path
    encoding: str = ""

    @property
    def remarks(self) -> list[str]:
        """What was found out, and may be wrong: one clause each."""
        is_guessed = not self.encoding and self._found[0] == WESTERN
        return ["read as Windows-1252: it is not UTF-8"] if is_guessed else []

    @cached_property
    def delimiter(self) -> str:
        """What separates the fields: of comma, semicolon, tab and bar what splits the header most."""
        return self._said_separator or max(DELIMITERS, key=lambda one: len(self._header(one)[2]))

    @cached_property
    def headings(self) -> list[str]:
        """The fields of the first line that is not empty."""
        headings = [heading.strip() for heading in self._header(self.delimiter)[2]]
        if len(headings) == 1 and re.search(r"[^\w .()/€$%-]|  ", headings[0]):
            way_out = "fields are set apart by comma, semicolon, tab or bar (|)"
            raise SourceError(f"'{self.path.name}', row 1: one heading only; {way_out}")
        return headings

    def sql(self) -> str:
        """Return SQL that reads each field as text, in columns `c0`, `c1`, …; a bad line is a fault."""
        # Nothing is guessed: DuckDB's sniffer may drop leading lines and opens the file at each binding.
        columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(self.headings)))
        skip, path = self._header(self.delimiter)[0], quoted_text(str(self._found[1]))
        return (
            f"read_csv({path}, auto_detect = false, header = true, skip = {skip}, "
            f"delim = {quoted_text(self.delimiter)}, quote = '\"', escape = '\"', strict_mode = true, "
            f"encoding = 'utf-8', max_line_size = {_LONGEST_LINE}, columns = {{{columns}}})"
        )

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each record with its row number in a spreadsheet (header = 1), empty lines left out."""
        first = self._header(self.delimiter)[1]
        for _, row, fields in self._rows(self.delimiter):
            if fields and row >= first:
                yield row, fields

    def row_number(self, record: int) -> int:
        """Return the spreadsheet's row number of the n-th record after the header, counted from 1."""
        for seen, (row, _) in enumerate(self.records()):
            if seen == record:
                return row
        return record + 1

    def fault_in_words(self, fault: duckdb.Error) -> str:
        """Return what is wrong with the file, by row, without a word of its content."""
        line = re.search(r"CSV Error on Line: (\d+)", str(fault))
        where = f"'{self.path.name}', line {line[1]}" if line else f"'{self.path.name}'"
        if "unterminated quote" in str(fault):
            return f"{where}: a quote is not closed, or stands inside a text"
        if "aximum line size" in str(fault):
            return f"{where}: {_TOO_LONG}"
        width = len(self.headings)
        for row, fields in self.records():
            if len(fields) != width and not (len(fields) == width + 1 and not fields[-1]):
                noun = "field" if len(fields) == 1 else "fields"
                said = f"'{self.path.name}', row {row}: {len(fields)} {noun}, but the header has {width}"
                return f"{said}: is there a title above the headings? Delete it" if width == 1 else said
        said = "its line ends are of two kinds, or a quote stands inside a text"
        return f"'{self.path.name}' is no regular CSV: {said}"

    def _header(self, delimiter: str) -> tuple[int, int, list[str]]:
        """Return how many lines stand above the header, its row number and its fields."""
        for lines, row, fields in self._rows(delimiter):
            if any(field.strip() for field in fields):
                return lines, row, fields
        raise SourceError(f"the file '{self.path.name}' is empty: not even a header line")

    def _rows(self, delimiter: str) -> Iterator[tuple[int, int, list[str]]]:
        """Yield each row with the lines above it and its number; a spreadsheet counts no `sep=;`."""
        above = 1 if self._said_separator else 0
        with self._stream(self._found[1]) as file, io.TextIOWrapper(file, "utf-8-sig", newline="") as text:
            reader = csv.reader(islice(text, above, None), delimiter=delimiter)
            try:
                for row, fields in enumerate(reader, 1):
                    yield above, row, fields
                    above = reader.line_num + (1 if self._said_separator else 0)
            except csv.Error as fault:
                raise SourceError(f"'{self.path.name}', line {reader.line_num}: {_TOO_LONG}") from fault

    @cached_property
    def _said_separator(self) -> str:
        with self._stream(self._found[1]) as file:
            said = _SEPARATOR_LINE.fullmatch(file.readline(20).decode("utf-8-sig", "ignore").strip("\r\n"))
        return said[1] if said else ""

    @cached_property
    def _found(self) -> tuple[str, Path]:
        """The encoding, and what the engine reads: the file, or a copy in UTF-8. Reads it to its end."""
        with self._stream(self.path) as file:
            start = file.read(32)
        if other := other_kind(start):
            raise SourceError(f"'{self.path.name}' is no CSV file but {other}")
        found = "utf-16" if start.startswith(UTF_16_MARKS) else "utf-8"
        encoding = _known(self.encoding) if self.encoding else found
        try:
            return encoding, self._path_in_utf8(encoding)
        except UnicodeError as fault:
            if self.encoding or encoding != "utf-8":
                said = f"'{self.path.name}' is not {self.encoding or encoding}"
                raise SourceError(f"{said}: name another encoding in source.toml, or none") from fault
        with self._stream(self.path) as file:
            lines = iter(partial(file.readlines, _BLOCK), [])
            encoding = found_encoding(self.path.name, map(b"".join, lines))
        return encoding, self._path_in_utf8(encoding)

    def _path_in_utf8(self, encoding: str) -> Path:
        if encoding == "utf-8":
            deque(self._texts(encoding), maxlen=0)
            return self.path
        folder = Path(tempfile.mkdtemp())
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        with (folder / "copy.csv").open("w", encoding="utf-8", newline="") as copy:
            copy.writelines(self._texts(encoding))
        return folder / "copy.csv"

    def _texts(self, encoding: str) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(encoding)()
        with self._stream(self.path) as file:
            while block := file.read(_BLOCK):
                # UTF-16 without its mark may not be UTF-8 either: the NUL says more.
                yield (text := "\0" if encoding == "utf-8" and b"\0" in block else decoder.decode(block))
                if "\0" in text:
                    said = (
                        f"'{self.path.name}' holds NUL characters: it is damaged, or UTF-16 without its mark"
                    )
                    raise SourceError(f'{said} (then give encoding = "utf-16-le" in source.toml)')
        yield decoder.decode(b"", final=True)

    @contextmanager
    def _stream(self, path: Path) -> Iterator[BinaryIO]:
        name = self.path.name
        try:
            with (gzip.open if path.suffix.lower() == ".gz" else open)(path, "rb") as file:
                yield cast(BinaryIO, file)
        except (EOFError, zlib.error) as fault:
            raise SourceError(f"'{name}' is cut off or damaged: get or pack it again") from fault
        except gzip.BadGzipFile as fault:
            raise SourceError(f"'{name}' is no good gzip file: pack it again, or name it .csv") from fault
        except OSError as fault:
            raise SourceError(f"the file '{name}' cannot be opened: {fault.strerror}") from fault


def _known(encoding: str) -> str:
    """Return Python's name for an encoding; latin-1 is read as Windows-1252, as browsers do."""
    try:
        name = codecs.lookup(encoding).name
        "".encode(name)
    except (LookupError, UnicodeError):
        such = "give a name that Python knows, such as utf-8, utf-16, cp1252 or cp1250"
        raise SourceError(f"encoding: {such}, not '{encoding}'") from None
    return WESTERN if name == "iso8859-1" else name
