"""Orders to come: which model speaks, what it expects, and what came of an earlier forecast."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kamlib.analysis.churn.later import later_orders
from kamlib.analysis.lifetime.bg_nbd import BgNbd
from kamlib.analysis.lifetime.fitting import Fit, fitted, grouped_rows
from kamlib.analysis.lifetime.history import history_rows, order_history
from kamlib.analysis.lifetime.pareto_nbd import ParetoNbd
from kamlib.analysis.snapshot import account_table
from kamlib.errors import ParameterError
from kamlib.estimate import Unknown

MODELS: dict[str, Any] = {"BG/NBD": BgNbd, "Pareto/NBD": ParetoNbd}
FEWEST = 10
"""Accounts that ordered again, below which there is no forecast."""
SHORTEST = 180
"""Days of data that a forecast needs."""
LEVEL = 0.95
_DRAWN = 2_000
_STEPS = 12


@dataclass(frozen=True)
class OrderForecast:
    """A model of how often accounts order, and how it came to be chosen.

    Parameters
    ----------
    name, fit
        The model under which the orders so far are likelier; both have four parameters, so the greater
        likelihood decides, and the first of equals.
    """

    name: str
    fit: Fit

    @property
    def model(self) -> Any:
        """Return the model at its best parameters."""
        return MODELS[self.name](*self.fit.parameters)

    def orders(self, history: pd.DataFrame, days: float) -> np.ndarray:
        """Return the orders to expect of each account in the days ahead."""
        rows = history_rows(history)
        return np.asarray(self.model.alive(rows) * self.model.expected_if_alive(rows[0], rows[2], days))

    def drawn_orders(
        self, history: pd.DataFrame, spans: np.ndarray, *, seed: int, draws: int = 400
    ) -> np.ndarray:
        """Return draws × accounts × spans of days: what chance and parameters leave open."""
        generator = np.random.default_rng(seed)
        models = [MODELS[self.name](*drawn) for drawn in self.fit.drawn(generator, draws)]
        return np.stack([model.drawn_orders(history_rows(history), spans, generator) for model in models])


def order_forecast(history: pd.DataFrame) -> OrderForecast | Unknown:
    """Return the model that fits the orders so far better.

    Parameters
    ----------
    history
        `order_history`.

    Returns
    -------
    OrderForecast or Unknown
        Unknown where fewer than ten accounts ordered again.
    """
    again = int((history["repeats"] > 0).sum())
    if again < FEWEST:
        return Unknown(
            f"Too few to tell which orders will come: {again} accounts ordered more than once, "
            f"and {FEWEST} are needed.",
            "order_forecast",
        )
    rows = grouped_rows(*history_rows(history))
    means = float(history["repeats"].mean()), float(history["age"].mean())
    fits = {name: fitted(model.terms, model.start(*means), rows) for name, model in MODELS.items()}
    best = max(fits, key=lambda name: fits[name].log_likelihood)
    return OrderForecast(best, fits[best])


@dataclass(frozen=True)
class Holdout:
    """A forecast made on an earlier day, of the accounts known then.

    Parameters
    ----------
    cut_off, days
        The last day the forecast knew, and how long ago that is.
    history, forecast
        As of that day.
    """

    cut_off: dt.date
    days: int
    history: pd.DataFrame
    forecast: OrderForecast


def holdout(order_lines: Any, as_of: dt.date, *, first: dt.date, days: int) -> Holdout | Unknown:
    """Return the forecast that would have been made some days ago.

    Parameters
    ----------
    order_lines
        Any table that Narwhals knows, with the canonical columns of `order_lines`.
    as_of, first
        The last day that counts, and the first order day of the source.
    days
        How long ago.

    Returns
    -------
    Holdout or Unknown
        Unknown where the data then held less than half a year, or too few accounts had ordered again.

    Raises
    ------
    ParameterError
        The days are fewer than 30.
    """
    if days < 30:
        raise ParameterError(f"holdout_days: give 30 days or more, not {days}")
    cut_off = as_of - dt.timedelta(days)
    if (cut_off - first).days < SHORTEST:
        return Unknown(
            f"The forecast cannot be held against what came: that takes {SHORTEST + days} days of data, and "
            f"there are {(as_of - first).days + 1}.",
            "holdout",
        )
    history = order_history(account_table(order_lines, cut_off))
    forecast = order_forecast(history)
    return forecast if isinstance(forecast, Unknown) else Holdout(cut_off, days, history, forecast)


def tracking_table(order_lines: Any, tested: Holdout | Unknown, *, seed: int) -> pd.DataFrame | Unknown:
    """Return what an earlier forecast said of the days since, and what came, added up.

    Parameters
    ----------
    order_lines
        As in `holdout`.
    tested
        `holdout`; an `Unknown` is returned as it is.
    seed
        Of the draws behind the range; of very many accounts, an even part stands for all.

    Returns
    -------
    DataFrame or Unknown
        The day of the forecast and twelve days after it: `day`, `expected`, `expected_low`, `expected_high`
        (what the model leaves open, 95 %), `orders`.
    """
    if isinstance(tested, Unknown):
        return tested
    ends = np.linspace(0, tested.days, _STEPS + 1).round()
    came = [later_counts(order_lines, tested, int(end)).sum() for end in ends[1:]]
    expected = np.array([tested.forecast.orders(tested.history, end).sum() for end in ends])
    part = tested.history.iloc[:: -(-len(tested.history) // _DRAWN)]
    drawn = tested.forecast.drawn_orders(part, np.diff(ends), seed=seed).sum(axis=1).cumsum(axis=1)
    scale = expected[-1] / tested.forecast.orders(part, tested.days).sum()
    low, high = np.quantile(drawn * scale, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return pd.DataFrame(
        {
            "day": pd.Timestamp(tested.cut_off) + pd.to_timedelta(ends, unit="D"),
            "expected": expected,
            "expected_low": np.minimum([0, *low], expected),
            "expected_high": np.maximum([0, *high], expected),
            "orders": [0.0, *came],
        }
    )


def repeat_groups(order_lines: Any, tested: Holdout | Unknown) -> pd.DataFrame | Unknown:
    """Return what was expected and what came by how often accounts had ordered again.

    Parameters
    ----------
    order_lines, tested
        As in `tracking_table`.

    Returns
    -------
    DataFrame or Unknown
        One row per count of repeat orders up to the forecast, 0 to 6 and 7 or more: `repeats`,
        `account_count`, `expected`, `orders`; means per account.
    """
    if isinstance(tested, Unknown):
        return tested
    frame = tested.history[["repeats"]].clip(upper=7)
    frame["expected"] = tested.forecast.orders(tested.history, tested.days)
    frame["orders"] = later_counts(order_lines, tested, tested.days)
    grouped = frame.groupby("repeats")
    table = grouped.mean().assign(account_count=grouped.size()).reset_index()
    return table[["repeats", "account_count", "expected", "orders"]]


def later_counts(order_lines: Any, tested: Holdout, days: int) -> np.ndarray:
    """Return how many orders each account of a forecast made in the days after it."""
    later = later_orders(order_lines, tested.cut_off, tested.cut_off + dt.timedelta(days))
    counts = tested.history["account_id"].map(later.set_index("account_id")["order_day_count"])
    return counts.fillna(0.0).to_numpy()
