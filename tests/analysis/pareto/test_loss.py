"""What would be left if large customers left."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.analysis.pareto.loss import loss_table
from kamlib.errors import ParameterError
from kamlib.estimate import Unknown

SOLD = pd.DataFrame(
    {
        "account_id": ["a", "b", "c", "d"],
        "net_revenue_365": [50.0, 30.0, 40.0, 30.0],
        "gross_profit_365": [5.0, 9.0, 8.0, -2.0],
    }
)
ACCOUNTS = pd.DataFrame(
    {
        "account_id": ["a", "b", "c", "d"],
        "parent_id": [None, "c", None, None],
        "name": ["Ann", "Bo", "Cy", None],
    }
)


def test_the_companies_of_a_group_leave_together() -> None:
    table = loss_table(SOLD, ACCOUNTS)

    assert table["name"].fillna("").to_list() == ["", "Cy", "Ann", "d"]
    assert table["net_revenue"].to_list() == [150.0, 80.0, 30.0, 0.0]
    assert table["account_count"].to_list()[1:] == [2, 1, 1]


def test_what_is_left_is_told_as_a_part_of_today() -> None:
    table = loss_table(SOLD, ACCOUNTS)

    assert table["net_revenue_share"].to_list() == pytest.approx([1, 80 / 150, 30 / 150, 0])
    assert table["gross_profit_share"].to_list() == pytest.approx([1, 3 / 20, -2 / 20, 0])


def test_fixed_costs_are_covered_as_often_as_gross_profit_holds_them() -> None:
    assert loss_table(SOLD, ACCOUNTS, fixed_costs=10)["fixed_cost_cover"].to_list() == [2.0, 0.3, -0.2, 0.0]


def test_without_fixed_costs_or_without_profit_there_is_no_cover() -> None:
    assert "fixed_cost_cover" not in loss_table(SOLD, ACCOUNTS)
    assert (
        list(loss_table(SOLD.drop(columns="gross_profit_365"), ACCOUNTS, fixed_costs=10))[-1]
        == "net_revenue_share"
    )


def test_customers_that_bring_alike_leave_by_their_id() -> None:
    alone = ACCOUNTS.drop(columns="parent_id")

    assert loss_table(SOLD, alone)["name"].to_list()[3:] == ["Bo", "d"]


def test_as_many_leave_as_asked() -> None:
    assert loss_table(SOLD, ACCOUNTS, most=1)["customers_gone"].to_list() == [0, 1]


@pytest.mark.parametrize("named", ["b", "Bo"])
def test_a_company_of_a_group_leaves_alone_by_id_or_by_name(named: str) -> None:
    gone = loss_table(SOLD, ACCOUNTS, leaving=[named], most=0).iloc[-1]

    assert (gone["name"], gone["account_count"], gone["net_revenue"]) == (named, 1, 120.0)
    assert pd.isna(gone["customers_gone"])


@pytest.mark.parametrize("named", ["c", "Cy"])
def test_the_top_of_a_group_takes_its_companies_along(named: str) -> None:
    gone = loss_table(SOLD, ACCOUNTS, leaving=[named], most=0).iloc[-1]

    assert (gone["account_count"], gone["net_revenue"], gone["gross_profit"]) == (2, 80.0, 3.0)


def test_each_account_named_leaves_on_its_own() -> None:
    table = loss_table(SOLD, ACCOUNTS, leaving=["a", "d"], most=0)

    assert table["net_revenue"].to_list() == [150.0, 100.0, 120.0]


def test_a_name_that_nobody_has_is_refused_with_the_nearest() -> None:
    with pytest.raises(ParameterError) as refused:
        loss_table(SOLD, ACCOUNTS.assign(name=["Annabel", "Bo", "Cy", None]), leaving=["Anabel"])

    assert str(refused.value) == "leaving: there is no account 'Anabel'; did you mean 'Annabel'?"


def test_fixed_costs_below_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="fixed_costs are zero or more, not -1"):
        loss_table(SOLD, ACCOUNTS, fixed_costs=-1)


def test_where_sales_are_not_above_zero_nobody_can_be_missed() -> None:
    returned = SOLD.assign(net_revenue_365=[-1.0, 1.0, 0.0, 0.0])

    assert loss_table(returned, ACCOUNTS) == Unknown(
        "Sales are not above zero, so nobody can be missed.", "loss"
    )


def test_of_a_profit_below_zero_no_part_is_left() -> None:
    table = loss_table(SOLD.assign(gross_profit_365=[-9.0, 1.0, 1.0, 1.0]), ACCOUNTS)

    assert table["gross_profit"].to_list() == [-6.0, -8.0, 1.0, 0.0]
    assert table["gross_profit_share"].isna().all()


def test_one_customer_takes_everything_along() -> None:
    everybody = ACCOUNTS.assign(parent_id=[None, "a", "a", "a"])

    assert loss_table(SOLD, everybody)["net_revenue"].to_list() == [150.0, 0.0]


def test_accounts_without_a_list_are_called_by_their_number() -> None:
    assert loss_table(SOLD, SOLD[["account_id"]])["name"].to_list()[1:] == ["a", "c", "b", "d"]


@settings(max_examples=30)
@given(st.lists(st.integers(0, 10**6), min_size=4, max_size=4).filter(any))
def test_with_every_customer_gone_less_is_left(amounts: list[int]) -> None:
    left = loss_table(SOLD.assign(net_revenue_365=amounts), ACCOUNTS)["net_revenue"]

    assert left.is_monotonic_decreasing
    assert left.iloc[-1] == 0


def test_fixed_costs_of_a_year_are_not_held_against_less_than_a_year() -> None:
    short = loss_table(SOLD, ACCOUNTS, fixed_costs=10, days_held=364)
    whole = loss_table(SOLD, ACCOUNTS, fixed_costs=10, days_held=365)

    assert short["fixed_cost_cover"].isna().all()
    assert whole["fixed_cost_cover"].notna().all()
