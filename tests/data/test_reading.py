import datetime as dt
import gzip
import re
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from kamlib.data.checks import breaches
from kamlib.data.examining import checked_source_text
from kamlib.data.readings import Readings
from kamlib.data.source_toml import source_place
from kamlib.data.sources import open_source
from kamlib.errors import ContractError, SourceError

HEADER = "order_id,line_no,account_id,ordered_at,quantity,net_amount"
TEXT = f"{HEADER}\n1,1,007,2013-11-01,2,5.00\n2,1,Müller,2013-11-30,-1,-2.50\n"
FRAME = pd.DataFrame(
    {
        "order_id": ["1", "2"],
        "line_no": ["1", "1"],
        "account_id": ["007", "Müller"],
        "ordered_at": [dt.date(2013, 11, 1), dt.date(2013, 11, 30)],
        "quantity": [2, -1],
        "net_amount": [5.0, -2.5],
    }
)
TOML = '[order_lines]\npath = "lines.csv"\n'


def rows(source, *columns):
    """Return rows of a source's order lines, sorted."""
    found = open_source(source).order_lines.select(*columns).collect("pyarrow").rows()
    return sorted(tuple(float(cell) if column == "net_amount" else cell
                        for column, cell in zip(columns, row, strict=True)) for row in found)  # fmt: skip


def fault(source):
    with pytest.raises((SourceError, ContractError)) as caught:
        checked_source_text(source)
    return str(caught.value)


def csv_source(written):
    return written({"order_lines.csv": TEXT})


def gzip_source(written):
    return written({"order_lines.csv.gz": gzip.compress(TEXT.encode())})


def parquet_source(written):
    source = written({})
    Path(source).mkdir()
    FRAME.to_parquet(f"{source}/order_lines.parquet")
    return source


def excel_source(written):
    source = written({})
    Path(source).mkdir()
    FRAME.to_excel(f"{source}/order_lines.xlsx", index=False)
    return source


def duckdb_source(written):
    source = written({})
    Path(source).mkdir()
    with duckdb.connect(f"{source}/shop.duckdb") as engine:
        engine.register("frame", FRAME)
        engine.execute("CREATE TABLE order_lines AS SELECT * FROM frame; CREATE TABLE notes (a INT)")
    return f"{source}/shop.duckdb"


@pytest.mark.parametrize("made", [csv_source, gzip_source, parquet_source, excel_source, duckdb_source])
def test_every_kind_of_source_gives_the_same_rows(written, made):
    found = rows(made(written), "order_id", "account_id", "ordered_at", "quantity", "net_amount")

    assert found == [
        ("1", "007", dt.date(2013, 11, 1), 2.0, 5.0),
        ("2", "Müller", dt.date(2013, 11, 30), -1.0, -2.5),
    ]


@pytest.mark.parametrize("made", [csv_source, gzip_source, parquet_source, excel_source, duckdb_source])
def test_opening_and_checking_writes_nothing_into_the_source(written, made, tmp_path):
    def state():
        return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.rglob("*.*")}

    source = made(written)
    before = state()
    rows(source, "account_id")
    checked_source_text(source)

    assert state() == before


def test_columns_formats_and_encoding_are_read_as_the_source_toml_says(written):
    text = "Beleg;Kunde;Datum;Netto\n1;Müller;03.04.2024;1.234,50\n2;Groß;05.04.2024;-20\n"
    toml = """
    [order_lines]
    path = "lines.csv"
    encoding = "latin-1"
    columns = { order_id = "Beleg", account_id = "Kunde", ordered_at = "Datum", net_amount = "Netto" }
    formats = { ordered_at = "%d.%m.%Y", net_amount = "1.234,56" }
    """
    source = written({"lines.csv": text.encode("latin-1"), "source.toml": toml})

    assert rows(source, "account_id", "ordered_at", "net_amount") == [
        ("Groß", dt.date(2024, 4, 5), -20.0),
        ("Müller", dt.date(2024, 4, 3), 1234.5),
    ]


def test_a_number_that_is_not_written_as_its_format_says_is_a_breach(written):
    toml = TOML + 'formats = { net_amount = "1.234,56" }'
    text = "account_id,ordered_at,net_amount\nA,2013-11-01,1234.50\n"

    assert fault(written({"lines.csv": text, "source.toml": toml})) == (
        "order_lines breaks its contract:\n"
        "  - net_amount: 1 row (row 2) is not an amount written as 1.234,56, not '1234.50'"
    )


def test_of_a_column_with_decimal_commas_only_the_cells_that_are_no_amounts_are_told(written):
    text = "account_id;ordered_at;net_amount\n" + "A;2013-11-01;1.234,50\n" * 4
    bad = "A;2013-11-02;abc\nA;2013-11-02;n/a\n"

    assert fault(written({"order_lines.csv": f"{text}{bad}{text[33:]}"})) == (
        "order_lines breaks its contract:\n"
        "  - net_amount: 2 rows (first: row 6) are not an amount written as 1.234,56, not 'abc'"
    )


def test_files_of_a_glob_are_one_table_whatever_the_order_of_their_columns(written):
    files = {
        "2012.csv": "account_id,ordered_at,net_amount\nA,2012-11-01,5\n",
        "2013.csv": "net_amount,channel,account_id,ordered_at\n7,web,B,2013-11-01\n",
    }
    source = written({**files, "source.toml": '[order_lines]\npath = "20*.csv"'})

    assert rows(source, "account_id", "net_amount", "channel") == [("A", 5.0, None), ("B", 7.0, "web")]


def test_a_query_reads_the_file_beside_the_source_toml_and_not_one_of_the_working_folder(
    written, monkeypatch
):
    here = written({"lines.csv": "account_id,day,net\nWRONG,2013-11-01,1\n"}, folder="elsewhere")
    query = "select account_id, day as ordered_at, net as net_amount from 'lines.csv' where net > 1"
    text = "account_id,day,net\nA,2013-11-01,5\nB,2013-11-01,1\n"
    source = written({"lines.csv": text, "source.toml": f'[order_lines]\nquery = "{query}"'})

    monkeypatch.chdir(here)
    assert rows(source, "account_id", "net_amount") == [("A", 5.0)]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "drop table x",
            "order_lines: the query must be one select: a source is read, never changed",
        ),
        (
            "copy (select 1) to 'x.csv'; select 1",
            "order_lines: the query must be one select: a source is read, never changed",
        ),
        ("select 1 from", "order_lines: the query is not SQL: "),
        ("select 1 from 'lost.csv'", "order_lines: cannot be read: "),
    ],
)
def test_a_query_that_is_no_good_select_is_refused(written, query, said, tmp_path):
    found = fault(written({"source.toml": f'[order_lines]\nquery = "{query}"'}))

    assert found.startswith(said)
    assert str(tmp_path) not in found


def queried(written, content, read="'accounts.csv'"):
    """Return a source whose accounts are a query over a CSV file of this content."""
    lines = "account_id,ordered_at,net_amount\n1,2013-11-01,5\n"
    toml = (
        f'[order_lines]\npath = "lines.csv"\n[accounts]\nquery = "select id as account_id, name from {read}"'
    )
    return written({"lines.csv": lines, "accounts.csv": content, "source.toml": toml})


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_query_over_a_file_that_is_not_utf_8_is_refused_with_ways_out_that_work(written, encoding):
    text = "id,name\n1,Müller\n".encode(encoding)
    way_out = f"read_csv('accounts.csv', all_varchar = true, encoding = '{encoding}')"

    assert re.fullmatch(
        r"accounts: cannot be read: 'accounts.csv', line [12]: not UTF-8: save it as UTF-8, or write "
        r"read_csv\('accounts.csv', all_varchar = true, encoding = 'latin-1'\) in the query \(or 'utf-16'\); "
        r"given as path instead, its encoding is found out, or named by encoding = …",
        fault(queried(written, text)),
    )
    assert list(open_source(queried(written, text, way_out))["accounts"]["name"]) == ["Müller"]


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ("2,3,Secret", "Expected Number of Columns: 2 Found: 3"),
        ("Secret,5", 'Error when converting column "id"'),
    ],
)
def test_a_bad_line_that_a_query_meets_is_told_by_file_line_and_reason_and_never_shown(written, last, said):
    content = "id,name\n" + "1,5\n" * 50_000 + f"{last}\n"

    assert fault(queried(written, content)).splitlines()[0] == (
        f"accounts: cannot be read: 'accounts.csv', line 50002: {said}"
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_part_of_the_first_heading(written, encoding):
    said = "encoding = 'utf-16'" if encoding == "utf-16" else ""
    source = written({"lines.csv": TEXT.encode(encoding), "source.toml": TOML + said})

    assert rows(source, "account_id") == [("007",), ("Müller",)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_taken_from_the_header(written, delimiter):
    source = written({"order_lines.csv": TEXT.replace(",", delimiter)})

    assert len(rows(source, "account_id")) == 2


def test_line_ends_of_windows_and_quoted_commas_are_read(written):
    text = 'account_id,ordered_at,net_amount\r\n"A, B",2013-11-01,5\r\n'

    assert rows(written({"order_lines.csv": text}), "account_id", "net_amount") == [("A, B", 5.0)]


def test_headings_are_found_whatever_their_case_and_blanks(written):
    text = "Account_ID , ORDERED_AT,net_amount\nA,2013-11-01,5\n"

    assert rows(written({"order_lines.csv": text}), "account_id") == [("A",)]


def test_columns_that_the_contract_does_not_know_are_left_aside(written):
    text = "account_id,ordered_at,net_amount,colour\nA,2013-11-01,5,red\n"

    assert open_source(written({"order_lines.csv": text})).order_lines.collect_schema().names() == [
        "account_id",
        "ordered_at",
        "net_amount",
    ]


def test_whole_ids_of_parquet_are_text_without_a_decimal_point(written):
    source = written({"source.toml": '[order_lines]\npath = "lines.parquet"'})
    frame = pd.DataFrame(
        {"account_id": [7, 8], "product_id": [1.0, None], "ordered_at": "2013-11-01", "net_amount": 5}
    )
    frame.to_parquet(f"{source}/lines.parquet")

    assert rows(source, "account_id", "product_id") == [("7", "1"), ("8", None)]


def test_a_moment_counts_for_its_day(written):
    source = written({"source.toml": '[order_lines]\npath = "lines.parquet"'})
    when = pd.to_datetime(["2013-11-30 23:59:59"])
    pd.DataFrame({"account_id": ["A"], "ordered_at": when, "net_amount": [5]}).to_parquet(
        f"{source}/lines.parquet"
    )

    assert rows(source, "ordered_at") == [(dt.date(2013, 11, 30),)]


def test_numbers_of_a_database_that_are_none_are_breaches(tmp_path):
    with duckdb.connect(tmp_path / "shop.duckdb") as engine:
        engine.execute(
            "CREATE TABLE order_lines AS SELECT 'A' AS account_id, DATE '2013-11-01' AS ordered_at, "
            "'nan'::DOUBLE AS net_amount, 'inf'::DOUBLE AS quantity"
        )

    assert fault(str(tmp_path / "shop.duckdb")) == (
        "order_lines breaks its contract:\n"
        "  - quantity: 1 row (row 2) is not a number: give 12, not 'inf'\n"
        "  - net_amount: 1 row (row 2) is not an amount: give 1234.50, not 'nan'"
    )


def test_excel_takes_the_first_sheet_its_dates_and_its_numbers_written_as_text(written):
    source = written({"source.toml": '[order_lines]\npath = "lines.xlsx"'})
    first = FRAME.assign(ordered_at=pd.to_datetime(FRAME["ordered_at"]), net_amount=["5.00", "-2.50"])
    with pd.ExcelWriter(f"{source}/lines.xlsx") as book:
        first.to_excel(book, sheet_name="2013", index=False)
        pd.DataFrame({"notes": ["not this one"]}).to_excel(book, sheet_name="notes", index=False)

    assert rows(source, "account_id", "ordered_at", "net_amount") == [
        ("007", dt.date(2013, 11, 1), 5.0),
        ("Müller", dt.date(2013, 11, 30), -2.5),
    ]


def test_empty_rows_of_a_sheet_are_no_rows_and_still_count(written):
    source = written({"source.toml": '[order_lines]\npath = "lines.xlsx"'})
    gap = pd.DataFrame({"account_id": ["A", None, "B"], "ordered_at": ["2013-11-01", None, "2013-11-02"]})
    gap.assign(net_amount=[5, None, "x"]).to_excel(f"{source}/lines.xlsx", index=False)

    assert fault(source) == (
        "order_lines breaks its contract:\n"
        "  - net_amount: 1 row (row 4) is not an amount: give 1234.50, not 'x'"
    )


@pytest.mark.parametrize("name", ["50%'s.csv", "sales[1].csv", "a*b?.csv", "{x}.csv"])
def test_a_file_may_have_any_name(written, name):
    source = written({name: TEXT, "source.toml": f'[order_lines]\npath = "{name}"'}, folder="50% o'clock [x]")

    assert len(rows(source, "account_id")) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "order_lines: the file 'lines.csv' is empty: not even a header line"),
        (b"\n\n", "order_lines: the file 'lines.csv' is empty: not even a header line"),
        (b"\xef\xbb\xbf", "order_lines: the file 'lines.csv' is empty: not even a header line"),
        (b"account_id,ordered_at,net_amount\n", "shop: order_lines holds no row"),
        (
            b"account_id,ordered_at,net_amount\nA,2013-11-01,5,6\n",
            "order_lines: 'lines.csv', row 2: 4 fields, but the header has 3",
        ),
        (
            b"account_id,ordered_at,net_amount\n\nA,2013-11-01,5\nA\n",
            "order_lines: 'lines.csv', row 4: 1 field, but the header has 3",
        ),
        (
            b'account_id,ordered_at,net_amount\nA,2013-11-01,5\n"A,2013-11-01,5\n',
            "order_lines: 'lines.csv', line 3: a quote is not closed, or stands inside a text",
        ),
        (
            b'account_id,ordered_at,net_amount\n"A" GmbH,2013-11-01,5\n',
            "order_lines: 'lines.csv', line 2: a quote is not closed, or stands inside a text",
        ),
        (
            b"account_id,net_amount,ordered_at,net_amount\nA,5,2013-11-01,6\n",
            "order_lines breaks its contract:\n  - net_amount: stands more than once in the header; keep one",
        ),
        (
            b"acount_id,ordered_at,price\nA,2013-11-01,6\n",
            "order_lines breaks its contract:\n"
            "  - account_id: no such column; did you mean 'acount_id'?\n"
            "  - net_amount: no such column; there are acount_id, ordered_at, price",
        ),
    ],
)
def test_a_file_that_cannot_be_read_whole_is_refused_in_words(written, text, said):
    source = written({"lines.csv": text, "source.toml": TOML})
    with pytest.raises((SourceError, ContractError)) as caught:
        open_source(source)

    assert str(caught.value) == said


def test_one_row_is_called_one_row(written):
    said = checked_source_text(
        written({"order_lines.csv": "account_id,ordered_at,net_amount\nA,2013-11-01,5\n"})
    )

    assert "  order_lines: 1 row (one row per order line)" in said


def test_a_bad_line_far_down_drops_no_row_in_silence(written):
    good = "account_id,ordered_at,net_amount\n" + "A,2013-11-01,5\n" * 50_000

    assert fault(written({"order_lines.csv": f"{good}A,2013-11-01\n"})) == (
        "order_lines: 'order_lines.csv', row 50002: 2 fields, but the header has 3"
    )


def test_a_column_that_source_toml_names_must_be_there(written):
    toml = TOML + 'columns = { cost_amount = "Kosten" }'

    assert fault(written({"lines.csv": TEXT, "source.toml": toml})).splitlines()[1] == (
        "  - Kosten: no such column; "
        "there are order_id, line_no, account_id, ordered_at, quantity, net_amount"
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("line.csv", "there is no file 'line.csv' in shop; did you mean 'lines.csv'?"),
        ("x.json", "'x.json' is of no kind that is read: give CSV, Parquet or Excel (.xlsx)"),
        ("x.xlsx", "'x.xlsx' cannot be read as Excel: "),
        ("x.parquet", "cannot be read: "),
    ],
)
def test_a_file_that_is_no_table_is_refused_without_its_path(written, name, said, tmp_path):
    toml = f'[order_lines]\npath = "{name}"'
    found = fault(
        written({"source.toml": toml, "lines.csv": TEXT, "x.json": "1", "x.xlsx": "1", "x.parquet": "1"})
    )

    assert found.startswith(f"order_lines: {said}")
    assert str(tmp_path) not in found


@pytest.mark.parametrize("content", [b"SQLite format 3\x00" + bytes(2000), b"hello"])
def test_a_file_that_is_no_duckdb_file_is_refused(tmp_path, content):
    (tmp_path / "shop.db").write_bytes(content)

    assert fault(str(tmp_path / "shop.db")) == "'shop.db' cannot be opened as a DuckDB file"


@pytest.mark.parametrize(("made", "held"), [(parquet_source, []), (csv_source, ["kam_order_lines"])])
def test_parquet_is_checked_where_it_lies_and_text_is_read_into_the_engine_once(written, made, held):
    readings = Readings(source_place(made(written)))

    assert breaches(readings["order_lines"], {}) == []
    named = readings.engine.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    assert [name for (name,) in named] == held


def test_nothing_is_read_by_opening_the_readings(written):
    readings = Readings(source_place(written({"order_lines.csv": "", "accounts.csv": "no table"})))

    assert list(readings) == ["accounts", "order_lines"]
