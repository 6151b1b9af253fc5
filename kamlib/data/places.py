"""Where a source and its tables are, and what is left out of them: what `source_toml` reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


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
    table
        Or a table of the database, such as `sales.order_lines`.
    columns
        Canonical name → the source's name; names not listed are taken as they stand.
    formats
        Canonical name → how it is written, where that is not clear: a date's `strptime` format, or
        1234.56 as the file writes it, such as `1.234,56`.
    encoding
        Of text files; without it, it is found out.
    """

    folder: Path
    path: str = ""
    query: str = ""
    table: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""


@dataclass(frozen=True)
class Exclusion:
    """Rows that are no customer's doing, and are left out of every figure.

    Parameters
    ----------
    why
        In words, such as `cancelled orders`; the report says it.
    table
        Where they are told by; of `accounts`, the account's rows in all tables are left out.
    where
        The table's own columns, or canonical names → the values by which they are told, all together.
    accounts
        Or the accounts themselves.
    """

    why: str
    table: str = "accounts"
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)
    accounts: Sequence[str] = ()


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
    url, system
        Of a database, its secrets still as `${NAME}`; and what it is: PostgreSQL or Spark.
    exclusions
        What is left out.
    fiscal_year_start
        The month in which the company's year starts, 1 to 12.
    memory_limit
        How much memory the engine may take, such as `4GB`; the rest goes to disk. Nothing = its own limit.
    """

    name: str
    folder: Path
    tables: Mapping[str, TablePlace]
    currency: str = ""
    database: Path | None = None
    url: str = ""
    system: str = ""
    exclusions: tuple[Exclusion, ...] = ()
    fiscal_year_start: int = 1
    memory_limit: str = ""
