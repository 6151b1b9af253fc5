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
    account, accounts = pd.factorize(rows["account_id"])
    stratum, strata = pd.factorize(rows["stratum"])
    if min(account.min(), stratum.min()) < 0 or rows[list(COLUMNS[2:])].isna().any(axis=None):
        return ["a stratum, account, weight or size is missing"]
    faults = [] if rows.index.is_unique else ["a contact has two rows"]
    if not ((rows["weight"] > 0) & np.isfinite(rows["weight"])).all():
        faults.append("a weight is not a number above zero")
    home, is_torn = _first_each(stratum, account)
    faults += ["an account lies in two strata"] if is_torn else []
    faults += _size_fault(rows["stratum_accounts"], stratum, strata, np.bincount(home), "accounts")
    return faults + _size_fault(rows["account_contacts"], account, accounts, np.bincount(account), "contacts")


def _size_fault(
    sizes: pd.Series, places: np.ndarray, names: pd.Index, heard: np.ndarray, unit: str
) -> list[str]:
    """Return the first fault of the sizes that contacts give their stratum, or their account; mostly none."""
    column, group = str(sizes.name), "stratum" if unit == "accounts" else "account"
    said = sizes.to_numpy(float)
    size, is_torn = _first_each(said, places)
    if (small := said.min()) < 1:
        place = places[said.argmin()]
        fault = f"{column} {small:g} is below 1: give the number of {unit}, not a sampling fraction"
    elif is_torn:
        place = places[(said != size[places]).argmax()]
        fault = f"{column} differs within one {group}: give one size"
    elif ((more := heard - size) > 0).any():
        place = more.argmax()
        counted = f"{heard[place]} {unit} answered, but {column} says {size[place]:g}"
        fault = f"{counted}: give the size of the whole list"
    else:
        return []
    return [f"{group} {names[place]}: {fault}"]


def _first_each(values: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, bool]:
    """Return the first value at each place, and whether another follows it anywhere."""
    first = np.empty(places.max() + 1, dtype=values.dtype)
    first[places[::-1]] = values[::-1]
    return first, bool((values != first[places]).any())
