import pandas as pd
import pytest

from kamlib.analysis.pareto.causes import cause_steps, main_cause, part_changes


def cells(*rows):
    """Cells of (year, family, region, sales, profit)."""
    table = pd.DataFrame(rows, columns=["year", "family", "region", "net_revenue", "gross_profit"])
    return table.assign(is_split=False, product=table["family"])


FALL = cells(
    *(("before", family, region, 100.0, 20.0) for family in "AB" for region in ("north", "south")),
    *(("now", "A", region, 100.0, 5.0) for region in ("north", "south")),
    *(("now", "B", region, 100.0, 21.0) for region in ("north", "south")),
)


def test_the_cut_that_sets_the_fall_apart_is_chosen():
    found = main_cause(FALL)

    assert (found.cut, found.is_loss, found.named["part"].to_list()) == ("family", False, ["A"])
    assert (found.named["amount"].iloc[0], found.explained_share) == (-30, 1)


def test_a_fall_that_is_spread_as_sales_are_lies_nowhere_beyond_them():
    spread = FALL.assign(gross_profit=FALL["gross_profit"].where(FALL["year"] == "before", 10.0))

    assert main_cause(spread).beyond == pytest.approx(0)


def test_after_a_loss_those_that_lose_are_named_and_not_those_that_fell():
    found = main_cause(
        cells(
            ("before", "A", "north", 100.0, -50.0),
            ("before", "B", "north", 100.0, 60.0),
            ("now", "A", "north", 100.0, -50.0),
            ("now", "B", "north", 100.0, 20.0),
        )
    )

    assert (found.is_loss, found.named["part"].to_list()) == (True, ["A"])


def test_names_stop_at_four_fifths_and_at_three():
    rows = [("before", part, "x", 10.0, 10.0) for part in "ABCDEF"]
    even = main_cause(cells(*rows, *(("now", part, "x", 10.0, 5.0) for part in "ABCDEF")))
    steep = main_cause(cells(*rows, ("now", "A", "x", 10.0, -90.0), ("now", "B", "x", 10.0, 5.0)))

    assert even.named["part"].to_list() == ["A", "B", "C"]
    assert steep.named["part"].to_list() == ["A"]


def test_what_has_no_name_is_never_named_but_counts():
    rows = [("before", part, "x", 10.0, 10.0) for part in ("A", None)]
    found = main_cause(cells(*rows, ("now", "A", "x", 10.0, 6.0), ("now", None, "x", 10.0, 4.0)))

    assert (found.named["part"].to_list(), found.explained_share) == (["A"], 0.4)
    assert found.parts["part"].to_list() == ["not named", "A"]


def test_where_nothing_fell_there_is_no_cause():
    found = main_cause(
        cells(("before", "A", "x", 1.0, 1.0), ("now", "A", "x", 1.0, 2.0), ("now", "B", "y", 1.0, 2.0))
    )

    assert found.reason == "No part of the sales lost money or earned less than last year."


def test_a_part_of_one_year_has_nothing_in_the_other():
    table = part_changes(cells(("before", "A", "x", 5.0, 1.0), ("now", "B", "x", 7.0, 2.0)), "family")

    assert table[["part", "profit_before", "profit_now", "change"]].to_numpy().tolist() == [
        ["A", 1, 0, -1],
        ["B", 0, 2, 2],
    ]


def test_without_quantities_the_reason_for_a_cause_cannot_be_told():
    assert "cannot be set apart" in cause_steps(FALL, main_cause(FALL)).reason
