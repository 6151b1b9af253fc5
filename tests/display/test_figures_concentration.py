import pandas as pd
import pytest

from kamlib.analysis.pareto.concentration import concentration, concentration_table
from kamlib.display.figures.concentration import lorenz_curve, pareto_curve, tier_bars

SALES = pd.Series([60.0, 20.0, 10.0, 6.0, 4.0], index=list("abcde"), name="sales")


@pytest.fixture
def ax():
    return pareto_curve(concentration_table(SALES), concentration(SALES))


def test_the_curve_is_the_cumulative_share(ax):
    assert list(ax.lines[1].get_ydata()) == pytest.approx([0, 0.6, 0.8, 0.9, 0.96, 1])


def test_the_title_states_the_finding(ax):
    assert ax.figure.get_suptitle() == "1 of 5 accounts brings 60.0% of sales"


def test_it_carries_alt_text_and_a_subtitle(ax):
    assert "60.0%" in ax.figure.get_label()
    assert ax.get_title(loc="left").startswith("Cumulative share of sales")


def test_long_curves_are_thinned_but_keep_their_end():
    sales = pd.Series(range(1, 5001), dtype=float)
    drawn = pareto_curve(concentration_table(sales), concentration(sales)).lines[1]

    assert len(drawn.get_xdata()) < 500
    assert (drawn.get_xdata()[-1], drawn.get_ydata()[-1]) == pytest.approx((1, 1))


def test_tier_bars_are_as_wide_as_their_shares():
    tiers = pd.DataFrame(
        {"tier": ["A", "B"], "account_share": [0.25, 0.75], "net_revenue_365_share": [0.8, 0.2]}
    )
    bars = tier_bars(tiers)

    assert [patch.get_width() for patch in bars.patches] == pytest.approx([0.25, 0.8, 0.75, 0.2])
    assert bars.figure.get_suptitle() == "Tier A: 25% of accounts, 80% of sales"


def test_a_tier_that_loses_money_has_no_part_of_the_profit():
    tiers = pd.DataFrame(
        {
            "tier": ["A", "B"],
            "account_share": [0.5, 0.5],
            "net_revenue_365_share": [0.9, 0.1],
            "gross_profit_365_share": [1.2, -0.2],
        }
    )

    assert [label.get_text() for label in tier_bars(tiers).get_yticklabels()] == ["accounts", "sales"]


@pytest.fixture
def lorenz():
    return lorenz_curve(concentration_table(SALES), concentration(SALES), period="2024")


def test_the_lorenz_curve_adds_up_the_smallest_first(lorenz):
    assert list(lorenz.lines[1].get_xdata()) == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert list(lorenz.lines[1].get_ydata()) == pytest.approx([0, 0.04, 0.1, 0.2, 0.4, 1])


def test_twice_the_area_under_the_equal_line_is_the_gini(lorenz):
    x, y = lorenz.lines[1].get_data()
    area = sum((x[i + 1] - x[i]) * (y[i + 1] + y[i]) / 2 for i in range(len(x) - 1))

    assert 1 - 2 * area == pytest.approx(concentration(SALES).gini)


def test_the_lorenz_title_states_what_the_smaller_half_brings(lorenz):
    assert lorenz.figure.get_suptitle() == "The smaller half of accounts brings 10.0% of sales"
    assert (
        lorenz.get_title(loc="left") == "Cumulative share of sales, smallest accounts first, Gini 0.504, 2024"
    )


def test_the_point_of_the_lorenz_curve_lies_on_it(lorenz):
    point = next(line for line in lorenz.lines if line.get_marker() == "o")

    assert (point.get_xdata()[0], point.get_ydata()[0]) == pytest.approx((0.4, 0.1))


def test_with_an_account_below_zero_the_lorenz_curve_dips_and_no_gini_is_told():
    amounts = pd.Series({"a": 110.0, "b": -10.0})
    ax = lorenz_curve(concentration_table(amounts), concentration(amounts))

    assert min(ax.lines[1].get_ydata()) == pytest.approx(-0.1)
    assert "Gini" not in ax.get_title(loc="left") + ax.figure.get_label()


def test_the_lorenz_curve_of_one_account_starts_and_ends_in_the_corners():
    one = pd.Series({"a": 5.0})
    ax = lorenz_curve(concentration_table(one), concentration(one))

    assert list(ax.lines[1].get_data()[1]) == pytest.approx([0, 1])


def test_long_lorenz_curves_are_thinned_but_keep_their_ends():
    sales = pd.Series(range(1, 5001), dtype=float)
    drawn = lorenz_curve(concentration_table(sales), concentration(sales)).lines[1]

    assert len(drawn.get_xdata()) < 500
    assert (drawn.get_ydata()[0], drawn.get_ydata()[-1]) == pytest.approx((0, 1), abs=1e-9)
