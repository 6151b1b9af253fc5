"""Customers that are measured: CDNOW's order histories, where its file is there, and made-up ones."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

CDNOW = Path(__file__).resolve().parents[2] / "shared" / "data" / "cdnow" / "CDNOW_master.txt"
PARAMETERS = (0.243, 4.414, 0.793, 2.426)


@cache
def cdnow_file(folder: Path) -> Path:
    """Return the histories of CDNOW's 23,570 customers after 39 weeks, in weeks."""
    names = ["customer", "day", "units", "dollars"]
    lines = pd.read_csv(CDNOW, sep=r"\s+", header=None, names=names, skiprows=1)
    end, days = pd.Timestamp(1997, 9, 30), pd.to_datetime(lines["day"].astype(str))
    known = (
        lines.assign(day=days)[days <= end].drop_duplicates(["customer", "day"]).groupby("customer")["day"]
    )
    first, last = known.min(), known.max()
    table = pd.DataFrame({"repeats": known.size() - 1.0, "last_repeat": (last - first).dt.days / 7})
    return _written(table.assign(age=(end - first).dt.days / 7), folder / "cdnow.parquet")


@cache
def customers_file(folder: Path, count: int) -> Path:
    """Return the histories of made-up customers, in weeks: as if CDNOW had so many."""
    (r, alpha, a, b), draw = PARAMETERS, np.random.default_rng(1)
    age = draw.integers(27 * 7, 39 * 7, count) / 7
    rate, leaves = draw.gamma(r, 1 / alpha, count), draw.beta(a, b, count)
    repeats, last, day = np.zeros(count), np.zeros(count), np.zeros(count)
    ordering = np.ones(count, dtype=bool)
    while ordering.any():
        day = day + draw.exponential(1, count) / rate
        ordering &= day <= age
        repeats, last = repeats + ordering, np.where(ordering, day, last)
        ordering &= draw.random(count) >= leaves
    last = np.minimum(np.ceil(last * 7) / 7, age)
    table = pd.DataFrame({"repeats": repeats, "last_repeat": last, "age": age})
    return _written(table, folder / f"customers-{count}.parquet")


@cache
def scores_file(folder: Path, count: int) -> Path:
    """Return made-up customers with a score and whether they were lost: a tenth, as AUC .8 or so has it."""
    draw = np.random.default_rng(1)
    score = draw.beta(1, 9, count)
    lost = draw.random(count) < score
    return _written(pd.DataFrame({"lost": lost, "score": score}), folder / f"scores-{count}.parquet")


def _written(table: pd.DataFrame, path: Path) -> Path:
    table.to_parquet(path)
    return path
