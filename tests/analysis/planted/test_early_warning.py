"""The alarms find what was planted in the sample company, whatever its seed."""

import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.churn.early_warning import EarlyWarning, early_warning
from kamlib.analysis.churn.outcomes import ChurnRule
from kamlib.data.sample import Planted
from kamlib.estimate import Estimate

AS_OF = dt.date(2025, 12, 31)


@pytest.fixture(scope="module")
def warning(tables: dict[str, pd.DataFrame]) -> EarlyWarning:
    records = {name: tables[name] for name in ("invoices", "interactions")}
    found = early_warning(tables["order_lines"], AS_OF, records, rule=ChurnRule())

    assert isinstance(found, EarlyWarning)
    return found


def test_silence_and_creeping_discount_can_be_trusted(warning: EarlyWarning) -> None:
    verdicts = warning.alarms.set_index("signal")["verdict"]

    assert set(verdicts[["order_gap", "more_discount", "less_bought", "fewer_products"]]) == {"trusted"}


def test_slower_payment_was_not_planted_and_is_not_trusted(warning: EarlyWarning) -> None:
    assert warning.alarms.set_index("signal").loc["slower_payment", "verdict"] in ("unproven", "too few")


def test_decoys_make_every_alarm_ring_in_vain_at_times(warning: EarlyWarning) -> None:
    assert warning.alarms["hit_share"].max() < 0.8


def test_the_health_score_has_a_link_but_no_better_than_in_life(warning: EarlyWarning) -> None:
    assert isinstance(warning.link, Estimate)
    assert warning.link.low > 0.5
    assert 0.7 <= warning.link.value <= 0.9


def test_who_left_for_good_lately_has_a_lower_health_than_who_stays(
    warning: EarlyWarning, truth: Planted
) -> None:
    lately = pd.Series(truth.left_on).between(AS_OF - dt.timedelta(days=180), AS_OF - dt.timedelta(days=20))
    health = warning.accounts.set_index("account_id")["health"]
    left = health.reindex([name for name, is_late in lately.items() if is_late]).dropna()
    stays = health.drop([name for name in truth.left_on if name in health.index])

    assert left.mean() < stays.mean() - 15


def test_an_alarm_in_vain_is_more_often_a_decoys_than_another_accounts(
    warning: EarlyWarning, truth: Planted
) -> None:
    kept = warning.history[~warning.history["is_churned"].astype(bool)]
    is_decoy = kept["account_id"].isin(truth.decoys)
    in_vain = kept["order_gap"].fillna(value=False).astype(bool)

    assert is_decoy[in_vain].mean() > is_decoy[~in_vain].mean()
