import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.patches import PathPatch, Rectangle

from kamlib.display.figures.flows import flow_bands, tier_flows

COUNTS = [
    ("A", "A", 40),
    ("A", "B", 12),
    ("A", "left", 8),
    ("B", "A", 1),
    ("B", "B", 30),
    ("not yet", "B", 9),
]
MOVES = pd.DataFrame(COUNTS, columns=["from_state", "to_state", "account_count"]).assign(
    from_period="2012",
    to_period="2013",
    from_revenue=[900.0, 90, 80, 10, 300, 0],
    to_revenue=[950.0, 40, 0, 30, 310, 50],
)


def bars(ax):
    return [-round(patch.get_height()) for patch in ax.patches if isinstance(patch, Rectangle)]


def bands(ax):
    return [patch for patch in ax.patches if isinstance(patch, PathPatch)]


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_each_bar_is_as_high_as_its_tier_in_that_year():
    assert bars(tier_flows(MOVES)) == [60, 31, 0, 41, 51, 0]


def test_there_is_a_band_for_each_move_that_somebody_made():
    nobody = pd.DataFrame([("C", "C", 0)], columns=["from_state", "to_state", "account_count"])
    more = pd.concat(
        [MOVES, nobody.assign(from_period="2012", to_period="2013", from_revenue=0.0, to_revenue=0.0)]
    )

    assert len(bands(tier_flows(more))) == len(COUNTS)


def test_a_band_of_sales_is_as_broad_as_what_was_bought_at_either_end():
    first = bands(tier_flows(MOVES, by="revenue"))[0].get_path().vertices

    assert (first[0, 1] - first[-1, 1], first[3, 1] - first[4, 1]) == pytest.approx((900, 950))


def test_who_came_and_who_left_is_written_beside_the_bands():
    assert {"9 new", "8 left", "A  60"} <= set(words(tier_flows(MOVES)))


def test_the_titles_state_the_finding():
    assert tier_flows(MOVES).figure.get_suptitle() == "40 of last year's 60 A accounts still are"
    assert tier_flows(MOVES, by="revenue").figure.get_suptitle() == "Out of tier A: −130. Into it: +20"


def test_two_states_are_enough():
    flows = pd.DataFrame(
        {"from_period": "1", "to_period": "2", "from_state": ["yes", "no"], "to_state": "yes"}
    )
    drawn = flow_bands(
        flows.assign(from_value=[3, 1], to_value=[3, 1]),
        states=["yes", "no"],
        title="t",
        subtitle="s",
        alt="a",
    )

    assert bars(drawn) == [3, 1, 4, 0]
    assert drawn.figure.get_label() == "a"


def test_a_phone_shows_the_last_step_only():
    earlier = MOVES.assign(from_period="2011", to_period="2012")
    _, ax = plt.subplots(figsize=(3, 3))
    drawn = tier_flows(pd.concat([earlier, MOVES]), ax=ax)

    assert [label.get_text() for label in drawn.get_xticklabels()] == ["2012", "2013"]
