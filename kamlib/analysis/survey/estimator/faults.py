"""What a survey design cannot be: weights and sizes that contradict the sample."""

from __future__ import annotations

import numpy as np
import pandas as pd

COLUMNS = ("stratum", "account_id", "weight", "stratum_accounts", "account_contacts")


def design_faults(rows: pd.DataFrame) -> list[str]:
    """Return what is wrong with the rows of a `SurveyDesign`, all at once; nothing where it can be."""
    missing = [name for name in COLUMNS if name not in rows]
    if missing:
        return [f"no column {', '.join(missing)}"]
    if rows.empty:
        return ["nobody answered"]
    if rows[list(COLUMNS)].isna().any(axis=None):
        return ["a stratum, account, weight or size is missing"]
    faults = [] if rows.index.is_unique else ["a contact has two rows"]
    if not ((rows["weight"] > 0) & np.isfinite(rows["weight"])).all():
        faults.append("a weight is not a number above zero")
    if _each(rows, "account_id", "stratum").index.has_duplicates:
        faults.append("an account lies in two strata")
    return [*faults, *_size_faults(rows)]


def _size_faults(rows: pd.DataFrame) -> list[str]:
    levels = (
        (
            "stratum_accounts",
            "stratum",
            _each(rows, "stratum", "account_id").index.value_counts(),
            "accounts",
        ),
        ("account_contacts", "account_id", rows["account_id"].value_counts(), "contacts"),
    )
    faults = []
    for column, group, heard, unit in levels:
        sizes, name = _each(rows, group, column), group.removesuffix("_id")
        if (small := sizes.min()) < 1:
            said = f"{column} {small:g} is below 1: give the number of {unit}, not a sampling fraction"
            faults.append(f"{name} {sizes.idxmin()}: {said}")
        elif len(several := sizes.index[sizes.index.duplicated()]):
            faults.append(f"{name} {several[0]}: {column} differs within one {name}: give one size")
        elif ((more := heard - sizes) > 0).any():
            where = more.idxmax()
            said = f"{heard[where]} {unit} answered, but {column} says {sizes[where]:g}"
            faults.append(f"{name} {where}: {said}: give the size of the whole list")
    return faults


def _each(rows: pd.DataFrame, group: str, column: str) -> pd.Series:
    """Return the values of a column by group, each once."""
    return rows[[group, column]].drop_duplicates().set_index(group)[column]
