"""What is drawn of the tables is what was counted."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from kamlib.display import theme
from kamlib.display.figures.data import filled_bars, month_bars

MONTHS = pd.DataFrame(
    {
        "month": pd.date_range("2023-11-01", periods=4, freq="MS"),
        "line_count": [20, 0, 5, 30],
        "net_revenue": [200.0, 0.0, 50.0, 300.0],
        "state": ["begins", "no lines", "few lines", "good"],
    }
)
RECORD = pd.DataFrame({"column": ["name", "email", "age"], "row_count": 40, "filled_share": [1.0, 0.5, 0.2]})


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def test_each_month_is_a_bar_as_high_as_its_lines():
    assert [bar.get_height() for bar in month_bars(MONTHS).patches] == [20, 0, 5, 30]


def test_only_strange_months_are_in_the_warning_colour_and_carry_their_number():
    ax = month_bars(MONTHS)
    colours = [to_hex(bar.get_facecolor()) for bar in ax.patches]

    assert [colour == theme.PALETTE["warn"] for colour in colours] == [False, True, True, False]
    assert [text.get_text() for text in ax.texts] == ["0", "5"]


def test_the_title_says_how_many_months_lack_lines_or_that_none_does():
    good = MONTHS.assign(state="good")

    assert month_bars(MONTHS).figure.get_suptitle() == "2 months with no or few order lines"
    assert month_bars(good).figure.get_suptitle() == "No month lacks order lines"


def test_sales_are_drawn_in_their_currency():
    ax = month_bars(MONTHS, "net_revenue", currency="USD")

    assert [bar.get_height() for bar in ax.patches] == [200, 0, 50, 300]
    assert ax.figure.get_suptitle() == "Sales a month: $0 to $300"


def test_a_month_of_returns_only_is_not_cut_off():
    returns = MONTHS.assign(net_revenue=[200.0, 0.0, -50.0, 300.0])

    assert month_bars(returns, "net_revenue").get_ylim()[0] <= -50.0


def test_the_words_for_those_who_do_not_see_it_name_the_months():
    assert "December 2023, January 2024" in month_bars(MONTHS).figure.get_label()


def test_each_column_is_a_bar_as_long_as_it_is_filled():
    ax = filled_bars(RECORD, of="people")

    assert [bar.get_width() for bar in ax.patches[3:]] == [1.0, 0.5, 0.2]
    assert [text.get_text() for text in ax.texts] == ["100%", "50%", "20%"]


def test_the_emptiest_columns_are_in_the_title_and_the_base_below():
    ax = filled_bars(RECORD, of="people")

    assert ax.figure.get_suptitle() == "Least filled: age 20%, e-mail 50%, name 100%"
    assert ax.get_title(loc="left") == "Share of 40 people in which it is filled"
