import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.lifetime.history import order_history, with_margin
from kamlib.analysis.snapshot import account_table
from kamlib.errors import ParameterError

LINES = pd.DataFrame(
    [
        ("a", "2024-01-01", 10.0, 6.0),
        ("a", "2024-01-01", 30.0, 14.0),
        ("a", "2024-03-01", 60.0, 50.0),
        ("a", "2024-03-05", -20.0, -15.0),
        ("b", "2024-02-01", 5.0, 1.0),
        ("c", "2024-02-01", -5.0, -1.0),
    ],
    columns=["account_id", "ordered_at", "net_amount", "cost_amount"],
).assign(ordered_at=lambda t: pd.to_datetime(t["ordered_at"]))


def table() -> pd.DataFrame:
    return account_table(LINES, dt.date(2024, 3, 31))


def test_lines_of_one_day_are_one_order_and_a_return_is_none():
    found = order_history(table()).set_index("account_id").loc["a"]

    assert found[["orders", "repeats", "last_repeat", "age"]].tolist() == [2, 1, 60, 90]


def test_who_only_returned_has_no_history():
    assert order_history(table())["account_id"].tolist() == ["a", "b"]


def test_an_order_brings_its_gross_profit_with_returns_taken_off():
    assert order_history(table())["profit_per_order"].tolist() == [(80 - 55) / 2, 4.0]


def test_without_cost_an_order_brings_nothing_that_is_known():
    found = order_history(account_table(LINES.drop(columns="cost_amount"), dt.date(2024, 3, 31)))

    assert "profit_per_order" not in found


def test_a_margin_of_one_s_own_stands_in_for_the_cost():
    found = with_margin(table(), 0.25).set_index("account_id")

    assert found.loc["a", ["gross_profit", "gross_profit_365"]].tolist() == [20.0, 20.0]


def test_a_margin_beyond_sales_is_refused():
    with pytest.raises(ParameterError) as refused:
        with_margin(table(), 30)

    assert str(refused.value) == "margin: give a part of sales, 0 to 1, not 30"
