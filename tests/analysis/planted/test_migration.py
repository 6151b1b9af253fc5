"""The migration report finds what was planted in the sample company, whatever its seed."""

import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.pareto.migration import tier_years, whole_years
from kamlib.analysis.pareto.movers import growth_table
from kamlib.analysis.pareto.novelty import marked_sales, marked_shares
from kamlib.analysis.periods import account_periods
from kamlib.analysis.snapshot import account_table
from kamlib.data.sample import Planted

AS_OF, FIRST = dt.date(2025, 12, 31), dt.date(2022, 1, 3)
YEARS = whole_years(AS_OF, first=FIRST)


@pytest.fixture(scope="module")
def direction(tables: dict[str, pd.DataFrame]) -> pd.Series:
    lines = tables["order_lines"]
    years = tier_years(account_periods(lines, YEARS), YEARS)
    ordered = account_table(lines, AS_OF).set_index("account_id")["first_ordered_at"]
    return growth_table(years, YEARS, ordered).set_index("account_id")["direction"]


def test_three_of_four_risers_are_found_among_the_growing_and_two_at_most_among_the_fading(
    truth: Planted, direction: pd.Series
) -> None:
    found = direction.reindex(truth.risers).value_counts()

    assert found["growing"] >= 0.75 * 16
    assert found.get("fading", 0) <= 2


def test_ten_of_sixteen_faders_are_found_among_the_fading_and_two_at_most_among_the_growing(
    truth: Planted, direction: pd.Series
) -> None:
    # The others bought too little to tell, or chance hid two years' part of what they lost in all.
    found = direction.reindex(truth.faders).value_counts()

    assert found["fading"] >= 10
    assert found.get("growing", 0) <= 2


def test_the_growing_hold_far_more_risers_than_chance_would(truth: Planted, direction: pd.Series) -> None:
    is_riser = direction.index.isin(truth.risers)

    assert is_riser[direction == "growing"].mean() > 2.5 * is_riser.mean()


def test_the_new_product_is_where_sales_from_new_products_come_from(tables: dict[str, pd.DataFrame]) -> None:
    sold = account_periods(tables["order_lines"], YEARS, by_product=True)
    found = marked_shares(marked_sales(sold, tables["products"], YEARS), "product_id", period=YEARS[0].label)

    assert found.loc[found["new_revenue"] > 0, "product_id"].to_list() == ["P35"]
    assert found["new_revenue"].sum() > 0.05 * found["net_revenue"].sum()
