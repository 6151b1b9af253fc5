"""What changed the gross profit from one year to the next: steps that close, by product and by account."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from kamlib.estimate import Unknown

_SUMS = ["net_revenue", "gross_profit", "quantity"]
STEPS = ("volume", "mix", "price", "unit_cost", "new_products", "lost_products", "not_split")
YEARS = ("before", "now")
MOST_UNKNOWN = 0.2
"""A product of which a larger part of a year's sales lacks cost or quantity is not split."""
ACCOUNT_STEPS = ("accounts that left", "new accounts", "known, earning less", "known, earning more")


def price_volume_mix(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Return for each product why its profit changed between two years.

    Parameters
    ----------
    before, now
        By product: `quantity` (above zero), `net_revenue`, `gross_profit`. With the revenue as profit, what
        changed is the revenue, and no step is owed to cost.

    Returns
    -------
    DataFrame
        By product: `volume` (had all continuing products grown alike, at last year's profit a unit), `mix`
        (that they did not), `price` and `unit_cost` (at this year's quantity), `new_products` and
        `lost_products` (products of one of the years only, whole). They add up to the change in profit.

    Notes
    -----
    Volume and mix are over continuing products only. Where products are counted in units of several kinds,
    only their sum means something.

    Examples
    --------
    >>> sold = pd.DataFrame({"quantity": [100.0, 50], "net_revenue": [1000.0, 1000]}, index=["A", "B"])
    >>> then = pd.DataFrame({"quantity": [120.0, 40], "net_revenue": [1320.0, 800]}, index=["A", "B"])
    >>> both = [year.assign(gross_profit=year["net_revenue"]) for year in (sold, then)]
    >>> price_volume_mix(*both).sum()[["volume", "mix", "price"]].round(2).to_list()
    [133.33, -133.33, 120.0]
    """
    products = before.index.union(now.index)
    old, new = (year.reindex(products)[_SUMS].astype(float) for year in (before, now))
    ratio = new["quantity"] / old["quantity"]
    stays = ratio.notna()
    growth = new["quantity"][stays].sum() / (old["quantity"][stays].sum() or np.nan)
    cost = {"old": old["net_revenue"] - old["gross_profit"], "new": new["net_revenue"] - new["gross_profit"]}
    parts = {
        "volume": old["gross_profit"].where(stays) * (growth - 1),
        "mix": old["gross_profit"] * (ratio - growth),
        "price": new["net_revenue"] - old["net_revenue"] * ratio,
        "unit_cost": cost["old"] * ratio - cost["new"],
        "new_products": new["gross_profit"].where(old["quantity"].isna()),
        "lost_products": -old["gross_profit"].where(new["quantity"].isna()),
    }
    return pd.DataFrame(parts).fillna(0.0)


def product_bridge(cells: pd.DataFrame | Unknown) -> pd.DataFrame | Unknown:
    """Return for each product its gross profit last year and this, and the steps between.

    Parameters
    ----------
    cells
        `profit_cells`.

    Returns
    -------
    DataFrame or Unknown
        By product (missing: lines without one): `profit_before`, the steps of `price_volume_mix`,
        `not_split` (what was sold without product, quantity or cost; products of which that is more than 20 %
        of a year's sales, and those whose quantity is not above zero because more came back) and
        `profit_now`; each row closes.
    """
    if isinstance(cells, Unknown):
        return cells
    if not cells["is_split"].any():
        return Unknown(
            "Price, volume and cost cannot be set apart: that takes the product and the quantity of "
            "order lines (order_lines.product_id, order_lines.quantity).",
            "profit_bridge",
        )
    years = {year: cells[cells["year"] == year] for year in YEARS}
    profit = {
        f"profit_{year}": rows.groupby("product", dropna=False)["gross_profit"].sum()
        for year, rows in years.items()
    }
    known = [rows[rows["is_split"]].groupby("product")[_SUMS].sum() for rows in years.values()]
    odd = [product for year in known for product in year.index[year["quantity"] <= 0]]
    odd += _partly_known(cells)
    steps = price_volume_mix(*(year.drop(odd, errors="ignore") for year in known))
    table = pd.DataFrame(profit).join(steps).fillna(0.0)
    change = table["profit_now"] - table["profit_before"]
    table["not_split"] = (change - table[list(STEPS[:-1])].sum(axis=1)).round(4)
    return table[["profit_before", *STEPS, "profit_now"]]


def _partly_known(cells: pd.DataFrame) -> list[Any]:
    """Return the products of which, in either year, more than a part of the sales lacks cost or quantity."""
    sold = cells.assign(size=cells["net_revenue"].abs()).groupby(["product", "year"])["size"].sum()
    lacks = cells[~cells["is_split"]]
    unknown = lacks.assign(size=lacks["net_revenue"].abs()).groupby(["product", "year"])["size"].sum()
    much = unknown[unknown > MOST_UNKNOWN * sold.reindex(unknown.index)]
    return list(much.index.get_level_values("product"))


def profit_bridge(products: pd.DataFrame | Unknown) -> pd.DataFrame | Unknown:
    """Return the steps from last year's gross profit to this year's; they close.

    Parameters
    ----------
    products
        `product_bridge`, of all products or of some.

    Returns
    -------
    DataFrame or Unknown
        `step` (`before`, those of `STEPS` that are not zero, `now`), `amount`.
    """
    if isinstance(products, Unknown):
        return products
    total = products.sum()
    steps = [name for name in STEPS if abs(total[name]) >= 0.005]
    amounts = total[["profit_before", *steps, "profit_now"]]
    bridge = pd.DataFrame({"step": ["before", *steps, "now"], "amount": amounts.to_numpy()})
    _hold_closed(bridge)
    return bridge


def account_bridge(cells: pd.DataFrame | Unknown) -> pd.DataFrame | Unknown:
    """Return the steps from last year's gross profit to this year's by who bought; they close.

    Parameters
    ----------
    cells
        `profit_cells`.

    Returns
    -------
    DataFrame or Unknown
        `step` (`the year before`, those of `ACCOUNT_STEPS`, `last 12 months`), `amount`,
        `account_count`, `net_revenue` (this year's; of lost accounts last year's).
    """
    if isinstance(cells, Unknown):
        return cells
    status = cells.groupby("account_id")["status"].first()
    amounts = {
        year: cells[cells["year"] == year].groupby("account_id")[_SUMS[:2]].sum().reindex(status.index)
        for year in YEARS
    }
    sold, profit = (pd.DataFrame({year: amounts[year][name] for year in YEARS}) for name in _SUMS[:2])
    change = profit["now"].fillna(0.0) - profit["before"].fillna(0.0)
    step = pd.Series(np.where(change < 0, *ACCOUNT_STEPS[2:]), status.index)
    step = step.where(status == "known accounts", status)
    rows = pd.DataFrame(
        {"amount": change, "net_revenue": sold["now"].fillna(sold["before"]), "account_count": 1}
    )
    steps = rows.groupby(step).sum().reindex(list(ACCOUNT_STEPS), fill_value=0)
    ends = dict(zip(YEARS, ("the year before", "last 12 months"), strict=True))
    for year, name in ends.items():
        steps.loc[name] = [profit[year].sum(), sold[year].sum(), profit[year].notna().sum()]
    first, last = ends.values()
    bridge = steps.loc[[first, *ACCOUNT_STEPS, last]].rename_axis("step").reset_index()
    _hold_closed(bridge)
    return bridge


def _hold_closed(bridge: pd.DataFrame) -> None:
    """Hold a bridge to its promise: it leads from its start to its end, to a cent or the last digit."""
    amount = bridge["amount"]
    gap = amount.iloc[:-1].sum() - amount.iloc[-1]
    assert abs(gap) < max(0.01, 1e-9 * amount.abs().sum()), f"the bridge does not close: {gap}"
