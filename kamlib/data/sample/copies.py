"""A large sample: many copies of a small company, made and written by the engine."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import duckdb
import pandas as pd

from kamlib.data.contracts import CONTRACTS
from kamlib.data.formats import SQL_TYPES
from kamlib.data.sample.recipe import Recipe
from kamlib.data.sample.tables import sample_tables
from kamlib.data.sql import quoted_text

_MOST_LINES, _MOST_ACCOUNTS = 1_000_000, 5_000
"""Larger samples are copies."""
_SMALL_LINES, _SMALL_ACCOUNTS = 200_000, 320
_ONE_FOR_ALL = ("products", "survey_waves", "survey_items")
_NUMBERED = (
    "account_id", "parent_id", "manager_id", "reports_to", "contact_id", "interaction_id", "invoice_id",
)  # fmt: skip
"""The ids that get the number of their company; those of orders are counted through, by day."""
# One thread keeps the order without a sort, and what it has made goes straight to the file.
_ONE_BY_ONE = "SET threads = 1; SET preserve_insertion_order = false"
_PLACES = "SELECT list(small ORDER BY row) AS rows FROM small GROUP BY place ORDER BY place"


@dataclass(frozen=True)
class Sample:
    """A sample of any size: a small company, and how often it is there.

    Parameters
    ----------
    recipe
        Of the small company: what was asked for, where that is small enough.
    tables
        Of the small company, as `sample_tables` makes them.
    companies
        How many of them there are.
    copies
        How often its orders are there, at least one a company: with twice as many, each account
        orders twice as often.
    """

    recipe: Recipe
    tables: dict[str, pd.DataFrame]
    companies: int = 1
    copies: int = 1

    def times(self, table: str) -> int:
        """Return how often the rows of a table are there."""
        if table in _ONE_FOR_ALL:
            return 1
        return self.copies if table == "order_lines" else self.companies


def sample_of(recipe: Recipe) -> Sample:
    """Make the tables of a small sample, or those that a large one is copied from.

    Raises
    ------
    ParameterError
        A number is out of its range.

    Examples
    --------
    >>> large = sample_of(Recipe(accounts=6_000, years=2, lines=30_000))
    >>> large.companies, large.recipe.accounts
    (20, 300)
    """
    accounts, lines = recipe.accounts, recipe.lines
    if accounts <= _MOST_ACCOUNTS and (lines or 0) <= _MOST_LINES:
        return Sample(recipe, sample_tables(**asdict(recipe)))
    fewest = math.ceil(accounts / _SMALL_ACCOUNTS)
    # Companies of equal size, where there is such a number: no account too many.
    companies = next((n for n in range(fewest, 2 * fewest) if accounts % n == 0), fewest)
    copies = companies * math.ceil((lines or 1) / companies / _SMALL_LINES)
    small = replace(
        recipe, accounts=math.ceil(accounts / companies), lines=lines and math.ceil(lines / copies)
    )
    tables = sample_tables(**asdict(small))
    if small.lines:  # "about so many" is too far off a hundred million: ask again, by as much more
        again = max(small.accounts, round(small.lines**2 / len(tables["order_lines"])))
        tables = sample_tables(**asdict(replace(small, lines=again)))
    # What is nobody's in particular has no id to tell the companies apart by.
    tables["costs"] = tables["costs"].dropna(subset="account_id")
    return Sample(small, tables, companies, copies)


def write_copies(sample: Sample, table: str, path: Path) -> None:
    """Write one table of a large sample as Parquet, in order (order lines by day and order).

    The first company is the small one itself; in the others the amounts of an account and product
    are up to 10% more or less. Equal samples give equal rows in the same order.
    """
    times = sample.times(table)
    cells = ", ".join(f"{_cell(table, column, times)} AS {column}" for column in CONTRACTS[table].columns)
    one = f"SELECT rows, unnest(range({times})) AS copy FROM places"
    rows = f"SELECT copy, copy % {sample.companies} AS company, unnest(rows, recursive := true) FROM ({one})"
    with duckdb.connect() as engine:
        engine.register("small", _with_places(table, sample.tables[table]))
        engine.execute(f"{_ONE_BY_ONE}; CREATE TABLE places AS {_PLACES}")
        engine.execute(f"COPY (SELECT {cells} FROM ({rows})) TO {quoted_text(str(path))} (FORMAT parquet)")


def _with_places(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with their `place`: those of one place stay together in each copy."""
    table = table.assign(row=range(len(table)), place=range(len(table)))
    if name != "order_lines":
        return table
    account, product, order = (pd.factorize(table[f"{of}_id"])[0] for of in ("account", "product", "order"))
    return table.assign(place=order, vary=31 * account + 17 * product + 18)


def _cell(table: str, column: str, times: int) -> str:
    kind = CONTRACTS[table].columns[column].kind
    if column == "order_id":
        return f"'O' || lpad(CAST(place * {times} + copy + 1 AS VARCHAR), 12, '0')"
    if column in _NUMBERED:
        return f"{column} || CASE WHEN company > 0 THEN '.' || company ELSE '' END"
    if (table, kind) == ("order_lines", "money"):
        # By a whole number of hundredths of a percent, none for the first copy; two decimals as ever.
        factor = "CAST(1 + ((copy * vary + 1000) % 2001 - 1000) * 0.0001 AS DECIMAL(6,4))"
        return f"CAST(round(CAST({column} AS DECIMAL(12,2)) * {factor}, 2) AS {SQL_TYPES[kind]})"
    return f"CAST({column} AS {SQL_TYPES[kind]})"
