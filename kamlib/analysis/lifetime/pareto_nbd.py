"""Pareto/NBD: how often customers order who may leave on any day, without saying so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import digamma, exprel, gammaln

_PLACES, _WEIGHTS = np.polynomial.legendre.leggauss(24)
_PLACES, _LOG_WEIGHTS = (_PLACES + 1) / 2, np.log(_WEIGHTS / 2)
_NOTHING_LEFT = 45.0


@dataclass(frozen=True)
class ParetoNbd:
    """Customers order at their own steady rate until they leave, each day with their own chance.

    Rates of ordering are Gamma(r, α) over customers, rates of leaving Gamma(s, β). Times are in the unit of
    the history.

    Parameters
    ----------
    r, alpha, s, beta
        All above zero.

    Notes
    -----
    Schmittlein, Morrison & Colombo (1987), Counting Your Customers, Management Science 33(1), 1–24. The
    likelihood is that of a customer still there, plus the integral over the day it left:

    Γ(r+x)/Γ(r) αʳ βˢ [(α+T)⁻⁽ʳ⁺ˣ⁾ (β+T)⁻ˢ + s ∫ (α+y)⁻⁽ʳ⁺ˣ⁾ (β+y)⁻⁽ˢ⁺¹⁾ dy], y from the last order to T.

    All parts are above zero and added as logarithms, so nothing cancels or overflows, whether α or β is the
    larger; the usual difference of two hypergeometric functions does both.
    """

    r: float
    alpha: float
    s: float
    beta: float

    @staticmethod
    def start(repeats: float, age: float) -> tuple[float, ...]:
        """Return parameters to begin with, from the mean count of repeat orders and the mean age."""
        return 1.0, age / repeats, 1.0, age

    @staticmethod
    def terms(parameters: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the log-likelihood of each history (rows: repeats, last repeat, age) and its derivatives."""
        (r, alpha, s, beta), repeats = parameters, rows[0]
        total, part, logs = _parts(parameters, rows)
        by_order, by_leaving = (part * np.exp(-one) for one in logs)
        mean_log, mean_log_leaving = ((part * one).sum(axis=1) for one in logs)
        slopes = (
            digamma(r + repeats) - digamma(r) + np.log(alpha) - mean_log,
            r / alpha - (r + repeats) * by_order.sum(axis=1),
            np.log(beta) + (1 - part[:, 0]) / s - mean_log_leaving,
            s / beta - s * by_leaving.sum(axis=1) - by_leaving[:, 1:].sum(axis=1),
        )
        fixed = gammaln(r + repeats) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
        return fixed + total, np.array(slopes)

    def alive(self, rows: np.ndarray) -> np.ndarray:
        """Return the chance that each customer is one still."""
        return _parts(np.array([self.r, self.alpha, self.s, self.beta]), rows)[1][:, 0]

    def expected_if_alive(self, repeats: Any, age: Any, ahead: float) -> np.ndarray:
        """Return the orders to expect in the time ahead, of customers that are still there."""
        span = np.log1p(ahead / (self.beta + age))
        rate = (self.r + repeats) / (self.alpha + age)
        return np.asarray(rate * (self.beta + age) * span * exprel((1 - self.s) * span))

    def drawn_orders(self, rows: np.ndarray, spans: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """Return the orders of each customer (row) in spans of time that follow one another, drawn once."""
        repeats, _, age = rows
        is_there = generator.random(len(age)) < self.alive(rows)
        rate = generator.gamma(self.r + repeats) / (self.alpha + age)
        chance = np.maximum(generator.gamma(self.s, size=len(age)), 1e-300) / (self.beta + age)
        stays = np.where(is_there, generator.exponential(size=len(age)) / chance, 0.0)
        active = np.clip(stays[:, None] - (np.cumsum(spans) - spans), 0, spans)
        return generator.poisson(rate[:, None] * active)


def _parts(parameters: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, Any]:
    """Return the logarithm of the likelihood, the shares of its parts, and log(α+y), log(β+y) of each.

    The first part is that of a customer still there, y = T; the others are of the days it may have left.
    """
    (r, alpha, s, beta), (repeats, last, age) = parameters, rows
    least, shape = min(alpha, beta), r + repeats
    # Of log(least + y) both factors are smooth; where orders were many, long after the last nothing is left.
    fall = (least + last) * (shape / (alpha + last) + (s + 1) / (beta + last)) - 1
    width = np.minimum(np.log1p((age - last) / (least + last)), _NOTHING_LEFT / np.maximum(fall, 1e-9))
    days = last[:, None] + (least + last)[:, None] * np.expm1(width[:, None] * _PLACES)
    logs = [np.log(first + np.column_stack([age, days])) for first in (alpha, beta)]
    parts = -shape[:, None] * logs[0] - s * logs[1]
    parts[:, 1:] += np.minimum(*logs)[:, 1:] - logs[1][:, 1:] + _LOG_WEIGHTS
    parts[:, 1:] += np.log(s * np.maximum(width, 1e-300))[:, None]
    most = parts.max(axis=1, keepdims=True)
    parts = np.exp(parts - most)
    total = parts.sum(axis=1, keepdims=True)
    return (np.log(total) + most)[:, 0], parts / total, logs
