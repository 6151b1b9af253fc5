"""Broken sources: each is refused in words that name what, where and the way out, or read as a person would.

The folders of `tests/broken` are the cases, with what is said of each in `refused.toml` and `read.toml`
there. What is too big to commit, or unsafe, is made here: `MADE`.
"""

import gzip
import os
import re
import tomllib
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from kamlib.cli import main
from kamlib.data.examining import checked_source_text, examined_source
from kamlib.data.sources import open_source
from kamlib.errors import KamError

CORPUS = Path(__file__).parents[1] / "broken"
REFUSED = tomllib.loads((CORPUS / "refused.toml").read_text("utf-8"))
READ = tomllib.loads((CORPUS / "read.toml").read_text("utf-8"))
HEADER = b"account_id,ordered_at,net_amount\n"
GOOD = HEADER + b"A,2024-01-05,5.00\n"
QUOTE = "a quote is not closed, or stands inside a text"
TOO_LONG = "longer than 10 million characters: is a quote not closed?"
NUL = (
    "holds NUL characters: it is damaged, or UTF-16 without its mark "
    '(then give encoding = "utf-16-le" in source.toml)'
)


def file(name, content):
    """Return what writes one file into a folder and gives the source."""

    def make(folder):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content())
        return folder / name if name.endswith(".duckdb") else folder

    return make


def link(folder):
    (folder / "order_lines.csv").symlink_to("gone.csv")
    return folder


def locked(folder):
    if os.geteuid() == 0:
        pytest.skip("root reads what nobody may read")
    (folder / "order_lines.csv").write_bytes(GOOD)
    (folder / "order_lines.csv").chmod(0)
    return folder


def database(sql):
    def make(folder):
        with duckdb.connect(str(folder / "shop.duckdb")) as engine:
            engine.execute(sql)
        return folder / "shop.duckdb"

    return make


def halved_database(folder):
    path = database("CREATE TABLE order_lines AS SELECT range::VARCHAR AS account_id FROM range(200_000)")(
        folder
    )
    path.write_bytes(path.read_bytes()[:10_000])
    return path


PLAIN, ZIPPED = "order_lines.csv", "order_lines.csv.gz"
FIRST = "order_lines: 'order_lines.csv'"
NO_TABLE = "shop: there is no table order_lines; every report needs it"
VIEW = "CREATE TABLE gone (a INT); CREATE VIEW order_lines AS SELECT * FROM gone; DROP TABLE gone"
MADE = {
    "a NUL": (file(PLAIN, lambda: HEADER + b"A\0,2024-01-05,5.00\n"), f"{FIRST} {NUL}"),
    "UTF-16, all ASCII": (file(PLAIN, lambda: GOOD.decode().encode("utf-16-le")), f"{FIRST} {NUL}"),
    "a field of 50 MB": (
        file(PLAIN, lambda: GOOD + b"x" * 50_000_000 + b",,\n"),
        f"{FIRST}, line 3: {TOO_LONG}",
    ),
    "one in quotes": (file(PLAIN, lambda: GOOD + b'"' + b"x\n" * 25_000_000), f"{FIRST}, line 3: {QUOTE}"),
    "a heading of 20 MB": (file(PLAIN, lambda: b"x" * 20_000_000 + GOOD), f"{FIRST}, line 1: {TOO_LONG}"),
    "100 kB of gzip, 100 MB of text": (
        file(ZIPPED, lambda: gzip.compress(GOOD + b"A" * 100_000_000, 1)),
        f"order_lines: 'order_lines.csv.gz', line 3: {TOO_LONG}",
    ),
    "3,000 other columns": (
        file(PLAIN, lambda: b"account_id,net_amount," + b",".join(b"c%d" % i for i in range(3000))),
        "order_lines breaks its contract:\n  - ordered_at: no such column; there are account_id, net_amount, "
        "c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 2990 more",
    ),
    "an empty folder": (
        lambda folder: folder,
        "shop: no table here; files are named for their table, such as order_lines.csv, or listed in a "
        "source.toml. Found: nothing",
    ),
    "no folder": (lambda folder: folder / "nowhere", "source: no file or folder 'nowhere' in shop"),
    "a name too long": (lambda folder: folder / ("x" * 300), "source: this is no name of a file or folder"),
    "a folder without parts": (
        lambda folder: (folder / "order_lines.csv").mkdir() or folder,
        "order_lines: there is no file '*.csv' in order_lines.csv",
    ),
    "a link to nowhere": (
        link,
        "order_lines: the file 'order_lines.csv' cannot be opened: No such file or directory",
    ),
    "a file that may not be read": (
        locked,
        "order_lines: the file 'order_lines.csv' cannot be opened: Permission denied",
    ),
    "a DuckDB file without tables": (database("SELECT 1"), NO_TABLE),
    "a DuckDB file with another schema": (
        database("CREATE SCHEMA erp; CREATE TABLE erp.order_lines (a INT)"),
        NO_TABLE,
    ),
    "a DuckDB view of nothing": (
        database(VIEW),
        "order_lines: cannot be read: Catalog Error: Table with name gone does not exist!",
    ),
    "half a DuckDB file": (halved_database, "'shop.duckdb' cannot be opened as a DuckDB file"),
    "a text named .duckdb": (
        file("shop.duckdb", lambda: GOOD),
        "'shop.duckdb' cannot be opened as a DuckDB file",
    ),
    "an export for a source": (
        lambda folder: file("x.csv", lambda: GOOD)(folder) / "x.csv",
        "source: 'x.csv' is neither a folder, a source.toml nor a DuckDB file; "
        "`kam map x.csv` drafts a source.toml for a single export",
    ),
}


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "shop").mkdir()
    return tmp_path / "shop"


def said_of(source):
    with pytest.raises(KamError) as caught:
        checked_source_text(str(source))
    return str(caught.value)


def cell(value):
    """Return a cell as `read.toml` writes it: no idle zeros, no time of day, - for empty."""
    if value is None:
        return "-"
    if isinstance(value, float) or hasattr(value, "normalize"):
        return f"{float(value):.15g}"
    return str(value)[:10] if hasattr(value, "year") else str(value)


@pytest.mark.parametrize("case", REFUSED)
def test_what_no_one_can_read_is_refused_in_these_words(case):
    assert said_of(CORPUS / case) == REFUSED[case]


@pytest.mark.parametrize("case", MADE)
def test_what_is_too_big_or_unsafe_to_keep_is_refused_in_these_words(case, shop):
    make, text = MADE[case]

    assert said_of(make(shop)) == text


@pytest.mark.parametrize("case", READ)
def test_what_a_person_could_read_gives_these_lines(case):
    rows = open_source(str(CORPUS / case)).order_lines.collect("pyarrow").rows()

    assert list(dict.fromkeys(" ".join(map(cell, row)) for row in rows)) == READ[case]["rows"]


@pytest.mark.parametrize("case", READ)
def test_what_was_guessed_or_left_aside_is_said(case):
    lines = checked_source_text(str(CORPUS / case)).splitlines()

    assert [line.strip() for line in lines if re.match("  (note|warning|not read):", line)] == READ[case][
        "says"
    ]


@pytest.mark.parametrize("case", REFUSED)
def test_the_data_check_says_the_same_and_raises_nothing_else(case):
    try:
        said = [*examined_source(str(CORPUS / case)).breaches["says"]]
    except KamError as fault:
        said = [str(fault)]

    assert said or "holds no row" in REFUSED[case]
    assert all(one in REFUSED[case] for one in said)


@pytest.mark.parametrize("case", REFUSED)
def test_no_message_tells_a_path_or_runs_on(case):
    said = REFUSED[case]

    assert str(CORPUS) not in said
    assert "Traceback" not in said
    assert len(said) <= 2_000
    assert said.replace("\n", "").isprintable()


def test_every_folder_of_the_corpus_is_a_case():
    assert {path.name for path in CORPUS.iterdir() if path.is_dir()} == {*REFUSED, *READ}


def test_the_corpus_holds_over_200_cases_and_over_80_messages():
    texts = [*REFUSED.values(), *(text for _, text in MADE.values())]
    wordings = {re.sub(r"'[^']*'|\d+|^\w+: ", "…", text) for text in texts}

    assert len(REFUSED) + len(READ) + len(MADE) >= 200
    assert len(wordings) >= 80


@pytest.mark.parametrize(
    "case", ["cp850", "quote_not_closed", "zip", "toml_no_toml", "cycle_of_parents", "excel_encrypted"]
)
def test_kam_check_says_it_and_ends_with_2(case):
    done = CliRunner().invoke(main, ["check", str(CORPUS / case)])

    assert done.exit_code == 2
    assert REFUSED[case].splitlines()[-1] in done.output
    assert "Traceback" not in done.output


def test_lines_after_the_day_are_left_out_and_counted():
    tables = open_source(str(CORPUS / "future"), as_of="2024-01-31")

    assert tables.note["lines"] == 1
    assert tables.note["lines_left_out"] == 2


def test_a_folder_of_parts_under_a_files_name_is_read_as_spark_writes_it(shop):
    file("order_lines.csv/part-0.csv", lambda: GOOD)(shop)
    file("order_lines.csv/part-1.csv", lambda: HEADER + b"B,2024-01-06,7.50\n")(shop)

    assert open_source(str(shop)).note["lines"] == 2


def test_yes_and_no_are_read_in_every_usual_word():
    accounts = open_source(str(CORPUS / "flags_mixed"))["accounts"]

    assert accounts["is_key"].tolist()[:4] == [True, False, True, True]
    assert accounts["is_key"].isna().tolist() == [False, False, False, False, True]


def test_a_person_is_named_in_no_message():
    texts = [*REFUSED.values(), *(said for case in READ.values() for said in case["says"])]

    assert not any(name in text for text in texts for name in ("Jane", "John", "Roe", "Doe"))
