"""README and docs say what is true: paths, commands, code, terms, decisions."""

import importlib
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import data_page
import notebook_outputs
import pytest

from kamlib.cli import main
from kamlib.data.contracts import CONTRACTS
from kamlib.data.needs import notebook_needs
from kamlib.publish.outputs import question
from kamlib.publish.plan import read_plan

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
GLOSSARY = ROOT / "docs" / "glossary.md"
PAGES = [
    README,
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "reports" / "README.md",
]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
PARTS = ["Definition", "Formula", "Unit", "Window", "Caveat", "In code"]
TERMS = {
    *("Account", "Key account", "Tier", "Order day", "Median gap", "Own rhythm", "This year and last year"),
    *("Top fifth", "Accounts for 80 %", "Gini", "HHI", "Effective accounts", "CR_n", "Cut-off", "AUC"),
    *("Lost (own_rhythm)", "Lost (silence)", "Lost (partial)", "Calibration", "Brier score", "Lift"),
    *("Revenue at risk", "Five levels", "Top-2", "Bottom-2", "Net", "Mean level", "Response rate"),
    *("Design weight", "Range", "Fact", "Estimate", "Forecast", "Too few to tell", "Kept table"),
    *("Finding", "Cannot tell", "Month that lacks order lines", "No contact for a year", "Stopped channel"),
    *("Records disagree", "Filled share", "Several numbers", "Told in part"),
}

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def text_of(page):
    return page.read_text(encoding="utf-8")


def commands():
    """Yield each `kam …` and `make …` that README and docs name, as words."""
    for page in PAGES:
        named = re.findall(r"`([^`\n]+)`", text_of(page)) + re.findall(
            r"^    +(.+)$", text_of(page), re.MULTILINE
        )
        for line in named:
            for said in re.split(r"\s&&\s|\s{2,}|\s#\s", line):
                words = shlex.split(said.replace("\\", "/"), posix=True) if said.count("'") % 2 == 0 else []
                if words and re.fullmatch(r"(\S*/)?(kam|make)", words[0]):
                    yield page.name, Path(words[0]).name, words[1:]


def entries():
    """Return the parts of each glossary entry, by its term."""
    found = re.split(
        r"^### (.+)$", re.sub(r"^## .*$", "", text_of(GLOSSARY), flags=re.MULTILINE), flags=re.MULTILINE
    )
    return dict(zip(found[1::2], found[2::2], strict=True))


@each_page
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)\)", text_of(page))

    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


@each_page
def test_every_path_it_names_is_there(page):
    rooms = r"(?:notebooks|kamlib|data|tests|docs|benchmarks)/[\w./-]*\w"
    named = {
        one
        for span in re.findall(r"`([^`\n]+)`", text_of(page))
        for one in re.findall(rf"(?<![\w./-]){rooms}", span)
    }

    assert [
        path for path in sorted(named) if not (ROOT / path).exists() and not path.startswith("notebooks/my")
    ] == []


def test_every_command_it_names_has_its_verb_and_options():
    for page, program, words in commands():
        if program == "make":
            assert not words or f"\n{words[0]}:" in text_of(ROOT / "Makefile"), (page, words)
            continue
        verb = main.commands.get(words[0]) if words and not words[0].startswith("-") else main
        assert verb is not None, (page, words)
        options = {name for one in verb.params if isinstance(one, click.Option) for name in one.opts} | {
            "--help"
        }
        assert {word for word in words if word.startswith("--")} <= options, (page, words)


def test_the_docs_name_commands_at_all():
    assert {words[0] for _, program, words in commands() if program == "kam" and words} >= {
        "run",
        "list",
        "check",
    }


def test_the_python_of_the_pages_runs(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    for page in PAGES:
        for code in re.findall(r"```python\n(.*?)```", text_of(page), re.DOTALL):
            exec(compile(code, page.name, "exec"), {})

    assert 0 < float(capsys.readouterr().out) < 1


def test_the_map_of_the_readme_is_the_tree():
    drawn = set(re.findall(r"^    (\w+)/ ", text_of(README), re.MULTILINE))
    there = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))}

    assert drawn == there - {"dist", "build"}


def test_the_readme_lists_the_reports_of_the_plan_with_their_questions():
    rows = re.findall(r"^\| \[([\w/]+)\]\(\S+\) \| (.+?) \| (.+?) \|$", text_of(README), re.MULTILINE)
    asked = {
        path: question(notebook_outputs.nbformat.read(path, 4)) for path in notebook_outputs.notebook_paths()
    }

    assert rows == [
        (one.name, asked[one.job.notebook], one.job.audience)
        for one in read_plan(ROOT / "notebooks/plan.toml")
    ]


def test_the_tables_of_the_data_page_are_those_of_the_contract():
    page = text_of(data_page.PAGE)

    made = data_page.data_page(page, CONTRACTS, notebook_needs(ROOT / "notebooks"))
    assert page == made, "run tests/tools/data_page.py"


def test_the_source_toml_of_the_data_page_opens(tmp_path):
    from kamlib.data.sources import open_source  # noqa: PLC0415 - slow, and only here

    toml = re.search(r"```toml\n(.*?)```", text_of(ROOT / "docs" / "data.md"), re.DOTALL)[1]
    (tmp_path / "export").mkdir()
    (tmp_path / "source.toml").write_text(toml, encoding="utf-8")
    rows = "Customer,Date,Net,Invoice,DocStatus\nCafé,11/30/2013,12.50,1,A\n10001,11/29/2013,5,2,A\n"
    (tmp_path / "export" / "sales_2013.csv").write_text(rows, encoding="cp1250")
    (tmp_path / "export" / "customers.csv").write_text("Customer,KTOKD\nCafé,KUNA\n10001,KUNA\n")
    (tmp_path / "account_merge.csv").write_text("account_id,into_account_id\n10003,10002\n")
    tables = open_source(str(tmp_path))

    assert (tables.as_of.isoformat(), tables.note["accounts"]) == ("2013-11-30", 1)


def test_the_glossary_holds_the_terms_that_pages_use():
    assert entries().keys() >= TERMS


@pytest.mark.parametrize("term", entries())
def test_a_term_has_its_definition_formula_unit_window_and_caveat(term):
    parts = re.findall(r"^- \*\*(.+?)\.\*\* (.+)$", entries()[term], re.MULTILINE)

    assert [part for part, _ in parts] == PARTS
    assert all(len(said) > 3 for _, said in parts)


@pytest.mark.parametrize("term", entries())
def test_the_code_that_a_term_names_is_there(term):
    for path in re.findall(r"`(kamlib\.[\w.]+)`", entries()[term]):
        module, _, name = path.rpartition(".")
        try:
            assert hasattr(importlib.import_module(module), name)
        except ModuleNotFoundError:
            importlib.import_module(path)


def test_decisions_are_numbered_without_a_gap():
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_says_question_decision_why_and_when_to_think_again(page):
    assert text_of(page).startswith(f"# {page.name[:4]} ")
    headings = re.findall(r"^## (.+)$", text_of(page), re.MULTILINE)
    assert headings == ["Question", "Decision", "Why", "When to think again"]


def test_every_decision_is_listed():
    listed = re.findall(r"\]\((\S+)\)", text_of(ROOT / "docs" / "decisions" / "README.md"))

    assert listed == [page.name for page in DECISIONS]


def test_the_changelog_names_the_numbers_that_changed():
    assert "### Numbers changed" in text_of(ROOT / "CHANGELOG.md")


@pytest.mark.parametrize(
    "room", ["churn", "lifetime", "pareto", "survey", "survey.estimator", "survey.sampling"]
)
def test_the_map_of_a_room_is_its_modules(room):
    package = importlib.import_module(f"kamlib.analysis.{room}")
    drawn = re.findall(r"^(\w+)\s{2,}\S", package.__doc__, re.MULTILINE)
    modules = {path.stem for path in Path(package.__path__[0]).glob("*.py")} - {"__init__"}

    assert set(drawn) - {"module"} == modules


def test_the_picture_of_the_readme_is_small():
    assert 10_000 < (ROOT / "docs" / "report.png").stat().st_size < 250_000


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash to read .ci/run with")
def test_the_ci_script_can_be_read_and_calls_the_readmes_test_command():
    assert subprocess.run(["bash", "-n", ".ci/run"], cwd=ROOT, check=False).returncode == 0
    assert "make test" in text_of(ROOT / ".ci" / "run")
    assert "    make test " in text_of(README)
