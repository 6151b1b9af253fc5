"""kamlib's account table, computed by Polars: the same expressions."""

import datetime as dt

import pandas as pd
import polars as pl

from kamlib.analysis.snapshot import account_table


def run(path: str, as_of: dt.date) -> pd.DataFrame:
    return account_table(pl.scan_parquet(path), as_of)
