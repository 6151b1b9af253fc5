"""Jobs on a pool: each once those it comes after have ended, so many at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait

from kamlib.publish.execution import Executed, executed_notebook, kill_kernels
from kamlib.publish.plan import Job


def run_on_pool(
    jobs: Sequence[Job],
    executor: Executor | None,
    at_once: int,
    *,
    start: Callable[[Job], None],
    end: Callable[[Job, Future[Executed]], None],
) -> None:
    """Run the notebooks of jobs.

    Parameters
    ----------
    jobs
        In the order in which they are to start.
    executor
        Where they run; threads of this process where there is none. It is left open.
    at_once
        How many run at a time.
    start, end
        Called in this thread before a job starts, and with what came of it.
    """
    if not jobs:
        return
    pool = executor or ThreadPoolExecutor(at_once)
    waiting = list(jobs)
    running: dict[Future[Executed], Job] = {}
    try:
        while waiting or running:
            for job in _ready(waiting, running.values())[: at_once - len(running)]:
                waiting.remove(job)
                start(job)
                running[_submitted(pool, job)] = job
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                end(running.pop(future), future)
    finally:  # after Ctrl-C, what has not ended stays open in the ledger, for --resume
        for future in running:
            future.cancel()
        if executor is None:
            _emptied(running)
            pool.shutdown()


def _ready(waiting: Sequence[Job], running: Iterable[Job]) -> list[Job]:
    open_reports = {job.report for job in [*waiting, *running]}
    return [job for job in waiting if open_reports.isdisjoint(job.after)]


def _submitted(pool: Executor, job: Job) -> Future[Executed]:
    try:
        return pool.submit(executed_notebook, job)
    except RuntimeError as fault:  # a pool whose workers have died: each report says so, none is lost
        failed: Future[Executed] = Future()
        failed.set_exception(fault)
        return failed


def _emptied(running: Iterable[Future[Executed]]) -> None:
    """Wait until nothing runs in this process, and end the kernels that still do."""
    while wait(running, timeout=0).not_done:
        kill_kernels()  # again and again: one may just be starting
        wait(running, timeout=0.5)
