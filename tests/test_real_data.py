"""The whole batch over real sales that the project has never seen."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from kamlib.cli import main
from kamlib.publish.ledger import JobRecord, runs
from kamlib.publish.plan import read_plan

pytestmark = pytest.mark.slow
CANNOT_BE_TOLD = {"survey/summary", "survey/drivers", "churn/lost_accounts"}
"""They ask for tables that resellers and customers do not have."""
ROOT = Path(__file__).resolve().parents[1]


PLAN = ROOT / "notebooks" / "plan.toml"


def _batch(source: Path, out: Path, *options: str) -> SimpleNamespace:
    arguments = ["run", str(PLAN), "--source", str(source / "source.toml"), "--out", str(out), "--jobs", "2"]
    done = CliRunner().invoke(main, [*arguments, *(options or ("--param", "definition=silence"))])
    (run,) = runs(out)
    return SimpleNamespace(exit_code=done.exit_code, jobs=run.jobs, out=out)


@pytest.fixture(scope="module")
def resellers(adventureworks: Path, tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    return _batch(adventureworks, tmp_path_factory.mktemp("resellers"))


@pytest.fixture(scope="module")
def customers(cdnow: Path, tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    return _batch(cdnow, tmp_path_factory.mktemp("customers"))


@pytest.fixture(scope="module")
def concentrated(cdnow: Path, tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    return _batch(cdnow, tmp_path_factory.mktemp("concentrated"), "--only", "pareto/[cp]*")


def _page_text(batch: SimpleNamespace, report: str) -> str:
    html = (batch.out / batch.jobs[report].page).read_text(encoding="utf-8")
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL))


def _number(record: JobRecord, key: str) -> float:
    return next(finding["number"] for finding in record.findings if finding["key"] == key)


def test_the_batch_over_the_resellers_ends_well(resellers: SimpleNamespace) -> None:
    states = {report: record.state for report, record in resellers.jobs.items()}

    assert resellers.exit_code == 0
    assert {report for report, state in states.items() if state == "cannot tell"} == CANNOT_BE_TOLD
    assert set(states.values()) == {"good", "cannot tell"}


def test_the_resellers_concentration_says_what_is_published(resellers: SimpleNamespace) -> None:
    text = _page_text(resellers, "pareto/concentration")

    assert "brings 66.7% of all sales to date; 80% of sales takes 186 accounts" in text
    assert _number(resellers.jobs["pareto/concentration"], "target_accounts") == 186


def test_the_resellers_gini_is_told(resellers: SimpleNamespace) -> None:
    assert "186 0.656 45.24 221" in _page_text(resellers, "pareto/concentration")


def test_the_news_of_the_resellers_comes_first(resellers: SimpleNamespace) -> None:
    first = resellers.jobs["pareto/concentration"].findings[0]

    assert first["severity"] == "act"
    assert "yet the profit is gone: from 1.15 million to −0.67 million" in first["sentence"]


def test_the_resellers_have_no_survey_and_the_page_says_so(resellers: SimpleNamespace) -> None:
    assert "There is no survey in" in _page_text(resellers, "survey/summary")


def test_the_months_in_which_the_resellers_ordered_nothing_are_found(resellers: SimpleNamespace) -> None:
    sentences = " ".join(one["sentence"] for one in resellers.jobs["data/data_check"].findings)

    assert "Feb 2011" in sentences + _page_text(resellers, "data/data_check")


def test_the_product_groups_that_took_the_resellers_profit_come_first(
    resellers: SimpleNamespace,
) -> None:
    first = resellers.jobs["pareto/profitability"].findings[0]

    assert first["severity"] == "act"
    assert re.search(r"Touring Bikes .*Road Bikes", first["sentence"])


def test_without_cost_the_report_says_what_cannot_be_told(concentrated: SimpleNamespace) -> None:
    states = {report: record.state for report, record in concentrated.jobs.items()}

    assert states == {"pareto/concentration": "good", "pareto/profitability": "cannot tell"}
    assert "Gross profit cannot be told" in _page_text(concentrated, "pareto/concentration")


def test_customers_without_cost_products_or_names_stop_no_report(customers: SimpleNamespace) -> None:
    failed = {report: record.error for report, record in customers.jobs.items() if record.state == "failed"}

    assert failed == {}
    assert customers.exit_code == 0


def test_the_index_over_real_sales_links_all_reports(resellers: SimpleNamespace) -> None:
    index = (resellers.out / "index.html").read_text(encoding="utf-8")

    assert set(resellers.jobs) == {report.name for report in read_plan(PLAN)}
    assert all(f'href="{record.page}"' in index for record in resellers.jobs.values())
