import matplotlib.pyplot as plt
import pandas as pd
import pytest

from kamlib.analysis.pareto.causes import Cause
from kamlib.display.figures.bridge import bridge_bars, cause_bars

STEPS = pd.DataFrame(
    {
        "step": ["before", "price", "unit_cost", "now"],
        "amount": [1_000_000.0, 500_000.0, -2_000_000.0, -500_000.0],
    }
)


@pytest.fixture
def ax():
    return bridge_bars(STEPS, currency="USD")


def test_each_bar_begins_where_the_one_before_ended(ax):
    spans = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]

    assert spans == [(0, 1e6), (1e6, 1.5e6), (1.5e6, -5e5), (0, -5e5)]


def test_its_title_is_the_step_that_did_most_in_the_direction_of_the_whole(ax):
    assert ax.figure.get_suptitle() == "Cost of a unit: gross profit down $2.00 million"


def test_steps_carry_a_sign_and_totals_do_not(ax):
    assert [text.get_text() for text in ax.texts] == ["$1.00 m", "+$0.50 m", "−$2.00 m", "−$0.50 m"]


def test_its_alt_text_says_every_step(ax):
    assert ax.figure.get_label() == (
        "Bars step by step from $1.00 m to −$0.50 m: prices +$0.50 m, cost of a unit −$2.00 m."
    )


def test_a_profit_that_rose_is_told_by_what_raised_it():
    rose = STEPS.assign(amount=[100.0, 50.0, -20.0, 130.0])

    assert bridge_bars(rose).figure.get_suptitle() == "Prices: gross profit up 50"


def test_a_step_too_small_for_millions_is_told_in_full():
    small = pd.DataFrame(
        {"step": ["before", "price", "mix", "now"], "amount": [1e6, -2_117.0, 0.0, 997_883.0]}
    )

    assert [text.get_text() for text in bridge_bars(small).texts] == ["1.00 m", "−2,117", "0.00 m", "1.00 m"]


def test_two_equal_years_have_no_step():
    same = pd.DataFrame({"step": ["before", "now"], "amount": [5.0, 5.0]})

    assert bridge_bars(same).figure.get_suptitle() == "Gross profit has not changed"


def test_on_a_phone_the_names_stand_above_the_bars():
    narrow = bridge_bars(STEPS, ax=plt.subplots(figsize=(3, 3))[1])

    assert {"prices", "the year before"} <= {text.get_text() for text in narrow.texts}
    assert [label.get_text() for label in narrow.get_yticklabels()] == [""] * 4


PARTS = pd.DataFrame({"part": list("abcdefghij"), "profit_now": range(-9, 11, 2), "change": 1.0})


def cause(*, is_loss):
    named = PARTS.head(2).assign(amount=[-9.0, -7.0])
    return Cause(
        "family", is_loss, PARTS, named, explained_share=0.8, beyond=-9.0, profit_before=9.0, profit_now=1.0
    )


def test_the_worst_and_the_best_are_drawn_to_both_sides_of_zero():
    ax = cause_bars(cause(is_loss=True), most=3)

    assert [bar.get_width() for bar in ax.patches] == [-9, -7, -5, 5, 7, 9]
    assert ax.figure.get_suptitle() == "a, b: 16 lost"
    assert ax.get_title(loc="left") == "Gross profit; the 3 worst and the 3 best of 10"


def test_only_what_is_named_stands_out():
    colours = [bar.get_facecolor() for bar in cause_bars(cause(is_loss=True)).patches]

    assert len(set(colours[:2])) == 1
    assert colours[0] not in colours[2:]


def test_after_a_year_without_a_loss_the_bars_are_the_change():
    ax = cause_bars(cause(is_loss=False), most=3)

    assert {bar.get_width() for bar in ax.patches} == {1}
    assert ax.figure.get_suptitle() == "a, b: 16 less"
