"""Gross profit of last year and of this, in the cells from which all that changed it is added up."""

from __future__ import annotations

import datetime as dt
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from kamlib.analysis.periods import account_periods, rolling_years
from kamlib.analysis.snapshot import YEAR
from kamlib.estimate import Unknown

_KEYS = ["period", "account_id", "product_id"]
_KNOWN = ["product_id", "quantity", "cost_amount"]
NOT_NAMED = "not named"


def profit_cells(
    order_lines: Any,
    as_of: dt.date,
    *,
    first: dt.date,
    accounts: pd.DataFrame,
    products: pd.DataFrame | Unknown,
) -> pd.DataFrame | Unknown:
    """Return what each account bought of each product in the 365 days to a day and in those before.

    Products of one name are one product: many price lists give a product a new number with each new price.

    Parameters
    ----------
    order_lines
        Any table that Narwhals knows, with the canonical columns of `order_lines`.
    as_of, first
        The last day that counts, and the first order day of the source.
    accounts, products
        The accounts table, and the products table or an `Unknown`.

    Returns
    -------
    DataFrame or Unknown
        One row per account, product, year, and whether all is known of its lines: `year` (`before`, `now`),
        `account_id`, `product` (name, else number), `is_split` (lines whose product, quantity and cost are
        known), the sums of `account_periods`; `family` (else the product), `industry` and `region` as far as
        the source has them, else `not named`; `status` (`new accounts`, `accounts that left`, `known
        accounts`). Unknown without cost, or where the data hold less than two years.
    """
    columns = nw.from_native(order_lines).lazy().collect_schema().names()
    if "cost_amount" not in columns:
        return Unknown(
            "Profit cannot be told: these sales come without cost (order_lines.cost_amount).", "gross_profit"
        )
    spans, days = rolling_years(as_of, first=first, most=2), (as_of - first).days + 1
    if len(spans) < 2:
        return Unknown(
            f"What changed the profit cannot be told: that takes {2 * YEAR} days, and the data hold {days}.",
            "profit_change",
        )
    cells = account_periods(order_lines, spans, by_product=True).assign(is_split=False)
    if set(_KNOWN) <= set(columns):
        lacking = (
            nw.from_native(order_lines)
            .lazy()
            .filter(nw.any_horizontal(nw.col(*_KNOWN).is_null(), ignore_nulls=True))
        )
        cells = _set_apart(cells.assign(is_split=True), account_periods(lacking, spans, by_product=True))
    cells.insert(0, "year", np.where(cells.pop("period") == spans[0].label, "now", "before"))
    return _with_parts(cells, accounts, products)


def _set_apart(cells: pd.DataFrame, lacking: pd.DataFrame) -> pd.DataFrame:
    """Return the cells of the lines of which all is known, and those of the other lines."""
    if lacking.empty:
        return cells
    sums = [name for name in lacking if name not in _KEYS]
    minus = lacking.assign(**{name: -lacking[name] for name in sums})
    known = pd.concat([cells, minus]).groupby(_KEYS, dropna=False)[sums].sum().round(4).reset_index()
    known = known[known["line_count"] > 0].assign(is_split=True)
    return pd.concat([known, lacking.assign(is_split=False)], ignore_index=True)


def _with_parts(
    cells: pd.DataFrame, accounts: pd.DataFrame, products: pd.DataFrame | Unknown
) -> pd.DataFrame:
    # Millions of cells, thousands of names: each is looked up once.
    if "product_id" in cells:
        place, numbers = pd.factorize(cells.pop("product_id"), use_na_sentinel=False)
        listed = pd.DataFrame(index=numbers)
        if not isinstance(products, Unknown):
            listed = products.set_index("product_id").reindex(numbers)
        name = (
            listed["name"].fillna(listed.index.to_series()) if "name" in listed else listed.index.to_series()
        )
        cells["product"] = name.to_numpy()[place]
        cells["family"] = (listed["family"].fillna(NOT_NAMED) if "family" in listed else name).to_numpy()[
            place
        ]
    place, bought = pd.factorize(cells["account_id"])
    about = accounts.set_index("account_id").reindex(bought)
    for part in about.columns.intersection(["industry", "region"]):
        cells[part] = about[part].fillna(NOT_NAMED).to_numpy()[place]
    is_now = (cells["year"] == "now").to_numpy()
    buys, bought_then = (np.isin(np.arange(len(bought)), place[rows]) for rows in (is_now, ~is_now))
    named = np.select([~bought_then, ~buys], ["new accounts", "accounts that left"], "known accounts")
    cells["status"] = named[place]
    return cells
