import pandas as pd

from kamlib.display.figures.gains import gain_lines
from kamlib.display.pictures import picture
from kamlib.estimate import Unknown


def points(*tiers, sign=1):
    rows = [
        (tier, more, sign * worth * more, sign * worth * more - 50.0, sign * worth * more + 50.0)
        for tier, worth in tiers
        for more in range(1, 11)
    ]
    return pd.DataFrame(rows, columns=["tier", "points", "worth", "worth_low", "worth_high"])


THREE = points(("A", 200_000.0), ("B", 30_000.0), ("C", 29_000.0), ("All", 259_000.0))


def test_each_tier_has_its_line_from_nothing():
    lines = [line for line in gain_lines(THREE).lines if line.get_marker() == "o"]

    assert [list(line.get_ydata())[:2] for line in lines] == [[0, 200_000], [0, 30_000], [0, 29_000]]


def test_the_title_names_the_first_point_of_the_first_tier():
    assert gain_lines(THREE, currency="USD").figure.get_suptitle() == "First point of tier A: $200,000"


def test_labels_of_lines_near_each_other_stand_apart():
    heights = sorted(text.xy[1] for text in gain_lines(THREE).texts)

    assert heights[1] - heights[0] > 0.07 * 2_000_000


def test_all_accounts_as_one_are_one_line():
    ax = gain_lines(points(("All", 5.0)))

    assert [line.get_marker() for line in ax.lines].count("o") == 1
    assert ax.figure.get_suptitle() == "First point of all accounts: 5"


def test_what_costs_money_goes_down():
    ax = gain_lines(points(("A", 200.0), ("B", 20.0), ("C", 2.0), sign=-1))

    assert ax.get_ylim()[0] < -2000
    assert ax.figure.get_suptitle() == "First point of tier A: −200"


def test_what_cannot_be_told_is_no_picture():
    missing = Unknown("no cost")

    assert picture(gain_lines, missing, key="points") is missing
