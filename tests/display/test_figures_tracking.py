import pandas as pd

from kamlib.display.figures.tracking import tracking_lines

TRACKING = pd.DataFrame(
    {
        "day": pd.date_range("2024-12-31", periods=13, freq="30D"),
        "expected": [100.0 * step for step in range(13)],
        "expected_low": [90.0 * step for step in range(13)],
        "expected_high": [110.0 * step for step in range(13)],
        "orders": [98.0 * step for step in range(13)],
    }
)


def test_the_line_is_the_forecast_and_the_dots_what_came():
    expected, came = tracking_lines(TRACKING).lines

    assert list(expected.get_ydata()) == TRACKING["expected"].to_list()
    assert list(came.get_ydata()) == TRACKING["orders"].to_list()
    assert came.get_marker() == "o"


def test_the_title_says_both_in_the_end():
    ax = tracking_lines(TRACKING)

    assert ax.figure.get_suptitle() == "1,200 orders foretold, 1,176 came"
    assert "between 1,080 and 1,320" in ax.figure.get_label()


def test_the_axis_starts_at_nothing():
    assert tracking_lines(TRACKING).get_ylim()[0] == 0


def test_both_are_named_at_their_end_the_higher_one_higher():
    below, above = (
        {text.get_text(): text.xy[1] for text in tracking_lines(table).texts}
        for table in (TRACKING, TRACKING.assign(orders=TRACKING["orders"] * 1.5))
    )

    assert below["foretold"] > below["came"]
    assert above["came"] > above["foretold"]
