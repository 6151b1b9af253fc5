import pandas as pd
import pytest

from kamlib.analysis.concentration import concentration, concentration_table
from kamlib.display.figures.concentration import pareto_curve

SALES = pd.Series([60.0, 20.0, 10.0, 6.0, 4.0], index=list("abcde"), name="sales")


@pytest.fixture
def ax():
    return pareto_curve(concentration_table(SALES), concentration(SALES))


def test_the_curve_is_the_cumulative_share(ax):
    assert list(ax.lines[1].get_ydata()) == pytest.approx([0, 0.6, 0.8, 0.9, 0.96, 1])


def test_the_title_states_the_finding(ax):
    assert ax.figure.get_suptitle() == "1 of 5 accounts bring 60.0% of sales"


def test_it_carries_alt_text_and_a_subtitle(ax):
    assert "60.0%" in ax.figure.get_label()
    assert ax.get_title(loc="left").startswith("Cumulative share of sales")
