"""Hold a table to its contract: every breach at once, counted in the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kamlib.data import contracts
from kamlib.data.reading import Reading, shortened
from kamlib.data.rules import Rule

_CONSEQUENCES = {
    "leave_row": "left aside",
    "leave_cell": "taken as empty",
    "report": "counted as they stand",
}

_ROWS_AT_A_TIME = 25_000_000


@dataclass(frozen=True)
class Breach:
    """What breaks one rule of a table.

    Parameters
    ----------
    table, column
        Where; of a key of several columns, they stand joined.
    row_count
        How many rows.
    says
        A sentence, such as `ordered_at: 3 rows (first: row 18) are empty`. No personal data.
    breach
        What becomes of the rows, see `contracts.Column`: anything but *refuse* is a warning.
    """

    table: str
    column: str
    row_count: int
    says: str
    breach: contracts.Breach = "refuse"

    @property
    def consequence(self) -> str:
        """What becomes of the rows, in words."""
        return _CONSEQUENCES.get(self.breach, "refused")

    @property
    def warning(self) -> str:
        """The sentence of a warning, with its table and what becomes of the rows."""
        return f"{self.table}.{self.says}: {self.consequence}"


def breaches(reading: Reading, known: Mapping[str, str]) -> list[Breach]:
    """Return what breaks the contract of a table, one breach a rule; an empty list is a good table.

    Each rule is counted where the table lies; rows are looked for only where a rule is broken, so a
    good table of millions of lines is never held in memory.

    Parameters
    ----------
    reading
        The table.
    known
        By column, SQL of the values that may stand in it: those of the table it refers to.

    Returns
    -------
    list of Breach
        A row number is the record as a spreadsheet shows it (header = 1); a row of a database is named
        by its key. Values of personal columns are not shown.

    Raises
    ------
    SourceError
        The table cannot be read to its end.
    """
    found = [Breach(reading.table, name, 0, f"{name}: {doubt}") for name, doubt in reading.doubts.items()]
    found += _broken_rules(reading, [rule for rule in reading.rules if rule.column not in reading.doubts])
    found += _repeated_keys(reading)
    found += _unmet_references(reading, known)
    return found + list(_cycles(reading))


def _broken_rules(reading: Reading, rules: Sequence[Rule]) -> Iterator[Breach]:
    """Count all rules in one pass; a second finds row and value of those that are broken."""
    counted = ", ".join(f"count(*) FILTER (WHERE {rule.broken})" for rule in rules)
    (counts,) = reading.rows(f"SELECT {counted or 1} FROM ({reading.checking_sql()})") if rules else [()]
    broken = [(rule, count) for rule, count in zip(rules, counts, strict=True) if count]
    if not broken:
        return
    looked_for = ", ".join(
        f"min(kam_row) FILTER (WHERE {rule.broken}), "
        f"min_by(written_{rule.column}, kam_row) FILTER (WHERE {rule.broken})"
        for rule, _ in broken
    )
    (found,) = reading.rows(f"SELECT {looked_for} FROM ({reading.checking_sql(numbered=True)})")
    for (rule, count), row, value in zip(broken, found[::2], found[1::2], strict=True):
        said = f"{rule.column}: {_rows(reading, count, row)} {_agreeing(rule.says, count)}"
        shown = f", not '{shortened(value)}'" if rule.shows_value else ""
        yield Breach(reading.table, rule.column, count, said + shown, rule.breach)


def _repeated_keys(reading: Reading) -> Iterator[Breach]:
    key = reading.contract.key
    if not all(name in reading.columns for name in key):
        return
    keys = ", ".join(key)
    # An empty cell of a key that must be filled is told as empty, not as repeated.
    filled = [f"{name} IS NOT NULL" for name in key if reading.contract.columns[name].filled] or ["true"]
    where = f"WHERE {' AND '.join(filled)}"
    if not any(reading.rows(f"SELECT 1 {part} LIMIT 1") for part in _hashed_parts(reading, keys, where)):
        return
    exact = f"FROM ({reading.checking_sql(numbered=True)}) {where} GROUP BY {keys} HAVING count(*) > 1"
    again = "min(kam_row, 2)[2]" if reading.raw.has_rows else "min(kam_row)"
    groups = f"SELECT count(*) - 1 AS more, {again} AS again {exact}"
    ((more, row),) = reading.rows(f"SELECT sum(more), min(again) FROM ({groups})")
    if more:
        joined, verb = " + ".join(key), "repeat" if more > 1 else "repeats"
        said = f"{joined}: {_rows(reading, int(more), row)} {verb} an earlier row"
        yield Breach(reading.table, joined, int(more), said)


def _hashed_parts(reading: Reading, keys: str, where: str) -> Iterator[str]:
    """Yield SQL that finds keys of equal hash, which are quicker to tell apart, a part of the rows at a time.

    A good table ends here; a part is what a gigabyte of memory holds.
    """
    ((count,),) = reading.rows(f"SELECT count(*) FROM ({reading.typed_sql()})")
    parts = count // _ROWS_AT_A_TIME + 1
    for part in range(parts):
        of_part = f"{where} AND abs(hash({keys}) % {parts}) = {part}" if parts > 1 else where
        yield f"FROM ({reading.typed_sql()}) {of_part} GROUP BY hash({keys}) HAVING count(*) > 1"


def _unmet_references(reading: Reading, known: Mapping[str, str]) -> Iterator[Breach]:
    for name, values in known.items():
        column = reading.contract.columns[name]
        unmet = f"WHERE {name} IS NOT NULL AND {name} NOT IN ({values})"
        ((count,),) = reading.rows(f"SELECT count(*) FROM ({reading.typed_sql()}) {unmet}")
        if count:
            numbered = f"FROM ({reading.checking_sql(numbered=True)}) {unmet}"
            ((row, value),) = reading.rows(f"SELECT min(kam_row), min_by({name}, kam_row) {numbered}")
            verb, table = "are" if count > 1 else "is", column.references.partition(".")[0]
            such = "" if column.personal else f", such as '{shortened(value)}'"
            said = f"{name}: {_rows(reading, count, row)} {verb} not in {table}{such}"
            yield Breach(reading.table, name, count, said, column.breach)


def _cycles(reading: Reading) -> Iterator[Breach]:
    """Follow each row to the row above it; a chain that meets itself is a cycle."""
    column, key = reading.contract.no_cycle, reading.contract.key[0]
    if not column or column not in reading.columns:
        return
    pairs = f"SELECT {key}, {column} FROM ({reading.typed_sql()}) WHERE {column} IS NOT NULL"
    above = dict(reading.rows(pairs))
    caught = sorted(start for start in above if start is not None and _meets_itself(start, above.get))
    if caught:
        what = "rows lead back to themselves" if len(caught) > 1 else "row leads back to itself"
        said = f"{column}: {len(caught)} {what}, such as '{shortened(caught[0])}'"
        yield Breach(reading.table, column, len(caught), said)


def _meets_itself(start: str, step: Callable[[str], str | None]) -> bool:
    seen, here = {start}, step(start)
    while here is not None and here not in seen:
        seen.add(here)
        here = step(here)
    return here == start


def _rows(reading: Reading, count: int, first: Any) -> str:
    said = reading.row_said(first)
    return f"{count:,} rows (first: {said})" if count > 1 else f"1 row ({said})"


def _agreeing(says: str, count: int) -> str:
    verb, _, rest = says.partition(" ")
    return says if count > 1 else {"are": "is", "have": "has"}[verb] + " " + rest
