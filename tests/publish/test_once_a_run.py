"""What one report works out, the others of its run find; after the run it is gone."""

import pytest
from nbformat import read

from kamlib.errors import ContractError
from kamlib.publish.runner import run_plan

ASKS = """from kamlib.data.cache import once_said
import os
print(once_said("who", lambda: {"process": os.getpid(), "folder": os.environ["KAM_RUN_CACHE"]}))"""
BROKEN = "account_id,ordered_at,net_amount\n,2024-01-01,5\n"
EXAMINES = "from kamlib.data.examining import examined_source\nprint(len(examined_source(source).breaches))"


@pytest.fixture
def printed(written_notebook, tmp_path):
    """Return what runs notebooks of one cell each, and gives what they printed."""

    def run(cells, more="", **options):
        for name, code in cells.items():
            written_notebook(tmp_path / f"{name}.ipynb", code, parameters='source: str = "."  # source')
        plan = tmp_path / "plan.toml"
        plan.write_text("".join(f'[[report]]\nnotebook = "{name}.ipynb"\n{more}\n' for name in cells))
        done = run_plan(plan, out=tmp_path / "reports", **options)
        return [read(done.folder / f"{name}.ipynb", 4).cells[-1].outputs[0].text for name in cells]

    return run


@pytest.fixture
def shop(tmp_path):
    """Return a folder with a good source."""
    (tmp_path / "order_lines.csv").write_text("account_id,ordered_at,net_amount\nA,2024-01-01,5\n")
    return str(tmp_path)


def test_the_kernels_of_a_run_share_what_one_has_worked_out(printed, shop):
    first, second = printed({"a": ASKS, "b": ASKS}, source=shop)

    assert first == second


def test_another_run_works_it_out_anew(printed, shop):
    assert printed({"a": ASKS}, source=shop) != printed({"a": ASKS}, source=shop)


def test_a_report_that_examines_its_source_runs_on_a_broken_one(printed, tmp_path):
    (tmp_path / "order_lines.csv").write_text(BROKEN)

    assert printed({"check": EXAMINES}, "examines_source = true", source=str(tmp_path)) == ["1\n"]


def test_any_other_report_does_not(printed, tmp_path):
    (tmp_path / "order_lines.csv").write_text(BROKEN)
    with pytest.raises(ContractError):
        printed({"a": ASKS}, source=str(tmp_path))

    assert not (tmp_path / "reports").exists()
