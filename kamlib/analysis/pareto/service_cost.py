"""Cost to serve: what it takes to look after each account, and what is left of its profit then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from kamlib.analysis.pareto.profit import gross_profit
from kamlib.analysis.periods import Period
from kamlib.errors import ParameterError, did_you_mean
from kamlib.estimate import Unknown

_MIDDLE = pd.Timedelta(days=14)


def service_costs(
    costs: pd.DataFrame | Unknown,
    period: Period,
    *,
    rate_card: Sequence[str] = (),
    volumes: Mapping[str, pd.Series] | None = None,
) -> pd.DataFrame | Unknown:
    """Return what was spent on each account by activity, and how much of it the account is charged with.

    An account is charged volume times the rate card's rate; where the card has no rate, what the table says
    it cost (its amount, else its own rate times volume). What is spent for nobody in particular is charged
    to nobody.

    Parameters
    ----------
    costs
        The costs table, or an `Unknown` where the source does not have it.
    period
        Which months count: those whose middle lies within.
    rate_card
        Cost of one unit by activity, such as `visits=180`.
    volumes
        Activities counted from other tables, by account: they stand in for those that `costs` lacks.

    Returns
    -------
    DataFrame or Unknown
        One row per account (missing: nobody in particular) and activity, sorted: `account_id`, `activity`,
        `volume`, `spent` (missing where no amount is known), `charged`. Unknown where there are neither costs
        nor a rate card, and where the costs begin or end within the period (the last month may be missing).

    Raises
    ------
    ParameterError
        The rate card cannot be read, or names an activity of which nothing is known.

    Examples
    --------
    >>> costs = pd.DataFrame({"account_id": ["a", None], "activity": "visits", "volume": [2.0, None],
    ...                       "period": pd.to_datetime(["2024-01-01", "2024-12-01"]),
    ...                       "amount": [None, 500.0]})
    >>> year = Period("2024", pd.Timestamp(2024, 1, 1).date(), pd.Timestamp(2024, 12, 31).date())
    >>> service_costs(costs, year, rate_card=["visits=180"])
      account_id activity  volume  spent  charged
    0          a   visits     2.0    NaN    360.0
    1        NaN   visits     0.0  500.0      0.0
    """
    rates = rates_of(rate_card)
    if isinstance(costs, Unknown) and not rates:
        return costs
    listed = pd.DataFrame() if isinstance(costs, Unknown) else _of_period(costs, period)
    if listed.empty and not rates:
        return Unknown("What it costs to serve is not known for this year (costs).", "costs")
    if (
        isinstance(costs, pd.DataFrame)
        and not listed.empty
        and (part := _part_known(costs["period"], period))
    ):
        return Unknown(part, "costs")
    counted = {name: rows for name, rows in (volumes or {}).items() if name in rates}
    known = set(listed.get("activity", ())) | set(volumes or {})
    for name in rates:
        if name not in known:
            raise ParameterError(f"rate_card: nothing is known of '{name}'{did_you_mean(name, known)}")
    extra = [
        pd.DataFrame({"account_id": rows.index, "activity": name, "volume": rows.to_numpy()})
        for name, rows in counted.items()
        if name not in set(listed.get("activity", ()))
    ]
    rows = pd.concat([listed, *extra]).reindex(columns=["account_id", "activity", "volume", "amount", "rate"])
    rows[["volume", "amount", "rate"]] = rows[["volume", "amount", "rate"]].astype(float)
    rows["spent"] = rows["amount"].fillna(rows["rate"] * rows["volume"])
    by_card = rows["volume"] * rows["activity"].map(rates).astype(float)
    rows["charged"] = by_card.fillna(rows["spent"]).where(rows["account_id"].notna(), 0.0)
    grouped = rows.groupby(["account_id", "activity"], dropna=False)
    table = grouped[["volume", "charged"]].sum().assign(spent=grouped["spent"].sum(min_count=1))
    return table.reset_index()[["account_id", "activity", "volume", "spent", "charged"]]


def residual_table(served: pd.DataFrame | Unknown) -> pd.DataFrame | Unknown:
    """Return by activity what was spent, what accounts are charged with, and what is left over.

    Parameters
    ----------
    served
        `service_costs`.

    Returns
    -------
    DataFrame or Unknown
        One row per activity, the largest amount first: `activity`, `volume`, `charged`, `spent`,
        `residual` (spent less charged; below zero where more is charged than was spent; missing, like
        `spent`, where no amount is known).
    """
    if isinstance(served, Unknown):
        return served
    grouped = served.groupby("activity")
    table = grouped[["volume", "charged"]].sum().assign(spent=grouped["spent"].sum(min_count=1))
    table["residual"] = table["spent"] - table["charged"]
    order = table[["charged", "spent"]].max(axis=1).sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index()


def net_profit(
    account_table: pd.DataFrame, served: pd.DataFrame | Unknown, window: str = "_365"
) -> pd.Series | Unknown:
    """Return what is left of each account's gross profit after its cost to serve, or why it cannot be told.

    What is spent for nobody in particular is in no account's net profit: see `residual_table`.

    Parameters
    ----------
    account_table
        With `account_id`.
    served
        `service_costs` of the same window.
    window
        `_365` or `_prev_365`.

    Returns
    -------
    Series or Unknown
        By account of the account table.
    """
    profit = gross_profit(account_table, window)
    if isinstance(profit, Unknown) or isinstance(served, Unknown):
        return profit if isinstance(profit, Unknown) else served
    charged = served.groupby("account_id")["charged"].sum()
    return (profit - charged.reindex(profit.index, fill_value=0.0)).rename("net_profit")


def served_accounts(
    account_table: pd.DataFrame, served: pd.DataFrame | Unknown, window: str = "_365"
) -> pd.DataFrame | Unknown:
    """Return what each account costs to serve, by activity, and its net profit.

    Parameters
    ----------
    account_table, served, window
        As for `net_profit`.

    Returns
    -------
    DataFrame or Unknown
        Rows of the account table, the lowest net profit first, equals by account, with `cost_to_serve`,
        `net_profit`, and the amount charged for each activity by its name.
    """
    profit = net_profit(account_table, served, window)
    if isinstance(profit, Unknown) or isinstance(served, Unknown):
        return profit if isinstance(profit, Unknown) else served
    by_activity = served.pivot_table(index="account_id", columns="activity", values="charged", aggfunc="sum")
    charged = by_activity.reindex(profit.index).fillna(0.0).assign(net_profit=profit)
    charged.insert(0, "cost_to_serve", charged.drop(columns="net_profit").sum(axis=1))
    table = account_table.merge(charged.reset_index(), on="account_id", validate="one_to_one")
    return table.sort_values(["net_profit", "account_id"], ignore_index=True)


def activity_volumes(
    account_table: pd.DataFrame,
    period: Period,
    *,
    interactions: pd.DataFrame | Unknown,
    complaints: pd.DataFrame | Unknown,
) -> dict[str, pd.Series]:
    """Return how often each account ordered, was visited and complained, as far as the source says.

    Parameters
    ----------
    account_table
        As of the period's last day; the period is its last 365 days.
    period
        The days that count.
    interactions, complaints
        The tables, or an `Unknown`.

    Returns
    -------
    dict
        `orders` (order days), `visits`, `complaints`: by account.
    """
    first, last = pd.Timestamp(period.starts), pd.Timestamp(period.ends)
    volumes = {"orders": account_table.set_index("account_id")["order_day_count_365"]}
    if not isinstance(interactions, Unknown):
        met = interactions[interactions["channel"] == "visit"]
        volumes["visits"] = met[met["happened_at"].between(first, last)].groupby("account_id").size()
    if not isinstance(complaints, Unknown):
        came = complaints["opened_at"].between(first, last)
        volumes["complaints"] = complaints[came].groupby("account_id").size()
    return volumes


def rates_of(rate_card: Sequence[str]) -> dict[str, float]:
    """Return the rates of a rate card by activity.

    Raises
    ------
    ParameterError
        An entry is not of the form `visits=180`, or its rate is below zero.

    Examples
    --------
    >>> rates_of(["visits=180", "orders = 12.5"])
    {'visits': 180.0, 'orders': 12.5}
    """
    rates = {}
    for entry in rate_card:
        name, _, rate = (part.strip() for part in entry.partition("="))
        if not name or not rate.replace(".", "", 1).isdecimal():
            raise ParameterError(f"rate_card: '{entry}' is no rate: write it as visits=180")
        rates[name] = float(rate)
    return rates


def _part_known(months: pd.Series, period: Period) -> str:
    """Return what is said of costs that hold a part of a period only, so that no profit of it fits them."""
    first, last = months.min(), months.max()
    begins_late = first - pd.DateOffset(months=1) + _MIDDLE >= pd.Timestamp(period.starts)
    # The costs of a month come in after it: the last one may be missing.
    ends_early = last + pd.DateOffset(months=2) + _MIDDLE <= pd.Timestamp(period.ends)
    said = (
        f"What it costs to serve is known from {first:%b %Y} to {last:%b %Y} only (costs), a part of the 12 "
    )
    return said + "months it would be held against." if begins_late or ends_early else ""


def _of_period(costs: pd.DataFrame, period: Period) -> pd.DataFrame:
    middle = costs["period"] + _MIDDLE
    return costs[middle.between(pd.Timestamp(period.starts), pd.Timestamp(period.ends))]
