"""The analysis of profit finds what was planted in the sample company, whatever its seed."""

import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.pareto.causes import cause_steps, main_cause
from kamlib.analysis.pareto.profit import gross_profit
from kamlib.analysis.pareto.profit_years import profit_cells
from kamlib.analysis.pareto.service_cost import net_profit, residual_table, service_costs
from kamlib.analysis.pareto.thin import margin_fields
from kamlib.analysis.periods import rolling_years
from kamlib.data.sample import Planted

AS_OF, FIRST = dt.date(2025, 12, 31), dt.date(2022, 1, 3)


def test_the_family_that_grew_dearer_is_the_first_cause_and_its_cost_is_why(
    tables: dict[str, pd.DataFrame], truth: Planted
) -> None:
    known = {name: tables[name] for name in ("accounts", "products")}
    cells = profit_cells(tables["order_lines"], AS_OF, first=FIRST, **known)
    cause = main_cause(cells)

    assert (cause.cut, cause.named["part"].iloc[0]) == ("family", truth.dearer_family)
    assert cause_steps(cells, cause)["why"].iloc[0] == "unit_cost"


def test_every_thin_giant_is_big_but_thin(accounts: pd.DataFrame, truth: Planted) -> None:
    table = margin_fields(accounts).table

    assert set(truth.giants) <= set(table.loc[table["field"] == "big but thin", "account_id"])


def test_two_thirds_of_the_first_twelve_are_giants_and_two_thirds_of_the_giants_are_marked(
    accounts: pd.DataFrame, truth: Planted
) -> None:
    table, giants = margin_fields(accounts).table, set(truth.giants)
    marked = set(table.loc[table["is_marked"], "account_id"])

    assert len(giants & set(table["account_id"].head(12))) >= 8
    assert len(giants & marked) >= 8
    assert len(marked) <= 24


@pytest.fixture(scope="module")
def served(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return service_costs(tables["costs"], rolling_years(AS_OF, first=FIRST)[0])


def test_costly_accounts_earn_before_they_are_served_and_mostly_not_after(
    accounts: pd.DataFrame, served: pd.DataFrame, truth: Planted
) -> None:
    bought = accounts[accounts["account_id"].isin(truth.costly) & (accounts["net_revenue_365"] > 0)]
    gross, net = gross_profit(bought, "_365"), net_profit(bought, served)

    assert (gross > 0).mean() >= 0.8
    assert (net < 0).mean() >= 0.6


def test_what_nobody_caused_is_shown_and_charged_to_nobody(served: pd.DataFrame) -> None:
    residual = residual_table(served)
    nobody = served.loc[served["account_id"].isna(), "spent"].sum()

    assert residual["residual"].sum() == pytest.approx(nobody)
    assert 0.02 < nobody / residual["spent"].sum() < 0.2
