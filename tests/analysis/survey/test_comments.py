"""What customers write: by theme, without personal data, and without telling who wrote it."""

import pandas as pd
import pytest

from kamlib.analysis.survey.comments import THEMES, comment_table, masked, themes_of
from kamlib.analysis.survey.waves import Wave
from kamlib.data.keeping import keep
from kamlib.display.tables import Column, reading_table
from kamlib.estimate import Unknown
from kamlib.publish.spreadsheets import spreadsheet_files

ACCOUNTS = pd.DataFrame({"account_id": list("abcde"), "name": ["Ann plc", "Bo AG", "Cy", "Di", "Ed"]})
CONTACTS = pd.DataFrame({"contact_id": ["a1"], "name": ["Ada Lund"]})


def comments(*texts, confidentiality="confidential"):
    rows = pd.DataFrame({"account_id": list("abcde")[: len(texts)], "text": texts})
    rows["contact_id"] = rows["account_id"] + "1"
    return comment_table(Wave("W1", pd.DataFrame(), rows, confidentiality), ACCOUNTS, CONTACTS)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("write to ada.lund+x@mail.example.com.", "write to [e-mail]."),
        ("call (030) 123-45 67 now", "call [phone] now"),
        ("+44 1632 960321", "[phone]"),
        ("since 2025-06-30 it is better", "since 2025-06-30 it is better"),
        ("1632-96-03-21", "[phone]"),
        ("+44 1632 960\u2013321", "[phone]"),
        ("0161\u2011496\u20110000", "[phone]"),
        ("Ada  Lund, Ada\nLund", "[name], [name]"),
        ("Lund, Ada said so, not Lund Ada", "[name] said so, not [name]"),
        ("Lund and Ada", "Lund and Ada"),
        ("12 pallets, 3 late", "12 pallets, 3 late"),
        ("ask ADA LUND", "ask [name]"),
        ("Adalund and Ada Lundberg", "Adalund and Ada Lundberg"),
    ],
)
def test_personal_data_are_masked_and_nothing_else(text, left):
    assert masked(text, ["Ada Lund"]) == left


def test_a_comment_may_have_several_themes():
    assert themes_of("Invoices\nfor late deliveries") == ["delivery", "paperwork"]


def test_a_theme_is_told_by_how_words_begin_not_by_what_they_hold():
    assert themes_of("Plates translate") == ["other"]


def test_the_words_of_themes_are_small_letters():
    assert all(word == word.casefold() for words in THEMES.values() for word in words)


def test_where_secrecy_was_promised_no_account_stands_beside_a_comment():
    table = comments(*["late"] * 5)

    assert list(table) == ["theme", "comment"]


def test_where_secrecy_was_promised_a_theme_needs_five_accounts():
    assert comments(*["late"] * 4).empty
    assert set(comments("late and dear price", *["late"] * 4)["theme"]) == {"delivery"}


def test_the_order_says_nothing_of_who_wrote_a_comment():
    texts = ["late d", "late a", "late c", "late b", "late e"]

    assert comments(*texts)["comment"].tolist() == sorted(texts)


def test_the_names_of_accounts_are_masked_where_secrecy_was_promised():
    assert "late, says [name]" in comments("late, says Ann plc", *["late"] * 4)["comment"].tolist()


@pytest.mark.parametrize(
    ("promised", "left"), [("anonymous", "late, says [name]"), ("attributed", "late, says Vera Lind")]
)
def test_the_owners_of_accounts_are_masked_where_secrecy_was_promised(promised, left):
    rows = pd.DataFrame({"account_id": list("abcde"), "text": "late, says Vera Lind"}).assign(contact_id="k")
    wave = Wave("W1", pd.DataFrame(), rows, promised)

    found = comment_table(wave, ACCOUNTS.assign(owner=["Vera Lind", *[None] * 4]), CONTACTS)
    assert set(found["comment"]) == {left}


def test_a_name_of_three_parts_stands_in_its_own_order():
    assert masked("Jan  van Dyk, Dyk van Jan", ["Jan van Dyk"]) == "[name], Dyk van Jan"


@pytest.mark.parametrize("name", ["", " ", ","])
def test_an_empty_name_masks_nothing(name):
    assert masked("late, again", [name]) == "late, again"


@pytest.mark.parametrize(
    ("promised", "left"), [("confidential", "late, says [name]"), ("attributed", "late, says A0002")]
)
def test_the_account_ids_of_the_frame_are_masked_where_secrecy_was_promised(promised, left):
    rows = pd.DataFrame({"account_id": list("abcde"), "text": "late, says A0002"}).assign(contact_id="k")
    wave = Wave("W1", pd.DataFrame({"account_id": ["A0002"]}), rows, promised)

    assert set(comment_table(wave, ACCOUNTS, CONTACTS)["comment"]) == {left}


def test_in_an_attributed_wave_each_comment_has_its_account():
    table = comments("Late, says Ada Lund", confidentiality="attributed")

    assert table.to_numpy().tolist() == [["delivery", "Late, says [name]", "a", "Ann plc", "a1"]]


def test_without_comments_there_are_no_themes():
    assert comments(None, " ").empty


def test_a_script_in_a_comment_is_shown_and_never_run():
    table = comments("<script>late()</script>", confidentiality="attributed")
    shown = reading_table(table, {"comment": Column("Comment")}, key="c", title="C")._repr_mimebundle_()

    assert "&lt;script&gt;late()&lt;/script&gt;" in shown["text/html"]
    assert "<script>" not in shown["text/html"]


def test_a_comment_starts_no_formula_in_a_spreadsheet():
    kept = keep(comments("=1+1 late", confidentiality="attributed"), "comments", spreadsheet=True)
    assert not isinstance(kept, Unknown)

    assert b",'=1+1 late," in spreadsheet_files(kept.parquet)[".csv"]
