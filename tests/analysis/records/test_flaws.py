"""What is to be mended stands in the order of the sales that it touches."""

import pandas as pd
import pytest

from kamlib.analysis.records.flaws import flaw_table
from kamlib.estimate import Unknown

ACCOUNTS = pd.DataFrame(
    {"name": ["Ann", "Bo"], "net_revenue_365": [96.0, 4.0], "costed_revenue_365": [96.0, 4.0]}
)
MISSING = Unknown("There is no list of contacts.")


def months_of(*states):
    counts = [{"good": 30, "few lines": 5, "no lines": 0}[state] for state in states]
    month = pd.date_range("2023-01-01", periods=len(states), freq="MS")
    return pd.DataFrame({"month": month, "line_count": counts, "usual_line_count": 30.0, "state": states})


def table(accounts=ACCOUNTS, months=("good",), channels=MISSING, **found):
    return flaw_table(accounts, months=months_of(*months), channels=channels, **found)


def test_where_nothing_is_amiss_or_it_cannot_be_told_there_is_no_flaw():
    assert table(uncovered=ACCOUNTS.head(0), conflicts=MISSING).empty


def test_what_touches_most_comes_first_with_its_share_and_its_largest_account():
    found = table(uncovered=ACCOUNTS.tail(1), unreachable=ACCOUNTS)

    assert found["flaw"].tolist() == ["unreachable", "uncovered"]
    assert found["name"].tolist() == ["Ann", "Bo"]
    assert found["touched_share"].tolist() == [1.0, 0.04]


def test_months_weigh_by_the_lines_they_lack():
    row = table(months=("good", "no lines", "good", "few lines")).loc[0]

    assert (row["flaw"], row["item_count"], row["day"]) == ("months", 2, pd.Timestamp("2023-02-01"))
    assert row["touched_share"] == pytest.approx((30 + 25) / (65 + 55))


def test_sales_without_a_cost_are_a_flaw():
    row = table(ACCOUNTS.assign(costed_revenue_365=[48.0, 2.0])).loc[0]

    assert (row["flaw"], row["touched_share"]) == ("cost", 0.5)


def test_a_source_without_any_cost_touches_all_sales():
    assert table(ACCOUNTS.drop(columns="costed_revenue_365"))["touched_share"].tolist() == [1.0]


def test_each_channel_that_stopped_is_a_flaw_of_its_own():
    channels = pd.DataFrame(
        {
            "channel": ["visit", "seminar", "phone"],
            "last_at": pd.Timestamp("2025-03-04"),
            "usual_revenue_share": [0.5, 0.2, 0.1],
            "state": ["good", "stopped", "stopped"],
        }
    )

    assert table(channels=channels)["name"].tolist() == ["seminar", "phone"]
