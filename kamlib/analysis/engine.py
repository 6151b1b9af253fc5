"""Order lines where they lie: up to a day, their money as decimals, and what was added up brought home.

Sums of money stay decimal in the engine, so equal lines give equal bytes whatever their order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import narwhals as nw
import pandas as pd

MONEY = nw.Decimal(18, 4)
_SUM_OF_MONEY = nw.Decimal(28, 4)  # engines give a sum 38 digits, which leaves Arrow none for a difference
_AMOUNTS = ("net_amount", "cost_amount", "list_amount", "quantity")
_IDS = ("account_id", "product_id")


def lines_up_to(order_lines: Any, as_of: dt.date) -> tuple[nw.LazyFrame, list[str]]:
    """Return the lines to the end of a day, each with its date, and the names of their columns."""
    lines: nw.LazyFrame = nw.from_native(order_lines).lazy()
    kinds = lines.collect_schema()
    # pandas' whole numbers do not fit DECIMAL(18,4): a money column without cents goes by way of double.
    whole = [name for name in _AMOUNTS if name in kinds and kinds[name].is_integer()]
    mended = [nw.col(name).cast(nw.Float64) for name in whole]
    if kinds["ordered_at"] != nw.Date:
        mended.append(nw.col("ordered_at").cast(nw.Date))
    lines = lines.with_columns(*mended) if mended else lines
    return lines.filter(nw.col("ordered_at") <= as_of), kinds.names()


def amounts_of(lines: nw.LazyFrame, columns: list[str], *keys: str) -> nw.LazyFrame:
    """Return of each line its account, its day, its keys, and what is added up."""
    net, cost, price, quantity = (money(name) for name in _AMOUNTS)
    parts = {"net_revenue": net}
    if "cost_amount" in columns:
        parts |= {"costed_revenue": nw.when(~cost.is_null()).then(net), "cost": cost}
    if "list_amount" in columns:
        parts |= {"list_revenue": price, "listed_revenue": nw.when(~price.is_null()).then(net)}
    if "quantity" in columns:
        parts |= {"quantity": quantity, "counted_revenue": nw.when(~quantity.is_null()).then(net)}
    return lines.select("account_id", "ordered_at", *keys, **parts)


def with_gross_profit(table: nw.LazyFrame, endings: Sequence[str]) -> nw.LazyFrame:
    """Return sums with what costs leave of revenue instead of costs; an ending of columns for each window."""
    costs = [f"cost{ending}" for ending in endings]
    revenues = [f"costed_revenue{ending}" for ending in endings]
    table = table.with_columns(nw.col(*costs, *revenues).cast(_SUM_OF_MONEY))
    profits = (nw.col(of) - nw.col(cost) for of, cost in zip(revenues, costs, strict=True))
    named = {f"gross_profit{ending}": profit for ending, profit in zip(endings, profits, strict=True)}
    return table.with_columns(**named).drop(costs)


def money(name: str) -> nw.Expr:
    """Return a column as money."""
    return nw.col(name).cast(MONEY)


def collected(table: nw.LazyFrame) -> pd.DataFrame:
    """Return what the engine found, with every number a double."""
    found = table.collect("pyarrow")
    as_double = []
    for name, kind in found.schema.items():
        if kind == nw.Date:
            as_double.append(nw.col(name).cast(nw.Datetime("us")))
        elif kind == nw.Decimal:
            # Arrow's own cast of a decimal is wrong in the last digit; by way of text it is right.
            as_double.append(nw.col(name).cast(nw.String).cast(nw.Float64))
        elif kind.is_numeric() and name not in _IDS:
            as_double.append(nw.col(name).cast(nw.Float64))
    # Without pandas' own notes on the columns, all engines' come as the same types.
    return found.with_columns(*as_double).to_arrow().replace_schema_metadata().to_pandas()
