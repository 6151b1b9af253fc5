"""Open a source: its tables, checked, up to a date, for chosen accounts. Nothing is loaded until asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from kamlib.data.cache import named, once_said
from kamlib.data.choosing import chosen_accounts
from kamlib.data.contracts import CONTRACTS
from kamlib.data.opened import Opened
from kamlib.errors import CannotTell, ParameterError
from kamlib.estimate import Unknown

ALWAYS_CHECKED = ("order_lines", "accounts")
_BY_ROW = ("survey_frame", "survey_responses")
"""Analysis names rows of these: they keep the row labels of the whole table."""


class Tables:
    """The tables of one source, as they stood at the end of one day.

    Rows after that day are left out, and a later date inside an earlier row is empty. `order_lines`
    stays in the engine; the other tables are small and come as pandas: `tables["accounts"]`.

    Parameters
    ----------
    opened
        The source.
    as_of
        The last day that counts.
    order_lines
        Lazy, canonical columns, up to `as_of`, of the chosen accounts.
    accounts
        The chosen accounts; None = all.

    Attributes
    ----------
    name, currency, fiscal_year_start
        What people call the source; ISO code of its amounts or ""; the month its year starts in.
    first_day
        The first order day of the whole source, whatever accounts are chosen.
    looks_back
        The source has orders after `as_of`: what carries no date may be known only since.
    note
        What was read and left out, for the report: see `open_source`.
    """

    def __init__(
        self, opened: Opened, as_of: dt.date, order_lines: nw.LazyFrame, accounts: Sequence[str] | None
    ) -> None:
        self.name = opened.place.name
        self.currency = opened.place.currency
        self.fiscal_year_start = opened.place.fiscal_year_start
        self.as_of = as_of
        self.order_lines = order_lines
        self.note: dict[str, Any] = {"name": self.name, "currency": self.currency, "remarks": []}
        self.note |= {"as_of": as_of.isoformat(), "warnings": []}
        self.first_day = as_of
        self.looks_back = False
        self._opened = opened
        self._accounts = accounts
        self._loaded: dict[str, pd.DataFrame] = {}

    def __contains__(self, table: str) -> bool:
        """Return whether the source has the table."""
        return table in self._opened

    def __getitem__(self, table: str) -> pd.DataFrame:
        """Return a small table; it is checked the first time.

        Raises
        ------
        CannotTell
            The source has no such table.
        ContractError
            The table breaks its contract.
        """
        if table not in self._loaded:
            self._loaded[table] = self._table(table)
        return self._loaded[table]

    def require(self, *tables: str) -> Tables:
        """Return itself if all these tables are there and good.

        Raises
        ------
        CannotTell
            A table is missing: the question cannot be answered with this source.
        ContractError
            A table breaks its contract.
        """
        missing = [table for table in tables if table not in self]
        if missing:
            held = " and ".join(dict.fromkeys(CONTRACTS[table].holds for table in missing))
            noun = "tables" if len(missing) > 1 else "table"
            raise CannotTell(
                f"There is no {held} in '{self.name}', so this cannot be told. "
                f"It takes the {noun} {', '.join(missing)}.",
                missing[0],
            )
        self._opened.check(tables)
        return self

    def optional(self, table: str) -> pd.DataFrame | Unknown:
        """Return a small table, or an `Unknown` where the source does not have it."""
        if table in self:
            return self[table]
        return Unknown(f"There is no {CONTRACTS[table].holds} in '{self.name}' ({table} is missing).", table)

    def _table(self, table: str) -> pd.DataFrame:
        if table == "accounts" and table not in self:
            return self._derived_accounts()
        frame = self.require(table)._up_to(table)
        if table not in ALWAYS_CHECKED:
            self.note["remarks"] += self._opened.remarks(table)
            self.note["warnings"] += self._opened.warnings(table)
        if "account_id" in frame and self._accounts is not None:
            frame = frame[frame["account_id"].isin(self._accounts)]
        elif table == "targets" and self._accounts is not None:
            frame = frame.head(0)  # a region's target is not that of some of its accounts
        return frame if table in _BY_ROW else frame.reset_index(drop=True)

    def _up_to(self, table: str) -> pd.DataFrame:
        """Return the rows of a small table that were there by the day, in the table's own order."""
        frame, contract, day = self._opened.frame(table), CONTRACTS[table], pd.Timestamp(self.as_of)
        if contract.happened in frame:
            happened = frame[contract.happened]
            frame = frame[happened.isna() | (happened <= day)]
        for name, column in contract.columns.items():
            if column.later and name in frame:
                frame = frame.assign(**{name: frame[name].where(frame[name] <= day)})
        if table == "survey_frame":
            frame = self._with_dispositions_known(frame)
        if "wave_id" in frame and table != "survey_waves" and "survey_waves" in self:
            frame = frame[frame["wave_id"].isin(self._up_to("survey_waves")["wave_id"])]
        return frame

    def _with_dispositions_known(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame with an account as unknown (`U`) in a wave where all answers are to come.

        A disposition carries no date; the answers do.
        """
        answers = self._opened.frame("survey_responses") if "survey_responses" in self else pd.DataFrame()
        if "disposition" not in frame or "answered_at" not in answers:
            return frame
        is_known = answers["answered_at"].isna() | (answers["answered_at"] <= pd.Timestamp(self.as_of))
        is_there = is_known.groupby([answers["wave_id"], answers["account_id"]]).any()
        to_come = is_there.index[~is_there.to_numpy(dtype=bool)]
        is_early = pd.MultiIndex.from_frame(frame[["wave_id", "account_id"]]).isin(to_come)
        is_answer = frame["disposition"].isin(["I", "P"])
        return frame.assign(disposition=frame["disposition"].mask(is_early & is_answer, "U"))

    def _derived_accounts(self) -> pd.DataFrame:
        ids = self.order_lines.select("account_id").unique().sort("account_id").collect("pandas").to_native()
        return ids.reset_index(drop=True)


def open_source(
    source: str | Mapping[str, Any],
    *,
    as_of: str = "latest",
    industry: Sequence[str] = (),
    region: Sequence[str] = (),
    manager: Sequence[str] = (),
) -> Tables:
    """Open a source up to a date, for chosen accounts; `order_lines` and `accounts` are checked.

    Parameters
    ----------
    source
        A folder, a `source.toml`, a DuckDB file, a database's URL, or tables by name, of any kind that
        Narwhals knows.
    as_of
        `latest` (the last order date in the source) or a day such as `2013-11-30`; it is included.
    industry, region, manager
        Keep only the accounts of these; empty = all. A manager is named by id or by name.

    Returns
    -------
    Tables
        `tables.note` says what was read: `name`, `currency`, `as_of`, `data_to` (`as_of`, or the last
        order day of the source where that is earlier), `first` and `last` order day, `lines`,
        `lines_left_out` (after `as_of`), `accounts` and `currencies` of these lines, the `filters`
        in force; `remarks`, sentences on what was read as a person would, left out or merged; and
        `warnings`, what breaks a contract and is not refused.

    Raises
    ------
    SourceError
        The source or one of its files is not there or cannot be read.
    ContractError
        `order_lines` or `accounts` break their contract: all breaches at once.
    ParameterError
        The date is none, or lies before the first order; no account has a filter's value.
    CannotTell
        The chosen accounts have no order up to the date.
    """
    opened = Opened(source, as_of=as_of)
    facts = opened.facts
    day = _day(as_of, dt.date.fromisoformat(facts["first"]), dt.date.fromisoformat(facts["last"]))
    filters = {"industry": list(industry), "region": list(region), "manager": list(manager)}
    accounts = chosen_accounts(opened, **filters)
    name = f"{opened.state} {day} {filters!r}"
    chosen = opened.lines_of(accounts)
    tables = Tables(opened, day, named(chosen.filter(nw.col("ordered_at") <= day), name), accounts)
    tables.note |= once_said(f"{name} note", lambda: _read_note(chosen, day)) | {
        "data_to": min(day.isoformat(), facts["last"]),
        "filters": {name: value for name, value in filters.items() if value},
        "remarks": facts["remarks"],
        "warnings": facts["warnings"],
    }
    tables.note["lines_left_out"] += opened.later_lines(accounts)
    if not tables.note["lines"]:
        raise CannotTell(f"There is no order of these accounts up to {day.isoformat()}.", "no_orders")
    tables.first_day = dt.date.fromisoformat(facts["first"])
    tables.looks_back = day < dt.date.fromisoformat(facts["last"]) or opened.later_lines(None) > 0
    return tables


def _day(as_of: str, first: dt.date, last: dt.date) -> dt.date:
    if as_of == "latest":
        return last
    try:
        day = dt.date.fromisoformat(as_of)
    except ValueError:
        raise ParameterError(f"as_of: '{as_of}' is not a date: give latest or a day such as {last}") from None
    if day < first:
        raise ParameterError(f"as_of: {day} is before the first order, {first}")
    return day


def _read_note(chosen: nw.LazyFrame, as_of: dt.date) -> dict[str, Any]:
    """Return what the lines of the chosen accounts are."""
    lines, day = chosen.filter(nw.col("ordered_at") <= as_of), nw.col("ordered_at")
    counted = lines.select(
        nw.len().alias("lines"),
        day.min().alias("first"),
        day.max().alias("last"),
        nw.col("account_id").n_unique().alias("accounts"),
    )
    note = dict(counted.collect("pyarrow").to_native().to_pylist()[0])
    later = chosen.filter(day > as_of).select(nw.len()).collect("pyarrow").item()
    return note | {
        "first": str(note["first"] or "")[:10],
        "last": str(note["last"] or "")[:10],
        "lines_left_out": int(later),
        "currencies": currencies(lines),
    }


def currencies(lines: nw.LazyFrame) -> list[str]:
    """Return the currencies that order lines name, in order."""
    if "currency" not in lines.collect_schema():
        return []
    named_ones = lines.filter(~nw.col("currency").is_null()).select("currency").unique()
    return sorted(named_ones.collect("pyarrow")["currency"].to_list())
