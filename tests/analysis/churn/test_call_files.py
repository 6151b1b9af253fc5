"""Both lists to call lie beside their pages, for Excel, with the reason in words."""

import openpyxl
import pandas as pd
import pytest

pytestmark = pytest.mark.slow
COLUMNS = ["account_id", "account", "account_manager", "sales_12_months"]


@pytest.fixture(params=["churn_model", "early_warning"])
def page(request, site):
    return next(site.glob(f"*/churn/{request.param}.html"))


@pytest.fixture
def called(page):
    return pd.read_csv(page.with_suffix(".tables") / "call_list.csv", dtype={"account_id": str})


def test_the_list_holds_as_many_accounts_as_can_be_called_by_sales_at_risk(called):
    assert len(called) == 30
    assert called["sales_at_risk"].is_monotonic_decreasing


def test_the_list_names_account_owner_and_sales_then_the_reason_last(called):
    assert called.columns[:4].tolist() == COLUMNS
    assert called.columns[-2:].tolist() == ["last_order", "reasons"]


def test_most_accounts_have_a_reason_in_words_and_none_ends_in_a_stray_sign(called):
    said = called["reasons"].dropna()

    assert len(said) > 15
    assert not said.str.contains("(?:^; |; $|; ;)").any()


def test_the_workbook_holds_the_same_accounts(page, called):
    sheet = openpyxl.load_workbook(page.with_suffix(".tables") / "call_list.xlsx").active

    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == called["account_id"].tolist()


def test_the_page_links_the_workbook(page):
    assert f'href="{page.stem}.tables/call_list.xlsx"' in page.read_text()
