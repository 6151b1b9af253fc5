"""Survey estimates against R's survey package and published figures; the data lie in ../shared."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kamlib.analysis.survey.design import (
    SurveyDesign,
    account_design,
    account_means,
    list_design,
    survey_design,
)
from kamlib.analysis.survey.estimation import (
    SurveyEstimate,
    kish_size,
    mean_estimate,
    mean_point,
    wilson_interval,
)
from kamlib.analysis.survey.proportions import hypergeometric_interval, share_estimate
from kamlib.analysis.survey.response import response_table
from kamlib.analysis.survey.scale import level_table, net_values, promoter_values, satisfaction_table

SHARED = Path(__file__).parents[2] / "../shared"
pytestmark = pytest.mark.skipif(
    not (SHARED / "oracles").is_dir() and os.environ.get("CI") != "true",
    reason="the published numbers lie in ../shared, which is not here",
)


def close(number: float) -> object:
    return pytest.approx(number, rel=1e-6)


@pytest.fixture(scope="module")
def r_survey() -> pd.DataFrame:
    """R survey 4.5 on the California schools (api*), row by row: estimate, se, ci_lo, ci_hi."""
    return pd.read_csv(SHARED / "oracles/oracle_survey_R.csv", index_col="check")


@pytest.fixture(scope="module")
def r_kamfix() -> pd.DataFrame:
    """R survey 4.5 on the made-up key-account survey (kamfix)."""
    return pd.read_csv(SHARED / "oracles/oracle_kamfixture_R.csv", index_col="check")


def schools(
    name: str, stratum: str | None, account_id: str | None = None, *, fpc: bool = True
) -> SurveyDesign:
    data = school_data(name)
    rows = pd.DataFrame({"weight": data["pw"], "stratum": data[stratum] if stratum else "all"})
    rows["account_id"] = data[account_id] if account_id else data.index
    rows["stratum_accounts"] = data["fpc"] if fpc else np.inf
    return SurveyDesign(rows.assign(account_contacts=rows.groupby("account_id")["weight"].transform("size")))


def school_data(name: str) -> pd.DataFrame:
    return pd.read_csv(SHARED / f"data/survey/{name}.csv")


def kamfix(name: str) -> pd.DataFrame:
    return pd.read_csv(SHARED / f"data/survey/kamfix_{name}.csv")


def kamfix_answers() -> pd.DataFrame:
    return kamfix("responses").set_index("contact_id")


def kamfix_frame() -> pd.DataFrame:
    responded = kamfix("sample").set_index("account_id")["responded"].map({True: "I", False: "NC"})
    frame = kamfix("frame").rename(columns={"tier": "stratum"})
    frame["disposition"] = frame["account_id"].map(responded)
    return frame.assign(drawn=frame["disposition"].notna())


@pytest.fixture(scope="module")
def twostage() -> SurveyDesign:
    return survey_design(kamfix_frame(), kamfix("responses").rename(columns={"overall": "value"}))


def variant(design: SurveyDesign, name: str) -> SurveyDesign:
    changes = {
        "twostage_fpc": {},
        "onestage_nofpc": {"stratum_accounts": np.inf},
        "onestage_fpc": {"account_contacts": design.rows.groupby("account_id")["weight"].transform("size")},
    }
    return SurveyDesign(design.rows.assign(**changes[name]))


KAMFIX_VARIABLES = {
    "overall": lambda d: d["overall"],
    "top2": lambda d: d["overall"] >= 4,
    "bot2": lambda d: d["overall"] <= 2,
    "net": lambda d: 100 * net_values(d["overall"]),
    "npsv": lambda d: 100 * promoter_values(d["nps"]),
    "na.rm|culture": lambda d: d["culture"],
    **{
        f"dist|factor(overall){level}": lambda d, level=level: d["overall"] == level for level in (2, 3, 4, 5)
    },
}
VARIANTS = ["twostage_fpc", "onestage_nofpc", "onestage_fpc"]
NOT_IN_THE_FILE = {
    "twostage_fpc|dist|factor(overall)3",
    "onestage_nofpc|npsv",
    "onestage_fpc|npsv",
    "onestage_fpc|na.rm|culture",
    "onestage_fpc|dist|factor(overall)2",
    "onestage_fpc|dist|factor(overall)5",
}
KAMFIX_CHECKS = [
    (name, variable)
    for name in VARIANTS
    for variable in KAMFIX_VARIABLES
    if f"{name}|{variable}" not in NOT_IN_THE_FILE
]


@pytest.mark.parametrize(("name", "variable"), KAMFIX_CHECKS)
def test_kamfix_means_errors_and_t_intervals_are_those_of_r(twostage, r_kamfix, name, variable):
    mean = mean_estimate(variant(twostage, name), KAMFIX_VARIABLES[variable](kamfix_answers()))

    assert_equals(mean, r_kamfix.loc[f"{name}|{variable}"])
    assert mean.df == 50


@pytest.mark.parametrize(
    ("name", "tier"), [("twostage_fpc", "A"), ("onestage_nofpc", "A"), ("onestage_nofpc", "B"),
                       ("onestage_fpc", "B"), ("onestage_fpc", "C")],
)  # fmt: skip
def test_a_kamfix_tier_is_a_domain_as_in_r(twostage, r_kamfix, name, tier):
    answers = kamfix_answers()

    mean = mean_estimate(variant(twostage, name), answers["overall"], where=answers["tier"] == tier)

    assert_equals(mean, r_kamfix.loc[f"{name}|by tier|{tier}"])


@pytest.mark.parametrize("name", VARIANTS)
def test_the_revenue_weighted_kamfix_mean_is_rs_ratio(twostage, r_kamfix, name):
    answers = kamfix_answers()
    expected = r_kamfix.loc[f"{name}|revenue-weighted overall (ratio)"]

    point = mean_point(variant(twostage, name), answers["overall"], size=answers["revenue"])

    assert (point.value, point.se) == (close(expected["estimate"]), close(expected["se"]))


def test_the_accounts_view_of_kamfix_is_that_of_r(twostage, r_kamfix):
    accounts, answers = account_design(twostage), kamfix_answers()

    overall = mean_estimate(accounts, account_means(twostage, answers["overall"]))
    npsv = mean_estimate(accounts, account_means(twostage, 100 * promoter_values(answers["nps"])))

    assert_equals(overall, r_kamfix.loc["account_level_fpc|overall"])
    assert_equals(npsv, r_kamfix.loc["account_level_fpc|npsv"])


def test_the_accounts_view_by_revenue_is_that_of_r(twostage, r_kamfix):
    expected = r_kamfix.loc["account_level_fpc|revenue-weighted overall (ratio)"]
    revenue = kamfix("frame").set_index("account_id")["revenue"]
    means = account_means(twostage, kamfix_answers()["overall"])

    point = mean_point(account_design(twostage), means, size=revenue[means.index])

    assert (point.value, point.se) == (close(expected["estimate"]), close(expected["se"]))


def test_the_kamfix_tables_show_rs_numbers(twostage, r_kamfix):
    answers = kamfix_answers()[["overall"]]
    row = satisfaction_table(twostage, answers).iloc[0]
    levels = level_table(twostage, answers).set_index("level")["share"]

    assert row["mean_low"] == close(r_kamfix.loc["twostage_fpc|overall", "ci_lo"])
    assert 100 * row["net_high"] == close(r_kamfix.loc["twostage_fpc|net", "ci_hi"])
    assert row["top2"] == close(r_kamfix.loc["twostage_fpc|top2", "estimate"])
    assert levels[5] == close(r_kamfix.loc["twostage_fpc|dist|factor(overall)5", "estimate"])


def test_the_kamfix_net_promoter_score_is_that_of_r(twostage, r_kamfix):
    score = mean_estimate(twostage, promoter_values(kamfix_answers()["nps"]), bounds=(-1, 1))

    assert 100 * score.low == close(r_kamfix.loc["twostage_fpc|npsv", "ci_lo"])


def test_kamfix_hears_the_accounts_and_the_revenue_counted_in_r(r_kamfix):
    revenue = kamfix("frame").set_index("account_id")["revenue"]
    heard = response_table(kamfix_frame(), revenue=revenue).set_index("stratum").loc["all"]

    assert heard["rr1"] == close(r_kamfix.loc["coverage|accounts", "estimate"])
    assert heard["account_share_heard"] == close(r_kamfix.loc["coverage|accounts of frame", "estimate"])
    assert heard["revenue_share_heard"] == close(r_kamfix.loc["coverage|revenue of frame", "estimate"])
    assert heard["drawn_revenue_share_heard"] == close(r_kamfix.loc["coverage|revenue of sample", "estimate"])


SCHOOL_DESIGNS = {
    "srs_fpc": ("apisrs", None, None, True),
    "srs_nofpc": ("apisrs", None, None, False),
    "strat_fpc": ("apistrat", "stype", None, True),
    "strat_nofpc": ("apistrat", "stype", None, False),
    "clus1": ("apiclus1", None, "dnum", True),
}


def school_design(name: str) -> tuple[SurveyDesign, pd.DataFrame]:
    file, stratum, account_id, fpc = SCHOOL_DESIGNS[name]
    return schools(file, stratum, account_id, fpc=fpc), school_data(file)


SCHOOL_MEANS = [
    ("srs_fpc", "mean|api00"),
    ("srs_nofpc", "mean|api00"),
    ("strat_fpc", "mean|api00"),
    ("strat_fpc", "mean|api99"),
    ("strat_nofpc", "mean|api00"),
    ("clus1", "mean|api00"),
    ("srs_fpc", "prop|stypeE"),
    ("srs_fpc", "prop|stypeH"),
    ("srs_fpc", "prop|stypeM"),
    ("strat_fpc", "prop|sch.wideYes"),
    ("strat_fpc", "prop|awardsNo"),
]
# The files' plain rows print normal intervals; the estimate and its error are what is compared.
R_NAME = {("srs_fpc", "mean|api00"): "srs_fpc t|mean|api00"}


def school_variable(data: pd.DataFrame, check: str) -> pd.Series:
    kind, name = check.split("|")
    for column in ("stype", "sch.wide", "awards"):
        if kind == "prop" and name.startswith(column):
            return data[column] == name.removeprefix(column)
    return data[name]


@pytest.mark.parametrize(("design", "check"), SCHOOL_MEANS)
def test_school_means_and_errors_are_those_of_r(r_survey, design, check):
    sample, data = school_design(design)
    expected = r_survey.loc[R_NAME.get((design, check), f"{design}|{check}")]

    point = mean_point(sample, school_variable(data, check))

    assert (point.value, point.se) == (close(expected["estimate"]), close(expected["se"]))


@pytest.mark.parametrize("design", ["srs_fpc", "strat_fpc"])
def test_school_t_intervals_are_those_of_r(r_survey, design):
    sample, data = school_design(design)

    assert_equals(mean_estimate(sample, data["api00"]), r_survey.loc[f"{design} t|mean|api00"])


def test_the_enrolment_mean_of_the_simple_sample_is_that_of_r(r_survey):
    sample, data = school_design("srs_fpc")
    expected = r_survey.loc["srs_fpc z|mean|enroll"]

    point = mean_point(sample, data["enroll"])

    assert (point.value, point.se) == (close(expected["estimate"]), close(expected["se"]))


@pytest.mark.parametrize(("column", "label"), [("stype", "E"), ("awards", "No")])
def test_school_domains_are_those_of_r(r_survey, column, label):
    sample, data = school_design("strat_fpc")
    expected = r_survey.loc[f"strat_fpc|by {column} mean|{label}"]

    point = mean_point(sample, data["api00"], where=data[column] == label)

    assert (point.value, point.se) == (close(expected["estimate"]), close(expected["se"]))


def test_the_weights_of_the_stratified_sample_are_worth_168_schools(r_survey):
    effective = kish_size(school_data("apistrat")["pw"])

    assert effective == close(r_survey.loc["apistrat pw|effective n", "estimate"])
    assert 200 / effective == close(r_survey.loc["apistrat pw|Kish deff", "estimate"])


def wilson_cases() -> dict[str, tuple[SurveyDesign, pd.Series]]:
    stratified, apistrat = school_design("strat_fpc")
    simple, apisrs = school_design("srs_fpc")
    twostage = survey_design(kamfix_frame(), kamfix("responses").rename(columns={"overall": "value"}))
    return {
        "strat_fpc awards==Yes": (stratified, apistrat["awards"] == "Yes"),
        "srs_fpc awards==Yes": (simple, apisrs["awards"] == "Yes"),
        "kamfix twostage top2": (twostage, kamfix_answers()["overall"] >= 4),
    }


@pytest.mark.parametrize("case", ["strat_fpc awards==Yes", "srs_fpc awards==Yes", "kamfix twostage top2"])
def test_wilsons_interval_on_the_effective_n_is_that_of_r(case):
    expected = pd.read_csv(SHARED / "oracles/oracle_wilson_design_R.csv", index_col="check").loc[
        f"wilson_survey4.5|{case}"
    ]
    point = mean_point(*wilson_cases()[case])
    n_eff = point.value * (1 - point.value) / point.se**2

    assert (n_eff, point.df) == (close(expected["n_eff"]), expected["df"])
    assert wilson_interval(point.value, n_eff, df=point.df) == (
        close(expected["ci_lo"]),
        close(expected["ci_hi"]),
    )


@pytest.mark.parametrize("case", ["strat_fpc awards==Yes", "kamfix twostage top2"])
def test_a_weighted_or_clustered_share_takes_wilsons_interval_on_the_effective_n(case):
    expected = pd.read_csv(SHARED / "oracles/oracle_wilson_design_R.csv", index_col="check").loc[
        f"wilson_survey4.5|{case}"
    ]
    share = share_estimate(*wilson_cases()[case])

    assert (share.low, share.high) == (close(expected["ci_lo"]), close(expected["ci_hi"]))
    assert share.method == "Wilson on the effective n, with t"


@pytest.mark.parametrize("row", range(9))
def test_hypergeometric_intervals_are_those_of_r(row):
    case = pd.read_csv(SHARED / "oracles/oracle_hypergeom_R.csv").iloc[row]
    x, n, population = int(case["x"]), int(case["n"]), int(case["N"])
    names = [str(number) for number in range(n)]

    share = share_estimate(list_design(names, population), pd.Series(range(n), index=names) < x)

    assert hypergeometric_interval(x, n, population) == (case["K_lo"], case["K_hi"])
    assert (share.low, share.high) == (close(case["p_lo"]), close(case["p_hi"]))


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(81, 263, 0.25528852, 0.36620958), (0, 20, 0.0, 0.16112516)]
)
def test_wilsons_interval_is_newcombes(hits, n, low, high):
    # Newcombe (1998), Statistics in Medicine 17: 857-872, table I.
    assert wilson_interval(hits / n, n) == (pytest.approx(low, abs=1e-8), pytest.approx(high, abs=1e-8))


def test_the_five_levels_of_the_founding_text_give_the_numbers_worked_out_for_it():
    # 12/20/8/6/4 answers, best first; ../shared/oracles.md, "Seed scale".
    levels = pd.Series([5] * 12 + [4] * 20 + [3] * 8 + [2] * 6 + [1] * 4).rename(lambda row: f"c{row}")
    net = mean_estimate(list_design(levels.index), net_values(levels))

    assert (round(net.value, 4), round(net.se, 4)) == (0.44, 0.1149)


def test_the_net_promoter_score_of_162_108_54_is_a_third():
    # ../shared/oracles.md: NPS 33.33, SE 4.1473 with n−1.
    marks = pd.Series([10] * 162 + [7] * 108 + [3] * 54).rename(lambda row: f"c{row}")
    score = mean_estimate(list_design(marks.index), promoter_values(marks), bounds=(-1, 1))

    assert (round(100 * score.value, 2), round(100 * score.se, 4)) == (33.33, 4.1473)


def assert_equals(mean: SurveyEstimate, expected: pd.Series) -> None:
    found = (mean.value, mean.se, mean.low, mean.high)
    assert found == tuple(close(expected[name]) for name in ("estimate", "se", "ci_lo", "ci_hi"))
