"""The analysis finds what was planted in the sample company, whatever its seed."""

import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.churn.measures import leak_table, suspects
from kamlib.analysis.churn.models import churn_models
from kamlib.analysis.churn.stakes import held_sales, hit_rate
from kamlib.analysis.churn.study import ChurnStudy, churn_study
from kamlib.analysis.pareto.concentration import concentration
from kamlib.analysis.pareto.profit import gross_profit
from kamlib.analysis.records.channels import channel_table, contact_conflicts, uncovered_accounts
from kamlib.analysis.tiers import large_customers
from kamlib.analysis.years import has_lost_profit, year_table
from kamlib.data.sample import Planted, sample_tables

AS_OF = dt.date(2025, 12, 31)


@pytest.fixture(scope="module")
def study(tables: dict[str, pd.DataFrame]) -> ChurnStudy:
    found = churn_study(tables["order_lines"], AS_OF)

    assert isinstance(found, ChurnStudy)
    return found


def test_sales_are_skewed_as_in_life(accounts: pd.DataFrame) -> None:
    found = concentration(accounts.set_index("account_id")["net_revenue"])

    assert 0.65 < found.top_share < 0.85


def test_the_great_group_is_the_one_customer_of_a_tenth(
    truth: Planted, tables: dict[str, pd.DataFrame], accounts: pd.DataFrame
) -> None:
    found = large_customers(accounts.set_index("account_id")["net_revenue"], tables["accounts"])

    assert found["parent_id"].to_list() == [truth.great_group]


def test_the_thin_giants_have_the_thinnest_margins(truth: Planted, accounts: pd.DataFrame) -> None:
    large = accounts[accounts["net_revenue"] > accounts["net_revenue"].quantile(0.8)].set_index("account_id")
    margin = (gross_profit(large.reset_index()) / large["costed_revenue"]).sort_values()
    giants = set(truth.giants) & set(large.index)

    assert set(margin.index[: len(giants)]) == giants


def test_the_dearer_family_takes_margin_but_not_the_profit(tables: dict[str, pd.DataFrame]) -> None:
    years = year_table(tables["order_lines"], AS_OF, first=dt.date(2022, 1, 3))

    assert isinstance(years, pd.DataFrame)
    assert 0.75 < years["margin"][0] / years["margin"][1] < 0.95
    assert not has_lost_profit(years)


def test_leavers_are_foretold_better_than_by_chance_but_not_too_well(study: ChurnStudy) -> None:
    assert 0.75 <= study.models["auc"].max() <= 0.90


def test_the_first_tenth_of_the_list_holds_a_fifth_of_the_leavers_or_more(study: ChurnStudy) -> None:
    assert study.models.set_index("model").loc[study.chosen, "gain_10"] >= 0.2


def test_the_first_tenth_holds_half_of_those_who_were_made_to_leave(
    study: ChurnStudy, truth: Planted
) -> None:
    told = study.test
    left = told["account_id"][told["is_churned"] & told["account_id"].isin(truth.left_on)]
    first = told.nlargest(-(-len(told) // 10), study.chosen)

    assert left.isin(first["account_id"]).mean() > 0.5


def test_nothing_in_the_sample_knows_who_leaves(study: ChurnStudy) -> None:
    assert suspects(leak_table(study.learned, churn_models(1)["boosting"]), study.models) == []


@pytest.mark.slow
@pytest.mark.parametrize("other", range(6, 11))
def test_nor_in_samples_of_five_other_seeds(other: int) -> None:
    found = churn_study(sample_tables(seed=other)["order_lines"], AS_OF)

    assert isinstance(found, ChurnStudy)
    assert suspects(leak_table(found.learned, churn_models(1)["boosting"]), found.models) == []


def test_the_call_list_holds_more_leavers_than_chance_would(study: ChurnStudy) -> None:
    assert hit_rate(study.test, study.chosen, 30).value > 1.2 * study.test["is_churned"].mean()


def test_the_call_list_holds_a_fair_part_of_the_sales_then_lost(study: ChurnStudy) -> None:
    held = held_sales(study.test, study.chosen, lengths=(30,), seed=1).set_index("ranking")["held_share"]

    assert held["at_stake"] > max(0.3, held["random"])


@pytest.fixture(scope="module")
def key_accounts(truth: Planted, tables: dict[str, pd.DataFrame], accounts: pd.DataFrame) -> pd.DataFrame:
    """The key accounts that still buy, with their sales."""
    keys = tables["accounts"].query("is_key").merge(accounts.assign(net_revenue_365=accounts["net_revenue"]))
    return keys[~keys["account_id"].isin(truth.left_on)]


def test_the_channels_that_stopped_are_found_and_no_other(
    truth: Planted, tables: dict[str, pd.DataFrame], key_accounts: pd.DataFrame
) -> None:
    found = channel_table(tables["interactions"], key_accounts, AS_OF)
    stopped = {channel.replace("_", " ") for channel in truth.stopped_on}

    assert set(found["channel"][found["state"] == "stopped"]) == stopped


def test_the_key_accounts_that_nobody_met_are_found_and_no_other(
    truth: Planted, tables: dict[str, pd.DataFrame], key_accounts: pd.DataFrame
) -> None:
    found = uncovered_accounts(tables["interactions"], key_accounts, AS_OF)

    assert sorted(found["account_id"]) == sorted(truth.uncovered)


def test_people_whom_two_channels_recorded_differently_are_found(
    tables: dict[str, pd.DataFrame], key_accounts: pd.DataFrame
) -> None:
    found = contact_conflicts(tables["contacts"], key_accounts)

    assert found["differs"].str.contains("phone").sum() >= 3
