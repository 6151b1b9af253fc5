"""The contract is whole and in order with itself, and a page is made of it."""

from typing import get_args

import data_page
import pandas as pd
import pytest

from kamlib.data.contracts import CONTRACTS, Breach, Kind, contracts_in

SHOPS = """
[shops]
grain = "one row per shop"
holds = "list of shops"
key = ["shop_id"]
happened = "opened_at"
[shops.columns]
shop_id = { kind = "text", says = "the shop", required = true, filled = true }
opened_at = { kind = "date", says = "its first day" }
closed_at = { kind = "date", says = "its last", not_before = "opened_at", later = true, breach = "leave_row" }
owner = { kind = "text", says = "whose it is", personal = true }
floors = { kind = "whole", says = "how high", low = 1, high = 9, breach = "leave_cell" }
size = { kind = "text", says = "how large", labels = ["small", "large"] }
town = { kind = "text", says = "where", references = "towns.town_id", breach = "report" }
"""
NO_NEEDS = pd.DataFrame({"report": [], "table": [], "need": []})


def shops_page(needs=NO_NEEDS):
    return data_page.data_page("# Head\n\n## The tables\nold", contracts_in(SHOPS), needs)


def columns_where(rule):
    """Return the columns for which a rule is true, as table.column."""
    tables = CONTRACTS.items()
    return [
        f"{table}.{name}" for table, one in tables for name, column in one.columns.items() if rule(column)
    ]


def tables_where(rule):
    return [table for table, contract in CONTRACTS.items() if rule(contract)]


# What the contract states


def test_there_are_the_tables_of_the_domain_and_the_list_of_double_numbers():
    assert set(CONTRACTS) == {
        *("accounts", "order_lines", "products", "contacts", "interactions", "ratings", "invoices"),
        *("deliveries", "complaints", "costs", "targets", "wallet", "contracts", "managers"),
        *("account_team", "plans", "contact_plan", "decisions", "benefits", "exits", "survey_waves"),
        *("survey_frame", "survey_items", "survey_responses", "account_merge"),
    }


def test_order_lines_can_do_with_three_columns():
    assert CONTRACTS["order_lines"].required == ("account_id", "ordered_at", "net_amount")


def test_personal_data_are_those_of_contacts_and_the_open_answer():
    personal = columns_where(lambda column: column.personal)

    fields = ("name", "phone", "email", "address", "gender", "age", "occupation")
    assert personal == [*(f"contacts.{name}" for name in fields), "survey_responses.text"]


def test_dates_that_become_known_later_are_marked():
    assert set(columns_where(lambda column: column.later)) == {
        *("invoices.paid_at", "deliveries.delivered_at", "complaints.closed_at", "survey_waves.closed_at"),
        *("contacts.updated_at", "exits.interviewed_at", "exits.won_back_at"),
    }


def test_cycles_are_looked_for_in_parents_managers_and_merged_numbers():
    looked_for = {table: contract.no_cycle for table, contract in CONTRACTS.items() if contract.no_cycle}

    assert looked_for == {
        "accounts": "parent_id",
        "managers": "reports_to",
        "account_merge": "into_account_id",
    }


def test_a_number_that_is_another_accounts_stands_beside_that_account():
    assert CONTRACTS["account_merge"].required == ("account_id", "into_account_id")


# In order with itself


def named_columns(contract):
    within = {column.not_before for column in contract.columns.values()}
    return within | {contract.happened, contract.no_cycle, *contract.key, *(contract.same_sign or ())}


def test_rules_between_columns_name_columns_that_there_are():
    assert tables_where(lambda one: not named_columns(one) <= {"", *one.columns}) == []


def test_every_table_has_a_key():
    assert tables_where(lambda one: not one.key) == []


def test_what_places_a_row_in_time_is_a_date():
    assert tables_where(lambda one: one.happened and one.columns[one.happened].kind != "date") == []


def test_a_grain_says_what_one_row_is():
    assert tables_where(lambda one: not one.grain.startswith("one row per ")) == []


def test_a_reference_leads_to_a_column_that_names_its_row():
    led = {column.references for one in CONTRACTS.values() for column in one.columns.values()} - {""}
    keys = {f"{table}.{contract.key[0]}" for table, contract in CONTRACTS.items()}

    assert led <= keys


def test_kinds_and_breaches_are_words_that_there_are():
    kinds, breaches = get_args(Kind), get_args(Breach)

    assert columns_where(lambda column: column.kind not in kinds or column.breach not in breaches) == []


def test_a_rule_fits_the_kind_of_its_column():
    numbers = ("money", "number", "whole")

    assert columns_where(lambda one: (one.labels or one.references) and one.kind != "text") == []
    assert columns_where(lambda one: (one.later or one.not_before) and one.kind != "date") == []
    assert columns_where(lambda one: (one.low, one.high) != (None, None) and one.kind not in numbers) == []


def test_a_label_outside_its_scale_is_refused():
    assert columns_where(lambda column: column.labels and column.breach != "refuse") == []


def test_a_cell_that_must_be_filled_is_never_left_empty():
    lenient = ("leave_cell", "report")

    assert columns_where(lambda column: column.filled and column.breach in lenient) == []


def test_a_row_counts_all_the_same_only_where_another_table_lacks_its_value():
    assert columns_where(lambda column: column.breach == "report" and not column.references) == []


@pytest.mark.parametrize("name", ["account_id", "ordered_at", "quantity", "net_amount", "cost_amount"])
def test_a_broken_amount_or_key_of_an_order_line_is_refused(name):
    assert CONTRACTS["order_lines"].columns[name].breach == "refuse"


# As text


def test_a_rule_that_there_is_none_of_is_named():
    with pytest.raises(TypeError, match="unexpected keyword argument 'lables'"):
        contracts_in(SHOPS.replace("labels", "lables"))


def test_a_column_that_does_not_say_what_it_means_is_refused():
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'says'"):
        contracts_in(SHOPS.replace('says = "how large", ', ""))


def test_a_list_of_labels_is_read_in_its_order():
    assert contracts_in(SHOPS)["shops"].columns["size"].labels == ("small", "large")


def test_a_column_that_says_nothing_of_breaches_refuses():
    columns = contracts_in(SHOPS)["shops"].columns

    assert (columns["size"].breach, columns["floors"].breach) == ("refuse", "leave_cell")


# As a page


def test_the_page_keeps_its_head_and_makes_the_rest_anew():
    assert shops_page().startswith("# Head\n\n## The tables\n")
    assert "\nold" not in shops_page()


@pytest.mark.parametrize(
    "row",
    [
        "| **shop_id** | text | the shop | never empty | refused |",
        "| closed_at | date | its last | not before opened_at, empty until that day | row left aside |",
        "| owner† | text | whose it is | | |",
        "| floors | whole | how high | 1 to 9 | taken as empty |",
        "| size | text | how large | one of small, large | refused |",
        "| town | text | where | found in towns.town_id | counted as it stands |",
    ],
)
def test_the_page_says_of_a_column_its_kind_meaning_rules_and_what_becomes_of_a_breach(row):
    assert f"\n{row}\n" in shops_page()


def test_the_page_says_of_a_table_what_a_row_is_what_names_it_and_when_it_counts():
    assert (
        "\n### shops\n\nOne row per shop. Key: shop_id. A row counts from its opened_at on.\n" in shops_page()
    )


def test_the_page_says_which_reports_need_a_table():
    needs = pd.DataFrame(
        [("a/one", "shops", "required"), ("a/two", "shops", "optional"), ("a/one", "towns", "required")],
        columns=["report", "table", "need"],
    )

    assert "\n| [shops](#shops) | list of shops | a/one | a/two |\n" in shops_page(needs)
