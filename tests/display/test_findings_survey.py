import pandas as pd
import pytest

from kamlib.display.findings.survey import chances, group_findings, satisfaction_findings, views_finding
from kamlib.estimate import Unknown

MEASURES = {"top2": 0.64, "bottom2": 0.2, "net": 0.44, "mean": 3.6}
WITHHELD = Unknown("Wave W1 was anonymous.", "single_answers")
HEARD = pd.DataFrame([{"stratum": "all", "answered": 50, "drawn": 80, "revenue_share_heard": 0.7}])
PROMOTERS = pd.DataFrame(
    [{"view": "respondent", "nps": 0.1, "nps_low": -0.05, "nps_high": 0.25, "nps_n": 40}]
)
CALLS = pd.DataFrame({"name": ["Ann plc", "b"], "answers": [2, 1], "owner": ["Vera", None]})


def row(aspect, **measures):
    told = {"aspect": aspect, "top2_note": ""}
    for name, value in (MEASURES | measures).items():
        told |= {name: value, f"{name}_low": value - 0.1, f"{name}_high": value + 0.1, f"{name}_n": 50}
    return told


def findings(*rows, follow_up=WITHHELD):
    told = {"promoters": PROMOTERS, "follow_up": follow_up, "as_of": "2025-12-31"}
    return satisfaction_findings(pd.DataFrame(rows), HEARD, **told)


def views(**shares):
    rows = [
        {"view": view, "top2": share, "top2_low": share - 0.1, "top2_high": share + 0.1, "top2_note": "None."}
        for view, share in shares.items()
    ]
    return pd.DataFrame(rows)


def pair(group, other, difference, p):
    ends = {"difference_low": difference - 0.1, "difference_high": difference + 0.1}
    return {"group": group, "other": other, "difference": difference, "p": p, "is_different": p < 0.05} | ends


def test_the_answer_comes_first_of_100_contacts():
    assert findings(row("overall"))[0].sentence == (
        "Of 100 contacts at our key accounts, 64 are satisfied with us (between 54 and 74), "
        "and 20 are dissatisfied."
    )


def test_a_census_is_a_fact_without_a_range():
    said = findings(row("overall") | {"top2_method": "census"})[0]

    assert (said.kind, said.low) == ("fact", None)
    assert "64 are satisfied with us (everybody was asked and answered)" in said.sentence


def test_a_census_in_which_some_gave_no_answer_says_for_whom_it_is_exact():
    told = {"top2_method": "census", "top2_note": "9 of those asked gave no answer here."}

    assert findings(row("overall") | told)[0].sentence == (
        "Of 100 contacts at our key accounts, 64 are satisfied with us "
        "(everybody was asked; this is exact for those who answered the question), and 20 are dissatisfied."
    )


def test_where_nobody_is_dissatisfied_nothing_is_to_be_done():
    first = findings(row("overall"), row("price", bottom2=0.0, net=0.9))[0]

    assert (first.action, first.evidence) == ("", "")


def test_what_most_are_dissatisfied_with_is_asked_about_first():
    first = findings(row("overall", net=-0.9), row("price", bottom2=0.3, net=0.1), row("service", net=0.3))[0]

    assert first.action.startswith("Ask what is behind price: 30 of 100 are dissatisfied with it")
    assert first.evidence == "levels"


def test_who_is_dissatisfied_is_called_the_one_that_buys_most_first():
    called = findings(row("overall"), follow_up=CALLS)[1]

    assert called.sentence == "2 accounts told us of something that they are dissatisfied with, in 3 answers."
    assert called.action == "Call each of them, the one that buys most first: Ann plc (Vera)."
    assert (called.evidence, called.severity) == ("follow_up", "act")


def test_where_nobody_is_known_to_own_accounts_the_account_is_named_alone():
    called = findings(row("overall"), follow_up=CALLS.drop(columns="owner"))[1]

    assert called.action.endswith(": Ann plc.")


@pytest.mark.parametrize("follow_up", [WITHHELD, CALLS.head(0)])
def test_without_a_follow_up_list_nobody_is_called(follow_up):
    assert all("call" not in one.key for one in findings(row("overall"), follow_up=follow_up))


def test_three_measures_are_tiles_with_their_ranges():
    tiles = [finding for finding in findings(row("overall")) if finding.label]

    assert [tile.number for tile in tiles] == [0.64, 10.0, 44.0, 50.0]
    assert all(tile.low < tile.number < tile.high for tile in tiles[:3])


def test_who_was_heard_is_told_with_the_sales_they_bring():
    assert findings(row("overall"))[-1].previous_label == "of 80 asked; they bring 70% of key account sales"


def test_too_few_answers_are_no_answer():
    said = findings(row("overall", top2=float("nan")) | {"top2_note": "Only 2 accounts answered."})

    assert said[0] == Unknown(
        "How satisfied the key accounts are cannot be told. Only 2 accounts answered.", "overall"
    )


def test_without_the_overall_question_there_is_no_answer():
    assert findings(row("price"))[0] == Unknown("Nobody was asked how satisfied they are overall.", "overall")


def test_views_within_the_range_of_the_contacts_agree():
    assert views_finding(views(respondent=0.6, account=0.62, revenue=0.55)).sentence == (
        "Of 100 contacts 60 are satisfied (between 50 and 70); "
        "62 of 100 accounts and 55 of each 100 of sales. "
        "It makes little difference whose voice counts."
    )


def test_a_view_outside_the_range_of_the_contacts_is_told():
    assert views_finding(views(respondent=0.6, account=0.62, revenue=0.8)).sentence == (
        "Of 100 contacts 60 are satisfied (between 50 and 70), but 80 of each 100 of sales: "
        "accounts that buy much are more satisfied than the rest."
    )


def test_where_equal_sales_make_two_views_one_the_accounts_with_few_contacts_are_named():
    assert views_finding(views(respondent=0.6, account=0.8, revenue=0.8)).sentence == (
        "Of 100 contacts 60 are satisfied (between 50 and 70), but 80 of 100 accounts: "
        "accounts with few contacts are more satisfied than the rest."
    )


def test_sales_are_not_named_where_they_are_near_the_accounts_that_are_near_the_contacts():
    assert views_finding(views(respondent=0.6, account=0.68, revenue=0.72)).key == "views_agree"


def test_without_a_view_of_accounts_sales_are_held_against_the_contacts_alone():
    assert views_finding(views(respondent=0.6, account=float("nan"), revenue=0.8)).key == "views_differ"


def test_in_a_census_a_view_less_than_five_points_away_is_no_news():
    told = views(respondent=0.6, account=0.62, revenue=0.57).assign(top2_low=0.6, top2_high=0.6)

    assert views_finding(told).key == "views_agree"


def test_without_an_answer_of_the_contacts_no_views_are_compared():
    missing = views(respondent=float("nan"), account=0.6, revenue=0.6)

    assert views_finding(missing) == Unknown("None.", "views")


def test_without_accounts_and_sales_nothing_is_said_of_whose_voice_counts():
    alone = views(respondent=0.6, account=float("nan"), revenue=float("nan"))

    assert views_finding(alone) == Unknown("Whether it matters whose voice counts cannot be told.", "views")


def test_no_chance_is_nought():
    said = chances(pd.Series([0.0, 0.0009, 0.001, 1.0, float("nan")]))

    assert said.tolist() == ["below 1%", "below 0.1%", "0.1%", "100.0%", "–"]


def test_groups_that_cannot_be_told_apart_are_said_to_be_so():
    (said,) = group_findings(pd.DataFrame([pair("A", "B", 0.1, 0.4), pair("A", "C", 0.1, float("nan"))]))

    assert said.sentence == (
        "No two tiers, industries or regions can be told apart: "
        "differences as seen here may well be chance (1 pair compared)."
    )


def test_of_groups_that_differ_the_clearest_pair_is_told_the_better_first():
    (said,) = group_findings(pd.DataFrame([pair("A", "B", -0.3, 0.001), pair("A", "C", 0.3, 0.01)]))

    assert said.sentence == (
        "B is more satisfied than A, by 30 points (between 20 and 40). 1 other pair differs too."
    )


def test_in_a_census_groups_differ_without_a_range():
    exact = pair("A", "B", 0.25, 0.0) | {"difference_low": 0.25, "difference_high": 0.25}

    assert group_findings(pd.DataFrame([exact]))[0].sentence == "A is more satisfied than B, by 25 points."


def test_where_no_pair_could_be_compared_nothing_is_said_of_chance():
    assert group_findings(pd.DataFrame([pair("A", "B", 0.1, float("nan"))])) == [
        Unknown("No two tiers, industries or regions were heard enough to be compared.", "groups")
    ]
