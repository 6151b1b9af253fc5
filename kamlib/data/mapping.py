"""Draft a `source.toml` for one export: which table it seems to be, which heading is what, and the doubts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from kamlib.data.contracts import CONTRACTS, Column
from kamlib.data.headings import columns_called, plain_heading
from kamlib.data.raw_tables import raw_table
from kamlib.data.source_toml import TablePlace
from kamlib.errors import SourceError

_SAMPLE_ROWS = 2000
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
    if not path.is_file():
        raise SourceError(f"there is no file '{path.name}' in {path.parent.name}")
    encoding, doubts = _guessed_encoding(path)
    values = _sample_values(path, encoding)
    draft = _Draft(path.name, _guessed_table(values), encoding, values, doubts=doubts)
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


def _sample_values(path: Path, encoding: str) -> dict[str, list[str]]:
    """Return the filled cells of the first rows, as text, by heading."""
    engine = duckdb.connect()
    raw = raw_table(engine, "export", TablePlace(path.parent, path=path.name, encoding=encoding))
    if raw.repeated:
        raise SourceError(f"'{path.name}': {', '.join(raw.repeated)} stands more than once in the header")
    headings = list(raw.headings)
    chosen = raw.sql({f"h{i}": heading for i, heading in enumerate(headings)})
    rows = engine.execute(
        f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM ({chosen}) LIMIT {_SAMPLE_ROWS}"
    ).fetchall()
    cells = zip(*rows, strict=True) if rows else [()] * len(headings)
    return {
        heading: [cell.strip() for cell in column if cell and cell.strip()]
        for heading, column in zip(headings, cells, strict=True)
    }


def _guessed_table(values: Mapping[str, Sequence[str]]) -> str:
    """Return the table with the most columns found; a required column that is missing weighs against it."""

    def fit(table: str) -> int:
        contract = CONTRACTS[table]
        found = {name for name in contract.columns if _called(name, values)}
        return len(found) - len(set(contract.required) - found)

    return max(("order_lines", *CONTRACTS), key=fit)


def _called(name: str, headings: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the headings that may mean a column, the best first."""
    plain = {heading: plain_heading(heading) for heading in headings}
    found = [heading for word in columns_called(name) for heading in headings if plain[heading] == word]
    return list(dict.fromkeys(found))


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
    if len(fitting) == 1:
        draft.columns[name] = fitting[0]
        draft.doubts.append(f"'{fitting[0]}' is taken for {name} by its values alone")
    else:
        could = f": it could be {' or '.join(repr(heading) for heading in fitting)}" if fitting else ""
        draft.doubts.append(f"no heading was found for {name} ({column.says}), which is required{could}")


def _guess_formats(draft: _Draft) -> None:
    for name, heading in draft.columns.items():
        column, values = CONTRACTS[draft.table].columns[name], draft.values[heading]
        possible = _formats(values, column)
        if possible is None:
            article = "dates" if column.kind == "date" else "numbers"
            draft.doubts.append(f"'{heading}' is taken for {name}, but not all its values are {article}")
        elif possible:
            draft.formats[name] = possible[0]
        if possible and len(possible) > 1:
            draft.doubts.append(_format_doubt(name, values[0], column, possible))
    _guess_group_dots(draft)


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


def _format_doubt(name: str, value: str, column: Column, possible: Sequence[str]) -> str:
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
    """Return the formats that read all values: none needed is an empty list, none possible is None."""
    if column.kind == "date":
        is_plain = all(re.match(r"\d{4}-\d\d-\d\d($|[ T])", value) for value in values)
        possible = [one for one in DATE_FORMATS if all(_is_date(value, one) for value in values)]
    elif column.kind in ("money", "number", "whole"):
        is_plain = all(_NUMBER.fullmatch(value) for value in values)
        possible = [
            one
            for one, written in NUMBER_FORMATS.items()
            if all(written.fullmatch(value) for value in values)
        ]
    else:
        return []
    return [] if is_plain else possible or None


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
