"""What is seen of each account as of a day: its signs of going quiet, and which alarms ring."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from kamlib.analysis.churn.slices import QUARTER
from kamlib.analysis.pareto.criteria import days_beyond_terms
from kamlib.analysis.periods import Period, account_periods
from kamlib.estimate import Unknown

Records = Mapping[str, pd.DataFrame | Unknown]
"""The small tables by name: `invoices`, `complaints`, `interactions`; one that is missing is an `Unknown`."""
QUARTERS = 5
"""The last 91 days, and the four times 91 before."""
PAYMENT_DAYS = 182
"""An account gets few invoices a quarter: how it pays is looked at over two."""
REASON_COUNT = 2
MEASURES = [
    *("days_since_last_order", "median_gap_days", "quiet", "revenue", "usual_revenue", "of_usual"),
    *("products", "usual_products", "discount", "usual_discount", "days_late", "usual_days_late"),
    *("complaints", "usual_complaints", "days_since_contact"),
]
SIGNALS: dict[str, dict[str, Any]] = {
    signal["key"]: signal
    for signal in tomllib.loads(
        resources.files("kamlib.analysis.churn").joinpath("signals.toml").read_text(encoding="utf-8")
    )["signals"]
}


def by_account(records: Records) -> Records:
    """Return the small tables with accounts as categories: those of many rows are grouped far quicker."""
    return {
        name: table if isinstance(table, Unknown) else table.astype({"account_id": "category"})
        for name, table in records.items()
    }


def signal_measures(
    order_lines: Any, accounts: pd.DataFrame, records: Records, as_of: dt.date
) -> pd.DataFrame:
    """Return what the alarms look at, of each account as of a day; nothing after the day is known.

    *Now* are the 91 days that end with `as_of`, *usual* is what came in 91 of the 364 days before (of an
    account that is younger: of the days since its first order, 91 at least).

    Parameters
    ----------
    order_lines
        Any table that Narwhals knows, with the canonical columns of `order_lines`.
    accounts
        Rows of the account table as of that day.
    records
        The small tables; rows and dates after the day are passed over.
    as_of
        The last day that counts.

    Returns
    -------
    DataFrame
        Indexed by `account_id`, in the order given; missing where it cannot be told.

        - `days_since_last_order`, `median_gap_days`, and `quiet`, the first over the second
        - `revenue`, `usual_revenue`, `of_usual` (in percent)
        - with `product_id`: `products`, how many are bought, and `usual_products`, of the quarters in which
          any were; missing where none is
        - with `list_amount`: `discount`, `usual_discount`, shares of the list price
        - of invoices: `days_late` (`days_beyond_terms` of what was due in the last 182 days) and
          `usual_days_late` (of the 365 days before)
        - of complaints: `complaints`, `usual_complaints`
        - of interactions: `days_since_contact`, since the first time that the company got in touch after the
          last order; 0 where it did not

    Examples
    --------
    >>> from kamlib.analysis.snapshot import account_table
    >>> lines = pd.DataFrame({"account_id": "a", "net_amount": 10.0, "ordered_at": pd.Timestamp("2024-01-01")
    ...                       + pd.to_timedelta([0, 30, 58, 91, 120, 152], unit="D")})
    >>> day = dt.date(2024, 8, 1)
    >>> signal_measures(lines, account_table(lines, day), {}, day)["quiet"].round(3).to_dict()
    {'a': 2.033}
    """
    names, known = pd.Index(accounts["account_id"]), accounts.reset_index(drop=True)
    measures = known[["days_since_last_order", "median_gap_days"]].copy()
    measures["quiet"] = measures["days_since_last_order"] / measures["median_gap_days"].clip(lower=1)
    bought = account_periods(order_lines, _quarters(as_of), by_product=True)
    measures = measures.join(_purchases(_placed(bought, names), known["tenure_days"]))
    day = pd.Timestamp(as_of)
    if isinstance(invoices := records.get("invoices"), pd.DataFrame):
        measures = measures.join(_payments(_placed(invoices, names), as_of))
    if isinstance(complaints := records.get("complaints"), pd.DataFrame):
        measures = measures.join(_complaints(_placed(complaints, names), known.index, day))
    if isinstance(met := records.get("interactions"), pd.DataFrame):
        measures["days_since_contact"] = _contacts(_placed(met, names), known["last_ordered_at"], day)
    return measures.reindex(columns=MEASURES).set_axis(names)


def ringing(measures: pd.DataFrame) -> pd.DataFrame:
    """Return which alarms ring.

    Parameters
    ----------
    measures
        `signal_measures`.

    Returns
    -------
    DataFrame
        Indexed as the measures, a column for each signal in the order of `SIGNALS`: True, False, or missing
        where it cannot be told of the account.
    """
    rung = {key: measures.eval(signal["rings"], engine="python") for key, signal in SIGNALS.items()}
    told = {key: measures[signal["takes"]].notna().all(axis=1) for key, signal in SIGNALS.items()}
    return pd.DataFrame({key: rung[key].astype("boolean").where(told[key]) for key in SIGNALS})


def reason_words(measures: pd.DataFrame, rings: pd.DataFrame, *, order: Sequence[str] = ()) -> pd.Series:
    """Return why alarms ring, in words, at most two for an account.

    Parameters
    ----------
    measures, rings
        `signal_measures`, and `ringing` of it; rows alike.
    order
        Signals whose words come first; the others follow as they stand in `SIGNALS`.

    Returns
    -------
    Series
        By account; "" where none rings.
    """
    keys = [*order, *(key for key in SIGNALS if key not in order)]
    heard = rings[keys].fillna(value=False).to_numpy(dtype=bool)
    ringing_at = heard.any(axis=1)
    said = [
        "; ".join(
            [SIGNALS[keys[place]]["words"].format(**row) for place in np.flatnonzero(own)[:REASON_COUNT]]
        )
        for row, own in zip(measures[ringing_at].to_dict("records"), heard[ringing_at], strict=True)
    ]
    words = pd.Series(said, index=measures.index[ringing_at], dtype="str", name="reasons")
    return words.reindex(measures.index, fill_value="")


def untold_reasons(records: Records) -> dict[str, str]:
    """Return for each signal what is said where it can be told of no account.

    Parameters
    ----------
    records
        As in `signal_measures`.
    """
    tables = {key: records.get(signal.get("table", "")) for key, signal in SIGNALS.items()}
    return {
        key: table.reason if isinstance(table, Unknown) else SIGNALS[key]["without"]
        for key, table in tables.items()
    }


def _placed(table: pd.DataFrame, names: pd.Index) -> pd.DataFrame:
    """Return a table with each account's place among those asked about (-1: none of them): a quick key."""
    account = table["account_id"].astype("category").cat
    # One place more than there are categories: whoever is in none of them, on either side, falls there.
    place = np.full(len(account.categories) + 1, -1)
    place[account.categories.get_indexer(names)] = np.arange(len(names))
    place[-1] = -1
    return table.assign(account_id=place[account.codes])


def _quarters(as_of: dt.date) -> list[Period]:
    ends = [as_of - dt.timedelta(QUARTER * back) for back in range(QUARTERS)]
    return [Period(str(back), end - dt.timedelta(QUARTER - 1), end) for back, end in enumerate(ends)]


def _purchases(bought: pd.DataFrame, tenure_days: pd.Series) -> pd.DataFrame:
    """Return what each account bought now and usually."""
    accounts, bought = tenure_days.index, bought[bought["account_id"] >= 0]
    place = (bought["account_id"] * QUARTERS + bought["period"].astype("int64")).to_numpy()

    def by_quarter(values: pd.Series) -> tuple[pd.Series, pd.DataFrame]:
        """Return the sums of now, and of each quarter before."""
        sums = np.bincount(place, values.astype(float), minlength=len(accounts) * QUARTERS)
        quarters = pd.DataFrame(sums.reshape(-1, QUARTERS), accounts)
        return quarters[0], quarters.loc[:, 1:]

    now, before = by_quarter(bought["net_revenue"])
    days = (tenure_days + 1 - QUARTER).clip(upper=QUARTER * (QUARTERS - 1))
    usual = before.sum(axis=1) * QUARTER / days.where(days >= QUARTER)
    found = pd.DataFrame({"revenue": now, "usual_revenue": usual.where(usual > 0)})
    found["of_usual"] = (100 * now / usual).clip(lower=0)
    if "product_id" in bought:
        counts, before = by_quarter(bought["product_id"].notna() & (bought["net_revenue"] > 0))
        found["products"] = counts.where(counts > 0)
        found["usual_products"] = before.where(before > 0).mean(axis=1)
    if "list_revenue" in bought:
        full, paid = by_quarter(bought["list_revenue"]), by_quarter(bought["listed_revenue"])
        found["discount"] = 1 - paid[0] / full[0].where(full[0] > 0)
        full_before = full[1].sum(axis=1)
        found["usual_discount"] = 1 - paid[1].sum(axis=1) / full_before.where(full_before > 0)
    return found


def _payments(invoices: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    before = as_of - dt.timedelta(PAYMENT_DAYS)
    invoices = invoices[["account_id", "due_at", "paid_at", "amount"]]
    recent = days_beyond_terms(invoices[invoices["due_at"] > pd.Timestamp(before)], as_of)
    return pd.DataFrame({"days_late": recent, "usual_days_late": days_beyond_terms(invoices, before)})


def _complaints(complaints: pd.DataFrame, accounts: pd.Index, day: pd.Timestamp) -> pd.DataFrame:
    """Return how often each account complained; nothing where the list does not reach back far enough."""
    age, by_account = (day - complaints["opened_at"]).dt.days, complaints["account_id"]
    spans = {"complaints": (0, QUARTER - 1), "usual_complaints": (QUARTER, QUARTER * QUARTERS - 1)}
    counts = {name: age.between(*span).groupby(by_account).sum() for name, span in spans.items()}
    found = pd.DataFrame(counts).reindex(accounts, fill_value=0) / [1, QUARTERS - 1]
    return found if age.max() >= QUARTER * (QUARTERS - 1) else found * np.nan


def _contacts(interactions: pd.DataFrame, last_order: pd.Series, day: pd.Timestamp) -> pd.Series:
    """Return for how many days each account has not answered with an order."""
    account, met = interactions["account_id"], interactions["happened_at"]
    is_first = (met <= day) & (met > last_order.reindex(account).to_numpy())
    is_first &= interactions["direction"] != "in" if "direction" in interactions else True
    first = met[is_first].groupby(account[is_first]).min().reindex(last_order.index)
    silent = (day - first).dt.days.fillna(0)
    return silent if (met <= day).any() else silent * np.nan
