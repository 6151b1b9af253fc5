import pandas as pd
import pytest

from kamlib.analysis.churn.campaign import CallTerms, campaign_table, profit_curves
from kamlib.analysis.churn.evaluation import calibration_table
from kamlib.analysis.churn.stakes import held_sales
from kamlib.display.figures.churn import held_curve, profit_curve, said_and_came, ways_in_words
from kamlib.estimate import Unknown

TEST = pd.DataFrame(
    {
        "account_id": [f"a{i:02d}" for i in range(40)],
        "is_churned": [True] * 8 + [False] * 32,
        "net_revenue_365": [10.0] * 40,
        "logistic": [1 - i / 40 for i in range(40)],
    }
)


def test_the_curve_starts_at_nothing_and_shows_what_lists_held():
    ax = held_curve(held_sales(TEST, "logistic", lengths=(4, 10), seed=1), calls=10)
    drawn = next(line for line in ax.lines if line.get_marker() == "o")

    assert list(drawn.get_ydata()) == pytest.approx([0, 0.5, 1])
    assert ax.figure.get_suptitle() == "The first 10 held 100% of the sales then lost"


def test_a_list_longer_than_tested_speaks_of_the_longest_tested():
    ax = held_curve(held_sales(TEST, "logistic", lengths=(4,), seed=1), calls=30)

    assert ax.figure.get_suptitle() == "The first 4 held 50% of the sales then lost"


def test_what_to_beat_is_named():
    ax = held_curve(held_sales(TEST, "logistic", lengths=(4, 10), seed=1), calls=10)

    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["largest first", "at random"]


def test_points_stand_at_what_was_said_and_what_came():
    table = calibration_table([True, False] * 20, [0.2] * 20 + [0.6] * 20, bins=2)
    drawn = said_and_came(table).lines[-1]

    assert list(drawn.get_xdata()) == pytest.approx([0.2, 0.6])
    assert list(drawn.get_ydata()) == pytest.approx([0.5, 0.5])


def test_the_title_speaks_of_the_group_most_likely_to_leave():
    table = calibration_table([True, False] * 20, [0.2] * 20 + [0.6] * 20, bins=2)

    assert said_and_came(table).figure.get_suptitle() == "Where 60% was said, 50% left"


TERMS = CallTerms(call_cost=1.0, saved_share=0.5, margin=1.0)


def curves():
    return profit_curves(TEST, ["logistic"], TERMS, calls=10, seed=1)


def test_the_profit_climbs_with_right_calls_and_falls_with_the_others():
    ax = profit_curve(curves(), "logistic", calls=10, currency="USD")
    line = ax.lines[1]

    assert line.get_ydata()[[0, 8, 40]].tolist() == [0, 32, 0]
    assert ax.figure.get_suptitle() == "10 calls would have brought $30"
    assert "At its best, 8 calls: $32." in ax.figure.get_label()


def test_a_range_of_profit_has_one_form():
    found = curves()
    found[["profit", "profit_low", "profit_high"]] = [202_469.0, 58_867.0, 680_000.0]
    ax = profit_curve(found, "logistic", calls=10, currency="USD")

    assert "$0.20 million, between $0.06 million and $0.68 million." in ax.figure.get_label()


def test_each_way_to_call_has_a_name_in_words():
    ways = ways_in_words(campaign_table(curves(), TEST, TERMS, calls=10))

    assert ways["ranking"].to_list() == ["all measures, weighed", "at random", "everybody", "nobody"]
    assert ways_in_words(Unknown("no cost")) == Unknown("no cost")
