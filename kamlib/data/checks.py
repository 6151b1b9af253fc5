"""Hold a table to its contract: every breach at once, counted in the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw

from kamlib.data.contracts import Column
from kamlib.data.reading import Reading

_EXAMPLES = {
    "date": "a date: give 2013-11-30",
    "money": "an amount: give 1234.50",
    "number": "a number: give 12",
    "whole": "a whole number: give 12",
    "flag": "true or false: give true",
}


@dataclass(frozen=True)
class _Rule:
    """Rows that break one rule, and how to say so."""

    column: str
    broken: nw.Expr
    says: str
    shows_value: bool = False


def breaches(reading: Reading, others: Mapping[str, Reading]) -> list[str]:
    """Return what breaks the contract of a table, one sentence a rule; an empty list is a good table.

    Parameters
    ----------
    reading
        The table.
    others
        The tables of the same source by name, for the references between them.

    Returns
    -------
    list of str
        Such as `ordered_at: 3 rows (first: row 18) are empty`. A row number is the record as a
        spreadsheet shows it (header = 1). Values of personal columns are not shown.
    """
    frame = nw.from_native(reading.for_checking())
    found = list(_broken_rules(frame, list(_row_rules(reading))))
    found += _repeated_keys(frame, reading)
    found += _unmet_references(frame, reading, others)
    found += _cycles(reading)
    return found


def _row_rules(reading: Reading) -> Iterator[_Rule]:
    contract = reading.contract
    for name in reading.columns:
        column, cell = contract.columns[name], nw.col(name)
        written, shown = nw.col(f"written_{name}"), not column.personal
        if column.filled:
            yield _Rule(name, written.is_null(), "are empty")
        if column.kind != "text":
            unread = (~written.is_null()) & cell.is_null()
            yield _Rule(name, unread, f"are not {_EXAMPLES[column.kind]}", shown)
        yield from _value_rules(name, column)
    if contract.same_sign and all(name in reading.columns for name in contract.same_sign):
        one, two = contract.same_sign
        opposite = ((nw.col(one) > 0) & (nw.col(two) < 0)) | ((nw.col(one) < 0) & (nw.col(two) > 0))
        yield _Rule(one, opposite, f"have the opposite sign of {two}: a return has both below zero")


def _value_rules(name: str, column: Column) -> Iterator[_Rule]:
    cell, shown = nw.col(name), not column.personal
    if column.labels:
        listed = ", ".join(column.labels)
        yield _Rule(name, (~cell.is_null()) & ~cell.is_in(column.labels), f"are not one of {listed}", shown)
    if column.low is not None:
        yield _Rule(name, cell < column.low, f"are below {column.low:g}", shown)
    if column.high is not None:
        yield _Rule(name, cell > column.high, f"are above {column.high:g}", shown)


def _broken_rules(frame: nw.LazyFrame, rules: list[_Rule]) -> Iterator[str]:
    """Count all rules in one pass; look for rows and values only where one is broken."""
    counts = _first_row(
        frame.select(
            nw.len().alias("rows"), *[_count(rule.broken).alias(f"r{i}") for i, rule in enumerate(rules)]
        )
    )
    for i, rule in enumerate(rules):
        if counts["rows"] and counts[f"r{i}"]:
            yield _sentence(frame, rule, int(counts[f"r{i}"]))


def _sentence(frame: nw.LazyFrame, rule: _Rule, count: int) -> str:
    first = _first_row(frame.filter(rule.broken).select(nw.col("row_number").min()))["row_number"]
    said = f"{rule.column}: {_rows(count, first)} {rule.says if count > 1 else _singular(rule.says)}"
    if not rule.shows_value:
        return said
    row = frame.filter(nw.col("row_number") == first).select(f"written_{rule.column}")
    return f"{said}, not '{_first_row(row)[f'written_{rule.column}']}'"


def _repeated_keys(frame: nw.LazyFrame, reading: Reading) -> Iterator[str]:
    key = reading.contract.key
    if not all(name in reading.columns for name in key):
        return
    groups = frame.group_by(*key).agg(nw.len().alias("count"), nw.col("row_number").max().alias("last"))
    repeated = groups.filter(nw.col("count") > 1)
    found = _first_row(repeated.select((nw.col("count") - 1).sum().alias("rows"), nw.col("last").min()))
    if found["rows"]:
        count = int(found["rows"])
        verb = "repeat" if count > 1 else "repeats"
        yield f"{' + '.join(key)}: {_rows(count, found['last'])} {verb} an earlier row"


def _unmet_references(frame: nw.LazyFrame, reading: Reading, others: Mapping[str, Reading]) -> Iterator[str]:
    for name in reading.columns:
        table, _, column = reading.contract.columns[name].references.partition(".")
        if table not in others or column not in others[table].columns:
            continue
        known = nw.from_native(others[table].canonical()).select(nw.col(column).alias("known")).unique()
        used = frame.filter(~nw.col(name).is_null()).select("row_number", name)
        unmet = used.join(known, left_on=name, right_on="known", how="anti")
        found = _first_row(unmet.select(nw.len().alias("rows"), nw.col("row_number").min()))
        if found["rows"]:
            count = int(found["rows"])
            verb = "are" if count > 1 else "is"
            first = _first_row(unmet.filter(nw.col("row_number") == found["row_number"]))[name]
            yield f"{name}: {_rows(count, found['row_number'])} {verb} not in {table}, such as '{first}'"


def _cycles(reading: Reading) -> Iterator[str]:
    """Follow each row to the row above it; a chain that meets itself is a cycle."""
    column, (key, *_) = reading.contract.no_cycle, reading.contract.key
    if not column or column not in reading.columns:
        return
    above = dict(reading.canonical().select(f"{key}, {column}").fetchall())
    caught = sorted(start for start in above if start is not None and _meets_itself(start, above.get))
    if caught:
        yield f"{column}: {len(caught)} rows lead back to themselves, such as '{caught[0]}'"


def _meets_itself(start: str, step: Callable[[str], str | None]) -> bool:
    seen, here = {start}, step(start)
    while here is not None and here not in seen:
        seen.add(here)
        here = step(here)
    return here == start


def _count(broken: nw.Expr) -> nw.Expr:
    return nw.when(broken).then(nw.lit(1)).otherwise(nw.lit(0)).sum()


def _first_row(frame: nw.LazyFrame) -> dict[str, Any]:
    return frame.head(1).collect("pyarrow").rows(named=True)[0]


def _rows(count: int, first: int) -> str:
    return f"{count:,} rows (first: row {first})" if count > 1 else f"1 row (row {first})"


def _singular(says: str) -> str:
    verb, _, rest = says.partition(" ")
    return {"are": "is", "have": "has"}[verb] + " " + rest
