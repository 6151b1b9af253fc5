import matplotlib.pyplot as plt
import pandas as pd
import pytest

from kamlib.display.figures.ranges import ranges

TABLE = pd.DataFrame(
    {
        "name": ["Ann & Sons of the Far and Windy North", "Bo"],
        "rank": [2.0, 1.0],
        "rank_low": [1.0, 1.0],
        "rank_high": [9.0, 1.0],
    }
)
WORDS = {"title": "One stays", "subtitle": "Rank"}


@pytest.fixture
def ax():
    return ranges(TABLE, "rank", **WORDS)


def test_each_point_lies_on_its_line_the_first_row_on_top(ax):
    assert list(ax.lines[0].get_xdata()) == [2, 1]
    assert [list(line[:, 0]) for line in ax.collections[0].get_segments()] == [[1, 9], [1, 1]]
    assert ax.yaxis_inverted()


def test_the_number_stands_beside_the_end_of_the_line(ax):
    assert [(text.get_text(), text.xy) for text in ax.texts] == [("2", (9.0, 0)), ("1", (1.0, 1))]


def test_long_names_take_two_lines_and_are_cut_only_then(ax):
    _, narrow = plt.subplots(figsize=(3, 3))
    drawn = ranges(TABLE, "rank", **WORDS, ax=narrow)

    assert ax.get_yticklabels()[0].get_text() == "Ann & Sons of the Far and\nWindy North"
    assert drawn.get_yticklabels()[0].get_text() == "Ann & Sons of\nthe Far and…"


def test_long_names_have_one_line_where_rows_stand_close():
    many = pd.concat([TABLE] * 20, ignore_index=True)

    assert ranges(many, "rank", **WORDS).get_yticklabels()[0].get_text() == "Ann & Sons of the Far and…"


def test_shares_are_written_in_percent():
    shares = TABLE.assign(rank=[0.5, 1.0], rank_low=[0.0, 1.0], rank_high=[1.0, 1.0])

    assert [text.get_text() for text in ranges(shares, "rank", in_shares=True, **WORDS).texts] == [
        "50%",
        "100%",
    ]


def test_accounts_of_the_same_name_have_a_line_each():
    twins = TABLE.assign(name="Ann")

    assert list(ranges(twins, "rank", **WORDS).get_yticks()) == [0, 1]


def test_it_carries_its_words_and_alt_text(ax):
    assert (ax.figure.get_suptitle(), ax.get_title(loc="left")) == ("One stays", "Rank")
    assert ax.figure.get_label() == "Points with ranges. Ann & Sons of the Far and Windy North 2; Bo 1."


def test_without_a_row_it_is_empty():
    assert len(ranges(TABLE.head(0), "rank", **WORDS).texts) == 0
