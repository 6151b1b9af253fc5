"""BG/NBD fitted by kamlib."""

import datetime as dt

import pandas as pd

from kamlib.analysis.lifetime.bg_nbd import BgNbd
from kamlib.analysis.lifetime.fitting import fitted, grouped_rows


def run(path: str, as_of: dt.date) -> pd.DataFrame:
    history = pd.read_parquet(path)
    rows = grouped_rows(history["repeats"], history["last_repeat"], history["age"])
    start = BgNbd.start(history["repeats"].mean(), history["age"].mean())
    return pd.DataFrame([fitted(BgNbd.terms, start, rows).parameters], columns=["r", "alpha", "a", "b"])
