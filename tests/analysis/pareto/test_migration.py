"""In which tier each account was year by year."""

import datetime as dt

import numpy as np
import pandas as pd

from kamlib.analysis.pareto.migration import last_moves, list_stability, tier_moves, tier_years, whole_years
from kamlib.analysis.periods import Period
from kamlib.estimate import Unknown

YEARS = [Period(str(year), dt.date(year, 1, 1), dt.date(year, 12, 31)) for year in (2023, 2022, 2021)]


def sold(**accounts: list[float]) -> pd.DataFrame:
    """Return what each account bought in 2021, 2022 and 2023."""
    wide = pd.DataFrame(accounts, index=pd.Index(["2021", "2022", "2023"], name="period"))
    return wide.melt(ignore_index=False, var_name="account_id", value_name="net_revenue").reset_index()


def states(**accounts: list[float]) -> dict[str, list[str]]:
    table = tier_years(sold(**accounts), YEARS)
    return table.groupby("account_id")["state"].agg(list).to_dict()


def test_an_account_has_the_tier_of_what_it_bought_in_that_year_alone() -> None:
    assert states(a=[80.0, 10.0, 1.0], b=[20.0, 90.0, 99.0]) == {"a": ["A", "B", "C"], "b": ["B", "A", "A"]}


def test_without_sales_an_account_has_left_or_is_not_yet_there() -> None:
    assert states(a=[5.0, 5.0, 5.0], b=[5.0, 0.0, 0.0], c=[0.0, 0.0, 5.0])["b"] == ["A", "left", "left"]
    assert states(a=[5.0, 5.0, 5.0], c=[0.0, 0.0, 5.0])["c"][:2] == ["not yet", "not yet"]


def test_a_year_of_returns_alone_is_one_without_sales() -> None:
    assert states(a=[5.0, 5.0, 5.0], b=[9.0, -3.0, 0.0])["b"] == ["A", "left", "left"]


def test_equal_accounts_are_ranked_by_name() -> None:
    found = states(**{name: [10.0] * 3 for name in "abcdefghij"})

    assert [found[name][0] for name in "abcdefghij"] == ["A"] * 8 + ["B"] * 2


def test_one_account_alone_is_always_in_tier_a() -> None:
    assert states(a=[1.0, 2.0, 3.0]) == {"a": ["A", "A", "A"]}


def test_moves_count_every_account_that_was_or_came_once_a_year() -> None:
    moves = tier_moves(tier_years(sold(a=[80.0, 10.0, 1.0], b=[20.0, 90.0, 99.0], c=[0.0, 5.0, 0.0]), YEARS))
    counts = moves.groupby("from_period", sort=False)["account_count"].sum()

    assert counts.to_dict() == {"2021": 3, "2022": 3}


def test_moves_carry_what_was_bought_before_and_after() -> None:
    moves = tier_moves(tier_years(sold(a=[80.0, 10.0, 1.0], b=[20.0, 90.0, 99.0]), YEARS))
    fell = moves.query("from_period == '2021' and from_state == 'A' and account_count > 0").iloc[0]

    assert (fell["to_state"], fell["from_revenue"], fell["to_revenue"]) == ("B", 80.0, 10.0)


def test_shares_have_wilsons_interval_and_are_not_told_of_those_who_never_came() -> None:
    moves = tier_moves(tier_years(sold(a=[9.0] * 3, b=[0.0, 9.0, 9.0]), YEARS))
    first = moves[moves["from_period"] == "2021"].set_index(["from_state", "to_state"])

    assert np.isclose(first.loc[("A", "A"), "account_share_low"], 0.2065, atol=5e-5)
    assert first.loc["not yet", "account_share"].isna().all()


def moved(*counts: tuple[str, str, int]) -> pd.DataFrame:
    table = pd.DataFrame(counts, columns=["from_state", "to_state", "account_count"])
    return table.assign(from_period="2012", to_period="2013")


def test_a_list_is_as_stable_as_the_part_of_both_lists_that_is_on_both() -> None:
    row = list_stability(moved(("A", "A", 8), ("A", "B", 1), ("A", "left", 1), ("not yet", "A", 1))).iloc[0]

    assert round(row["stability"], 3) == 0.727
    assert row[["before_count", "fell_count", "left_count", "new_count", "after_count"]].to_list() == [
        10,
        1,
        1,
        1,
        9,
    ]


def test_of_two_empty_lists_no_stability_is_told() -> None:
    assert np.isnan(list_stability(moved(("B", "B", 3)))["stability"].iloc[0])


def test_the_latest_pair_of_years_stands_first() -> None:
    moves = tier_moves(tier_years(sold(a=[9.0] * 3), YEARS))

    assert list_stability(moves)["to_period"].to_list() == ["2023", "2022"]


def test_the_last_moves_are_of_accounts_that_bought_in_one_of_the_two_years() -> None:
    found = last_moves(tier_years(sold(a=[9.0] * 3, b=[5.0, 0.0, 0.0], c=[0.0, 0.0, 1.0]), YEARS))

    assert found.to_numpy().tolist() == [["a", "A", "A"], ["c", "not yet", "B"]]


def test_less_than_two_whole_years_are_not_compared() -> None:
    found = whole_years(dt.date(2025, 6, 30), first=dt.date(2025, 1, 3))

    assert found == Unknown(
        "Nobody can be seen to move: that takes two whole years, and the data from 3 Jan 2025 to 30 Jun 2025 "
        "hold none.",
        "migration",
    )


def test_a_year_in_progress_is_none_of_the_calendar_years() -> None:
    found = whole_years(dt.date(2013, 11, 29), first=dt.date(2010, 12, 29), years="calendar")

    assert not isinstance(found, Unknown)
    assert [year.label for year in found] == ["2012", "2011"]
