"""What calls bring, less what they cost: by which list, how many of them, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import isotonic_regression
from scipy.special import betaincc

from kamlib.analysis.churn.evaluation import LEVEL, first_sums
from kamlib.analysis.lifetime.history import NO_PROFIT
from kamlib.errors import ParameterError
from kamlib.estimate import Unknown

ANYBODY = "anybody"
_POINTS = 200
_CERTAINTY = 20
_BOUNDS = {"call_cost": (0, 100_000), "saved_share": (0.01, 0.99), "value_years": (0.1, 20), "margin": (0, 1)}


@dataclass(frozen=True)
class CallTerms:
    """What a call costs, and what it may bring.

    Parameters
    ----------
    call_cost
        Of one call, whoever is called.
    saved_share
        The chance that a call keeps an account that would have left.
    value_years
        For how many years a kept account brings what it brought in the last.
    margin
        Gross profit of one unit of sales; 0 for the one in the data.

    Raises
    ------
    ParameterError
        One of them is out of its bounds, which the text names.
    """

    call_cost: float = 100.0
    saved_share: float = 0.3
    value_years: float = 1.0
    margin: float = 0.0

    def __post_init__(self) -> None:
        for name, (least, most) in _BOUNDS.items():
            if not least <= getattr(self, name) <= most:
                raise ParameterError(f"{name}: give {least} to {most}, not {getattr(self, name)}")

    def values(self, test: pd.DataFrame) -> pd.Series | Unknown:
        """Return what keeping each account of `ChurnStudy.test` is worth, at least 0."""
        if self.margin:
            profit = self.margin * test["net_revenue_365"]
        elif "gross_profit_365" in test:
            profit = test["gross_profit_365"].fillna(0.0)
        else:
            return NO_PROFIT
        return self.value_years * profit.clip(lower=0)


def empc(
    lost: Any, score: Any, *, value: float, call_cost: float, offer_cost: float, alpha: float, beta: float
) -> tuple[float, float]:
    """Return the greatest profit per account to expect of calling from the top, and the share to call.

    Parameters
    ----------
    lost, score
        True or false per account; higher means likelier lost.
    value
        Of an account that is kept.
    call_cost, offer_cost
        Of calling anybody; of what is given to those who take the offer, which all do that would stay.
    alpha, beta
        The chance that a call keeps an account is Beta(α, β).

    Notes
    -----
    EMPC: Verbraken, Verbeke & Baesens (2013), A Novel Profit Maximizing Metric for Measuring Classification
    Performance of Customer Churn Prediction Models, IEEE TKDE 25(5), 961–973. The lists that can be best at
    some chance end at the corners of the convex hull of the ROC curve, which are the steps of the isotonic
    fit (Fawcett & Niculescu-Mizil 2007, Machine Learning 68, 97–106).

    Examples
    --------
    >>> score = [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9]
    >>> profit, share = empc([0, 1] * 4, score, value=200, call_cost=1, offer_cost=10, alpha=6, beta=14)
    >>> round(profit, 4), round(share, 4)
    (23.8756, 0.8744)
    """
    share, part = _steps(lost, score)
    gain, cost = share * (value - offer_cost), call_cost + offer_cost * (1 - share)
    needed = np.minimum(cost / np.maximum(gain, 1e-300), 1.0)
    called = betaincc(alpha, beta, needed)
    saved = alpha / (alpha + beta) * betaincc(alpha + 1, beta, needed)
    return float(part @ (gain * saved - cost * called)), float(part @ called)


def mpc(
    lost: Any, score: Any, *, value: float, call_cost: float, offer_cost: float, saved_share: float
) -> tuple[float, float]:
    """Return the greatest profit per account where the chance that a call keeps one is known, and the share.

    Parameters
    ----------
    lost, score, value, call_cost, offer_cost
        As in `empc`.
    saved_share
        That chance.

    Examples
    --------
    >>> score = [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9]
    >>> mpc([0, 1] * 4, score, value=200, call_cost=1, offer_cost=10, saved_share=0.3)
    (23.875, 0.875)
    """
    share, part = _steps(lost, score)
    profit = saved_share * share * (value - offer_cost) - call_cost - offer_cost * (1 - share)
    return float(part @ profit.clip(0)), float(part[profit > 0].sum())


def profit_curves(
    test: pd.DataFrame, models: Sequence[str], terms: CallTerms, *, calls: int, seed: int, draws: int = 500
) -> pd.DataFrame | Unknown:
    """Return what calls on the day of the test would have brought, by list and number of calls.

    A call brings `saved_share` of the account's value where it was lost, and costs `call_cost`.

    Parameters
    ----------
    test
        `ChurnStudy.test`.
    models
        Its columns of probabilities; each list is by probability × value.
    terms
        What a call costs and brings.
    calls
        How many can be called; one of the numbers in the table.
    seed, draws
        Of the draws of accounts behind the ranges.

    Returns
    -------
    DataFrame or Unknown
        One row per list and number of calls, from 0 to all: `ranking` (the model, or `anybody`: the mean of
        calling at random), `calls`, `profit`, `profit_low`, `profit_high` (accounts drawn again with
        replacement). Unknown where neither the data nor `margin` tell gross profit.
    """
    value = terms.values(test)
    if isinstance(value, Unknown):
        return value
    n = len(test)
    gain = np.where(test["is_churned"], terms.saved_share * value, 0.0) - terms.call_cost
    lengths = np.unique([*np.linspace(0, n, _POINTS + 1).round(), min(calls, n)]).astype(int)
    rows = []
    for name in models:
        listed = gain[np.argsort(-(test[name] * value).to_numpy(), kind="stable")]
        profit = np.array([0.0, *listed.cumsum()])[lengths]
        again = first_sums(listed, lengths, seed=seed, draws=draws)
        low, high = np.quantile(again, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
        rows.append((name, lengths, profit, np.minimum(low, profit), np.maximum(high, profit)))
    part = lengths / n  # at random, a part of the calls brings that part of what calling all brings
    rows.append((ANYBODY, lengths, *(part * made[-1] + 0.0 for made in rows[-1][2:])))
    columns = ["ranking", "calls", "profit", "profit_low", "profit_high"]
    tables = [pd.DataFrame(dict(zip(columns, row, strict=True))) for row in rows]
    return pd.concat(tables, ignore_index=True)


def campaign_table(
    curves: pd.DataFrame | Unknown, test: pd.DataFrame, terms: CallTerms, *, calls: int
) -> pd.DataFrame | Unknown:
    """Return what each way to call would have brought: the models, calling anybody, all, nobody.

    Parameters
    ----------
    curves
        `profit_curves`; an `Unknown` is returned as it is.
    test, terms, calls
        As there.

    Returns
    -------
    DataFrame or Unknown
        One row per way: `ranking` (of `curves`, then `all` and `nobody`), `calls`, `profit` (of so many
        calls) with `profit_low`, `profit_high`, `best_calls` and `best_profit` (the peak, known only
        afterwards), `mpc` and `empc` (per account at the mean value, with `saved_share` taken as known and
        left open; empty where nothing is ranked).
    """
    value = terms.values(test)
    if isinstance(curves, Unknown) or isinstance(value, Unknown):
        return curves
    ends = {len(test): "all", 0: "nobody"}
    at = [curves[curves["calls"] == min(calls, len(test))]]
    at += [curves[curves["calls"] == many].iloc[[0]].assign(ranking=name) for many, name in ends.items()]
    best = curves.loc[curves.groupby("ranking")["profit"].idxmax()].set_index("ranking")
    table = pd.concat(at).set_index("ranking").assign(best_calls=best["calls"], best_profit=best["profit"])
    costs = {"value": float(value.mean()), "call_cost": terms.call_cost, "offer_cost": 0.0}
    helps = {"alpha": _CERTAINTY * terms.saved_share, "beta": _CERTAINTY * (1 - terms.saved_share)}
    for name in table.index.intersection(test.columns):
        came, score = test["is_churned"], test[name]
        table.loc[name, "mpc"] = mpc(came, score, **costs, saved_share=terms.saved_share)[0]
        table.loc[name, "empc"] = empc(came, score, **costs, **helps)[0]
    return table.reset_index()


def _steps(lost: Any, score: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the share lost in each step of the isotonic fit, and its part of all accounts."""
    _, place, count = np.unique(np.asarray(score, dtype=float), return_inverse=True, return_counts=True)
    gone = np.bincount(place, weights=np.asarray(lost, dtype=float))
    starts = isotonic_regression(gone / count, weights=count).blocks[:-1]
    accounts = np.add.reduceat(count, starts)
    return np.add.reduceat(gone, starts) / accounts, accounts / count.sum()
