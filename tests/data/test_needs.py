"""What a notebook asks for is read from its code."""

from pathlib import Path

import pytest

from kamlib.data.needs import COLUMNS_THAT_COUNT, notebook_columns, notebook_needs

ROOT = Path(__file__).resolve().parents[2]
CODE = (
    "tables = open_source(source)\nbought = account_table(tables.order_lines)\nnames = tables['accounts']",
    "gross_profit(bought)\nowned = with_owner(tables.optional('managers'))\n"
    "asked = tables.require('exits', 'wallet')",
)


@pytest.fixture
def folder(written_notebook, tmp_path):
    written_notebook(tmp_path / "loss" / "why.ipynb", *CODE)
    written_notebook(tmp_path / "my" / "why.ipynb", *CODE)
    (tmp_path / "plan.toml").touch()
    return tmp_path


def test_tables_are_read_from_the_code_in_its_order(folder):
    needs = notebook_needs(folder)

    assert set(needs["report"]) == {"loss/why"}
    assert list(zip(needs["table"], needs["need"], strict=True)) == [
        ("order_lines", "required"),
        ("accounts", "optional"),
        ("managers", "optional"),
        ("exits", "required"),
        ("wallet", "required"),
    ]


def test_a_table_asked_for_in_both_ways_is_required(written_notebook, tmp_path):
    written_notebook(tmp_path / "a" / "b.ipynb", "tables.optional('exits')", "tables['exits']")
    (tmp_path / "plan.toml").touch()

    assert notebook_needs(tmp_path).to_numpy().tolist() == [["a/b", "exits", "required"]]


def test_a_column_counts_where_the_code_uses_what_it_gives(folder):
    assert notebook_columns(folder).to_numpy().tolist() == [
        ["loss/why", "order_lines", "cost_amount", "without cost, no profit"]
    ]


def test_the_survey_is_required_by_its_own_report():
    needs = notebook_needs(ROOT / "notebooks").query("report == 'survey/summary' and need == 'required'")

    assert "survey_responses" in set(needs["table"])


def test_every_column_that_counts_is_used_by_some_notebook():
    used = notebook_columns(ROOT / "notebooks")

    assert {(table, column) for table, column, *_ in COLUMNS_THAT_COUNT} == set(
        zip(used["table"], used["column"], strict=True)
    )


def test_two_levels_up_is_also_found_from_the_project_folder(monkeypatch):
    monkeypatch.chdir(ROOT)

    assert "pareto/concentration" in set(notebook_needs(Path(".."))["report"])
