import json
import multiprocessing
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime

import nbformat
import pytest
from filelock import FileLock

from kamlib import mime
from kamlib.errors import ContractError, ParameterError, PlanError, RunLockedError, SourceError
from kamlib.publish.ledger import LEDGER_NAME, last_good, runs
from kamlib.publish.runner import run_plan

NIGHT = datetime(2026, 1, 2, 4, 0, tzinfo=UTC)
FINDING = {"key": "a", "kind": "fact", "sentence": "A is gone.", "severity": "info"}
KEPT = (
    "display({'" + mime.TABLE + "': {'name': '%s', 'parquet': 'UEFSMQ=='}, 'text/plain': 'kept'}, raw=True)"
)
NOTEBOOKS = {
    "churn/list": "print(open(results + '/churn/model.tables/scores.parquet').read())",
    "churn/model": KEPT.replace("%s", "scores"),
    "pareto/curve": f"display({ {mime.FINDING: FINDING} }, raw=True)",
    "broken": "1 / 0",
    "after_broken": "x",
    "survey/scores": "from kamlib.errors import CannotTell\nraise CannotTell('No survey was given.')",
    "lost": "import os\nos._exit(1)",
    "odd": KEPT.replace("%s", "../odd"),
}
AFTER = {"churn/list": "churn/model", "after_broken": "broken"}
GOOD = ["churn/list", "churn/model", "pareto/curve", "after_broken"]


@pytest.fixture(scope="session")
def plan_of(written_notebook):
    """Return what writes a plan of notebooks that hold one cell each."""

    def write(folder, cells, parameters='x: int = 1\nresults: str = ""'):
        lines = []
        for name, code in cells.items():
            written_notebook(folder / f"{name}.ipynb", code, parameters=parameters)
            lines += [
                "[[report]]",
                f'notebook = "{name}.ipynb"',
                f"after = {[AFTER[name]] if name in AFTER else []}",
            ]
        (folder / "plan.toml").write_text("\n".join(lines))
        return folder / "plan.toml"

    return write


@pytest.fixture(scope="module")
def batch(plan_of, tmp_path_factory):
    """Return one run of all the notebooks, two at a time, and the lines of its ledger."""
    folder = tmp_path_factory.mktemp("house")
    plan, out = plan_of(folder / "notebooks", NOTEBOOKS), folder / "reports"
    lines = []
    done = run_plan(plan, out=out, jobs=2, report_progress=lines.append, now=lambda: NIGHT)
    return done, out, lines


def state_of(done):
    return {record.report: record.state for record in done.records}


def outputs_of(folder, report):
    notebook = nbformat.read(folder / f"{report}.ipynb", as_version=4)
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def test_each_report_ends_in_its_own_state_and_stops_no_other(batch):
    expected = (
        dict.fromkeys(NOTEBOOKS, "failed") | dict.fromkeys(GOOD, "good") | {"survey/scores": "cannot tell"}
    )

    assert state_of(batch[0]) == expected


def test_one_failure_makes_the_exit_code_1(batch):
    assert batch[0].exit_code == 1


def test_the_run_is_called_by_its_start_in_utc(batch):
    assert batch[0].folder.name == "20260102T040000Z"


def test_good_and_cannot_tell_have_a_page_and_failed_reports_have_none(batch):
    done, out, _ = batch

    pages = {path.relative_to(done.folder).with_suffix("").as_posix() for path in done.folder.rglob("*.html")}
    assert pages == {*GOOD, "survey/scores"}
    assert all(record.page == "" or (out / record.page).is_file() for record in done.records)


def test_a_page_knows_its_way_home(batch):
    done, _, _ = batch

    assert "../../index.html" in (done.folder / "pareto/curve.html").read_text()


def test_every_report_leaves_its_notebook(batch):
    done, _, _ = batch

    notebooks = {
        path.relative_to(done.folder).with_suffix("").as_posix() for path in done.folder.rglob("*.ipynb")
    }
    assert notebooks == set(NOTEBOOKS)


def test_no_half_written_file_stays(batch):
    assert list(batch[1].rglob("*.part")) == []


def test_a_kept_table_lies_beside_the_page_and_not_in_the_notebook(batch):
    folder = batch[0].folder

    assert (folder / "churn/model.tables/scores.parquet").read_bytes() == b"PAR1"
    assert [dict(output.data) for output in outputs_of(folder, "churn/model")] == [{"text/plain": "kept"}]


def test_a_report_runs_after_the_one_it_names_and_reads_what_it_kept(batch):
    folder = batch[0].folder

    assert outputs_of(folder, "churn/list")[0].text == "PAR1\n"


def test_a_report_after_a_failed_one_runs_and_says_so(batch):
    (record,) = [record for record in batch[0].records if record.report == "after_broken"]

    assert (record.state, record.after_failed) == ("good", ["broken"])


def test_a_fault_while_publishing_fails_that_report_with_its_reason(batch):
    (record,) = [record for record in batch[0].records if record.report == "odd"]

    assert record.error == "KamError: a kept table is called '../odd'; use small letters, digits and _ only"


def test_the_ledger_holds_one_start_and_one_end_for_each_report(batch):
    events = Counter((line["event"], line.get("report")) for line in batch[2])

    assert all(events["job started", name] == events["job ended", name] == 1 for name in NOTEBOOKS)
    assert (batch[2][0]["event"], batch[2][-1]["event"]) == ("run started", "run ended")


def test_no_more_notebooks_run_at_once_than_asked_for(batch):
    step = {"job started": 1, "job ended": -1}
    running = [sum(step.get(line["event"], 0) for line in batch[2][:n]) for n in range(len(batch[2]))]

    assert max(running) == 2


def test_the_ledger_tells_question_and_findings(batch):
    record = runs(batch[1])[0].jobs["pareto/curve"]

    assert (record.question, record.findings) == ("Who buys?", [FINDING])


def test_the_ledger_names_no_path_of_this_machine(batch):
    assert str(batch[1].parent) not in (batch[0].folder / LEDGER_NAME).read_text()


def test_the_index_is_written_at_the_end(batch):
    assert batch[0].index == batch[1] / "index.html"
    assert batch[0].index.is_file()


def test_a_parameter_fault_leaves_nothing_behind(plan_of, tmp_path):
    plan = plan_of(tmp_path, {"a": "x"})

    with pytest.raises(ParameterError, match="x = 'many' is not allowed"):
        run_plan(plan, out=tmp_path / "reports", params=["x=many"])
    assert not (tmp_path / "reports").exists()


def test_a_dry_run_checks_and_orders_and_touches_nothing(plan_of, tmp_path):
    plan = plan_of(tmp_path, {"churn/list": "x", "churn/model": "x"})

    done = run_plan(plan, out=tmp_path / "reports", params=["x=5"], dry_run=True)
    assert [(job.report, job.parameters["x"]) for job in done.planned] == [
        ("churn/model", 5),
        ("churn/list", 5),
    ]
    assert not (tmp_path / "reports").exists()


SOURCED = 'source: str = "../data"\nas_of: str = "latest"'


@pytest.fixture
def sourced_plan(plan_of, tmp_path):
    """Return a plan of one notebook that reads a source; beside it, a source of two order lines."""
    (tmp_path / "data").mkdir()
    lines = "order_id,line_no,account_id,ordered_at,net_amount\n1,1,A,2013-11-01,5\n2,1,A,2013-11-30,5\n"
    (tmp_path / "data" / "order_lines.csv").write_text(lines)
    return plan_of(tmp_path / "notebooks", {"a": "print(source)"}, parameters=SOURCED)


def test_a_source_in_a_notebook_is_found_from_the_notebook_s_folder(sourced_plan, tmp_path, monkeypatch):
    monkeypatch.chdir("/")

    assert run_plan(sourced_plan, out=tmp_path / "reports", dry_run=True).exit_code == 0


def test_a_source_on_the_command_line_is_found_from_the_current_folder(sourced_plan, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    done = run_plan(sourced_plan, out=tmp_path / "reports", source="data", dry_run=True)
    assert done.planned[0].parameters["source"] == str(tmp_path / "data")


def test_a_source_that_is_not_there_stops_the_batch_before_it_starts(sourced_plan, tmp_path):
    with pytest.raises(SourceError):
        run_plan(sourced_plan, out=tmp_path / "reports", source=str(tmp_path / "none"))

    assert not (tmp_path / "reports").exists()


def test_a_wrong_date_stops_the_batch_before_it_starts(sourced_plan, tmp_path):
    with pytest.raises(ParameterError):
        run_plan(sourced_plan, out=tmp_path / "reports", as_of="last week")

    assert not (tmp_path / "reports").exists()


def test_order_lines_that_break_their_contract_stop_the_batch_before_it_starts(sourced_plan, tmp_path):
    (tmp_path / "data" / "order_lines.csv").write_text("account_id,ordered_at\nA,2013-11-01\n")

    with pytest.raises(ContractError, match="net_amount"):
        run_plan(sourced_plan, out=tmp_path / "reports")
    assert not (tmp_path / "reports").exists()


def test_a_plan_of_one_s_own_leaves_the_other_plan_s_reports_on_the_index(plan_of, tmp_path):
    for folder, report in {"notebooks": "curve", "notebooks/my": "mine"}.items():
        run_plan(plan_of(tmp_path / folder, {report: "x"}), out=tmp_path / "reports")

    assert list(last_good(tmp_path / "reports")) == ["mine", "curve"]


def test_a_second_run_is_held_off_by_the_lock(plan_of, tmp_path):
    plan = plan_of(tmp_path, {"a": "x"})
    (tmp_path / "reports").mkdir()

    with (
        FileLock(tmp_path / "reports" / ".lock"),
        pytest.raises(RunLockedError, match=r"holds reports/\.lock"),
    ):
        run_plan(plan, out=tmp_path / "reports")


@pytest.fixture(scope="module")
def killed_run(plan_of, tmp_path_factory):
    """Return a plan and the folder of a run that was killed while its second report ran."""
    folder = tmp_path_factory.mktemp("killed")
    plan = plan_of(folder, {"a": "print(x)", "b": "print(x)"})
    done = run_plan(plan, out=folder / "reports", index=False, now=lambda: NIGHT)
    ledger = done.folder / LEDGER_NAME
    lines = ledger.read_text().splitlines()  # run started, a started, a ended, b started, b ended, run ended
    ledger.write_text("\n".join(lines[:4]) + "\n" + lines[4][:20])
    (done.folder / "b.html").write_text("half a report")
    return plan, done.folder


def test_an_unfinished_run_is_not_resumed_with_other_parameters(killed_run):
    plan, folder = killed_run

    with pytest.raises(PlanError, match="asked for other reports, parameters, notebooks or data"):
        run_plan(plan, out=folder.parent, params=["x=2"], resume=True)


def test_an_unfinished_run_is_not_resumed_with_an_edited_notebook(killed_run, written_notebook):
    plan, folder = killed_run
    notebook = plan.parent / "b.ipynb"
    before = notebook.read_bytes()
    written_notebook(notebook, "print(x + 1)", parameters='x: int = 1\nresults: str = ""')

    with pytest.raises(PlanError, match="asked for other reports, parameters, notebooks or data"):
        run_plan(plan, out=folder.parent, resume=True)
    notebook.write_bytes(before)


def test_a_killed_run_is_resumed_where_it_was(killed_run):
    plan, folder = killed_run
    page = (folder / "a.html").stat().st_mtime_ns
    lines = []
    done = run_plan(plan, out=folder.parent, resume=True, index=False, report_progress=lines.append)

    assert (done.folder, state_of(done), done.exit_code) == (folder, {"a": "good", "b": "good"}, 0)
    assert [line["report"] for line in lines if line["event"] == "job started"] == ["b"]
    assert (folder / "a.html").stat().st_mtime_ns == page
    assert (folder / "b.html").read_text() != "half a report"
    assert runs(folder.parent)[0].is_ended


def test_the_index_is_left_alone_when_told_so(killed_run):
    assert not (killed_run[1].parent / "index.html").exists()


def test_two_runs_within_one_second_have_their_own_folders(plan_of, tmp_path):
    plan, out = plan_of(tmp_path, {"a": "x"}), tmp_path / "reports"
    (out / "20260102T040000Z").mkdir(parents=True)

    assert run_plan(plan, out=out, index=False, now=lambda: NIGHT).folder.name == "20260102T040001Z"


def test_notebooks_can_run_in_other_processes(plan_of, tmp_path):
    plan = plan_of(tmp_path, {"a": "x"})
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        done = run_plan(plan, out=tmp_path / "reports", index=False, executor=pool)

    assert state_of(done) == {"a": "good"}


def test_a_pool_that_takes_nothing_more_fails_each_report_and_the_run_still_ends(plan_of, tmp_path):
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    done = run_plan(
        plan_of(tmp_path, {"a": "x", "b": "x"}), out=tmp_path / "reports", index=False, executor=pool
    )

    assert state_of(done) == {"a": "failed", "b": "failed"}
    assert runs(tmp_path / "reports")[0].is_ended


def test_ctrl_c_ends_the_kernels_and_leaves_a_ledger_to_resume(plan_of, tmp_path):
    plan = plan_of(tmp_path, {"quick": "x", "slow": "import time; time.sleep(60)"})

    def interrupt(line):
        if line["event"] == "job ended":
            raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_plan(plan, out=tmp_path / "reports", jobs=2, report_progress=interrupt)
    (run,) = runs(tmp_path / "reports")
    assert (run.unfinished, run.is_ended) == (("slow",), False)
    assert time.monotonic() - started < 30


def test_accounts_without_an_order_are_no_fault_but_left_to_the_report(plan_of, tmp_path):
    (tmp_path / "accounts.csv").write_text("account_id,industry\nA,Food\nB,Pharma\n")
    lines = "order_id,line_no,account_id,ordered_at,net_amount\n1,1,A,2013-11-01,5\n2,1,B,2013-11-30,5\n"
    (tmp_path / "order_lines.csv").write_text(lines)
    code = "from kamlib.data.sources import open_source\nopen_source(source, as_of=as_of, industry=industry)"
    plan = plan_of(tmp_path, {"a": code}, parameters=SOURCED + "\nindustry: list[str] = []")

    given = ["as_of=2013-11-15", 'industry=["Pharma"]']
    done = run_plan(plan, out=tmp_path / "reports", source=str(tmp_path), params=given, index=False)
    assert (state_of(done), done.exit_code) == ({"a": "cannot tell"}, 0)


def test_the_ledger_is_one_json_object_a_line(batch):
    lines = (batch[0].folder / LEDGER_NAME).read_text().splitlines()

    assert [json.loads(line) for line in lines] == batch[2]


def test_a_finding_that_is_no_number_harms_only_its_own_report(plan_of, tmp_path):
    odd = (
        "from IPython.display import display\n"
        'display({"application/vnd.kamlib.finding+json": {"key": "x", "number": float("nan")}}, raw=True)'
    )
    done = run_plan(plan_of(tmp_path, {"odd": odd, "sound": "x"}), out=tmp_path / "reports")

    assert state_of(done)["sound"] == "good"
    assert state_of(done)["odd"] == "good"
    assert done.index.is_file()


def test_whoever_looks_on_and_is_gone_harms_nothing(plan_of, tmp_path):
    def gone(line):
        raise BrokenPipeError

    done = run_plan(plan_of(tmp_path, {"a": "x"}), out=tmp_path / "reports", report_progress=gone)

    assert (state_of(done), done.exit_code) == ({"a": "good"}, 0)
    assert runs(tmp_path / "reports")[0].is_ended


def test_a_look_back_does_not_become_the_report_that_is_shown(plan_of, tmp_path):
    plan, out = plan_of(tmp_path, {"a": "x", "b": "x"}), tmp_path / "reports"
    run_plan(plan, out=out, now=lambda: NIGHT)
    run_plan(plan, out=out, index=False, only="a", now=lambda: NIGHT.replace(hour=5))
    run_plan(plan, out=out, only="b", now=lambda: NIGHT.replace(hour=6))

    assert {name: one.good.run for name, one in last_good(out).items()} == {
        "a": "20260102T040000Z",
        "b": "20260102T060000Z",
    }
    assert [run.is_full for run in runs(out)] == [False, False, True]


def test_a_resume_with_nothing_unfinished_says_so_in_its_first_line(plan_of, tmp_path):
    lines = []
    run_plan(
        plan_of(tmp_path, {"a": "x"}), out=tmp_path / "reports", resume=True, report_progress=lines.append
    )

    assert lines[0]["note"] == "nothing was unfinished: this is a new run"
