"""Everything that is wrong with a source, and what it holds: for `kam check` and the data check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from kamlib.data.checks import Breach
from kamlib.data.contracts import CONTRACTS
from kamlib.data.opened import Opened
from kamlib.data.sources import ALWAYS_CHECKED, Tables, currencies, open_source
from kamlib.errors import CannotTell, ContractError, KamError


@dataclass(frozen=True)
class Examination:
    """What was found in a source.

    Parameters
    ----------
    name
        What people call the source.
    breaches
        One row per breach: `table`, `column`, `severity` (error, warning), `row_count`, `says` (a sentence),
        `consequence` (what becomes of the rows).
    tables
        One row per table of the contract: `table`, `holds`, `is_there`, `row_count`, `missing_columns`
        (joined by commas), `state` (good, warnings, broken, not there).
    """

    name: str
    breaches: pd.DataFrame
    tables: pd.DataFrame
    _source: str = field(repr=False)
    _options: Mapping[str, object] = field(repr=False)

    def opened(self) -> Tables:
        """Return the source as `open_source` does.

        Raises
        ------
        CannotTell
            Order lines or accounts are refused, so nothing more can be told.
        """
        refused = self.tables["table"].isin(ALWAYS_CHECKED) & (self.tables["state"] == "broken")
        if refused.any():
            raise CannotTell("The rest can be told once these are mended.", "refused")
        return open_source(self._source, **self._options)  # type: ignore[arg-type]


def examined_source(
    source: str,
    *,
    as_of: str = "latest",
    industry: Sequence[str] = (),
    region: Sequence[str] = (),
    manager: Sequence[str] = (),
) -> Examination:
    """Check every table of a source, and say what it holds; what is broken raises nothing.

    Parameters
    ----------
    source, as_of, industry, region, manager
        As for `open_source`.

    Raises
    ------
    SourceError
        There is no such source, or no order lines in it.
    """
    opened = Opened(source)
    found = {table: _found(opened, table) for table in CONTRACTS if table in opened}
    breaches = [_row(one) for ones in found.values() for one in ones]
    columns = ["table", "column", "severity", "row_count", "says", "consequence"]
    tables = [_table_row(opened, table, found.get(table, [])) for table in CONTRACTS]
    options = {"as_of": as_of, "industry": industry, "region": region, "manager": manager}
    table = pd.DataFrame(breaches, columns=columns)
    return Examination(opened.place.name, table, pd.DataFrame(tables), source, options)


def checked_source_text(source: str) -> str:
    """Return what `kam check` prints of a source without errors: its tables, rows, columns and warnings.

    Raises
    ------
    KamError
        With every fault of every table at once.
    """
    opened = Opened(source)
    opened.check(CONTRACTS)
    facts = opened.facts
    rows = [_table_row(opened, table, []) for table in CONTRACTS]
    there = [row for row in rows if row["is_there"]]
    count = f"{len(there)} tables, all good" if len(there) > 1 else "1 table, good"
    said = [f"{opened.place.name}: {count}"]
    for row in there:
        without = f"; without {row['missing_columns']}" if row["missing_columns"] else ""
        rows_said = f"{row['row_count']:,} {'row' if row['row_count'] == 1 else 'rows'}"
        said.append(f"  {row['table']}: {rows_said} ({CONTRACTS[str(row['table'])].grain}){without}")
    absent = [str(row["table"]) for row in rows if not row["is_there"]]
    if absent:
        said.append(f"  not there: {', '.join(absent)}")
    if opened.unread:
        said.append(f"  not read: {', '.join(opened.unread)}")
    others = [str(row["table"]) for row in there if row["table"] not in ALWAYS_CHECKED]
    remarks = [*facts["remarks"], *(said for table in others for said in opened.remarks(table))]
    warnings = [*facts["warnings"], *(said for table in others for said in opened.warnings(table))]
    named = currencies(opened.lines())
    if len(named) > 1:
        warnings.append(
            f"order_lines.currency holds {len(named)} currencies: {', '.join(named)}; "
            "amounts are added up as they stand"
        )
    said += [f"  note: {one}" for one in remarks] + [f"  warning: {one}" for one in warnings]
    return "\n".join(said)


def _found(opened: Opened, table: str) -> list[Breach]:
    try:
        return opened.found(table)
    except ContractError as fault:
        return [Breach(table, said.partition(":")[0], 0, said) for said in fault.breaches[table]]
    except KamError as fault:
        return [Breach(table, "", 0, str(fault))]


def _row(one: Breach) -> tuple[object, ...]:
    severity = "error" if one.breach == "refuse" else "warning"
    return one.table, one.column, severity, one.row_count, one.says, one.consequence


def _table_row(opened: Opened, table: str, found: Sequence[Breach]) -> dict[str, object]:
    row: dict[str, object] = {"table": table, "holds": CONTRACTS[table].holds, "is_there": table in opened}
    row |= {"row_count": 0, "missing_columns": "", "state": "not there"}
    if table not in opened:
        return row
    is_refused = any(one.breach == "refuse" for one in found)
    row["state"] = "broken" if is_refused else "warnings" if found else "good"
    try:
        columns, row["row_count"] = opened.size(table)
    except KamError:
        return row | {"state": "broken"}
    missing = [name for name in CONTRACTS[table].columns if name not in columns]
    return row | {"missing_columns": ", ".join(missing)}
