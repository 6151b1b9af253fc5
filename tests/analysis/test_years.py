"""Years side by side, profit, and who looks after whom."""

import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.pareto.profit import below_cost, gross_profit
from kamlib.analysis.snapshot import account_table, named_accounts
from kamlib.analysis.team import with_owner
from kamlib.analysis.years import comparable_profit, comparable_years, has_lost_profit, year_table
from kamlib.estimate import Unknown

AS_OF = dt.date(2024, 12, 31)


def _lines(*lines: tuple[str, str, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(lines, columns=["account_id", "ordered_at", "net_amount", "cost_amount"])
    return frame.assign(ordered_at=pd.to_datetime(frame["ordered_at"]))


def _accounts(*lines: tuple[str, str, float, float]) -> pd.DataFrame:
    return account_table(_lines(*lines), AS_OF)


LINES = _lines(
    ("a", "2023-01-05", 100.0, 60.0),
    ("a", "2024-03-01", 50.0, 60.0),
    ("b", "2024-05-01", 30.0, 10.0),
    ("c", "2023-06-01", 20.0, 10.0),
)
ACCOUNTS = account_table(LINES, AS_OF)


def test_two_whole_years_stand_side_by_side() -> None:
    table = year_table(LINES, AS_OF, first=dt.date(2023, 1, 1))

    assert table["net_revenue"].to_list() == [80.0, 120.0]
    assert table["account_count"].to_list() == [2, 2]
    assert table["below_cost_count"].to_list() == [1, 0]
    assert table["gross_profit"].to_list() == [10.0, 50.0]
    assert table["margin"].to_list() == pytest.approx([10 / 80, 50 / 120])


def test_the_windows_touch_and_have_365_days() -> None:
    table = year_table(LINES, AS_OF, first=dt.date(2023, 1, 1))

    assert table["starts"].to_list() == [dt.date(2024, 1, 2), dt.date(2023, 1, 2)]
    assert table["ends"].to_list() == [dt.date(2024, 12, 31), dt.date(2024, 1, 1)]


def test_half_a_year_is_never_compared() -> None:
    found = year_table(LINES, AS_OF, first=dt.date(2023, 7, 1))

    assert found == Unknown(
        "This year cannot be compared with last: that takes 730 days, and the data hold 550.", "years"
    )


def test_as_many_years_as_the_data_hold_but_five_at_the_most() -> None:
    held = [len(year_table(LINES, AS_OF, first=dt.date(year, 1, 1))) for year in (2023, 2022, 2010)]

    assert held == [2, 3, 5]


def test_a_year_in_which_nothing_was_sold_has_no_shares() -> None:
    table = year_table(LINES, AS_OF, first=dt.date(2022, 1, 1))

    assert table["net_revenue"].to_list() == [80.0, 120.0, 0.0]
    assert table["same_share"].isna().to_list() == [False, False, True]


def test_many_small_accounts_more_raise_the_top_fifth_but_not_the_same_number() -> None:
    large = [(name, day, 100.0, 0.0) for name in "abcde" for day in ("2023-06-01", "2024-06-01")]
    small = [(f"small {number}", "2024-06-01", 1.0, 0.0) for number in range(20)]
    now, before = year_table(_lines(*large, *small), AS_OF, first=dt.date(2023, 1, 1)).to_dict("records")

    assert (now["top_share"], before["top_share"]) == pytest.approx((500 / 520, 0.2))
    assert (now["same_count"], now["same_share"], before["same_share"]) == pytest.approx((1, 100 / 520, 0.2))


def test_an_account_that_gave_everything_back_is_none_that_bought() -> None:
    lines = _lines(
        ("a", "2024-05-01", 30.0, 9.0), ("b", "2024-05-01", 8.0, 2.0), ("b", "2024-05-09", -8.0, -2.0)
    )

    assert year_table(lines, AS_OF, first=dt.date(2023, 1, 1))["account_count"].to_list() == [1, 0]


def test_companies_of_a_group_are_one_where_groups_are_asked_for() -> None:
    groups = pd.Series({"a": "a", "b": "a", "c": "c"})
    table = year_table(LINES, AS_OF, first=dt.date(2023, 1, 1), groups=groups)

    assert table["account_count"].to_list() == [1, 2]
    assert table["top_share"].to_list() == pytest.approx([1.0, 100 / 120])


def test_without_cost_years_have_sales_only() -> None:
    table = year_table(LINES.drop(columns="cost_amount"), AS_OF, first=dt.date(2023, 1, 1))

    assert "gross_profit" not in table
    assert not has_lost_profit(table)


def test_below_cost_lists_the_largest_loss_first() -> None:
    accounts = _accounts(
        ("a", "2024-01-05", 10.0, 60.0), ("b", "2024-03-01", 5.0, 60.0), ("c", "2024-03-01", 9.0, 1.0)
    )

    assert below_cost(accounts)["account_id"].to_list() == ["b", "a"]


def test_without_cost_profit_is_unknown_and_says_so() -> None:
    accounts = ACCOUNTS.drop(columns=["gross_profit"])

    assert gross_profit(accounts) == below_cost(accounts)
    assert "without cost" in gross_profit(accounts).reason


def test_an_account_without_a_name_is_called_by_its_number() -> None:
    named = named_accounts(ACCOUNTS, pd.DataFrame({"account_id": ["a", "b"], "name": ["Ann", None]}))

    assert named["name"].to_list() == ["Ann", "b", "c"]


def test_the_owner_is_who_has_the_role_kam() -> None:
    team = pd.DataFrame({"account_id": ["a", "a"], "manager_id": ["m1", "m2"], "role": ["kam", "finance"]})
    managers = pd.DataFrame({"manager_id": ["m1", "m2"], "name": ["Mia", "Max"]})

    owned = with_owner(ACCOUNTS, team, managers)

    assert owned["owner"].fillna("").to_list() == ["Mia", "", ""]


def test_without_teams_there_is_no_owner_column() -> None:
    assert "owner" not in with_owner(ACCOUNTS, Unknown("no teams"), Unknown("no managers"))


def test_half_of_last_year_is_not_shown_beside_this_year() -> None:
    whole = comparable_years(ACCOUNTS, AS_OF, first=dt.date(2023, 1, 1))
    half = comparable_years(ACCOUNTS, AS_OF, first=dt.date(2023, 7, 1))

    assert "net_revenue_prev_365" in whole
    assert [name for name in half if "_prev_" in name] == []
    assert "net_revenue_365" in half


def _years(profit: list[float], margin: list[float], known: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"gross_profit": profit, "margin": margin, "costed_share": known})


def test_profit_is_lost_where_less_is_left_of_each_sale() -> None:
    assert has_lost_profit(_years([-5.0, 100.0], [-0.01, 0.2], [1.0, 1.0]))


def test_a_profit_that_fell_with_sales_alone_is_not_lost() -> None:
    assert not has_lost_profit(_years([40.0, 100.0], [0.2, 0.2], [1.0, 1.0]))


def test_cost_known_for_fewer_lines_is_no_loss() -> None:
    assert not has_lost_profit(_years([-5.0, 100.0], [-0.01, 0.2], [0.4, 1.0]))


def test_without_cost_or_a_year_before_nothing_is_lost() -> None:
    assert not has_lost_profit(pd.DataFrame({"net_revenue": [1.0, 2.0]}))
    assert not has_lost_profit(Unknown("one year"))


def test_profits_whose_cost_is_known_for_other_parts_of_the_sales_are_not_compared() -> None:
    years = pd.DataFrame({"costed_share": [0.5, 1.0], "gross_profit": [400.0, 800.0]})
    said = comparable_profit(years)

    assert isinstance(said, Unknown)
    assert said.reason.startswith("Cost is known for 50% of this year's sales and for 100% of last year's")


def test_profits_of_like_known_parts_are_compared() -> None:
    years = pd.DataFrame({"costed_share": [0.97, 0.99], "gross_profit": [400.0, 800.0]})

    assert comparable_profit(years) is years
