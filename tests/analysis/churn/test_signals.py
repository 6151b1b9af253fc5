"""What is seen of an account as of a day, and which alarms then ring."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from kamlib.analysis.churn.outcomes import OWN_GAPS
from kamlib.analysis.churn.signals import (
    MEASURES,
    SIGNALS,
    by_account,
    reason_words,
    ringing,
    signal_measures,
    untold_reasons,
)
from kamlib.analysis.snapshot import account_table
from kamlib.estimate import Unknown

DAY = dt.date(2024, 12, 31)
QUARTERS = (10, 100, 200, 300, 400)
"""An order in this quarter, and in each of the four before."""


def ago(*days: int) -> pd.DatetimeIndex:
    return pd.Timestamp(DAY) - pd.to_timedelta(list(days), unit="D")


def measures_of(*days: int, records: dict | None = None, net: object = 100.0, **columns: object) -> pd.Series:
    """Return what is seen of one account that ordered so many days ago."""
    lines = pd.DataFrame({"account_id": "a", "ordered_at": ago(*days), "net_amount": net, **columns})
    return signal_measures(lines, account_table(lines, DAY), records or {}, DAY).loc["a"]


def alarms_of(measures: pd.Series) -> set[str]:
    """Return the alarms that ring."""
    rings = ringing(measures.to_frame().T.astype(float)).iloc[0]
    return set(rings.index[rings.fillna(value=False).astype(bool)])


# the order gap


def test_silence_is_measured_against_the_own_median_gap() -> None:
    said = measures_of(130, 100, 60, 20)

    assert (said["days_since_last_order"], said["median_gap_days"]) == (20, 40)
    assert said["quiet"] == 0.5


def test_twice_as_long_as_usual_is_no_alarm_and_a_day_more_is_one() -> None:
    assert "order_gap" not in alarms_of(measures_of(120, 100, 80, 60, 40))
    assert "order_gap" in alarms_of(measures_of(121, 101, 81, 61, 41))


def test_the_alarm_rings_where_an_account_counts_as_silent_beyond_its_rhythm() -> None:
    assert SIGNALS["order_gap"]["rings"] == f"quiet > {OWN_GAPS}"


def test_two_orders_tell_no_rhythm_and_ring_no_alarm() -> None:
    lines = pd.DataFrame({"account_id": "a", "ordered_at": ago(300, 200), "net_amount": 1.0})
    rings = ringing(signal_measures(lines, account_table(lines, DAY), {}, DAY))

    assert rings["order_gap"].isna().all()


# what is bought


def test_usual_is_a_quarter_of_what_came_in_the_364_days_before() -> None:
    said = measures_of(*QUARTERS, 500, net=[30.0, 100.0, 100.0, 100.0, 100.0, 999.0])

    assert (said["revenue"], said["usual_revenue"], said["of_usual"]) == (30, 100, 30)
    assert "less_bought" in alarms_of(said)


def test_of_a_young_account_usual_is_taken_from_the_days_it_was_there() -> None:
    # First order 181 days ago, so 91 days before the last 91.
    assert measures_of(10, 181, net=[50.0, 80.0])["usual_revenue"] == 80


def test_an_account_of_less_than_a_quarter_before_has_no_usual_volume() -> None:
    assert pd.isna(measures_of(10, 180)["usual_revenue"])


def test_an_account_that_bought_nothing_now_bought_much_less_than_usual() -> None:
    said = measures_of(100, 200, 300, 400)

    assert said["of_usual"] == 0
    assert "less_bought" in alarms_of(said)


def test_breadth_counts_the_products_of_this_quarter_against_those_before() -> None:
    days = (10, 100, 100, 100, 200, 200, 200)
    said = measures_of(*days, product_id=["p", "p", "q", "r", "p", "q", "r"])

    assert (said["products"], said["usual_products"]) == (1, 3)
    assert "fewer_products" in alarms_of(said)


def test_a_product_that_only_came_back_was_not_bought() -> None:
    assert measures_of(10, 10, net=[5.0, -5.0], product_id=["p", "q"])["products"] == 1


def test_without_a_purchase_now_breadth_and_discount_cannot_be_told() -> None:
    said = measures_of(*QUARTERS[1:], product_id="p", list_amount=125.0)

    assert said[["products", "discount"]].isna().all()
    assert said["usual_discount"] == pytest.approx(0.2)


def test_discount_creeps_when_it_is_two_points_above_usual() -> None:
    creeping = measures_of(*QUARTERS, net=100.0, list_amount=[125.0, *[120.0] * 4])

    assert (creeping["discount"], creeping["usual_discount"]) == pytest.approx((0.2, 1 / 6))
    assert "more_discount" in alarms_of(creeping)
    assert "more_discount" not in alarms_of(measures_of(*QUARTERS, list_amount=[122.0, *[120.0] * 4]))


# the other tables


def invoices(days_ago_due: list[int], days_late: list[int]) -> pd.DataFrame:
    due = ago(*days_ago_due)
    paid = due + pd.to_timedelta(days_late, unit="D")
    return pd.DataFrame({"account_id": "a", "due_at": due, "paid_at": paid, "amount": 100.0})


def test_payment_is_looked_at_over_two_quarters_against_the_year_before() -> None:
    said = measures_of(*QUARTERS, records={"invoices": invoices([50, 100, 250, 300], [20, 10, 1, 3])})

    assert (said["days_late"], said["usual_days_late"]) == (15, 2)
    assert "slower_payment" in alarms_of(said)


def test_who_pays_before_the_due_day_does_not_pay_slowly() -> None:
    said = measures_of(*QUARTERS, records={"invoices": invoices([50, 250], [-1, -20])})

    assert "slower_payment" not in alarms_of(said)


def complaints(*days: int) -> pd.DataFrame:
    return pd.DataFrame({"account_id": "a", "opened_at": ago(*days)})


def test_complaints_of_this_quarter_stand_against_a_quarter_of_those_before() -> None:
    said = measures_of(*QUARTERS, records={"complaints": complaints(5, 10, 100, 454, 455)})

    assert (said["complaints"], said["usual_complaints"]) == (2, 0.5)
    assert "complaints" in alarms_of(said)


def test_a_first_complaint_rings_and_as_many_as_usual_do_not() -> None:
    assert "complaints" in alarms_of(measures_of(10, records={"complaints": complaints(5, 455)}))
    assert "complaints" not in alarms_of(
        measures_of(10, records={"complaints": complaints(5, 100, 200, 400)})
    )


def test_a_list_of_complaints_that_is_younger_tells_nothing_of_what_is_usual() -> None:
    said = measures_of(*QUARTERS, records={"complaints": complaints(5, 363)})

    assert said[["complaints", "usual_complaints"]].isna().all()


def met(*rows: tuple[int, str]) -> dict:
    days, directions = zip(*rows, strict=True)
    return {
        "interactions": pd.DataFrame({"account_id": "a", "happened_at": ago(*days), "direction": directions})
    }


def test_silence_after_contact_counts_from_the_first_time_after_the_last_order() -> None:
    said = measures_of(90, 70, 50, records=met((60, "out"), (30, "out"), (10, "two_way")))

    assert said["days_since_contact"] == 30
    assert "no_answer" in alarms_of(said)


def test_when_the_customer_called_us_nobody_waits_for_an_answer() -> None:
    assert measures_of(90, 70, 50, records=met((30, "in"), (60, "out")))["days_since_contact"] == 0


# what cannot be told


def test_without_the_other_tables_and_columns_their_alarms_cannot_be_told() -> None:
    rings = ringing(measures_of(*QUARTERS[:4]).to_frame().T.astype(float)).iloc[0]

    assert sorted(rings.index[rings.notna()]) == ["less_bought", "order_gap"]


def test_a_missing_table_is_named_and_else_what_the_orders_lack() -> None:
    said = untold_reasons({"complaints": Unknown("There are no complaints."), "invoices": pd.DataFrame()})

    assert said["complaints"] == "There are no complaints."
    assert said["more_discount"] == "These sales come without list prices (order_lines.list_amount)."
    assert said["slower_payment"] == "The list of invoices does not reach back far enough."


def test_the_words_name_what_changed_the_most_trusted_alarm_first() -> None:
    row = dict.fromkeys(MEASURES, 0.0) | {"quiet": 2.5, "days_since_last_order": 50.0, "of_usual": 30.0}
    measures = pd.DataFrame([row | {"usual_revenue": 9.0}], index=["a"])
    words = reason_words(measures, ringing(measures), order=["less_bought"])

    assert words["a"] == (
        "bought 30% of what is usual in the last 91 days; "
        "has not ordered for 2.5 times as long as usual (50 days)"
    )


@pytest.mark.parametrize("key", SIGNALS)
def test_every_signal_is_made_of_known_measures_and_its_words_can_be_filled(key: str) -> None:
    signal = SIGNALS[key]

    assert set(signal["takes"]) <= set(MEASURES)
    assert "{" not in signal["words"].format(**dict.fromkeys(MEASURES, 1.0))


# nothing of the future


days = st.integers(-60, 500)
rows = st.lists(st.tuples(st.sampled_from("ab"), days, st.integers(-20, 90)), min_size=1, max_size=15)


@given(rows, st.lists(st.tuples(days, st.integers(0, 90)), min_size=1, max_size=8))
@example([("b", -60, 54)], [(433, 1), (-2, 75)])
@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate])
def test_rows_after_the_day_and_later_dates_in_earlier_rows_change_no_signal(
    orders: list[tuple[str, int, int]], records: list[tuple[int, int]]
) -> None:
    lines = pd.DataFrame(orders, columns=["account_id", "ordered_at", "net_amount"])
    lines["ordered_at"] = ago(*lines["ordered_at"])
    lines = lines.assign(product_id=lines["net_amount"].astype(str), list_amount=100.0)
    happened, late = ago(*[row[0] for row in records]), pd.to_timedelta([row[1] for row in records], unit="D")
    table = pd.DataFrame({"account_id": "a", "happened_at": happened, "amount": 10.0})
    dated = {
        name: table.assign(due_at=happened, opened_at=happened, paid_at=happened + late) for name in TABLES
    }
    known = {name: rows[rows["happened_at"] <= pd.Timestamp(DAY)] for name, rows in dated.items()}
    known = {
        name: rows.assign(paid_at=rows["paid_at"].where(rows["paid_at"] <= pd.Timestamp(DAY)))
        for name, rows in known.items()
    }
    past = lines[lines["ordered_at"] <= pd.Timestamp(DAY)]
    accounts = account_table(past, DAY)

    pd.testing.assert_frame_equal(
        signal_measures(lines, account_table(lines, DAY), dated, DAY),
        signal_measures(past, accounts, known, DAY),
        check_dtype=False,
    )


TABLES = ("invoices", "complaints", "interactions")


def test_the_order_of_rows_changes_nothing() -> None:
    chance = np.random.default_rng(3)
    lines = pd.DataFrame({"account_id": chance.choice(list("abc"), 60), "net_amount": 5.0, "product_id": "p"})
    lines["ordered_at"] = ago(*chance.integers(0, 450, 60))
    mixed = lines.sample(frac=1, random_state=1)
    accounts = account_table(lines, DAY)

    pd.testing.assert_frame_equal(
        signal_measures(lines, accounts, {}, DAY), signal_measures(mixed, accounts, {}, DAY)
    )


def test_records_of_strangers_and_as_categories_tell_the_same() -> None:
    own = invoices([50, 100, 250, 300], [20, 10, 1, 3])
    records = {"invoices": pd.concat([own, own.assign(account_id="stranger", amount=9.0)])}
    told = measures_of(*QUARTERS, records={"invoices": own})

    assert measures_of(*QUARTERS, records=records).equals(told)
    assert measures_of(*QUARTERS, records=dict(by_account(records))).equals(told)
