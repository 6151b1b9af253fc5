"""The pages of a small company's anonymous survey say what can be told, each thing once, and name nobody."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[1]
PAGES = ["drivers", "sample_design", "summary"]


def kam(*words):
    called = [sys.executable, "-m", "kamlib.cli", *map(str, words)]
    return subprocess.run(called, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small") / "source"
    assert kam("sample", folder, "--accounts", 20).returncode == 0
    waves = pd.read_csv(folder / "survey_waves.csv").assign(confidentiality="anonymous")
    waves.to_csv(folder / "survey_waves.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def pages(source):
    done = kam("run", "--only", "survey/*", "--source", source, "--out", source.parent / "out")
    assert done.returncode == 0, done.stdout + done.stderr
    return {path.stem: path for path in source.parent.glob("out/2*/survey/*.html")}


def sentences(page):
    """Return what stands on a page outside its tables and its settings."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    for part in soup(["head", "style", "svg", "nav", "details", "table"]):
        part.decompose()
    text = [re.sub(r"\s+", " ", one.get_text(" ")) for one in soup(["p", "h1", "h2"])]
    return [one for piece in text for one in re.split(r"(?<=[.!?]) ", piece) if len(one) > 30]


def test_each_question_has_its_page(pages):
    assert sorted(pages) == PAGES


@pytest.mark.parametrize("name", PAGES)
def test_no_sentence_stands_on_a_page_twice(pages, name):
    said = Counter(sentences(pages[name]))

    assert len(said) > 10
    assert [one for one, count in said.items() if count > 1] == []


@pytest.mark.parametrize("name", ["drivers", "summary"])
def test_no_account_contact_or_manager_is_named(pages, source, name):
    known = [
        pd.read_csv(source / f"{table}.csv", dtype=str) for table in ("accounts", "contacts", "managers")
    ]
    names = pd.concat(
        [table[column] for table in known for column in table if re.search("^name|_id$", column)]
    )
    files = [
        pages[name],
        pages[name].with_suffix(".ipynb"),
        *pages[name].with_suffix(".tables").glob("*.csv"),
    ]
    text = "".join(file.read_text(encoding="utf-8") for file in files)

    assert len(names) > 100
    assert [one for one in names.dropna().unique() if one in text] == []
