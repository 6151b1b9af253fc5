"""Raked estimates against R's survey package 4.5; the data lie in ../shared.

Held here: every `cal_raking` line of oracle_calibration_R.csv; of oracle_survey_R.csv the rake and
postStratify lines whose estimator is ours; of oracle_kamfixture_R.csv the rake lines. Left out, because
they are other estimators:

- `rake` of strat_fpc in oracle_calibration_R.csv, and the error of `strat_fpc rake tight`: R's `rake()` takes
  residuals with equal weights, ours with the base weights; where those are equal its lines are held
- `cal_linear`: linear calibration may give negative weights and is not offered
- `rake DEFAULT control`: stops early, at an error of 1 in the margins
- JK1 and `trimWeights`: replicate weights and trimming are not offered
- `deff(api00)` and `deff replace overall`: a design effect is not a number that any report shows
- the intervals of these lines: R prints normal ones, ours are t
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student_t

from kamlib.analysis.survey.estimator.design import SurveyDesign
from kamlib.analysis.survey.estimator.means import kish_size, mean_estimate, mean_point
from kamlib.analysis.survey.estimator.proportions import share_estimate
from kamlib.analysis.survey.estimator.raking import raked_design

SHARED = Path(__file__).parents[2] / "../shared"
pytestmark = pytest.mark.skipif(
    not (SHARED / "oracles").is_dir() and os.environ.get("CI") != "true",
    reason="the published numbers lie in ../shared, which is not here",
)
SCHOOLS = 6194
# The California schools in all: apipop of R's survey package.
TARGETS = {
    "stype": pd.Series({"E": 4421, "H": 755, "M": 1018}),
    "sch.wide": pd.Series({"No": 1072, "Yes": 5122}),
}
# design: file, stratum, account, finite population
DESIGNS = {
    "srs_fpc": ("apisrs", None, None, True),
    "srs_nofpc": ("apisrs", None, None, False),
    "clus1": ("apiclus1", None, "dnum", True),
    "strat_fpc": ("apistrat", "stype", None, True),
}


def close(number: float) -> object:
    return pytest.approx(number, rel=1e-6)


def data_of(design: str) -> pd.DataFrame:
    return pd.read_csv(SHARED / f"data/survey/{DESIGNS[design][0]}.csv")


def raked(design: str, margins: list[str]) -> SurveyDesign:
    data, (_, stratum, account_id, fpc) = data_of(design), DESIGNS[design]
    rows = pd.DataFrame({"weight": data["pw"], "stratum": data[stratum] if stratum else "all"})
    rows["account_id"] = data[account_id] if account_id else data.index
    rows["stratum_accounts"] = data["fpc"] if fpc else np.inf
    rows["account_contacts"] = rows.groupby("account_id")["weight"].transform("size")
    return raked_design(SurveyDesign(rows), data, {name: TARGETS[name] for name in margins})


@pytest.fixture(scope="module")
def r_calibration() -> pd.DataFrame:
    return pd.read_csv(SHARED / "oracles/oracle_calibration_R.csv", index_col=["design", "method"])


@pytest.fixture(scope="module")
def r_survey() -> pd.DataFrame:
    return pd.read_csv(SHARED / "oracles/oracle_survey_R.csv", index_col="check")


@pytest.mark.parametrize("design", DESIGNS)
def test_raked_means_and_totals_and_their_errors_are_those_of_rs_calibrate(r_calibration, design):
    expected, data = r_calibration.loc[(design, "cal_raking")], data_of(design)
    mean, enroll = (mean_point(raked(design, list(TARGETS)), data[name]) for name in ("api00", "enroll"))

    assert (mean.value, mean.se) == (close(expected["mean_api00"]), close(expected["se"]))
    # The number of schools is known, so a total is that many means.
    assert SCHOOLS * enroll.value == close(expected["total_enroll"])
    assert SCHOOLS * enroll.se == close(expected["se_total"])


@pytest.mark.parametrize("design", ["srs_fpc", "srs_nofpc", "clus1"])
def test_with_equal_base_weights_the_errors_are_those_of_rs_rake_too(r_calibration, design):
    expected = r_calibration.loc[(design, "rake")]
    point = mean_point(raked(design, list(TARGETS)), data_of(design)["api00"])

    assert (point.value, point.se) == (close(expected["mean_api00"]), close(expected["se"]))


SURVEY_LINES = [
    *((design, list(TARGETS), f"{design} rake tight", True) for design in ("srs_fpc", "clus1")),
    ("strat_fpc", list(TARGETS), "strat_fpc rake tight", False),
    *((name, ["stype"], f"{name} postStratify stype", True) for name in ("srs_fpc", "srs_nofpc", "clus1")),
]


@pytest.mark.parametrize(("design", "margins", "check", "is_same_error"), SURVEY_LINES)
def test_tight_raking_and_post_stratification_are_those_of_r(r_survey, design, margins, check, is_same_error):
    expected = r_survey.loc[f"{check}|mean|api00"]
    point = mean_point(raked(design, margins), data_of(design)["api00"])

    assert point.value == close(expected["estimate"])
    assert (point.se == close(expected["se"])) == is_same_error


@pytest.mark.parametrize(
    ("design", "check"),
    [
        ("srs_fpc", "srs_fpc rake tight"),
        ("clus1", "clus1 rake tight"),
        ("srs_fpc", "srs_fpc postStratify stype"),
        ("clus1", "clus1 postStratify stype"),
    ],
)
def test_raked_totals_are_those_of_r(r_survey, design, check):
    margins = list(TARGETS) if "rake" in check else ["stype"]
    expected = r_survey.loc[f"{check}|total|enroll"]
    point = mean_point(raked(design, margins), data_of(design)["enroll"])

    assert (SCHOOLS * point.value, SCHOOLS * point.se) == (
        close(expected["estimate"]),
        close(expected["se"]),
    )


@pytest.mark.parametrize("design", ["srs_fpc", "clus1"])
def test_raked_weights_are_those_of_r(r_survey, design):
    data, weight = data_of(design), raked(design, list(TARGETS)).rows["weight"]
    found = weight.groupby(data["stype"] + ":" + data["sch.wide"]).first()
    expected = r_survey.filter(like=f"{design} rake tight weight|", axis=0)["estimate"]

    assert len(expected) == 6
    assert found.rename(lambda cell: f"{design} rake tight weight|{cell}").to_dict() == {
        check: close(weight) for check, weight in expected.items()
    }


def test_post_stratified_weights_are_those_of_r(r_survey):
    found = raked("srs_fpc", ["stype"]).rows["weight"].groupby(data_of("srs_fpc")["stype"]).first()
    expected = r_survey.filter(like="srs_fpc postStratify weight|", axis=0)["estimate"]

    assert found.to_list() == [close(weight) for weight in expected]


def test_the_raked_clusters_are_worth_174_schools(r_survey):
    weight = raked("clus1", list(TARGETS)).rows["weight"]
    effective = kish_size(weight)

    assert effective == close(r_survey.loc["clus1 rake tight|effective n", "estimate"])
    assert len(weight) / effective == close(
        r_survey.loc["clus1 rake tight|Kish deff 1+cv^2 (pop cv)", "estimate"]
    )


@pytest.fixture(scope="module")
def kamfix() -> tuple[SurveyDesign, pd.DataFrame]:
    """The 53 accounts that answered, raked to tier and region of the list of 250."""
    frame = pd.read_csv(SHARED / "data/survey/kamfix_frame.csv")
    accounts = pd.read_csv(SHARED / "data/survey/kamfix_accounts_raked.csv", index_col="account_id")
    rows = accounts[["tier", "w", "N_acc"]].set_axis(["stratum", "weight", "stratum_accounts"], axis=1)
    design = SurveyDesign(rows.assign(account_id=rows.index, account_contacts=1).rename_axis(None))
    targets = {name: frame[name].value_counts() for name in ("tier", "region")}
    return raked_design(design, accounts, targets), accounts


def test_the_raked_kamfix_weights_are_those_of_r(kamfix):
    design, accounts = kamfix

    assert design.rows["weight"].to_list() == [close(weight) for weight in accounts["w_rake"]]


def test_the_raked_kamfix_accounts_are_worth_41(kamfix):
    expected = pd.read_csv(SHARED / "oracles/oracle_kamfixture_R.csv", index_col="check")["estimate"]
    weight = kamfix[0].rows["weight"]

    assert kish_size(weight) == close(expected["rake|n_eff"])
    assert len(weight) / kish_size(weight) == close(expected["rake|kish deff"])
    assert weight.max() == close(expected["rake|max w"])


def test_the_raked_kamfix_mean_is_the_mean_by_rs_weights(kamfix):
    design, accounts = kamfix
    by_hand = np.average(accounts["overall"], weights=accounts["w_rake"])

    assert mean_estimate(design, accounts["overall"]).value == close(by_hand)


def test_a_share_of_a_raked_sample_takes_wilsons_interval_on_the_effective_n(kamfix):
    design, accounts = kamfix
    share = share_estimate(design, accounts["overall"] > 3.5)

    assert share.method == "Wilson on the effective n, with t"


def test_what_the_margins_fitted_is_taken_off_the_degrees_of_freedom(kamfix):
    design, accounts = kamfix
    mean = mean_estimate(design, accounts["overall"])

    assert design.fitted == 3 + 3 - 1  # tiers and regions; the last region follows from the others
    assert mean.df == design.df - 5 == 45


def test_the_range_of_a_raked_mean_is_wider_by_what_the_margins_fitted(kamfix):
    design, accounts = kamfix
    mean = mean_estimate(design, accounts["overall"])

    assert mean.high - mean.value == pytest.approx(student_t.ppf(0.975, 45) * mean.se * (50 / 45) ** 0.5)
