"""A table that a page can do without is passed over with a reason."""

import pytest

from kamlib.data.readable import readable
from kamlib.data.sources import open_source
from kamlib.estimate import Unknown


@pytest.fixture
def folder(tmp_path):
    lines = "order_id,line_no,account_id,ordered_at,net_amount\n1,1,a,2024-01-01,5\n"
    (tmp_path / "order_lines.csv").write_text(lines)
    return tmp_path


def managers(folder, text):
    (folder / "managers.csv").write_text(text)
    return readable(open_source(str(folder)), "managers")


def test_a_good_table_is_returned(folder):
    assert managers(folder, "manager_id,level\nm,kam\n")["manager_id"].tolist() == ["m"]


def test_a_missing_table_is_a_reason(folder):
    said = readable(open_source(str(folder)), "managers")

    assert isinstance(said, Unknown)
    assert said.reason.startswith("There is no list of account managers in")


def test_a_broken_table_is_a_reason_and_not_a_fault(folder):
    said = managers(folder, "manager_id,level\nm,emperor\n")

    assert said.reason.endswith("breaks its rules, so it is not used here.")


def test_a_table_without_its_columns_is_a_reason_and_not_a_fault(folder):
    assert isinstance(managers(folder, "boss,level\nm,kam\n"), Unknown)
