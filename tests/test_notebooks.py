"""Every notebook is well formed, clean, and runs: through papermill as it is, and through the batch."""

import ast
import html
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import notebook_outputs
import pytest

from kamlib.publish.parameters import notebook_parameters
from kamlib.publish.plan import read_plan

ROOT = Path(__file__).resolve().parents[1]
PLAN = ROOT / "notebooks" / "plan.toml"
PATHS = notebook_outputs.notebook_paths()
NAMES = [path.relative_to(ROOT / "notebooks").with_suffix("").as_posix() for path in PATHS]
SHARED = {
    "source": ("str", "../../data/sample"),
    "as_of": ("str", "latest"),
    "industry": ("list[str]", []),
    "region": ("list[str]", []),
    "manager": ("list[str]", []),
    "results": ("str", ""),
}
TAGS = {"parameters", "analyst", notebook_outputs.CHECKED}
TELLING = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.For, ast.While, ast.Try, ast.If, ast.With),
)
LONGEST_CELL = 14
FOR_ANALYSTS = re.compile(
    r"(?<!\w)(gini|hhi|cr_\d|lorenz|kappa|jaccard|markov|pvm|rfm|auc|brier|ece|lift|empc|mpc|p\(alive\)|bg/nbd|pareto/nbd|"
    r"nrr|grr|churn|cohort|quantile|median|variance|regression|boosting|kaplan|hazard|clv|seed|bootstrap\w*|"
    r"wilson|holm|newcombe|kish|raking|raked|stratum|strata|neyman|aapor|rr[13]|p-value|"
    r"significan\w*|confidence|95%|standard error|as_of)(?!\w)",
    re.IGNORECASE,
)
"""What no first screen says: the glossary joins the manager's words to these."""

each_notebook = pytest.mark.parametrize("path", PATHS, ids=NAMES)


def cells(path, kind=""):
    notebook = nbformat.read(path, as_version=4)
    return [cell for cell in notebook.cells if kind in ("", cell.cell_type)]


def tags(cell):
    return set(cell.metadata.get("tags", []))


def test_there_are_notebooks():
    assert "pareto/concentration" in NAMES


@each_notebook
def test_it_opens_with_its_question_and_for_whom_it_is(path):
    question, whom = cells(path)[0].source.split("\n\n", 1)

    assert re.fullmatch(r"# .+\?", question)
    assert whom.startswith("For ")


@each_notebook
def test_its_second_cell_states_the_parameters(path):
    assert [n for n, cell in enumerate(cells(path)) if "parameters" in tags(cell)] == [1]


@each_notebook
def test_each_parameter_says_what_it_means_in_words_that_papermill_can_read(path):
    # papermill's own inspector takes what follows the last `=` of a line, comments included, for the value.
    for parameter in notebook_parameters(path):
        assert parameter.help, f"{parameter.name} has no comment"
        assert "=" not in parameter.help, parameter.name


@each_notebook
def test_shared_names_mean_the_same_everywhere(path):
    stated = {one.name: (one.annotation, one.default) for one in notebook_parameters(path)}

    assert {name: stated[name] for name in SHARED if name in stated} == SHARED


def test_the_help_of_a_shared_name_is_the_same_everywhere():
    said = {(one.name, one.help) for path in PATHS for one in notebook_parameters(path) if one.name in SHARED}

    assert len(said) == len(SHARED)


@each_notebook
def test_it_tells_and_does_not_program(path):
    bodies = [ast.parse(cell.source) for cell in cells(path, "code")]
    found = [type(node).__name__ for body in bodies for node in ast.walk(body) if isinstance(node, TELLING)]

    assert found == []


@each_notebook
def test_its_cells_are_short(path):
    told = [cell for cell in cells(path, "code") if not is_imports(cell) and "parameters" not in tags(cell)]

    assert max(len(cell.source.splitlines()) for cell in told) <= LONGEST_CELL


def is_imports(cell):
    return all(isinstance(line, ast.Import | ast.ImportFrom) for line in ast.parse(cell.source).body)


@each_notebook
def test_it_imports_kamlib_and_the_standard_library_only(path):
    nodes = [node for cell in cells(path, "code") for node in ast.walk(ast.parse(cell.source))]
    modules = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    strangers = {name for name in modules if name.split(".")[0] not in sys.stdlib_module_names}

    assert [name for name in sorted(strangers) if not name.startswith("kamlib.")] == []
    assert [name for name in sorted(strangers) if name.startswith(("kamlib.publish", "kamlib.cli"))] == []


@each_notebook
def test_it_has_two_cells_of_words_for_three_of_code_or_more(path):
    assert len(cells(path, "markdown")) >= 2 / 3 * len(cells(path, "code"))


@each_notebook
def test_its_last_words_say_what_it_does_not_say(path):
    words = [cell.source for cell in cells(path, "markdown") if "analyst" not in tags(cell)]

    assert words[-1].startswith("## What this does not say\n\n")


@each_notebook
def test_it_ends_with_the_figures_that_tests_compare(path):
    assert tags(cells(path)[-1]) == {notebook_outputs.CHECKED}


@each_notebook
def test_its_tags_are_known(path):
    assert set().union(*map(tags, cells(path))) <= TAGS


@each_notebook
def test_it_is_committed_clean(path):
    before = path.read_text(encoding="utf-8")
    after = nbformat.writes(notebook_outputs.cleaned(nbformat.reads(before, as_version=4)), indent=1) + "\n"

    assert json.loads(before) == json.loads(after), "run tests/tools/notebook_outputs.py clean"


@each_notebook
def test_the_figures_that_tests_compare_are_committed_with_it(path):
    # nbval compares no cell without a count, so an empty one would pass whatever it printed.
    for cell in cells(path, "code"):
        if notebook_outputs.CHECKED in tags(cell):
            assert cell.execution_count, "run tests/tools/notebook_outputs.py refresh"
            assert [output.output_type for output in cell.outputs] == ["stream"]


def test_the_plan_runs_every_notebook():
    assert sorted(report.job.notebook.resolve() for report in read_plan(PLAN)) == PATHS


def test_every_report_of_the_plan_says_for_whom_it_is():
    assert [entry for entry in tomllib.loads(PLAN.read_text())["report"] if not entry.get("audience")] == []


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=[] if path.stem == "concentration" else pytest.mark.slow) for path in PATHS],
    ids=NAMES,
)
def test_it_runs_with_plain_papermill_from_the_project_folder(path, tmp_path):
    words = ["-p", "as_of", "2025-06-30", "--no-progress-bar"]
    command = [sys.executable, "-m", "papermill", path.relative_to(ROOT), tmp_path / "out.ipynb", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr[-2000:]
    text = (tmp_path / "out.ipynb").read_text()
    assert "30 Jun 2025" in text or "2025-06-30" in text.split("injected-parameters")[-1]


@pytest.mark.slow
def test_the_batch_ends_good_with_the_index(site_run):
    assert site_run["exit_code"] == 0, site_run["said"]
    assert site_run["stdout"].splitlines()[-1].endswith("index.html")


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_index_links_the_report(site, name):
    assert f"/{name}.html" in (site / "index.html").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_batch_leaves_a_page_and_the_executed_notebook(site, name):
    assert len(list(site.glob(f"*/{name}.html"))) == 1
    assert len(list(site.glob(f"*/{name}.ipynb"))) == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_first_screen_of_a_page_speaks_the_managers_language(site, name):
    page = next(site.glob(f"*/{name}.html")).read_text()
    first_screen = re.search(r"<main.*?(?=<h2)", page, re.DOTALL)[0]
    said = html.unescape(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", first_screen, flags=re.DOTALL))

    assert FOR_ANALYSTS.findall(said) == []


def test_the_rule_would_see_an_analysts_word():
    assert FOR_ANALYSTS.findall("Gini .46, AUC .94 and P(alive)") == ["Gini", "AUC", "P(alive)"]
