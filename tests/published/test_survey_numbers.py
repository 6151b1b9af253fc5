"""Every survey figure of ../shared/oracles that the library can produce, line by line, against R.

`PRODUCED` says how a line is worked out here, `ELSEWHERE` which other test holds it, `LEFT_OUT` and
`INTERVALS_LEFT_OUT` why it is not held at all. No line of any file is without one of them.
"""

import os
import re
from collections.abc import Callable
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kamlib.analysis.survey.comparisons import difference_interval, holm_adjusted, share_test
from kamlib.analysis.survey.estimator.design import SurveyDesign, list_design, survey_design
from kamlib.analysis.survey.estimator.means import (
    SurveyEstimate,
    kish_size,
    mean_estimate,
    mean_point,
    wilson_interval,
)
from kamlib.analysis.survey.estimator.proportions import hypergeometric_interval, share_estimate
from kamlib.analysis.survey.estimator.variance import sampling_covariance
from kamlib.analysis.survey.response import response_rate, response_table
from kamlib.analysis.survey.sampling.allocation import allocation
from kamlib.analysis.survey.sampling.sample_size import share_size
from kamlib.analysis.survey.scale import level_table, promoter_values, satisfaction_table
from kamlib.analysis.survey.views import promoter_views, three_views

ROOT = Path(__file__).parents[2]
SHARED = ROOT / "../shared"
DOCUMENT = ROOT / "docs/published_survey_numbers.md"
pytestmark = pytest.mark.skipif(
    not (SHARED / "oracles").is_dir() and os.environ.get("CI") != "true",
    reason="the published numbers lie in ../shared, which is not here",
)
FILES = {
    "survey": "R survey 4.5 on the California schools (api*)",
    "kamfixture": "R survey 4.5 on a made-up survey of key accounts",
    "wilson_design": "R survey 4.5, svyciprop(method = 'wilson')",
    "calibration": "R survey 4.5, rake and calibrate",
    "hypergeom": "exact intervals of a short list, worked out in R",
    "stats": "R 4.5 and the papers named in its notes",
    "kam": "worked out by hand, or printed in the source named",
}
_NAMES = {"kam": "oracle_kam_domain"}

LEFT_OUT = {
    "survey: pop|*": "facts of the whole population, which is not among the data; nothing is estimated",
    "survey: *|deff(api00)": "no page shows a design effect; the effective base says the same",
    "survey: *svyglm*": "a regression; drivers are weighed by Johnson's method instead",
    "survey: *JK1*": "the jackknife; ranges come from linearisation",
    "survey: *trimWeights*": "weights are not trimmed: the largest is shown instead",
    "survey: *DEFAULT control*": "R's raking stopped early; ours goes on to 1e-10, the lines named tight",
    "survey: strat_fpc rake tight|*": "R's rake() weighs residuals alike; its calibrate() is held",
    "calibration: strat_fpc|rake": "R's rake() weighs residuals alike; its calibrate() is held",
    "calibration: *|cal_linear": "linear calibration may give weights below zero and is not offered",
    "kamfixture: *deff replace*": "no page shows a design effect; the effective base says the same",
    "kamfixture: *svychisq*": "a test of the whole table; pairs of groups are compared instead",
    "stats: clopper|*": "another interval of a share; ours is Wilson's, or exact for a finite list",
    "stats: agresti_coull|*": "another interval of a share; ours is Wilson's, or exact for a finite list",
    "stats: nps|*|se_n": "divides by n; ours divides by n - 1, as R's survey does",
    "stats: nps|*|lo": "a normal interval with the error divided by n; ours takes t and n - 1",
    "stats: nps|*|hi": "a normal interval with the error divided by n; ours takes t and n - 1",
    "stats: nps_diff|*": "a normal test with errors divided by n; waves are compared in pairs instead",
    "stats: cochran_n0|*": "the size before rounding up; the rounded lines are held",
    "stats: cochran_fpc|*|raw": "the size before rounding up; the rounded lines are held",
    "stats: krejcie_morgan|*": "a printed table that rounds to the nearest; ours rounds up",
    "stats: colprop_effbase|pp": "a step on the way to t, which is held",
    "stats: bh|*": "Benjamini and Hochberg's method; pairs are adjusted by Holm's",
    "stats: lmg|*": "Shapley weights; drivers are weighed by Johnson's method instead",
    "stats: cronbach_*": "no page shows how far items hang together",
    "stats: wave|welch se": "a step on the way to p, which is held",
    "stats: wave|mcnemar*": "a test of shares of the satisfied; matched means are compared",
    "kam: likert5|csat index 0-100": "no page shows an index; it is the mean on another scale",
    "kam: likert5|net se (multinomial, /n)": "divides by n; ours divides by n - 1, as R's survey does",
}
INTERVALS_LEFT_OUT = {
    "survey: *|mean|*": "a normal interval; ours takes t, the lines named t",
    "survey: *|prop|*": "a normal interval; ours takes t, the lines named t",
    "survey: *|total|*": "a normal interval of a total; no page shows totals",
    "survey: *|by * mean|*": "a normal interval; ours takes t",
    "survey: *svyciprop *": "another interval of a share; ours is Wilson's on the effective base",
    "kamfixture: *svyciprop *": "another interval of a share; ours is Wilson's on the effective base",
}
ELSEWHERE = {
    "survey: *postStratify*": "test_raking_numbers.py",
    "survey: srs_fpc rake tight*": "test_raking_numbers.py",
    "survey: clus1 rake tight*": "test_raking_numbers.py",
    "calibration: *|cal_raking": "test_raking_numbers.py",
    "calibration: srs_*|rake": "test_raking_numbers.py",
    "calibration: clus1|rake": "test_raking_numbers.py",
    "kamfixture: rake|*": "test_raking_numbers.py",
    "stats: driver|*": "test_drivers_numbers.py",
    "stats: johnson|*": "test_drivers_numbers.py",
    "stats: wave|paired *": "test_drivers_numbers.py",
    "stats: wave|welch p": "test_drivers_numbers.py",
    "kam: suppress|tivian hidden count": "../analysis/survey/test_suppression.py",
}
_NOT_OF_SURVEYS = ["stats: *|ineq10", "stats: hhi10000|*", "kam: [!las]*", "kam: asc280|*", "kam: screen|*"]
"""Lines about the concentration of sales and the rest of key account management."""

Numbers = dict[str, float]
PRODUCED: dict[str, Callable[..., Numbers]] = {}


def produces(pattern: str) -> Callable[[Callable[..., Numbers]], Callable[..., Numbers]]:
    """Register how the lines that match are worked out; the groups of the pattern are the arguments."""

    def register(function: Callable[..., Numbers]) -> Callable[..., Numbers]:
        PRODUCED[pattern] = function
        return function

    return register


@cache
def lines(name: str) -> pd.DataFrame:
    """Return one file by line, its columns of numbers only."""
    file = SHARED / f"oracles/{_NAMES.get(name, f'oracle_{name}_R')}.csv"
    if not file.is_file():
        return pd.DataFrame()
    table = pd.read_csv(file)
    keys = {"hypergeom": ["x", "n", "N"], "calibration": ["design", "method"]}.get(name, ["check"])
    label = table[keys].astype(str).agg("|".join, axis=1)
    return table.set_index(f"{name}: " + label).drop(columns=keys).select_dtypes("number")


ALL_LINES = [
    check
    for name in FILES
    for check in lines(name).index
    if not any(fnmatchcase(check, pattern) for pattern in _NOT_OF_SURVEYS)
]


def told_by(check: str, patterns: dict[str, str]) -> list[str]:
    return [pattern for pattern in patterns if fnmatchcase(check, pattern)]


def producers(check: str) -> list[tuple[Callable[..., Numbers], tuple[str, ...]]]:
    found = [(function, re.fullmatch(pattern, check)) for pattern, function in PRODUCED.items()]
    return [(function, match.groups()) for function, match in found if match]


def numbers_of(mean: SurveyEstimate) -> Numbers:
    return {"estimate": mean.value, "se": mean.se, "ci_lo": mean.low, "ci_hi": mean.high}


def point_of(*arguments: object, **options: object) -> Numbers:
    point = mean_point(*arguments, **options)
    return {"estimate": point.value, "se": point.se}


# The California schools.

SCHOOL_DESIGNS = {
    "srs_fpc": ("apisrs", None, None, True),
    "srs_nofpc": ("apisrs", None, None, False),
    "strat_fpc": ("apistrat", "stype", None, True),
    "strat_nofpc": ("apistrat", "stype", None, False),
    "clus1": ("apiclus1", None, "dnum", True),
}
SCHOOLS = f"survey: ({'|'.join(SCHOOL_DESIGNS)})"


@cache
def school_data(name: str) -> pd.DataFrame:
    return pd.read_csv(SHARED / f"data/survey/{name}.csv")


@cache
def school_design(name: str) -> tuple[SurveyDesign, pd.DataFrame]:
    file, stratum, account_id, fpc = SCHOOL_DESIGNS[name]
    data = school_data(file)
    rows = pd.DataFrame({"weight": data["pw"], "stratum": data[stratum] if stratum else "all"})
    rows["account_id"] = data[account_id] if account_id else data.index
    rows["stratum_accounts"] = data["fpc"] if fpc else np.inf
    contacts = rows.groupby("account_id")["weight"].transform("size")
    return SurveyDesign(rows.assign(account_contacts=contacts)), data


@produces(rf"{SCHOOLS}( z| t)?\|mean\|(\S+)")
def school_mean(design: str, interval: str | None, variable: str) -> Numbers:
    sample, data = school_design(design)
    found = numbers_of(mean_estimate(sample, data[variable]))
    return found if interval == " t" else {name: found[name] for name in ("estimate", "se")}


@produces(rf"{SCHOOLS}\|prop\|(stype|sch\.wide|awards)(\S+)")
def school_share(design: str, variable: str, label: str) -> Numbers:
    sample, data = school_design(design)
    return point_of(sample, data[variable] == label)


@produces(rf"{SCHOOLS}\|total\|(\S+)")
def school_total(design: str, variable: str) -> Numbers:
    sample, data = school_design(design)
    scores = (sample.rows["weight"] * data[variable]).to_numpy()
    return {"estimate": scores.sum(), "se": sampling_covariance(sample, scores[:, None]).item() ** 0.5}


@produces(rf"{SCHOOLS}\|by (\S+) mean\|(\S+)")
def school_domain(design: str, variable: str, label: str) -> Numbers:
    sample, data = school_design(design)
    return point_of(sample, data["api00"], where=data[variable] == label)


@produces(rf"{SCHOOLS}\|svyciprop (\w+)")
def school_award(design: str, method: str) -> Numbers:
    sample, data = school_design(design)
    found = numbers_of(mean_estimate(sample, data["awards"] == "Yes"))
    return found if method == "mean" else {name: found[name] for name in ("estimate", "se")}


@produces(r"survey: apistrat pw\|(Kish deff|effective n)")
def school_weights(name: str) -> Numbers:
    effective = kish_size(school_data("apistrat")["pw"])
    return {"estimate": effective if name == "effective n" else 200 / effective}


# The made-up survey of key accounts.

VARIANTS = "(twostage_fpc|onestage_nofpc|onestage_fpc)"
KAMFIX_VARIABLES: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "overall": lambda d: d["overall"],
    "top2": lambda d: d["overall"] >= 4,
    "bot2": lambda d: d["overall"] <= 2,
    "net": lambda d: 100 * np.sign(d["overall"] - 3),
    "npsv": lambda d: 100 * promoter_values(d["nps"]),
    "na.rm|culture": lambda d: d["culture"],
    **{f"dist|factor(overall){level}": lambda d, level=level: d["overall"] == level for level in range(1, 6)},
}


@cache
def kamfix(name: str) -> pd.DataFrame:
    return pd.read_csv(SHARED / f"data/survey/kamfix_{name}.csv")


def kamfix_answers() -> pd.DataFrame:
    return kamfix("responses").set_index("contact_id")


def kamfix_revenue() -> pd.Series:
    return kamfix("frame").set_index("account_id")["revenue"]


def kamfix_frame() -> pd.DataFrame:
    responded = kamfix("sample").set_index("account_id")["responded"].map({True: "I", False: "NC"})
    frame = kamfix("frame").rename(columns={"tier": "stratum"})
    frame["disposition"] = frame["account_id"].map(responded)
    return frame.assign(drawn=frame["disposition"].notna())


@cache
def kamfix_design(name: str = "twostage_fpc") -> SurveyDesign:
    design = survey_design(kamfix_frame(), kamfix("responses").rename(columns={"overall": "value"}))
    answered = design.rows.groupby("account_id")["weight"].transform("size")
    changes = {"onestage_nofpc": {"stratum_accounts": np.inf}, "onestage_fpc": {"account_contacts": answered}}
    return SurveyDesign(design.rows.assign(**changes.get(name, {})))


def voices() -> pd.Series:
    """Return how much a contact counts so that each account has one voice."""
    return 1 / kamfix_design().rows["account_contacts"]


@produces(rf"kamfixture: {VARIANTS}\|({'|'.join(map(re.escape, KAMFIX_VARIABLES))})")
def kamfix_mean(design: str, variable: str) -> Numbers:
    return numbers_of(mean_estimate(kamfix_design(design), KAMFIX_VARIABLES[variable](kamfix_answers())))


@produces(rf"kamfixture: {VARIANTS}\|by tier\|(\w)")
def kamfix_tier(design: str, tier: str) -> Numbers:
    answers = kamfix_answers()
    return numbers_of(mean_estimate(kamfix_design(design), answers["overall"], where=answers["tier"] == tier))


@produces(rf"kamfixture: {VARIANTS}\|revenue-weighted overall \(ratio\)")
def kamfix_ratio(design: str) -> Numbers:
    answers = kamfix_answers()
    return point_of(kamfix_design(design), answers["overall"], size=answers["revenue"])


@produces(r"kamfixture: account_level_fpc\|(overall|npsv)")
def kamfix_account_mean(variable: str) -> Numbers:
    # R took the accounts' means as if all their contacts had answered: no second stage.
    values = KAMFIX_VARIABLES[variable](kamfix_answers())
    return numbers_of(mean_estimate(kamfix_design("onestage_fpc"), values, size=voices()))


@produces(r"kamfixture: account_level_fpc\|revenue-weighted overall \(ratio\)")
def kamfix_account_ratio() -> Numbers:
    answers = kamfix_answers()
    return point_of(kamfix_design("onestage_fpc"), answers["overall"], size=voices() * answers["revenue"])


@produces(r"kamfixture: account_level\|revenue-weighted mean of responders \(no design\)")
def kamfix_plain_ratio() -> Numbers:
    design, answers = kamfix_design("onestage_fpc"), kamfix_answers()
    alike = replace(design, rows=design.rows.assign(weight=1.0))
    size = answers["revenue"] / alike.rows["account_contacts"]
    return {"estimate": mean_point(alike, answers["overall"], size=size).value}


@produces(r"kamfixture: twostage_fpc\|svyciprop top2 (\w+)")
def kamfix_share(method: str) -> Numbers:
    found = kamfix_mean("twostage_fpc", "top2")
    return found if method == "mean" else {name: found[name] for name in ("estimate", "se")}


@produces(r"kamfixture: coverage\|(.+)")
def kamfix_coverage(name: str) -> Numbers:
    heard = response_table(kamfix_frame(), revenue=kamfix_revenue()).iloc[-1]
    columns = {
        "accounts": "rr1",
        "accounts of frame": "account_share_heard",
        "revenue of frame": "revenue_share_heard",
        "revenue of sample": "drawn_revenue_share_heard",
    }
    return {"estimate": heard[columns[name]]}


def share_case(name: str) -> tuple[SurveyDesign, pd.Series]:
    if name == "kamfix twostage top2":
        return kamfix_design(), kamfix_answers()["overall"] >= 4
    design, data = school_design(name.removesuffix(" awards==Yes"))
    return design, data["awards"] == "Yes"


@produces(r"wilson_design: wilson_survey4\.5\|(.+)")
def wilson_on_a_design(case: str) -> Numbers:
    point = mean_point(*share_case(case))
    n_eff = point.value * (1 - point.value) / point.se**2
    low, high = wilson_interval(point.value, n_eff, df=point.df)
    return {"p": point.value, "se": point.se, "n_eff": n_eff, "ci_lo": low, "ci_hi": high, "df": point.df}


@produces(r"hypergeom: (\d+)\|(\d+)\|(\d+)")
def exact_interval(*numbers: str) -> Numbers:
    hits, n, population = map(int, numbers)
    names = [str(number) for number in range(n)]
    share = share_estimate(list_design(names, population), pd.Series(range(n), index=names) < hits)
    low, high = hypergeometric_interval(hits, n, population)
    return {"K_lo": low, "K_hi": high, "p_lo": share.low, "p_hi": share.high}


# Single formulas.


@produces(r"stats: wilson\|(\d+)/(\d+)\|(lo|hi)")
def wilson(hits: str, n: str, end: str) -> Numbers:
    return {"value": wilson_interval(int(hits) / int(n), int(n))[end == "hi"]}


@produces(r"stats: newcombe\|(\d+)/(\d+)-(\d+)/(\d+)\|(diff|lo|hi)")
def newcombe(*case: str) -> Numbers:
    hits, n, other_hits, other_n = map(int, case[:4])
    one, other = ((k / m, *wilson_interval(k / m, m)) for k, m in ((hits, n), (other_hits, other_n)))
    low, high = difference_interval(one, other)
    return {"value": {"diff": one[0] - other[0], "lo": low, "hi": high}[case[4]]}


@produces(r"stats: nps\|(\d+),(\d+),(\d+)\|(nps|se_n1)")
def promoters(*case: str) -> Numbers:
    marks = pd.Series(np.repeat([10, 7, 3], [int(count) for count in case[:3]])).rename(lambda row: f"c{row}")
    point = mean_point(list_design(marks.index), promoter_values(marks))
    return {"value": 100 * (point.value if case[3] == "nps" else point.se)}


@produces(r"stats: cochran_fpc\|e=([\d.]+),N=(\d+)\|ceil")
def cochran(margin: str, population: str) -> Numbers:
    return {"value": share_size(float(margin), int(population))}


@produces(r"stats: (neyman|proportional)\|h(\d)")
def spread_of_a_sample(method: str, stratum: str) -> Numbers:
    accounts, spread = pd.Series([50, 80, 120], list("123")), pd.Series([30, 20, 10], list("123"))
    exact = allocation(accounts, 60, spread=spread if method == "neyman" else None)["exact"]
    return {"value": exact.iloc[int(stratum) - 1]}


@produces(r"stats: colprop_effbase\|(p1|p2|e1|e2|t|df|pvalue)")
def effective_base_test(name: str) -> Numbers:
    # The fixture of the note: weights 1.5 and .8 against 1 and 2.
    groups = [([1.5] * 40 + [0.8] * 60, 26, 33), ([1.0] * 50 + [2.0] * 25, 18, 11)]
    cases = []
    for weights, *hits in groups:
        sizes = [sum(weight == kind for weight in weights) for kind in dict.fromkeys(weights)]
        said = np.concatenate([np.arange(size) < hit for size, hit in zip(sizes, hits, strict=True)])
        cases.append((float(np.average(said, weights=weights)), kish_size(np.array(weights))))
    t, df, p = share_test(*cases)
    (p1, e1), (p2, e2) = cases
    return {"value": {"p1": p1, "p2": p2, "e1": e1, "e2": e2, "t": t, "df": df, "pvalue": p}[name]}


@produces(r"stats: holm\|(\d)")
def holm(place: str) -> Numbers:
    adjusted = holm_adjusted(pd.Series([0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205]))
    return {"value": adjusted.iloc[int(place) - 1]}


@produces(r"kam: likert5\|(.+)")
def seed_scale(name: str) -> Numbers:
    levels = pd.Series([5] * 12 + [4] * 20 + [3] * 8 + [2] * 6 + [1] * 4).rename(lambda row: f"c{row}")
    row = satisfaction_table(list_design(levels.index), levels.to_frame("overall")).iloc[0]
    if name == "net se fpc N=75":
        return {"value": mean_point(list_design(levels.index, 75), np.sign(levels - 3)).se}
    columns = {
        "top2 (no opinion in base)": "top2",
        "top2 (no opinion excluded)": "opinion_top2",
        "bottom2": "bottom2",
        "net (base all)": "net",
        "net (opinions only)": "opinion_net",
        "mean 1-5": "mean",
    }
    return {"value": row[columns[name]]} if name in columns else {}


@produces(r"kam: aapor\|(RR1|RR2|RR3 e=\.5|RR5)")
def aapor(rate: str) -> Numbers:
    counts = pd.Series({"I": 60, "P": 5, "R": 10, "NC": 15, "O": 2, "U": 8, "ineligible": 0})
    eligibility = {"RR3 e=.5": 0.5, "RR5": 0.0}.get(rate, 1.0)
    return {"value": response_rate(counts, eligibility=eligibility, partial=rate == "RR2")}


def document() -> str:
    """Return the list of what is left out as a page."""
    parts = ["# Published survey numbers\n", _OPENING]
    parts += [f"- `{name}`: {source}.\n" for name, source in FILES.items()]
    for title, reasons in (
        ("Lines that are not held, and why", LEFT_OUT),
        ("Lines of which the estimate and its error are held, the interval not", INTERVALS_LEFT_OUT),
        ("Lines held by another test", {pattern: f"`{file}`" for pattern, file in ELSEWHERE.items()}),
    ):
        parts.append(f"\n## {title}\n\n")
        parts += [f"- `{pattern}`: {reason}.\n" for pattern, reason in reasons.items()]
    return "".join(parts)


_OPENING = """
The survey's numbers are held against R and against printed figures, line by line, to one part in a million,
by `tests/published/test_survey_numbers.py`. This page is the list in that test; a `*` stands for anything.

"""


@pytest.mark.parametrize(
    "check", [check for check in ALL_LINES if producers(check) and not told_by(check, LEFT_OUT)]
)
def test_the_line_is_that_of_the_file(check):
    [(function, arguments)] = producers(check)
    expected = lines(check.split(":")[0]).loc[check].dropna()
    found = function(*arguments)
    if told_by(check, INTERVALS_LEFT_OUT):
        expected = expected[[name for name in expected.index if name in found or not name.startswith("ci_")]]

    assert [found[name] for name in expected.index] == pytest.approx(expected.tolist(), rel=1e-6, abs=1e-9)


def test_every_line_is_held_here_or_elsewhere_or_left_out_with_a_reason():
    doubtful = {
        check: (len(producers(check)), told_by(check, ELSEWHERE), told_by(check, LEFT_OUT))
        for check in ALL_LINES
        if not told_by(check, LEFT_OUT)
        and (len(producers(check)), len(told_by(check, ELSEWHERE))) not in [(1, 0), (0, 1)]
    }

    assert doubtful == {}
    assert len(ALL_LINES) > 400


@pytest.mark.parametrize("pattern", [*LEFT_OUT, *INTERVALS_LEFT_OUT, *ELSEWHERE])
def test_no_reason_is_given_for_lines_that_are_not_there(pattern):
    assert any(fnmatchcase(check, pattern) for check in ALL_LINES)


@pytest.mark.parametrize("file", sorted(set(ELSEWHERE.values())))
def test_the_other_test_is_there(file):
    assert (Path(__file__).parent / file).is_file()


def test_the_document_lists_what_is_left_out_and_why():
    assert DOCUMENT.read_text(encoding="utf-8") == document()


@pytest.mark.parametrize("case", ["strat_fpc awards==Yes", "kamfix twostage top2"])
def test_a_weighted_or_clustered_share_takes_wilsons_interval_on_the_effective_n(case):
    expected = lines("wilson_design").loc[f"wilson_design: wilson_survey4.5|{case}"]
    share = share_estimate(*share_case(case))

    assert (share.low, share.high) == pytest.approx((expected["ci_lo"], expected["ci_hi"]), rel=1e-6)
    assert share.method == "Wilson on the effective n, with t"


def test_the_kamfix_tables_show_rs_numbers():
    expected = lines("kamfixture")
    row = satisfaction_table(kamfix_design(), kamfix_answers()[["overall"]]).iloc[0]
    levels = level_table(kamfix_design(), kamfix_answers()[["overall"]]).set_index("level")["share"]

    assert row["mean_low"] == pytest.approx(expected.loc["kamfixture: twostage_fpc|overall", "ci_lo"])
    assert 100 * row["net_high"] == pytest.approx(expected.loc["kamfixture: twostage_fpc|net", "ci_hi"])
    assert levels[5] == pytest.approx(
        expected.loc["kamfixture: twostage_fpc|dist|factor(overall)5", "estimate"]
    )


def test_the_three_views_show_rs_numbers():
    expected = lines("kamfixture")["estimate"]
    views = three_views(kamfix_design(), kamfix_answers()[["overall"]], revenue=kamfix_revenue())

    assert views["mean"].tolist() == pytest.approx(
        expected[
            [
                "kamfixture: twostage_fpc|overall",
                "kamfixture: account_level_fpc|overall",
                "kamfixture: account_level_fpc|revenue-weighted overall (ratio)",
            ]
        ].tolist()
    )


def test_the_net_promoter_score_in_the_three_views_is_rs():
    expected = lines("kamfixture")
    views = promoter_views(kamfix_design(), kamfix_answers()[["nps"]], revenue=kamfix_revenue())

    assert 100 * views["nps_low"][0] == pytest.approx(expected.loc["kamfixture: twostage_fpc|npsv", "ci_lo"])
    assert 100 * views["nps"][1] == pytest.approx(
        expected.loc["kamfixture: account_level_fpc|npsv", "estimate"]
    )
