"""The record of lost accounts is as it was planted, and the analysis finds the shift in it."""

import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.churn.exits import (
    both_reasons,
    came_back,
    exit_share,
    known_exits,
    reason_agreement,
    reason_shift,
    reason_table,
)
from kamlib.data.sample import Planted
from kamlib.data.sample.exits import EXITS
from kamlib.estimate import Estimate

AS_OF = dt.date(2025, 12, 31)


@pytest.fixture(scope="module")
def exits(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return known_exits(tables["exits"], looks_back=False)


def test_about_two_leavers_in_three_have_a_record(truth: Planted, exits: pd.DataFrame) -> None:
    assert 0.5 < len(set(truth.left_on) & set(exits["account_id"])) / len(truth.left_on) < 0.8


def test_who_has_a_record_left_or_was_given_up_and_came_back(truth: Planted, exits: pd.DataFrame) -> None:
    back = exits["won_back_at"].notna()

    assert set(exits.loc[~back, "account_id"]) <= set(truth.left_on)
    assert set(exits.loc[back, "account_id"]) <= set(truth.decoys)


def test_nobody_orders_between_the_loss_and_the_return(
    tables: dict[str, pd.DataFrame], exits: pd.DataFrame
) -> None:
    both = tables["order_lines"].merge(exits, on="account_id")
    until = both["won_back_at"].fillna(pd.Timestamp(AS_OF) + pd.Timedelta(days=1))

    assert both[(both["ordered_at"] > both["lost_at"]) & (both["ordered_at"] < until)].empty


def test_reasons_of_the_customer_come_with_an_interview_only(exits: pd.DataFrame) -> None:
    told = exits[["reason_customer", "preventable", "level"]].notna()

    assert told.eq(exits["interviewed_at"].notna(), axis=0).all(axis=None)


def test_managers_are_found_to_write_price_more_often_beyond_chance(exits: pd.DataFrame) -> None:
    found = reason_shift(both_reasons(exits)).query("reason == 'price'")

    assert found["is_clear"].all()
    assert found["gap"].between(0.15, 0.45).all()


def test_agreement_is_middling(exits: pd.DataFrame) -> None:
    found = reason_agreement(exits)

    assert isinstance(found, Estimate)
    assert 0.2 < found.low < found.high < 0.8
    assert 0.35 < found.value < 0.65


def test_the_planted_part_of_each_reason_lies_in_its_range_or_near(exits: pd.DataFrame) -> None:
    found = reason_table(exits["reason_customer"]).set_index("name")
    for reason in EXITS["reasons"]:
        if reason["name"] in found.index:
            row = found.loc[reason["name"]]
            assert row["share_low"] - 0.05 < reason["share"] < row["share_high"] + 0.05


def test_most_losses_could_have_been_prevented_and_some_were_won_back(exits: pd.DataFrame) -> None:
    kept = exit_share(exits["preventable"], "they could have been", key="kept")
    back = exit_share(came_back(exits, AS_OF), "they came back", key="back")

    assert 0.35 < kept.value < 0.7
    assert 0.08 < back.value < 0.35
