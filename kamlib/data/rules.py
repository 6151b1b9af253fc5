"""The rules of a contract as SQL over one row: what is true of a row that breaks one, and how to say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kamlib.data.contracts import Breach, Column, Contract
from kamlib.data.sql import quoted_text

_WANTED = {
    "date": ("a date", "2013-11-30"),
    "money": ("an amount", "1234.50"),
    "number": ("a number", "12"),
    "whole": ("a whole number", "12"),
    "flag": ("true or false", "true"),
}
_NOTHING = "('NULL', 'null', 'None', 'NaN', 'nan', 'N/A', '#N/A', '#NV', '#REF!', '#VALUE!', '#ERROR')"


@dataclass(frozen=True)
class Rule:
    """A rule of one column.

    Parameters
    ----------
    column
        The column.
    broken
        SQL, true of a row that breaks it, over the canonical columns and `written_<column>`.
    says
        What such rows do wrong, after their number: `are empty`.
    breach
        What becomes of them, see `contracts.Column`.
    shows_value
        May the first offending value be told?
    """

    column: str
    broken: str
    says: str
    breach: Breach = "refuse"
    shows_value: bool = False


def row_rules(contract: Contract, columns: Mapping[str, str], formats: Mapping[str, str]) -> Iterator[Rule]:
    """Yield the rules that one row can break by itself, for the columns that are there.

    Parameters
    ----------
    contract
        Of the table.
    columns
        The canonical columns that the table has.
    formats
        How some are written, see `formats`.
    """
    for name in columns:
        yield from _column_rules(name, contract.columns[name], columns, formats.get(name, ""))
    if contract.same_sign and all(name in columns for name in contract.same_sign):
        one, two = contract.same_sign
        said = f"have the opposite sign of {two}: a return has both below zero"
        yield Rule(one, f"({one} > 0 AND {two} < 0) OR ({one} < 0 AND {two} > 0)", said)


def id_rules(contract: Contract, columns: Iterable[str]) -> Iterator[Rule]:
    """Yield the rules for ids that a spreadsheet or an export has spoiled, and made one of many.

    Parameters
    ----------
    contract
        Of the table.
    columns
        Those of its canonical columns that come as text or as numbers with decimals.
    """
    for name in columns:
        column = contract.columns[name]
        if column.kind == "text" and (column.references or name in (*contract.key, contract.no_cycle)):
            said = "are a word for nothing: leave the cell empty"
            yield Rule(name, f"{name} IN {_NOTHING}", said, column.breach, shows_value=True)
            is_number = f"TRY_CAST(replace({name}, ',', '.') AS DOUBLE) IS NOT NULL"
            is_short = f"({name} LIKE '%E+%' OR {name} LIKE '%e+%') AND {is_number}"
            said = "are shortened to a number: export ids as text"
            yield Rule(name, is_short, said, column.breach, shows_value=True)


def _column_rules(name: str, column: Column, columns: Mapping[str, str], written_as: str) -> Iterator[Rule]:
    cell, written, shown = name, f"written_{name}", not column.personal
    if column.filled:
        yield Rule(name, f"{written} IS NULL", "are empty", column.breach)
    if column.kind != "text":
        noun, example = _WANTED[column.kind]
        said = f"{noun} written as {written_as}" if written_as else f"{noun}: give {example}"
        yield Rule(name, f"{written} IS NOT NULL AND {cell} IS NULL", f"are not {said}", column.breach, shown)
    if column.labels:
        listed = ", ".join(quoted_text(label) for label in column.labels)
        said = f"are not one of {', '.join(column.labels)}"
        yield Rule(name, f"{cell} NOT IN ({listed})", said, column.breach, shown)
    if column.low is not None:
        yield Rule(name, f"{cell} < {column.low}", f"are below {column.low:g}", column.breach, shown)
    if column.high is not None:
        yield Rule(name, f"{cell} > {column.high}", f"are above {column.high:g}", column.breach, shown)
    if column.not_before in columns:
        said = f"are before {column.not_before}"
        yield Rule(name, f"{cell} < {column.not_before}", said, column.breach, shown)
