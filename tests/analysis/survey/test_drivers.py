"""Which aspects move overall satisfaction: weights, ranges, and what cannot be told."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.analysis.survey.drivers import drivers, level_weights, priority_table, relative_weights
from kamlib.analysis.survey.estimator.design import SurveyDesign, list_design
from kamlib.estimate import Estimate, Unknown

ASPECTS = ["service", "price", "brand"]
ITEMS = pd.DataFrame(
    {
        "item_id": [*ASPECTS, "whole"],
        "aspect": [*ASPECTS, "overall"],
        "level": ["quality", "price", "culture", "none"],
    }
)
NAMES = [f"a{number:02}" for number in range(60)]
DESIGN = list_design(NAMES)


def made_up(seed=1, service=0.8, price=0.3, chance=0.2):
    """Return answers whose overall is made of service and price; the brand plays no part."""
    rng = np.random.default_rng(seed)
    levels = rng.integers(1, 6, size=(len(NAMES), 3)).astype(float)
    answers = pd.DataFrame(levels, columns=ASPECTS, index=NAMES)
    return answers.assign(
        whole=service * answers["service"] + price * answers["price"] + chance * rng.normal(size=len(NAMES))
    )


def found_in(answers, design=DESIGN, **options):
    return drivers(design, answers, ITEMS, **{"seed": 1, "draws": 200} | options)


def weights(found):
    return found.table.set_index("item_id")["weight"]


def clustered(answers, per_account=3):
    """Return a design of accounts with several people each, in two strata."""
    account = [f"x{place // per_account:02}" for place in range(len(answers))]
    stratum = ["A" if name < "x10" else "B" for name in account]
    rows = pd.DataFrame({"account_id": account, "stratum": stratum, "weight": 1.0}, index=answers.index)
    return SurveyDesign(rows.assign(stratum_accounts=50, account_contacts=per_account))


def test_a_driver_that_was_put_in_is_found_and_told_from_the_others():
    table = found_in(made_up()).table

    assert table["item_id"].tolist() == ["service", "price", "brand"]
    assert table["is_like_first"].tolist() == [True, False, False]


@given(st.integers(0, 1000))
@settings(max_examples=25)
def test_weights_are_not_negative_and_add_up_to_what_is_explained(seed):
    found = found_in(made_up(seed, chance=3), draws=20)

    assert (found.table["weight"] >= 0).all()
    assert found.table["weight"].sum() == pytest.approx(found.explained.value)
    assert found.table["importance"].sum() == pytest.approx(1)


def test_each_range_holds_its_weight():
    table = found_in(made_up()).table

    assert (table["importance_low"] <= table["importance"]).all()
    assert (table["importance"] <= table["importance_high"]).all()


def test_uncorrelated_aspects_weigh_as_much_as_they_explain_alone():
    correlations = np.eye(4)
    correlations[3, :3] = correlations[:3, 3] = [0.6, 0.5, 0.0]

    assert relative_weights(correlations) == pytest.approx([0.36, 0.25, 0.0])


def test_aspects_that_are_answered_alike_share_their_weight():
    answers = made_up()
    found = found_in(answers.assign(brand=answers["service"]))

    assert weights(found)["brand"] == pytest.approx(weights(found)["service"])
    assert found.explained.value == pytest.approx(found_in(made_up().drop(columns="brand")).explained.value)


def test_aspects_of_equal_weight_cannot_be_told_apart():
    answers = made_up()
    table = found_in(answers.assign(brand=answers["service"])).table.set_index("item_id")

    assert table["is_like_first"].to_dict() == {"service": True, "brand": True, "price": False}


def test_an_aspect_that_all_answer_alike_has_no_weight_and_is_named():
    found = found_in(made_up().assign(brand=4.0))

    assert found.table["item_id"].tolist() == ["service", "price"]
    assert found.note.endswith("All answers on brand are alike: its weight cannot be told.")


def test_a_question_nobody_was_asked_takes_no_part():
    without = found_in(made_up().assign(brand=np.nan))

    assert weights(without).to_dict() == pytest.approx(
        weights(found_in(made_up().drop(columns="brand"))).to_dict()
    )


def test_people_with_a_gap_are_left_out_and_counted():
    answers = made_up()
    answers.loc[NAMES[:9], "price"] = np.nan
    found = found_in(answers)

    assert found.note.endswith(" 51 of 60 people answered every question; the others are left out.")
    assert found.explained.n == 51
    assert weights(found).to_dict() == pytest.approx(weights(found_in(answers.dropna())).to_dict())


def test_a_person_counts_by_the_weight_of_the_design():
    answers = made_up(chance=1).iloc[:40]
    twice = pd.concat([answers, answers.iloc[:20].rename(lambda name: f"b{name}")])
    heavy = list_design(answers.index).rows.assign(weight=[2.0] * 20 + [1.0] * 20)

    one = found_in(answers, SurveyDesign(heavy), draws=20)
    other = found_in(twice, list_design(twice.index), draws=20)

    assert weights(one).to_dict() == pytest.approx(weights(other).to_dict())


def test_the_order_of_the_rows_changes_nothing():
    answers = made_up()

    assert found_in(answers.sample(frac=1, random_state=2)).table.equals(found_in(answers).table)


def test_the_same_seed_gives_the_same_ranges_and_another_one_others():
    one, same, other = (found_in(made_up(), seed=seed).draws for seed in (1, 1, 2))

    assert (one == same).all()
    assert (one != other).any()


def test_the_number_of_draws_is_kept_however_they_are_taken_together():
    assert [len(found_in(made_up(), draws=draws).draws) for draws in (20, 100, 130)] == [20, 100, 130]


def test_accounts_are_drawn_whole():
    # Three copies of each answer are no more than one: a draw of people would be surer.
    answers = made_up(chance=3).iloc[:20]
    copies = answers.loc[answers.index.repeat(3)].set_axis(NAMES)
    design = clustered(copies)
    of_one = clustered(answers, per_account=1)

    spread = found_in(copies, design).draws.std(axis=0)

    assert spread == pytest.approx(found_in(answers, of_one).draws.std(axis=0))


def test_a_stratum_of_one_account_stands_in_every_draw():
    rows = DESIGN.rows.assign(stratum=["only"] + ["rest"] * 59)
    answers = made_up()
    answers.loc[NAMES[1:], "brand"] = 3.0

    # Its answer alone makes the brand vary: a draw without it would have no weight for it.
    assert (found_in(answers, SurveyDesign(rows)).draws > 0).all()


def test_everyone_equally_satisfied_overall_is_said():
    found = found_in(made_up().assign(whole=4.0))

    assert found == Unknown(
        "Everybody is equally satisfied overall, so what moves satisfaction cannot be told.", "drivers"
    )


def test_no_overall_question_is_said():
    found = found_in(made_up().drop(columns="whole"))

    assert found.reason == (
        "Nobody was asked how satisfied they are overall, so what moves satisfaction cannot be told."
    )


def test_no_question_on_an_aspect_is_said():
    found = found_in(made_up()[["whole"]])

    assert found.reason.startswith("There is no question on single aspects to which answers differ, ")


def test_fewer_answers_than_aspects_are_too_few():
    answers = made_up().head(2)
    found = found_in(answers, list_design(answers.index))

    assert found.reason.startswith(
        "2 accounts answered every question and it takes 15, five for each aspect, "
    )


def test_five_accounts_for_each_aspect_are_enough():
    answers = made_up().head(15)

    assert isinstance(found_in(answers, list_design(answers.index)).explained, Estimate)


def test_no_complete_answer_at_all_is_too_few():
    answers = made_up()
    answers["price"] = answers["price"].where(answers.index < "a30")
    answers["brand"] = answers["brand"].where(answers.index >= "a30")

    assert found_in(answers).reason.startswith("0 accounts answered every question")


def test_what_weighs_much_and_is_liked_little_is_fixed_first():
    liked = pd.DataFrame({"item_id": ASPECTS, "net": [-0.2, 0.5, 0.0]})
    table = priority_table(found_in(made_up()), liked)

    assert table["aspect"].tolist() == ["service", "brand", "price"]
    assert table["field"].tolist() == ["fix first", "watch", "leave as it is"]


def test_what_weighs_much_and_is_liked_well_is_kept_up():
    liked = pd.DataFrame({"item_id": ASPECTS, "net": [0.5, -0.2, 0.0]})

    assert priority_table(found_in(made_up()), liked)["field"].iloc[0] == "keep up"


def test_importance_of_levels_adds_up_and_the_brand_is_its_own():
    answers = made_up().round().clip(1, 5)
    levels = level_weights(found_in(answers), DESIGN, answers, ITEMS)

    assert levels["level"].tolist() == ["quality", "price", "brand"]
    assert levels["importance"].sum() == pytest.approx(1)


def test_a_level_of_several_questions_has_their_weights_and_their_average():
    answers = made_up().round().clip(1, 5)
    items = ITEMS.assign(level=["quality", "quality", "culture", "none"])
    found = found_in(answers)

    row = level_weights(found, DESIGN, answers, items).iloc[0]

    assert row["importance"] == pytest.approx(found.table["importance"].head(2).sum())
    assert row["per_question"] == pytest.approx(row["importance"] / 2)
    assert row["top2"] == pytest.approx((answers[["service", "price"]] >= 4).mean(axis=1).mean())


def test_questions_without_a_level_are_the_others():
    answers = made_up().round().clip(1, 5)
    levels = level_weights(found_in(answers), DESIGN, answers, ITEMS.drop(columns="level"))

    assert levels["level"].tolist() == ["other", "brand"]


def test_a_single_question_without_a_level_goes_by_its_aspect():
    answers = made_up().round().clip(1, 5)
    items = ITEMS.assign(level=["none", "quality", "culture", "none"])

    assert set(level_weights(found_in(answers), DESIGN, answers, items)["level"]) == {
        items["aspect"][0],
        "quality",
        "brand",
    }


def test_what_cannot_be_told_is_handed_on():
    unknown = Unknown("Too few.")

    assert priority_table(unknown, pd.DataFrame()) is unknown
    assert level_weights(unknown, DESIGN, made_up(), ITEMS) is unknown
