import pandas as pd
import pytest

from kamlib.display.figures.survey import group_ranges, level_bars

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


def test_where_all_aspects_are_liked_alike_none_is_called_best():
    alike = LEVELS.assign(share=LEVELS["level"].eq(5).astype(float))

    assert level_bars(alike).figure.get_suptitle() == "All aspects are liked alike"


def test_the_five_levels_are_named_in_the_words_of_the_scale():
    (legend,) = level_bars(LEVELS).figure.legends

    assert [text.get_text() for text in legend.get_texts()] == list(WORDS.values())


GROUPS = pd.DataFrame(
    {"name": ["A", "B"], "top2": [0.7, 0.5], "top2_low": [0.6, 0.4], "top2_high": [0.8, 0.6]}
)


def test_groups_stand_at_their_shares_and_the_title_tells_the_ends():
    drawn = group_ranges(GROUPS, of="tier", subtitle="Share")

    assert list(drawn.lines[0].get_xdata()) == [0.7, 0.5]
    assert drawn.figure.get_suptitle() == "By tier: from 50% (B) to 70% (A)"


@pytest.mark.parametrize("table", [GROUPS.head(1), GROUPS.assign(top2=0.7)], ids=["one", "alike"])
def test_a_single_group_and_equal_ones_are_no_comparison(table):
    assert group_ranges(table, of="tier", subtitle="").figure.get_suptitle() == "By tier: 70% in each"
