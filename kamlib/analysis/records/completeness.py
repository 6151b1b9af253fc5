"""How much of the record of accounts and of their people is filled in: counted, never shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import pandas as pd

from kamlib.analysis.records.channels import in_words, largest_first
from kamlib.estimate import Unknown

RECORDS: Mapping[str, Sequence[str]] = {
    "account": ("name", "city", "industry", "region", "since", "status", "is_key", "credit_limit"),
    "person": ("name", "phone", "email", "address", "occupation", "gender", "age", "role", "updated_at"),
}
YEAR = 365


def record_table(
    record: str, rows: pd.DataFrame | Unknown, accounts: pd.DataFrame, as_of: dt.date
) -> pd.DataFrame | Unknown:
    """Return one row per column of a record: how often it is filled, and for how much of the sales.

    Parameters
    ----------
    record
        `account` or `person`.
    rows
        The table `accounts` or `contacts`; only accounts that count are looked at.
    accounts
        Those that count: `account_id`, `net_revenue_365`.
    as_of
        `updated_at` counts as filled where it lies in the 365 days to this day.

    Returns
    -------
    DataFrame or Unknown
        `column`, `row_count`, `filled_count`, `filled_share`, `revenue_share` (of the accounts where it is
        filled, for at least one person); a column that the source does not have is filled nowhere. The
        fullest first.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": ["a", "b"], "net_revenue_365": [30.0, 10.0]})
    >>> rows = pd.DataFrame({"account_id": ["a", "b"], "name": ["Ann", None]})
    >>> record_table("account", rows, accounts, dt.date(2024, 2, 1)).head(1)
      column  row_count  filled_count  filled_share  revenue_share
    0   name          2             1           0.5           0.75
    """
    if isinstance(rows, Unknown):
        return rows
    rows = rows[rows["account_id"].isin(accounts["account_id"])]
    if rows.empty:
        return Unknown(f"There is no {record} of the accounts that bought in these 12 months.", record)
    sales = accounts.set_index("account_id")["net_revenue_365"]
    columns = ["account_id", *RECORDS[record]]
    filled = _of_late(rows, as_of).reindex(columns=columns).set_index("account_id").notna()
    at_account = filled.groupby(level=0).any().mul(sales, axis=0).sum()
    counts = {"row_count": len(filled), "filled_count": filled.sum(), "filled_share": filled.mean()}
    table = pd.DataFrame({**counts, "revenue_share": at_account / sales.sum()})
    table = table.rename_axis("column").reset_index()
    return table.sort_values("filled_share", ascending=False, kind="stable", ignore_index=True)


def source_table(
    contacts: pd.DataFrame | Unknown, accounts: pd.DataFrame, as_of: dt.date
) -> pd.DataFrame | Unknown:
    """Return one row per source of the records of people: how many it gave, how fresh and full they are.

    Parameters
    ----------
    contacts
        `account_id`, and `source`, `updated_at` where the source has them.
    accounts
        Those that count: `account_id`.
    as_of
        The last day that counts.

    Returns
    -------
    DataFrame or Unknown
        `source` in words, `person_count`, `account_count`, `updated_at` (the latest), `fresh_share`
        (updated in the 365 days to `as_of`); most people first.
    """
    if isinstance(contacts, Unknown):
        return contacts
    known = contacts[contacts["account_id"].isin(accounts["account_id"])]
    known = known.reindex(columns=["account_id", "source", "updated_at"])
    known["fresh"] = _of_late(known, as_of)["updated_at"].notna()
    table = known.groupby(known["source"].astype("str").fillna("not said").map(in_words)).agg(
        person_count=("account_id", "size"),
        account_count=("account_id", "nunique"),
        updated_at=("updated_at", "max"),
        fresh_share=("fresh", "mean"),
    )
    return table.reset_index().sort_values(
        ["person_count", "source"], ascending=[False, True], ignore_index=True
    )


def unreachable_accounts(contacts: pd.DataFrame | Unknown, accounts: pd.DataFrame) -> pd.DataFrame | Unknown:
    """Return the accounts at which no person has a phone number or an e-mail address, largest sales first.

    Parameters
    ----------
    contacts
        `account_id`, and `phone` and `email` where the source has them.
    accounts
        Those that count: `account_id`, `net_revenue_365`.

    Returns
    -------
    DataFrame or Unknown
        Their rows, with `person_count`.
    """
    if isinstance(contacts, Unknown):
        return contacts
    ways = contacts.reindex(columns=["phone", "email"]).notna().any(axis=1)
    found = accounts[~accounts["account_id"].isin(contacts.loc[ways, "account_id"])]
    people = found["account_id"].map(contacts["account_id"].value_counts()).fillna(0).astype("int64")
    return largest_first(found.assign(person_count=people))


def _of_late(rows: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Return the rows with `updated_at` only where it lies in the last 365 days."""
    if "updated_at" not in rows:
        return rows
    since = pd.Timestamp(as_of) - pd.Timedelta(days=YEAR)
    return rows.assign(updated_at=rows["updated_at"].where(rows["updated_at"] > since))
