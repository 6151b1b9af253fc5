"""What an account of each tier is worth, if accounts go on moving as they did."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlib.analysis.pareto.migration import LEFT, TIERS, with_shares

LEAST_MOVES = 20
"""Fewer accounts seen to move on from a tier are too few to tell its value."""
_STATES = (*TIERS, LEFT)


def transition_shares(moves: pd.DataFrame) -> pd.DataFrame:
    """Return where the accounts of each state were a year later, over all years together.

    Parameters
    ----------
    moves
        `migration.tier_moves`.

    Returns
    -------
    DataFrame
        One row per pair of the states A, B, C, left: `from_state`, `to_state`, `account_count` (an account
        counts once for each pair of years), `account_share` with Wilson's interval `_low`, `_high`. Who
        left stays away where no year shows whether anybody comes back.
    """
    known = moves[moves["from_state"].isin(_STATES)]
    every = pd.MultiIndex.from_product([_STATES, _STATES], names=["from_state", "to_state"])
    counts = known.groupby(["from_state", "to_state"])["account_count"].sum().reindex(every, fill_value=0)
    return with_shares(counts.reset_index(), ["from_state"])


def markov_value(
    shares: np.ndarray, reward: np.ndarray, *, discount: float, horizon: int | None = None
) -> np.ndarray:
    """Return the expected present value of an account that is in each state today.

    Parameters
    ----------
    shares
        Shape (…, states, states): the share of each state (rows) in each state a year later; rows add up
        to 1. Leading dimensions are worked out side by side.
    reward
        Shape (states,): what an account in each state brings in a year.
    discount
        A year's rate; 0.1 makes 110 in a year worth 100 today.
    horizon
        Years after this one; None = for ever.

    Returns
    -------
    ndarray
        Shape (…, states), in the unit of `reward`; this year is in it, undiscounted.

    Raises
    ------
    ValueError
        For ever without a discount above zero has no end.

    Notes
    -----
    Pfeifer & Carraway (2000), Journal of Interactive Marketing 14(2), p. 46 f.: V(T) = Σ [P/(1+d)]ᵗ R over
    t = 0 … T, and V(∞) = [I − P/(1+d)]⁻¹ R.

    Examples
    --------
    >>> stays_or_leaves = np.array([[0.5, 0.5], [0.0, 1.0]])
    >>> markov_value(stays_or_leaves, np.array([100.0, 0.0]), discount=0.25).round(2).tolist()
    [166.67, 0.0]
    >>> markov_value(stays_or_leaves, np.array([100.0, 0.0]), discount=0.25, horizon=1).tolist()
    [140.0, 0.0]
    """
    step, states = shares / (1 + discount), shares.shape[-1]
    if horizon is None:
        if discount <= 0:
            raise ValueError(f"discount: a value for ever takes a rate above zero, not {discount}")
        return np.linalg.solve(np.eye(states) - step, np.asarray(reward)[..., None])[..., 0]
    value = np.broadcast_to(reward, step.shape[:-1]).astype(float)
    for _ in range(horizon):
        value = reward + (step @ value[..., None])[..., 0]
    return value


def tier_values(
    moves: pd.DataFrame,
    years: pd.DataFrame,
    *,
    discount: float = 0.1,
    horizon: int = 5,
    seed: int,
    draws: int = 2000,
) -> pd.DataFrame:
    """Return what an account of each tier is expected to bring in the years to come.

    Parameters
    ----------
    moves, years
        `migration.tier_moves`, `migration.tier_years`.
    discount
        A year's rate.
    horizon
        How many years to come; this one is not in it.
    seed, draws
        Of the draws of moves behind the ranges.

    Returns
    -------
    DataFrame
        One row per tier: `state`; `measure`: gross profit, or sales where no cost is known; `account_count`
        and `year_amount` (on average) in the last year; `moves_seen`; `stay_share` (a year later in the same
        tier) and `leave_share`; `value` with its range `value_low`, `value_high`, or none and `value_note`:
        why.

    Notes
    -----
    The range holds 95 % of values with each state's moves drawn again as often as they were seen (parametric
    bootstrap, Efron & Tibshirani 1993, ch. 6). It does not hold the doubt about what a tier brings a year,
    nor whether the years to come are like those that were.
    """
    table = transition_shares(moves)
    counts = table["account_count"].to_numpy(dtype=float).reshape(4, 4)
    counts[3, 3] += counts[3].sum() == 0
    seen, shares = counts.sum(axis=1), _shares(counts)
    last = years[years["period"] == years["period"].iloc[-1]]
    amount = "gross_profit" if "gross_profit" in last else "net_revenue"
    by_tier = last.groupby("state")[amount].agg(["size", "mean"]).reindex(list(TIERS))
    reward = np.append(by_tier["mean"].fillna(0.0), 0.0)
    generator = np.random.default_rng(seed)
    drawn = [generator.multinomial(int(n), row, size=draws) for n, row in zip(seen, shares, strict=True)]
    values = _value(_shares(np.stack(drawn, axis=1)), reward, discount, horizon)
    low, high = np.quantile(values, [0.025, 0.975], axis=0)
    value, few = _value(shares, reward, discount, horizon), seen[:3] < LEAST_MOVES
    found = {"value": value, "value_low": np.minimum(low, value), "value_high": np.maximum(high, value)}
    return pd.DataFrame(
        {
            "state": TIERS,
            "measure": "gross profit" if amount == "gross_profit" else "sales",
            "account_count": by_tier["size"].fillna(0).to_numpy(dtype=int),
            "year_amount": by_tier["mean"].to_numpy(),
            "moves_seen": seen[:3].astype(int),
            "stay_share": np.where(seen[:3] > 0, shares.diagonal()[:3], np.nan),
            "leave_share": np.where(seen[:3] > 0, shares[:3, 3], np.nan),
            **{name: np.where(few, np.nan, numbers[:3]) for name, numbers in found.items()},
            "value_note": np.where(few, "too few to tell", ""),
        }
    )


def _shares(counts: np.ndarray) -> np.ndarray:
    """Return counts as shares of their rows; from a state without accounts nobody moves."""
    whole = counts.sum(axis=-1, keepdims=True)
    return np.where(whole > 0, counts / np.where(whole > 0, whole, 1), np.eye(4))


def _value(shares: np.ndarray, reward: np.ndarray, discount: float, horizon: int) -> np.ndarray:
    return markov_value(shares, reward, discount=discount, horizon=horizon) - reward
