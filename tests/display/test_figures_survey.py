import pandas as pd
import pytest

from kamlib.display.figures.survey import share_ranges

TABLE = pd.DataFrame(
    {
        "tier": ["A", "B", "C"],
        "top2": [0.7, 0.5, None],
        "top2_low": [0.6, 0.4, None],
        "top2_high": [0.8, 0.6, None],
    }
)


@pytest.fixture
def ax():
    return share_ranges(TABLE, "top2", labels="tier", title="Satisfied", subtitle="Share")


def test_points_stand_at_their_shares_and_rows_without_one_are_passed_over(ax):
    assert list(ax.lines[0].get_xdata()) == [0.5, 0.7]


def test_the_alt_text_tells_each_range(ax):
    assert ax.figure.get_label().startswith("Points with ranges: A 70%, between 60% and 80%")
