"""BG/NBD and Pareto/NBD: what both must keep, and where they differ."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import gammaln, hyp2f1

from kamlib.analysis.lifetime.bg_nbd import BgNbd
from kamlib.analysis.lifetime.pareto_nbd import ParetoNbd

MODELS = [BgNbd(0.6, 40.0, 0.8, 2.5), ParetoNbd(0.6, 40.0, 0.5, 90.0), ParetoNbd(0.6, 90.0, 0.5, 40.0)]
each_model = pytest.mark.parametrize("model", MODELS, ids=["bg", "pareto, α < β", "pareto, α > β"])


def one(*history):
    return np.array(history, dtype=float)[:, None]


@each_model
def test_long_silence_makes_it_less_likely_that_a_customer_is_there(model):
    silent = [model.alive(one(5, 200, age))[0] for age in (200, 300, 400, 800)]

    assert sorted(silent, reverse=True) == silent
    assert 0 < silent[-1] < 0.5 < silent[0] <= 1


def test_bg_nbd_takes_who_never_ordered_again_for_a_customer_and_pareto_nbd_does_not():
    assert MODELS[0].alive(one(0, 0, 5000))[0] == 1
    assert MODELS[1].alive(one(0, 0, 5000))[0] < 0.3


@each_model
def test_nothing_is_expected_of_no_time_and_more_of_more(model):
    expected = [float(model.expected_if_alive(3.0, 200.0, days)) for days in (0, 1, 30, 365, 3650)]

    assert expected[0] == 0
    assert sorted(expected) == expected


@each_model
@given(repeats=st.integers(0, 500), part=st.floats(0, 1), age=st.floats(1, 5000))
def test_any_history_has_a_likelihood_and_a_chance(model, repeats, part, age):
    rows = one(repeats, part * age if repeats else 0.0, age)
    likelihood, slopes = model.terms(np.array(list(vars(model).values())), rows)

    assert np.isfinite(likelihood).all()
    assert np.isfinite(slopes).all()
    assert 0 <= model.alive(rows)[0] <= 1
    assert 0 <= model.expected_if_alive(*rows[[0, 2], 0], 365.0) < np.inf


@each_model
def test_drawn_orders_are_on_average_the_expected_ones(model):
    rows = np.repeat(one(4, 150, 250), 40_000, axis=1)
    drawn = model.drawn_orders(rows, np.array([100.0, 265.0]), np.random.default_rng(1))
    expected = [model.alive(rows)[0] * model.expected_if_alive(4, 250.0, days) for days in (100.0, 365.0)]

    assert drawn.mean(axis=0).cumsum() == pytest.approx(expected, rel=0.03)


def test_bg_nbd_chances_of_counts_add_up_to_one_and_to_the_expected_count():
    model = MODELS[0]
    chances = [model.order_count_chance(count, 300.0) for count in range(400)]

    assert sum(chances) == pytest.approx(1, abs=1e-6)
    assert np.arange(400) @ chances == pytest.approx(float(model.expected_if_alive(0, 0, 300.0)), rel=1e-4)


def test_bg_nbd_passes_smoothly_where_its_formula_is_nought_by_nought():
    near, at = (float(BgNbd(0.6, 40.0, a, 2.5).expected_if_alive(3, 200.0, 365.0)) for a in (1 + 1e-4, 1.0))

    assert at == pytest.approx(near, rel=1e-4)


def test_pareto_nbd_likelihood_is_the_textbook_s():
    # Fader & Hardie (2005), A Note on Deriving the Pareto/NBD, for α of at least β.
    (r, alpha, s, beta), (x, last, age) = (0.8, 12.0, 0.6, 10.0), (3.0, 20.0, 35.0)
    ends = [
        hyp2f1(r + s + x, s + 1, r + s + x + 1, (alpha - beta) / (alpha + day)) / (alpha + day) ** (r + s + x)
        for day in (last, age)
    ]
    part = 1 / ((alpha + age) ** (r + x) * (beta + age) ** s) + s / (r + s + x) * (ends[0] - ends[1])
    start = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    found = ParetoNbd.terms(np.array([r, alpha, s, beta]), one(x, last, age))[0][0]

    assert found == pytest.approx(start + np.log(part), rel=1e-9)


@pytest.mark.parametrize(("alpha", "beta"), [(1e-2, 1e4), (1e4, 1e-2), (50.0, 50.0)])
@pytest.mark.parametrize(("x", "last"), [(0.0, 0.0), (2.0, 30.0), (300.0, 990.0)])
def test_pareto_nbd_likelihood_is_its_integral(alpha, beta, x, last):
    r, s, age = 0.7, 0.4, 1000.0

    def log_left(day):
        return np.log(s) - (r + x) * np.log(alpha + day) - (s + 1) * np.log(beta + day)

    still = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
    top = log_left(last)
    points = last + np.geomspace(1e-6, 1, 40)[:-1] * (age - last)
    left = quad(lambda day: np.exp(log_left(day) - top), last, age, points=points, limit=400, epsabs=0)[0]
    start = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    found = ParetoNbd.terms(np.array([r, alpha, s, beta]), one(x, last, age))[0][0]

    assert found == pytest.approx(start + np.logaddexp(still, top + np.log(left)), rel=1e-7)
