"""What customers are worth: the gross profit of the orders to come, in money of today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kamlib.analysis.lifetime.fitting import Fit, fitted, grouped_rows
from kamlib.analysis.lifetime.forecast import FEWEST, LEVEL, OrderForecast
from kamlib.analysis.lifetime.gamma_gamma import GammaGamma
from kamlib.analysis.lifetime.history import NO_PROFIT, history_rows
from kamlib.analysis.snapshot import YEAR
from kamlib.errors import ParameterError
from kamlib.estimate import Estimate, Unknown

_DRAWN = 2_000


@dataclass(frozen=True)
class Worth:
    """How orders to come turn into money of today.

    Parameters
    ----------
    forecast
        Of the orders.
    fit
        Of the Gamma–Gamma model of gross profit per order, on the accounts where it is above zero.
    discount_rate
        A year. The orders of a year are discounted from its middle.
    years
        How far ahead orders count.
    """

    forecast: OrderForecast
    fit: Fit
    discount_rate: float
    years: int

    @property
    def discounts(self) -> np.ndarray:
        """Return what one unit of money is worth today, for each of the years ahead."""
        return np.asarray((1 + self.discount_rate) ** -(np.arange(self.years) + 0.5))


def worth(
    history: pd.DataFrame, forecast: OrderForecast | Unknown, *, discount_rate: float, years: int
) -> Worth | Unknown:
    """Return how orders to come turn into money, learned from the accounts themselves.

    Parameters
    ----------
    history
        `order_history`.
    forecast
        Of the same accounts; an `Unknown` is returned as it is.
    discount_rate, years
        See `Worth`.

    Returns
    -------
    Worth or Unknown
        Unknown where gross profit is, or is above zero for fewer than ten accounts.

    Raises
    ------
    ParameterError
        The rate is below zero, or there is no year.
    """
    if discount_rate < 0 or years < 1:
        raise ParameterError("discount_rate and years_ahead: give a rate of 0 or more, and 1 year or more")
    if isinstance(forecast, Unknown):
        return forecast
    if "profit_per_order" not in history:
        return NO_PROFIT
    earning = history[history["profit_per_order"] > 0]
    if len(earning) < FEWEST:
        return Unknown(
            f"Too few to tell what an order brings: {len(earning)} accounts have earned a gross profit so "
            f"far, and {FEWEST} are needed.",
            "worth",
        )
    means = earning["profit_per_order"]
    fit = fitted(GammaGamma.terms, GammaGamma.start(means), grouped_rows(earning["orders"], means))
    return Worth(forecast, fit, discount_rate, years)


def lifetime_values(
    history: pd.DataFrame, forecast: OrderForecast | Unknown, worth: Worth | Unknown
) -> pd.DataFrame | Unknown:
    """Return what is to come of each account from today on: orders, and where it can be told, money.

    Parameters
    ----------
    history, forecast
        `order_history` and its forecast; an `Unknown` is returned as it is.
    worth
        Of the same accounts; where it is an `Unknown`, the last two columns are missing.

    Returns
    -------
    DataFrame or Unknown
        Most valuable first, without money the most orders first, equals by account: `account_id`,
        `alive_share` (the chance that it is a customer still), `orders_next_year`, `profit_of_order` (drawn
        towards the others'; the account's own mean where that is not above zero), `value` (money of today).
    """
    if isinstance(forecast, Unknown):
        return forecast
    table = history.drop(columns=history.columns.difference(["account_id", "name", "owner"])).assign(
        alive_share=forecast.model.alive(history_rows(history)),
        orders_next_year=forecast.orders(history, YEAR),
    )
    if not isinstance(worth, Unknown):
        ends = [YEAR * float(year) for year in range(1, worth.years + 1)]
        orders = np.diff([forecast.orders(history, end) for end in ends], axis=0, prepend=0)
        table["profit_of_order"] = _of_earners(history, GammaGamma(*worth.fit.parameters).expected_amount)
        table["value"] = worth.discounts @ orders * table["profit_of_order"]
    by = [table.columns[-1], "account_id"]
    return table.sort_values(by, ascending=[False, True], ignore_index=True)


def value_ranges(
    values: pd.DataFrame | Unknown, history: pd.DataFrame, worth: Worth | Unknown, *, most: int, seed: int
) -> pd.DataFrame | Unknown:
    """Return the first accounts of `lifetime_values` with the range that holds 95 % of what may come of each.

    Parameters
    ----------
    values, history, worth
        See `lifetime_values`; where one is an `Unknown` there is no range.
    most
        How many.
    seed
        Of the draws: of parameters, of who leaves, of orders and of what they bring.

    Returns
    -------
    DataFrame or Unknown
        With `value_low`, `value_high`.
    """
    if isinstance(values, Unknown) or isinstance(worth, Unknown):
        return values if isinstance(values, Unknown) else values.head(most)
    first = values.head(most)
    drawn = _drawn_values(history.set_index("account_id").loc[first["account_id"]], worth, seed)
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return first.assign(
        value_low=np.minimum(low, first["value"]), value_high=np.maximum(high, first["value"])
    )


def total_value(
    values: pd.DataFrame | Unknown, history: pd.DataFrame, worth: Worth | Unknown, *, seed: int
) -> Estimate | Unknown:
    """Return what all accounts are worth together, with its range.

    Parameters
    ----------
    values, history, worth, seed
        See `value_ranges`. Of more than 2,000 accounts an even part stands for all in the draws: the range
        is then a little too wide.
    """
    if isinstance(values, Unknown):
        return values
    if isinstance(worth, Unknown):
        return worth
    part = values.iloc[:: -(-len(values) // _DRAWN)]
    drawn = _drawn_values(history.set_index("account_id").loc[part["account_id"]], worth, seed).sum(axis=1)
    total = float(values["value"].sum())
    spread = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) - part["value"].sum()
    low, high = (float(total + end * len(values) / len(part)) for end in spread)
    return Estimate(total, min(low, total), max(high, total), len(values), "drawn futures")


def _drawn_values(history: pd.DataFrame, worth: Worth, seed: int, draws: int = 400) -> np.ndarray:
    """Return draws × accounts."""
    spans = np.full(worth.years, float(YEAR))
    orders = worth.forecast.drawn_orders(history, spans, seed=seed, draws=draws) @ worth.discounts
    generator = np.random.default_rng([seed, 1])
    models = [GammaGamma(*drawn) for drawn in worth.fit.drawn(generator, draws)]

    return orders * np.stack([_of_earners(history, model.drawn_amounts, generator) for model in models])


def _of_earners(history: pd.DataFrame, amounts: Callable[..., Any], *more: Any) -> np.ndarray:
    """Return what an order brings by a model; an account that earned nothing so far keeps its own mean."""
    orders, mean = history[["orders", "profit_per_order"]].to_numpy(float).T
    found = amounts(orders, np.where(mean > 0, mean, 1.0), *more)
    return np.where(mean > 0, found, mean)
