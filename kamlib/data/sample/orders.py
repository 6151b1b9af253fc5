"""The order lines: each account by its own rhythm, volume, assortment and price."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator

from kamlib.data.contracts import CONTRACTS
from kamlib.data.sample.market import INDUSTRIES, MARKET, PRODUCTS
from kamlib.data.sample.recipe import Recipe
from kamlib.data.sample.truth import before_weekend

_LINES_PER_ORDER_KEPT = 0.6
"""Fewer lines than this part of the natural number come from fewer orders, not from shorter ones."""
_YEARLY_PRICE_RISE = 0.025
_RETURN_SHARE, _FREE_SHARE = 0.028, 0.012
"""Of the second and later lines of an order: no order consists of a return alone."""
_EMPTY = {"cost_amount": 0.015, "product_id": 0.004, "list_amount": 0.008, "channel": 0.01}


def order_lines_table(recipe: Recipe, truth: pd.DataFrame) -> pd.DataFrame:
    """Draw the order lines of all accounts.

    Parameters
    ----------
    recipe
        Size and seed.
    truth
        As `truth.truth_table` returns it.

    Returns
    -------
    DataFrame
        One row per order line with the columns of the contract, sorted by `ordered_at`,
        `order_id`, `line_no`. Amounts in USD with two decimals.
    """
    rng = recipe.generator("order_lines")
    scale = 1.0 if recipe.lines is None else recipe.lines / _natural_line_count(recipe, truth)
    orders = _orders(rng, recipe, truth, min(1.0, scale / _LINES_PER_ORDER_KEPT))
    lines = _lines(rng, orders, truth, max(scale, _LINES_PER_ORDER_KEPT))
    lines = lines.merge(_line_products(rng, recipe, truth, lines), left_index=True, right_index=True)
    lines = _with_amounts(rng, recipe, truth, lines)
    return _finished(rng, recipe, truth, lines)


def sign_strength(recipe: Recipe, account: Any) -> np.ndarray:
    """Return how far the signs of leaving have come on each day, 0 to 1."""
    day = np.arange(recipe.day_count)
    progress = np.clip((day - account.turn + account.ramp) / account.ramp, 0, 1)
    return np.where(day > account.turn, 0.0, np.nan_to_num(progress))


def _natural_line_count(recipe: Recipe, truth: pd.DataFrame) -> float:
    customers = truth[truth.role != "prospect"]
    last = customers.turn.where(customers.role == "leaver", recipe.day_count)
    orders = (last - customers.start.clip(lower=0)) / customers.gap
    return float((orders * customers.lines_per_order).sum())


def _orders(rng: Generator, recipe: Recipe, truth: pd.DataFrame, rate: float) -> pd.DataFrame:
    """Return one row per account (by position) and order day, with its `strength` of the signs."""
    parts = []
    for position, account in enumerate(truth.itertuples()):
        if account.role == "prospect":
            continue
        strength = sign_strength(recipe, account)
        days = _order_days(rng, recipe, account, rate * _daily_rate(recipe, account, strength))
        parts.append((np.full(len(days), position), days, strength[days]))
    columns = zip(("position", "day", "strength"), zip(*parts, strict=True), strict=True)
    return pd.DataFrame({name: np.concatenate(part) for name, part in columns})


def _daily_rate(recipe: Recipe, account: Any, strength: np.ndarray) -> np.ndarray:
    day = np.arange(recipe.day_count)
    year_day = (day + recipe.first_day.timetuple().tm_yday) % 365.25
    season = np.maximum(0.02, 1 + account.season * np.cos(2 * np.pi * (year_day - account.peak_day) / 365.25))
    trend = np.exp(0.35 * account.growth * (day / recipe.day_count - 0.5))
    is_active = day >= account.start
    if account.role == "leaver":
        is_active &= day <= account.turn
    if account.has_pause:
        is_active &= (day <= account.turn) | (day >= account.back)
    return is_active * season * trend * (1 - account.sign_rate * strength) / account.gap


def _order_days(rng: Generator, recipe: Recipe, account: Any, daily_rate: np.ndarray) -> np.ndarray:
    """Draw the days: gamma gaps on the account's own clock, which runs by its daily rate."""
    clock = np.cumsum(daily_rate)
    shape = account.regularity
    most = int(clock[-1] + 8 * np.sqrt(clock[-1] / shape) + 20)
    ticks = np.cumsum(rng.gamma(shape, 1 / shape, most))
    # A customer from before is somewhere between two orders; a new one starts with an order.
    ticks -= ticks[0] * rng.random() if account.start <= 0 else ticks[0] - 1e-9
    days = np.searchsorted(clock, ticks[ticks < clock[-1]])
    if not len(days):  # slow, and gone soon: every customer has ordered once
        days = np.searchsorted(clock, clock[-1:] * rng.random())
    if account.role == "decoy":
        days = np.append(days, int(account.back))
    return np.unique(before_weekend(days, recipe))


def _lines(rng: Generator, orders: pd.DataFrame, truth: pd.DataFrame, scale: float) -> pd.DataFrame:
    """Return one row per order line, with its number and the order's place in time."""
    orders = orders.iloc[rng.permutation(len(orders))].sort_values("day", kind="stable", ignore_index=True)
    mean = truth.lines_per_order.to_numpy()[orders.position] * scale
    breadth = 1 - truth.sign_breadth.to_numpy()[orders.position] * orders.strength
    counts = 1 + rng.poisson(np.maximum(mean - 1, 0) * breadth)
    lines = orders.loc[orders.index.repeat(counts)]
    return lines.assign(
        order=lines.index,
        line_no=lines.groupby(level=0).cumcount() + 1,
        mean_lines=np.repeat(np.maximum(mean, 1), counts),
    ).reset_index(drop=True)


def _line_products(rng: Generator, recipe: Recipe, truth: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Return the `product` (by position) of each line: from the account's own short list."""
    launched = (PRODUCTS.launched_at - pd.Timestamp(recipe.first_day)).dt.days.to_numpy()
    fitting = {
        of: np.flatnonzero(PRODUCTS.family[:-1].isin(INDUSTRIES.families[of])) for of in INDUSTRIES.index
    }
    lists = [_assortment(rng, fitting[industry]) for industry in truth.industry]
    newest = len(PRODUCTS) - 1
    likes_new = np.where(rng.random(len(truth)) < 0.55, rng.uniform(0.1, 0.45, len(truth)), 0)
    place = rng.random(len(lines)) * (1 - truth.sign_breadth.to_numpy()[lines.position] * lines.strength)
    product = np.empty(len(lines), dtype=int)
    for position, rows in lines.groupby("position").indices.items():
        products, steps = lists[position]
        product[rows] = products[np.searchsorted(steps, place.to_numpy()[rows])]
    grown = np.clip((lines.day - launched[newest]) / (recipe.day_count - launched[newest]), 0, 1)
    product = np.where(rng.random(len(lines)) < likes_new[lines.position] * grown, newest, product)
    # What is not yet on the market is ordered as the plain film instead.
    return pd.DataFrame({"product": np.where(lines.day < launched[product], 0, product)})


def _assortment(rng: Generator, fitting: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return an account's products, the dearest to it first, and the cumulative weights."""
    products = rng.choice(fitting, min(len(fitting), int(rng.integers(3, 11))), replace=False)
    weights = 0.75 ** np.arange(len(products))
    return products, np.append(np.cumsum(weights / weights.sum())[:-1], 1.0)


def _with_amounts(rng: Generator, recipe: Recipe, truth: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    own = truth.iloc[lines.position].reset_index(drop=True)
    count = len(lines)
    price = PRODUCTS.price.to_numpy()[lines["product"]] * (1 + _YEARLY_PRICE_RISE) ** (lines.day / 365)
    price = np.round(price * np.round(rng.uniform(0.97, 1.03, len(truth)), 3)[lines.position], 2)
    trend = 0.65 * own.growth * (lines.day / recipe.day_count - 0.5)
    volume = np.exp(trend + 0.45 * rng.standard_normal(count))
    volume *= 1 - own.sign_volume * lines.strength
    # A giant's terms are a contract: its margin stays thin on every line.
    noise = np.where(own.role == "giant", 0.25, 1.0)
    discount = own.discount + own.sign_discount * lines.strength + 0.012 * noise * rng.standard_normal(count)
    discount = np.round(np.clip(discount, 0, 0.5), 3)
    value = own["size"] / (1 - own.discount) * own.gap / 365 / lines.mean_lines
    quantity = np.maximum(1, np.round(value * volume / price))
    quantity, is_free = _with_returns(rng, lines.line_no, quantity)
    listed = np.round(quantity * price, 2)
    net = np.where(is_free, 0.0, np.round(listed * (1 - discount), 2))
    # Cost hangs on the list price, not on the discount: giving more away costs margin.
    cost_share = (1 - own.margin) * (1 - own.discount) * np.exp(0.03 * noise * rng.standard_normal(count))
    cost = np.round(listed * cost_share * _dearer(recipe, own, lines), 2)
    return lines.assign(quantity=quantity.astype(int), list_amount=listed, net_amount=net, cost_amount=cost)


def _dearer(recipe: Recipe, own: pd.DataFrame, lines: pd.DataFrame) -> np.ndarray:
    """Return what the cost of each line is multiplied by: one family's materials have grown dearer."""
    rise = MARKET["cost_rise"]
    is_family = PRODUCTS.family.eq(rise["family"]).to_numpy()[lines["product"]]
    is_later = lines.day >= recipe.day_number(rise["from_at"])
    return np.where(is_family & is_later & (own.role != "giant"), rise["factor"], 1.0)


def _with_returns(rng: Generator, line_no: pd.Series, quantity: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return the quantities, some sent back and some free, and which lines are free."""
    draw = np.where(line_no > 1, rng.random(len(quantity)), 1.0)
    part = rng.uniform(0.1, 0.5, len(quantity))
    is_return = draw < _RETURN_SHARE
    is_free = ~is_return & (draw < _RETURN_SHARE + _FREE_SHARE)
    sent_back = np.where(is_return, -np.ceil(part * quantity), quantity)
    return np.where(is_free, np.ceil(0.2 * part * quantity), sent_back), is_free


def _finished(rng: Generator, recipe: Recipe, truth: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    count = len(lines)
    width = max(6, len(str(count)))
    channels, shares = list(MARKET["order_channels"]), list(MARKET["order_channels"].values())
    usual = rng.choice(channels, len(truth), p=shares)[lines.position]
    other = rng.choice(channels, count, p=shares)
    is_usual = rng.random(lines.order.iloc[-1] + 1)[lines.order] < 0.82
    table = lines.assign(
        order_id="O" + (lines.order + 1).astype(str).str.zfill(width),
        account_id=truth.index.to_numpy()[lines.position],
        ordered_at=recipe.dates(lines.day.to_numpy()),
        product_id=PRODUCTS.product_id.to_numpy()[lines["product"]],
        currency="USD",
        # One channel an order: the first line decides.
        channel=np.where(is_usual, usual, other[lines.line_no.eq(1)][lines.order]).astype(object),
    )
    for column, share in _EMPTY.items():
        table[column] = table[column].mask(rng.random(count) < share)
    table = table[list(CONTRACTS["order_lines"].columns)]
    return table.sort_values(["ordered_at", "order_id", "line_no"], ignore_index=True)
