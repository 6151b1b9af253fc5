import pandas as pd
import pytest

from kamlib.analysis.lifetime.survival import at_risk_table, tier_curves
from kamlib.display.figures.survival import apart, survival_lines

ACCOUNTS = pd.DataFrame(
    {
        "tier": ["A"] * 20 + ["B"] * 20,
        "begins": pd.Timestamp(2023, 1, 1),
        "days": [365.0] * 5 + [900.0] * 15 + [180.0] * 10 + [900.0] * 10,
        "is_lost": [True] * 5 + [False] * 15 + [True] * 10 + [False] * 10,
    }
)


def drawn(accounts=ACCOUNTS):
    return survival_lines(tier_curves(accounts), at_risk_table(accounts))


def test_lines_fall_in_steps_to_the_end_of_the_watch():
    first, second = drawn().lines[:2]

    assert first.get_drawstyle() == "steps-post"
    assert list(first.get_xdata()) == pytest.approx([0, 12, 900 / 365 * 12])
    assert list(first.get_ydata()) == pytest.approx([1, 0.75, 0.75])
    assert list(second.get_ydata()) == pytest.approx([1, 0.5, 0.5])


def test_the_title_says_what_became_of_the_first_tier():
    assert drawn().figure.get_suptitle() == "Of tier A, 75% still order after 30 months"


def test_lines_are_named_at_their_ends():
    assert [text.get_text() for text in drawn().texts] == ["A  75%", "B  50%"]


def test_all_accounts_as_one_are_named_so():
    few = drawn(ACCOUNTS.assign(tier=[*"ABCDEFGH"] * 5))

    assert few.figure.get_suptitle() == "Of all accounts, 62% still order after 30 months"


def test_the_axis_of_shares_starts_at_nothing():
    assert drawn().get_ylim()[0] == 0


def test_names_that_would_collide_are_spread_around_where_they_belong():
    heights = apart(pd.Series({"A": 0.70, "B": 0.71, "C": 0.72}), gap=0.1)

    assert list(heights.values()) == pytest.approx([0.61, 0.71, 0.81])
