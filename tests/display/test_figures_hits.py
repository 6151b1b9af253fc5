import matplotlib.pyplot as plt
import pandas as pd
import pytest

from kamlib.display.figures.hits import hit_ranges
from kamlib.display.pictures import NARROW

TABLE = pd.DataFrame(
    {
        "name": ["No order for twice as long as usual", "Pays later than usual"],
        "share": [0.625, 0.4],
        "share_low": [0.48, 0.2],
        "share_high": [0.75, 0.66],
        "base_share": [0.2, 0.25],
        "part": [30, 8],
        "whole": [48, 1200],
    }
)


def drawn(**options):
    return hit_ranges(TABLE, title="1 of 2 alarms can be trusted", subtitle="Share then lost", **options)


def test_dots_stand_at_the_shares_the_first_row_on_top():
    ax = drawn()

    assert list(ax.lines[0].get_xdata()) == [0.625, 0.4]
    assert list(ax.lines[0].get_ydata()) == [0, 1]
    assert ax.yaxis_inverted()


def test_bands_are_the_ranges_and_marks_what_is_usual():
    bands, marks = drawn().collections

    assert [list(band[:, 0]) for band in bands.get_segments()] == [[0.48, 0.75], [0.2, 0.66]]
    assert [mark[0, 0] for mark in marks.get_segments()] == [0.2, 0.25]


def test_each_row_is_named_with_the_counts_behind_it():
    texts = [text.get_text() for text in drawn(usual="all").texts]

    assert texts == [
        "No order for twice as long as usual: 30 of 48",
        "Pays later than usual: 8 of 1,200",
        "all",
    ]


def test_on_a_phone_the_counts_stand_on_their_own_line():
    figure, ax = plt.subplots(figsize=(NARROW, 3))
    drawn(ax=ax)

    assert ax.texts[0].get_text() == "No order for twice as long as usual\n30 of 48"
    plt.close(figure)


def test_bars_start_at_nothing_and_hold_the_longest_range():
    low, high = drawn().get_xlim()

    assert low == 0
    assert high == pytest.approx(0.77)


def test_the_picture_can_be_heard():
    assert drawn().figure.get_label() == (
        "Dots with ranges: No order for twice as long as usual 62%, between 48% and 75%, usual 20%; "
        "Pays later than usual 40%, between 20% and 66%, usual 25%."
    )
