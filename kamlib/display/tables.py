"""Tables for reading: text left, numbers right, a caption, at most a dozen rows and then the rest."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from kamlib.display import theme
from kamlib.display.notes import Remark
from kamlib.display.templates import rendered
from kamlib.estimate import Unknown

Kind = Literal["text", "money", "share", "count", "number", "index", "date"]
NUMBERS_SHOWN = 60


@dataclass(frozen=True)
class Column:
    """How one column of a table is shown.

    Parameters
    ----------
    label
        Its heading.
    kind
        Its format.
    adds_up
        Money and counts are added up in the row for the rest, unless that would mean nothing.
    warns
        Amounts below zero are shown in the warning colour.
    ranged
        The range stands beside the number (columns `x_low`, `x_high`), unless both ends are equal; where
        there is no number, its reason (`x_note`).
    """

    label: str
    kind: Kind = "text"
    adds_up: bool = True
    warns: bool = False
    ranged: bool = False

    @property
    def is_number(self) -> bool:
        """Return whether it stands on the right."""
        return self.kind != "text"


@dataclass(frozen=True)
class TableView:
    """A table that displays as one; cells are text already."""

    key: str
    title: str
    subtitle: str
    columns: list[Column]
    rows: list[list[str]]
    details: list[str]
    rest: list[str]
    plain: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/plain": f"{self.title}\n{self.plain}", "text/html": rendered("table.html", table=self)}


def reading_table(
    table: pd.DataFrame | Unknown,
    columns: Mapping[str, Column],
    *,
    key: str,
    title: str,
    subtitle: str = "",
    detail: str = "",
    currency: str = "",
    most: int = 12,
    others: str = "others",
) -> TableView | Remark | Unknown:
    """Return a table as a reader wants it: without a row, a sentence; an `Unknown` is returned as it is.

    Parameters
    ----------
    table
        In the order it is to be read.
    columns
        Which of its columns are shown, in order; the first names the row. Columns that the table
        does not have are passed over: a source without cost has no profit to show.
    key
        Its name within the report.
    title, subtitle
        What it shows; measure, unit, period.
    detail
        A column whose text stands small under each row's name.
    currency
        Of the money columns.
    most
        Rows shown; what is left is added up in one more.
    others
        What the rows that are left are called.

    Examples
    --------
    >>> view = reading_table(
    ...     pd.DataFrame({"name": ["Ann", "Bo"], "sales": [1200.0, 30.5]}),
    ...     {"name": Column("Account"), "sales": Column("Sales", "money")},
    ...     key="accounts", title="Accounts", currency="USD",
    ... )
    >>> view.rows
    [['Ann', '$1,200'], ['Bo', '$30']]
    """
    if isinstance(table, Unknown):
        return table
    if table.empty:
        return Remark(f"{title}: none.", key)
    shown = {name: column for name, column in columns.items() if name in table}
    formats = {name: _format(name, column, currency) for name, column in shown.items()}
    head, left = table.head(most), table.iloc[most:]
    return TableView(
        key=key,
        title=title,
        subtitle=subtitle,
        columns=list(shown.values()),
        rows=[[formats[name](row) for name in shown] for row in head.to_dict("records")],
        details=["" if pd.isna(text) else str(text) for text in head[detail]]
        if detail in head
        else [""] * most,
        rest=_rest(left, shown, formats, others) if len(left) else [],
        plain=table.loc[:, list(shown)].to_string(index=False, max_rows=most),
    )


def plain_table_html(table: pd.DataFrame) -> str:
    """Return the numbers behind a picture as HTML: as they were drawn, a few dozen rows evenly taken."""
    if table.empty:
        return ""
    step = -(-len(table) // NUMBERS_SHOWN)
    taken = table.iloc[::step]
    numeric = {i for i, name in enumerate(taken) if pd.api.types.is_numeric_dtype(taken[name])}
    shares = {i for i in numeric if re.search(r"(share|^top2|^bottom2)(_low|_high)?$", str(taken.columns[i]))}
    rows = [
        [_plain(cell, i in shares) for i, cell in enumerate(row)] for row in taken.itertuples(index=False)
    ]
    labels = [str(name).replace("_", " ") for name in taken]
    left_out = len(table) - len(taken)
    return rendered("numbers.html", labels=labels, rows=rows, numeric=numeric, left_out=left_out)


def _rest(
    left: pd.DataFrame,
    shown: Mapping[str, Column],
    formats: Mapping[str, Callable[[dict[str, Any]], str]],
    others: str,
) -> list[str]:
    cells = [f"{theme.number(len(left))} {others}"]
    for name, column in list(shown.items())[1:]:
        adds_up = column.adds_up and column.kind in ("money", "count")
        cells.append(formats[name]({name: left[name].sum()}) if adds_up else "")
    return cells


def _format(name: str, column: Column, currency: str) -> Callable[[dict[str, Any]], str]:
    formats: dict[str, Callable[[Any], str]] = {
        "text": lambda cell: theme.MISSING if pd.isna(cell) else str(cell),
        "money": lambda cell: theme.amount_in_full(cell, currency),
        "share": theme.share,
        "count": theme.number,
        "number": lambda cell: theme.number(cell, 2),
        "index": lambda cell: theme.number(cell, 3),
        "date": theme.day,
    }
    show = formats[column.kind]
    return (lambda row: _with_range(row, name, show)) if column.ranged else (lambda row: show(row[name]))


def _with_range(row: dict[str, Any], name: str, show: Callable[[Any], str]) -> str:
    if pd.isna(row[name]):
        note = row.get(f"{name}_note")
        return str(theme.MISSING if not note or pd.isna(note) else note)
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return show(row[name]) + ("" if low == high else f" ({show(low)} to {show(high)})")


def _plain(cell: Any, is_share: bool) -> str:
    if pd.isna(cell):
        return theme.MISSING
    if isinstance(cell, dt.date):
        return theme.day(cell)
    if is_share:
        return theme.share(cell)
    if isinstance(cell, float):
        return theme.number(cell, 0 if abs(cell) >= 1000 or cell == round(cell) else 2)
    return str(cell)
