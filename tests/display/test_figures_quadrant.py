import itertools

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from kamlib.analysis.pareto.thin import margin_fields
from kamlib.display.figures.quadrant import Side, in_money, quadrant, sales_and_margin

FOUR = [["small and rich", "big and rich"], ["small and thin", "big but thin"]]
NINE = [["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"]]
WORDS = {"title": "A title", "subtitle": "measured", "alt": "in words"}
TABLE = pd.DataFrame(
    {"name": ["Ann", "Bo", "Cy"], "x": [1.0, 2, 3], "y": [1.0, 3, 2], "is_marked": [False, True, True]}
)


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


def drawn(table=TABLE, cuts=(2.0,), fields=FOUR, **options):
    return quadrant(
        table, Side("x", "across", cuts), Side("y", "up", cuts), fields=fields, **WORDS, **options
    )


def points(ax):
    return [tuple(point) for dots in ax.collections for point in dots.get_offsets().tolist()]


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_every_row_is_a_point_and_the_marked_come_last():
    assert points(drawn()) == [(1, 1), (2, 3), (3, 2)]


def test_only_the_marked_are_named():
    assert words(drawn()) == [*FOUR[0], *FOUR[1], "Bo", "Cy"]


def test_without_marks_no_row_is_named():
    assert words(drawn(TABLE.drop(columns="is_marked"))) == [*FOUR[0], *FOUR[1]]


def test_a_name_keeps_off_the_lines_where_it_can():
    ax = drawn(TABLE.assign(x=[1.0, 1.9, 3.0], name=["Ann", "Bo & Sons of Bath", "Cy"]))
    box = next(text for text in ax.texts if text.get_text() == "Bo & Sons of Bath").get_window_extent()
    line = ax.transData.transform((2.0, 0))[0]

    assert not box.x0 <= line <= box.x1


def test_nine_fields_have_nine_names():
    assert words(drawn(cuts=(1.5, 2.5), fields=NINE))[:9] == list("abcdefghi")


def test_the_fields_are_cut_where_they_end():
    lines = drawn(cuts=(1.5, 2.5), fields=NINE).lines

    assert [line.get_xdata()[0] for line in lines[:2]] == [1.5, 2.5]
    assert [line.get_ydata()[0] for line in lines[2:4]] == [1.5, 2.5]


def test_a_faint_line_leads_from_last_years_place_of_the_marked():
    ax = drawn(TABLE.assign(x_before=1.2, y_before=[1.0, 1.1, 1.2]))

    assert [line.get_xydata().tolist() for line in ax.lines[2:]] == [
        [[1.2, 1.1], [2, 3]],
        [[1.2, 1.2], [3, 2]],
    ]


@pytest.mark.parametrize("width", [7, 3])
def test_no_two_names_touch(width):
    places = np.random.default_rng(1).normal(3, 0.4, (40, 2))
    crowd = pd.DataFrame(places, columns=["x", "y"]).assign(name="A company of some length", is_marked=True)
    ax = drawn(crowd, ax=plt.subplots(figsize=(width, 3), layout="constrained")[1])
    boxes = [text.get_window_extent() for text in ax.texts]

    assert 6 < len(boxes) < 44
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes[4:], 2))


def test_a_point_far_outside_stands_on_the_edge():
    far = pd.DataFrame({"name": "x", "x": [*np.linspace(1, 3, 300), 1e6], "y": 2.0})

    assert max(x for x, _ in points(drawn(far))) == pytest.approx(drawn(far).get_xlim()[1])


def test_thousands_of_points_are_thinned_but_every_mark_is_kept():
    many = pd.DataFrame({"name": "x", "x": np.arange(5000.0), "y": 1.0, "is_marked": np.arange(5000) < 3})

    assert len(points(drawn(many))) < 700
    assert len(drawn(many).collections[1].get_offsets()) == 3


def test_on_a_log_side_rows_without_an_amount_are_left_out():
    table = TABLE.assign(x=[0.0, 10.0, 100.0])
    ax = quadrant(
        table, Side("x", "sales", [50.0], "money", is_log=True), Side("y", "up", [2.0]), fields=FOUR, **WORDS
    )

    assert (len(points(ax)), ax.get_xscale()) == (2, "log")


def test_money_along_an_axis_is_short():
    axis = drawn().xaxis
    in_money(axis, currency="USD")
    said = axis.get_major_formatter()

    assert [said(amount) for amount in (0, 950, 20_000, -1_500_000)] == ["$0", "$950", "$20k", "−$1.5 m"]


def test_sales_and_margin_say_how_many_are_big_but_thin():
    accounts = pd.DataFrame({"name": list("ab"), "account_id": list("ab"), "net_revenue_365": [1000.0, 10.0]})
    accounts = accounts.assign(costed_revenue_365=accounts["net_revenue_365"], gross_profit_365=[10.0, 3.0])
    ax = sales_and_margin(margin_fields(accounts, target_margin=0.2), period="2024")

    assert ax.figure.get_suptitle() == "1 big account below a margin of 20.0%"
    assert (
        ax.get_title(loc="left") == "Gross margin by sales; cut at the target and median sales of 505, 2024"
    )
