import os
import subprocess
import sys
import time
from inspect import signature

import pytest
from click.testing import CliRunner
from filelock import FileLock

from kamlib import __version__
from kamlib.cli import main
from kamlib.data.sample import write_sample
from kamlib.publish.ledger import runs


@pytest.fixture
def kam(tmp_path, monkeypatch):
    """Return what types a command in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(main, words)


@pytest.fixture
def plan(tmp_path, written_notebook):
    written_notebook(
        tmp_path / "notebooks" / "pareto" / "curve.ipynb", "1 / (x - 3)", parameters="x: int = 1  # a part"
    )
    (tmp_path / "notebooks" / "plan.toml").write_text('[[report]]\nnotebook = "pareto/curve.ipynb"\n')


def test_a_good_run_ends_with_the_index(kam, plan):
    done = kam("run", "--jobs", "1")

    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].startswith("good  pareto/curve  ")
    assert lines[-1] == "reports/index.html"


def test_a_failed_report_is_told_with_its_error_and_exit_code_1(kam, plan):
    done = kam("run", "--param", "x=3", "--no-index")

    assert done.exit_code == 1
    assert "ZeroDivisionError: division by zero in cell 3" in done.stdout
    # Progress is plain lines where there is no terminal.
    assert done.stderr.splitlines()[0] == "started pareto/curve"
    assert done.stderr.splitlines()[1].startswith("failed: pareto/curve, ")


def test_a_dry_run_shows_order_and_values(kam, plan):
    assert kam("run", "--dry-run", "--param", "x=5").stdout == "1. pareto/curve\n     x = 5\n"


def test_a_fault_is_told_in_its_own_words_with_exit_code_2(kam, plan):
    done = kam("run", "--param", "y=5")

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "the chosen reports have no parameter 'y'\n"


def test_a_held_reports_folder_is_exit_code_3(kam, plan, tmp_path):
    (tmp_path / "reports").mkdir()
    with FileLock(tmp_path / "reports" / ".lock"):
        done = kam("run")

    assert done.exit_code == 3
    assert "another run holds reports/.lock" in done.stderr


@pytest.mark.parametrize("command", ["run", "list"])
def test_outside_the_project_the_way_to_a_plan_is_told(kam, command):
    done = kam(command)

    assert (done.exit_code, done.stderr) == (
        2,
        "there is no notebooks/plan.toml here: change to the project's folder, "
        f"or name a plan: kam {command} PLAN\n",
    )


def test_a_plan_that_is_named_and_not_there_is_exit_code_2(kam):
    done = kam("run", "my.toml")

    assert (done.exit_code, done.stderr) == (
        2,
        "the plan my.toml cannot be read: No such file or directory\n",
    )


def test_run_says_what_a_source_may_be(kam):
    assert "Folder, source.toml, DuckDB file or database, for all." in kam("run", "--help").stdout


def test_sample_help_shows_the_defaults_of_the_library(kam):
    options = {one.name: one.default for one in main.commands["sample"].params}
    wanted = {name: one.default for name, one in signature(write_sample).parameters.items()}
    said = " ".join(kam("sample", "--help").stdout.split())

    assert all(options[name] == wanted[name] for name in ("accounts", "years", "seed"))
    shown = ("(320, or one for each 500 lines)", "4", "(as many as such a company has)", "1")
    assert all(f"default: {default}" in said for default in shown)


@pytest.mark.parametrize(
    "words", [("--accounts", "19"), ("--years", "21"), ("--lines", "3"), ("--seed", "-1")]
)
def test_sample_refuses_a_number_out_of_range_before_it_writes(kam, tmp_path, words):
    done = kam("sample", "shop", *words)

    assert (done.exit_code, (tmp_path / "shop").exists()) == (2, False)
    assert "is not in the range" in done.stderr


def test_sample_leaves_files_of_others_alone(kam, tmp_path):
    (tmp_path / "order_lines.csv").write_text("mine")
    done = kam("sample", ".", "--accounts", "20", "--years", "2")

    assert done.exit_code == 2
    assert "give an empty or a new folder" in done.stderr
    assert (tmp_path / "order_lines.csv").read_text() == "mine"


def test_list_shows_each_parameter_with_type_default_and_help(kam, plan):
    assert kam("list").stdout == "pareto/curve\n  x  int  1  a part\n"


def test_check_says_what_a_source_holds(kam, tmp_path):
    lines = "order_id,line_no,account_id,ordered_at,net_amount\n1,1,A,2013-11-01,5\n"
    (tmp_path / "order_lines.csv").write_text(lines)

    done = kam("check", str(tmp_path))
    assert done.exit_code == 0
    assert "order_lines" in done.stdout


def test_check_refuses_a_broken_table_with_exit_code_2(kam, tmp_path):
    (tmp_path / "order_lines.csv").write_text("account_id,ordered_at\nA,2013-11-01\n")

    done = kam("check", str(tmp_path))
    assert done.exit_code == 2
    assert "order_lines breaks its contract:" in done.stderr


def test_version_is_the_package_s(kam):
    assert kam("--version").stdout == f"kam, version {__version__}\n"


def test_help_loads_no_heavy_package():
    code = "import sys, kamlib.cli; print({'pandas', 'papermill', 'nbformat', 'rich'} & set(sys.modules))"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
def test_a_scheduler_that_ends_kam_leaves_a_run_to_resume(plan, tmp_path, written_notebook):
    code = "import os, pathlib, time\npathlib.Path('pid').write_text(str(os.getpid()))\ntime.sleep(60)"
    folder = written_notebook(tmp_path / "notebooks" / "pareto" / "curve.ipynb", code).parent
    kam = subprocess.Popen(
        [sys.executable, "-m", "kamlib.cli", "run"], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    while not (folder / "pid").exists() and kam.poll() is None:
        time.sleep(0.1)
    kam.terminate()
    said = kam.communicate(timeout=30)[1]

    assert (kam.returncode, said.splitlines()[-1]) == (130, "stopped; `--resume` goes on from here")
    assert runs(tmp_path / "reports")[0].unfinished == ("pareto/curve",)
    with pytest.raises(ProcessLookupError):
        os.kill(int((folder / "pid").read_text()), 0)
