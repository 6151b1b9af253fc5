"""The sample company under five seeds, and what was planted in it: each made once."""

import datetime as dt
from functools import cache

import pandas as pd
import pytest

from kamlib.analysis.snapshot import account_table
from kamlib.data.sample import Planted, planted, sample_tables

made_tables = cache(sample_tables)


@pytest.fixture(
    scope="module", params=(1, 2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (3, 4, 5)))
)
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def truth(seed: int) -> Planted:
    return planted(seed=seed)


@pytest.fixture(scope="module")
def tables(seed: int) -> dict[str, pd.DataFrame]:
    return made_tables(seed=seed)


@pytest.fixture(scope="module")
def accounts(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return account_table(tables["order_lines"], dt.date(2025, 12, 31))
