"""What it costs to serve each account: a rate card, and what nobody in particular has caused."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.random import Generator

from kamlib.data.sample.market import MARKET
from kamlib.data.sample.recipe import Recipe

_RATES: Mapping[str, float] = MARKET["cost_rates"]
_COMPLAINTS_PER_LINE = 0.015
_INTEREST, _TERM_DAYS = 0.08, 30
_EATEN_UP = (1.3, 1.7)
"""What a costly account costs to serve on top, in parts of its usual gross profit."""
_UNALLOCATED = (0.06, 0.16)


def costs_table(
    recipe: Recipe, truth: pd.DataFrame, order_lines: pd.DataFrame, interactions: pd.DataFrame
) -> pd.DataFrame:
    """Draw what was done for each account in the last three years.

    Returns
    -------
    DataFrame
        One row per account, month and activity with the columns of the contract, sorted by them.
        `volume` is a number of orders, deliveries, visits, complaints, or of days of credit; credit has an
        `amount`, the others a `rate` (both USD). Rows without an account have an `amount` only.
    """
    rng = recipe.generator("costs")
    volumes = _volumes(rng, truth, order_lines, interactions)
    table = volumes.melt(
        ["account_id", "period", "sales"], var_name="activity", value_name="volume", ignore_index=False
    )
    table = table[(table.volume > 0) & (table.period.dt.year >= recipe.recent_years[0])]
    table["rate"] = table.activity.map(_RATES)
    credit = (table.sales.clip(lower=0) * table.volume * _INTEREST / 365).round(2)
    table["amount"] = credit.where(table.activity == "credit")
    table = table[table.rate.notna() | (table.amount > 0)]
    table = table.sort_values(["account_id", "period", "activity"])
    return pd.concat([table, _unallocated(rng, table)], ignore_index=True)


def _volumes(
    rng: Generator, truth: pd.DataFrame, order_lines: pd.DataFrame, interactions: pd.DataFrame
) -> pd.DataFrame:
    """Return one row per account and month, a column for each activity."""
    keys = [order_lines.account_id, _month(order_lines.ordered_at)]
    of = order_lines.groupby(keys)
    bought = of.agg(orders=("order_id", "nunique"), lines=("line_no", "size"), sales=("net_amount", "sum"))
    met = interactions[interactions.channel == "visit"]
    visits = met.groupby([met.account_id, _month(met.happened_at)]).size().rename("visits")
    table = bought.join(visits, how="outer").fillna(0).reset_index()
    own, count = truth.loc[table.account_id], len(table)
    eaten = own.is_costly * own.margin * rng.uniform(*_EATEN_UP, len(own))
    extra = eaten.to_numpy() * table.sales.clip(lower=0)
    table["deliveries"] = (
        table.orders + rng.poisson(0.25 * table.orders) + rng.poisson(0.65 * extra / _RATES["deliveries"])
    )
    table["complaints"] = rng.poisson(
        _COMPLAINTS_PER_LINE * table.lines + 0.35 * extra / _RATES["complaints"]
    )
    days = _TERM_DAYS + own.days_late.to_numpy() + 3 * rng.standard_normal(count)
    table["credit"] = np.maximum(1, np.round(days))
    return table.drop(columns="lines")


def _unallocated(rng: Generator, costs: pd.DataFrame) -> pd.DataFrame:
    """Return what each activity cost in each month beside: idle hours, empty ways, nobody's in particular."""
    cost = (
        (costs.volume * costs.rate)
        .groupby([costs.period, costs.activity])
        .sum()
        .rename("amount")
        .reset_index()
    )
    cost = cost[cost.amount > 0]
    return cost.assign(amount=np.round(cost.amount * rng.uniform(*_UNALLOCATED, len(cost)), 2))


def _month(days: pd.Series) -> pd.Series:
    return days.dt.to_period("M").dt.to_timestamp().astype("datetime64[s]").rename("period")
