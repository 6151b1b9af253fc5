import pandas as pd
import pytest

from kamlib.analysis.churn.evaluation import calibration_table
from kamlib.analysis.churn.stakes import held_sales
from kamlib.display.figures.churn import held_curve, said_and_came

TEST = pd.DataFrame(
    {
        "account_id": [f"a{i:02d}" for i in range(40)],
        "is_churned": [True] * 8 + [False] * 32,
        "net_revenue_365": [10.0] * 40,
        "logistic": [1 - i / 40 for i in range(40)],
    }
)


def test_the_curve_starts_at_nothing_and_shows_what_lists_held():
    ax = held_curve(held_sales(TEST, "logistic", lengths=(4, 10), seed=1), calls=10)
    drawn = next(line for line in ax.lines if line.get_marker() == "o")

    assert list(drawn.get_ydata()) == pytest.approx([0, 0.5, 1])
    assert ax.figure.get_suptitle() == "The first 10 held 100% of the sales then lost"


def test_a_list_longer_than_tested_speaks_of_the_longest_tested():
    ax = held_curve(held_sales(TEST, "logistic", lengths=(4,), seed=1), calls=30)

    assert ax.figure.get_suptitle() == "The first 4 held 50% of the sales then lost"


def test_what_to_beat_is_named():
    ax = held_curve(held_sales(TEST, "logistic", lengths=(4, 10), seed=1), calls=10)

    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["largest first", "at random"]


def test_points_stand_at_what_was_said_and_what_came():
    table = calibration_table([True, False] * 20, [0.2] * 20 + [0.6] * 20, bins=2)
    drawn = said_and_came(table).lines[-1]

    assert list(drawn.get_xdata()) == pytest.approx([0.2, 0.6])
    assert list(drawn.get_ydata()) == pytest.approx([0.5, 0.5])


def test_the_title_speaks_of_the_group_most_likely_to_leave():
    table = calibration_table([True, False] * 20, [0.2] * 20 + [0.6] * 20, bins=2)

    assert said_and_came(table).figure.get_suptitle() == "Where 60% was said, 50% left"
