import datetime as dt

import pandas as pd

from kamlib.analysis.churn.forewarning import NO_SIGN, first_signs

AS_OF, FIRST = dt.date(2024, 12, 31), dt.date(2022, 1, 1)


def lines(account, until, every=14):
    days = pd.date_range("2022-01-01", until, freq=f"{every}D")
    return pd.DataFrame({"account_id": account, "ordered_at": days, "net_amount": 100.0})


LINES = pd.concat([lines("quiet", "2024-05-01"), lines("sudden", "2024-12-30"), lines("early", "2022-06-01")])


def signs(*rows):
    exits = pd.DataFrame(rows, columns=["account_id", "lost_at"]).astype({"lost_at": "datetime64[us]"})
    return first_signs(LINES, exits, {}, AS_OF, first=FIRST).set_index("account_id")


def test_the_first_alarm_before_a_loss_is_found_with_its_days():
    found = signs(("quiet", "2024-10-01")).loc["quiet"]

    assert found["sign"] == "No order for twice as long as usual"
    assert found["days_before"] == (dt.date(2024, 10, 1) - dt.date(2024, 7, 2)).days


def test_a_loss_without_a_sign_is_said_so():
    found = signs(("sudden", "2024-12-31")).loc["sudden"]

    assert found["sign"] == NO_SIGN
    assert pd.isna(found["days_before"])


def test_a_loss_before_the_days_looked_at_is_not_told():
    assert signs(("early", "2022-09-01")).empty


def test_orders_after_the_loss_change_nothing():
    more = pd.concat([LINES, lines("quiet", "2024-12-30").query("ordered_at > '2024-10-01'")])
    exits = pd.DataFrame({"account_id": ["quiet"], "lost_at": [pd.Timestamp("2024-10-01")]})

    now, then = (first_signs(table, exits, {}, AS_OF, first=FIRST) for table in (more, LINES))
    pd.testing.assert_frame_equal(now, then)


def test_a_loss_that_cannot_be_looked_back_on_for_a_year_is_not_told():
    # A year after the first day looked at, 3 January 2023, and a day less.
    assert signs(("sudden", "2024-01-02")).empty
    assert signs(("sudden", "2024-01-03"))["sign"].to_list() == [NO_SIGN]


def test_losses_of_two_years_are_told_where_the_data_reach_back():
    exits = pd.DataFrame({"account_id": ["early"], "lost_at": [pd.Timestamp("2023-03-01")]})
    found = first_signs(LINES, exits, {}, AS_OF, first=dt.date(2020, 1, 1))

    assert found["sign"].to_list() == ["No order for twice as long as usual"]
