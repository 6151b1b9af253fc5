"""Which accounts grow or fade over the years, who looks after them, and which could still grow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd

from kamlib.analysis.pareto.criteria import QUARTER, yearly_spend
from kamlib.analysis.periods import Period
from kamlib.estimate import Unknown


def growth_table(
    years: pd.DataFrame,
    periods: Sequence[Period],
    first_ordered: pd.Series,
    *,
    least_base: float = 0.1,
    least_growth: float = 0.15,
) -> pd.DataFrame:
    """Return how the sales of each account grew, from its first whole year as a customer to the last year.

    Parameters
    ----------
    years, periods
        `migration.tier_years`, and the years in it, the latest first.
    first_ordered : Series
        The day of the first order by account.
    least_base
        Too small to tell is an account whose sales, in its first and in the last year, are below this part
        of what an account with sales brings on average in a year.
    least_growth
        Growth a year from which an account is growing; fading is the same the other way round (0.25: a
        factor of 1.25 a year, or of 1 / 1.25).

    Returns
    -------
    DataFrame
        One row per account with sales in the last year, by account: `account_id`, `tier` of the last year,
        `base_period`, `base_revenue`, `net_revenue`, `year_count` (from the one to the other), `change` (of
        sales over all of them), `growth` (a year; missing where it cannot be told) and `direction`: growing,
        fading, steady, `too small` or `too new`.

    Notes
    -----
    The first whole year is the first one with sales above zero by whose 91st day the account had ordered:
    whoever begins later in a year would seem to grow in the next.
    """
    amount = years.pivot_table(index="account_id", columns="period", values="net_revenue", sort=False)
    amount = amount[amount[periods[0].label] > 0]
    labels = [year.label for year in reversed(periods)]
    latest = np.array([year.starts + dt.timedelta(QUARTER) for year in reversed(periods)], "datetime64[us]")
    ordered = pd.to_datetime(amount.index.to_series().map(first_ordered)).to_numpy()
    sales = amount[labels].to_numpy()
    is_whole = (ordered[:, None] <= latest) & (sales > 0)
    place, rows = is_whole[:, :-1].argmax(axis=1), np.arange(len(sales))
    base, reached, span = sales[rows, place], sales[:, -1], len(labels) - 1 - place
    is_known = is_whole[:, :-1].any(axis=1)
    growth = np.where(is_known, (reached / np.where(is_known, base, 1)) ** (1 / span) - 1, np.nan)
    is_small = np.maximum(base, reached) < least_base * years["net_revenue"][years["net_revenue"] > 0].mean()
    tiers = years[years["period"] == periods[0].label].set_index("account_id")["state"]
    table = pd.DataFrame(
        {
            "account_id": amount.index,
            "tier": tiers[amount.index].to_numpy(),
            "base_period": np.array(labels)[place],
            "base_revenue": base,
            "net_revenue": reached,
            "year_count": span,
            "change": reached - base,
            "growth": growth,
        }
    )
    kinds = {
        "too small": is_small,
        "too new": ~is_known,
        "growing": growth >= least_growth,
        "fading": growth <= 1 / (1 + least_growth) - 1,
    }
    table["direction"] = np.select(list(kinds.values()), list(kinds), "steady")
    return table.sort_values("account_id", ignore_index=True)


def movers(growth: pd.DataFrame, direction: str) -> pd.DataFrame:
    """Return the accounts that are growing, or fading: those first that gained, or lost, most a year.

    Parameters
    ----------
    growth
        `growth_table`.
    direction
        `growing` or `fading`.

    Returns
    -------
    DataFrame
        Their rows with `change_per_year`, equals by account.
    """
    found = growth[growth["direction"] == direction]
    found = found.assign(change_per_year=found["change"] / found["year_count"])
    return found.sort_values(
        ["change_per_year", "account_id"], ascending=[direction == "fading", True], ignore_index=True
    )


def with_care(
    accounts: pd.DataFrame, interactions: pd.DataFrame | Unknown, as_of: dt.date, *, days: int = 180
) -> pd.DataFrame:
    """Return accounts with whether anybody looks after them.

    Parameters
    ----------
    accounts
        With `account_id`; `owner` as `team.with_owner` gives it, where the source has teams.
    interactions
        `account_id`, `happened_at`; or why there are none.
    as_of
        The last day that counts.
    days
        So long ago at the most must the last contact be.

    Returns
    -------
    DataFrame
        The same rows, those first that nobody looks after, with `last_contact_at` (where there is a record of
        contacts) and `is_unattended`: no owner, or no contact in these days. Missing where the source has
        neither teams nor contacts.
    """
    lacks = []
    if "owner" in accounts:
        lacks.append(accounts["owner"].isna())
    if not isinstance(interactions, Unknown):
        latest = interactions.groupby("account_id")["happened_at"].max()
        met = latest.reindex(accounts["account_id"]).set_axis(accounts.index)
        accounts = accounts.assign(last_contact_at=met)
        lacks.append(~(met > pd.Timestamp(as_of) - pd.Timedelta(days=days)))
    table = accounts.assign(is_unattended=np.logical_or.reduce(lacks) if lacks else pd.NA)
    return table.sort_values("is_unattended", ascending=False, kind="stable", ignore_index=True)


def small_with_potential(
    growth: pd.DataFrame, wallet: pd.DataFrame | Unknown, as_of: dt.date
) -> pd.DataFrame:
    """Return the growing accounts outside tier A: those first of which most more can be hoped for.

    Parameters
    ----------
    growth
        `growth_table`.
    wallet
        `account_id`, `year`, `spend` with all suppliers, `family` where it is told; or why it is not known.
    as_of
        The last day that counts: estimates of later years are passed over.

    Returns
    -------
    DataFrame
        Their rows with `hoped_for`: growth × what they buy elsewhere where `wallet` says so (`unserved`:
        spend of its latest year less net revenue, not below zero), else growth × net revenue.
    """
    found = growth[(growth["direction"] == "growing") & (growth["tier"] != "A")]
    rest = found["net_revenue"]
    if not isinstance(wallet, Unknown):
        rest = found["account_id"].map(yearly_spend(wallet, as_of)) - found["net_revenue"]
        found = found.assign(unserved=(rest := rest.clip(lower=0)))
    found = found.assign(hoped_for=found["growth"] * rest)
    return found.sort_values(["hoped_for", "account_id"], ascending=[False, True], ignore_index=True)
