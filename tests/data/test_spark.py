"""A real Spark session: order lines are checked and added up there, and give the figures of the folder."""

import socket
import subprocess
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from kamlib.analysis.snapshot import account_table
from kamlib.data.opened import Opened
from kamlib.data.sources import open_source
from kamlib.errors import ContractError, SourceError

pytestmark = pytest.mark.spark
SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"


@pytest.fixture(scope="module")
def company(tmp_path_factory, spark):
    """Return a source.toml's folder: the sample company in Spark, some columns under other names."""
    folder = tmp_path_factory.mktemp("company")
    parts = ['currency = "USD"', '[connection]\nurl = "local[2]"']
    for table, reading in Opened(str(SAMPLE)).readings.items():
        reading.canonical().to_native().write_parquet(str(folder / f"{table}.parquet"))
        parts.append(f'[{table}]\npath = "{table}.parquet"')
    (folder / "source.toml").write_text("\n".join(parts))
    return str(folder)


@pytest.mark.parametrize(("as_of", "region"), [("latest", []), ("2024-06-30", ["DACH"])])
def test_the_account_table_and_the_note_are_those_of_the_folder(company, as_of, region):
    folder, cluster = (open_source(at, as_of=as_of, region=region) for at in (str(SAMPLE), company))

    pd.testing.assert_frame_equal(
        account_table(folder.order_lines, folder.as_of), account_table(cluster.order_lines, cluster.as_of)
    )
    assert cluster.note | {"name": "sample"} == folder.note


def test_the_order_lines_stay_in_spark(company):
    assert open_source(company).order_lines.implementation.is_pyspark()


def test_breaches_are_those_that_the_embedded_engine_finds_named_by_key(spark):
    rows = pd.DataFrame(BROKEN, columns=COLUMNS)
    accounts = pd.DataFrame({"account_id": ["A"]})
    with pytest.raises(ContractError) as in_spark:
        open_source({"order_lines": spark.createDataFrame(rows.astype(object)), "accounts": accounts})
    with pytest.raises(ContractError) as embedded:
        open_source({"order_lines": rows, "accounts": accounts})

    assert in_spark.value.breaches == embedded.value.breaches
    assert len(in_spark.value.breaches["order_lines"]) == 4


def test_excluded_lines_and_merged_accounts_are_left_out_and_counted_there_too(company):
    toml = Path(company, "source.toml")
    more = '[[exclude]]\nwhy = "web orders"\ntable = "order_lines"\nwhere = { channel = "web_shop" }\n'
    tried = Path(company, "excluded.toml")
    tried.write_text(toml.read_text() + "\n" + more)
    folder, cluster = open_source(str(SAMPLE)), open_source(str(tried))

    in_folder = folder.order_lines.collect("pandas").to_native()
    assert cluster.note["lines"] == int((in_folder["channel"] != "web_shop").sum())
    assert cluster.note["remarks"][0].startswith("Left out: web orders (")


def test_a_table_that_spark_does_not_have_is_refused_in_words(spark, written):
    source = written(
        {"source.toml": '[connection]\nurl = "local[2]"\n[order_lines]\ntable = "nowhere.lines"'}
    )
    with pytest.raises(SourceError, match=r"^order_lines: Spark cannot read it: .*nowhere"):
        open_source(source)


COLUMNS = ["order_id", "line_no", "account_id", "ordered_at", "quantity", "net_amount"]
DAY = pd.Timestamp("2024-01-01")
BROKEN = [
    ("1", "1", "A", DAY, 1.0, 5.0),
    ("1", "1", "A", DAY, 1.0, 5.0),
    ("2", "1", None, DAY, 1.0, 5.0),
    ("3", "1", "B", DAY, 1.0, 5.0),
    ("4", "1", "A", DAY, -1.0, 5.0),
]


@pytest.fixture(scope="module")
def connect(spark, tmp_path_factory):
    """Return the URL of a Spark Connect server, started here."""
    home = Path(find_spec("pyspark").origin).parent
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"spark.connect.grpc.binding.port": port, "spark.ui.enabled": "false"}
    settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    settings |= {
        "spark.sql.warehouse.dir": tmp_path_factory.mktemp("warehouse"),
        "spark.sql.shuffle.partitions": "4",
    }
    words = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
    command = [
        str(home / "bin" / "spark-submit"),
        "--master",
        "local[2]",
        "--class",
        SERVER,
        *words,
        "spark-internal",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        wait_for(port)
        yield f"sc://127.0.0.1:{port}"
        server.terminate()


def test_by_spark_connect_the_account_table_is_the_same(company, connect, tmp_path):
    toml = Path(company, "connect.toml")
    toml.write_text(Path(company, "source.toml").read_text().replace("local[2]", connect))
    # A process of its own: one process has either a session of its own or one by Connect.
    subprocess.run([sys.executable, "-c", ADD_UP, str(toml), str(tmp_path / "table.parquet")], check=True)
    folder = open_source(str(SAMPLE))

    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "table.parquet"), account_table(folder.order_lines, folder.as_of)
    )


def wait_for(port):
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.5)
    pytest.fail("the Spark Connect server did not start within two minutes")


SERVER = "org.apache.spark.sql.connect.service.SparkConnectServer"
ADD_UP = """import sys
from kamlib.analysis.snapshot import account_table
from kamlib.data.sources import open_source
tables = open_source(sys.argv[1])
account_table(tables.order_lines, tables.as_of).to_parquet(sys.argv[2])
"""
