import pytest

from kamlib.data.source_toml import source_place
from kamlib.errors import SourceError


@pytest.fixture
def refusal(written):
    """Return what writes a source.toml and gives the text it is refused with."""

    def refuse(text):
        with pytest.raises(SourceError) as caught:
            source_place(written({"source.toml": text}))
        return str(caught.value)

    return refuse


def test_a_folder_s_tables_are_the_files_named_for_them(written):
    place = source_place(written({"order_lines.parquet": "", "accounts.csv.gz": "", "notes.csv": ""}))

    assert place.name == "shop"
    assert {name: table.path for name, table in place.tables.items()} == {
        "accounts": "accounts.csv.gz",
        "order_lines": "order_lines.parquet",
    }


def test_a_source_toml_in_a_folder_says_what_its_tables_are(written):
    text = 'currency = "USD"\n[order_lines]\npath = "2013.csv"\ncolumns = { net_amount = "Net" }'
    place = source_place(written({"source.toml": text, "accounts.csv": ""}))

    assert (place.name, place.currency, list(place.tables)) == ("shop", "USD", ["order_lines"])
    assert place.tables["order_lines"].columns == {"net_amount": "Net"}


def test_a_source_toml_may_have_another_name_and_a_byte_order_mark(written):
    folder = written({"sales.toml": b'\xef\xbb\xbf[order_lines]\npath = "2013.csv"'})

    assert source_place(f"{folder}/sales.toml").name == "sales"


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_a_source_toml_in_utf_16_as_powershell_writes_it_is_read(written, mark):
    text = '\ufeff[order_lines]\r\npath = "Verkäufe.csv"\r\n'.encode(mark)

    assert source_place(written({"source.toml": text})).tables["order_lines"].path == "Verkäufe.csv"


def test_a_table_in_two_files_is_refused(written):
    with pytest.raises(SourceError) as caught:
        source_place(written({"accounts.csv": "", "accounts.parquet": ""}))

    assert (
        str(caught.value) == "shop: accounts.parquet and accounts.csv both hold the table accounts; keep one"
    )


def test_a_folder_without_a_table_is_refused_with_what_is_in_it(written):
    with pytest.raises(SourceError) as caught:
        source_place(written({"sales.csv": "", "notes.txt": ""}))

    assert str(caught.value) == (
        "shop: no table here; files are named for their table, such as order_lines.csv, "
        "or listed in a source.toml. Found: notes.txt, sales.csv"
    )


def test_a_source_that_is_not_there_is_refused_with_the_nearest_name(written):
    source = written({"source.toml": ""})
    with pytest.raises(SourceError) as caught:
        source_place(f"{source}/sorce.toml")

    assert str(caught.value) == "source: no file or folder 'sorce.toml' in shop; did you mean 'source.toml'?"


def test_a_source_that_is_not_in_this_folder_is_refused_in_plain_words(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError) as caught:
        source_place("nowhere")

    assert str(caught.value) == "source: no file or folder 'nowhere' here"


def test_a_source_whose_folder_is_not_there_is_refused(tmp_path):
    with pytest.raises(SourceError) as caught:
        source_place(str(tmp_path / "lost" / "shop"))

    assert str(caught.value) == "source: no file or folder 'shop' in lost (nor is there a folder lost)"


def test_a_single_export_is_refused_with_the_way_to_map_it(written):
    with pytest.raises(SourceError) as caught:
        source_place(written({"sales.csv": ""}) + "/sales.csv")

    assert str(caught.value) == (
        "source: 'sales.csv' is neither a folder, a source.toml nor a DuckDB file; "
        "`kam map sales.csv` drafts a source.toml for a single export"
    )


@pytest.mark.parametrize(
    ("url", "system"),
    [
        ("postgresql://reports:${PASSWORD}@db/sales", "PostgreSQL"),
        ("postgres://db/sales?password=${PW}", "PostgreSQL"),
        ("spark://cluster:7077", "Spark"),
        ("sc://cluster:15002/;token=${TOKEN}", "Spark"),
        ("local[*]", "Spark"),
        ("local[2]", "Spark"),
    ],
)
def test_a_url_says_which_database_it_is_and_keeps_its_secrets_by_name(url, system):
    place = source_place(url)

    assert (place.system, place.url) == (system, url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (
            "mysql://db/sales",
            "source: no such database; give one of postgresql://user:${NAME}@host/database, ",
        ),
        ("postgrsql://db/sales", "source: no such database; did you mean 'postgresql'?; give one of"),
        ("local[2", "source: no such database; give one of"),
        ("postgresql://", "source: no such database; give one of"),
    ],
)
def test_another_database_is_refused_with_those_that_are_known(url, said):
    with pytest.raises(SourceError) as caught:
        source_place(url)

    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://reports:hunter2@db/sales",
        "POSTGRESQL://:hunter2/@db/sales",
        "postgresql://reports:${PASSWORD}hunter2@db/sales",
        "mysql://db/sales?password=hunter2",
        "sc://cluster:15002/;token=hunter2",
    ],
)
def test_a_password_in_a_url_is_refused_and_not_repeated(url):
    with pytest.raises(SourceError) as caught:
        source_place(url)

    assert str(caught.value).startswith(
        "source: a password stands in the URL: write ${NAME} in its place and keep it in the environment "
        "variable NAME"
    )
    assert "hunter2" not in str(caught.value)


def test_text_that_is_not_toml_is_refused_with_its_place(refusal):
    assert refusal("[order_lines]\npath = sales.csv") == (
        "source.toml cannot be read as TOML: Invalid value (at line 2, column 8)"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[orderlines]\npath = "a.csv"',
            "source.toml: [orderlines]: no such table; did you mean 'order_lines'?",
        ),
        (
            '[order_lines]\npaht = "a.csv"',
            "source.toml: [order_lines]: no such setting: paht; did you mean 'path'?",
        ),
        (
            '[order_lines]\npath = "a.csv"\ncolumns = { net_amout = "Net" }',
            "source.toml: [order_lines]: columns: order_lines has no column net_amout; "
            "did you mean 'net_amount'?",
        ),
        (
            '[order_lines]\npath = "a.csv"\nformats = { orderd_at = "%d" }',
            "source.toml: [order_lines]: formats: order_lines has no column orderd_at; "
            "did you mean 'ordered_at'?",
        ),
        (
            '[order_lines]\nencoding = "utf-8"',
            "source.toml: [order_lines]: give either path or query (or, of a database, table)",
        ),
        (
            '[order_lines]\npath = "a.csv"\nquery = "select 1"',
            "source.toml: [order_lines]: give either path or query (or, of a database, table)",
        ),
        (
            '[order_lines]\ntable = "sales.lines"',
            "source.toml: [order_lines]: a table is of a database: give its [connection] url",
        ),
        ("[order_lines]\npath = 3", "source.toml: [order_lines]: path: give text in quotes"),
        (
            '[order_lines]\npath = "a.csv"\ncolumns = { net_amount = 3 }',
            'source.toml: [order_lines]: columns: give pairs such as { net_amount = "Net" }',
        ),
        ("order_lines = 3", "source.toml: [order_lines]: write it as a table with a path or a query"),
        (
            'currency = "dollar"',
            "source.toml: currency is a three-letter code such as \"USD\", not 'dollar'",
        ),
        (
            '[connection]\nurl = "x"',
            "source.toml: [connection]: no such database; "
            "give one of postgresql://user:${NAME}@host/database, "
            "spark://host:port, sc://host:port (Spark Connect), local[*]",
        ),
        (
            'connection = "x"',
            "source.toml: [connection]: give its url, one of postgresql://user:${NAME}@host/database, "
            "spark://host:port, sc://host:port (Spark Connect), local[*]",
        ),
        (
            "fiscal_year_start = 13",
            "source.toml: fiscal_year_start is the number of a month, 1 to 12, not 13",
        ),
        (
            'memory_limit = "lots"',
            "source.toml: memory_limit is a size such as \"4GB\", not 'lots'",
        ),
        (
            '[[exclude]]\nwhy = "cancelled"\ntable = "order_lines"',
            "source.toml: [[exclude]]: give why, in words, and either where (with table) or accounts",
        ),
        (
            '[[exclude]]\ntable = "order_lines"\nwhere = { status = "C" }',
            "source.toml: [[exclude]]: give why, in words, and either where (with table) or accounts",
        ),
        (
            '[[exclude]]\nwhy = "x"\ntable = "products"\nwhere = { status = "C" }',
            'source.toml: [[exclude]]: table is "accounts" or "order_lines", not "products"',
        ),
        (
            '[[exclude]]\nwhy = "x"\ntable = "order_lines"\nwhere = { status = 3 }',
            'source.toml: [[exclude]]: where: give pairs such as { net_amount = "Net" }',
        ),
        (
            '[[exclude]]\nwhy = "x"\naccounts = "10001"',
            'source.toml: [[exclude]]: accounts: give texts such as ["10001", "10002"]',
        ),
        (
            '[order_lines]\npath = "a.csv"\nformats = { ordered_at = "dd.mm.yyyy" }',
            "source.toml: [order_lines]: formats: ordered_at: "
            'give a date format such as "%d.%m.%Y", not "dd.mm.yyyy"',
        ),
        (
            '[order_lines]\npath = "a.csv"\nformats = { net_amount = "0,00" }',
            "source.toml: [order_lines]: formats: net_amount: "
            'write 1234.56 as the file writes it, such as "1.234,56", not "0,00"',
        ),
        (
            '[order_lines]\npath = "a.csv"\nformats = { account_id = "%d" }',
            "source.toml: [order_lines]: formats: account_id: only dates and numbers have a format",
        ),
    ],
)
def test_a_slip_in_a_source_toml_is_refused_by_name_with_the_way_out(refusal, text, said):
    assert refusal(text) == said
