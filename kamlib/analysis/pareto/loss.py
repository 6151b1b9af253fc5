"""What would be left if large customers left: sales, gross profit, and how far it pays the fixed costs."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from kamlib.analysis.snapshot import YEAR
from kamlib.analysis.tiers import parent_of
from kamlib.errors import ParameterError, did_you_mean
from kamlib.estimate import Unknown

_ABOUT = ("customers_gone", "name", "account_count")
_AMOUNTS = ("net_revenue", "gross_profit")


def loss_table(
    account_table: pd.DataFrame,
    accounts: pd.DataFrame,
    *,
    window: str = "_365",
    fixed_costs: float = 0.0,
    days_held: int = YEAR,
    leaving: Sequence[str] = (),
    most: int | None = None,
) -> pd.DataFrame | Unknown:
    """Return what is left when the largest customers leave, one after the other, or accounts that are named.

    Companies of one group leave together. All gross profit of whoever leaves is lost with them, and the
    fixed costs stay: the worst case of the first year.

    Parameters
    ----------
    account_table
        One row per account.
    accounts
        The accounts table: who belongs together, and what they are called.
    window
        Ending of the columns that count: "" for all days, or `_365`, `_prev_365`.
    fixed_costs
        Of a year; 0 where they are not known.
    days_held
        Days of data; of less than a year gross profit is not held against the fixed costs of one.
    leaving
        Accounts by id or by name, each of which leaves on its own. The top of a group takes its companies
        along; a company of a group leaves alone.
    most
        So many of the largest leave; by default all, one after the other.

    Returns
    -------
    DataFrame or Unknown
        One row per number of customers gone, from 0, the largest by sales first (equals by id), then one for
        each account named: `customers_gone` (missing for those named); `name` and `account_count` of the last
        one gone; `net_revenue` left and `net_revenue_share` of today's; with cost also `gross_profit` and its
        share (missing where there is none today); with fixed costs `fixed_cost_cover`, gross profit / fixed
        costs (missing where the data hold less than a year). Unknown where sales are not above zero.

    Raises
    ------
    ParameterError
        There is no such account.

    Examples
    --------
    >>> sold = pd.DataFrame({"account_id": ["a", "b", "c"], "net_revenue": [30.0, 50.0, 40.0],
    ...                      "gross_profit": [9.0, 5.0, 6.0]})
    >>> group = pd.DataFrame({"account_id": ["a", "b", "c"], "parent_id": ["c", None, None]})
    >>> found = loss_table(sold, group, window="", fixed_costs=10, leaving=["a"])
    >>> found[["name", "net_revenue", "gross_profit", "fixed_cost_cover"]].fillna("").values.tolist()
    [['', 120.0, 20.0, 2.0], ['c', 50.0, 5.0, 0.5], ['b', 0.0, 0.0, 0.0], ['a', 90.0, 11.0, 1.1]]
    """
    if fixed_costs < 0:
        raise ValueError(f"fixed_costs are zero or more, not {fixed_costs}")
    known = {f"{name}{window}": name for name in _AMOUNTS if f"{name}{window}" in account_table}
    amounts = account_table.set_index("account_id")[list(known)].rename(columns=known)
    today = amounts.sum()
    if today["net_revenue"] <= 0:
        return Unknown("Sales are not above zero, so nobody can be missed.", "loss")
    ids = amounts.index.to_series()
    parents = ids.map(parent_of(accounts)).fillna(ids)
    names, tops = _names(ids, accounts), _names(parents, accounts)
    called = pd.concat([ids, parents, names, tops], axis=1, keys=["id", "parent_id", "own", "name"])
    lost = pd.concat([_largest(amounts, called).head(most), _named(amounts, called, leaving)])
    nobody = pd.DataFrame([{"customers_gone": 0, **dict.fromkeys(amounts, 0.0)}])
    table = pd.concat([nobody, lost], ignore_index=True).reindex(columns=[*_ABOUT, *amounts])
    for name in amounts:
        table[name] = today[name] - table[name]
        table[f"{name}_share"] = table[name] / (today[name] if today[name] > 0 else float("nan"))
    if fixed_costs and "gross_profit" in table:
        table["fixed_cost_cover"] = table["gross_profit"] / (
            fixed_costs if days_held >= YEAR else float("nan")
        )
    return table


def _largest(amounts: pd.DataFrame, called: pd.DataFrame) -> pd.DataFrame:
    """Return what is lost with the largest customers, each with all that are larger."""
    grouped = amounts.groupby([called["parent_id"], called["name"]])
    table = grouped.sum().assign(account_count=grouped.size()).reset_index()
    table = table.sort_values(["net_revenue", "parent_id"], ascending=[False, True], ignore_index=True)
    table[list(amounts)] = table[list(amounts)].cumsum()
    return table.assign(customers_gone=table.index + 1)


def _named(amounts: pd.DataFrame, called: pd.DataFrame, leaving: Sequence[str]) -> pd.DataFrame:
    """Return what is lost with each account that is named."""
    rows = []
    for name in leaving:
        is_gone = called.eq(name).any(axis=1)
        if not is_gone.any():
            near = did_you_mean(name, set(called.to_numpy().ravel()))
            raise ParameterError(f"leaving: there is no account '{name}'{near}")
        rows.append({"name": name, "account_count": is_gone.sum(), **amounts[is_gone].sum()})
    return pd.DataFrame(rows)


def _names(ids: pd.Series, accounts: pd.DataFrame) -> pd.Series:
    listed = accounts.reindex(columns=["account_id", "name"]).astype("str")
    return ids.map(listed.set_index("account_id")["name"]).fillna(ids)
