import pandas as pd
import pytest

from kamlib.analysis.survey.drivers import FIELDS
from kamlib.display.figures.quadrant import priority_map
from kamlib.display.findings.drivers import (
    driver_findings,
    levels_finding,
    lost_title,
    map_title,
)
from kamlib.display.pictures import Picture, picture
from kamlib.estimate import Unknown

AS_OF = "2025-12-31"
WAVES = {"previous": "W2024", "later": "W2024"}
TOO_FEW = Unknown("Too few answered.", "drivers")


def ranged(**values):
    cells = {}
    for name, value in values.items():
        cells |= {name: value, f"{name}_low": value - 0.05, f"{name}_high": value + 0.05}
    return cells


def priorities(*rows, alike=()):
    """Return a priority table of (aspect, importance, field) rows; `alike` cannot be told from the first."""
    told = [
        {
            "aspect": aspect,
            "name": aspect,
            "field": field,
            "is_like_first": aspect in alike,
            "is_marked": True,
        }
        | ranged(importance=weight, top2=0.6, bottom2=0.31, net=0.29)
        for aspect, weight, field in rows
    ]
    table = pd.DataFrame(told)
    return table.assign(field=pd.Categorical(table["field"], FIELDS))


DELIVERY = ("delivery", 0.5, "fix first"), ("quality", 0.3, "keep up"), ("brand", 0.2, "leave as it is")
ONE_FIRST = priorities(*DELIVERY, alike=["delivery"])
CHANGES = pd.DataFrame(
    [
        {"aspect": "overall", "change_n": 47, "change_note": ""} | ranged(change=-0.12),
        {"aspect": "price", "change_n": 46, "change_note": ""} | ranged(change=0.2),
    ]
)


def groups(gap=-0.3, lost_gap=0.1):
    rows = [
        {"name": "dissatisfied"} | ranged(kept_sales=0.7, lost_share=0.13),
        {"name": "satisfied"} | ranged(kept_sales=0.97, lost_share=0.02),
    ]
    ends = ranged(kept_sales_gap=gap, lost_share_gap=lost_gap)
    return pd.DataFrame(rows).assign(**ends)


def told(first=ONE_FIRST, changes=CHANGES, later=None):
    shown = driver_findings(first, changes, groups() if later is None else later, waves=WAVES, as_of=AS_OF)
    return {getattr(one, "key"): one for one in shown}  # noqa: B009 - findings and Unknowns both have one


def lead(first):
    return told(first)["first"].sentence


def test_what_weighs_most_and_is_liked_little_comes_first():
    assert lead(ONE_FIRST) == (
        "Improve delivery first: it weighs most in overall satisfaction, and 31 of 100 are dissatisfied with "
        "it (between 26 and 36)."
    )


def test_a_weight_that_cannot_be_told_from_some_others_is_said():
    assert lead(priorities(*DELIVERY, alike=["delivery", "quality"])).endswith(
        "By no more than chance allows it leads quality."
    )


def test_a_weight_that_cannot_be_told_from_any_other_is_said():
    assert lead(priorities(*DELIVERY, alike=["delivery", "quality", "brand"])).endswith(
        " It leads the others by no more than chance allows: more answers may change the order."
    )


PRICE = ("price", 0.35, "fix first"), ("quality", 0.45, "keep up"), ("brand", 0.2, "watch")


def test_what_does_not_weigh_most_is_not_said_to_lead():
    said = lead(priorities(*PRICE, alike=["quality", "price", "brand"]))

    assert said.startswith("Improve price first: it weighs more than most in overall satisfaction, ")
    assert said.endswith("(between 26 and 36). By no more than chance allows quality weighs more.")


def test_of_what_weighs_clearly_less_than_the_weightiest_no_doubt_is_said():
    assert lead(priorities(*PRICE, alike=["quality", "brand"])).endswith("(between 26 and 36).")


def test_where_nothing_is_to_be_fixed_first_the_best_is_kept_up_and_nothing_is_to_do():
    found = told(priorities(("quality", 0.6, "keep up"), ("brand", 0.4, "watch"), alike=["quality"]))["first"]

    assert found.sentence == (
        "Keep up quality: it weighs most in overall satisfaction, and nothing that weighs much is liked less "
        "than the rest; 31 of 100 are dissatisfied with it (between 26 and 36)."
    )
    assert found.action == ""


def test_the_action_names_the_map_as_its_evidence():
    found = told()["first"]

    assert found.evidence == "map"
    assert found.action == (
        "Ask those who are dissatisfied with delivery what is behind it before you spend money, and set a "
        "target for the next wave."
    )


def test_the_tiles_carry_their_ranges_and_what_they_are_compared_with():
    found = told()
    tiles = {key: (one.label, one.number, one.previous_label) for key, one in found.items() if one.label}

    assert tiles == {
        "weight": ("Weight of delivery", 0.5, "of overall satisfaction; 33.3% if all weighed alike"),
        "satisfied": ("Satisfied with delivery", 0.6, "60.0% on average of all aspects"),
        "change": (
            "Overall, change since W2024",
            -0.12,
            "on the scale 1 to 5, at the 47 accounts that answered both",
        ),
        "later": (
            "Later sales of the dissatisfied",
            0.7,
            "of the year before wave W2024; the satisfied: 97%",
        ),
    }
    assert all(one.low < one.number < one.high for one in found.values())


def test_what_the_dissatisfied_bought_later_is_set_beside_the_satisfied():
    assert told()["pays"].sentence == (
        "In the year after wave W2024 the dissatisfied bought 70% of what they had bought in the year "
        "before, the satisfied 97%; 13 of 100 were lost, against 2. That is more than chance explains; "
        "that satisfaction is the cause, it does not prove."
    )


@pytest.mark.parametrize(
    ("gap", "lost_gap", "is_clear"), [(-0.3, 0, True), (0, 0.1, True), (-0.04, 0.04, False)]
)
def test_a_gap_is_clear_if_either_range_lies_beside_zero(gap, lost_gap, is_clear):
    said = told(later=groups(gap, lost_gap))["pays"].sentence

    assert ("more than chance" in said) == is_clear
    assert ("may be chance" in said) != is_clear


def test_of_losses_that_may_not_be_told_nothing_is_said():
    kept_only = groups().drop(columns=groups().filter(like="lost_share"))

    assert told(later=kept_only)["pays"].sentence == (
        "In the year after wave W2024 the dissatisfied bought 70% of what they had bought in the year "
        "before, the satisfied 97%. That is more than chance explains; that satisfaction is the cause, it "
        "does not prove."
    )


def test_a_change_that_cannot_be_told_has_no_tile():
    assert "change" not in told(changes=CHANGES.assign(change=[None, 0.2]))


def test_why_a_later_part_has_no_answer_its_section_says():
    later = Unknown("Too few can be followed.", "later")

    assert driver_findings(TOO_FEW, later, later, waves=WAVES, as_of=AS_OF) == [TOO_FEW]


def test_groups_without_a_range_are_said():
    found = told(later=groups().assign(kept_sales_gap=None))["pays"]

    assert found.reason.startswith("Whether satisfaction pays cannot be told: in one group all accounts did")


def levels(price, quality):
    rows = [("quality", 4, 4 * quality), ("price", 1, price), ("other", 1, 0.1)]
    told = [
        {"level": level, "questions": count, "per_question": weight / count}
        | {"per_question_low": weight / count - 0.02, "per_question_high": weight / count + 0.02}
        | ranged(importance=weight)
        for level, count, weight in rows
    ]
    return pd.DataFrame(told)


@pytest.mark.parametrize(
    ("price", "quality", "verdict"),
    [
        (0.3, 0.1, "Question by question price comes first, as is often said."),
        (
            0.1,
            0.2,
            "Question by question quality weighs clearly more than price, though price is often said to come "
            "first.",
        ),
        (
            0.12,
            0.11,
            "Whether a question of price weighs more than one of quality or culture, as is often said, these "
            "answers cannot tell.",
        ),
    ],
)
def test_whether_price_comes_first_is_answered_question_by_question(price, quality, verdict):
    assert levels_finding(levels(price, quality), as_of=AS_OF).sentence.endswith(verdict)


def test_each_level_is_named_with_its_weight_and_how_many_questions_it_had_if_several():
    assert levels_finding(levels(0.3, 0.1), as_of=AS_OF).sentence.startswith(
        "What moves overall satisfaction: quality 40% (4 questions), price 30%, other 10%. "
    )


def test_without_a_question_on_price_nothing_is_said_of_it():
    without = levels(0.3, 0.1).query("level != 'price'")

    assert "price" not in levels_finding(without, as_of=AS_OF).sentence


def test_titles_say_the_finding():
    assert map_title(ONE_FIRST) == "Fix first: delivery"
    assert map_title(ONE_FIRST.iloc[1:]) == "What weighs much is liked well"
    assert lost_title(groups()) == "Lost: 13% of the dissatisfied, 2% of the satisfied"


def test_what_cannot_be_told_is_handed_on():
    assert levels_finding(TOO_FEW, as_of=AS_OF) is TOO_FEW
    assert picture(priority_map, TOO_FEW, title=map_title(TOO_FEW), key="map") is TOO_FEW


def test_the_map_draws_each_aspect_by_weight_and_liking_and_cuts_at_the_averages():
    ax = priority_map(ONE_FIRST, title="Fix first: delivery", period="wave W2025")

    assert ax.collections[-1].get_offsets()[:, 0].tolist() == [0.5, 0.3, 0.2]
    assert ax.lines[0].get_xdata()[0] == pytest.approx(1 / 3)
    assert ax.lines[1].get_ydata()[0] == pytest.approx(0.29)
    assert ax.get_title(loc="left").endswith("cut at the averages, wave W2025")


def test_the_map_is_a_picture_that_names_what_to_fix_in_words():
    shown = picture(priority_map, ONE_FIRST, title="Fix first: delivery", key="map")

    assert isinstance(shown, Picture)
    assert shown.alt.endswith("Fix first: delivery.")
