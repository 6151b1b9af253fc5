"""Where a source's tables are: a folder of files, a `source.toml`, a DuckDB file, or a database."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from kamlib.data.contracts import CONTRACTS, Kind
from kamlib.data.encodings import UTF_16_MARKS
from kamlib.data.formats import is_format
from kamlib.data.places import Exclusion, SourcePlace, TablePlace
from kamlib.data.reading import listed
from kamlib.errors import SourceError, did_you_mean

FILE_KINDS = (".parquet", ".csv", ".csv.gz", ".xlsx")
_URL = re.compile(r"(?P<system>[a-z][a-z0-9+]*)(://|(?=\[)).*", re.IGNORECASE)
_SYSTEMS = dict.fromkeys(("postgresql", "postgres"), "PostgreSQL")
_SYSTEMS |= dict.fromkeys(("spark", "sc", "local"), "Spark")
_WHOLE = re.compile(r"\w+://.+|local\[(\d+|[*])\]", re.IGNORECASE)
_URLS = "postgresql://user:${NAME}@host/database, spark://host:port, sc://host:port (Spark Connect), local[*]"
# A password before the @ or as a setting, unless it stands as ${NAME}.
_SECRET = re.compile(
    r"://[^/@:]*:(?!\$\{\w+\}@)[^@]+@|[?&;](password|token)=(?!\$\{\w+\}([&;]|$))", re.IGNORECASE
)
_TABLE_KEYS = {"path": str, "query": str, "table": str, "columns": dict, "formats": dict, "encoding": str}
_EXCLUDE_KEYS = {"why": str, "table": str, "where": dict, "accounts": list}
_SOURCE_KEYS = ("currency", "fiscal_year_start", "memory_limit", "connection", "exclude")
_WANTED: dict[type, str] = {
    str: "text in quotes",
    dict: 'pairs such as { net_amount = "Net" }',
    list: 'texts such as ["10001", "10002"]',
}


def source_place(source: str) -> SourcePlace:
    """Return where the tables of a source are; reads its `source.toml`, but no table.

    Parameters
    ----------
    source
        A folder (a `source.toml` in it counts), a `source.toml`, a DuckDB file, or a database's URL. A path
        is relative to the current folder; one that a notebook gives as `../../…` is also found from the
        project folder, where plain `papermill` starts the kernel.

    Raises
    ------
    SourceError
        The source is not there, not of a known kind, or its `source.toml` cannot be used.
    """
    if _URL.fullmatch(source):
        return _database_place("source", source)
    try:
        path = _found(Path(source).expanduser()).resolve()
        is_folder = path.is_dir()
    except (OSError, ValueError, RuntimeError) as fault:  # too long, holds a NUL, leads back to itself
        raise SourceError("source: this is no name of a file or folder") from fault
    if is_folder:
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


def _database_place(where: str, url: str) -> SourcePlace:
    if _SECRET.search(url):
        raise SourceError(
            f"{where}: a password stands in the URL: write ${{NAME}} in its place and keep it in the "
            "environment variable NAME"
        )
    matched = _URL.fullmatch(url)
    system = _SYSTEMS.get(matched["system"].lower()) if matched else None
    if matched is None or system is None or not _WHOLE.fullmatch(url):
        raise SourceError(f"{where}: no such database{_near_system(matched)}; give one of {_URLS}")
    path = "".join(re.split("[?;]", url)[0].split("/", 3)[3:]).strip("/") if system == "PostgreSQL" else ""
    return SourcePlace(path or system, Path.cwd(), {}, url=url, system=system)


def _near_system(matched: re.Match[str] | None) -> str:
    is_strange = matched is not None and matched["system"].lower() not in _SYSTEMS
    return did_you_mean(matched["system"], _SYSTEMS) if matched and is_strange else ""


def _found(path: Path) -> Path:
    from_project = Path(*path.parts[2:]) if path.parts[:2] == ("..", "..") else path
    return from_project if from_project.exists() and not path.exists() else path


def _folder_place(folder: Path) -> SourcePlace:
    tables, there = {}, sorted(folder.iterdir())
    for table in CONTRACTS:
        found = [entry for kind in FILE_KINDS for entry in there if entry.name.lower() == table + kind]
        if len(found) > 1:
            names = " and ".join(path.name for path in found)
            raise SourceError(f"{folder.name}: {names} both hold the table {table}; keep one")
        if found:  # Spark writes a folder of parts under a file's name
            parts = f"/*{found[0].suffix}" if found[0].is_dir() else ""
            tables[table] = TablePlace(folder, path=found[0].name + parts)
    if not tables:
        raise SourceError(
            f"{folder.name}: no table here; files are named for their table, such as order_lines.csv, "
            f"or listed in a source.toml. Found: {listed([entry.name for entry in there]) or 'nothing'}"
        )
    return SourcePlace(folder.name, folder, tables)


def _toml_place(path: Path) -> SourcePlace:
    try:
        text = path.read_bytes()
        is_utf_16 = text.startswith(UTF_16_MARKS)  # as PowerShell's `>` writes
        said = tomllib.loads(text.decode("utf-16" if is_utf_16 else "utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as fault:
        why = "it is not UTF-8: save it so" if isinstance(fault, UnicodeDecodeError) else fault
        raise SourceError(f"{path.name} cannot be read as TOML: {why}") from fault
    settings = {name: said.pop(name) for name in _SOURCE_KEYS if name in said}
    connection = _connection(path, settings.pop("connection", None))
    tables = {name: _table_place(path, name, place) for name, place in said.items()}
    for name, place in tables.items():
        if place.table and not connection.url:
            raise SourceError(f"{path.name}: [{name}]: a table is of a database: give its [connection] url")
    return replace(
        connection,
        name=path.parent.name if path.name == "source.toml" else path.stem,
        folder=path.parent,
        tables=tables,
        exclusions=tuple(_exclusion(path, one) for one in _listed(settings.pop("exclude", []))),
        **{name: _setting(path, name, value) for name, value in settings.items()},
    )


def _setting(toml: Path, name: str, value: Any) -> Any:
    """Return a setting of the whole source, if it is one."""
    good, wanted = {
        "currency": (r"([A-Z]{3})?", 'a three-letter code such as "USD"'),
        "fiscal_year_start": (r"[1-9]|1[012]", "the number of a month, 1 to 12"),
        "memory_limit": (r"\d{1,6}([.]\d+)? ?[KMGT]i?B", 'a size such as "4GB"'),
    }[name]
    is_kind = isinstance(value, int if name == "fiscal_year_start" else str)
    if not is_kind or not re.fullmatch(good, str(value)):
        raise SourceError(f"{toml.name}: {name} is {wanted}, not {value!r}")
    return value


def _connection(toml: Path, said: Any) -> SourcePlace:
    where = f"{toml.name}: [connection]"
    if said is None:
        return SourcePlace("", toml.parent, {})
    if not isinstance(said, dict) or set(said) != {"url"} or not isinstance(said["url"], str):
        raise SourceError(f"{where}: give its url, one of {_URLS}")
    return _database_place(where, said["url"])


def _listed(said: Any) -> list[Any]:
    return said if isinstance(said, list) else [said]


def _exclusion(toml: Path, said: Any) -> Exclusion:
    where = f"{toml.name}: [[exclude]]"
    if not isinstance(said, dict):
        raise SourceError(f"{where}: write it as tables, each with why and where")
    values = said.get("where", {})
    if isinstance(values, dict):  # one value may stand without brackets
        said = {
            **said,
            "where": {name: [one] if isinstance(one, str) else one for name, one in values.items()},
        }
    said.setdefault("table", "accounts" if "accounts" in said else "")
    _check_keys(where, said, _EXCLUDE_KEYS)
    if not said.get("why") or bool(said["where"]) == bool(said.get("accounts")):
        raise SourceError(f"{where}: give why, in words, and either where (with table) or accounts")
    if said["table"] not in ("accounts", "order_lines"):
        raise SourceError(f'{where}: table is "accounts" or "order_lines", not "{said["table"]}"')
    return Exclusion(**said)


def _table_place(toml: Path, table: str, said: Any) -> TablePlace:
    where = f"{toml.name}: [{table}]"
    if table not in CONTRACTS:
        near = did_you_mean(table, [*CONTRACTS, *_SOURCE_KEYS])
        raise SourceError(f"{where}: no such table{near}")
    if not isinstance(said, dict):
        raise SourceError(f"{where}: write it as a table with a path or a query")
    _check_keys(where, said, _TABLE_KEYS)
    given = [said[key].strip() for key in ("path", "query", "table") if key in said]
    if len(given) != 1 or not given[0]:
        raise SourceError(f"{where}: give either path or query (or, of a database, table)")
    if Path(said.get("path", "")).is_absolute():
        raise SourceError(f"{where}: path: give it as seen from {toml.name}, such as ../exports/lines.csv")
    for key in ("columns", "formats"):
        for column in said.get(key, {}):
            if column not in CONTRACTS[table].columns:
                near = did_you_mean(column, CONTRACTS[table].columns)
                raise SourceError(f"{where}: {key}: {table} has no column {column}{near}")
    for column, written_as in said.get("formats", {}).items():
        _check_format(f"{where}: formats: {column}", CONTRACTS[table].columns[column].kind, written_as)
    return TablePlace(toml.parent, **said)


def _check_keys(where: str, said: Mapping[str, Any], known: Mapping[str, type]) -> None:
    for key, value in said.items():
        if key not in known:
            raise SourceError(f"{where}: no such setting: {key}{did_you_mean(key, known)}")
        texts = list(value.values()) if isinstance(value, dict) else [value]
        if key == "where":
            texts = [one for listed in texts for one in (listed if isinstance(listed, list) else [None])]
        if key == "accounts" and isinstance(value, list):
            texts = value
        if not isinstance(value, known[key]) or not all(isinstance(one, str) for one in texts):
            raise SourceError(f"{where}: {key}: give {_WANTED[known[key]]}")


def _check_format(where: str, kind: Kind, written_as: str) -> None:
    if kind in ("text", "flag"):
        raise SourceError(f"{where}: only dates and numbers have a format")
    if not is_format(kind, written_as):
        wanted = {
            "date": 'give a date format such as "%d.%m.%Y"',
        }.get(kind, 'write 1234.56 as the file writes it, such as "1.234,56"')
        raise SourceError(f'{where}: {wanted}, not "{written_as}"')


def _near_file(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f" (nor is there a folder {folder.name})"
    return did_you_mean(path.name, [entry.name for entry in folder.iterdir()])
