import base64
import io

import pandas as pd
import pytest

from kamlib import mime
from kamlib.data.keeping import keep, kept
from kamlib.errors import ParameterError
from kamlib.estimate import Unknown

SCORES = pd.DataFrame({"account_id": ["007", "A"], "probability": [0.25, 0.5]})


def test_a_kept_table_travels_in_the_cell_s_output_and_comes_back_equal():
    bundle = keep(SCORES, "churn_scores")._repr_mimebundle_()
    content = io.BytesIO(base64.b64decode(bundle[mime.TABLE]["parquet"]))

    assert bundle["text/plain"] == "Kept churn_scores: 2 rows."
    assert bundle[mime.TABLE]["name"] == "churn_scores"
    pd.testing.assert_frame_equal(pd.read_parquet(content), SCORES)


def test_keeping_writes_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    keep(SCORES, "churn_scores")

    assert list(tmp_path.iterdir()) == []


def test_equal_tables_are_kept_as_equal_bytes():
    assert keep(SCORES, "scores").parquet == keep(SCORES.copy(), "scores").parquet


@pytest.mark.parametrize("name", ["Churn scores", "../scores", "", "1st", "scores\n"])
def test_a_name_that_cannot_be_a_file_s_is_refused(name):
    with pytest.raises(ParameterError) as caught:
        keep(SCORES, name)

    assert str(caught.value) == f"keep: '{name}' is no table name: use lower-case letters, digits and _"


def test_a_table_of_an_earlier_report_is_read_from_the_run_s_folder(tmp_path):
    folder = tmp_path / "churn" / "churn_model.tables"
    folder.mkdir(parents=True)
    (folder / "churn_scores.parquet").write_bytes(keep(SCORES, "churn_scores").parquet)

    found = kept(str(tmp_path), "churn/churn_model", "churn_scores")
    pd.testing.assert_frame_equal(found, SCORES)


def test_without_a_run_s_folder_there_is_an_unknown_that_says_so():
    assert kept("", "churn/churn_model", "churn_scores") == Unknown(
        "The report churn/churn_model has not run before this one: give results, a run's folder.",
        "churn_scores",
    )


def test_a_table_that_was_not_left_is_an_unknown_that_says_so(tmp_path):
    assert kept(str(tmp_path), "churn/churn_model", "churn_scores") == Unknown(
        "The report churn/churn_model left no table churn_scores in this run.", "churn_scores"
    )


def test_why_there_is_no_table_is_handed_on():
    unknown = Unknown("Too few to tell.")

    assert keep(unknown, "lifetime_values") is unknown
