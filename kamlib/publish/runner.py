"""The batch: everything checked first, then each report run, published whole, and told in the ledger."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from kamlib import __version__
from kamlib.data.cache import kept_for_a_run
from kamlib.errors import PlanError, RunLockedError
from kamlib.publish.checking import absolute_source, checked_sources
from kamlib.publish.execution import Executed
from kamlib.publish.files import clear_report, write_report
from kamlib.publish.ledger import LEDGER_NAME, RUN_TIME_FORMAT, JobRecord, Ledger, Run, job_record, runs
from kamlib.publish.outputs import findings, question, source_note
from kamlib.publish.plan import Job, read_plan, resolved_jobs
from kamlib.publish.pool import run_on_pool
from kamlib.publish.site import write_index

Progress = Callable[[Mapping[str, Any]], None]
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

    def start(self, job: Job) -> None:
        clear_report(self.folder, job.report)
        self.tell("job started", report=job.report)

    def end(self, job: Job, future: Future[Executed]) -> None:
        """Publish one report, then tell how it ended: a page is never told of before it is there."""
        told: dict[str, Any] = {"report": job.report, "title": job.title, "audience": job.audience}
        failed = [name for name, record in self.ended.items() if record.state == "failed"]
        told |= {"seconds": 0.0, "after_failed": [name for name in job.after if name in failed]}
        try:
            done = future.result()
            told |= {"seconds": done.seconds, "question": question(done.notebook)}
            page = write_report(self.folder, job, done)
            told |= {"state": done.state, "error": done.error, "page": page}
            said = {"findings": findings(done.notebook), "source": source_note(done.notebook)}
            line = self.tell("job ended", **told, **said)
        except Exception as fault:  # a fault in a page, a finding or a worker is this report's own
            clear_report(self.folder, job.report)
            line = self.tell("job ended", **told | {"state": "failed", "error": _words(fault), "page": ""})
        self.ended[job.report] = job_record(line, self.folder.name)


def run_plan(
    plan_path: Path,
    *,
    out: Path,
    jobs: int = 1,
    resume: bool = False,
    dry_run: bool = False,
    index: bool = True,
    executor: Executor | None = None,
    report_progress: Progress = lambda line: None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    **chosen: Any,
) -> RunResult:
    """Run the reports of a plan and publish what comes of them.

    Parameters
    ----------
    plan_path
        The plan.
    out
        The reports folder. Only this process writes to it, whatever the executor.
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
    **chosen
        `source`, `as_of`, `params`, `only`, as in `plan.resolved_jobs`; a relative source is relative to
        the current folder.

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
    if chosen.get("source") is not None:
        chosen["source"] = absolute_source(chosen["source"], Path.cwd())
    planned = resolved_jobs(reports, **chosen)
    with kept_for_a_run():
        sources = checked_sources(planned)
        if dry_run:
            return RunResult(0, tuple(planned))
        asked: dict[str, Any] = {"plan": "/".join(plan_path.resolve().parts[-2:])}
        asked |= {"digest": _digest(planned, sources), "full": len(planned) == len(reports), "index": index}
        asked |= {"sources": sources, "reports": [job.report for job in planned]}
        with _held(out), _begun(out, asked, now, resume=resume, report_progress=report_progress) as batch:
            missing = [job for job in planned if job.report not in batch.ended]
            jobs = min(jobs, len(missing))
            going_out = [_as_run(job, batch.folder, jobs) for job in missing]
            run_on_pool(going_out, executor, jobs, start=batch.start, end=batch.end)
            batch.tell("run ended", run=batch.folder.name)
            return _result(batch, planned, out, index)


@contextmanager
def _begun(
    out: Path,
    asked: Mapping[str, Any],
    now: Callable[[], datetime],
    *,
    resume: bool,
    report_progress: Progress,
) -> Iterator[_Batch]:
    """Yield the batch in its folder, a new one or that of an unfinished run, with its first line told."""
    old = _run_to_resume(out, asked) if resume else None
    folder = old.folder if old else _new_folder(out, now())
    with Ledger(folder / LEDGER_NAME) as ledger:
        batch = _Batch(folder, ledger, report_progress, old.kept if old else {})
        if old:
            batch.tell("run resumed", run=folder.name, kept=sorted(batch.ended), index=asked["index"])
        else:
            note = {"note": "nothing was unfinished: this is a new run"} if resume else {}
            batch.tell("run started", run=folder.name, **asked, **note, versions=_versions())
        yield batch


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


def _new_folder(out: Path, moment: datetime) -> Path:
    while (folder := out / moment.strftime(RUN_TIME_FORMAT)).exists():
        moment += timedelta(seconds=1)  # two runs within one second
    folder.mkdir()
    return folder


def _versions() -> dict[str, str]:
    told = {"kamlib": __version__, "python": platform.python_version()}
    return told | {name: version(name) for name in _VERSIONS_TOLD}


def _as_run(job: Job, folder: Path, jobs: int) -> Job:
    """Return the job as it goes out: told where the run's tables lie, and how many threads it has."""
    values = dict(job.parameters)
    if values.get("results") == "":
        values["results"] = str(folder.resolve())
    # Two kernels that each take every core slow one another down.
    threads = max(1, (os.cpu_count() or 1) // jobs) if jobs > 1 else 0
    return replace(job, parameters=values, threads=threads)


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
