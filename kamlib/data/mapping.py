"""Draft a `source.toml` for one export: which table it seems to be, which heading is what, and the doubts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from kamlib.data import headings
from kamlib.data.contracts import CONTRACTS, Column
from kamlib.data.formats import guessed_formats, parsed_sql
from kamlib.data.places import TablePlace
from kamlib.data.raw import RawTable
from kamlib.data.raw_files import raw_table
from kamlib.data.sql import quoted_name, quoted_text
from kamlib.errors import SourceError

_MOST_ROWS = 100_000
_SLIPS_ALLOWED = 0.05  # of the filled cells, as in `formats`
_MASKED = ("name", "text")
_MADE = "net_amount is made by the query, of quantity and price: is that without tax, and after discounts?"
_Columns = dict[str, str]
_KINDS = {"date": "a date", "flag": "yes or no"}


@dataclass(frozen=True)
class _Export:
    """One export; its first rows are in the engine, as texts: h0, h1, … of the table `written`."""

    file: str
    rows: Callable[[str], list[tuple]]
    raw: RawTable
    cells: Mapping[str, str]
    """By heading, its column in the engine."""

    def values(self, heading: str, most: int = 3) -> list[str]:
        """Return the first values that differ."""
        cell = self.cells[heading]
        asked = f"SELECT {cell} FROM written WHERE {cell} IS NOT NULL GROUP BY 1 ORDER BY min(kam_row)"
        return [value for (value,) in self.rows(f"{asked} LIMIT {most}")]

    def fits(self, heading: str, column: Column) -> bool:
        """Return whether nearly all cells under a heading are what a column wants."""
        if column.labels:
            return set(self.values(heading, most=99)) <= set(column.labels)
        one = f"(SELECT {self.cells[heading]} AS cell FROM written)"
        guess = guessed_formats(self.rows, one, {"cell": column.kind}).get("cell")
        read = parsed_sql("cell", column.kind, guess.written_as if guess else "")
        ((count, filled),) = self.rows(f"SELECT count({read}), count(cell) FROM {one}")
        return bool(guess and guess.doubt) or count >= (1 - _SLIPS_ALLOWED) * filled


@dataclass(frozen=True)
class _Draft:
    """What is guessed of an export."""

    table: str
    query: str
    columns: Mapping[str, str]
    formats: Mapping[str, str]
    doubts: Sequence[str]


def drafted_source(file: Path | str) -> str:
    """Return a commented `source.toml` for one export; it opens as it is where no doubt stands against it.

    Headings are guessed by their words (see `headings.toml`) and by their values, formats as they
    are at each opening. Beside each column stand three of its values, but never names, open answers
    or personal data.

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
    export = _loaded(path)
    table = _guessed_table(export)
    columns, doubts = _guessed_columns(export, table)
    query = _query(export, columns) if "net_amount" in {*CONTRACTS[table].required} - {*columns} else ""
    for name in CONTRACTS[table].required:
        if name not in columns:
            is_made = query and name == "net_amount"
            doubts.append(_MADE if is_made else _taken_by_values(export, table, name, columns))
    formats, slips = _guessed_formats(export, table, columns)
    left_out = [
        f"'{one}' is in the header more than once and not used: rename it" for one in export.raw.repeated
    ]
    draft = _Draft(table, query, columns, formats, [*doubts, *slips, *left_out, *export.raw.remarks])
    return "\n".join(_lines(export, draft)) + "\n"


def _such_as(folder: Path) -> str:
    """Return the way out with a file that is there, if one is."""
    kinds = (".csv", ".csv.gz", ".tsv", ".txt", ".parquet", ".xlsx")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.lower().endswith(kinds))
    return f", such as {folder.name}/{names[0]}" if names else ""


def _loaded(path: Path) -> _Export:
    engine = duckdb.connect()
    raw = raw_table(engine, "export", TablePlace(path.parent, path=path.name))
    single = [heading for heading in raw.headings if heading.strip().lower() not in raw.repeated]
    if len(single) < 2:  # no table has one column
        said = "fewer than two headings that stand only once: is there a title above them? Delete it"
        raise SourceError(f"'{path.name}': {said}")
    names = {heading: f"h{place}" for place, heading in enumerate(single)}
    chosen = raw.numbered_sql({name: heading for heading, name in names.items()})
    cells = ", ".join(f"nullif(trim(CAST({name} AS VARCHAR)), '') AS {name}" for name in names.values())
    engine.execute(f"CREATE TEMP TABLE written AS SELECT kam_row, {cells} FROM ({chosen}) LIMIT {_MOST_ROWS}")
    return _Export(path.name, lambda sql: engine.execute(sql).fetchall(), raw, names)


def _guessed_table(export: _Export) -> str:
    """Return the table with the most columns found; a required column that is missing weighs against it."""

    def fit(table: str) -> int:
        contract = CONTRACTS[table]
        found = {name for name in contract.columns if _called(name, table, export)}
        return len(found) - len(set(contract.required) - found)

    return max(("order_lines", *CONTRACTS), key=fit)


def _called(name: str, table: str, export: _Export) -> list[str]:
    """Return the headings that may mean a column, the best first; one without a unit before one with it."""
    known = headings.known_columns(export.cells, table)
    if name == "net_amount" and "unit_price" in known:  # then every amount is one of the whole order
        return []
    spelled = [(spell(one), one) for spell in headings.SPELLINGS for one in export.cells]
    called = [one for word in headings.columns_called(name, table) for said, one in spelled if said == word]
    taken = {one for column, one in known.items() if column != name}
    return [known[name]] if name in known else [one for one in dict.fromkeys(called) if one not in taken]


def _guessed_columns(export: _Export, table: str) -> tuple[_Columns, list[str]]:
    columns: _Columns = {}
    doubts = []
    for name, column in CONTRACTS[table].columns.items():
        free = [one for one in _called(name, table, export) if one not in columns.values()]
        is_sure = len(free) == 1 and not column.labels
        fitting = free if is_sure else [one for one in free if export.fits(one, column)]
        if fitting or (free and not column.labels):
            columns[name] = (fitting or free)[0]
            if len(free) > 1 and column.kind != "text":
                listed = ", ".join(f"'{one}'" for one in free)
                doubts.append(f"{len(free)} columns could be {name}: {listed}; '{columns[name]}' is taken")
    return columns, doubts


def _query(export: _Export, columns: Mapping[str, str]) -> str:
    """Return a query that makes the amount of quantity and price, if both are there and plainly written."""
    price, quantity = headings.unit_price_heading(export.cells), columns.get("quantity")
    if not price or not quantity or not export.file.lower().endswith(".csv") or export.raw.remarks:
        return ""
    plain = [parsed_sql(export.cells[one], "number") for one in (quantity, price)]
    if export.rows(f"SELECT 1 FROM written WHERE ({' + '.join(plain)}) IS NULL LIMIT 1"):
        return ""
    product = " * ".join(f"try_cast({quoted_name(one)} as double)" for one in (quantity, price))
    from_sql = f"read_csv({quoted_text(export.file)}, all_varchar = true)"
    return f"select *, {product} as net_amount from {from_sql}"


def _taken_by_values(export: _Export, table: str, name: str, columns: dict[str, str]) -> str:
    """Take the one heading left whose values are of the kind; return the doubt that remains."""
    column = CONTRACTS[table].columns[name]
    no_heading = f"no heading was found for {name} ({column.says}), which is required"
    left = [one for one in export.cells if one not in columns.values()]
    fitting = [one for one in left if column.kind != "text" and export.fits(one, column)]
    # Any number fits an amount: a heading that sounds like it comes before one that does not.
    sounding = [one for one in left if column.kind == "money" and _sounds_like(name, table, one)]
    fitting = sounding or fitting
    if len(fitting) == 1 and export.fits(fitting[0], column):
        columns[name] = fitting[0]
        why = "a part of its name and its values" if sounding else "its values alone"
        return f"'{fitting[0]}' is taken for {name} by {why}"
    return no_heading + (f": it could be {' or '.join(repr(one) for one in fitting)}" if fitting else "")


def _sounds_like(name: str, table: str, heading: str) -> bool:
    """Return whether a heading holds one of the words for a column; short ones are in too many words."""
    return any(
        len(word) > 3 and word in headings.plain_heading(heading)
        for word in headings.columns_called(name, table)
    )


def _guessed_formats(export: _Export, table: str, columns: _Columns) -> tuple[_Columns, list[str]]:
    contract = CONTRACTS[table].columns
    cells = "".join(f", {export.cells[heading]} AS {quoted_name(name)}" for name, heading in columns.items())
    export.rows(f"CREATE TEMP VIEW chosen AS SELECT kam_row{cells} FROM written")
    guesses = guessed_formats(export.rows, "chosen", {name: contract[name].kind for name in columns})
    formats = {name: guess.written_as for name, guess in guesses.items() if guess.written_as}
    doubts = {name: [f"{name}: {guess.doubt}"] for name, guess in guesses.items() if guess.doubt}
    for name, column in contract.items():
        if name in columns and name not in doubts and column.kind != "text":
            told = f"'{columns[name]}' is taken for {name}, but"
            doubts[name] = [*_slips(export, name, column, formats.get(name, ""), told)]
    gaps = _gaps(export, [name for name in columns if contract[name].filled])
    return formats, [*(one for said in doubts.values() for one in said), *gaps]


def _slips(export: _Export, name: str, column: Column, written_as: str, told: str) -> Iterator[str]:
    """Yield the doubt about the cells that are not read."""
    cell = quoted_name(name)
    unread = f"{cell} IS NOT NULL AND {parsed_sql(cell, column.kind, written_as)} IS NULL"
    asked = f"SELECT count(*), min(kam_row), arg_min({cell}, kam_row) FROM chosen WHERE {unread}"
    ((count, row, value),) = export.rows(asked)
    kind = _KINDS.get(column.kind, "a number") + (f" written as {written_as}" if written_as else "")
    if count:
        yield f"{told} {_rows(export, count, row)} not {kind}: '{_sample(value, name, column)}'"


def _gaps(export: _Export, filled: Sequence[str]) -> list[str]:
    """Return the doubt about rows without a cell that must be filled."""
    empty = " OR ".join(f"{quoted_name(name)} IS NULL" for name in filled) or "false"
    ((count, row),) = export.rows(f"SELECT count(*), min(kam_row) FROM chosen WHERE {empty}")
    said = f"lacking one of {', '.join(filled)}: titles or totals between the rows are best deleted"
    return [f"{_rows(export, count, row)} {said}"] if count else []


def _rows(export: _Export, count: int, first: int) -> str:
    row = export.raw.row_said(first)
    return f"{count} rows (first: {row}) are" if count > 1 else f"1 row ({row}) is"


def _currency(export: _Export, draft: _Draft) -> str:
    """Return the one currency that the cells, or else the headings and the amounts, name."""
    if "currency" in draft.columns:
        values = export.values(draft.columns["currency"])
        said = {one if re.fullmatch("[A-Z]{3}", one) else "" for one in values}
    else:
        named = map(headings.currency_named, [*draft.columns.values(), *draft.formats.values()])
        said = {*named} - {""}
    return said.pop() if len(said) == 1 else ""


def _lines(export: _Export, draft: _Draft) -> Iterator[str]:
    contract, beside = CONTRACTS[draft.table], _shown(export.file)
    yield f"# Drafted by `kam map`: read it through, then save it as source.toml beside {beside}."
    found = f"{len(draft.columns)} of the {len(contract.columns)} columns of {draft.table} found in it"
    yield f"# The file seems to be {draft.table} ({contract.grain}): {found}."
    if draft.doubts:
        yield from ["#", "# Doubts:", *(f"# - {_printable(doubt)}" for doubt in draft.doubts)]
    if currency := _currency(export, draft):
        yield from ["", f'currency = "{currency}"']
    yield from ["", f"[{draft.table}]"]
    yield f"query = {_shown(draft.query)}" if draft.query else f"path = {beside}"
    yield from ["", f"[{draft.table}.columns]", *_column_lines(export, draft)]
    if draft.formats:
        yield from ["", f"[{draft.table}.formats]"]
        yield from (f"{name} = {_shown(said)}" for name, said in draft.formats.items())
    unused = [heading for heading in export.cells if heading not in draft.columns.values()]
    if unused:
        yield from ["", f"# Not used: {', '.join(_shown(heading) for heading in unused)}"]


def _column_lines(export: _Export, draft: _Draft) -> Iterator[str]:
    contract = CONTRACTS[draft.table].columns
    said = {name: f"{name} = {_shown(heading)}" for name, heading in draft.columns.items()}
    width = max(map(len, said.values()), default=0)
    for name, line in said.items():
        samples = [_sample(value, name, contract[name]) for value in export.values(draft.columns[name])]
        yield f"{line.ljust(width)}  # {' | '.join(dict.fromkeys(samples)) or 'no value'}"
    found = {*draft.columns, "net_amount"} if draft.query else {*draft.columns}
    yield from (f'# {name} = ""  # {contract[name].says}' for name in contract if name not in found)


def _sample(value: str, name: str, column: Column) -> str:
    """Return a value as a comment may show it: of names and personal data only that there is one."""
    is_id_like = column.kind != "text" or column.labels or any(letter.isdigit() for letter in value)
    is_name = name in _MASKED or (name.endswith("_id") and not is_id_like) or "@" in value
    if column.personal or is_name:
        return "(not shown)"
    return _printable(value if len(value) <= 30 else value[:29] + "…")


def _shown(text: str) -> str:
    return json.dumps(_printable(text), ensure_ascii=False)


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
