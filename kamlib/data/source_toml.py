"""Where a source's tables are: a folder of files, a `source.toml`, or a DuckDB file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kamlib.data.contracts import CONTRACTS
from kamlib.errors import SourceError, did_you_mean

FILE_KINDS = (".parquet", ".csv", ".csv.gz", ".xlsx")
_URL = re.compile(r"[a-z][a-z0-9+]*://", re.IGNORECASE)
# A password before the @ or as a setting, unless it stands as ${NAME}.
_PASSWORD = re.compile(r"://[^/@:]*:(?!\$\{\w+\}@)[^@]+@|[?&]password=(?!\$\{\w+\}(&|$))", re.IGNORECASE)
NUMBER_FORMAT = r"1(?P<group>[., '])234(?P<decimal>[.,])56"
_NO_DATABASE = (
    "databases are not opened yet: export the tables to a folder of Parquet or CSV files, "
    "or give a source.toml or a DuckDB file"
)
_SETTINGS = {"path": str, "query": str, "columns": dict, "formats": dict, "encoding": str}
_WANTED = {str: "text in quotes", dict: 'pairs such as { net_amount = "Net" }'}


@dataclass(frozen=True)
class TablePlace:
    """Where one table is and how its columns are called there.

    Parameters
    ----------
    folder
        What `path` and the file names in `query` are relative to.
    path
        A file, or a glob of files of one kind.
    query
        Or one `select` in the source's own SQL.
    columns
        Canonical name → the source's name; names not listed are taken as they stand.
    formats
        Canonical name → how it is written, where that is not clear: a date's `strptime` format, or
        1234.56 as the file writes it, such as `1.234,56`.
    encoding
        Of text files.
    """

    folder: Path
    path: str = ""
    query: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"


@dataclass(frozen=True)
class SourcePlace:
    """Where a source is.

    Parameters
    ----------
    name
        What people call it: the name of its folder or file, never its path.
    folder
        Where its files are.
    tables
        Where each table is.
    currency
        ISO code of the amounts, or nothing.
    database
        A DuckDB file whose own tables are read, or nothing.
    """

    name: str
    folder: Path
    tables: Mapping[str, TablePlace]
    currency: str = ""
    database: Path | None = None


def source_place(source: str) -> SourcePlace:
    """Return where the tables of a source are; reads its `source.toml`, but no table.

    Parameters
    ----------
    source
        A folder (a `source.toml` in it counts), a `source.toml`, or a DuckDB file. A relative path is
        relative to the current folder; one that a notebook gives as `../../…` is also found from the
        project folder, where plain `papermill` starts the kernel.

    Raises
    ------
    SourceError
        The source is not there, not of a known kind, or its `source.toml` cannot be used.
    """
    if _URL.match(source):
        raise SourceError(f"{_password_said(source)}{_NO_DATABASE}")
    path = _found(Path(source).expanduser()).resolve()
    if path.is_dir():
        toml = path / "source.toml"
        return _toml_place(toml) if toml.is_file() else _folder_place(path)
    if not path.is_file():
        where = "here" if path.parent == Path.cwd() else f"in {path.parent.name}"
        raise SourceError(f"source: no file or folder '{path.name}' {where}{_near_file(path)}")
    if path.suffix == ".toml":
        return _toml_place(path)
    if path.suffix in (".duckdb", ".db"):
        return SourcePlace(path.stem, path.parent, {}, database=path)
    raise SourceError(
        f"source: '{path.name}' is neither a folder, a source.toml nor a DuckDB file; "
        f"`kam map {path.name}` drafts a source.toml for a single export"
    )


def _password_said(url: str) -> str:
    if not _PASSWORD.search(url):
        return ""
    return (
        "source: a password stands in the URL: write ${NAME} in its place and keep it in the environment "
        "variable NAME. Also, "
    )


def _found(path: Path) -> Path:
    from_project = Path(*path.parts[2:]) if path.parts[:2] == ("..", "..") else path
    return from_project if from_project.exists() and not path.exists() else path


def _folder_place(folder: Path) -> SourcePlace:
    tables = {}
    for table in CONTRACTS:
        found = [folder / (table + kind) for kind in FILE_KINDS if (folder / (table + kind)).is_file()]
        if len(found) > 1:
            names = " and ".join(path.name for path in found)
            raise SourceError(f"{folder.name}: {names} both hold the table {table}; keep one")
        if found:
            tables[table] = TablePlace(folder, path=found[0].name)
    if not tables:
        raise SourceError(
            f"{folder.name}: no table here; files are named for their table, such as order_lines.csv, "
            f"or listed in a source.toml. Found: {_listing(folder)}"
        )
    return SourcePlace(folder.name, folder, tables)


def _toml_place(path: Path) -> SourcePlace:
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as fault:
        raise SourceError(f"{path.name} cannot be read as TOML: {fault}") from fault
    currency = said.pop("currency", "")
    if not isinstance(currency, str) or (currency and not re.fullmatch(r"[A-Z]{3}", currency)):
        raise SourceError(f'{path.name}: currency is a three-letter code such as "USD", not {currency!r}')
    if "connection" in said:
        raise SourceError(f"{path.name}: [connection]: databases are not opened yet; list files instead")
    tables = {name: _table_place(path, name, place) for name, place in said.items()}
    name = path.parent.name if path.name == "source.toml" else path.stem
    return SourcePlace(name, path.parent, tables, currency)


def _table_place(toml: Path, table: str, said: Any) -> TablePlace:
    where = f"{toml.name}: [{table}]"
    if table not in CONTRACTS:
        raise SourceError(f"{where}: no such table{did_you_mean(table, CONTRACTS)}")
    if not isinstance(said, dict):
        raise SourceError(f"{where}: write it as a table with a path or a query")
    for key, value in said.items():
        if key not in _SETTINGS:
            raise SourceError(f"{where}: no such setting: {key}{did_you_mean(key, _SETTINGS)}")
        texts = value.values() if isinstance(value, dict) else [value]
        if isinstance(value, dict) != (_SETTINGS[key] is dict) or not all(
            isinstance(one, str) for one in texts
        ):
            raise SourceError(f"{where}: {key}: give {_WANTED[_SETTINGS[key]]}")
    if ("path" in said) == ("query" in said):
        raise SourceError(f"{where}: give either path or query")
    for key in ("columns", "formats"):
        for column in said.get(key, {}):
            if column not in CONTRACTS[table].columns:
                near = did_you_mean(column, CONTRACTS[table].columns)
                raise SourceError(f"{where}: {key}: {table} has no column {column}{near}")
    for column, written_as in said.get("formats", {}).items():
        _check_format(f"{where}: formats: {column}", CONTRACTS[table].columns[column].kind, written_as)
    return TablePlace(toml.parent, **said)


def _check_format(where: str, kind: str, written_as: str) -> None:
    if kind == "date" and "%" not in written_as:
        raise SourceError(f'{where}: give a date format such as "%d.%m.%Y", not "{written_as}"')
    if kind in ("money", "number", "whole") and not re.fullmatch(NUMBER_FORMAT, written_as):
        raise SourceError(
            f'{where}: write 1234.56 as the file writes it, such as "1.234,56", not "{written_as}"'
        )
    if kind in ("text", "flag"):
        raise SourceError(f"{where}: only dates and numbers have a format")


def _near_file(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f" (nor is there a folder {folder.name})"
    return did_you_mean(path.name, [entry.name for entry in folder.iterdir()])


def _listing(folder: Path) -> str:
    names = sorted(entry.name for entry in folder.iterdir())
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "") or "nothing"
