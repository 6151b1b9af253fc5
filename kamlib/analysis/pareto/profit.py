"""What is left of sales after cost, and which accounts are sold to below it."""

from __future__ import annotations

import pandas as pd

from kamlib.estimate import Unknown


def gross_profit(account_table: pd.DataFrame, window: str = "") -> pd.Series | Unknown:
    """Return the gross profit of each account, or why it cannot be told.

    Parameters
    ----------
    account_table
        With `account_id`.
    window
        "" for all days, or `_365`, `_prev_365`.

    Returns
    -------
    Series or Unknown
        By account.
    """
    if f"gross_profit{window}" not in account_table:
        return Unknown(
            "Gross profit cannot be told: these sales come without cost (order_lines.cost_amount).",
            "gross_profit",
        )
    return account_table.set_index("account_id")[f"gross_profit{window}"]


def below_cost(account_table: pd.DataFrame, window: str = "") -> pd.DataFrame | Unknown:
    """Return the accounts whose gross profit is below zero, the largest loss first.

    Parameters
    ----------
    account_table
        With `account_id`.
    window
        "" for all days, or `_365`, `_prev_365`.

    Returns
    -------
    DataFrame or Unknown
        Rows of the account table; equals by account.
    """
    profit = gross_profit(account_table, window)
    if isinstance(profit, Unknown):
        return profit
    column = f"gross_profit{window}"
    lost = account_table[account_table[column] < 0]
    return lost.sort_values([column, "account_id"], ignore_index=True)
