"""Gamma–Gamma: what an order of a customer brings, drawn towards what others' bring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import digamma, gammaln


@dataclass(frozen=True)
class GammaGamma:
    """Orders of a customer scatter around its own mean, the means scatter over customers.

    Amounts are Gamma(p, ν) with the customer's own ν, and ν is Gamma(q, γ) over customers. How often a
    customer orders is taken to say nothing of how much.

    Parameters
    ----------
    p, q, gamma
        All above zero.

    Notes
    -----
    Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value.
    """

    p: float
    q: float
    gamma: float

    @staticmethod
    def start(means: Any) -> tuple[float, float, float]:
        """Return parameters to begin with, from the customers' means."""
        return 2.0, 3.0, float(np.mean(means))

    @staticmethod
    def terms(parameters: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the log-likelihood of each customer's mean (rows: orders, mean), and its derivatives."""
        (p, q, gamma), (orders, mean) = parameters, rows
        total, scale = p * orders + q, gamma + mean * orders
        log_part, log_rest = np.log(mean * orders / scale), np.log(gamma / scale)
        likelihood = gammaln(total) - gammaln(p * orders) - gammaln(q) - np.log(mean)
        likelihood += p * orders * log_part + q * log_rest
        slopes = (
            orders * (digamma(total) - digamma(p * orders) + log_part),
            digamma(total) - digamma(q) + log_rest,
            q / gamma - total / scale,
        )
        return likelihood, np.array(slopes)

    def expected_amount(self, orders: Any, mean: Any) -> Any:
        """Return what a further order of each customer is expected to bring."""
        return self.p * (self.gamma + mean * orders) / (self.p * orders + self.q - 1)

    def drawn_amounts(
        self, orders: np.ndarray, mean: np.ndarray, generator: np.random.Generator
    ) -> np.ndarray:
        """Return the customers' own true means, drawn once."""
        rate = generator.gamma(self.p * orders + self.q) / (self.gamma + mean * orders)
        return np.asarray(self.p / rate)
