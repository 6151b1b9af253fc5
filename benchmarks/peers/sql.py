"""The yardstick: the account table in SQL by hand, on DuckDB."""

import datetime as dt
from pathlib import Path

import duckdb
import pandas as pd

SQL = Path(__file__).parents[1] / "account_table.sql"


def run(path: str, as_of: dt.date) -> pd.DataFrame:
    engine = duckdb.connect()
    engine.read_parquet(path).create_view("lines")
    return engine.execute(SQL.read_text(encoding="utf-8"), {"as_of": as_of}).df()
