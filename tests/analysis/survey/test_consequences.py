"""Satisfaction against later sales and losses, without a look ahead."""

import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.survey.consequences import (
    LaterSales,
    later_by_satisfaction,
    later_sales,
    lost_by_satisfaction,
)
from kamlib.estimate import Unknown

CLOSED, FIRST, AS_OF = dt.date(2024, 6, 30), dt.date(2023, 1, 1), dt.date(2025, 12, 31)
WAVES = pd.DataFrame({"wave_id": ["W1", "W2"], "closed_at": pd.to_datetime([CLOSED, "2025-06-30"])}).assign(
    confidentiality="attributed"
)
ITEMS = pd.DataFrame({"item_id": ["q", "p"], "aspect": ["overall", "price"]})


def day(after):
    return pd.Timestamp(CLOSED) + pd.Timedelta(days=after)


def orders(account, *days, amount=100.0):
    return [{"account_id": account, "ordered_at": day(one), "net_amount": amount} for one in days]


def says(account, value, *, contact="", answered=-5, wave="W1", item="q"):
    row = {"wave_id": wave, "contact_id": contact or account, "account_id": account, "item_id": item}
    return row | {"value": value, "answered_at": day(answered)}


LINES = pd.DataFrame([*orders("a", -200, -20, 100, 300), *orders("b", -100, -50, 60), *orders("c", -300, 20)])
ANSWERS = pd.DataFrame([says("a", 5), says("b", 2), says("c", 3), says("a", 4, wave="W2", answered=360)])


def followed(lines=LINES, answers=ANSWERS, waves=WAVES, watched=(FIRST, AS_OF)):
    return later_sales(lines, waves, answers, ITEMS, watched=watched)


def test_sales_are_those_of_365_days_before_and_after_the_closing_day():
    lines = pd.DataFrame(orders("a", -365, -364, 0, 1, 365, 366))
    row = followed(lines).table.loc["a"]

    assert (row["sales_before"], row["sales_after"]) == (200.0, 200.0)


def test_lost_is_who_does_not_order_in_the_last_180_of_these_days():
    lines = pd.DataFrame([*orders("a", -20, 185), *orders("b", -20, 186)])

    assert followed(lines).table["is_lost"].to_dict() == {"a": True, "b": False}


def test_who_had_left_before_is_left_out_and_counted():
    found = followed()

    assert found.table.index.tolist() == ["a", "b"]
    assert found.note == (
        "Followed: wave W1, closed 30 Jun 2024. Wave W2 is too recent. "
        "Left out: 1 without an order in the 180 days before that."
    )


def test_an_account_is_as_satisfied_as_its_people_on_average():
    answers = pd.DataFrame([says("a", 5), says("a", 2, contact="z"), says("a", 1, item="p")])

    assert followed(answers=answers).table["satisfaction"].to_dict() == {"a": 3.5}


def test_rows_after_the_year_change_nothing():
    rows = [*orders("a", 366, amount=-500), *orders("b", 366, 400, amount=1e6), *orders("new", 380)]

    assert followed(pd.concat([LINES, pd.DataFrame(rows)])).table.equals(followed().table)


def test_answers_after_the_closing_day_change_nothing():
    late = pd.concat(
        [ANSWERS, pd.DataFrame([says("a", 1, contact="z", answered=1), says("d", 1, answered=1)])]
    )

    assert followed(answers=late).table.equals(followed().table)


def test_answers_to_another_wave_change_nothing():
    other = pd.concat([ANSWERS, pd.DataFrame([says("a", 1, wave="W2", answered=300)])])

    assert followed(answers=other).table.equals(followed().table)


def test_a_later_wave_without_answers_does_not_hide_the_one_that_has_some():
    silent = WAVES.assign(wave_id=["W1", "W0"], closed_at=[day(0), day(30)])

    assert followed(waves=silent).wave_id == "W1"


def test_a_wave_without_a_closing_day_is_not_called_too_recent():
    note = followed(waves=WAVES.assign(closed_at=[day(0), pd.NaT])).note

    assert note.startswith("Followed: wave W1, closed 30 Jun 2024. Wave W2 has no closing day. Left out")


@pytest.mark.parametrize("said", [{"confidentiality": None}, {"confidentiality": "confidential"}])
def test_a_wave_that_was_not_attributed_is_followed_as_confidential(said):
    assert followed(waves=WAVES.assign(**said)).confidentiality == "confidential"


def test_answers_without_a_day_count():
    assert followed(answers=ANSWERS.drop(columns="answered_at")).table.equals(followed().table)


@pytest.mark.parametrize(("last", "can_tell"), [(365, True), (364, False)])
def test_a_wave_is_followed_once_its_year_is_over(last, can_tell):
    found = followed(watched=(FIRST, day(last).date()))

    assert isinstance(found, LaterSales) == can_tell


def test_a_wave_without_a_year_of_orders_before_is_not_followed():
    found = followed(watched=(day(-363).date(), AS_OF))

    assert found.reason == (
        "What accounts bought after they had answered cannot be told yet. "
        "It takes a wave that closed a year ago, and orders of the year before it."
    )


@pytest.mark.parametrize("waves", [WAVES.drop(columns="closed_at"), WAVES.assign(closed_at=pd.NaT)])
def test_a_wave_that_has_not_closed_is_not_followed(waves):
    assert isinstance(followed(waves=waves), Unknown)


def test_without_a_question_on_the_whole_nobody_is_followed():
    found = followed(answers=ANSWERS.assign(item_id="p"))

    assert later_by_satisfaction(found).reason == (
        "Whether satisfaction pays cannot be told: it takes 5 accounts that were satisfied and 5 that were "
        "less so, among the 0 of wave W1 that can be followed."
    )


def groups(dissatisfied, between, satisfied, *, promised="attributed"):
    levels = [2.0] * dissatisfied + [3.5] * between + [4.0] * satisfied
    table = pd.DataFrame({"satisfaction": levels, "sales_before": 100.0, "is_lost": False})
    table["sales_after"] = [50.0 + 20 * (row % 3) for row in table.index]
    return later_by_satisfaction(
        LaterSales("W1", table.rename(lambda row: f"a{row}"), "", promised), fewest_followed=2
    )


@pytest.mark.parametrize(
    ("counts", "names", "sizes"),
    [
        ((5, 6, 7), ["dissatisfied", "in between", "satisfied"], [5, 6, 7]),
        ((4, 6, 7), ["not satisfied", "satisfied"], [10, 7]),
        ((5, 4, 7), ["not satisfied", "satisfied"], [9, 7]),
        ((5, 6, 4), ["dissatisfied", "not dissatisfied"], [5, 10]),
    ],
)
def test_a_group_under_five_is_joined_to_its_neighbour(counts, names, sizes):
    table = groups(*counts)

    assert table["name"].tolist() == names
    assert table["account_count"].tolist() == sizes


@pytest.mark.parametrize("counts", [(2, 2, 20), (0, 0, 30), (4, 0, 4)])
def test_one_group_alone_is_not_shown(counts):
    assert isinstance(groups(*counts), Unknown)


def test_sales_are_added_up_over_a_group_before_they_are_compared():
    table = pd.DataFrame({"satisfaction": [2.0] * 5 + [5.0] * 5, "is_lost": [True] + [False] * 9})
    table["sales_before"] = [1000.0, 10, 10, 10, 10] + [100.0] * 5
    table["sales_after"] = [0.0, 20, 20, 20, 20, 90, 110, 100, 100, 100]
    found = later_by_satisfaction(LaterSales("W1", table, "", "attributed"))

    assert found["kept_sales"].tolist() == pytest.approx([80 / 1040, 1.0])
    assert found["lost_share"].tolist() == [0.2, 0.0]


def test_the_share_lost_has_wilsons_range():
    # Wilson's interval of 0 of 5: z²/(5 + z²) above.
    assert groups(5, 6, 7)["lost_share_high"].iloc[0] == pytest.approx(3.841459 / 8.841459, rel=1e-6)


def test_a_group_whose_sales_all_fared_alike_has_no_range():
    table = pd.DataFrame({"satisfaction": [2.0] * 5 + [5.0] * 5, "is_lost": False, "sales_before": 100.0})
    table["sales_after"] = [0.0] * 5 + [90.0, 110, 100, 100, 100]
    row = later_by_satisfaction(LaterSales("W1", table, ""), fewest_followed=2).iloc[0]

    assert pd.isna(row["kept_sales"])
    assert "cannot tell" in row["kept_sales_note"]


def test_gaps_are_against_the_most_satisfied():
    table = groups(6, 6, 7)

    assert table["lost_share_gap"].tolist() == [0, 0, 0]
    assert table["kept_sales_gap"].iloc[0] == pytest.approx(
        table["kept_sales"].iloc[0] - table["kept_sales"].iloc[-1]
    )
    assert table["kept_sales_gap_low"].iloc[0] < table["kept_sales_gap"].iloc[0]


def test_unless_attributed_sales_are_told_in_whole_percents_so_that_no_sum_gives_a_group_away():
    exact, told = (groups(6, 6, 7, promised=one) for one in ("attributed", "confidential"))
    sales = told.filter(regex="^kept_sales(_gap)?(_low|_high)?$")

    assert sales.shape[1] == 6
    assert sales.equals(sales.round(2))
    assert (
        told["kept_sales"].tolist() == exact["kept_sales"].round(2).tolist() != exact["kept_sales"].tolist()
    )


def lost(*per_group, promised="confidential"):
    """Return who was lost, of ten dissatisfied and ten satisfied, of whom so many were lost."""
    is_lost = [row < count for count in per_group for row in range(10)]
    table = pd.DataFrame({"satisfaction": [2.0] * 10 + [5.0] * 10, "is_lost": is_lost, "sales_before": 100.0})
    later = LaterSales("W1", table.assign(sales_after=100.0 + table.index), "", promised)
    return lost_by_satisfaction(later_by_satisfaction(later, fewest_followed=2), later)


@pytest.mark.parametrize("per_group", [(5, 4), (4, 5), (6, 5), (5, 6)])
def test_unless_attributed_no_group_with_under_five_lost_or_kept_tells_who_was_lost(per_group):
    assert lost(*per_group).reason == (
        "Wave W1 was confidential: how many of each group were lost may not be told, it would show who said "
        "what."
    )


def test_what_may_not_be_told_of_losses_is_not_in_the_table():
    assert groups(6, 6, 7, promised="confidential").filter(like="lost").empty


@pytest.mark.parametrize(("per_group", "promised"), [((5, 5), "confidential"), ((4, 1), "attributed")])
def test_losses_are_told_of_five_lost_and_five_kept_and_of_an_attributed_wave(per_group, promised):
    assert lost(*per_group, promised=promised)["lost_share"].tolist() == [one / 10 for one in per_group]


def test_what_cannot_be_told_is_handed_on():
    unknown = Unknown("Too recent.")

    assert later_by_satisfaction(unknown) is unknown
    assert lost_by_satisfaction(unknown, unknown) is unknown


def test_unless_attributed_of_fewer_than_thirty_nothing_is_told():
    table = pd.DataFrame(
        {"satisfaction": [5.0, 1.0] * 10, "is_lost": False, "sales_before": 1.0, "sales_after": 1.0}
    )

    assert later_by_satisfaction(LaterSales("W1", table, "")).reason == (
        "Wave W1 was confidential; 20 accounts can be followed: "
        "of so few, later sales would show who said what."
    )
