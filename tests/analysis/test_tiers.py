"""Tiers, key accounts and groups of companies."""

import pandas as pd

from kamlib.analysis.tiers import abc_tier, is_key_account, large_customers, parent_of, tier_table
from kamlib.estimate import Unknown


def test_the_account_that_crosses_the_line_is_in() -> None:
    tier = abc_tier(pd.Series({"a": 79.0, "b": 15.0, "c": 4.0, "d": 2.0}))

    assert tier.to_dict() == {"a": "A", "b": "A", "c": "B", "d": "C"}


def test_exactly_at_the_line_the_next_account_is_out() -> None:
    tier = abc_tier(pd.Series({"a": 80.0, "b": 15.0, "c": 5.0}))

    assert tier.to_list() == ["A", "B", "C"]


def test_the_largest_account_is_always_a() -> None:
    assert abc_tier(pd.Series({"a": 99.0, "b": 1.0}))["a"] == "A"


def test_equals_are_ranked_by_name() -> None:
    tier = abc_tier(pd.Series({"z": 50.0, "y": 50.0}), cuts=(0.5, 0.9))

    assert tier.to_dict() == {"z": "B", "y": "A"}


def test_who_bought_nothing_has_no_tier() -> None:
    assert abc_tier(pd.Series({"a": 1.0, "b": 0.0, "c": -3.0})).isna().to_list() == [False, True, True]


def test_the_company_says_who_is_a_key_account() -> None:
    accounts = pd.DataFrame({"account_id": ["a", "b"], "is_key": [False, True]})
    tier = pd.Series({"a": "A", "b": "C", "c": "A"})

    assert is_key_account(accounts, tier).to_dict() == {"a": False, "b": True, "c": False}


def test_without_a_word_of_the_company_tier_a_are_the_key_accounts() -> None:
    accounts = pd.DataFrame({"account_id": ["a", "b"]})

    assert is_key_account(accounts, pd.Series({"a": "A", "b": "C"})).to_list() == [True, False]


def test_tiers_add_up_accounts_and_amounts() -> None:
    accounts = pd.DataFrame({"account_id": ["a", "b", "c"], "sales": [80.0, 15.0, 5.0]})

    table = tier_table(accounts, pd.Series({"a": "A", "b": "B", "c": "C"}), ["sales", "profit"])

    assert table["sales_share"].to_list() == [0.8, 0.15, 0.05]
    assert table["account_count"].to_list() == [1, 1, 1]
    assert "profit_share" not in table


def test_an_account_belongs_to_the_top_of_its_group() -> None:
    accounts = pd.DataFrame({"account_id": ["a", "b", "c", "d"], "parent_id": [None, "a", "b", None]})

    assert parent_of(accounts).to_dict() == {"a": "a", "b": "a", "c": "a", "d": "d"}


def test_companies_of_one_group_are_one_customer_and_a_tenth_is_enough() -> None:
    accounts = pd.DataFrame(
        {"account_id": list("abc"), "parent_id": [None, "a", None], "name": ["Ann", "Bo", "Cy"]}
    )
    amount = pd.Series({"a": 4.0, "b": 6.0, "c": 90.0})

    table = large_customers(amount, accounts)

    assert table[["name", "amount", "account_count"]].to_numpy().tolist() == [
        ["Cy", 90.0, 1],
        ["Ann", 10.0, 2],
    ]


def test_of_a_total_below_zero_no_customer_has_a_tenth() -> None:
    accounts = pd.DataFrame({"account_id": ["a", "b"]})

    assert large_customers(pd.Series({"a": 100.0, "b": -150.0}), accounts).empty


def test_where_nobody_bought_there_are_no_tiers() -> None:
    accounts = pd.DataFrame({"account_id": ["a"], "sales": [0.0]})

    assert tier_table(accounts, abc_tier(pd.Series({"a": 0.0})), ["sales"]) == Unknown(
        "No account has bought in these 12 months, so there are no tiers.", "tiers"
    )
