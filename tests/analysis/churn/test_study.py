import datetime as dt

import numpy as np
import pandas as pd
import pytest

from kamlib.analysis.churn.study import ChurnStudy, churn_study
from kamlib.estimate import Unknown

AS_OF = dt.date(2024, 12, 31)


def test_the_models_beat_chance_on_customers_who_stop(study: ChurnStudy) -> None:
    assert (study.models.set_index("model").loc[["recency", "logistic", "boosting"], "auc_low"] > 0.6).all()


def test_the_orders_alone_tell_something_too(study: ChurnStudy) -> None:
    assert study.models["model"].to_list() == ["recency", "logistic", "boosting", "bg_nbd"]
    assert study.test["bg_nbd"].between(0, 1).all()


def test_each_cut_off_counts_every_account_once(study: ChurnStudy, company_lines: pd.DataFrame) -> None:
    today = study.slices.set_index("part").loc["today"]

    assert today["n"] + today["left_out_count"] == company_lines["account_id"].nunique()
    assert study.left_out["n"].sum() == study.slices["left_out_count"].sum()


def test_training_test_and_today_do_not_overlap(study: ChurnStudy) -> None:
    assert max(study.days.training) + dt.timedelta(days=90) <= study.days.test
    assert study.days.test + dt.timedelta(days=90) <= AS_OF


def test_calibration_speaks_of_the_test_accounts(study: ChurnStudy) -> None:
    assert study.calibration["n"].sum() == len(study.test)


def test_what_is_foretold_in_sum_is_about_what_came(study: ChurnStudy) -> None:
    expected, came = study.test[study.chosen].sum(), study.test["is_churned"].sum()

    assert abs(expected - came) < 3 * np.sqrt(
        (study.test[study.chosen] * (1 - study.test[study.chosen])).sum()
    )


def test_rows_after_as_of_change_nothing(study: ChurnStudy, company_lines: pd.DataFrame) -> None:
    later = company_lines.assign(ordered_at=company_lines["ordered_at"] + pd.Timedelta(days=1200))
    with_later = pd.concat([company_lines, later[later["ordered_at"] > pd.Timestamp(AS_OF)]])
    again = churn_study(with_later, AS_OF, definition="silence", horizon_days=90)

    pd.testing.assert_frame_equal(again.scores, study.scores)
    pd.testing.assert_frame_equal(again.models, study.models)


def test_a_history_of_half_a_year_is_too_short(company_lines: pd.DataFrame) -> None:
    refusal = churn_study(company_lines, dt.date(2022, 8, 1), definition="silence")

    assert isinstance(refusal, Unknown)
    assert refusal.reason.startswith("The history is too short to learn who leaves: it needs 420 days")


def test_too_few_accounts_are_said_with_counts_and_a_way_out(company_lines: pd.DataFrame) -> None:
    few = company_lines[company_lines["account_id"] < "A020"]
    refusal = churn_study(few, AS_OF, definition="own_rhythm")

    assert isinstance(refusal, Unknown)
    assert refusal.reason.startswith("Too few accounts to learn from: ")
    assert refusal.reason.endswith("Choose silence as what counts as lost, or wait for more history.")


@pytest.mark.parametrize("left", [0, 5])
def test_a_company_nobody_or_hardly_anybody_leaves_cannot_be_learned_from(left: int) -> None:
    days = pd.date_range("2022-01-01", AS_OF, freq="30D")
    accounts = [f"A{number:03}" for number in range(40)]
    lines = pd.MultiIndex.from_product([accounts, days], names=["account_id", "ordered_at"]).to_frame(
        index=False
    )
    stopped = (lines["account_id"] < accounts[left]) & (lines["ordered_at"] > "2024-01-15")
    refusal = churn_study(lines[~stopped].assign(net_amount=10.0), AS_OF, definition="silence")

    assert refusal.reason == (
        f"Too few accounts to learn from: {left} lost and 40 kept, and 20 of each are needed. Choose another "
        "number of days without an order as what counts as lost, or wait for more history."
    )


def test_accounts_that_look_alike_cannot_be_told_apart() -> None:
    both = [f"A{number:03}" for number in range(60)]
    days = {"2022-01-01": both, "2022-10-28": both, "2023-05-10": both[:30], "2024-01-15": both[:30]}
    rows = [
        (account_id, pd.Timestamp(day), 10.0) for day, accounts in days.items() for account_id in accounts
    ]
    lines = pd.DataFrame(rows, columns=["account_id", "ordered_at", "net_amount"])
    refusal = churn_study(
        lines, dt.date(2024, 4, 20), definition="silence", horizon_days=180, training_slices=1
    )

    assert refusal.reason == "All accounts look alike up to the cut-offs: nothing tells who leaves."


def test_only_returns_are_no_history() -> None:
    lines = pd.DataFrame({"account_id": ["a"], "ordered_at": [pd.Timestamp(AS_OF)], "net_amount": [-1.0]})

    assert churn_study(lines, AS_OF).reason == "There is no order yet, only returns: nobody can leave."
