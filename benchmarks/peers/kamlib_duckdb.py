"""kamlib's account table, computed by DuckDB."""

import datetime as dt

import duckdb
import pandas as pd

from kamlib.analysis.snapshot import account_table


def run(path: str, as_of: dt.date) -> pd.DataFrame:
    return account_table(duckdb.connect().read_parquet(path), as_of)
