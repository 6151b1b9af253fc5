"""The three views: contacts, accounts and sales each have their own voice."""

import math

import numpy as np
import pandas as pd
import pytest

from kamlib.analysis.survey.estimator.design import SurveyDesign
from kamlib.analysis.survey.estimator.raking import raked_design
from kamlib.analysis.survey.scale import satisfaction_table
from kamlib.analysis.survey.views import VIEWS, promoter_views, three_views

# Six accounts of a list of twelve; `a` has four contacts and speaks for four, the others one.
ACCOUNTS = ["a", "a", "a", "a", "b", "c", "d", "e", "f"]
CONTACTS = [f"{account}{number}" for number, account in enumerate(ACCOUNTS)]
ROWS = pd.DataFrame({"stratum": "A", "account_id": ACCOUNTS, "weight": 2.0}, index=CONTACTS).assign(
    stratum_accounts=12, account_contacts=[4, 4, 4, 4, 1, 1, 1, 1, 1]
)
DESIGN = SurveyDesign(ROWS)
ANSWERS = pd.DataFrame(
    {"service": [5, 5, 5, 5, 1, 1, 4, 2, 3], "price": [1, 2, 2, 1, 4, 4, 5, 5, 4]}, CONTACTS
)
REVENUE = pd.Series({"a": 100, "b": 500, "c": 100, "d": 100, "e": 100, "f": 100})


def views(design: SurveyDesign = DESIGN, *, revenue: pd.Series = REVENUE) -> pd.DataFrame:
    table = three_views(design, ANSWERS.loc[design.rows.index], revenue=revenue)
    return table[table["item_id"] == "service"].set_index("view")


def test_there_is_a_row_for_each_question_and_view():
    table = three_views(DESIGN, ANSWERS, revenue=REVENUE)

    assert table["item_id"].tolist() == ["service"] * 3 + ["price"] * 3
    assert table["view"].tolist() == [*VIEWS, *VIEWS]


def test_contacts_accounts_and_sales_give_three_answers():
    # Contacts: 5 of 9 satisfied; accounts: a and d of 6; sales: 200 of 1,000.
    assert views()["top2"].tolist() == pytest.approx([5 / 9, 2 / 6, 0.2])


def test_the_respondents_view_is_the_satisfaction_table():
    table = satisfaction_table(DESIGN, ANSWERS[["service"]]).iloc[0]

    assert views().loc["respondent", "top2":"net_note"].tolist() == table["top2":"net_note"].tolist()


def test_an_accounts_revenue_counts_once_and_not_once_for_each_contact():
    one_of_a = ANSWERS[["service"]].drop(index=["a1", "a2", "a3"])
    rows = ROWS.loc[one_of_a.index].assign(account_contacts=1)
    alone = three_views(SurveyDesign(rows), one_of_a, revenue=REVENUE).set_index("view")

    assert views().loc["revenue", "mean"] == pytest.approx(alone.loc["revenue", "mean"])


def test_equal_revenues_make_the_sales_view_the_accounts_view():
    table = views(revenue=REVENUE * 0 + 7)

    assert table.loc["revenue", "top2_low"] == pytest.approx(table.loc["account", "top2_low"])


def test_one_contact_an_account_makes_the_accounts_view_the_respondents():
    single = SurveyDesign(ROWS[4:].assign(account_contacts=1))
    table = views(single)

    assert table.loc["account", "top2":"mean_note"].equals(table.loc["respondent", "top2":"mean_note"])


@pytest.mark.parametrize("rate", [0.01, 1e6])
def test_the_currency_of_the_revenue_changes_nothing(rate):
    assert views(revenue=REVENUE * rate)["mean_low"].tolist() == pytest.approx(views()["mean_low"].tolist())


def test_negative_and_missing_revenue_have_no_voice_and_are_counted():
    revenue = pd.Series({"a": -50.0, "b": 0.0, "d": 100.0, "e": 100.0, "f": 200.0})
    table = three_views(DESIGN, ANSWERS, revenue=revenue, at_least=3).set_index("view").loc["revenue"]

    assert table["mean"].iloc[0] == pytest.approx((4 + 2 + 2 * 3) / 4)
    assert table["view_note"].iloc[0] == (
        "3 of the accounts that answered brought no sales and do not count here."
    )


def test_without_any_revenue_the_sales_view_cannot_be_told():
    table = views(revenue=REVENUE * 0)

    assert math.isnan(table.loc["revenue", "mean"])
    assert table.loc["revenue", "mean_note"] == "Nobody in this group answered: too few to tell."


def test_the_sample_stays_whole_for_accounts_without_revenue():
    # Zero revenue and almost none leave the same range: both count among the six that answered.
    even = REVENUE.clip(upper=300)
    almost, none = (views(revenue=even.where(even.index != "f", tiny)) for tiny in (1e-9, 0.0))

    assert none.loc["revenue", "mean_high"] == pytest.approx(almost.loc["revenue", "mean_high"])


def test_revenue_in_one_hand_weighs_as_one_account():
    huge = views(revenue=REVENUE.where(REVENUE.index != "b", 1e9))

    assert huge.loc["revenue", "equal_accounts"] == pytest.approx(1, abs=1e-5)
    assert huge.loc["account", "equal_accounts"] == pytest.approx(6)


def test_an_account_heard_in_part_is_no_census():
    rows = ROWS.assign(stratum_accounts=6, weight=1.0, account_contacts=[8, 8, 8, 8, 1, 1, 1, 1, 1])
    design = SurveyDesign(rows.assign(weight=np.where(ROWS["account_id"] == "a", 2.0, 1.0)))
    price = three_views(design, ANSWERS[["price"]], revenue=REVENUE)

    assert (price["mean_low"] < price["mean"]).tolist() == [True, True, True]


def test_a_census_has_no_width_in_any_view():
    table = views(SurveyDesign(ROWS.assign(stratum_accounts=6, weight=1.0)))

    assert (table["mean_high"] - table["mean_low"]).tolist() == [0, 0, 0]
    assert set(table["mean_method"]) == {"census"}


def test_promoters_are_counted_in_the_three_views():
    marks = pd.DataFrame({"nps": [10, 9, 10, 9, 0, 3, 9, 5, 8]}, index=CONTACTS)
    table = promoter_views(DESIGN, marks, revenue=REVENUE).set_index("view")

    assert table["nps"].tolist() == pytest.approx([2 / 9, -1 / 6, -0.5])


def test_without_a_promoter_question_there_is_no_row():
    table = promoter_views(DESIGN, pd.DataFrame(index=CONTACTS), revenue=REVENUE)

    assert table.empty
    assert {"item_id", "view", "nps", "nps_note"} <= set(table.columns)


def test_a_raked_design_gives_its_weights_to_the_views():
    raked = raked_design(
        DESIGN,
        pd.DataFrame({"who": ACCOUNTS}, CONTACTS),
        {"who": pd.Series([8.0, 4, 2, 2, 2, 2], list("abcdef"))},
    )
    table = views(raked)

    # Voices by account: a 8/4 = 2, b 4, the others 2 each; satisfied are a and d.
    assert table.loc["account", "top2"] == pytest.approx(4 / 14)


def test_a_view_that_one_account_decides_is_not_told():
    told = views(revenue=REVENUE.replace({500: 600}))

    assert told["top2"].isna().to_dict() == {"respondent": False, "account": False, "revenue": True}
    assert told.loc["revenue", "top2_note"] == "One account weighs more than all others: too few to tell."
