import gzip

import duckdb
import pytest

from kamlib.data.text_files import TextFile
from kamlib.errors import SourceError

PLAIN = "id,name,net\n1,Müller,5\n2,Café,7\n"
CELLS = [("1", "Müller", "5"), ("2", "Café", "7")]


@pytest.fixture
def file(tmp_path):
    """Return what makes a text file of bytes."""

    def make(content, name="x.csv", **options):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return TextFile(tmp_path / name, **options)

    return make


def rows(file):
    """Return the rows, or the fault in words, as a reader of the table meets them."""
    try:
        return duckdb.connect().execute(f"SELECT * FROM {file.sql()}").fetchall()
    except duckdb.Error as fault:
        raise SourceError(file.fault_in_words(fault)) from fault


def fault(file):
    with pytest.raises(SourceError) as caught:
        rows(file)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_these_encodings_need_not_be_named(file, encoding):
    assert rows(file(PLAIN.encode(encoding))) == CELLS


def test_what_is_read_as_windows_1252_is_said_and_utf_8_is_not(file):
    assert file(PLAIN.encode("cp1252")).remarks == ["read as Windows-1252: it is not UTF-8"]
    assert file(PLAIN).remarks == []


@pytest.mark.parametrize("encoding", ["utf-16-le", "cp850", "mac-roman", "iso-8859-15", "latin-1", "UTF8"])
def test_any_encoding_that_python_knows_can_be_named(file, encoding):
    named = file(PLAIN.encode(encoding), encoding=encoding)

    assert rows(named) == CELLS
    assert named.remarks == []


def test_latin_1_is_read_with_the_signs_that_windows_adds(file):
    assert rows(file("a,b\n1,5 €\n".encode("cp1252"), encoding="latin-1")) == [("1", "5 €")]


WESTERN = [
    "Müller GmbH, Straße 5, 20 °C, 5 m², Ärzte, MÜLLER – „Groß“ 5 €",
    "Société Générale, crème à la carte, L’Oréal, Hôtel, façade",
    "España, Málaga, pequeño, según",
    "São Paulo, ações, não, é",
    "Malmö, Møller, Århus, Ægte",
    "1\u00a0234,50",
]


@pytest.mark.parametrize("text", WESTERN)
def test_western_european_words_and_signs_are_told_by_their_bytes(file, text):
    assert rows(file(f"a;b\n1;{text}\n".encode("cp1252"))) == [("1", text)]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *[(text, encoding) for text in ("Müller", "Crème", "Groß") for encoding in ("cp850", "mac-roman")],
        *[("Łódź, Gdańsk", "cp1250"), ("Dvořák, Černý", "cp1250"), ("Győr", "cp1250"), ("Rīga", "cp1257")],
        *[("Москва", "cp1251"), ("Москва", "koi8-r"), ("Αθήνα", "cp1253"), ("Beşiktaş", "cp1254")],
        *[("東京 株式会社", "shift-jis"), ("北京", "gbk"), ("서울", "euc-kr")],
        *[("Crème", "cp1252"), ("Málaga", "cp1252"), ("Møller", "cp1252")],
    ],
)
def test_what_may_be_in_two_encodings_or_in_another_is_never_guessed(file, text, encoding):
    assert fault(file(f"a;b\n1;x\n2;{text}\n".encode(encoding))) == (
        "'x.csv', line 3: not UTF-8, and its bytes do not tell what it is: save it as UTF-8, or name its "
        'encoding in source.toml, such as encoding = "cp1252" (Western) or "cp1250" (Central Europe)'
    )


@pytest.mark.parametrize(
    ("content", "encoding", "said"),
    [
        (PLAIN.encode()[:-4] + b"\xe9\n", "", "'x.csv', line 3: not UTF-8, though other parts are: the file "
         "is damaged or put together from two"),
        (PLAIN.encode("cp1252"), "utf-8", "'x.csv' is not utf-8: name another encoding in source.toml, or "
         "none"),
        (PLAIN.encode(), "ascii", "'x.csv' is not ascii: name another encoding in source.toml, or none"),
        (PLAIN.encode(), "utf-16", "'x.csv' is not utf-16: name another encoding in source.toml, or none"),
        (b"a,b\n1,\0\n", "", "'x.csv' holds NUL characters: it is damaged, or UTF-16 without its mark "
         '(then give encoding = "utf-16-le" in source.toml)'),
        (b"a,b\n1,2\n", "utf-88", "encoding: give a name that Python knows, such as utf-8, utf-16, cp1252 or "
         "cp1250, not 'utf-88'"),
        (b"a,b\n1,2\n", "rot13", "encoding: give a name that Python knows, such as utf-8, utf-16, cp1252 or "
         "cp1250, not 'rot13'"),
    ],
)  # fmt: skip
def test_a_text_in_another_encoding_than_said_is_refused(file, content, encoding, said):
    assert fault(file(content, encoding=encoding)) == said


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (b"PK\x03\x04", "an Excel file or a zip archive: name it .xlsx, or unpack it"),
        (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls): save it as .xlsx or CSV"),
        (b"PAR1", "a Parquet file: name it .parquet"),
        (b"\x1f\x8b", "a gzip file: name it .csv.gz"),
        (b"%PDF", "a PDF: export the table itself, as CSV or Excel"),
        (b"<!DOCTYPE html>", "a web page or XML: export the table itself, as CSV or Excel"),
        (b'[{"a": 1}]', "JSON: export the table as CSV"),
    ],
)
def test_a_file_of_another_kind_is_told_by_its_first_bytes(file, start, said):
    assert fault(file(start + b"\x00\xff" * 50)) == f"'x.csv' is no CSV file but {said}"


ZIPPED = gzip.compress(PLAIN.encode(), mtime=0)  # the time of day would name the test


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"id,name\n1,x\n", "'x.csv.gz' is no good gzip file: pack it again, or name it .csv"),
        (ZIPPED[:-12], "'x.csv.gz' is cut off or damaged: get or pack it again"),
        (gzip.compress(b"", mtime=0)[:-8], "'x.csv.gz' is cut off or damaged: get or pack it again"),
    ],
)
def test_a_gzip_file_that_is_none_or_cut_off_is_refused(file, content, said):
    assert fault(file(content, "x.csv.gz")) == said


def test_a_gzip_file_in_windows_1252_is_read(file):
    assert rows(file(gzip.compress(PLAIN.encode("cp1252"), mtime=0), "x.csv.gz")) == CELLS


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a,b\r\n1,2\r\n3,4\r\n", [("1", "2"), ("3", "4")]),
        ("a,b\r1,2\r3,4\r", [("1", "2"), ("3", "4")]),
        ("\n\n,\na,b\n\n1,2\n\n", [("1", "2")]),
        ("a,b\n1,2,\n3,4,\n", [("1", "2"), ("3", "4")]),
        ("a,b\n1,2", [("1", "2")]),
        ('a,b\n"1,\n5",""""\n', [("1,\n5", '"')]),
        ("sep=^\na^b\n1^2,5\n", [("1", "2,5")]),
        ('"sep=;"\r\na;b\r\n1;2,5\r\n', [("1", "2,5")]),
        ("\ufeffsep=\t\na\tb\n1\t2\n", [("1", "2")]),
    ],
)
def test_what_people_and_excel_write_is_read(file, text, found):
    assert rows(file(text)) == found


def test_the_headings_are_trimmed_and_the_first_line_with_words(file):
    assert file("\n;;\n a ; b;c \n1;2;3\n").headings == ["a", "b", "c"]


def test_rows_are_counted_as_a_spreadsheet_does(file):
    made = file('sep=;\na;b\n"1\n1";2\n\n3;4\n')

    assert [made.row_number(record) for record in (1, 2)] == [2, 4]
    assert rows(made) == [("1\n1", "2"), ("3", "4")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file 'x.csv' is empty: not even a header line"),
        (" , ,\n", "the file 'x.csv' is empty: not even a header line"),
        ("a,b\n1,2\n3\n", "'x.csv', row 3: 1 field, but the header has 2"),
        ("sep=;\na;b\n1;2;3\n", "'x.csv', row 2: 3 fields, but the header has 2"),
        ("Sales report\n\nid,net\n1,5\n", "'x.csv', row 3: 2 fields, but the header has 1: is there a title "
         "above the headings? Delete it"),
        ("id:net\n1:5\n", "'x.csv', row 1: one heading only; fields are set apart by comma, semicolon, tab "
         "or bar (|)"),
        ('a,b\n1,2\n"3,4\n5,6\n', "'x.csv', line 3: a quote is not closed, or stands inside a text"),
        ("a,b\r\n1,2\n3,4\r\n", "'x.csv' is no regular CSV: its line ends are of two kinds, or a quote "
         "stands inside a text"),
        ('a,b\n"A" GmbH,2\n', "'x.csv', line 2: a quote is not closed, or stands inside a text"),
    ],
)  # fmt: skip
def test_a_table_that_is_not_regular_is_refused_by_row(file, text, said):
    assert fault(file(text)) == said


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_field_of_50_megabytes_is_refused_by_its_line(file, quote):
    assert fault(file(f"a,b\n1,2\n{quote}{'x' * 50_000_000}{quote},4\n")) == (
        "'x.csv', line 3: longer than 10 million characters: is a quote not closed?"
    )


def test_a_field_of_a_megabyte_is_read(file):
    made = file(f"a,b\n1,{'x' * 1_000_000}\n")

    assert len(rows(made)[0][1]) == 1_000_000
    assert made.row_number(1) == 2


def test_the_copy_of_a_text_in_another_encoding_goes_with_its_object(file, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "kept"))
    (tmp_path / "kept").mkdir()
    made = file(PLAIN.encode("cp1252"))
    rows(made)

    assert len(list((tmp_path / "kept").iterdir())) == 1
    del made
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_fault_says_no_word_of_the_content_and_no_path(file, tmp_path):
    said = [fault(file(f"a,b\nSecret,{broken}\n")) for broken in ('"x', "x,y,Secret", "\0")]

    assert not any("Secret" in one or str(tmp_path) in one for one in said)
