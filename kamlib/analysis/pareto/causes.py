"""Where profit was lost: the cut through the sales in which fewest names explain most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from kamlib.analysis.pareto.bridge import STEPS, YEARS, product_bridge
from kamlib.analysis.pareto.profit_years import NOT_NAMED
from kamlib.estimate import Unknown

EXPLAINED = 0.8
"""Names are taken until they explain so much of what the parts of a cut lost."""
MOST_NAMES = 3
CUTS = {
    "family": "product group",
    "industry": "industry",
    "region": "region",
    "status": "new and known accounts",
}
"""The cuts that are tried: columns of `profit_cells`, and what people call them."""


@dataclass(frozen=True)
class Cause:
    """The parts of the sales that explain most of what was lost.

    Parameters
    ----------
    cut
        The cut, a column of `profit_cells`.
    is_loss
        The year ended below zero, and the parts are those that lost money; else those that earn less than
        last year.
    parts
        `part_changes` of the cut.
    named
        Those of its rows that explain most, with `amount` (their loss or fall, below zero), the largest
        first.
    explained_share
        Their part of what all such parts of the cut lost. 0 to 1.
    beyond
        What they lost beyond their part of the sales; below zero.
    profit_before, profit_now
        Of all parts, last year and this.
    """

    cut: str
    is_loss: bool
    parts: pd.DataFrame
    named: pd.DataFrame
    explained_share: float
    beyond: float
    profit_before: float
    profit_now: float


def part_changes(cells: pd.DataFrame, cut: str) -> pd.DataFrame:
    """Return sales and gross profit of each part of the sales, last year and this.

    Parameters
    ----------
    cells
        `profit_cells`.
    cut
        One of its columns, such as `family`.

    Returns
    -------
    DataFrame
        `part`, `sales_before`, `sales_now`, `profit_before`, `profit_now`, `change` (of profit), the largest
        fall first, equals by name.
    """
    keys = [cells[cut].fillna(NOT_NAMED).rename("part"), "year"]
    sums = cells.groupby(keys)[["net_revenue", "gross_profit"]].sum()
    years = {year: sums[sums.index.get_level_values("year") == year].droplevel("year") for year in YEARS}
    columns = {
        f"{name}_{year}": years[year][amount]
        for name, amount in (("sales", "net_revenue"), ("profit", "gross_profit"))
        for year in YEARS
    }
    table = pd.DataFrame(columns).fillna(0.0).rename_axis("part").reset_index()
    table["change"] = table["profit_now"] - table["profit_before"]
    return table.sort_values(["change", "part"], ignore_index=True)


def main_cause(cells: pd.DataFrame | Unknown, cuts: Mapping[str, str] = CUTS) -> Cause | Unknown:
    """Return the few parts that explain most of what was lost, of the cut that shows it most sharply.

    Where the year ended below zero, what counts is what each part lost; else by how much less it earned than
    last year. In each cut the largest are named until they explain 80 %, at most three. By rights a part
    would lose as large a part as it has of the sales: the cut is chosen whose named parts lose most beyond
    that.

    Parameters
    ----------
    cells
        `profit_cells`.
    cuts
        The columns to try; those that are not there, or have one part only, say nothing.

    Returns
    -------
    Cause or Unknown
        Unknown where no part of any cut lost anything.

    Notes
    -----
    In the spirit of Bhagwan et al., "Adtributor: Revenue Debugging in Advertising Systems" (NSDI 2014): few
    names, most explained, and not what was to be expected anyway.
    """
    if isinstance(cells, Unknown):
        return cells
    tables = {cut: part_changes(cells, cut) for cut in cuts if cut in cells}
    causes = [_cause(cut, table) for cut, table in tables.items() if len(table) > 1]
    found = [cause for cause in causes if len(cause.named)]
    if not found:
        return Unknown("No part of the sales lost money or earned less than last year.", "main_cause")
    return min(found, key=lambda cause: cause.beyond)


def cause_steps(cells: pd.DataFrame | Unknown, cause: Cause | Unknown) -> pd.DataFrame | Unknown:
    """Return for each part that a cause names why its profit changed.

    Parameters
    ----------
    cells
        `profit_cells`.
    cause
        `main_cause`.

    Returns
    -------
    DataFrame or Unknown
        The cause's rows, in order, with the steps of `product_bridge`, `why`: the step that took most, and
        `other`: all but volume, price and unit cost.
    """
    if isinstance(cells, Unknown) or isinstance(cause, Unknown):
        return cells if isinstance(cells, Unknown) else cause
    bridges = [product_bridge(cells[cells[cause.cut] == part]) for part in cause.named["part"]]
    known = [bridge for bridge in bridges if not isinstance(bridge, Unknown)]
    if len(known) < len(bridges):
        return next(bridge for bridge in bridges if isinstance(bridge, Unknown))
    steps = pd.DataFrame([bridge[list(STEPS)].sum() for bridge in known])
    other = steps.drop(columns=["volume", "price", "unit_cost"]).sum(axis=1)
    return cause.named.join(steps).assign(why=steps.idxmin(axis=1), other=other)


def _cause(cut: str, table: pd.DataFrame) -> Cause:
    before, now = table["profit_before"].sum(), table["profit_now"].sum()
    is_loss = bool(now < 0)
    total, sales = (now, "sales_now") if is_loss else (now - before, "sales_before")
    ranked = table.assign(amount=table["profit_now"] if is_loss else table["change"])
    lost = ranked[ranked["amount"] < -0.005].sort_values(["amount", "part"])
    so_far = lost["amount"].cumsum().shift(fill_value=0.0) / lost["amount"].sum()
    named = lost[(so_far < EXPLAINED - 1e-12) & (lost["part"] != NOT_NAMED)].head(MOST_NAMES)
    amount, part = named["amount"].sum(), named[sales].sum() / (table[sales].sum() or 1.0)
    return Cause(
        cut=cut,
        is_loss=is_loss,
        parts=table,
        named=named.reset_index(drop=True),
        explained_share=float(amount / lost["amount"].sum()) if len(lost) else 0.0,
        beyond=float(amount - part * total),
        profit_before=float(before),
        profit_now=float(now),
    )
