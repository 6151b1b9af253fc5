import pandas as pd
import pytest

from kamlib.display.notes import Remark
from kamlib.display.tables import Column, plain_table_html, reading_table
from kamlib.display.theme import MISSING
from kamlib.estimate import Unknown

COLUMNS = {"name": Column("Account"), "sales": Column("Sales", "money", warns=True)}


def shown(names, sales, **options):
    table = pd.DataFrame({"name": names, "sales": sales})
    return reading_table(table, COLUMNS, key="t", title="Accounts", **options)


def html(view):
    return view._repr_mimebundle_()["text/html"]


def test_what_is_left_is_added_up_in_one_more_row():
    assert shown(list("abc"), [5.0, 2.0, 1.0], most=1).rest == ["2 others", "3"]


def test_a_count_that_means_nothing_in_all_is_not_added_up():
    table = pd.DataFrame({"name": list("abc"), "peers": [5, 2, 1]})
    columns = {"name": Column("Account"), "peers": Column("Peers", "count", adds_up=False)}

    assert reading_table(table, columns, key="t", title="Accounts", most=1).rest == ["2 others", ""]


RANGED = {"name": Column("Aspect"), "top2": Column("Satisfied", "share", ranged=True)}


def ranged(top2, low, high, note):
    row = {"name": "price", "top2": top2, "top2_low": low, "top2_high": high, "top2_note": note}
    return reading_table(pd.DataFrame([row]), RANGED, key="t", title="Aspects").rows[0][1]


def test_a_range_stands_beside_its_number_and_one_without_width_does_not():
    assert ranged(0.5, 0.4, 0.6, "") == "50.0% (40.0% to 60.0%)"
    assert ranged(0.5, 0.5, 0.5, "") == "50.0%"


@pytest.mark.parametrize(
    ("note", "said"), [("Too few.", "Too few."), ("", MISSING), (None, MISSING), (float("nan"), MISSING)]
)
def test_where_there_is_no_number_its_reason_stands_or_a_dash(note, said):
    assert ranged(float("nan"), float("nan"), float("nan"), note) == said


def test_an_unknown_passes_through():
    unknown = Unknown("There is no cost.")

    assert reading_table(unknown, COLUMNS, key="t", title="Accounts") is unknown


def test_a_table_without_a_row_says_so():
    assert shown([], []) == Remark("Accounts: none.", "t")


def test_a_loss_is_shown_as_one():
    assert '<td class="n bad">−3</td>' in html(shown(["a"], [-3.0]))


def test_names_are_escaped():
    assert "&lt;script&gt;" in html(shown(["<script>"], [1.0]))
    assert "<script>" not in html(shown(["<script>"], [1.0]))


def test_rows_and_columns_name_themselves():
    said = html(shown(["a"], [1.0]))

    assert '<th scope="row">a</th>' in said
    assert '<th scope="col" class="n">Sales</th>' in said


def test_many_numbers_behind_a_picture_are_thinned_and_it_is_said():
    assert "40 rows of 80, evenly taken." in plain_table_html(pd.DataFrame({"share": [0.5] * 80}))


def test_shares_behind_a_picture_are_in_percent():
    assert '<td class="n">50.0%</td>' in plain_table_html(pd.DataFrame({"amount_share": [0.5]}))


def test_behind_a_picture_a_count_beside_a_share_stays_a_count():
    told = plain_table_html(pd.DataFrame({"top2": [0.5], "top2_low": [0.25], "top2_n": [88]}))

    assert [said in told for said in ("50.0%", "25.0%", "88", "8,800")] == [True, True, True, False]
