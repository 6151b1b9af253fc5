import pandas as pd
import pytest

from kamlib.analysis.pareto.whale import whale
from kamlib.display.figures.curves import whale_curve

TEN = pd.Series([400.0, 300, 200, 100, 50, 0, -50, -100, -150, -250])


def test_the_curve_climbs_to_the_peak_and_falls_to_the_total():
    up, down = whale_curve(whale(TEN)).lines[:2]

    assert list(up.get_ydata()) == [0, 400, 700, 900, 1000, 1050, 1050]
    assert list(down.get_ydata()) == [1050, 1000, 900, 750, 500]


def test_the_peak_is_said_as_a_part_of_the_total_with_one_decimal():
    ax = whale_curve(whale(TEN), period="2024")

    assert ax.get_title(loc="left") == "Cumulative gross profit; the peak is 210.0% of what is left, 2024"
    assert ax.figure.get_suptitle() == "5 accounts earn, 4 lose 550 again"


def test_a_loss_has_no_share():
    ax = whale_curve(whale(pd.Series([100.0, -300.0])))

    assert ax.get_title(loc="left") == "Cumulative gross profit"
    assert ax.figure.get_suptitle() == "1 account earns, 1 loses more than that"


def test_where_all_earn_nothing_is_lost():
    ax = whale_curve(whale(pd.Series([2.0, 1.0])))

    assert ax.figure.get_suptitle() == "No account costs more than it brings"
    assert [text.get_text() for text in ax.texts] == ["2 earn 3"]


def test_long_curves_are_thinned_but_keep_peak_and_end():
    found = whale(pd.Series(range(-2000, 3000), dtype=float))
    up, down = whale_curve(found).lines[:2]

    assert len(up.get_xdata()) + len(down.get_xdata()) < 500
    assert (max(up.get_ydata()), down.get_ydata()[-1]) == pytest.approx((found.peak, found.total))
