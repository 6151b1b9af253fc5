"""What `make bench` stands on: the known company, the draws from it, and what a range is held to."""

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def bench() -> Iterator[Callable[[str], ModuleType]]:
    """Return what imports a module of benchmarks/."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "benchmarks")
        yield importlib.import_module


def coverages(**changed: object) -> pd.DataFrame:
    row = {"design": "plain list", "what": "share", "truth": ".05 to .95", "interval": "exact"}
    row |= {"coverage": 0.96, "lowest": 0.951, "width": 0.2, "band": "95% or more, each", "draws": 5000}
    row |= {"wald_coverage": 0.93, "wald_lowest": 0.8, "wald_width": 0.19, "is_missed": False}
    return pd.DataFrame([row | changed])


def test_a_property_of_a_tenth_of_all_is_had_by_a_tenth_of_the_contacts(bench):
    people = bench("population").company(several=False, seed=1)

    assert bench("population").flags(people["mood"])[0.1].sum() == 25


def test_colleagues_answer_more_alike_than_strangers(bench):
    people = bench("population").company(several=True, seed=1)
    within = people["mood"] - people.groupby("account")["mood"].transform("mean")

    assert within.std() < 0.8 * people["mood"].std()


def test_a_draw_takes_so_many_of_each_group(bench):
    group = np.array([0, 0, 0, 1, 1, 1, 1])
    drawn = bench("draws").lowest(group, np.array([1, 3]), 50, np.random.default_rng(1))

    assert (drawn[:, :3].sum(axis=1) == 1).all()
    assert (drawn[:, 3:].sum(axis=1) == 3).all()


def test_each_draw_of_a_plain_list_stands_for_the_whole_list(bench):
    sampling = bench("draws").SAMPLINGS[0]
    draw, _, design = bench("draws").drawn(sampling.people(1), sampling, np.random.default_rng(1))

    assert np.bincount(draw, design.rows["weight"]) == pytest.approx(np.full(sampling.stack, 250))


def test_raked_weights_of_each_draw_add_up_to_the_contacts_of_the_company(bench):
    sampling = bench("draws").SAMPLINGS[-1]
    people = sampling.people(1)
    draw, _, design = bench("draws").drawn(people, sampling, np.random.default_rng(1))

    assert np.bincount(draw, design.rows["weight"]) == pytest.approx(np.full(sampling.stack, len(people)))


def test_the_same_seed_draws_the_same_contacts(bench):
    sampling = bench("draws").SAMPLINGS[2]
    contacts = [
        bench("draws").drawn(sampling.people(1), sampling, np.random.default_rng(5))[1] for _ in range(2)
    ]

    assert np.array_equal(*contacts)


def test_a_range_that_misses_the_truth_does_not_hold_it(bench):
    points = pd.DataFrame({"variable": "x", "value": [0.5, 0.9], "se": [0.1, 0.1]})
    ranges = pd.DataFrame({"low": [0.3, 0.8], "high": [0.7, 1.0]})
    found = bench("covered").outcomes(points, ranges, pd.Series([0.5, 0.5]))

    assert found["coverage"].tolist() == [0.5]
    assert found["wald_width"].tolist() == pytest.approx([0.392])


def test_a_full_run_must_keep_its_band_to_the_letter(bench):
    assert bench("covered").MEAN.is_missed(0.9398, 5000)
    assert not bench("covered").MEAN.is_missed(0.9402, 5000)


def test_few_draws_may_err_by_three_binomial_standard_errors(bench):
    reach = 3 * (0.94 * 0.06 / 250) ** 0.5

    assert not bench("covered").MEAN.is_missed(0.94 - 0.99 * reach, 250)
    assert bench("covered").MEAN.is_missed(0.94 - 1.01 * reach, 250)


def test_the_exact_range_holds_the_truth_in_95_of_100_samples_whatever_it_is(bench):
    assert bench("covered").counted_row()["lowest"] >= 0.95


def test_a_missed_band_is_told_in_a_sentence(bench):
    ranges = coverages(coverage=0.95, lowest=0.93, is_missed=True)

    assert bench("covered").missed_bands(ranges) == [
        "plain list, share .05 to .95: held in 95.0%, at the lowest 93.0%, not 95% or more, each"
    ]


def test_the_page_keeps_the_ranges_of_an_earlier_run(bench):
    page = "# What was measured\n\n| a | b |\n" + bench("written").coverage_text(coverages())

    assert bench("written").coverage_text(pd.DataFrame(), page) == bench("written").coverage_text(coverages())


def test_rows_of_ranges_are_not_taken_for_rows_of_seconds(bench):
    page = "| part | who |\n|---|---|\n| old | x | 1 |\n" + bench("written").coverage_text(coverages())
    text = bench("written").result_text([], runs=1, earlier=page)

    assert "| old | x | 1 |" in text
    assert "plain list" not in text


def test_a_made_up_wave_is_answered_by_as_many_contacts_as_asked_for(bench, tmp_path):
    folder = bench("survey_wave").wave_folder(tmp_path, contacts=100)
    responses = pd.read_parquet(folder / "responses.parquet")

    assert responses["contact_id"].nunique() == 100
    assert len(responses) == 3000
