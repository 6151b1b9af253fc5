"""What calls bring at best, expected over a chance that is not known (EMPC), of ranked customers."""

import datetime as dt

import pandas as pd

from kamlib.analysis.churn.campaign import empc


def run(path: str, as_of: dt.date) -> pd.DataFrame:
    table = pd.read_parquet(path)
    costs = {"value": 200, "call_cost": 1, "offer_cost": 10, "alpha": 6, "beta": 14}
    found = empc(table["lost"], table["score"], **costs)
    return pd.DataFrame([found], columns=["profit", "share"])
