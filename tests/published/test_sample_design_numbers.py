"""Sample size and allocation against published figures."""

import os
from pathlib import Path

import pandas as pd
import pytest

from kamlib.analysis.survey.sampling.allocation import allocation
from kamlib.analysis.survey.sampling.planning import expected_precision
from kamlib.analysis.survey.sampling.sample_size import share_size

SHARED = Path(__file__).parents[2] / "../shared"


def test_five_points_take_385_answers_and_152_from_a_list_of_250():
    # ../shared/oracles.md, "Sample size"; Cochran (1977), section 4.4.
    assert (share_size(0.05), share_size(0.05, 250)) == (385, 152)


def test_neyman_s_allocation_of_60_over_three_strata():
    # ../shared/oracles.md: N 50/80/120, S 30/20/10 -> 20.93/22.33/16.74.
    accounts, spread = pd.Series([50, 80, 120], list("ABC")), pd.Series([30, 20, 10], list("ABC"))

    assert allocation(accounts, 60, spread=spread)["exact"].round(2).tolist() == [20.93, 22.33, 16.74]


@pytest.mark.skipif(
    not (SHARED / "data/survey").is_dir() and os.environ.get("CI") != "true",
    reason="the published data lie in ../shared, which is not here",
)
def test_the_expected_standard_error_of_the_stratified_schools_is_r_s():
    # ../shared/oracles.md, apistrat: R's survey 4.5 gives 662.28736, SE 9.4089408.
    schools = pd.read_csv(SHARED / "data/survey/apistrat.csv").groupby("stype")
    strata = schools["api00"].agg(["size", "mean", "std"]).set_axis(["expected", "share", "spread"], axis=1)
    strata = strata.assign(accounts=schools["fpc"].first()).rename_axis("stratum").reset_index()

    whole = expected_precision(strata).iloc[-1]
    assert whole["se"] == pytest.approx(9.4089408, rel=1e-7)
