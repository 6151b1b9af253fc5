"""What the models know of an account: how often it ordered again, when last, and what an order brings."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlib.errors import ParameterError
from kamlib.estimate import Unknown

NO_PROFIT = Unknown(
    "What customers are worth cannot be told in money: these sales come without cost "
    "(order_lines.cost_amount). Set margin to the part of sales that is gross profit, such as 0.3.",
    "gross_profit",
)
_YEARS = ("", "_365", "_prev_365")
_ABOUT = ["account_id", "name", "owner"]


def with_margin(account_table: pd.DataFrame, margin: float) -> pd.DataFrame:
    """Return the account table with gross profit as a fixed part of sales.

    Parameters
    ----------
    account_table
        With `net_revenue` of all days, this year and last.
    margin
        Gross profit of one unit of sales, up to 1; 0 leaves the table as it is.

    Raises
    ------
    ParameterError
        The margin is not in 0 to 1.

    Examples
    --------
    >>> sales = {"net_revenue": [100.0], "net_revenue_365": [50.0], "net_revenue_prev_365": [0.0]}
    >>> with_margin(pd.DataFrame(sales), 0.3)["gross_profit_365"].to_list()
    [15.0]
    """
    if not 0 <= margin <= 1:
        raise ParameterError(f"margin: give a part of sales, 0 to 1, not {margin}")
    profit = {f"gross_profit{year}": margin * account_table[f"net_revenue{year}"] for year in _YEARS}
    return account_table.assign(**profit) if margin else account_table


def order_history(account_table: pd.DataFrame) -> pd.DataFrame:
    """Return one row per account that ever ordered.

    An account × day is an order, the first one included; every later one is a *repeat order*.

    Parameters
    ----------
    account_table
        As of the last day that counts.

    Returns
    -------
    DataFrame
        In the order given: `account_id` (with `name` and `owner` where they are given), `orders`, `repeats`
        (orders less one), `last_repeat` (days from the first to the last order), `age` (days from the first
        order to the last day that counts) and, where gross profit is known, `profit_per_order` (of all
        orders, returns taken off).

    Examples
    --------
    >>> table = pd.DataFrame({"account_id": ["a", "b"], "order_day_count": [3.0, 0.0],
    ...                       "tenure_days": [90.0, None], "days_since_last_order": [10.0, None],
    ...                       "gross_profit": [60.0, -5.0]})
    >>> order_history(table)
      account_id  orders  repeats  last_repeat   age  profit_per_order
    0          a     3.0      2.0         80.0  90.0              20.0
    """
    bought = account_table[account_table["order_day_count"] > 0].reset_index(drop=True)
    orders, age = bought["order_day_count"], bought["tenure_days"]
    history = bought[bought.columns.intersection(_ABOUT, sort=False)].assign(
        orders=orders, repeats=orders - 1, last_repeat=age - bought["days_since_last_order"], age=age
    )
    if "gross_profit" in bought:
        history["profit_per_order"] = bought["gross_profit"] / orders
    return history


def history_rows(history: pd.DataFrame) -> np.ndarray:
    """Return repeat orders, last repeat and age as three arrays: what the models of orders take."""
    return history[["repeats", "last_repeat", "age"]].to_numpy(float).T
