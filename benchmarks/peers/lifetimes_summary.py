"""`summary_data_from_transaction_data` of lifetimes 0.11.3: frequency, recency and age only.

Runs in an environment of its own, for it needs a pandas of before 2.
"""

import datetime as dt

import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
from lifetimes.utils import summary_data_from_transaction_data

COLUMNS = ["account_id", "ordered_at", "net_amount"]


def run(path: str, as_of: dt.date) -> pd.DataFrame:
    lines = pq.read_table(path, columns=COLUMNS)
    bought = lines.filter(pc.greater_equal(lines["net_amount"], 0)).drop(["net_amount"])
    frame = bought.to_pandas(date_as_object=False)
    found = summary_data_from_transaction_data(
        frame, "account_id", "ordered_at", observation_period_end=as_of.isoformat()
    )
    return found.reset_index()
