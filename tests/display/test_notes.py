from kamlib import mime
from kamlib.display.notes import data_note, remark, told_once
from kamlib.estimate import Unknown

NOTE = {
    "name": "acme",
    "lines": 3,
    "accounts": 2,
    "first": "2024-01-01",
    "last": "2024-02-01",
    "lines_left_out": 0,
    "as_of": "2024-02-15",
    "filters": {"region": ["North"]},
}


def test_a_filter_is_told():
    assert data_note(NOTE).text.endswith("Only region North.")


def test_what_was_read_leniently_left_out_or_warned_of_is_told():
    said = {"remarks": ["Left out: cancelled orders"], "warnings": ["accounts.since: 1 row is not a date"]}

    assert data_note(NOTE | said).text.endswith(
        "Left out: cancelled orders. accounts.since: 1 row is not a date."
    )


def test_the_index_can_read_the_day_of_the_data():
    assert data_note(NOTE)._repr_mimebundle_()[mime.SOURCE]["as_of"] == "2024-02-15"


def test_a_remark_without_words_shows_nothing():
    assert remark("")._repr_mimebundle_()["text/html"] == ""


def test_a_reason_that_two_parts_share_is_told_once():
    same = [Unknown("Too few.", "picture"), Unknown("Too few.", "table"), "another", "another"]

    assert told_once(*same) == [same[0], "another", "another"]
