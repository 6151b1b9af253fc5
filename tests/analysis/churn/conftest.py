"""A small made-up company whose customers order at a steady pace, until some stop."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from kamlib.analysis.churn.study import ChurnStudy, churn_study

AS_OF = dt.date(2024, 12, 31)


@pytest.fixture(scope="session")
def company_lines() -> pd.DataFrame:
    """Order lines of three years: 150 accounts, gaps of 15 to 60 days, half of them stop on some day."""
    chance = np.random.default_rng(5)
    rows = []
    for number in range(150):
        gap, last = chance.uniform(15, 60), chance.choice([1096, chance.uniform(200, 1096)])
        days = np.cumsum(chance.gamma(4, gap / 4, size=90))
        rows += [(f"A{number:03}", day, chance.uniform(50, 150)) for day in days[days <= last]]
    lines = pd.DataFrame(rows, columns=["account_id", "day", "net_amount"])
    ordered_at = pd.Timestamp("2022-01-01") + pd.to_timedelta(lines.pop("day").astype(int), unit="D")
    lines.insert(1, "ordered_at", ordered_at)
    return lines[lines["ordered_at"] <= pd.Timestamp(AS_OF)].reset_index(drop=True)


@pytest.fixture(scope="session")
def study(company_lines: pd.DataFrame) -> ChurnStudy:
    """Return the study of that company under silence."""
    found = churn_study(company_lines, AS_OF, definition="silence", horizon_days=90)
    assert isinstance(found, ChurnStudy)
    return found
