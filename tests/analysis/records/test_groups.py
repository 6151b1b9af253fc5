"""Companies of one group, and one company under two numbers."""

import pandas as pd
import pytest

from kamlib.analysis.records.groups import group_table, same_company_table


def accounts_of(*rows):
    return pd.DataFrame(rows, columns=["account_id", "name", "city", "net_revenue_365"])


def same(*names):
    rows = [(str(n), name, "Ulm", 10.0) for n, name in enumerate(names)]
    return same_company_table(accounts_of(*rows))["account_ids"].tolist()


@pytest.mark.parametrize(
    "other", ["MÜLLER  KAFFEE", "Muller-Kaffee GmbH", "Müller Kaffee GmbH & Co. KG", "müller kaffee ag"]
)
def test_one_name_has_many_spellings(other):
    assert same("Müller Kaffee", other) == ["0, 1"]


@pytest.mark.parametrize("other", ["Müller Tee", "Müller Kaffeehaus", "Kaffee Müller"])
def test_another_name_is_another_company(other):
    assert same("Müller Kaffee", other) == []


def test_the_same_name_in_another_city_is_another_company():
    table = accounts_of(("1", "Ann", "Ulm", 1.0), ("2", "Ann", "Bern", 1.0), ("3", "Ann", None, 1.0))

    assert same_company_table(table).empty


def test_a_name_that_is_only_a_legal_form_stays_a_name():
    assert same("SE", "AG") == []


def test_without_cities_nobody_can_tell():
    said = same_company_table(pd.DataFrame({"account_id": ["1"], "name": ["Ann"]}))

    assert said.reason == "Without names and cities nobody can tell which numbers are one company."


def test_a_group_is_its_top_and_all_below_with_their_sales():
    accounts = pd.DataFrame(
        {
            "account_id": ["a", "b", "c", "d"],
            "parent_id": [None, "a", "b", None],
            "name": ["Ann", "Bo", "Cy", "Di"],
            "net_revenue_365": [1.0, 2.0, 3.0, 4.0],
        }
    )
    table = group_table(accounts)

    assert table.to_numpy().tolist() == [["a", "Ann", 3, 6.0, 0.6]]


def test_without_a_parent_there_are_no_groups_to_tell():
    said = group_table(accounts_of(("1", "Ann", "Ulm", 1.0)))

    assert said.reason == "The customer list does not say which companies are of one group."
