"""One source, opened: what is no customer's doing left out, accounts under two numbers made one."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd

from kamlib.data.cache import once, once_said
from kamlib.data.checked import Checked
from kamlib.data.contracts import CONTRACTS
from kamlib.data.postgres import PostgresTable
from kamlib.data.reading import EXCLUDED, Reading
from kamlib.data.sql import quoted_text
from kamlib.errors import KamError, SourceError

_ACCOUNT = "accounts.account_id"
_LONGEST_GAP = 366  # days without an order


class Opened(Checked):
    """The tables of one source as reports use them.

    Parameters
    ----------
    source
        As for `Checked`.
    as_of
        As for `open_source`: of a database, order lines after that day are counted there, not fetched.

    Raises
    ------
    SourceError
        As for `Checked`; or an exclusion is told by a table that is not there.
    """

    def __init__(self, source: str | Mapping[str, Any], *, as_of: str = "latest") -> None:
        super().__init__(source)
        for one in self.place.exclusions:
            if one.table not in self and one.where:
                said = f"'{one.why}' is told by the table {one.table}, which is not there"
                raise SourceError(f"source.toml: [[exclude]]: {said}: add it or give accounts = […]")
        self._ends: tuple[dt.date, dt.date] | None = None
        self._later = pd.Series(dtype="int64")
        if self.place.system == "PostgreSQL" and as_of != "latest":
            self._stop_after(as_of)

    def frame(self, table: str) -> pd.DataFrame:
        """Return a small table, checked, without excluded accounts, each account under one number."""
        self.check([table])
        frame = self.whole(table)
        columns = CONTRACTS[table].columns
        own = [name for name in frame if columns[name].references == _ACCOUNT] if table != "accounts" else []
        for name in ["account_id"] if table == "accounts" else own:
            frame = frame[~frame[name].isin(self.excluded.index)]
        if table == "account_merge" or not self.merged:
            return frame.reset_index(drop=True)
        return _merged_frame(frame, table, own, self.merged)

    @cached_property
    def merged(self) -> dict[str, str]:
        """The account that each given-up number is; chains are followed to their end."""
        if "account_merge" not in self:
            return {}
        self.check(["account_merge"])
        pairs = self.whole("account_merge")
        step = dict(zip(pairs["account_id"], pairs["into_account_id"], strict=True))
        ends = dict(step)
        while any(end in step for end in ends.values()):
            ends = {number: step.get(end, end) for number, end in ends.items()}
        return ends

    @cached_property
    def excluded(self) -> pd.Series:
        """The place of the exclusion, by account, for accounts that are left out whole."""
        of_accounts = [
            i for i, one in enumerate(self.place.exclusions) if one.table == "accounts" and one.where
        ]
        named_ones = {account: i for i, one in enumerate(self.place.exclusions) for account in one.accounts}
        if of_accounts:
            self.check(["accounts"])
            sql = f"SELECT account_id, kam_excluded FROM ({self.reading('accounts').canonical_sql()})"
            rows = self.reading("accounts").rows(f"{sql} WHERE kam_excluded IS NOT NULL")
            named_ones |= {account: of_accounts[place] for account, place in rows}
        return pd.Series(named_ones, dtype="int64")

    def lines(self) -> nw.LazyFrame:
        """Return the order lines, lazy, as reports use them."""
        lines = self._marked().filter(nw.col("kam_out").is_null()) if self.place.exclusions else self._base()
        if self.merged:
            numbers = pd.DataFrame(self.merged.items(), columns=["account_id", "kam_into"], dtype="str")
            joined = lines.join(self.sent(numbers, "merged"), on="account_id", how="left")
            lines = joined.with_columns(account_id=nw.coalesce("kam_into", "account_id"))
        return lines.select(*self.readings["order_lines"].columns)

    def lines_of(self, accounts: Sequence[str] | None) -> nw.LazyFrame:
        """Return the order lines of some accounts; None = all."""
        if accounts is None:
            return self.lines()
        chosen = pd.DataFrame({"account_id": pd.Series(accounts, dtype="str")})
        return self.lines().join(self.sent(chosen, "chosen"), on="account_id", how="semi")

    @cached_property
    def facts(self) -> dict[str, Any]:
        """First and last order day of the whole source, and what is to be said of it; worked out once a run.

        Raises
        ------
        ContractError, SourceError
            Order lines or accounts are refused; the source holds no order.
        """
        return once_said(f"{self.state} facts", self._facts)

    def later_lines(self, accounts: Sequence[str] | None) -> int:
        """Return how many order lines of some accounts were left in the database, being later."""
        later = self._later.drop(self.excluded.index, errors="ignore").rename(self.merged)
        return int(later.sum() if accounts is None else later[later.index.isin(accounts)].sum())

    def sent(self, table: pd.DataFrame, name: str) -> nw.LazyFrame:
        """Return a small table where the order lines are, to be joined to them."""
        return self.readings["order_lines"].raw.sent(table, f"kam_{name}")

    def _stop_after(self, as_of: str) -> None:
        """Leave order lines after a day in PostgreSQL, if it is a day and the column holds days."""
        try:
            day, raw = dt.date.fromisoformat(as_of), self.readings["order_lines"].raw
        except (ValueError, KamError):  # told where it is used
            return
        columns = self.readings["order_lines"].columns
        ends = raw.ends(columns["ordered_at"]) if isinstance(raw, PostgresTable) else None
        if isinstance(raw, PostgresTable) and ends and None not in ends and ends[0] <= day < ends[1]:
            self._ends, self.state = ends, f"{self.state} up to {day}"
            self._later = raw.stop_after(day, columns["ordered_at"], columns["account_id"])

    def _facts(self) -> dict[str, Any]:
        self.check(("order_lines", "accounts"))
        day = nw.col("ordered_at")
        ends = self.lines().select(day.min().alias("first"), day.max().alias("last")).collect("pyarrow")
        first, last = self._ends or ends.to_native().to_pylist()[0].values()
        if last is None:
            raise SourceError(f"{self.place.name}: order_lines holds no row")
        tables = [table for table in ("order_lines", "accounts") if table in self]
        remarks = [said for table in tables for said in self.remarks(table)]
        return {
            "first": _day(first).isoformat(),
            "last": _day(last).isoformat(),
            "remarks": [*remarks, *self._left_out(), *self._made_one(), *self._year_said()],
            "warnings": [said for table in tables for said in self.warnings(table)] + self._gap_said(last),
        }

    def _gap_said(self, last: dt.date) -> list[str]:
        """Return the doubt about the last day where the one before it is more than a year away."""
        day = nw.col("ordered_at")
        before = self.lines().filter(day < last).select(day.max()).collect("pyarrow").item()
        days = (_day(last) - _day(before)).days if before and not self._ends else 0
        said = f"order_lines: the last order, of {_day(last)}, comes {days:,} days after the one before it"
        return [f"{said}: if its date is a slip, mend it or give as_of"] if days > _LONGEST_GAP else []

    def _left_out(self) -> list[str]:
        """Return what each exclusion takes."""
        if not self.place.exclusions:
            return []
        out = self._marked().filter(~nw.col("kam_out").is_null()).group_by("kam_out")
        found = out.agg(nw.len().alias("lines"), nw.col("net_amount").cast(nw.Float64).sum().alias("net"))
        taken = found.collect("pyarrow").to_native().to_pandas().set_index("kam_out")
        taken = taken.reindex(range(len(self.place.exclusions)), fill_value=0)
        each = zip(self.place.exclusions, taken["lines"], taken["net"], strict=True)
        return [
            f"Left out: {one.why} (order lines: {lines:,}, sales: {net:,.0f})" for one, lines, net in each
        ]

    def _made_one(self) -> list[str]:
        if not self.merged:
            return []
        moved = self._base().filter(nw.col("account_id").is_in(list(self.merged)))
        count = moved.select(nw.len()).collect("pyarrow").item()
        return [f"Merged: account numbers given up: {len(self.merged):,}, order lines moved: {count:,}"]

    def _year_said(self) -> list[str]:
        start = self.place.fiscal_year_start
        return [f"The year starts in {calendar.month_name[start]}"] if start > 1 else []

    def _base(self) -> nw.LazyFrame:
        """Return the canonical order lines: where they lie if that is quick, else from the run's copy."""
        reading = self.reading("order_lines")
        if reading.raw.is_quick:
            return reading.canonical()
        copied = once(f"{self.state} lines.parquet", lambda path: _copy(reading, path))
        return reading.raw.lazy(f"FROM read_parquet({quoted_text(str(copied))})")

    def _marked(self) -> nw.LazyFrame:
        """Return the order lines with `kam_out`: the place of the exclusion that takes them, or nothing."""
        lines = self._base()
        of_lines = [i for i, one in enumerate(self.place.exclusions) if one.table == "order_lines"]
        own: list[Any] = [nw.when(nw.col(EXCLUDED) == n).then(nw.lit(i)) for n, i in enumerate(of_lines)]
        if len(self.excluded):
            out = self.excluded.rename_axis("account_id").reset_index(name="kam_account_out")
            lines = lines.join(
                self.sent(out.astype({"account_id": "str"}), "excluded"), on="account_id", how="left"
            )
            own.append(nw.col("kam_account_out").cast(nw.Int32))
        return lines.with_columns(kam_out=nw.coalesce(*(one.cast(nw.Int32) for one in own), nw.lit(None)))


def _copy(reading: Reading, path: Path) -> None:
    reading.rows(f"COPY ({reading.canonical_sql()}) TO {quoted_text(str(path))} (FORMAT parquet)")


def _day(moment: dt.date) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment


def _merged_frame(frame: pd.DataFrame, table: str, own: list[str], merged: Mapping[str, str]) -> pd.DataFrame:
    """Return a table with each account under one number; a row that was there under both stays once."""
    if table == "accounts":
        frame = frame[~frame["account_id"].isin(merged)]
        if "parent_id" in frame:
            parent = frame["parent_id"].replace(merged)
            frame = frame.assign(parent_id=parent.mask(parent == frame["account_id"]))
        return frame.reset_index(drop=True)
    moved = frame[own].isin(merged).any(axis=1)
    frame = frame.assign(**{name: frame[name].replace(merged) for name in own})
    if any(column.kind == "money" for column in CONTRACTS[table].columns.values()):
        return frame.reset_index(drop=True)  # amounts of both numbers add up
    # Stable: of two rows with one key, that of the number that stays comes first.
    key = [name for name in CONTRACTS[table].key if name in frame]
    kept = frame.loc[moved.sort_values(kind="stable").index].drop_duplicates(key)
    return kept.sort_index().reset_index(drop=True)
