import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

from kamlib import mime
from kamlib.publish.execution import executed_notebook
from kamlib.publish.outputs import findings
from kamlib.publish.plan import Job

NOTEBOOKS = {
    "good": (
        "import os, matplotlib; from matplotlib import pyplot",
        "print(x, os.environ['OMP_NUM_THREADS'])",
        "pyplot.plot([1, x])",
    ),
    "raising": ("print('before')", "int('three')", "print('after')"),
    "dead": ("import os", "os._exit(1)"),
    "slow": ("import time", "time.sleep(30)"),
    "many_short": ("import time", *["time.sleep(0.5)"] * 8),
    "cannot_tell": (
        "from kamlib.errors import CannotTell",
        "raise CannotTell('No survey was given.', 'survey')",
        "print('after')",
    ),
    "leaving": ("import sys", "sys.exit()"),
}


@pytest.fixture(scope="module")
def executed(written_notebook, tmp_path_factory):
    """Return all the notebooks after their runs, two kernels at a time, as the batch does it."""
    folder = tmp_path_factory.mktemp("notebooks")
    jobs = [
        Job(
            name,
            written_notebook(folder / name / "a.ipynb", *code),
            {"x": 7},
            timeout_s={"slow": 4, "many_short": 3}.get(name, 90),
            threads=1,
        )
        for name, code in NOTEBOOKS.items()
    ]
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(2) as pool:
        patch.setenv("MPLBACKEND", "Agg")
        patch.delenv("OMP_NUM_THREADS", raising=False)
        return dict(zip(NOTEBOOKS, pool.map(executed_notebook, jobs), strict=True))


def texts(done):
    return "".join(
        output.get("text", "")
        for cell in done.notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    )


def test_a_notebook_that_runs_through_is_good(executed):
    assert (executed["good"].state, executed["good"].error) == ("good", "")


def test_parameters_and_the_thread_cap_reach_the_kernel(executed):
    assert texts(executed["good"]) == "7 1\n"


def test_a_figure_is_kept_whatever_backend_the_terminal_asks_for(executed):
    outputs = executed["good"].notebook.cells[-1].outputs

    assert any("image/png" in output.get("data", {}) for output in outputs)


def test_an_error_is_told_with_its_name_and_cell(executed):
    done = executed["raising"]

    assert done.state == "failed"
    assert done.error == "ValueError: invalid literal for int() with base 10: 'three' in cell 4"


def test_outputs_before_the_error_are_kept_and_nothing_runs_after_it(executed):
    assert texts(executed["raising"]) == "before\n"


def test_papermill_puts_no_banner_into_the_notebook(executed):
    # The question, the parameters, the injected parameters, and the three cells of its own.
    assert len(executed["raising"].notebook.cells) == 6


def test_a_dead_kernel_is_never_good(executed):
    done = executed["dead"]

    assert (done.state, done.error) == (
        "failed",
        "the kernel died in cell 4: out of memory, or ended from within or outside",
    )
    assert done.notebook.metadata.papermill.exception is True


def test_running_out_of_time_is_told_with_the_limit_and_the_cell(executed):
    assert (executed["slow"].state, executed["slow"].error) == ("failed", "ran longer than 4 s in cell 4")
    assert executed["slow"].seconds < 15


def test_many_short_cells_run_out_of_time_together(executed):
    assert executed["many_short"].state == "failed"
    assert executed["many_short"].error.startswith("ran longer than 3 s")


def test_cannot_tell_is_a_state_of_its_own_with_its_sentence(executed):
    assert (executed["cannot_tell"].state, executed["cannot_tell"].error) == (
        "cannot tell",
        "No survey was given.",
    )


def test_cannot_tell_shows_one_finding_and_no_error(executed):
    notebook = executed["cannot_tell"].notebook
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]

    assert [list(output.data) for output in outputs] == [["text/plain", "text/html", mime.FINDING]]
    assert findings(notebook)[0]["severity"] == "unknown"


def test_leaving_early_is_not_good(executed):
    assert executed["leaving"].state == "failed"


def test_what_came_of_it_can_travel_between_processes(executed):
    done = pickle.loads(pickle.dumps(executed["good"]))

    assert (done.state, done.notebook) == (executed["good"].state, executed["good"].notebook)


def test_notebooks_in_threads_each_run_in_their_own_folder(written_notebook, tmp_path):
    jobs = [
        Job(
            name,
            written_notebook(
                tmp_path / name / "a.ipynb", "import os, time; time.sleep(0.5); print(os.getcwd())"
            ),
            {},
        )
        for name in ("one", "two")
    ]
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(executed_notebook, jobs))

    assert [texts(one).strip() for one in done] == [str(tmp_path / "one"), str(tmp_path / "two")]
