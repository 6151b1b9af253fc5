"""Whom to ask at an account, and how; nothing personal."""

import pandas as pd

from kamlib.analysis.survey.sampling.asking import asked_contacts
from kamlib.estimate import Unknown

SAMPLE = pd.DataFrame({"account_id": ["x", "y", "z"], "stratum": "A"})
CONTACTS = pd.DataFrame(
    {
        "contact_id": ["x1", "x2", "x3", "y1", "w1"],
        "account_id": ["x", "x", "x", "y", "w"],
        "name": "Ann",
        "email": ["a@x", None, None, "a@y", None],
        "phone": ["1", "2", None, None, None],
    }
)


def people(most=2, **options):
    return asked_contacts(SAMPLE, CONTACTS, most=most, seed=1, **options)


def test_at_most_so_many_of_an_account_are_asked():
    assert people()["account_id"].tolist() == ["x", "x", "y", "z"]
    assert people(most=1)["account_id"].tolist() == ["x", "y", "z"]


def test_an_account_without_a_known_contact_is_asked_through_its_manager():
    last = people().iloc[-1]

    assert (last["account_id"], last["mode"]) == ("z", "account manager")
    assert pd.isna(last["contact_id"])


def test_the_way_preferred_comes_first_where_both_are_open():
    by = people(most=3).set_index("contact_id")["mode"]
    called = people(most=3, call_first=True).set_index("contact_id")["mode"]

    assert by[["x1", "x2", "x3", "y1"]].tolist() == [
        "questionnaire",
        "call",
        "account manager",
        "questionnaire",
    ]
    assert called[["x1", "x2", "y1"]].tolist() == ["call", "call", "questionnaire"]


def test_over_many_seeds_each_of_an_account_is_asked_alike_often():
    asked = [
        asked_contacts(SAMPLE.head(1), CONTACTS, most=1, seed=seed)["contact_id"][0] for seed in range(150)
    ]

    assert pd.Series(asked).value_counts().between(25, 75).all()


def test_no_personal_column_comes_along():
    assert set(people()) == {"account_id", "stratum", "contact_id", "mode"}


def test_the_order_of_the_contacts_does_not_matter():
    turned = asked_contacts(SAMPLE, CONTACTS[::-1], most=2, seed=1)

    assert turned["contact_id"].tolist()[:3] == people()["contact_id"].tolist()[:3]


def test_without_contacts_every_manager_asks():
    table = asked_contacts(SAMPLE, Unknown("There are no contacts."), most=2, seed=1)

    assert table["mode"].tolist() == ["account manager"] * 3
    assert table["contact_id"].isna().all()
