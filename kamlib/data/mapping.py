"""Draft a `source.toml` for one export: which table it seems to be, which heading is what, and the doubts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb

from kamlib.data.contracts import CONTRACTS, Column
from kamlib.data.headings import columns_called, heading_without_units, plain_heading
from kamlib.data.raw_tables import RawTable, raw_table
from kamlib.data.source_toml import TablePlace
from kamlib.errors import SourceError

_SAMPLE_ROWS = 2000
_SLIPS_ALLOWED = 0.05  # of the filled cells: a few slips must not hide how the others are written
_DAYS = (
    "%d.%m.%Y",
    "%m.%d.%Y",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y%m%d",
    "%d.%m.%y",
    "%m/%d/%y",
)
DATE_FORMATS = [f"{day}{time}" for day in _DAYS for time in ("", " %H:%M", " %H:%M:%S")]
_PLAIN_DATE = re.compile(r"\d{4}-\d\d-\d\d($|[ T])")
_NUMBER = re.compile(r"[+-]?\d+([.]\d+)?")
NUMBER_FORMATS = {
    "1.234,56": re.compile(r"[+-]?(\d{1,3}([.]\d{3})+|\d+)(,\d+)?"),
    "1,234.56": re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)([.]\d+)?"),
    "1 234,56": re.compile(r"[+-]?(\d{1,3}( \d{3})+|\d+)(,\d+)?"),
    "1'234.56": re.compile(r"[+-]?(\d{1,3}('\d{3})+|\d+)([.]\d+)?"),
}
_MASKED = ("name", "text")


@dataclass
class _Draft:
    """What is guessed of one export."""

    file: str
    table: str
    encoding: str
    values: Mapping[str, Sequence[str]]
    row_said: Callable[[int], str]
    cells: Mapping[str, Mapping[int, str]]
    columns: dict[str, str] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)


def drafted_source(file: Path | str) -> str:
    """Return a commented `source.toml` for one export; it opens as it is where the guess is right.

    Headings are guessed by their words (see `headings`) and by their values. Beside each column
    stand three of its values, but never names, open answers or personal data.

    Parameters
    ----------
    file
        A CSV file with any usual delimiter, a Parquet file, or an Excel file (.xlsx, first sheet).

    Returns
    -------
    str
        Valid TOML. Doubts come first, headings without a column last.

    Raises
    ------
    SourceError
        The file is not there, empty, or of no kind that is read.
    """
    path = Path(file).expanduser().resolve()
    if path.is_dir():
        raise SourceError(f"'{path.name}' is a folder, and `kam map` wants one file of it{_such_as(path)}")
    if not path.is_file():
        raise SourceError(f"there is no file '{path.name}' in {path.parent.name}")
    encoding, doubts = _guessed_encoding(path)
    engine = duckdb.connect()
    raw = raw_table(engine, "export", TablePlace(path.parent, path=path.name, encoding=encoding))
    if raw.repeated:
        raise SourceError(f"'{path.name}': {', '.join(raw.repeated)} stands more than once in the header")
    cells = _sample_cells(raw, engine)
    values = {heading: list(filled.values()) for heading, filled in cells.items()}
    table = _guessed_table(values)
    draft = _Draft(path.name, table, encoding, values, raw.row_said, cells, doubts=doubts)
    _guess_columns(draft)
    _guess_formats(draft)
    return "\n".join(_lines(draft)) + "\n"


def _guessed_encoding(path: Path) -> tuple[str, list[str]]:
    content = path.read_bytes()[:4_000_000]
    if path.suffix.lower() not in (".csv", ".tsv", ".txt"):
        return "utf-8", []
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16", []
    try:
        content[: content.rfind(b"\n") + 1 or None].decode("utf-8")
    except UnicodeDecodeError:
        windows = [
            "the file has signs of Windows' own (cp1252), such as € or curved quotes, which latin-1 reads as "
            "invisible signs: save it as UTF-8 if they matter"
        ]
        return "latin-1", windows if re.search(rb"[\x80-\x9f]", content) else []
    return "utf-8", []


def _such_as(folder: Path) -> str:
    """Return the way out with a file that is there, if one is."""
    kinds = (".csv", ".csv.gz", ".tsv", ".txt", ".parquet", ".xlsx")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.lower().endswith(kinds))
    return f", such as {folder.name}/{names[0]}" if names else ""


def _sample_cells(raw: RawTable, engine: duckdb.DuckDBPyConnection) -> dict[str, dict[int, str]]:
    """Return the filled cells of the first rows, by heading and `kam_row`."""
    chosen = raw.numbered_sql({f"h{i}": heading for i, heading in enumerate(raw.headings)})
    rows = engine.execute(
        f"SELECT kam_row, CAST(COLUMNS(* EXCLUDE kam_row) AS VARCHAR) FROM ({chosen}) LIMIT {_SAMPLE_ROWS}"
    ).fetchall()
    return {
        heading: {row[0]: row[place].strip() for row in rows if row[place] and row[place].strip()}
        for place, heading in enumerate(raw.headings, 1)
    }


def _guessed_table(values: Mapping[str, Sequence[str]]) -> str:
    """Return the table with the most columns found; a required column that is missing weighs against it."""

    def fit(table: str) -> int:
        contract = CONTRACTS[table]
        found = {name for name in contract.columns if _called(name, values)}
        return len(found) - len(set(contract.required) - found)

    return max(("order_lines", *CONTRACTS), key=fit)


def _called(name: str, headings: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the headings that may mean a column, the best first; one without a unit before one with it."""
    plain = [(plain_heading(heading), heading) for heading in headings]
    bare = [(heading_without_units(heading), heading) for heading in headings]
    return list(
        dict.fromkeys(
            heading
            for word in columns_called(name)
            for written, heading in [*plain, *bare]
            if written == word
        )
    )


def _guess_columns(draft: _Draft) -> None:
    contract = CONTRACTS[draft.table]
    for name, column in contract.columns.items():
        free = [heading for heading in _called(name, draft.values) if heading not in draft.columns.values()]
        fitting = [heading for heading in free if _fits(draft.values[heading], column)] or free
        if fitting:
            draft.columns[name] = fitting[0]
        if len(free) > 1:
            listed = ", ".join(f"'{heading}'" for heading in free)
            draft.doubts.append(f"{len(free)} columns could be {name}: {listed}; '{fitting[0]}' is taken")
    for name in contract.required:
        if name not in draft.columns:
            _guess_by_values(draft, name)


def _guess_by_values(draft: _Draft, name: str) -> None:
    """Take the one heading left whose values are of the kind; for text there is no telling."""
    column = CONTRACTS[draft.table].columns[name]
    left = [heading for heading in draft.values if heading not in draft.columns.values()]
    fitting = [heading for heading in left if column.kind != "text" and _fits(draft.values[heading], column)]
    # Any number fits an amount: a heading that sounds like it comes before one that does not.
    sounding = [heading for heading in left if column.kind == "money" and _sounds_like(name, heading)]
    fitting = sounding or fitting
    if len(fitting) == 1 and _fits(draft.values[fitting[0]], column):
        draft.columns[name] = fitting[0]
        why = "a part of its name and its values" if sounding else "its values alone"
        draft.doubts.append(f"'{fitting[0]}' is taken for {name} by {why}")
    else:
        could = f": it could be {' or '.join(repr(heading) for heading in fitting)}" if fitting else ""
        draft.doubts.append(f"no heading was found for {name} ({column.says}), which is required{could}")


def _sounds_like(name: str, heading: str) -> bool:
    """Return whether a heading holds one of the words for a column; short ones are in too many words."""
    return any(len(word) > 3 and word in plain_heading(heading) for word in columns_called(name))


def _guess_formats(draft: _Draft) -> None:
    for name, heading in draft.columns.items():
        column, values = CONTRACTS[draft.table].columns[name], draft.values[heading]
        possible = _formats(values, column)
        if possible is None:
            draft.doubts.append(
                f"'{heading}' is taken for {name}, but not all its values are {_kind(column)}"
            )
            continue
        if possible:
            draft.formats[name] = possible[0]
        if len(possible) > 1:
            draft.doubts.append(_format_doubt(name, values, column, possible))
        draft.doubts += _slips_said(draft, name, possible[0] if possible else "")
    _guess_group_dots(draft)


def _slips_said(draft: _Draft, name: str, written_as: str) -> list[str]:
    """Return the doubt about the cells that the format does not read."""
    column, heading = CONTRACTS[draft.table].columns[name], draft.columns[name]
    reads = _readers(column).get(written_as)
    slips = {row: value for row, value in draft.cells[heading].items() if reads and not reads(value)}
    if not slips:
        return []
    first = min(slips)
    kind = f"{_kind(column)} written as {written_as}" if written_as else _kind(column)
    row, value = draft.row_said(first), _sample(slips[first], name, column)
    rows = f"{len(slips)} rows (first: {row}) are" if len(slips) > 1 else f"1 row ({row}) is"
    said = f"'{heading}' is taken for {name}, but {rows} not {kind}: '{value}'"
    return [f"{said}; the source is refused until that is mended"]


def _kind(column: Column) -> str:
    return "dates" if column.kind == "date" else "numbers"


def _guess_group_dots(draft: _Draft) -> None:
    """Where other numbers of the file have a decimal comma, 1.234 is more than a thousand."""
    commas = [said for said in draft.formats.values() if said.endswith(",56")]
    for name, heading in draft.columns.items():
        values, kind = draft.values[heading], CONTRACTS[draft.table].columns[name].kind
        has_dots = kind in ("money", "number", "whole") and any("." in value for value in values)
        if not commas or not has_dots or name in draft.formats:
            continue
        if all(NUMBER_FORMATS[commas[0]].fullmatch(value) for value in values):
            draft.formats[name] = commas[0]
            draft.doubts.append(f"{name}: a dot is taken as between thousands, as in {commas[0]}")


def _format_doubt(name: str, values: Sequence[str], column: Column, possible: Sequence[str]) -> str:
    value = next(value for value in values if _readers(column)[possible[0]](value))
    if column.kind == "date":
        return (
            f"{name}: {value} may be day or month first; formats says {possible[0]}, else give {possible[1]}"
        )
    return f"{name}: {value} may be written as {' or as '.join(possible)}; formats says {possible[0]}"


def _fits(values: Sequence[str], column: Column) -> bool:
    if column.kind == "text" or not values:
        return True
    return _formats(values, column) is not None


def _formats(values: Sequence[str], column: Column) -> list[str] | None:
    """Return the formats that read most values: none needed is an empty list, none possible is None."""
    allowed = int(_SLIPS_ALLOWED * len(values))
    slips = {
        written_as: len(list(islice((value for value in values if not reads(value)), allowed + 1)))
        for written_as, reads in _readers(column).items()
    }
    fewest = min(slips.values(), default=0)
    possible = [written_as for written_as, count in slips.items() if count == fewest]
    if fewest > allowed:
        return None
    return [] if "" in possible else possible


def _readers(column: Column) -> dict[str, Callable[[str], Any]]:
    """Return what tells whether a cell is written in a format, by format; "" needs none."""
    if column.kind == "date":
        written = {one: partial(_is_date, date_format=one) for one in DATE_FORMATS}
        return {"": _PLAIN_DATE.match, **written}
    if column.kind in ("money", "number", "whole"):
        return {"": _NUMBER.fullmatch, **{one: said.fullmatch for one, said in NUMBER_FORMATS.items()}}
    return {}


def _is_date(value: str, date_format: str) -> bool:
    try:
        return 1900 <= datetime.strptime(value, date_format).year < 2200
    except ValueError:
        return False


def _lines(draft: _Draft) -> Iterator[str]:
    contract = CONTRACTS[draft.table]
    yield f"# Drafted by `kam map`: read it through, then save it as source.toml beside {_shown(draft.file)}."
    found = f"{len(draft.columns)} of its {len(contract.columns)} columns found"
    yield f"# The file seems to be {draft.table} ({contract.grain}): {found}."
    if draft.doubts:
        yield from ["#", "# Doubts:", *(f"# - {_printable(doubt)}" for doubt in draft.doubts)]
    currencies = sorted(set(draft.values.get(draft.columns.get("currency", ""), ())))
    if len(currencies) == 1 and re.fullmatch("[A-Z]{3}", currencies[0]):
        yield from ["", f'currency = "{currencies[0]}"']
    yield from ["", f"[{draft.table}]", f"path = {_shown(draft.file)}"]
    if draft.encoding != "utf-8":
        yield f'encoding = "{draft.encoding}"'
    yield from ["", f"[{draft.table}.columns]"]
    yield from _column_lines(draft)
    if draft.formats:
        yield from ["", f"[{draft.table}.formats]"]
        yield from (f"{name} = {_shown(said)}" for name, said in draft.formats.items())
    unused = [heading for heading in draft.values if heading not in draft.columns.values()]
    if unused:
        yield from ["", f"# Not used: {', '.join(_shown(heading) for heading in unused)}"]


def _column_lines(draft: _Draft) -> Iterator[str]:
    columns = CONTRACTS[draft.table].columns
    said = {name: f"{name} = {_shown(heading)}" for name, heading in draft.columns.items()}
    width = max(map(len, said.values()), default=0)
    for name, line in said.items():
        samples = ", ".join(
            dict.fromkeys(_sample(value, name, columns[name]) for value in _three(draft, name))
        )
        yield f"{line.ljust(width)}  # {samples or 'no value'}"
    missing = [name for name in columns if name not in draft.columns]
    yield from (f'# {name} = ""  # {columns[name].says}' for name in missing)


def _three(draft: _Draft, name: str) -> list[str]:
    return list(dict.fromkeys(draft.values[draft.columns[name]]))[:3]


def _sample(value: str, name: str, column: Column) -> str:
    """Return a value as a comment may show it: of names and personal data only that there is one."""
    is_id_like = column.kind != "text" or column.labels or any(letter.isdigit() for letter in value)
    is_name = name in _MASKED or (name.endswith("_id") and not is_id_like)
    if column.personal or is_name:
        return "(not shown)"
    return _printable(value if len(value) <= 30 else value[:29] + "…")


def _shown(text: str) -> str:
    return json.dumps(_printable(text), ensure_ascii=False)


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
