"""What several test files share."""

import importlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from filelock import FileLock
from hypothesis import settings
from nbformat import v4

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile("kam", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("kam")


@pytest.fixture(scope="session")
def written_notebook() -> Callable[..., Path]:
    """Return what writes a tiny notebook: a question, a parameters cell and cells of code."""

    def write(path: Path, *code: str, parameters: str = "x: int = 1  # a number") -> Path:
        question = v4.new_markdown_cell("# Who buys?\nFor whoever asks.")
        stated = v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
        cells = [question, stated, *(v4.new_code_cell(text) for text in code)]
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(v4.new_notebook(cells=cells), path)
        return path

    return write


@pytest.fixture(scope="session")
def adventureworks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that opens as a source: AdventureWorks' resellers."""
    return _published_source("adventureworks", tmp_path_factory)


@pytest.fixture(scope="session")
def cdnow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that opens as a source: CDNOW's customers."""
    return _published_source("cdnow", tmp_path_factory)


@pytest.fixture(scope="session")
def telco() -> Path:
    """Return the folder of IBM's Telco file: one row per customer, so no source."""
    return _published_folder("telco")


@pytest.fixture(scope="session")
def site_run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return how the batch of all reports over the sample ended: it runs once, for all workers."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    told = shared / "site.json"
    with FileLock(shared / "site.lock"):
        if not told.is_file():
            kam = [sys.executable, "-m", "kamlib.cli", "run", "--jobs", "2", "--out", str(shared / "site")]
            done = subprocess.run(kam, cwd=ROOT, capture_output=True, text=True, check=False)
            said = {"exit_code": done.returncode, "said": done.stdout + done.stderr}
            told.write_text(json.dumps(said | {"out": str(shared / "site"), "stdout": done.stdout}))
    return dict(json.loads(told.read_text()))


@pytest.fixture(scope="session")
def site(site_run: dict[str, Any]) -> Path:
    """Return the reports folder of that batch: index.html, and the pages of one run."""
    return Path(site_run["out"])


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """Return a Spark session of two threads in this process."""
    missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    if not importlib.util.find_spec("pyspark"):
        missing("PySpark is not installed: make spark")
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        missing("Spark needs Java 17 or later, and there is none: apt-get install openjdk-17-jre-headless")
    options = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": tempfile.gettempdir(),
    }
    builder = importlib.import_module("pyspark.sql").SparkSession.builder
    session = builder.master("local[2]").config(map=options).getOrCreate()
    yield session
    session.stop()


def _published_source(name: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(name)
    for file in _published_folder(name).iterdir():
        (folder / file.name).symlink_to(file)
    shutil.copy(Path(__file__).parent / "sources" / f"{name}.toml", folder / "source.toml")
    return folder


def _published_folder(name: str) -> Path:
    folder = ROOT.parent / "shared" / "data" / name
    if not folder.is_dir():
        reason = f"the published data ../shared/data/{name} is not here"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    return folder
