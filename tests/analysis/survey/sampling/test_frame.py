"""Whom a survey could ask."""

import pandas as pd
import pytest

from kamlib.analysis.survey.sampling.frame import joined_strata, sampling_frame
from kamlib.estimate import Unknown

SALES = pd.DataFrame(
    {"account_id": list("abcdefg"), "net_revenue_365": [400.0, 300.0, 200.0, 60.0, 20.0, 10.0, 10.0]}
)
ACCOUNTS = pd.DataFrame(
    {"account_id": list("abcdefgh"), "status": ["active"] * 6 + ["lost", "active"], "is_key": True}
)


def test_the_list_is_the_active_key_accounts_those_without_sales_in_the_last_tier():
    frame = sampling_frame(SALES, ACCOUNTS)

    assert frame["account_id"].tolist() == list("abcdefh")
    assert frame["stratum"].tolist() == ["A+B"] * 4 + ["C"] * 3  # B would be d alone


def test_tiers_are_cut_among_the_key_accounts_alone():
    named = ACCOUNTS.assign(is_key=[False, False, True, True, True, True, True, True])

    frame = sampling_frame(SALES, named)
    assert frame["account_id"].tolist() == list("cdefh")
    assert frame["stratum"].tolist() == ["A+B"] * 3 + ["C"] * 2


def test_without_a_status_those_with_sales_are_active():
    bare = ACCOUNTS.drop(columns="status")

    assert sampling_frame(SALES, bare)["account_id"].tolist() == list("abcdefg")


def test_the_order_of_the_rows_does_not_matter():
    turned = sampling_frame(SALES[::-1], ACCOUNTS[::-1])

    pd.testing.assert_frame_equal(turned, sampling_frame(SALES, ACCOUNTS))


def test_a_list_of_four_is_talked_to_one_by_one():
    frame = sampling_frame(SALES, ACCOUNTS.head(4))

    assert frame == Unknown(
        "The list holds 4 active key accounts, too few to draw from: talk to each of them.", "frame"
    )


@pytest.mark.parametrize(
    ("sizes", "joined"),
    [
        ({"A": 3, "B": 2, "C": 2}, {"A", "B", "C"}),
        ({"A": 1, "B": 2, "C": 5}, {"A+B", "C"}),
        ({"A": 5, "B": 4, "C": 1}, {"A", "B+C"}),
        ({"A": 1}, {"A"}),
    ],
)
def test_a_stratum_of_one_joins_its_neighbour(sizes, joined):
    stratum = pd.Series([name for name, size in sizes.items() for _ in range(size)])

    assert set(joined_strata(stratum)) == joined
