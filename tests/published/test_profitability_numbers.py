"""What changed the profit, and who earns it, against recomputed figures.

AdventureWorks resellers: Microsoft sample data (MIT), recomputed for this project from the raw rows. The
whale of ten accounts and the four products are made up for hand calculation.
"""

from pathlib import Path

import pandas as pd
import pytest

from kamlib.analysis.pareto.bridge import account_bridge, price_volume_mix, product_bridge, profit_bridge
from kamlib.analysis.pareto.causes import Cause, cause_steps, main_cause
from kamlib.analysis.pareto.concentration import concentration_table
from kamlib.analysis.pareto.profit import below_cost
from kamlib.analysis.pareto.profit_years import profit_cells
from kamlib.analysis.pareto.whale import whale
from kamlib.analysis.snapshot import account_table
from kamlib.data.sources import Tables, open_source

WHALE = pd.Series([400.0, 300, 200, 100, 50, 0, -50, -100, -150, -250])


def priced(products: dict[str, tuple[float, float]]) -> pd.DataFrame:
    table = pd.DataFrame(products, index=["price", "quantity"]).T
    revenue = table["price"] * table["quantity"]
    return pd.DataFrame({"quantity": table["quantity"], "net_revenue": revenue, "gross_profit": revenue})


def test_price_volume_and_mix_of_four_products() -> None:
    before = priced({"A": (10, 100), "B": (20, 50), "C": (5, 200)})
    steps = price_volume_mix(before, priced({"A": (11, 120), "B": (20, 40), "D": (8, 30)})).sum()

    assert before["net_revenue"].sum() + steps.sum() == pytest.approx(2360)
    assert steps.round(2).to_dict() == {
        "volume": 133.33,
        "mix": -133.33,
        "price": 120.0,
        "unit_cost": 0.0,
        "new_products": 240.0,
        "lost_products": -1000.0,
    }


def test_the_whale_of_ten_accounts() -> None:
    found = whale(WHALE)

    assert (found.total, found.peak, found.given_back) == (500, 1050, 550)
    assert (found.earning_count, found.losing_count) == (5, 4)
    assert found.peak_share == pytest.approx(2.1)
    assert concentration_table(WHALE)["cumulative_amount_share"].iloc[1] == pytest.approx(1.4)


@pytest.fixture(scope="module")
def tables(adventureworks: Path) -> Tables:
    return open_source(str(adventureworks))


@pytest.fixture(scope="module")
def cells(tables: Tables) -> pd.DataFrame:
    return profit_cells(
        tables.order_lines,
        tables.as_of,
        first=tables.first_day,
        accounts=tables["accounts"],
        products=tables["products"],
    )


@pytest.fixture(scope="module")
def cause(cells: pd.DataFrame) -> Cause:
    return main_cause(cells)


def test_335_adventureworks_accounts_have_a_negative_margin_over_all_rows(tables: Tables) -> None:
    assert len(below_cost(account_table(tables.order_lines, tables.as_of))) == 335


def test_adventureworks_twelve_months_and_the_twelve_before(cells: pd.DataFrame) -> None:
    years = cells.groupby("year")[["net_revenue", "gross_profit"]].sum().round(2)
    by_account = cells.groupby(["year", "account_id"])["gross_profit"].sum().reset_index()

    assert years.loc["now"].to_list() == [36_240_484.70, -673_727.11]
    assert years.loc["before"].to_list() == [27_921_670.52, 1_153_444.77]
    assert by_account.groupby("year")["gross_profit"].size().to_dict() == {"before": 365, "now": 493}
    assert by_account.query("gross_profit < 0").groupby("year").size().to_dict() == {
        "before": 105,
        "now": 297,
    }


def test_two_bike_groups_explain_the_loss_and_nobody_said_where_to_look(cause: Cause) -> None:
    assert (cause.cut, cause.is_loss) == ("family", True)
    assert cause.named["part"].to_list() == ["Touring Bikes", "Road Bikes"]
    assert cause.named["amount"].round(2).to_list() == [-1_237_594.98, -658_839.81]


def test_touring_bikes_are_new_and_road_bikes_cost_more(cells: pd.DataFrame, cause: Cause) -> None:
    assert cause_steps(cells, cause)["why"].to_list() == ["new_products", "unit_cost"]


def test_214_new_adventureworks_accounts_are_sold_to_below_cost(cells: pd.DataFrame) -> None:
    new = account_bridge(cells).set_index("step").loc["new accounts"]

    assert new["account_count"] == 214
    assert new[["net_revenue", "amount"]].round(2).to_list() == [14_872_022.94, -1_083_887.30]


def test_the_adventureworks_bridge_closes_and_splits_every_line(cells: pd.DataFrame) -> None:
    bridge = profit_bridge(product_bridge(cells)).set_index("step")["amount"]

    assert bridge.iloc[:-1].sum() == pytest.approx(bridge["now"], abs=0.005)
    assert bridge[["before", "now"]].round(2).to_list() == [1_153_444.77, -673_727.11]
    assert "not_split" not in bridge
