"""What several test files share."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import v4


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


def _published_source(name: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(name)
    for file in _published_folder(name).iterdir():
        (folder / file.name).symlink_to(file)
    shutil.copy(Path(__file__).parent / "sources" / f"{name}.toml", folder / "source.toml")
    return folder


def _published_folder(name: str) -> Path:
    folder = Path(__file__).resolve().parents[2] / "shared" / "data" / name
    if not folder.is_dir():
        reason = f"the published data ../shared/data/{name} is not here"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    return folder
