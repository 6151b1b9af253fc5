"""The concentration report finds what was planted in the sample company, whatever its seed."""

import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.pareto.levels import at_level, level_groups
from kamlib.analysis.pareto.loss import loss_table
from kamlib.analysis.pareto.profit import gross_profit
from kamlib.analysis.pareto.ranks import rank_table
from kamlib.analysis.pareto.service_cost import net_profit, service_costs
from kamlib.analysis.pareto.targets import target_table
from kamlib.analysis.periods import rolling_years
from kamlib.data.sample import Planted

AS_OF = dt.date(2025, 12, 31)


@pytest.fixture(scope="module")
def ranks(accounts: pd.DataFrame) -> pd.DataFrame:
    sales = accounts.set_index("account_id")["net_revenue_365"]
    return rank_table({"sales": sales, "profit": gross_profit(accounts, "_365")}).set_index("account_id")


def test_the_great_group_is_the_customer_that_would_be_missed_most(
    truth: Planted, tables: dict[str, pd.DataFrame], accounts: pd.DataFrame
) -> None:
    names = tables["accounts"].set_index("account_id")["name"]
    first = loss_table(accounts, tables["accounts"]).iloc[1]

    assert first["name"] == names[truth.great_group]
    assert first["net_revenue_share"] < 0.9
    assert first["account_count"] > 1


def test_every_thin_giant_falls_when_accounts_are_ranked_by_profit(
    truth: Planted, ranks: pd.DataFrame
) -> None:
    giants = ranks.loc[list(truth.giants)]

    assert (giants["profit_shift"] < 0).all()


def test_whoever_falls_furthest_among_the_ten_largest_is_a_thin_giant(
    truth: Planted, ranks: pd.DataFrame
) -> None:
    assert ranks.head(10)["profit_shift"].idxmin() in truth.giants


def test_accounts_that_left_in_the_first_half_of_the_year_are_behind_their_target(
    truth: Planted, tables: dict[str, pd.DataFrame]
) -> None:
    found = target_table(tables["order_lines"], tables["targets"], tables["accounts"], AS_OF)
    left = {name for name, day in truth.left_on.items() if day.year == 2025 and day.month <= 6}
    behind = found[found["account_id"].isin(left)]

    assert len(behind) >= 3
    assert (behind["gap"] < 0).mean() > 0.9


def test_accounts_that_cost_more_than_they_earn_fall_once_the_cost_to_serve_is_counted(
    truth: Planted, tables: dict[str, pd.DataFrame], accounts: pd.DataFrame
) -> None:
    served = service_costs(tables["costs"], rolling_years(AS_OF, first=dt.date(2022, 1, 1))[0])
    earned = {"gross": gross_profit(accounts, "_365"), "net": net_profit(accounts, served)}
    table = rank_table(earned).set_index("account_id").loc[list(truth.costly)]

    assert (table["net"] < 0).all()
    assert (table["net_shift"] < 0).all()


def test_by_parent_the_great_group_is_first(
    truth: Planted, tables: dict[str, pd.DataFrame], accounts: pd.DataFrame
) -> None:
    by_parent = at_level(accounts, level_groups(tables["accounts"], "parent"))
    largest = by_parent.loc[by_parent["net_revenue_365"].idxmax()]

    assert largest["account_id"] == truth.great_group
    assert by_parent["net_revenue_365"].sum() == pytest.approx(accounts["net_revenue_365"].sum())
