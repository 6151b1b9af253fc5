import numpy as np
import pytest

from kamlib.analysis.lifetime.fitting import fitted, grouped_rows
from kamlib.analysis.lifetime.gamma_gamma import GammaGamma

MODEL = GammaGamma(6.0, 4.0, 15.0)


def test_few_orders_are_drawn_to_the_usual_and_many_stand_for_themselves():
    few, many = MODEL.expected_amount(np.array([1.0, 1000.0]), np.array([100.0, 100.0]))

    assert 30 < few < 80
    assert many == pytest.approx(100, rel=0.01)


def test_of_a_customer_without_orders_the_usual_is_expected():
    assert MODEL.expected_amount(0.0, 0.0) == pytest.approx(6.0 * 15.0 / 3.0)


def test_drawn_amounts_are_on_average_the_expected_one():
    orders, mean = np.full(100_000, 5.0), np.full(100_000, 40.0)
    drawn = MODEL.drawn_amounts(orders, mean, np.random.default_rng(1))

    assert drawn.mean() == pytest.approx(MODEL.expected_amount(5.0, 40.0), rel=0.01)


def test_the_truth_of_a_made_up_world_is_found():
    draw = np.random.default_rng(3)
    orders = draw.integers(1, 20, 20_000).astype(float)
    mean = draw.gamma(MODEL.p * orders) / draw.gamma(MODEL.q, 1 / MODEL.gamma, 20_000) / orders
    fit = fitted(GammaGamma.terms, GammaGamma.start(mean), grouped_rows(orders, mean))

    assert fit.parameters == pytest.approx([6.0, 4.0, 15.0], rel=0.05)


def test_another_currency_changes_only_the_scale():
    draw = np.random.default_rng(4)
    orders, mean = draw.integers(1, 20, 500).astype(float), draw.gamma(2.0, 30.0, 500)
    one, other = (
        fitted(GammaGamma.terms, GammaGamma.start(each), grouped_rows(orders, each))
        for each in (mean, mean * 100)
    )

    assert other.parameters / one.parameters == pytest.approx([1, 1, 100], rel=1e-4)
