"""What the house stands on: environment, lock, pins, and the verbs of the Makefile."""

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import environment_file
import pytest

import kamlib

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads(PYPROJECT)["project"]
STATED = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
FIXED = {"jupyterlab", "pandas", "scikit-learn", "matplotlib", "seaborn", "papermill", "nbval"}
CALLED_BY_NAME = {"openpyxl", "ipykernel", "jupyterlab"}
"""Dependencies that no module imports: pandas and the notebooks ask for them by name, or people do."""
EXTRAS = {re.split(r"[^a-z0-9]", line)[0] for line in PROJECT["optional-dependencies"]["spark"]}
"""Packages imported only where a source asks for them: they may be absent."""


def locked():
    """Return the version of each package in the lock, by its name."""
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", LOCK, re.MULTILINE))


def imported_packages():
    """Return the distributions that kamlib imports, but for those of its extras: they may be absent."""
    found = set()
    for path in (ROOT / "kamlib").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            if isinstance(node, ast.ImportFrom):
                found.add(str(node.module).split(".")[0])
    strangers = found - sys.stdlib_module_names - {"kamlib", *EXTRAS}
    providers = importlib.metadata.packages_distributions()
    return {providers[name][0].lower().replace("_", "-") for name in strangers}


def test_environment_yml_says_what_pyproject_says():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")

    assert text == environment_file.environment_yml(PYPROJECT), "run tests/tools/environment_file.py"


def test_the_packages_people_count_on_are_there():
    assert {environment_file.name_of(line) for line in STATED} >= FIXED


def test_each_dependency_says_what_it_is_for():
    lines = [line for line in PYPROJECT.splitlines() if re.match(r'  "[a-z0-9-]+[<>=]', line)]

    assert len(lines) == len(STATED)
    assert [line for line in lines if not re.search(r",\s*# .{5,}", line)] == []


def test_each_dependency_has_a_lower_bound():
    assert [line for line in STATED if ">=" not in line] == []


def test_kamlib_imports_what_it_states_and_states_what_it_imports():
    stated = {environment_file.name_of(line) for line in PROJECT["dependencies"]}

    assert imported_packages() == stated - CALLED_BY_NAME


def test_the_lock_holds_every_dependency_within_its_bounds():
    versions = locked()

    for line in STATED:
        name, _, bounds = line.partition(">=")
        least, _, below = bounds.partition(",<")
        assert number(versions[name]) >= number(least), name
        assert not below or number(versions[name]) < number(below), name


def number(version):
    return [int(part) for part in re.findall(r"\d+", version)]


def test_the_lock_holds_a_hash_for_every_package():
    packages = re.split(r"^(?=[a-z0-9-]+==)", LOCK, flags=re.MULTILINE)[1:]

    assert len(packages) > 100
    assert [package.split()[0] for package in packages if "--hash=sha256:" not in package] == []


def test_the_lock_holds_no_address():
    assert re.findall(r"\w+://\S+|--(?:extra-)?index-url|--find-links|(?:^|\s)/\S+", LOCK) == []


def test_the_version_is_stated_once_for_people_and_once_for_packages():
    assert PROJECT["version"] == kamlib.__version__


def test_only_python_that_the_project_runs_on_is_asked_for():
    assert PROJECT["requires-python"] == ">=3.11"


@pytest.mark.parametrize("verb", ["setup", "reports", "test", "lab", "bench", "clean"])
def test_make_knows_the_verb(verb):
    done = subprocess.run(["make", "-n", verb], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_no_committed_file_names_a_place_on_a_machine():
    git = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
    listed = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git clone, so what is committed cannot be told")
    names = [name for name in listed.stdout.split("\0") if name and not name.endswith((".png", ".lock"))]
    places = re.compile(rb"/(?:wor[k]|roo[t]|home/\w+|Users/\w+)/")  # in bytes: some are broken on purpose
    told = [name for name in names if (ROOT / name).is_file() and places.search((ROOT / name).read_bytes())]

    assert told == []
