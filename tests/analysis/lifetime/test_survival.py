import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.lifetime.survival import (
    at_risk_table,
    survival_curve,
    tier_curves,
    watched_accounts,
)
from kamlib.errors import ParameterError

AS_OF, FIRST = dt.date(2025, 12, 31), dt.date(2022, 1, 1)


def lines(leavers: int = 6, stayers: int = 14) -> pd.DataFrame:
    """Accounts that order each month; the leavers stop in the middle of 2024."""
    months = pd.date_range("2022-01-01", "2025-12-01", freq="MS")
    rows = [
        (f"{kind}{i:02}", day, 10.0)
        for kind, count in (("leaves", leavers), ("stays", stayers))
        for i in range(count)
        for day in (months if kind == "stays" else months[months < "2024-07-01"])
    ]
    return pd.DataFrame(rows, columns=["account_id", "ordered_at", "net_amount"])


def watched(table: pd.DataFrame, **options: int) -> pd.DataFrame:
    return watched_accounts(table, AS_OF, first=FIRST, **{"lost_after": 180, **options})


def test_nobody_lost_is_a_share_of_one_with_a_range() -> None:
    found = survival_curve([5.0] * 20, [False] * 20)

    assert found["survival"].tolist() == [1.0]
    assert found["survival_low"].iloc[0] == pytest.approx(0.8389, abs=1e-4)


def test_all_lost_leaves_nobody() -> None:
    found = survival_curve([1.0, 2.0], [True, True])

    assert found["survival"].tolist() == [1.0, 0.5, 0.0]


def test_who_goes_out_of_sight_is_at_risk_until_then() -> None:
    found = survival_curve([1.0, 2.0, 3.0], [False, False, True])

    assert found["at_risk"].tolist() == [3.0, 1.0]


def test_the_watch_begins_after_a_year_and_ends_where_silence_can_be_told() -> None:
    found = watched(lines())
    stays = found[~found["is_lost"]]

    assert found["begins"].unique().tolist() == [pd.Timestamp(2022, 12, 31)]
    assert stays["days"].unique().tolist() == [(dt.date(2025, 7, 4) - dt.date(2022, 12, 31)).days]


def test_an_account_is_lost_on_the_day_of_its_last_order() -> None:
    lost = watched(lines()).query("is_lost")

    assert lost["account_id"].str.startswith("leaves").all()
    assert lost["days"].unique().tolist() == [(dt.date(2024, 6, 1) - dt.date(2022, 12, 31)).days]


def test_an_order_after_the_watch_shows_that_the_account_was_still_there() -> None:
    table = lines()
    back = pd.DataFrame([("leaves00", pd.Timestamp(2025, 12, 1), 1.0)], columns=list(table))
    found = watched(pd.concat([table, back])).set_index("account_id")

    assert not found.loc["leaves00", "is_lost"]


def test_who_is_lost_before_the_watch_is_not_watched() -> None:
    early = pd.DataFrame(
        [("early", pd.Timestamp(2022, 3, 1), 10.0)], columns=["account_id", "ordered_at", "net_amount"]
    )

    assert "early" not in set(watched(pd.concat([lines(), early]))["account_id"])


def test_tiers_of_fewer_than_ten_have_no_curve_of_their_own() -> None:
    accounts = pd.DataFrame({"tier": ["A"] * 12 + ["B"] * 9, "days": 400.0, "is_lost": False})

    assert tier_curves(accounts)["tier"].unique().tolist() == ["A"]
    assert tier_curves(accounts.iloc[5:])["tier"].unique().tolist() == ["All"]


def test_those_at_risk_are_told_year_by_year_to_the_end_of_the_watch() -> None:
    found = at_risk_table(watched(lines()).assign(tier="A"))

    assert found["at_risk"].tolist() == [20, 20, 14, 14]
    assert found["survival"].tolist() == pytest.approx([1.0, 1.0, 0.7, 0.7])
    assert found["months"].round().tolist() == [0, 12, 24, 30]
    assert found["day"].iloc[-1] == pd.Timestamp(2025, 7, 4)


def test_a_short_history_cannot_tell() -> None:
    found = watched_accounts(lines(), AS_OF, first=dt.date(2024, 6, 1), lost_after=180)

    assert (
        found.reason
        == "How long accounts stay cannot be told: that takes 725 days of data, and there are 579."
    )
    assert tier_curves(found) is found
    assert at_risk_table(found) is found


def test_nine_accounts_are_too_few() -> None:
    assert watched(lines(4, 5)).reason == "Too few to tell how long accounts stay: 9 were watched."


def test_a_silence_of_a_week_is_refused() -> None:
    with pytest.raises(ParameterError) as refused:
        watched(lines(), lost_after=7)

    assert str(refused.value) == "lost_after_days: give 30 days or more, not 7"
