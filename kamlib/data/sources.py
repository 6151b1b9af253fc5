"""Open a source: its tables, checked, up to a date, for chosen accounts. Nothing is loaded until asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd

from kamlib.data.checks import breaches
from kamlib.data.contracts import CONTRACTS
from kamlib.data.reading import Readings
from kamlib.data.source_toml import source_place
from kamlib.errors import CannotTell, ContractError, KamError, ParameterError, SourceError, did_you_mean
from kamlib.estimate import Unknown

ALWAYS_CHECKED = ("order_lines", "accounts")


class Tables:
    """The tables of one source, as they stood at the end of one day.

    Rows after that day are left out, and a later date inside an earlier row is empty. `order_lines`
    stays in the engine; the other tables are small and come as pandas: `tables["accounts"]`.

    Parameters
    ----------
    name, currency
        What people call the source; ISO code of its amounts or "".
    as_of
        The last day that counts.
    order_lines
        Lazy, canonical columns, up to `as_of`, of the chosen accounts.
    first_day
        The first order day of the whole source, whatever accounts are chosen.
    note
        What was read and left out, for the report: see `open_source`.
    """

    def __init__(
        self, name: str, currency: str, as_of: dt.date, order_lines: nw.LazyFrame, opened: _Opened
    ) -> None:
        self.name = name
        self.currency = currency
        self.as_of = as_of
        self.order_lines = order_lines
        self.note = {"name": name, "currency": currency, "as_of": as_of.isoformat()}
        self.first_day = as_of
        self._opened = opened
        self._loaded: dict[str, pd.DataFrame] = {}

    def __contains__(self, table: str) -> bool:
        """Return whether the source has the table."""
        return table in self._opened.readings

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
        for table in tables:
            self._opened.check(table)
        return self

    def optional(self, table: str) -> pd.DataFrame | Unknown:
        """Return a small table, or an `Unknown` where the source does not have it."""
        if table in self:
            return self[table]
        return Unknown(f"There is no {CONTRACTS[table].holds} in '{self.name}' ({table} is missing).", table)

    def _table(self, table: str) -> pd.DataFrame:
        if table == "accounts" and table not in self:
            return self._derived_accounts()
        self.require(table)
        return _up_to(self._opened.frame(table), table, self.as_of, self._opened)

    def _derived_accounts(self) -> pd.DataFrame:
        ids = self.order_lines.select("account_id").unique().sort("account_id").collect("pandas").to_native()
        return ids.reset_index(drop=True)


class _Opened:
    """The readings of one source; which tables have been checked, and the accounts chosen (None = all)."""

    def __init__(self, source: str) -> None:
        self.place = source_place(source)
        self.readings = Readings(self.place)
        self.accounts: list[str] | None = None
        self._checked: set[str] = set()
        if "order_lines" not in self.readings:
            raise SourceError(f"{self.place.name}: there is no table order_lines; every report needs it")

    def span(self) -> tuple[dt.date, dt.date]:
        """Return the first and the last order day of the whole source."""
        lines = self.readings["order_lines"].canonical()
        first, last = lines.aggregate("min(ordered_at), max(ordered_at)").fetchall()[0]
        if last is None:
            raise SourceError(f"{self.place.name}: order_lines holds no row")
        return first, last

    def check(self, table: str) -> None:
        """Raise what is wrong with a table; a second call costs nothing."""
        if table in self.readings and table not in self._checked:
            found = breaches(self.readings[table], self.readings)
            if found:
                raise ContractError({table: found})
            self._checked.add(table)

    def check_all(self, tables: Iterable[str]) -> None:
        """Raise the faults of several tables together."""
        faults = [fault for table in tables if (fault := self._fault(table))]
        broken = [fault for fault in faults if isinstance(fault, ContractError)]
        if len(broken) < len(faults):
            raise SourceError("\n".join(str(fault) for fault in faults))
        if broken:
            raise ContractError({table: said for fault in broken for table, said in fault.breaches.items()})

    def frame(self, table: str) -> pd.DataFrame:
        """Return a whole table, checked, under canonical names."""
        self.check(table)
        return self.readings[table].canonical().df()

    def _fault(self, table: str) -> KamError | None:
        try:
            self.check(table)
        except KamError as fault:
            return fault
        return None


def open_source(
    source: str,
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
        A folder, a `source.toml`, or a DuckDB file.
    as_of
        `latest` (the last order date in the source) or a day such as `2013-11-30`; it is included.
    industry, region, manager
        Keep only the accounts of these; empty = all. A manager is named by id or by name.

    Returns
    -------
    Tables
        `tables.note` says what was read: `name`, `currency`, `as_of`, `data_to` (`as_of`, or the last
        order day of the source where that is earlier), `first` and `last` order day, `lines`,
        `lines_left_out` (after `as_of`), `accounts` and `currencies` of these lines, and the `filters`
        in force.

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
    opened = _Opened(source)
    opened.check_all(ALWAYS_CHECKED)
    first, last = opened.span()
    day = _day(as_of, first, last)
    opened.accounts = _chosen_accounts(opened, industry=industry, region=region, manager=manager)
    chosen = _of_accounts(nw.from_native(opened.readings["order_lines"].canonical()), opened)
    kept = chosen.filter(nw.col("ordered_at") <= day)
    tables = Tables(opened.place.name, opened.place.currency, day, kept, opened)
    filters = {"industry": list(industry), "region": list(region), "manager": list(manager)}
    tables.note |= _read_note(chosen, day) | {
        "data_to": min(day, last).isoformat(),
        "filters": {name: value for name, value in filters.items() if value},
    }
    if not tables.note["lines"]:
        raise CannotTell(f"There is no order of these accounts up to {day.isoformat()}.", "no_orders")
    tables.first_day = first
    return tables


def checked_source_text(source: str) -> str:
    """Return what `kam check` prints of a good source: its tables, rows and columns.

    Raises
    ------
    KamError
        With every fault of every table at once.
    """
    opened = _Opened(source)
    opened.check_all(CONTRACTS)
    opened.span()
    count = len(opened.readings)
    said = [
        f"{opened.place.name}: {count} tables, all good"
        if count > 1
        else f"{opened.place.name}: 1 table, good"
    ]
    for table, reading in opened.readings.items():
        rows = reading.canonical().count("*").fetchall()[0][0]
        missing = [name for name in reading.contract.columns if name not in reading.columns]
        without = f"; without {', '.join(missing)}" if missing else ""
        said.append(f"  {table}: {rows:,} rows ({reading.contract.grain}){without}")
    absent = [table for table in CONTRACTS if table not in opened.readings]
    if absent:
        said.append(f"  not there: {', '.join(absent)}")
    currencies = _currencies(opened.readings["order_lines"].canonical())
    if len(currencies) > 1:
        said.append(
            f"  warning: order_lines.currency holds {len(currencies)} currencies: {', '.join(currencies)}; "
            "amounts are added up as they stand"
        )
    return "\n".join(said)


def _currencies(lines: duckdb.DuckDBPyRelation, where: str = "true") -> list[str]:
    """Return the currencies that the lines name, in order."""
    if "currency" not in lines.columns:
        return []
    wanted = f"list_sort(list(DISTINCT currency) FILTER (currency IS NOT NULL AND {where}))"
    return lines.aggregate(wanted).fetchall()[0][0] or []


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


def _chosen_accounts(
    opened: _Opened, *, industry: Sequence[str], region: Sequence[str], manager: Sequence[str]
) -> list[str] | None:
    """Return the accounts that all filters let through, or None where there is no filter."""
    chosen: set[str] | None = None
    for name, values in (("industry", industry), ("region", region), ("manager", manager)):
        if values:
            offered = _manager_values(opened) if name == "manager" else _column_values(opened, name)
            found = _matching(name, values, offered)
            chosen = found if chosen is None else chosen & found
    return None if chosen is None else sorted(chosen)


def _matching(name: str, values: Sequence[str], offered: pd.DataFrame) -> set[str]:
    known = sorted(offered["value"].dropna().unique())
    for value in values:
        if value not in known:
            near = did_you_mean(value, known) or f"; there are {_listed(known)}"
            raise ParameterError(f"{name}: no account has '{value}'{near}")
    return set(offered.loc[offered["value"].isin(list(values)), "account_id"])


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def _column_values(opened: _Opened, column: str) -> pd.DataFrame:
    if "accounts" not in opened.readings or column not in opened.readings["accounts"].columns:
        raise ParameterError(f"{column}: the source has no accounts.{column} to choose by")
    return opened.readings["accounts"].canonical().select(f"account_id, {column} AS value").df()


def _manager_values(opened: _Opened) -> pd.DataFrame:
    """Return each account's key account manager, once by id and once by name."""
    if "account_team" not in opened.readings:
        raise ParameterError("manager: the source has no table account_team to choose by")
    team = opened.frame("account_team").query("role == 'kam'")
    by_id = team[["account_id"]].assign(value=team["manager_id"])
    if "managers" not in opened.readings or "name" not in opened.readings["managers"].columns:
        return by_id
    names = opened.frame("managers").set_index("manager_id")["name"]
    return pd.concat([by_id, by_id.assign(value=team["manager_id"].map(names))], ignore_index=True)


def _of_accounts(lines: nw.LazyFrame, opened: _Opened) -> nw.LazyFrame:
    if opened.accounts is None:
        return lines
    kept = pd.DataFrame({"account_id": pd.Series(opened.accounts, dtype="str")})
    opened.readings.engine.register("kam_chosen_accounts", kept)
    chosen: nw.LazyFrame = nw.from_native(
        opened.readings.engine.sql("SELECT account_id FROM kam_chosen_accounts")
    )
    return lines.join(chosen, on="account_id", how="semi")


def _read_note(chosen: nw.LazyFrame, as_of: dt.date) -> dict[str, Any]:
    """Return what the lines of the chosen accounts are, in one pass."""
    up_to = f"ordered_at <= DATE '{as_of}'"
    parts = ("count(*)", "min(ordered_at)", "max(ordered_at)", "count(DISTINCT account_id)")
    asked = ", ".join(["count(*)", *(f"{part} FILTER ({up_to})" for part in parts)])
    all_lines, lines, first, last, accounts = chosen.to_native().aggregate(asked).fetchall()[0]
    return {
        "lines": lines,
        "lines_left_out": all_lines - lines,
        "first": first.isoformat() if first else "",
        "last": last.isoformat() if last else "",
        "accounts": accounts,
        "currencies": _currencies(chosen.to_native(), up_to),
    }


def _up_to(frame: pd.DataFrame, table: str, as_of: dt.date, opened: _Opened) -> pd.DataFrame:
    """Return the rows of a small table that were there by a day, in the table's own order."""
    contract, day = CONTRACTS[table], pd.Timestamp(as_of)
    if contract.happened in frame:
        happened = frame[contract.happened]
        frame = frame[happened.isna() | (happened <= day)]
    for name, column in contract.columns.items():
        if column.later and name in frame:
            frame = frame.assign(**{name: frame[name].where(frame[name] <= day)})
    if table == "survey_frame":
        frame = _with_dispositions_known(frame, day, opened)
    if "wave_id" in frame and table != "survey_waves" and "survey_waves" in opened.readings:
        waves = _up_to(opened.frame("survey_waves"), "survey_waves", as_of, opened)
        frame = frame[frame["wave_id"].isin(waves["wave_id"])]
    if "account_id" in frame and opened.accounts is not None:
        frame = frame[frame["account_id"].isin(opened.accounts)]
    return frame.reset_index(drop=True)


def _with_dispositions_known(frame: pd.DataFrame, day: pd.Timestamp, opened: _Opened) -> pd.DataFrame:
    """Return the frame with an account as unknown (`U`) in a wave where all its answers are still to come.

    A disposition carries no date; the answers do.
    """
    if "disposition" not in frame or "survey_responses" not in opened.readings:
        return frame
    answers = opened.frame("survey_responses")
    if "answered_at" not in answers:
        return frame
    is_known = answers["answered_at"].isna() | (answers["answered_at"] <= day)
    is_there = is_known.groupby([answers["wave_id"], answers["account_id"]]).any()
    to_come = is_there.index[~is_there.to_numpy(dtype=bool)]
    is_early = pd.MultiIndex.from_frame(frame[["wave_id", "account_id"]]).isin(to_come)
    return frame.assign(
        disposition=frame["disposition"].mask(is_early & frame["disposition"].isin(["I", "P"]), "U")
    )
