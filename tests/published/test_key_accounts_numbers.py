"""Scores, days beyond terms and agreement against stated and published figures."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kamlib.analysis.pareto.agreement import rater_agreement
from kamlib.analysis.pareto.criteria import days_beyond_terms
from kamlib.analysis.pareto.scorecard import weighted_points
from kamlib.analysis.pareto.standards import amount_standards
from kamlib.analysis.snapshot import account_table
from kamlib.data.sources import open_source

DAY = dt.date(2025, 12, 31)

# Raters 2 and 3 of `anxiety`, 20 subjects, in R's irr package.
SECOND = [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4]
THIRD = [2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2]


def test_days_beyond_terms_of_five_invoices() -> None:
    due = pd.Timestamp(2025, 6, 1)
    late = pd.to_timedelta([-10, -5, 0, 5, 10], unit="D")
    invoices = pd.DataFrame(
        {"account_id": "a", "due_at": due, "paid_at": due + late, "amount": range(100, 501, 100)}
    )

    assert round(days_beyond_terms(invoices, DAY)["a"], 2) == 3.33


def test_a_score_with_a_missing_criterion_is_renormalised_and_its_coverage_printed() -> None:
    points = pd.DataFrame({"a": [5.0], "b": [2.0], "c": [np.nan]})
    found = weighted_points(points, {"a": 3, "b": 1, "c": 4})

    assert found.to_numpy().tolist() == [[4.25, 0.5]]


def test_weighted_kappa_is_that_of_irr() -> None:
    """R: kappa2(anxiety[, 2:3], "squared") gives 0.252; R leaves out grades that nobody used."""
    grades = sorted({*SECOND, *THIRD})
    scores = [grades.index(one) + 1 for one in SECOND + THIRD]
    rated = pd.DataFrame(
        {"account_id": [f"{n:02}" for n in range(20)] * 2, "criterion": "anxiety", "score": scores}
    )
    rated = rated.assign(rater=["2"] * 20 + ["3"] * 20, rated_at=pd.Timestamp(2025, 1, 1))
    (found,) = rater_agreement(rated, DAY).itertuples()

    assert found.agreement == pytest.approx(0.2520325, abs=5e-8)
    assert found.agreement_low < 0 < found.agreement_high


def test_adventureworks_tier_a_of_twelve_months_and_its_fifth(adventureworks: Path) -> None:
    tables = open_source(str(adventureworks))
    bought = account_table(tables.order_lines, dt.date(2013, 11, 30))
    found = amount_standards(bought, tables["accounts"])
    count = found["sales"]["account"]["all days"].sum()

    # 186 accounts reach 80 % of all sales, and the top fifth of 635 are 127.
    assert count[["tier A", "top 20%"]].to_list() == [186, 127]
    assert found["gross profit"]["account"]["this year"]["top 20%"].sum() == 99
