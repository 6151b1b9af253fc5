"""Migration against published and recomputed figures."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from kamlib.analysis.pareto.markov import markov_value
from kamlib.analysis.pareto.migration import list_stability, tier_moves, tier_years
from kamlib.analysis.periods import account_periods, calendar_years
from kamlib.data.sources import open_source

# Pfeifer & Carraway (2000), Journal of Interactive Marketing 14(2): NC 40, M 4, five states of recency.
BUYS = (0.3, 0.2, 0.15, 0.05, 0.0)
SHARES = np.array([[p, *(1 - p if i == j else 0.0 for j in range(4))] for i, p in enumerate(BUYS)])
SHARES[4] = [0, 0, 0, 0, 1]
REWARD = np.array([36.0, -4, -4, -4, 0])


def test_the_value_of_four_years() -> None:
    found = markov_value(SHARES, REWARD, discount=0.2, horizon=4)

    assert found.tolist() == pytest.approx([50.115, 4.220, 0.592, -1.980, 0], abs=5e-4)


def test_the_value_for_ever() -> None:
    found = markov_value(SHARES, REWARD, discount=0.2)

    assert found.tolist() == pytest.approx([52.320, 5.554, 1.251, -1.820, 0], abs=5e-4)


def test_adventureworks_tiers_of_2012_and_2013(adventureworks: Path) -> None:
    tables = open_source(str(adventureworks))
    years = calendar_years(dt.date(2013, 11, 29), first=tables.first_day, only_whole=False)[:2]
    moves = tier_moves(tier_years(account_periods(tables.order_lines, years), years))
    counts = moves.pivot_table(index="from_state", columns="to_state", values="account_count", aggfunc="sum")

    assert counts.loc["A", ["A", "B", "C", "left"]].to_list() == [73, 13, 3, 19]
    assert counts.loc["B", ["A", "B", "C", "left"]].to_list() == [15, 29, 11, 9]
    assert counts.loc["C", ["A", "B", "C", "left"]].to_list() == [7, 14, 146, 62]
    assert counts.loc["not yet", ["A", "B", "C"]].to_list() == [52, 28, 98]
    assert list_stability(moves)["after_count"].to_list() == [147]
