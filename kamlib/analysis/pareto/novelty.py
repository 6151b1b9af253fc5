"""Which part of sales comes from new products, and from those that carry a mark such as *recyclable*."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from kamlib.analysis.periods import Period
from kamlib.estimate import Unknown

NEW_DAYS = 730


def marked_sales(
    sold: pd.DataFrame,
    products: pd.DataFrame | Unknown,
    periods: Sequence[Period],
    *,
    new_days: int = NEW_DAYS,
    tags: Sequence[str] = (),
) -> pd.DataFrame | Unknown:
    """Return sales with those of new and of marked products beside them.

    Parameters
    ----------
    sold
        `account_periods` by product.
    products
        `product_id`, and of `launched_at` and `tags` what is known; or why there are none.
    periods
        Of `sold`.
    new_days
        A product is new in a period if it came out in so many days up to the period's end.
    tags
        Marks that count; empty = any.

    Returns
    -------
    DataFrame or Unknown
        The rows of `sold` with `product` (its name, else its id), `new_revenue` where launch days are known,
        and `marked_revenue` where marks are. Unknown where neither is, or sales do not say what was bought.
    """
    if isinstance(products, Unknown):
        return products
    known = [name for name in ("launched_at", "tags") if name in products and products[name].notna().any()]
    if "product_id" not in sold or not known:
        return Unknown(
            "What new products bring cannot be told: it takes order_lines.product_id, and in products the "
            "day each came out (launched_at) or marks (tags).",
            "new_products",
        )
    about = products.set_index("product_id")
    names = about["name"] if "name" in about else about.index.to_series()
    sold = sold.assign(product=sold["product_id"].map(names).fillna(sold["product_id"]))
    if "launched_at" in known:
        end = sold["period"].map({period.label: pd.Timestamp(period.ends) for period in periods})
        age = (end - sold["product_id"].map(about["launched_at"])).dt.days
        sold = sold.assign(new_revenue=sold["net_revenue"].where(age.between(0, new_days - 1), 0.0))
    if "tags" in known:
        marks = (
            about["tags"]
            .fillna("")
            .str.split()
            .map(lambda words: bool(words) and (not tags or bool(set(words) & set(tags))))
        )
        is_marked = sold["product_id"].map(marks).eq(True)
        sold = sold.assign(marked_revenue=sold["net_revenue"].where(is_marked, 0.0))
    return sold


def marked_shares(marked: pd.DataFrame | Unknown, *by: str, period: str = "") -> pd.DataFrame | Unknown:
    """Return the part of sales that comes from new and from marked products.

    Parameters
    ----------
    marked
        `marked_sales`.
    *by
        `period`, `account_id`, `product` or other columns.
    period
        Only this one.

    Returns
    -------
    DataFrame or Unknown
        One row each: the columns of `by`, `net_revenue`, and as far as they are known `new_revenue`,
        `new_share`, `marked_revenue`, `marked_share` (missing where sales are not above zero); periods in
        their order, all else with most sales of new products first.

    Examples
    --------
    >>> marked = pd.DataFrame({"account_id": ["a", "a", "b"], "net_revenue": [60.0, 40.0, 9.0],
    ...                        "new_revenue": [0.0, 40.0, 0.0]})
    >>> marked_shares(marked, "account_id")["new_share"].to_list()
    [0.4, 0.0]
    """
    if isinstance(marked, Unknown):
        return marked
    rows = marked[marked["period"] == period] if period else marked
    parts = [name for name in ("new_revenue", "marked_revenue") if name in rows]
    table = rows.groupby(list(by), sort=False)[["net_revenue", *parts]].sum().reset_index()
    for name in parts:
        whole = table["net_revenue"].where(table["net_revenue"] > 0)
        table[name.replace("revenue", "share")] = table[name] / whole
    if "period" in by:
        return table
    ascending = [False, *[True] * len(by)]
    return table.sort_values([parts[0], *by], ascending=ascending, ignore_index=True)
