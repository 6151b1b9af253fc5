"""What a sample will tell: by hand, from the last wave, and against what the estimator then gives."""

import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.snapshot import account_table
from kamlib.analysis.survey.estimator.design import SurveyDesign, list_design
from kamlib.analysis.survey.estimator.means import mean_estimate
from kamlib.analysis.survey.sampling.draw import drawn_sample
from kamlib.analysis.survey.sampling.frame import sampling_frame
from kamlib.analysis.survey.sampling.planning import expected_precision, past_answers, sample_plan
from kamlib.data.sample import sample_tables
from kamlib.data.sample.opinion import expected_overall
from kamlib.data.sample.recipe import Recipe
from kamlib.data.sample.truth import truth_table
from kamlib.estimate import Unknown

FRAME = pd.DataFrame({"account_id": range(200), "stratum": ["A"] * 50 + ["B"] * 150})
NOTHING = past_answers(*[Unknown("There is no survey.")] * 4)


def plan(frame=FRAME, past=NOTHING, *, margin=0.1, response=0.5, least=8, neyman=False):
    return sample_plan(frame, past, margin=margin, response=response, least=least, neyman=neyman)


def test_the_answers_wanted_are_those_of_the_margin_and_as_many_more_are_asked_as_stay_silent():
    table = plan().set_index("stratum")

    assert table["wanted"].to_dict() == {"A": 17, "B": 49}
    assert table["asked"].to_dict() == {"A": 34, "B": 98}
    assert table["expected"].to_dict() == {"A": 17, "B": 49}


def test_a_stratum_that_is_too_short_gives_what_it_has():
    table = plan(margin=0.05).set_index("stratum")

    assert table["wanted"].to_dict() == {"A": 33, "B": 99}
    assert table["asked"].to_dict() == {"A": 50, "B": 150}
    assert table["expected"].to_dict() == {"A": 25, "B": 75}


def test_minimums_raise_the_sample_above_what_the_margin_needs():
    assert plan(margin=0.4, least=30)["wanted"].tolist() == [30, 30]


def test_neyman_asks_more_where_opinions_differed_more():
    past = pd.DataFrame({"share": [0.5, 0.5], "spread": [0.5, 0.1]}, index=["A", "B"])

    assert plan(past=past, neyman=True)["wanted"].tolist() == [41, 25]
    assert plan(past=past)["wanted"].tolist() == [17, 49]


def test_the_expected_range_can_be_worked_out_by_hand():
    strata = pd.DataFrame(
        {"stratum": ["A", "B"], "accounts": [100, 300], "expected": [20, 60], "share": 0.5, "spread": 0.5}
    )
    whole = expected_precision(strata).set_index("stratum").loc["all"]

    se = (0.25**2 * 0.8 * 0.25 / 20 + 0.75**2 * 0.8 * 0.25 / 60) ** 0.5
    assert whole["se"] == pytest.approx(se)
    assert whole["margin"] == pytest.approx(1.9908 * se, rel=1e-4)  # t with 78 degrees of freedom


def test_everybody_asked_and_answering_leaves_nothing_open():
    strata = pd.DataFrame({"stratum": ["A"], "accounts": [20], "expected": [20], "share": 0.6, "spread": 0.5})

    assert (
        expected_precision(strata)[["share_low", "share_high", "share_method"]].to_numpy().tolist()
        == [[0.6, 0.6, "census"]] * 2
    )


def test_fewer_than_five_answers_are_too_few_to_tell():
    strata = pd.DataFrame(
        {"stratum": ["A"], "accounts": [20], "expected": [4.2], "share": 0.6, "spread": 0.5}
    )

    table = expected_precision(strata)
    assert table["share"].isna().all()
    assert table["share_note"][0] == "About 4 answers: too few to tell (at least 5 are needed)."


def wave(levels):
    names = list(levels)
    waves = pd.DataFrame({"wave_id": ["W1"], "opened_at": pd.to_datetime(["2025-01-01"])})
    frame = pd.DataFrame({"wave_id": "W1", "account_id": names, "stratum": [name[0] for name in names]})
    frame = frame.assign(n_contacts=1, drawn=True, disposition="I")
    items = pd.DataFrame({"item_id": ["q1"], "aspect": ["overall"]})
    responses = pd.DataFrame({"wave_id": "W1", "contact_id": names, "account_id": names, "item_id": "q1"})
    return waves, frame, responses.assign(value=list(levels.values())), items


def test_the_last_wave_says_how_each_stratum_answered():
    levels = {f"A{n}": level for n, level in enumerate([5, 4, 5, 2, 1])}

    past = past_answers(*wave(levels))
    assert past.round(4).to_dict("index") == {"A": {"share": 0.6, "spread": 0.5477, "answered": 5}}


def test_where_few_of_one_stratum_answered_none_is_told_so_that_it_cannot_be_worked_out():
    few = {f"A{n}": level for n, level in enumerate([5, 4, 2, 1])}
    many = {f"B{n}": level for n, level in enumerate([5, 4, 2, 1, 1])}

    assert past_answers(*wave(few | many)).empty
    assert past_answers(*wave(many)).index.tolist() == ["B"]


def test_a_stratum_that_answered_all_alike_tells_nothing_of_its_spread():
    alike = {f"A{n}": 5 for n in range(9)} | {f"B{n}": level for n, level in enumerate([5, 4, 2, 1, 1])}

    assert past_answers(*wave(alike)).index.tolist() == ["B"]


def test_a_wave_that_nobody_has_answered_is_as_none():
    waves, frame, responses, items = wave({"A1": 5})

    assert past_answers(waves, frame, responses.head(0), items).empty


@pytest.fixture(scope="module")
def population():
    """Return the sample company's key accounts with what each thinks in truth, 1 to 5."""
    tables, truth = sample_tables(seed=1), truth_table(Recipe(accounts=320, years=4, seed=1))
    frame = sampling_frame(account_table(tables["order_lines"], dt.date(2025, 12, 31)), tables["accounts"])
    content = truth["content_W2025"][frame["account_id"]].to_numpy()
    return frame.assign(opinion=expected_overall(content))


def test_the_expected_precision_is_what_the_estimator_gives_on_average(population):
    in_stratum = population.groupby("stratum")["opinion"]
    past = pd.DataFrame({"share": in_stratum.mean(), "spread": in_stratum.std()})
    planned = plan(population, past, response=1.0, neyman=True)
    expected = expected_precision(planned).set_index("stratum").loc["all", "se"]
    found = pd.DataFrame([estimated(population, planned, seed) for seed in range(120)])
    truth = population["opinion"].mean()

    assert (found["se"] ** 2).mean() ** 0.5 == pytest.approx(expected, rel=0.04)
    assert found["value"].std() == pytest.approx(expected, rel=0.25)
    assert found["value"].mean() == pytest.approx(truth, abs=4 * expected / 120**0.5)
    assert found["low"].lt(truth).mul(found["high"].gt(truth)).mean() > 0.88


def estimated(population, planned, seed):
    sample = drawn_sample(population, planned.set_index("stratum")["asked"], seed=seed).query("drawn")
    rows = sample.assign(
        stratum_accounts=sample["weight"] * sample.groupby("stratum")["drawn"].transform("sum")
    )
    rows = rows.assign(account_contacts=1.0).set_index(sample["account_id"].rename("contact_id"))
    mean = mean_estimate(SurveyDesign(rows), rows["opinion"])
    return {"value": mean.value, "se": mean.se, "low": mean.low, "high": mean.high}


def test_for_a_plain_list_it_is_the_standard_error_of_that_list():
    flags = pd.Series([1.0] * 12 + [0.0] * 8, index=[f"c{n}" for n in range(20)])
    strata = pd.DataFrame(
        {"stratum": ["A"], "accounts": [50], "expected": [20], "share": 0.6, "spread": flags.std()}
    )

    assert expected_precision(strata)["se"][0] == pytest.approx(
        mean_estimate(list_design(flags.index, 50), flags).se
    )
