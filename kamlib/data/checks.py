"""Hold a table to its contract: every breach at once, counted in the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kamlib.data.contracts import Column
from kamlib.data.reading import Reading
from kamlib.data.sql import quoted_name, quoted_text
from kamlib.errors import KamError

_WANTED = {
    "date": ("a date", "2013-11-30"),
    "money": ("an amount", "1234.50"),
    "number": ("a number", "12"),
    "whole": ("a whole number", "12"),
    "flag": ("true or false", "true"),
}


@dataclass(frozen=True)
class _Rule:
    """What is true of a row that breaks it, in SQL, and how to say so."""

    column: str
    broken: str
    says: str
    shows_value: bool = False


def breaches(reading: Reading, others: Mapping[str, Reading]) -> list[str]:
    """Return what breaks the contract of a table, one sentence a rule; an empty list is a good table.

    Each rule is counted where the table lies; rows are looked for only where a rule is broken, so a
    good table of millions of lines is never held in memory.

    Parameters
    ----------
    reading
        The table.
    others
        The tables of the same source by name, for the references between them; a reference to a
        table that cannot be read is left to the check of that table.

    Returns
    -------
    list of str
        Such as `ordered_at: 3 rows (first: row 18) are empty`. A row number is the record as a
        spreadsheet shows it (header = 1). Values of personal columns are not shown.

    Raises
    ------
    SourceError
        The table cannot be read to its end.
    """
    found = list(_broken_rules(reading, list(_row_rules(reading))))
    found += _repeated_keys(reading)
    found += _unmet_references(reading, others)
    found += _cycles(reading)
    return found


def _row_rules(reading: Reading) -> Iterator[_Rule]:
    contract = reading.contract
    for name in reading.columns:
        column, shown = contract.columns[name], not contract.columns[name].personal
        cell, written = quoted_name(name), quoted_name(f"written_{name}")
        if column.filled:
            yield _Rule(name, f"{written} IS NULL", "are empty")
        if column.kind != "text":
            unread = f"{written} IS NOT NULL AND {cell} IS NULL"
            yield _Rule(name, unread, f"are not {_wanted(reading, name)}", shown)
        yield from _value_rules(name, column)
    if contract.same_sign and all(name in reading.columns for name in contract.same_sign):
        one, two = contract.same_sign
        said = f"have the opposite sign of {two}: a return has both below zero"
        yield _Rule(one, f"({one} > 0 AND {two} < 0) OR ({one} < 0 AND {two} > 0)", said)


def _wanted(reading: Reading, name: str) -> str:
    noun, example = _WANTED[reading.contract.columns[name].kind]
    written_as = reading.formats.get(name, "")
    return f"{noun} written as {written_as}" if written_as else f"{noun}: give {example}"


def _value_rules(name: str, column: Column) -> Iterator[_Rule]:
    cell, shown = quoted_name(name), not column.personal
    if column.labels:
        listed = ", ".join(quoted_text(label) for label in column.labels)
        said = f"are not one of {', '.join(column.labels)}"
        yield _Rule(name, f"{cell} NOT IN ({listed})", said, shown)
    if column.low is not None:
        yield _Rule(name, f"{cell} < {column.low}", f"are below {column.low:g}", shown)
    if column.high is not None:
        yield _Rule(name, f"{cell} > {column.high}", f"are above {column.high:g}", shown)


def _broken_rules(reading: Reading, rules: Sequence[_Rule]) -> Iterator[str]:
    """Count all rules in one pass; a second finds row and value of those that are broken."""
    counted = ", ".join(f"count(*) FILTER ({rule.broken})" for rule in rules)
    (counts,) = reading.rows(f"SELECT {counted} FROM ({reading.checking_sql()})")
    broken = [(rule, count) for rule, count in zip(rules, counts, strict=True) if count]
    if not broken:
        return
    looked_for = ", ".join(
        f"min(kam_row) FILTER ({rule.broken}), arg_min(written_{rule.column}, kam_row) FILTER ({rule.broken})"
        for rule, _ in broken
    )
    (found,) = reading.rows(f"SELECT {looked_for} FROM ({reading.checking_sql(numbered=True)})")
    for (rule, count), row, value in zip(broken, found[::2], found[1::2], strict=True):
        said = f"{rule.column}: {_rows(reading, count, row)} {_agreeing(rule.says, count)}"
        yield f"{said}, not '{value}'" if rule.shows_value else said


def _repeated_keys(reading: Reading) -> Iterator[str]:
    key = reading.contract.key
    if not all(name in reading.columns for name in key):
        return
    keys = ", ".join(key)
    # An empty cell of a key that must be filled is told as empty, not as repeated.
    filled = [f"{name} IS NOT NULL" for name in key if reading.contract.columns[name].filled] or ["true"]
    where = f"WHERE {' AND '.join(filled)}"
    hashed = f"FROM ({reading.canonical_sql()}) {where} GROUP BY hash({keys}) HAVING count(*) > 1"
    # Equal keys have equal hashes, which are quicker to tell apart: a good table ends here.
    if not reading.rows(f"SELECT 1 {hashed} LIMIT 1"):
        return
    exact = f"FROM ({reading.checking_sql(numbered=True)}) {where} GROUP BY {keys} HAVING count(*) > 1"
    groups = f"SELECT count(*) - 1 AS more, min(kam_row, 2)[2] AS again {exact}"
    ((more, row),) = reading.rows(f"SELECT sum(more), min(again) FROM ({groups})")
    if more:
        verb = "repeat" if more > 1 else "repeats"
        yield f"{' + '.join(key)}: {_rows(reading, int(more), row)} {verb} an earlier row"


def _unmet_references(reading: Reading, others: Mapping[str, Reading]) -> Iterator[str]:
    for name in reading.columns:
        table, _, column = reading.contract.columns[name].references.partition(".")
        known = _known_sql(others, table, column)
        if not known:
            continue
        unmet = f"WHERE {name} IS NOT NULL AND {name} NOT IN ({known})"
        ((count,),) = reading.rows(f"SELECT count(*) FROM ({reading.canonical_sql()}) {unmet}")
        if count:
            numbered = f"FROM ({reading.checking_sql(numbered=True)}) {unmet}"
            ((row, value),) = reading.rows(f"SELECT min(kam_row), arg_min({name}, kam_row) {numbered}")
            verb = "are" if count > 1 else "is"
            yield f"{name}: {_rows(reading, count, row)} {verb} not in {table}, such as '{value}'"


def _known_sql(others: Mapping[str, Reading], table: str, column: str) -> str:
    """Return SQL for the values a reference may have; nothing where that table cannot be asked."""
    if table not in others:
        return ""
    try:
        other = others[table]
        if column not in other.columns:
            return ""
        return f"SELECT {column} FROM ({other.canonical_sql()}) WHERE {column} IS NOT NULL"
    except KamError:
        return ""


def _cycles(reading: Reading) -> Iterator[str]:
    """Follow each row to the row above it; a chain that meets itself is a cycle."""
    column, key = reading.contract.no_cycle, reading.contract.key[0]
    if not column or column not in reading.columns:
        return
    pairs = f"SELECT {key}, {column} FROM ({reading.canonical_sql()}) WHERE {column} IS NOT NULL"
    above = dict(reading.rows(pairs))
    caught = sorted(start for start in above if start is not None and _meets_itself(start, above.get))
    if caught:
        said = (
            "1 row leads back to itself"
            if len(caught) == 1
            else f"{len(caught)} rows lead back to themselves"
        )
        yield f"{column}: {said}, such as '{caught[0]}'"


def _meets_itself(start: str, step: Callable[[str], str | None]) -> bool:
    seen, here = {start}, step(start)
    while here is not None and here not in seen:
        seen.add(here)
        here = step(here)
    return here == start


def _rows(reading: Reading, count: int, first: int) -> str:
    said = reading.row_said(first)
    return f"{count:,} rows (first: {said})" if count > 1 else f"1 row ({said})"


def _agreeing(says: str, count: int) -> str:
    verb, _, rest = says.partition(" ")
    return says if count > 1 else {"are": "is", "have": "has"}[verb] + " " + rest
