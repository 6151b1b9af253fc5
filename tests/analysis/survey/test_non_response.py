"""Who answered beside who was asked, and the weights that make up for it."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from kamlib.analysis.survey.estimator.design import survey_design
from kamlib.analysis.survey.non_response import frame_groups, response_by_group, weight_table
from kamlib.estimate import Unknown

# 40 accounts, all drawn: of 20 in the east 18 answer, of 20 in the west 4; two more were not drawn.
NAMES = [f"a{number:02}" for number in range(42)]
ANSWERED = ["I"] * 17 + ["P"] + ["R"] * 2 + ["I"] * 4 + ["NC"] * 16
FRAME = pd.DataFrame(
    {"account_id": NAMES, "stratum": ["A"] * 10 + ["B"] * 32, "n_contacts": [1, 2, 3, 4, 5, 9] * 7}
)
FRAME["drawn"] = [True] * 40 + [False] * 2
FRAME["disposition"] = [*ANSWERED, None, None]
REGION = pd.DataFrame({"region": ["east"] * 20 + ["west"] * 22}, index=pd.Index(NAMES, name="account_id"))


def table(groups: pd.DataFrame = REGION, *, frame: pd.DataFrame = FRAME, **options: object) -> pd.DataFrame:
    return response_by_group(frame, groups, **options).set_index("group")


def test_the_asked_and_the_heard_are_counted_group_by_group():
    assert table()[["asked", "heard"]].to_numpy().tolist() == [[20, 18], [20, 4]]
    assert table()["share_heard"].tolist() == [0.9, 0.2]


def test_a_group_that_answered_less_is_named():
    assert table()["note"].to_dict() == {
        "east": "answered more often than the others",
        "west": "answered less often than the others",
    }


def test_the_test_is_fishers_adjusted_over_the_groups_of_one_thing():
    expected = fisher_exact([[18, 2], [4, 16]]).pvalue

    assert table()["p"].tolist() == pytest.approx([expected] * 2)
    assert table()["p_holm"].tolist() == pytest.approx([2 * expected] * 2)


def test_groups_that_answered_alike_are_not_called_different():
    alike = REGION.assign(region=np.resize(["east", "west"], 42))

    assert table(alike)["is_different"].tolist() == [False, False]
    assert table(alike)["note"].tolist() == ["", ""]


def test_a_group_of_few_is_not_tested():
    few = REGION.assign(region=["north"] * 3 + ["east"] * 39)

    assert table(few)["note"].to_dict() == {
        "east": "Fewer than 5 accounts of the other groups were asked: too few to tell.",
        "north": "Fewer than 5 accounts of this group were asked: too few to tell.",
    }
    assert table(few)["p_holm"].isna().all()


def test_one_group_alone_has_a_share_and_no_test():
    row = table(REGION.assign(region="east")).loc["east"]

    assert row["share_heard"] == 22 / 40
    assert math.isnan(row["p"])


def test_the_ineligible_were_not_asked():
    found = FRAME.assign(disposition=["ineligible", *FRAME["disposition"][1:]])

    assert table(frame=found).loc["east", ["asked", "heard"]].tolist() == [19, 17]


def test_the_revenue_heard_is_of_those_asked():
    revenue = pd.Series(1.0, NAMES)
    revenue["a00"] = 81.0

    assert table(revenue=revenue).loc["east", "revenue_share_heard"] == 98 / 100
    assert table(revenue=revenue).loc["west", "revenue_share_heard"] == 4 / 20


def test_revenue_that_does_not_add_up_to_more_than_zero_has_no_share():
    assert table(revenue=pd.Series(-1.0, NAMES))["revenue_share_heard"].isna().all()


def test_accounts_without_a_group_are_left_out():
    assert table(REGION.where(REGION["region"] == "east")).index.tolist() == ["east"]


def test_each_thing_known_is_a_family_of_its_own():
    both = REGION.assign(again=REGION["region"])

    assert set(table(both)["p_holm"]) == set(table()["p_holm"])


def test_the_frame_knows_tier_sales_and_contacts():
    groups = frame_groups(FRAME, revenue=pd.Series(range(42), NAMES))

    assert groups.columns.tolist() == ["tier", "sales", "contacts"]
    assert groups["sales"].value_counts().tolist() == [14, 14, 14]
    assert groups["contacts"].head(6).tolist() == [
        "1",
        "2 or 3",
        "2 or 3",
        "4 or more",
        "4 or more",
        "4 or more",
    ]


def test_accounts_of_equal_sales_stay_together():
    groups = frame_groups(FRAME, revenue=pd.Series(5, NAMES))

    assert set(groups["sales"]) == {"middle third"}


def test_industry_and_region_are_known_where_the_accounts_have_them():
    accounts = REGION.reset_index()

    assert frame_groups(FRAME, accounts=accounts)["region"].tolist() == REGION["region"].tolist()
    assert "region" not in frame_groups(FRAME, accounts=Unknown("no accounts"))


@pytest.fixture
def wave() -> pd.DataFrame:
    heard = FRAME[FRAME["disposition"].isin(["I", "P"])]
    contacts = heard.loc[heard.index.repeat(heard["n_contacts"].clip(upper=2)), ["account_id"]]
    return contacts.assign(contact_id=[f"c{row}" for row in range(len(contacts))], value=4)


def test_the_factors_multiply_to_the_weight_where_an_account_has_one_contact(wave):
    frame, wave = FRAME.assign(n_contacts=1), wave.drop_duplicates("account_id")
    weights = weight_table(survey_design(frame, wave), frame).set_index("stratum").loc["B"]

    product = weights["design_weight"] * weights["response_factor"]
    assert (weights["design_weight"], weights["response_factor"]) == (32 / 30, 30 / 12)
    assert weights[["weight_smallest", "weight_largest"]].tolist() == pytest.approx([product, product])


def test_the_weight_also_holds_colleagues_who_did_not_answer(wave):
    frame = FRAME.assign(n_contacts=[4, *[1] * (len(FRAME) - 1)])
    wave = wave.drop_duplicates("account_id")
    weights = weight_table(survey_design(frame, wave), frame).iloc[-1]
    alike = weight_table(survey_design(FRAME.assign(n_contacts=1), wave), frame).iloc[-1]

    assert weights["weight_largest"] == pytest.approx(4 * alike["weight_smallest"])


def test_the_last_row_is_the_whole_list(wave):
    weights = weight_table(survey_design(FRAME, wave), FRAME)

    assert weights["stratum"].tolist() == ["A", "B", "all"]
    assert weights[["accounts", "drawn", "answered", "contacts"]].iloc[:2].sum().tolist() == (
        weights[["accounts", "drawn", "answered", "contacts"]].iloc[2].tolist()
    )


def test_equal_weights_lose_nothing(wave):
    weights = weight_table(survey_design(FRAME, wave).reweighted(3.0), FRAME)

    assert weights["effective_contacts"].tolist() == pytest.approx(weights["contacts"].tolist())


def test_a_stratum_nobody_answered_in_has_no_factor(wave):
    silent = FRAME.assign(stratum=["A"] * 30 + ["C"] * 12)
    weights = weight_table(survey_design(silent, wave), silent).set_index("stratum").loc["C"]

    assert (weights["drawn"], weights["answered"]) == (10, 0)
    assert weights[["response_factor", "weight_largest", "effective_contacts"]].isna().all()


def test_revenue_below_zero_counts_as_none_so_that_no_more_than_all_is_heard():
    revenue = pd.Series([10.0] * 18 + [-50.0] * 2, index=NAMES[:20])  # the two that were silent owe us

    assert table(revenue=revenue).loc["east", "revenue_share_heard"] == 1
