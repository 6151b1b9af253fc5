"""One notebook run in a kernel of its own: what came of it, whatever happened.

papermill marks a notebook as completed whose kernel died or ran out of time, so the state is
told here, from what really happened.
"""

from __future__ import annotations

import logging
import math
import os
import textwrap
import time
from dataclasses import dataclass
from typing import Any

import zmq
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from traitlets.config import Config

from kamlib.publish.ledger import State
from kamlib.publish.plan import Job

KERNEL = "python3"
_INJECTED = "injected-parameters"
_THREAD_CAPS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_MAX_THREADS")

# nbclient logs what is told here in words; with a handler of its own, nothing reaches the terminal.
_log = logging.getLogger("kamlib.kernel")
_log.addHandler(logging.NullHandler())
_log.propagate = False

_running: set[PapermillNotebookClient] = set()


@dataclass(frozen=True)
class Executed:
    """A notebook after its run. It can travel between processes.

    Parameters
    ----------
    notebook
        The notebook with the outputs it came to, whatever happened.
    state
        good, cannot tell or failed.
    error
        Why, in a sentence, unless it is good.
    seconds
        How long it took, kernel start and end included.
    """

    notebook: NotebookNode
    state: State
    error: str
    seconds: float


class _OwnEngine(Engine):  # papermill's own cannot hand an environment to the kernel
    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, log_output: bool = False, **options: Any
    ) -> None:
        env = options.pop("env")
        client = PapermillNotebookClient(nb_man, kernel_name=kernel_name, log=_log, **options)
        _running.add(client)
        try:
            client.execute(env=env)
        finally:
            _running.discard(client)


def executed_notebook(job: Job) -> Executed:
    """Return a job's notebook as it is after its run in a fresh kernel, in its own folder.

    Parameters
    ----------
    job
        The notebook, its parameters and how long it may take.

    Returns
    -------
    Executed
        Also where the notebook raised, ran out of time or lost its kernel.

    Raises
    ------
    OSError, nbformat errors
        The notebook itself cannot be read.
    """
    started = time.perf_counter()
    notebook = _parameterized_notebook(job)
    fault: Exception | None = None
    try:
        _OwnEngine.execute_notebook(
            notebook,
            KERNEL,
            progress_bar=False,
            autosave_cell_every=0,
            resources={"metadata": {"path": str(job.notebook.parent)}},
            env=_kernel_environment(job.threads),
            **_client_options(job.timeout_s),
        )
    except Exception as caught:  # whatever it is, this report failed and the others go on
        fault = caught
    state, error = _outcome(notebook, fault, job.timeout_s)
    if state != "failed" and time.perf_counter() - started > job.timeout_s:
        # Past the limit, nbclient still leaves each cell a second: many short ones could go on for long.
        state, error = "failed", f"ran longer than {job.timeout_s} s"
    _tidy(notebook, state)
    return Executed(notebook, state, error, round(time.perf_counter() - started, 2))


def kill_kernels() -> None:
    """End the kernels of all notebooks that run in this process; their notebooks come back failed."""
    for client in list(_running):
        process = getattr(getattr(client.km, "provisioner", None), "process", None)
        if process is not None:
            process.kill()


def _parameterized_notebook(job: Job) -> NotebookNode:
    notebook = load_notebook_node(str(job.notebook))
    if job.parameters:
        notebook = parameterize_notebook(
            notebook, dict(job.parameters), kernel_name=KERNEL, language="python"
        )
    for cell in notebook.cells:
        if "id" in cell and _INJECTED in cell.metadata.get("tags", []):
            cell["id"] = _INJECTED  # papermill's is random: the same run gives the same notebook
    return notebook


def _client_options(timeout_s: int) -> dict[str, Any]:
    # 'auto' keeps ipykernel from warning about plain TCP at each start; without Curve it would raise.
    encryption = {"transport_encryption": "auto"} if zmq.has("curve") else {}
    deadline = time.monotonic() + timeout_s
    return {
        "timeout": timeout_s,
        # Asked before each cell: the limit is for the notebook, not the cell.
        "timeout_func": lambda cell: max(1, math.ceil(deadline - time.monotonic())),
        "iopub_timeout": 30,  # the default of 4 s is short for large figures on a busy machine
        "shutdown_kernel": "immediate",
        "record_timing": False,
        "config": Config({"KernelManager": encryption}),
    }


def _kernel_environment(threads: int) -> dict[str, str]:
    caps = dict.fromkeys(_THREAD_CAPS, str(threads)) if threads else {}
    fixed = {
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # an Agg from outside loses every figure
        "PYTHONHASHSEED": "0",  # sets come in the same order: equal inputs, equal bytes
    }
    return caps | dict(os.environ) | fixed


def _outcome(notebook: NotebookNode, fault: Exception | None, timeout_s: int) -> tuple[State, str]:
    where = _last_started(notebook)
    if isinstance(fault, CellTimeoutError):
        return "failed", f"ran longer than {timeout_s} s{where}"
    if isinstance(fault, DeadKernelError):
        return "failed", f"the kernel died{where}: out of memory, or ended from within or outside"
    if fault is not None:
        return "failed", _sentence(f"the kernel could not go on{where}: {type(fault).__name__}: {fault}")
    stopped = next((cell for cell in notebook.cells if cell.metadata.papermill.get("exception")), None)
    if stopped is None:
        return "good", ""
    errors = [output for output in stopped.outputs if output.output_type == "error"]
    if not errors:
        return "failed", f"the cell ended with an error that it did not show{where}"
    if errors[-1].ename == "CannotTell":
        return "cannot tell", _sentence(errors[-1].evalue)
    return "failed", _sentence(f"{errors[-1].ename}: {errors[-1].evalue}") + where


def _last_started(notebook: NotebookNode) -> str:
    """Return " in cell n", counted as in the notebook's own file, or nothing before the first."""
    own = [cell for cell in notebook.cells if _INJECTED not in cell.metadata.get("tags", [])]
    started = [n for n, cell in enumerate(own, 1) if cell.metadata.papermill.get("start_time")]
    return f" in cell {started[-1]}" if started else ""


def _tidy(notebook: NotebookNode, state: State) -> None:
    if state == "failed":
        notebook.metadata.papermill["exception"] = True  # papermill says None for a dead kernel
    if state == "cannot tell":  # the finding says it; the exception behind it is no news
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = [one for one in cell.outputs if one.get("ename") != "CannotTell"]


def _sentence(text: str) -> str:
    return textwrap.shorten(text, 400, placeholder=" …")
