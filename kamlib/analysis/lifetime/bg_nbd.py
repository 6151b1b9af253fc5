"""BG/NBD: how often customers order who may leave after any order, without saying so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import betaln, digamma, expit, gammaln, hyp2f1
from scipy.stats import nbinom


@dataclass(frozen=True)
class BgNbd:
    """Customers order at their own steady rate, and after each order leave with their own chance.

    Rates are Gamma(r, α) over customers, chances Beta(a, b). Times are in the unit of the history.

    Parameters
    ----------
    r, alpha, a, b
        All above zero.

    Notes
    -----
    Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2), 275–284.
    A customer without a repeat order has had no occasion to leave: the chance of being a customer still is 1
    for it by construction, however long it has been silent.
    """

    r: float
    alpha: float
    a: float
    b: float

    @staticmethod
    def start(repeats: float, age: float) -> tuple[float, ...]:
        """Return parameters to begin with, from the mean count of repeat orders and the mean age."""
        return 1.0, age / repeats, 1.0, 1.0 + repeats

    @staticmethod
    def terms(parameters: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the log-likelihood of each history (rows: repeats, last repeat, age) and its derivatives."""
        (r, alpha, a, b), (repeats, last, age) = parameters, rows
        count = np.arange(repeats.max() + 1)
        # Gamma functions are slow and counts are few: each is worked out once and looked up.
        fixed = gammaln(r + count) - gammaln(r) + betaln(a, b + count) - betaln(a, b) + r * np.log(alpha)
        both = digamma(a + b) - digamma(a + b + count)
        by_r = digamma(r + count) - digamma(r) + np.log(alpha)
        by_b = both + digamma(b + count) - digamma(b)
        at, shape, bought = repeats.astype(int), r + repeats, repeats > 0
        waited = np.log1p((age - last) / (alpha + last))
        before = np.where(bought, b + repeats - 1, 1.0)
        odds = np.log(a / before) + shape * waited
        gone = expit(odds) * bought
        likelihood = fixed[at] - shape * np.log(alpha + age) + np.logaddexp(0, odds) * bought
        slopes = (
            by_r[at] - np.log(alpha + age) + gone * waited,
            r / alpha - shape * ((1 - gone) / (alpha + age) + gone / (alpha + last)),
            both[at] + gone / a,
            by_b[at] - gone / before,
        )
        return likelihood, np.array(slopes)

    def alive(self, rows: np.ndarray) -> np.ndarray:
        """Return the chance that each customer is one still; 1 where it never ordered again."""
        repeats, last, age = rows
        waited = np.log1p((age - last) / (self.alpha + last))
        before = np.where(repeats > 0, self.b + repeats - 1, 1.0)
        return np.where(repeats > 0, expit(-np.log(self.a / before) - (self.r + repeats) * waited), 1.0)

    def expected_if_alive(self, repeats: Any, age: Any, ahead: float) -> np.ndarray:
        """Return the orders to expect in the time ahead, of customers that are still there."""
        # At a = 1 the formula is 0 / 0; beside it, it is as good. Euler's transformation keeps the series
        # short and small for customers with hundreds of orders.
        less = self.a - 1 if abs(self.a - 1) > 1e-6 else 1e-6
        all_in, waited = less + self.b + repeats, ahead / (self.alpha + age + ahead)
        series = hyp2f1(less, less + self.b - self.r, all_in, waited)
        return np.asarray(all_in / less * (1 - np.exp(less * np.log1p(-waited)) * series))

    def order_count_chance(self, count: int, ahead: float) -> float:
        """Return the chance that a new customer orders again so many times in the time ahead."""
        steady = nbinom(self.r, self.alpha / (self.alpha + ahead))
        start = betaln(self.a, self.b)
        still = np.exp(betaln(self.a, self.b + count) - start) * steady.pmf(count)
        left = np.exp(betaln(self.a + 1, self.b + count - 1) - start) * steady.sf(count - 1) if count else 0.0
        return float(still + left)

    def drawn_orders(self, rows: np.ndarray, spans: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """Return the orders of each customer (row) in spans of time that follow one another, drawn once."""
        repeats, _, age = rows
        is_there = generator.random(len(age)) < self.alive(rows)
        rate = generator.gamma(self.r + repeats) / (self.alpha + age)
        last_one = generator.geometric(np.maximum(generator.beta(self.a, self.b + repeats), 1e-9))
        orders = generator.poisson(rate[:, None] * spans).cumsum(axis=1)
        made = np.minimum(orders, last_one[:, None]) * is_there[:, None]
        return np.diff(made, axis=1, prepend=0)
