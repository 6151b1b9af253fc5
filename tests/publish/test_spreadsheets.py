"""A kept table as a spreadsheet: no cell starts a formula, ids stay as they are."""

import io
import re
import zipfile

import nbformat
import openpyxl
import pandas as pd
import pytest
from nbformat import v4

from kamlib.data.keeping import keep
from kamlib.publish.execution import Executed
from kamlib.publish.files import clear_report, write_report
from kamlib.publish.plan import Job
from kamlib.publish.spreadsheets import harmless, spreadsheet_files

EVIL = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1",
    "  =cmd|' /C calc'!A0",
    "\uff1d1+1",
    "|calc",
    "a\x07b",
    "007",
    "Ärzte",
]
TABLE = pd.DataFrame({"=name": EVIL, "sales": [float(-n) for n in range(len(EVIL))]})


def files(table=TABLE):
    content = io.BytesIO()
    table.to_parquet(content, index=False)
    return spreadsheet_files(content.getvalue())


def test_no_text_of_the_csv_starts_a_formula():
    table = pd.read_csv(io.BytesIO(files()[".csv"]), dtype=str)

    names = [table.columns[0], *table.iloc[:, 0]]
    assert [name for name in names if name.lstrip()[0] in "=+-@|\uff1d"] == []


def test_no_cell_of_the_workbook_is_a_formula():
    sheet = openpyxl.load_workbook(io.BytesIO(files()[".xlsx"])).active
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}

    assert kinds == {"s", "n"}
    assert sheet["A2"].value == "'=1+1"


def test_numbers_stay_numbers_and_ids_text():
    table = pd.read_excel(io.BytesIO(files()[".xlsx"]), converters={0: str})

    assert table["sales"].tolist() == TABLE["sales"].tolist()
    assert "007" in table.iloc[:, 0].tolist()


def test_excel_reads_the_letters_of_the_csv():
    assert files()[".csv"].startswith(b"\xef\xbb\xbf")
    assert "Ärzte".encode() in files()[".csv"]


def test_equal_tables_give_equal_bytes_without_the_clock():
    stamped = zipfile.ZipFile(io.BytesIO(files()[".xlsx"])).read("docProps/core.xml")

    assert files() == files(TABLE.copy())
    assert b"2000-01-01T00:00:00Z" in stamped


@pytest.mark.parametrize("cell", ["A-1", "1=1", "", "Müller & Söhne", None, -5, 2.5])
def test_what_starts_no_formula_stays_as_it_is(cell):
    assert harmless(cell) == cell


@pytest.fixture
def folder(tmp_path):
    """Return a run's folder with a report that kept a list for people and scores for other reports."""
    kept = [keep(TABLE, "call_list", spreadsheet=True), keep(TABLE, "scores")]
    said = [{"output_type": "display_data", "data": one._repr_mimebundle_(), "metadata": {}} for one in kept]
    cells = [v4.new_markdown_cell("# Who?"), v4.new_code_cell("…", outputs=nbformat.from_dict(said))]
    job = Job("survey/list", tmp_path / "list.ipynb", {})
    write_report(tmp_path, job, Executed(v4.new_notebook(cells=cells), "good", "", 0.0))
    return tmp_path


def test_a_list_for_people_lies_beside_the_page_as_a_spreadsheet_too(folder):
    written = sorted(path.name for path in (folder / "survey/list.tables").iterdir())

    assert written == ["call_list.csv", "call_list.parquet", "call_list.xlsx", "scores.parquet"]


def test_the_page_links_the_lists_for_people_and_no_other(folder):
    links = re.findall(r'href="(list\.tables/[^"]+)"', (folder / "survey/list.html").read_text())

    assert links == ["list.tables/call_list.xlsx", "list.tables/call_list.csv"]
    assert all((folder / "survey" / link).is_file() for link in links)


def test_the_kept_table_itself_stays_as_it_was(folder):
    table = pd.read_parquet(folder / "survey/list.tables/call_list.parquet")

    pd.testing.assert_frame_equal(table, TABLE)


def test_a_killed_run_s_spreadsheets_are_cleared_away(folder):
    clear_report(folder, "survey/list")

    assert not (folder / "survey/list.tables").exists()
