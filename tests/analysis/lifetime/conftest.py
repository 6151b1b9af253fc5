from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest


@pytest.fixture(scope="session")
def made_up() -> Callable[..., np.ndarray]:
    """Return what makes customers who order at a steady rate, and after each order may leave."""

    def world(
        seed: int, count: int = 4000, parameters: tuple[float, ...] = (0.6, 40.0, 0.8, 2.5)
    ) -> np.ndarray:
        (r, alpha, a, b), draw = parameters, np.random.default_rng(seed)
        age, rate, leaves = (
            draw.integers(300, 900, count),
            draw.gamma(r, 1 / alpha, count),
            draw.beta(a, b, count),
        )
        repeats, last, day = np.zeros(count), np.zeros(count), np.zeros(count)
        ordering = np.ones(count, dtype=bool)
        while ordering.any():
            day = day + draw.exponential(1 / rate)
            ordering &= day <= age
            repeats, last = repeats + ordering, np.where(ordering, day, last)
            ordering &= draw.random(count) >= leaves
        return np.array([repeats, np.ceil(last), age.astype(float)])

    return world


@pytest.fixture(scope="session")
def history(made_up: Callable[..., np.ndarray]) -> pd.DataFrame:
    """Return the histories of 400 made-up customers, with what an order of theirs brings."""
    repeats, last, age = made_up(1, 400)
    profit = np.random.default_rng(2).gamma(3.0, 20.0, 400)
    table = pd.DataFrame({"account_id": [f"a{i:03}" for i in range(400)], "orders": repeats + 1})
    return table.assign(repeats=repeats, last_repeat=last, age=age, profit_per_order=profit)
