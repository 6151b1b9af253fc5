import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlib.analysis.lifetime.bg_nbd import BgNbd
from kamlib.analysis.lifetime.contracts import ShiftedBetaGeometric
from kamlib.analysis.lifetime.fitting import fitted, grouped_rows
from kamlib.analysis.lifetime.gamma_gamma import GammaGamma
from kamlib.analysis.lifetime.pareto_nbd import ParetoNbd

HISTORIES = np.array([[0.0, 1.0, 5.0, 40.0], [0.0, 3.0, 30.0, 90.0], [100.0, 100.0, 100.0, 100.0]])
MODELS = [
    (BgNbd, HISTORIES, 4),
    (ParetoNbd, HISTORIES, 4),
    (GammaGamma, np.array([[1.0, 5.0, 40.0], [10.0, 3.0, 80.0]]), 3),
    (ShiftedBetaGeometric, np.array([[0.0, 3.0, 7.0], [1.0, 1.0, 0.0]]), 2),
]


@pytest.mark.parametrize(("model", "rows", "count"), MODELS, ids=lambda one: getattr(one, "__name__", ""))
@given(data=st.data())
def test_slopes_are_those_of_finite_differences(model, rows, count, data):
    size = st.floats(0.05, 50.0)
    at = np.array(data.draw(st.lists(size, min_size=count, max_size=count)))
    steps = np.diag(at * 1e-5)
    measured = [
        (model.terms(at + step, rows)[0] - model.terms(at - step, rows)[0]) / (2 * step.sum())
        for step in steps
    ]

    assert model.terms(at, rows)[1] == pytest.approx(np.array(measured), rel=1e-4, abs=1e-5)


def test_equal_rows_are_counted_and_none_is_lost(made_up):
    rows = made_up(3, 500)
    grouped = grouped_rows(*rows)

    assert grouped[-1].sum() == 500
    assert (grouped[:-1] * grouped[-1]).sum(axis=1) == pytest.approx(rows.sum(axis=1))


def test_the_order_of_the_rows_changes_nothing(made_up):
    rows = made_up(4, 1000)
    one, other = (fitted(BgNbd.terms, (1, 100, 1, 2), grouped_rows(*each)) for each in (rows, rows[:, ::-1]))

    assert one.parameters == pytest.approx(other.parameters, rel=1e-6)


@pytest.mark.parametrize("model", [BgNbd, ParetoNbd])
def test_at_the_maximum_no_slope_is_left(made_up, model):
    rows = grouped_rows(*made_up(5, 20_000))
    fit = fitted(model.terms, model.start(2.0, 600.0), rows)
    slopes = (model.terms(fit.parameters, rows[:-1])[1] @ rows[-1]) * fit.parameters

    assert len(rows[0]) > 4000
    assert np.abs(slopes).max() < 1e-4


def test_other_units_of_time_change_only_the_scale(made_up):
    days = made_up(6, 3000)
    weeks = days / np.array([[1], [7], [7]])
    one, other = (fitted(BgNbd.terms, (1, 100, 1, 2), grouped_rows(*rows)) for rows in (days, weeks))

    assert one.parameters / other.parameters == pytest.approx([1, 7, 1, 1], rel=1e-5)


@pytest.mark.parametrize("model", [BgNbd, ParetoNbd])
def test_customers_all_alike_do_not_make_it_run_away(model):
    rows = grouped_rows([6.0] * 30, [300.0] * 30, [350.0] * 30)
    fit = fitted(model.terms, model.start(6.0, 350.0), rows)

    assert np.isfinite(fit.log_likelihood)
    assert (np.abs(np.log(fit.parameters / model.start(6.0, 350.0))) < np.log(1100)).all()


def test_drawn_parameters_lie_around_the_best_ones(made_up):
    rows = grouped_rows(*made_up(7, 4000))
    fit = fitted(BgNbd.terms, (1, 100, 1, 2), rows)
    drawn = fit.drawn(np.random.default_rng(1), 2000)

    assert np.median(drawn, axis=0) == pytest.approx(fit.parameters, rel=0.05)
    assert (np.log(drawn).std(axis=0) < 0.5).all()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_the_truth_of_a_made_up_world_is_found(made_up, seed):
    draw = np.random.default_rng(1000 + seed)
    truth = np.array([*draw.uniform([0.3, 20], [2, 200]), *draw.uniform([0.5, 1], [1.5, 5])])
    rows = made_up(seed, 20_000, tuple(truth))
    fit = fitted(BgNbd.terms, BgNbd.start(rows[0].mean(), rows[2].mean()), grouped_rows(*rows))
    errors = np.sqrt(np.diag(np.linalg.inv(fit.curvature)))

    assert (np.abs(np.log(fit.parameters / truth)) < 4 * errors + 0.05).all()
