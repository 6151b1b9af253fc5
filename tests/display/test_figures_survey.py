import pandas as pd
import pytest

from kamlib.display.figures.survey import level_bars, share_ranges

TABLE = pd.DataFrame(
    {"tier": ["A", "B"], "top2": [0.7, 0.5], "top2_low": [0.6, 0.4], "top2_high": [0.8, 0.6]}
)
WORDS = dict(enumerate(("extremely dissatisfied", "some", "no opinion", "generally", "high"), 1))
LEVELS = pd.DataFrame(
    [
        {"aspect": aspect, "level": level, "words": WORDS[level], "share": share}
        for aspect, shares in {
            "price": (0.1, 0.2, 0.2, 0.3, 0.2),
            "service": (0.0, 0.1, 0.2, 0.3, 0.4),
        }.items()
        for level, share in enumerate(shares, 1)
    ]
)


@pytest.fixture
def ax():
    return share_ranges(TABLE, "top2", labels="tier", title="Satisfied", subtitle="Share")


def test_points_stand_at_their_shares_the_first_on_top(ax):
    assert list(ax.lines[0].get_xdata()) == [0.5, 0.7]


def test_the_alt_text_tells_each_range(ax):
    assert ax.figure.get_label().startswith("Points with ranges: A 70%, between 60% and 80%")


def test_bars_are_as_wide_as_the_shares_of_each_level():
    widths = [patch.get_width() for patch in level_bars(LEVELS).patches]

    assert widths == pytest.approx([0.1, 0.0, 0.2, 0.1, 0.2, 0.2, 0.3, 0.3, 0.2, 0.4])


def test_bars_part_in_the_middle_of_no_opinion():
    ends = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in level_bars(LEVELS).patches[4:6]]

    assert [sum(end) for end in ends] == pytest.approx([0, 0], abs=1e-9)


def test_the_best_liked_aspect_stands_on_top_and_in_the_title():
    bars = level_bars(LEVELS)

    assert [label.get_text() for label in bars.get_yticklabels()] == ["price", "service"]
    assert bars.figure.get_suptitle() == "Best liked: service. Least: price."


def test_the_five_levels_are_named_in_the_words_of_the_scale():
    (legend,) = level_bars(LEVELS).figure.legends

    assert [text.get_text() for text in legend.get_texts()] == list(WORDS.values())
