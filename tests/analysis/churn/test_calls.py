import re

import pandas as pd
import pytest

from kamlib.analysis.churn.features import churn_measures
from kamlib.analysis.churn.study import ChurnStudy
from kamlib.analysis.snapshot import account_table

REASONS = ["reason_1", "reason_2", "reason_3"]


@pytest.fixture(scope="session")
def accounts(study: ChurnStudy, company_lines: pd.DataFrame) -> pd.DataFrame:
    return account_table(company_lines, study.as_of).set_index("account_id")


def test_scores_have_the_columns_that_are_handed_on(study: ChurnStudy) -> None:
    assert list(study.scores) == [
        "account_id", "as_of", "definition", "horizon_days", "probability", "revenue_at_risk", *REASONS
    ]  # fmt: skip


def test_revenue_at_risk_is_probability_times_the_years_revenue(
    study: ChurnStudy, accounts: pd.DataFrame
) -> None:
    revenue = study.scores["account_id"].map(accounts["net_revenue_365"])

    assert study.scores["revenue_at_risk"].tolist() == pytest.approx(
        (study.scores["probability"] * revenue).tolist()
    )


def test_the_most_revenue_at_risk_comes_first(study: ChurnStudy) -> None:
    assert study.scores["revenue_at_risk"].is_monotonic_decreasing


def test_only_accounts_at_risk_are_scored(study: ChurnStudy, accounts: pd.DataFrame) -> None:
    assert set(study.scores["account_id"]) == set(accounts.index[accounts["days_since_last_order"] < 365])


def test_a_reason_of_silence_is_true_of_the_account(study: ChurnStudy, accounts: pd.DataFrame) -> None:
    said = (
        study.scores.set_index("account_id")["reason_1"]
        .str.extract(r"not ordered for .*\((\d+) days\)")[0]
        .dropna()
    )

    assert len(said) > 5
    assert (said.astype(int) == accounts.loc[said.index, "days_since_last_order"]).all()


def test_a_reason_of_few_orders_is_true_of_the_account(study: ChurnStudy, accounts: pd.DataFrame) -> None:
    measures = churn_measures(accounts.reset_index())
    for account_id, reason in study.scores.set_index("account_id")["reason_2"].items():
        if told := re.search(r"\((\d+) and (\d+) order days\)", reason):
            now, both = measures.loc[account_id, ["order_days_90", "order_days_180"]]
            assert (int(told[1]), int(told[2])) == (now, both - now)


def test_reasons_fill_from_the_first_and_are_never_said_twice(study: ChurnStudy) -> None:
    for row in study.scores[REASONS].to_numpy().tolist():
        said = [reason for reason in row if reason]
        assert row == said + [""] * (3 - len(said))
        assert len(set(said)) == len(said)


def test_the_likeliest_to_leave_have_a_reason(study: ChurnStudy) -> None:
    likely = study.scores.nlargest(10, "probability")

    assert (likely["reason_1"] != "").all()


def test_silence_is_not_said_twice(study: ChurnStudy) -> None:
    said = study.scores[REASONS].agg(" | ".join, axis=1)

    assert not (
        said.str.contains("as long as usual") & said.str.contains("in the last 90 days, though")
    ).any()
