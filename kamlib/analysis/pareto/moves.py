"""Why the sales of each account changed: volume, mix, price, products taken up or dropped; and its margin."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlib.analysis.pareto.bridge import price_volume_mix

REASONS = ("volume", "mix", "price", "new_products", "lost_products", "not_split")


def account_changes(cells: pd.DataFrame, now: str, before: str) -> pd.DataFrame:
    """Return what changed the sales of each account from one year to another; the reasons add up to it.

    Parameters
    ----------
    cells
        `account_periods` of both years, by product.
    now, before
        The labels of the later year and of the earlier.

    Returns
    -------
    DataFrame
        One row per account with a line in either year, by account: `account_id`, `revenue_before`,
        `revenue_now`, `change` and its reasons in money, as in `bridge.price_volume_mix` but for each account
        on its own: `volume`, `mix`, `price`, `new_products` and `lost_products` (together `breadth`), and
        `not_split` (sold without quantity or product, or in a quantity not above zero); `taken_up_count` and
        `dropped_count` (products); `main_reason`: what explains most of the change in its direction, or `new`
        or `left` where the account had no sales in one of the years. With cost also `margin_before` and
        `margin_now` (of sales whose cost is known).

    Notes
    -----
    Of an account that buys in several units, such as kilogrammes and pieces, only the sum of volume and mix
    means something; so it is this sum that makes either of them the main reason.
    """
    cells = cells[cells["period"].isin([now, before])]
    pairs = _known_pairs(cells, now, before)
    steps = price_volume_mix(pairs[before], pairs[now])
    by_account = steps.groupby(level="account_id").sum().drop(columns="unit_cost")
    volume = _volume(pairs[before], pairs[now]).reindex(by_account.index, fill_value=0.0)
    by_account["mix"] += by_account["volume"] - volume
    by_account["volume"] = volume
    counts = (steps[["new_products", "lost_products"]] != 0).groupby(level="account_id").sum()
    counts.columns = ["taken_up_count", "dropped_count"]
    table = _sums(cells, "net_revenue", now, before).join(by_account).join(counts).fillna(0.0)
    table.insert(2, "change", table["revenue_now"] - table["revenue_before"])
    rest = table["change"] - table[[*REASONS[:-1]]].sum(axis=1)
    table["breadth"] = table["new_products"] + table["lost_products"]
    table["not_split"] = rest.where(rest.abs() >= 0.005, 0.0)
    table["main_reason"] = _main_reason(table)
    return table.join(_margins(cells, now, before)).reset_index()


def reason_totals(changes: pd.DataFrame) -> pd.DataFrame:
    """Return each reason's part in the changes of several accounts together.

    Parameters
    ----------
    changes
        Rows of `account_changes`.

    Returns
    -------
    DataFrame
        `reason`, `amount`, `account_count` (those of which it is the main reason), the smallest amount first
        and without those that are zero: `quantity` (volume and mix), the other `REASONS`, and `new` and
        `left`: all that accounts bought that came or left.
    """
    amounts = changes[[*REASONS]].mask(changes["main_reason"].isin(["new", "left"]), 0.0)
    for name in ("new", "left"):
        amounts[name] = changes["change"].where(changes["main_reason"] == name, 0.0)
    amounts["quantity"] = amounts.pop("volume") + amounts.pop("mix")
    main = changes["main_reason"].replace({"volume": "quantity", "mix": "quantity"})
    table = pd.DataFrame({"amount": amounts.sum(), "account_count": main.value_counts()}).dropna(
        subset="amount"
    )
    table = table[table["amount"].abs() >= 0.005].fillna(0).rename_axis("reason").reset_index()
    return table.sort_values(["amount", "reason"], ignore_index=True)


def reason_bridge(changes: pd.DataFrame) -> pd.DataFrame:
    """Return the steps between what accounts bought in the two years: `step`, `amount`."""
    totals = reason_totals(changes).rename(columns={"reason": "step"})[["step", "amount"]]
    start, end = changes["revenue_before"].sum(), changes["revenue_now"].sum()
    ends = pd.DataFrame({"step": ["before", "now"], "amount": [start, end]})
    return pd.concat([ends[:1], totals, ends[1:]], ignore_index=True)


def _known_pairs(cells: pd.DataFrame, now: str, before: str) -> dict[str, pd.DataFrame]:
    """Return by year what is known of account and product well enough to be split."""
    frame = cells.reindex(
        columns=["period", "account_id", "product_id", "net_revenue", "quantity", "counted_revenue"]
    )
    is_known = frame["product_id"].notna() & (frame["quantity"] > 0)
    is_known &= frame["counted_revenue"] == frame["net_revenue"]
    odd = frame[~is_known & frame["product_id"].notna()].set_index(["account_id", "product_id"]).index
    known = frame[is_known].set_index(["account_id", "product_id"])
    # A product that can be split in one year only would seem to be taken up or dropped.
    known = known[~known.index.isin(odd)].assign(gross_profit=lambda table: table["net_revenue"])
    return {year: known[known["period"] == year] for year in (before, now)}


def _volume(before: pd.DataFrame, now: pd.DataFrame) -> pd.Series:
    """Return what each account would buy more or less, had all its products grown alike."""
    both = before[["quantity", "net_revenue"]].join(now["quantity"].rename("quantity_now"), how="inner")
    sums = both.groupby(level="account_id").sum()
    return sums["net_revenue"] * (sums["quantity_now"] / sums["quantity"] - 1)


def _main_reason(table: pd.DataFrame) -> pd.Series:
    """Return what explains most of each change: volume or mix only if both together do."""
    amounts = table[[*REASONS]].mul(np.sign(table["change"]), axis=0)
    together = amounts["volume"] + amounts["mix"]
    main = amounts.assign(volume=together).drop(columns="mix").idxmax(axis=1).astype("str")
    main = main.mask((main == "volume") & (amounts["mix"] > amounts["volume"]), "mix")
    return main.mask(table["revenue_before"] <= 0, "new").mask(table["revenue_now"] <= 0, "left")


def _sums(cells: pd.DataFrame, column: str, now: str, before: str) -> pd.DataFrame:
    sums = cells.groupby(["account_id", "period"])[column].sum().astype(float).unstack(fill_value=0.0)  # noqa: PD010
    return sums.reindex(columns=[before, now], fill_value=0.0).set_axis(
        ["revenue_before", "revenue_now"], axis=1
    )


def _margins(cells: pd.DataFrame, now: str, before: str) -> pd.DataFrame:
    if "gross_profit" not in cells:
        return pd.DataFrame()
    profit, costed = (_sums(cells, column, now, before) for column in ("gross_profit", "costed_revenue"))
    return (profit / costed.where(costed > 0)).set_axis(["margin_before", "margin_now"], axis=1)
