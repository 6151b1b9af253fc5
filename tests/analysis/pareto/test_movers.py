"""Which accounts grow or fade, and who looks after them."""

import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.pareto.migration import tier_years
from kamlib.analysis.pareto.movers import growth_table, movers, small_with_potential, with_care
from kamlib.analysis.periods import Period
from kamlib.estimate import Unknown

YEARS = [Period(str(year), dt.date(year, 1, 1), dt.date(year, 12, 31)) for year in (2023, 2022, 2021)]
AS_OF = dt.date(2023, 12, 31)


def growth(first: str = "2020-01-01", **accounts: list[float]) -> pd.DataFrame:
    wide = pd.DataFrame(
        {"keeps": [100.0] * 3} | accounts, index=pd.Index(["2021", "2022", "2023"], name="period")
    )
    sold = wide.melt(ignore_index=False, var_name="account_id", value_name="net_revenue").reset_index()
    ordered = pd.Series(pd.Timestamp("2020-01-01"), index=list(wide)).mask(
        wide.columns == "late", pd.Timestamp(first)
    )
    return growth_table(tier_years(sold, YEARS), YEARS, ordered).set_index("account_id")


def test_growth_is_told_a_year() -> None:
    found = growth(rises=[100.0, 90.0, 225.0]).loc["rises"]

    assert (found["growth"], found["year_count"], found["direction"]) == (pytest.approx(0.5), 2, "growing")


def test_fading_is_growing_the_other_way_round() -> None:
    found = growth(fades=[132.3, 1.0, 100.0], nearly=[132.2, 1.0, 100.0])

    assert found["direction"].to_dict() == {"fades": "fading", "keeps": "steady", "nearly": "steady"}


def test_a_year_that_began_without_the_account_is_no_base() -> None:
    found = growth(first="2021-05-01", late=[10.0, 100.0, 100.0]).loc["late"]

    assert (found["base_period"], found["direction"]) == ("2022", "steady")


def test_who_came_in_the_last_year_is_too_new_and_who_buys_little_too_small() -> None:
    found = growth(first="2023-05-01", late=[0.0, 0.0, 100.0], tiny=[1.0, 1.0, 5.0])["direction"]

    assert (found["late"], found["tiny"]) == ("too new", "too small")


def test_who_left_is_not_in_the_table() -> None:
    assert "gone" not in growth(gone=[100.0, 100.0, 0.0]).index


def test_the_largest_change_a_year_stands_first() -> None:
    found = movers(growth(slow=[100.0, 0.0, 200.0], large=[1000.0, 0.0, 1500.0]).reset_index(), "growing")

    assert found[["account_id", "change_per_year"]].to_numpy().tolist() == [["large", 250.0], ["slow", 50.0]]


ACCOUNTS = pd.DataFrame({"account_id": ["a", "b", "c"], "owner": ["Ann", "Ann", None]})
MET = pd.DataFrame(
    {"account_id": ["a", "b", "c"], "happened_at": pd.to_datetime(["2023-12-01", "2023-01-01", "2023-12-01"])}
)


def test_nobody_looks_after_an_account_without_owner_or_without_contact() -> None:
    found = with_care(ACCOUNTS, MET, AS_OF, days=180)

    assert found["account_id"].to_list() == ["b", "c", "a"]
    assert found["is_unattended"].to_list() == [True, True, False]


def test_contact_on_the_first_of_the_days_counts() -> None:
    day = pd.DataFrame({"account_id": ["a"], "happened_at": [pd.Timestamp(AS_OF) - pd.Timedelta(days=179)]})

    assert not with_care(ACCOUNTS[:1], day, AS_OF, days=180)["is_unattended"].iloc[0]


def test_without_teams_and_contacts_care_is_not_known() -> None:
    assert with_care(ACCOUNTS[["account_id"]], Unknown("none"), AS_OF)["is_unattended"].isna().all()


GROWN = pd.DataFrame(
    {
        "account_id": ["a", "b", "c"],
        "direction": "growing",
        "tier": ["A", "B", "C"],
        "growth": 0.5,
        "net_revenue": [90.0, 50.0, 10.0],
    }
)


def test_what_is_bought_elsewhere_makes_a_small_account_promising() -> None:
    wallet = pd.DataFrame(
        {"account_id": ["b", "c", "c"], "year": [2022, 2023, 2022], "spend": [60.0, 100.0, 900.0]}
    )
    found = small_with_potential(GROWN, wallet, AS_OF)

    assert found[["account_id", "unserved", "hoped_for"]].to_numpy().tolist() == [
        ["c", 90.0, 45.0],
        ["b", 10.0, 5.0],
    ]


def test_an_estimate_of_a_later_year_is_not_known_yet() -> None:
    wallet = pd.DataFrame({"account_id": ["b"], "year": [2024], "spend": [60.0]})

    assert small_with_potential(GROWN, wallet, AS_OF)["unserved"].isna().all()


def test_without_an_estimate_sales_go_on_growing() -> None:
    found = small_with_potential(GROWN, Unknown("no wallet"), AS_OF)

    assert found[["account_id", "hoped_for"]].to_numpy().tolist() == [["b", 25.0], ["c", 5.0]]


def test_where_no_contact_is_on_record_nobody_has_been_in_contact():
    days = pd.Series(dtype="datetime64[us]")
    none = pd.DataFrame({"account_id": pd.Series(dtype="str"), "happened_at": days})
    found = with_care(pd.DataFrame({"account_id": ["a"], "owner": ["Ann"]}), none, AS_OF, days=180)

    assert found["is_unattended"].tolist() == [True]
