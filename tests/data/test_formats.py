import datetime as dt

import duckdb
import pytest

from kamlib.data.formats import Guess, guessed_formats, is_format, parsed_sql
from kamlib.data.sql import quoted_text


def read(cell, kind, written_as=""):
    """Return what a cell is read as; money as a float, for reading."""
    sql = f"SELECT {parsed_sql('cell', kind, written_as)} FROM (VALUES ({quoted_text(cell)})) AS cells(cell)"
    ((value,),) = duckdb.connect().execute(sql).fetchall()
    return float(value) if kind == "money" and value is not None else value


def guessed(kind, *cells):
    """Return the guess for one column of these cells."""
    return guessed_table(x=(kind, cells))["x"]


def guessed_table(**columns):
    """Return the guesses for columns of (kind, cells)."""
    rows = zip(*(cells for _, cells in columns.values()), strict=True)
    texts = ", ".join("(" + ", ".join(quoted_text(cell) for cell in row) + ")" for row in rows)
    table = f"(VALUES {texts}) AS cells({', '.join(columns)})"
    kinds = {name: kind for name, (kind, _) in columns.items()}
    engine = duckdb.connect()
    return guessed_formats(lambda sql: engine.execute(sql).fetchall(), table, kinds)


@pytest.mark.parametrize(
    ("cell", "kind", "value"),
    [
        ("2024-01-31", "date", dt.date(2024, 1, 31)),
        ("2024-01-31 23:59:59 -0500", "date", dt.date(2024, 1, 31)),
        ("1234.5", "money", 1234.5),
        ("3", "whole", 3),
        *[(cell, "flag", True) for cell in ("true", "YES", "1", "Ja", "x", "WAHR")],
        *[(cell, "flag", False) for cell in ("false", "no", "0", "nein", "FALSCH")],
        *[(cell, "date", None) for cell in ("24-01-31", "31.01.2024", "epoch", "infinity", "20240131")],
        *[(cell, "money", None) for cell in ("1,5", "nan", "inf", "5-", "5 EUR", "")],
        *[(cell, "number", None) for cell in ("nan", "inf", "1e999")],
        *[("3.5", "whole", None), ("maybe", "flag", None)],
    ],
)  # fmt: skip
def test_what_is_plain_needs_no_format(cell, kind, value):
    assert read(cell, kind) == value


@pytest.mark.parametrize(
    ("cell", "written_as", "value"),
    [
        ("1.234,50", "1.234,56", 1234.5),
        ("1.234,50-", "1.234,56", -1234.5),
        ("−1.234,50", "1.234,56", -1234.5),
        ("(1,234.50)", "1,234.56", -1234.5),
        ("1\u00a0234,50 €", "1 234,56 €", 1234.5),
        ("-$1,234.50", "$1,234.56", -1234.5),
        ("EUR 5", "1.234,56 EUR", 5),
        ("US$1,234.50", "1,234.56 US$", 1234.5),
        ("1.234,50 €-", "1.234,56 €", -1234.5),
        ("–1.234,50", "1.234,56", -1234.5),
        ("1\u2007234,50", "1 234,56", 1234.5),
        ("1’234.50", "1'234.56", 1234.5),
        ("5.00-", "1234.56", -5),
        *[(cell, "1.234,56", None) for cell in ("12.5", "1.23,5", "1,2,3", "-5-", "(-5)", "5 €", "1e3")],
        *[("5 MIO", "1.234,56", None), ("5 USD", "1.234,56 EUR", None), ("1.5", "1 234,56", None)],
    ],
)
def test_a_number_is_read_as_its_format_says_and_in_no_other_way(cell, written_as, value):
    assert read(cell, "money", written_as) == value


@pytest.mark.parametrize(
    ("cell", "written_as", "value"),
    [
        ("3.4.2024", "%d.%m.%Y", dt.date(2024, 4, 3)),
        ("1/31/2024 3:07 PM", "%m/%d/%Y", dt.date(2024, 1, 31)),
        ("31-JAN-24", "%d-%b-%y", dt.date(2024, 1, 31)),
        ("31.01.2024 14:30", "%d.%m.%Y %H:%M", dt.date(2024, 1, 31)),
        ("45322", "excel", dt.date(2024, 1, 31)),
        ("31.01.2024 or so", "%d.%m.%Y", None),
        ("31.01.24", "%d.%m.%Y", None),
        ("Infinity", "%d.%m.%Y", None),
        ("19999", "excel", None),
    ],
)
def test_a_date_is_read_as_its_format_says_with_or_without_a_time(cell, written_as, value):
    assert read(cell, "date", written_as) == value


@pytest.mark.parametrize(
    ("cells", "written_as"),
    [
        (("5", "5.50"), ""),
        (("1.234", "5.67"), ""),
        (("1.234,50", "5"), "1.234,56"),
        (("3,5", "2"), "1.234,56"),
        (("1,234", "12.50"), "1,234.56"),
        (("5.00", "5.00-"), "1234.56"),
        (("$1,234.50", "($5.00)"), "1,234.56 $"),
        (("1'234.50", "5"), "1'234.56"),
        (("5 EUR", "5 USD"), ""),
        (("gratis", "n/a"), ""),
    ],
)
def test_the_one_format_that_reads_all_numbers_is_guessed(cells, written_as):
    assert guessed("money", *cells) == Guess(written_as)


@pytest.mark.parametrize(
    ("cells", "written_as"),
    [
        (("2024-01-31", "2024-02-01"), ""),
        (("31.01.2024", "3.4.2024 10:15"), "%d.%m.%Y"),
        (("31/01/2024", "01/02/2024"), "%d/%m/%Y"),
        (("1/31/24", "2/1/24"), "%m/%d/%y"),
        (("20240131", "20240201"), "%Y%m%d"),
        (("Jan 31, 2024", "Feb 1, 2024"), "%b %d, %Y"),
        (("45322", "45323"), "excel"),
        (("45322", "45323", "open"), ""),
        (("24-01-02", "24-01-03"), ""),
    ],
)
def test_the_one_format_that_reads_all_dates_is_guessed(cells, written_as):
    assert guessed("date", *cells) == Guess(written_as)


@pytest.mark.parametrize(
    "cells", [("1.234,50", "20,00"), ("1'234.50", "5"), ("5 EUR", "7 EUR"), ("1,234", "7")]
)
def test_a_cell_that_no_format_reads_changes_nothing_of_what_the_others_tell(cells):
    alone = guessed("money", *cells)

    assert guessed("money", *cells, "abc") == guessed("money", "abc", *cells) == alone
    assert alone != Guess()


def test_words_among_dates_hide_no_format_unless_they_are_half_of_the_column():
    assert guessed("date", "31.01.2024", "03.04.2024", "open") == Guess("%d.%m.%Y")
    assert guessed("date", "31.01.2024", "open") == Guess()


def test_a_date_that_may_be_two_days_is_a_doubt_beside_a_word_too():
    assert guessed("date", "03/04/2024", "05/06/2024", "open").doubt.startswith(
        "'03/04/2024' may be 2024-03-04"
    )


def test_a_few_cells_written_in_another_way_hide_no_format_and_many_do():
    assert guessed("money", *["5,00"] * 95, *["6.00"] * 5) == Guess("1.234,56")
    assert guessed("money", *["5,00"] * 94, *["6.00"] * 6) == Guess()


def test_a_date_that_may_be_two_days_is_a_doubt_with_both_meanings_and_the_way_out():
    assert guessed("date", "03/04/2024", "05/06/2024") == Guess(
        doubt="'03/04/2024' may be 2024-03-04 or 2024-04-03: say which in source.toml, as "
        'formats = { x = "%m/%d/%Y" } or formats = { x = "%d/%m/%Y" }'
    )


def test_a_number_that_may_be_two_is_a_doubt():
    assert guessed("money", "1,234", "7").doubt.startswith(
        "'1,234' may be 1.234 or 1234: say which in source"
    )


def test_two_readings_that_agree_are_no_doubt():
    assert guessed("date", "05/05/2024").doubt == ""
    assert guessed("whole", "1,234", "7") == Guess("1,234.56")


def test_the_other_columns_of_the_table_settle_what_could_be_two():
    guesses = guessed_table(
        pay=("money", ["1.234,50", "5,00"]),
        pieces=("number", ["1.000", "2"]),
        ordered=("date", ["03/04/2024", "05/06/2024"]),
        due=("date", ["30/04/2024", "30/06/2024"]),
    )

    assert {guess.written_as for guess in guesses.values()} == {"1.234,56", "%d/%m/%Y"}


def test_a_format_that_the_engine_does_not_know_is_none():
    assert not any(is_format("date", one) for one in ("%d.%m.%Q", "dd.mm.yyyy", ""))
    assert not any(is_format("money", one) for one in ("1.234.56", "%d", "12,3", ""))
    assert not is_format("text", "1.234,56")


def test_formats_are_found_among_many_different_cells():
    day, pay = "DATE '2000-01-01' + CAST(i AS INTEGER)", "CAST(i * 7.31 AS DECIMAL(18, 2))"
    engine = duckdb.connect()
    engine.execute(
        f"CREATE TABLE cells AS SELECT strftime({day}, '%d.%m.%Y') AS day, "
        f"replace(CAST({pay} AS VARCHAR), '.', ',') AS pay FROM range(50000) AS r(i)"
    )
    kinds = {"day": "date", "pay": "money"}
    guesses = guessed_formats(lambda sql: engine.execute(sql).fetchall(), "cells", kinds)

    assert [guess.written_as for guess in guesses.values()] == ["%d.%m.%Y", "1.234,56"]
