"""The batch: everything checked first, then each report run, published whole, and told in the ledger."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
from filelock import FileLock, Timeout
from nbformat import NotebookNode

from kamlib import __version__
from kamlib.data.sources import open_source
from kamlib.errors import CannotTell, PlanError, RunLockedError
from kamlib.publish.execution import Executed, executed_notebook, kill_kernels
from kamlib.publish.ledger import LEDGER_NAME, RUN_TIME_FORMAT, JobRecord, Ledger, Run, job_record, runs
from kamlib.publish.outputs import findings, kept_tables, question, source_note, without_kept_tables
from kamlib.publish.page import page_html
from kamlib.publish.plan import Job, read_plan, resolved_jobs
from kamlib.publish.site import write_index

Progress = Callable[[Mapping[str, Any]], None]
_FILTERS = ("industry", "region", "manager")
_VERSIONS_TOLD = ("pandas", "duckdb", "papermill", "mistune")


@dataclass(frozen=True)
class RunResult:
    """How a batch ended.

    Parameters
    ----------
    exit_code
        0 where every report is good or cannot tell, else 1.
    planned
        The jobs in run order, each parameter with its value.
    records
        How each of them ended, in that order; empty for a dry run.
    folder
        The run's folder; None for a dry run.
    index
        The manager's page; None where it was left alone or could not be written.
    fault
        Why the index could not be written.
    """

    exit_code: int
    planned: tuple[Job, ...]
    records: tuple[JobRecord, ...] = ()
    folder: Path | None = None
    index: Path | None = None
    fault: str = ""


@dataclass
class _Batch:
    """The run under way: where it writes, and what has ended."""

    folder: Path
    ledger: Ledger
    report_progress: Progress
    ended: dict[str, JobRecord] = field(default_factory=dict)

    def tell(self, event: str, **what: Any) -> dict[str, Any]:
        line = self.ledger.write(event, **what)
        with suppress(Exception):  # whoever looks on may be gone (a broken pipe): the run goes on
            self.report_progress(line)
        return line

    def has_failed(self, report: str) -> bool:
        return report in self.ended and self.ended[report].state == "failed"


def run_plan(
    plan_path: Path,
    *,
    out: Path,
    source: str | None = None,
    as_of: str | None = None,
    params: Sequence[str] = (),
    only: str | None = None,
    jobs: int = 1,
    resume: bool = False,
    dry_run: bool = False,
    index: bool = True,
    executor: Executor | None = None,
    report_progress: Progress = lambda line: None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> RunResult:
    """Run the reports of a plan and publish what comes of them.

    Parameters
    ----------
    plan_path
        The plan.
    out
        The reports folder. Only this process writes to it, whatever the executor.
    source, as_of, params, only
        As in `plan.resolved_jobs`; a relative source is relative to the current folder.
    jobs
        How many notebooks run at once.
    resume
        Go on with the newest unfinished run of the same plan; where there is none, the new run's first
        line says so under `note`.
    dry_run
        Check everything and return the planned jobs; touch nothing.
    index
        Write the manager's page at the end. A run without it stays out of later indexes too.
    executor
        Where notebooks run; threads of this process by default. It is left open.
    report_progress
        Called with each line of the ledger as it is written. Its errors are passed over.
    now
        The clock, for the run's name: its one use.

    Returns
    -------
    RunResult
        Exit code 0 or 1. A failed report stops no other.

    Raises
    ------
    KamError
        A fault in plan, parameters or source; nothing was written.
    RunLockedError
        Another run holds the reports folder.
    """
    reports = read_plan(plan_path)
    source = _absolute_source(source, Path.cwd()) if source is not None else None
    planned = resolved_jobs(reports, source=source, as_of=as_of, params=params, only=only)
    sources = _checked_sources(planned)
    if dry_run:
        return RunResult(0, tuple(planned))
    asked = {
        "plan": plan_path.name,
        "digest": _digest(planned, sources),
        "full": len(planned) == len(reports),
        "index": index,
    }
    with _held(out):
        old = _run_to_resume(out, asked) if resume else None
        folder = old.folder if old else _new_folder(out, now())
        with Ledger(folder / LEDGER_NAME) as ledger:
            batch = _Batch(folder, ledger, report_progress, _kept_records(old))
            if old:
                batch.tell("run resumed", run=folder.name, kept=sorted(batch.ended), index=index)
            else:
                note = {"note": "nothing was unfinished: this is a new run"} if resume else {}
                _tell_start(batch, planned, sources, asked | note)
            _run_jobs(batch, planned, jobs, executor)
            batch.tell("run ended", run=folder.name)
        return _result(batch, planned, out, index)


def _absolute_source(source: str, folder: Path) -> str:
    return source if "://" in source else str((folder / source).resolve())


def _checked_sources(planned: Sequence[Job]) -> list[dict[str, Any]]:
    """Open each distinct source once, so that its faults come out before anything runs."""
    told: dict[str, dict[str, Any]] = {}
    for job in planned:
        if "source" not in job.parameters:
            continue
        given = {name: job.parameters[name] for name in ("as_of", *_FILTERS) if name in job.parameters}
        path = _absolute_source(job.parameters["source"], job.notebook.parent)
        key = json.dumps([path, given])
        if key not in told:
            told[key] = _source_told(path, given)
    unique = {tuple(source.values()): source for source in told.values() if source}
    return list(unique.values())


def _source_told(path: str, given: Mapping[str, Any]) -> dict[str, Any]:
    try:
        tables = open_source(path, **given)
    except CannotTell:  # no fault of the source: the report itself will say so
        return {}
    return {"name": tables.name, "as_of": tables.as_of.isoformat(), "lines": tables.note["lines"]}


def _digest(planned: Sequence[Job], sources: Sequence[Mapping[str, Any]]) -> str:
    """Return what tells whether two runs were asked for the same: a notebook counts by its content."""
    asked = [[job.report, _hash(job.notebook.read_bytes()), job.parameters] for job in planned]
    return _hash(json.dumps([asked, sources], sort_keys=True, default=dict).encode())[:16]


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _held(out: Path) -> AbstractContextManager[Any]:
    """Return the lock on the reports folder, held until its `with` ends."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        return FileLock(out / ".lock").acquire(timeout=0)
    except Timeout:
        raise RunLockedError(
            f"another run holds {out.name}/.lock; wait for it to end, or give another --out"
        ) from None
    except OSError as fault:
        raise PlanError(f"the reports folder {out} cannot be written to: {fault.strerror}") from None


def _run_to_resume(out: Path, asked: Mapping[str, Any]) -> Run | None:
    unfinished = [run for run in runs(out) if run.plan == asked["plan"] and not run.is_ended]
    if not unfinished:
        return None
    if unfinished[0].digest != asked["digest"]:
        raise PlanError(
            f"run {unfinished[0].run} was asked for other reports, parameters, notebooks or data; "
            "give the same again, or leave out --resume"
        )
    return unfinished[0]


def _kept_records(old: Run | None) -> dict[str, JobRecord]:
    jobs = old.jobs.items() if old else ()
    return {report: record for report, record in jobs if record.state != "failed"}


def _new_folder(out: Path, moment: datetime) -> Path:
    while (folder := out / moment.strftime(RUN_TIME_FORMAT)).exists():
        moment += timedelta(seconds=1)  # two runs within one second
    folder.mkdir()
    return folder


def _tell_start(
    batch: _Batch,
    planned: Sequence[Job],
    sources: Sequence[Mapping[str, Any]],
    asked: Mapping[str, Any],
) -> None:
    versions = {"kamlib": __version__, "python": platform.python_version()}
    versions |= {name: version(name) for name in _VERSIONS_TOLD}
    reports = [job.report for job in planned]
    batch.tell(
        "run started", run=batch.folder.name, **asked, sources=sources, reports=reports, versions=versions
    )


def _run_jobs(batch: _Batch, planned: Sequence[Job], jobs: int, executor: Executor | None) -> None:
    pool = executor or ThreadPoolExecutor(jobs)
    missing = [job for job in planned if job.report not in batch.ended]
    waiting = [_as_run(job, batch.folder, min(jobs, len(missing))) for job in missing]
    running: dict[Future[Executed], Job] = {}
    try:
        while waiting or running:
            for job in _ready(waiting, running.values())[: jobs - len(running)]:
                waiting.remove(job)
                _clear(batch.folder, job)
                batch.tell("job started", report=job.report)
                running[_submitted(pool, job)] = job
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                _end_job(batch, running.pop(future), future)
    finally:  # after Ctrl-C, what has not ended stays open in the ledger, for --resume
        for future in running:
            future.cancel()
        if executor is None:
            _emptied(running)
            pool.shutdown()


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


def _as_run(job: Job, folder: Path, jobs: int) -> Job:
    """Return the job as it goes out: told where the run's tables lie, and how many threads it has."""
    values = dict(job.parameters)
    if values.get("results") == "":
        values["results"] = str(folder.resolve())
    # Two kernels that each take every core slow one another down.
    threads = max(1, (os.cpu_count() or 1) // jobs) if jobs > 1 else 0
    return replace(job, parameters=values, threads=threads)


def _ready(waiting: Sequence[Job], running: Iterable[Job]) -> list[Job]:
    open_reports = {job.report for job in [*waiting, *running]}
    return [job for job in waiting if open_reports.isdisjoint(job.after)]


def _end_job(batch: _Batch, job: Job, future: Future[Executed]) -> None:
    """Publish one report, then tell how it ended: a page is never told of before it is there."""
    told: dict[str, Any] = {
        "report": job.report,
        "title": job.title,
        "audience": job.audience,
        "seconds": 0.0,
    }
    told["after_failed"] = [name for name in job.after if batch.has_failed(name)]
    try:
        done = future.result()
        told |= {"seconds": done.seconds, "question": question(done.notebook)}
        page = _published(batch.folder, job, done)
        told |= {"state": done.state, "error": done.error, "page": page}
        said = {"findings": findings(done.notebook), "source": source_note(done.notebook)}
        line = batch.tell("job ended", **told, **said)
    except Exception as fault:  # a fault in a page, a finding or a worker is this report's own
        _clear(batch.folder, job)
        line = batch.tell("job ended", **told | {"state": "failed", "error": _words(fault), "page": ""})
    batch.ended[job.report] = job_record(line, batch.folder.name)


def _published(folder: Path, job: Job, done: Executed) -> str:
    """Write a report's files and return its page's path below the reports folder, or nothing.

    The notebook always; tables and page only where there is an answer, the page last.
    """
    base = folder / job.report
    _write(base.with_name(base.name + ".ipynb"), _notebook_bytes(done.notebook))
    if done.state == "failed":
        return ""
    home = "../" * (job.report.count("/") + 1) + "index.html"
    page = page_html(done.notebook, report=job.report, home=home, audience=job.audience)
    for name, parquet in kept_tables(done.notebook).items():
        _write(base.with_name(base.name + ".tables") / f"{name}.parquet", parquet)
    _write(base.with_name(base.name + ".html"), page.encode())
    return f"{folder.name}/{job.report}.html"


def _clear(folder: Path, job: Job) -> None:
    """Remove what a killed run left of a report."""
    base = folder / job.report
    base.with_name(base.name + ".html").unlink(missing_ok=True)
    shutil.rmtree(base.with_name(base.name + ".tables"), ignore_errors=True)


def _notebook_bytes(notebook: NotebookNode) -> bytes:
    text: str = nbformat.writes(without_kept_tables(notebook))  # type: ignore[no-untyped-call]
    return text.encode()


def _write(path: Path, content: bytes) -> None:
    """Put a whole file in place: a reader sees all of it, or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(path.name + ".part")
    half.write_bytes(content)
    half.replace(path)


def _words(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"


def _result(batch: _Batch, planned: Sequence[Job], out: Path, index: bool) -> RunResult:
    records = tuple(batch.ended[job.report] for job in planned)
    exit_code = int(any(record.state == "failed" for record in records))
    done = RunResult(exit_code, tuple(planned), records, batch.folder)
    if not index:
        return done
    try:
        return replace(done, index=write_index(out))
    except Exception as fault:  # the pages are there; say what is wrong with the index
        return replace(done, exit_code=1, fault=f"the index could not be written: {_words(fault)}")
