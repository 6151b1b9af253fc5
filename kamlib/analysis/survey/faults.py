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
    if rows.groupby("account_id", observed=True)["stratum"].nunique().max() > 1:
        faults.append("an account lies in two strata")
    return [*faults, *_size_faults(rows)]


def _size_faults(rows: pd.DataFrame) -> list[str]:
    answering = rows.groupby("stratum", observed=True)["account_id"].nunique()
    levels = (
        ("stratum_accounts", "stratum", answering, "accounts"),
        ("account_contacts", "account_id", rows.groupby("account_id", observed=True).size(), "contacts"),
    )
    faults = []
    for column, group, heard, unit in levels:
        sizes = rows.groupby(group, observed=True)[column].agg(["min", "max"])
        if (sizes["min"] < 1).any():
            small = sizes["min"].min()
            faults.append(
                f"{column} {small:g} is below 1: give the number of {unit}, not a sampling fraction"
            )
        elif (sizes["min"] != sizes["max"]).any():
            faults.append(f"{column} differs within one {group.removesuffix('_id')}")
        elif (heard > sizes["max"]).any():
            where = (heard - sizes["max"]).idxmax()
            faults.append(
                f"{group.removesuffix('_id')} {where}: {heard[where]} {unit} answered, "
                f"but {column} says {sizes['max'][where]:g}"
            )
    return faults
