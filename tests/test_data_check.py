"""The data check comes to its end whatever the tables are like, and says what is amiss."""

import csv
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from kamlib.cli import main
from kamlib.publish.ledger import runs

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    """Run the data check over 20 accounts: bare sales, and a record of contacts that is broken."""
    folder, out = tmp_path_factory.mktemp("small"), tmp_path_factory.mktemp("reports")
    with (ROOT / "data/sample/order_lines.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    accounts = sorted({line["account_id"] for line in lines})[:20]
    with (folder / "order_lines.csv").open("w", newline="") as file:
        columns = ["account_id", "ordered_at", "net_amount"]
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(line for line in lines if line["account_id"] in accounts)
    broken = f"interaction_id,account_id,happened_at,channel\n1,{accounts[0]},2025-01-01,fax\n"
    (folder / "interactions.csv").write_text(broken)
    arguments = ["--only", "data/data_check", "--source", str(folder), "--out", str(out)]
    CliRunner().invoke(main, ["run", str(ROOT / "notebooks/plan.toml"), *arguments], catch_exceptions=False)
    (run,) = runs(out)
    record = run.jobs["data/data_check"]
    html = (out / record.page).read_text(encoding="utf-8")
    return record, re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL))


def test_a_broken_table_does_not_fail_it(job):
    assert job[0].state == "good"


def test_the_broken_table_is_the_first_thing_it_says(job):
    assert job[0].findings[0]["sentence"] == "1 table cannot be used until mended: interactions."
    assert job[0].findings[0]["action"].startswith("Mend first, in interactions: channel: 1 row")


def test_what_touches_all_sales_comes_next(job):
    assert job[0].findings[1]["sentence"] == (
        "The cost is not known for 100.0% of sales, so they count in no profit."
    )


def test_what_is_missing_is_told_once_in_each_section(job):
    assert job[1].count("There is no list of contacts in") == 2
    assert job[1].count("breaks its rules, so it is not used here.") == 1


def test_each_other_report_is_told_or_not(job):
    assert "in part: without cost, no profit" in job[1]
    assert "no: there is no survey" in job[1]
