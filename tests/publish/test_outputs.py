import base64
import io

import nbformat
import pandas as pd
import pytest
from nbformat import v4

from kamlib import mime
from kamlib.data.keeping import keep
from kamlib.errors import KamError
from kamlib.publish.outputs import (
    findings,
    kept_tables,
    question,
    source_note,
    without_kept_tables,
)


def executed(*bundles):
    outputs = [
        nbformat.from_dict({"output_type": "display_data", "data": one, "metadata": {}}) for one in bundles
    ]
    cells = [v4.new_markdown_cell("Words.\n\n# Who buys?\n## More"), v4.new_code_cell("…", outputs=outputs)]
    return v4.new_notebook(cells=cells)


def kept(name, parquet=b"PAR1"):
    return {mime.TABLE: {"name": name, "parquet": base64.b64encode(parquet).decode()}}


def test_findings_come_in_the_order_of_the_cells_as_plain_dicts():
    found = findings(
        executed({mime.FINDING: {"key": "b"}}, {"text/plain": "no"}, {mime.FINDING: {"key": "a"}})
    )

    assert found == [{"key": "b"}, {"key": "a"}]
    assert type(found[0]) is dict


def test_the_question_is_the_first_heading_of_the_first_rank():
    assert question(executed()) == "Who buys?"


def test_a_notebook_without_a_heading_asks_nothing():
    assert question(v4.new_notebook(cells=[v4.new_code_cell("# a comment")])) == ""


def test_the_source_note_is_the_first_or_none():
    note = {mime.SOURCE: {"name": "sample"}}

    assert source_note(executed(note, {mime.SOURCE: {"name": "other"}})) == {"name": "sample"}
    assert source_note(executed()) is None


def test_kept_tables_are_bytes_by_name():
    assert kept_tables(executed(kept("scores", b"one"), kept("list_2", b"two"))) == {
        "scores": b"one",
        "list_2": b"two",
    }


def test_a_table_that_was_kept_comes_back():
    table = pd.DataFrame({"account_id": ["A"], "probability": [0.25]})
    tables = kept_tables(executed(keep(table, "scores")._repr_mimebundle_()))

    assert pd.read_parquet(io.BytesIO(tables["scores"])).equals(table)


def test_a_notebook_with_a_kept_table_is_a_valid_one():
    notebook = executed(keep(pd.DataFrame({"account_id": ["A"]}), "scores")._repr_mimebundle_())

    assert nbformat.validator.isvalid(notebook)


@pytest.mark.parametrize("name", ["../scores", "Scores", "a.b", "", 3])
def test_a_name_that_would_not_do_as_a_file_is_refused(name):
    with pytest.raises(KamError, match="use small letters, digits and _ only"):
        kept_tables(executed(kept(name)))


def test_two_kept_tables_of_one_name_are_refused():
    with pytest.raises(KamError, match="two kept tables are called 'scores'"):
        kept_tables(executed(kept("scores"), kept("scores")))


def test_damaged_bytes_are_refused():
    with pytest.raises(KamError, match="'scores' carries no Parquet"):
        kept_tables(executed({mime.TABLE: {"name": "scores", "parquet": "no base64!"}}))


def test_without_kept_tables_the_words_beside_them_stay():
    notebook = executed({"text/plain": "kept 3 rows"} | kept("scores"), kept("alone"))

    bare = without_kept_tables(notebook)
    assert [output.data for output in bare.cells[1].outputs] == [{"text/plain": "kept 3 rows"}]


def test_stripping_leaves_the_notebook_itself_as_it_was():
    notebook = executed(kept("scores"))
    without_kept_tables(notebook)

    assert list(kept_tables(notebook)) == ["scores"]
