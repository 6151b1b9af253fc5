"""A report can be told, in part, or not: by what it asks for and what is there."""

import pandas as pd
import pytest

from kamlib.analysis.records.answers import answer_table

COST = ("r", "order_lines", "cost_amount", "without cost, no profit")


def answer(*asked, columns=(), **states):
    """Return what can be told where the tables are in these states; `order_lines` has no cost."""
    needs = pd.DataFrame([("r", *one) for one in asked], columns=["report", "table", "need"])
    lost = pd.DataFrame(columns, columns=["report", "table", "column", "without"])
    rows = [(name, f"list of {name}", state, "cost_amount, channel") for name, state in states.items()]
    tables = pd.DataFrame(rows, columns=["table", "holds", "state", "missing_columns"])
    return answer_table(needs, lost, tables).loc[0, "says"]


@pytest.mark.parametrize("state", ["good", "warnings"])
def test_what_is_there_can_be_told(state):
    assert answer(("exits", "required"), exits=state) == "yes"


def test_a_required_table_that_is_missing_or_broken_is_a_no():
    assert answer(("exits", "required"), exits="not there") == "no: there is no list of exits"
    assert answer(("exits", "required"), exits="broken") == "no: the list of exits breaks its rules"


def test_an_optional_table_that_is_missing_leaves_a_part():
    assert answer(("exits", "optional"), exits="not there") == "in part: without list of exits"


def test_a_missing_column_that_counts_leaves_a_part():
    said = answer(("order_lines", "required"), columns=[COST], order_lines="good")

    assert said == "in part: without cost, no profit"


def test_a_missing_column_of_another_report_does_not_matter():
    elsewhere = ("other", *COST[1:])

    assert answer(("order_lines", "required"), columns=[elsewhere], order_lines="good") == "yes"


def test_what_cannot_be_told_at_all_is_not_told_in_part():
    said = answer(("a", "required"), ("b", "optional"), a="not there", b="not there")

    assert said == "no: there is no list of a"
