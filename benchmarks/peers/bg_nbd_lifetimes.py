"""BG/NBD fitted by lifetimes 0.11.3.

Runs in an environment of its own, for it needs a pandas of before 2.
"""

import datetime as dt

import pandas as pd
from lifetimes import BetaGeoFitter


def run(path: str, as_of: dt.date) -> pd.DataFrame:
    history = pd.read_parquet(path)
    found = BetaGeoFitter().fit(history["repeats"], history["last_repeat"], history["age"])
    return pd.DataFrame([found.params_[["r", "alpha", "a", "b"]]])
