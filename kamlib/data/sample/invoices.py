"""The invoices: what was bought in a month is due a month later, and most of it is then paid."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlib.data.sample.recipe import LAST_DAY, Recipe
from kamlib.data.sample.truth import on_workday

_TERM_DAYS = 30


def invoices_table(recipe: Recipe, truth: pd.DataFrame, order_lines: pd.DataFrame) -> pd.DataFrame:
    """Draw when each invoice of the last three years was paid.

    Returns
    -------
    DataFrame
        One row per account and month, and one (a credit note, below zero) for what was sent back in it,
        with the columns of the contract, sorted by `due_at`; what is not due by the last day is not there.
    """
    rng = recipe.generator("invoices")
    lines = order_lines[
        (order_lines.net_amount != 0) & (order_lines.ordered_at.dt.year >= recipe.recent_years[0])
    ]
    due = (lines.ordered_at + pd.offsets.MonthEnd(0) + pd.Timedelta(days=_TERM_DAYS)).rename("due_at")
    table = lines.groupby([due, lines.account_id, lines.net_amount < 0]).net_amount.sum().round(2)
    table = table.droplevel(2).rename("amount").reset_index()
    table = table[table.due_at <= pd.Timestamp(LAST_DAY)].reset_index(drop=True)
    late = truth.days_late[table.account_id].to_numpy() + 4 * rng.standard_normal(len(table))
    # A credit note is settled with the invoice of its month.
    late = pd.Series(late).groupby([table.due_at, table.account_id]).transform("last")
    due_day = (table.due_at - pd.Timestamp(recipe.first_day)).dt.days
    paid = pd.Series(recipe.dates(on_workday(np.round(due_day + late.clip(lower=1 - _TERM_DAYS)), recipe)))
    table["paid_at"] = paid.where(paid <= pd.Timestamp(LAST_DAY))
    table["invoice_id"] = "V" + (table.index + 1).astype(str).str.zfill(6)
    return table
