"""The list to call lies beside its page, for Excel and by id alone."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.slow
CONTACTS = pd.read_csv(ROOT / "data/sample/contacts.csv", dtype=str)


@pytest.fixture
def report(site):
    return next(site.glob("*/survey/sample_design.html"))


@pytest.fixture
def called(report):
    return pd.read_csv(report.with_suffix(".tables") / "call_list.csv", dtype=str)


def test_every_person_to_ask_is_a_contact_of_the_account(called):
    of_account = CONTACTS.set_index("contact_id")["account_id"]

    assert len(called) > 100
    assert (called["contact_id"].map(of_account) == called["account_id"]).all()


def test_the_workbook_holds_the_same_rows(report, called):
    sheet = openpyxl.load_workbook(report.with_suffix(".tables") / "call_list.xlsx").active
    rows = [row[2].value for row in sheet.iter_rows(min_row=2)]

    assert rows == called["account_id"].tolist()


@pytest.mark.parametrize("column", ["phone", "email", "address"])
def test_nothing_personal_stands_on_the_page_or_in_a_list(report, column):
    files = [report, report.with_suffix(".ipynb"), *report.with_suffix(".tables").glob("*.csv")]
    text = "".join(file.read_text(encoding="utf-8") for file in files)

    assert len(files) == 5
    assert [value for value in CONTACTS[column].dropna() if value in text] == []
