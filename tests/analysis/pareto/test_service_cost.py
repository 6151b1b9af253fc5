import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.pareto.service_cost import (
    activity_volumes,
    net_profit,
    residual_table,
    served_accounts,
    service_costs,
)
from kamlib.analysis.periods import Period
from kamlib.errors import ParameterError
from kamlib.estimate import Unknown

YEAR = Period("2024", dt.date(2024, 1, 1), dt.date(2024, 12, 31))
BOUGHT = pd.DataFrame(
    {"account_id": ["a", "b"], "gross_profit_365": [500.0, 300.0], "order_day_count_365": [4.0, 2.0]}
)
NONE = Unknown("There is no list of costs to serve.", "costs")


def costs(*rows):
    table = pd.DataFrame(rows, columns=["account_id", "activity", "volume", "amount", "rate"])
    return table.assign(period=pd.to_datetime(["2024-01-01", "2024-12-01", "2024-05-01"]))


COSTS = costs(
    ("a", "visits", 2, None, 100), ("b", "credit", None, 40, None), (None, "visits", None, 70, None)
)


def test_an_account_is_charged_its_amount_or_volume_times_rate():
    assert net_profit(BOUGHT, service_costs(COSTS, YEAR)).to_dict() == {"a": 300, "b": 260}


def test_what_is_spent_for_nobody_is_the_residual():
    residual = residual_table(service_costs(COSTS, YEAR)).set_index("activity")

    assert residual.loc["visits", ["charged", "spent", "residual"]].to_list() == [200, 270, 70]
    assert residual["residual"].sum() == 70


def test_the_rate_card_goes_before_the_rates_of_the_table():
    residual = residual_table(service_costs(COSTS, YEAR, rate_card=["visits=150"])).set_index("activity")

    assert residual.loc["visits", ["charged", "spent", "residual"]].to_list() == [300, 270, -30]
    assert residual.loc["credit", "charged"] == 40


def test_months_count_whose_middle_lies_within():
    early = COSTS.assign(period=pd.Timestamp(2023, 12, 1))

    assert isinstance(service_costs(early, YEAR), Unknown)
    assert len(service_costs(COSTS, YEAR)) == 3


def test_without_a_table_a_rate_card_charges_what_was_counted():
    volumes = activity_volumes(BOUGHT, YEAR, interactions=NONE, complaints=NONE)
    served = service_costs(NONE, YEAR, rate_card=["orders=10"], volumes=volumes)

    assert net_profit(BOUGHT, served).to_dict() == {"a": 460, "b": 280}
    assert residual_table(served)["spent"].isna().all()


def test_visits_and_complaints_of_the_year_are_counted():
    days = pd.to_datetime(["2024-03-01", "2023-03-01", "2024-04-01"])
    met = pd.DataFrame({"account_id": "a", "channel": ["visit", "visit", "phone"], "happened_at": days})
    came = pd.DataFrame({"account_id": ["b", "b", "b"], "opened_at": days})
    volumes = activity_volumes(BOUGHT, YEAR, interactions=met, complaints=came)

    assert (volumes["visits"].to_dict(), volumes["complaints"].to_dict()) == ({"a": 1}, {"b": 2})


def test_neither_costs_nor_a_rate_card_leave_it_unknown():
    assert service_costs(NONE, YEAR) is NONE
    assert residual_table(NONE) is NONE
    assert net_profit(BOUGHT, NONE) is NONE
    assert served_accounts(BOUGHT, NONE) is NONE


def test_without_gross_profit_there_is_no_net_profit():
    bare = BOUGHT.drop(columns="gross_profit_365")

    assert net_profit(bare, service_costs(COSTS, YEAR)).key == "gross_profit"


def test_the_least_profitable_account_comes_first_with_what_it_was_charged():
    table = served_accounts(BOUGHT, service_costs(COSTS, YEAR))

    assert table[["account_id", "cost_to_serve", "net_profit"]].to_numpy().tolist() == [
        ["b", 40, 260],
        ["a", 200, 300],
    ]
    assert table[["credit", "visits"]].to_numpy().tolist() == [[40, 0], [0, 200]]


def test_an_activity_nobody_knows_is_refused_with_the_nearest_name():
    with pytest.raises(
        ParameterError, match=r"^rate_card: nothing is known of 'visit'; did you mean 'visits'\?$"
    ):
        service_costs(COSTS, YEAR, rate_card=["visit=180"])


@pytest.mark.parametrize("entry", ["visits", "visits=", "=180", "visits=much", "visits=-3"])
def test_a_rate_card_that_cannot_be_read_is_refused(entry):
    with pytest.raises(ParameterError, match="is no rate: write it as visits=180"):
        service_costs(COSTS, YEAR, rate_card=[entry])


@pytest.mark.parametrize(
    ("months", "is_told"),
    [
        (("2024-01-01", "2024-12-01"), True),
        (("2024-01-01", "2024-11-01"), True),  # the costs of December are not in yet
        (("2024-01-01", "2024-10-01"), False),
        (("2024-02-01", "2024-12-01"), False),
    ],
)
def test_costs_of_a_part_of_the_year_are_not_held_against_the_year(
    months: tuple[str, str], is_told: bool
) -> None:
    two = COSTS.head(2).assign(period=pd.to_datetime(list(months)))

    assert isinstance(service_costs(two, YEAR), pd.DataFrame) == is_told


def test_costs_of_a_part_of_the_year_say_which() -> None:
    half = COSTS.assign(period=pd.to_datetime(["2024-07-01", "2024-09-01", "2024-12-01"]))

    assert service_costs(half, YEAR).reason == (
        "What it costs to serve is known from Jul 2024 to Dec 2024 only (costs), a part of the 12 months it "
        "would be held against."
    )
