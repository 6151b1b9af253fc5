"""A real PostgreSQL, started here: the same company gives the same figures as its folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import pandas as pd
import pytest

from kamlib.analysis.snapshot import account_table
from kamlib.data.examining import checked_source_text
from kamlib.data.opened import Opened
from kamlib.data.sources import open_source
from kamlib.errors import ContractError, SourceError

pytestmark = pytest.mark.postgres
ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data" / "sample"


@pytest.fixture(scope="module")
def company(postgres):
    """Return the URL of a database that holds the sample company."""
    url = postgres("company")
    readings = Opened(str(SAMPLE)).readings
    with adbc.connect(url) as connection, connection.cursor() as cursor:
        for table, reading in readings.items():
            cursor.adbc_ingest(table, reading.canonical().to_native().to_arrow_table(), mode="create")
        connection.commit()
    return url


@pytest.fixture
def shop(postgres, request):
    """Return what runs SQL in a new database and gives its URL."""

    def make(sql):
        url = postgres("shop_" + str(abs(hash(request.node.name))))
        with adbc.connect(url) as connection, connection.cursor() as cursor:
            for statement in sql.split(";"):
                cursor.execute(statement)
            connection.commit()
        return url

    return make


COLUMNS = "order_id int, line_no int, account_id text, ordered_at date, net_amount numeric"
LINES = f"CREATE TABLE order_lines ({COLUMNS})"


@pytest.mark.parametrize("as_of", ["latest", "2024-06-30"])
@pytest.mark.parametrize("region", [[], ["DACH"]])
def test_the_account_table_and_the_note_are_those_of_the_folder(company, as_of, region):
    folder, database = (open_source(at, as_of=as_of, region=region) for at in (str(SAMPLE), company))

    pd.testing.assert_frame_equal(
        account_table(folder.order_lines, folder.as_of), account_table(database.order_lines, database.as_of)
    )
    of_files = {"name", "currency"}
    assert {k: v for k, v in database.note.items() if k not in of_files} == {
        k: v for k, v in folder.note.items() if k not in of_files
    }


def test_every_small_table_holds_the_rows_of_the_folder(company):
    folder, database = open_source(str(SAMPLE)), open_source(company)

    for table in Opened(str(SAMPLE)).readings:
        if table != "order_lines":
            columns = list(folder[table])
            one, two = (held[table].sort_values(columns, ignore_index=True) for held in (folder, database))
            pd.testing.assert_frame_equal(one, two)


def test_the_batch_gives_the_findings_of_the_folder(company, site, tmp_path):
    said = run("--source", toml(tmp_path, company), "--out", tmp_path / "reports")

    assert said.returncode == 0, said.stdout + said.stderr
    assert findings(tmp_path / "reports") == findings(site)


def test_rows_after_the_day_stay_in_the_database(company):
    lines = open_source(company, as_of="2022-06-30")._opened.lines()

    assert str(lines.select("ordered_at").collect("pyarrow")["ordered_at"].max()) <= "2022-06-30"


def test_a_breach_is_told_with_the_row_s_key(shop):
    url = shop(f"{LINES}; INSERT INTO order_lines VALUES (7, 1, 'A', NULL, 5), (7, 2, 'A', '2024-01-01', 5)")
    with pytest.raises(ContractError) as caught:
        open_source(url)

    assert caught.value.breaches == {"order_lines": ["ordered_at: 1 row (order_id 7, line_no 1) is empty"]}


def test_a_query_chooses_and_names_the_columns(shop, written):
    url = shop(
        f"{LINES}; INSERT INTO order_lines VALUES (1, 1, 'A', '2024-01-01', 5), (2, 1, 'B', '2024-01-02', 9)"
    )
    query = 'query = "select account_id as who, ordered_at, net_amount from order_lines where order_id = 2"'
    text = f'[connection]\nurl = "{url}"\n[order_lines]\n{query}\ncolumns = {{ account_id = "who" }}'

    assert open_source(written({"source.toml": text})).note["accounts"] == 1


def test_nothing_can_be_changed(shop, written):
    url = shop(f"{LINES}; INSERT INTO order_lines VALUES (1, 1, 'A', '2024-01-01', 5)")
    query = 'query = "delete from order_lines returning *"'
    source = written({"source.toml": f'[connection]\nurl = "{url}"\n[order_lines]\n{query}'})
    with pytest.raises(SourceError, match="order_lines: cannot be read"):
        open_source(source)

    assert open_source(url).note["lines"] == 1


def test_a_table_that_is_not_there_is_refused_in_words(shop, written):
    text = f'[connection]\nurl = "{shop(LINES)}"\n[order_lines]\ntable = "sales"'
    with pytest.raises(SourceError) as caught:
        open_source(written({"source.toml": text}))

    assert "order_lines: cannot be read: " in str(caught.value)
    assert 'relation "sales" does not exist' in str(caught.value)


def test_a_secret_is_read_from_the_environment_and_never_told(monkeypatch):
    monkeypatch.setenv("SALES_PASSWORD", "hunter2 & more")
    with pytest.raises(SourceError) as caught:
        open_source("postgresql://reports:${SALES_PASSWORD}@127.0.0.1:9/sales")

    assert str(caught.value).startswith("the database cannot be opened: ")
    assert "hunter2" not in str(caught.value) + repr(caught.value.__cause__) + repr(caught.value.__context__)


def test_a_secret_that_is_not_set_is_named():
    with pytest.raises(SourceError) as caught:
        open_source("postgresql://reports:${NO_SUCH_PASSWORD}@127.0.0.1:9/sales")

    assert str(caught.value) == (
        "source: the environment variable NO_SUCH_PASSWORD, which its URL names, is not set"
    )


def test_no_secret_stands_in_anything_a_run_leaves(company, tmp_path, monkeypatch):
    monkeypatch.setenv("SALES_PASSWORD", "hunter2")
    said = run(
        "--source", company + "&password=${SALES_PASSWORD}", "--only", "pareto/*", "--out", tmp_path / "out"
    )

    assert said.returncode == 0, said.stdout + said.stderr
    left = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert [path.name for path in left if b"hunter2" in path.read_bytes()] == []


def test_check_says_what_the_database_holds(company):
    assert (
        checked_source_text(company).splitlines()[2] == "  order_lines: 29,971 rows (one row per order line)"
    )


def toml(folder, url):
    path = folder / "sample.toml"
    path.write_text(f'currency = "USD"\n[connection]\nurl = "{url}"\n')
    return path


def run(*words):
    kam = [sys.executable, "-m", "kamlib.cli", "run", *map(str, words)]
    return subprocess.run(kam, cwd=ROOT, capture_output=True, text=True, check=False, env=dict(os.environ))


def findings(out):
    """Return each report's findings as the ledger holds them."""
    (ledger,) = out.glob("*/run.jsonl")
    lines = map(json.loads, ledger.read_text().splitlines())
    return {line["report"]: line["findings"] for line in lines if line["event"] == "job ended"}
