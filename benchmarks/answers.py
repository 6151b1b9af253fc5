"""Hold two account tables against each other."""

from pathlib import Path

import numpy as np
import pandas as pd

from kamlib.analysis.lifetime.bg_nbd import BgNbd


def unequal_columns(yardstick: Path, other: Path, *, exact: bool) -> list[str]:
    """Return the columns in which two account tables differ; none where there is no other.

    An empty sum is 0. Columns that the other does not have are not compared, but there must be some.
    """
    if not other.is_file():
        return []
    one, two = (_in_order(pd.read_parquet(path)) for path in (yardstick, other))
    if "frequency" in two:
        two = _renamed(two)
        one = one[one["order_day_count"] > 0].reset_index(drop=True)
    if list(one["account_id"]) != list(two["account_id"]):
        return ["account_id"]
    shared = [name for name in one if name in two and name != "account_id"]
    unequal = [name for name in shared if not _is_equal(one[name], two[name], exact=exact)]
    return unequal if shared else ["all columns"]


def is_as_likely(path: Path, one: Path, other: Path) -> bool:
    """Return whether one BG/NBD makes the histories as likely as the other, or likelier."""
    if not other.is_file():
        return True
    rows = pd.read_parquet(path)[["repeats", "last_repeat", "age"]].to_numpy().T
    found = [BgNbd.terms(pd.read_parquet(each).to_numpy()[0], rows)[0].sum() for each in (one, other)]
    return bool(found[0] >= found[1] - 1e-9 * abs(found[1]))


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values("account_id", ignore_index=True)


def _renamed(summary: pd.DataFrame) -> pd.DataFrame:
    """Return a summary of lifetimes in the words of the account table."""
    return summary.assign(
        order_day_count=summary["frequency"] + 1,
        tenure_days=summary["T"],
        days_since_last_order=summary["T"] - summary["recency"],
    )


def _is_equal(one: pd.Series, two: pd.Series, *, exact: bool) -> bool:
    if "ordered_at" in one.name:
        return pd.to_datetime(one).equals(pd.to_datetime(two).astype(pd.to_datetime(one).dtype))
    if one.name not in ("tenure_days", "days_since_last_order", "median_gap_days"):
        one, two = one.fillna(0), two.fillna(0)
    numbers = one.to_numpy(dtype="float64", na_value=np.nan), two.to_numpy(dtype="float64", na_value=np.nan)
    if exact:
        return np.array_equal(*numbers, equal_nan=True)
    return np.allclose(*numbers, rtol=1e-9, atol=1e-6, equal_nan=True)
