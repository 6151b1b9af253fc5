"""What ran, when, and how it ended: one line of JSON for each event of a run."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from itertools import takewhile
from pathlib import Path
from typing import Any, Literal, get_args

State = Literal["good", "cannot tell", "failed"]
LEDGER_NAME = "run.jsonl"
RUN_TIME_FORMAT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class JobRecord:
    """How one report ended in one run.

    Parameters
    ----------
    report, run
        Which report, in which run.
    state
        The one terminal state: good, cannot tell or failed.
    seconds
        How long its notebook took.
    error
        The reason in a sentence, unless it is good.
    question, title, audience
        What it asks, its own title if the plan gives one, and for whom it is.
    findings
        What its notebook found, in the order of its cells.
    page
        The path of its page below the reports folder, with `/`; empty where there is none.
    source
        What its notebook said about its source.
    after_failed
        The reports it should have come after that failed in this run.
    """

    report: str
    run: str
    state: State
    seconds: float
    error: str = ""
    question: str = ""
    title: str = ""
    audience: str = ""
    findings: Sequence[dict[str, Any]] = ()
    page: str = ""
    source: dict[str, Any] | None = None
    after_failed: Sequence[str] = ()


@dataclass(frozen=True)
class Run:
    """One run as its ledger tells it.

    Parameters
    ----------
    run, folder
        Its name (its start in UTC) and where it lies.
    plan, digest
        The plan's folder and file name, and what tells whether two runs were asked for the same.
    reports
        All reports it was to run, in order.
    jobs
        The reports that have ended, each with its last state.
    is_ended
        False where the run was stopped before its end.
    is_full
        Whether it was to run all reports of its plan.
    is_indexed
        False where it was told to leave the index alone, such as a look back.
    """

    run: str
    folder: Path
    plan: str = ""
    digest: str = ""
    reports: tuple[str, ...] = ()
    jobs: Mapping[str, JobRecord] = field(default_factory=dict)
    is_ended: bool = False
    is_full: bool = False
    is_indexed: bool = True

    @property
    def kept(self) -> dict[str, JobRecord]:
        """What a run that goes on need not run again, by report."""
        return {report: record for report, record in self.jobs.items() if record.state != "failed"}

    @property
    def unfinished(self) -> tuple[str, ...]:
        """The reports without a terminal state."""
        return tuple(report for report in self.reports if report not in self.jobs)


@dataclass(frozen=True)
class Standing:
    """What can be shown of a report today.

    Parameters
    ----------
    newest
        How it ended last.
    good
        The newest good or cannot-tell record whose page is still there; None = never, or gone.
    failed_since
        The day of the first failure after the last good run; None unless it failed last.
    """

    newest: JobRecord
    good: JobRecord | None
    failed_since: date | None


class Ledger:
    """The open ledger of a run; each line is on the disk before the next thing happens.

    Parameters
    ----------
    path
        The file; it is made, or written on at its end.
    """

    def __init__(self, path: Path) -> None:
        half_line = path.exists() and not path.read_bytes().endswith(b"\n")
        self._file = path.open("a", encoding="utf-8", newline="\n")
        if half_line:  # left by a run that was killed while writing: keep it apart from the next line
            self._file.write("\n")

    def write(self, event: str, **what: Any) -> dict[str, Any]:
        """Add one line, flushed to the disk, and return it."""
        line = {"event": event, **what}
        self._file.write(json.dumps(line, allow_nan=False) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        return line

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()


def runs(out: Path) -> list[Run]:
    """Return all runs below the reports folder, the newest first.

    Parameters
    ----------
    out
        The reports folder; one that is not there has no runs.

    Returns
    -------
    list of Run
        A last line that was only half written is passed over.
    """
    folders = sorted((path.parent for path in out.glob(f"*/{LEDGER_NAME}")), reverse=True)
    return [run_from_ledger(folder) for folder in folders if _is_run_name(folder.name)]


def run_from_ledger(folder: Path) -> Run:
    """Return one run as the ledger in its folder tells it."""
    started: dict[str, Any] = {}
    is_indexed = True
    jobs: dict[str, JobRecord] = {}
    is_ended = False
    for line in _lines(folder / LEDGER_NAME):
        is_ended = line["event"] == "run ended"  # a resumed run goes on after its end
        is_indexed = line.get("index", is_indexed)  # a resumed run may be asked otherwise
        if line["event"] == "run started":
            started = line
        elif line["event"] == "job started":
            jobs.pop(line["report"], None)
        elif line["event"] == "job ended":
            jobs[line["report"]] = job_record(line, folder.name)
    return Run(
        run=folder.name,
        folder=folder,
        plan=started.get("plan", ""),
        digest=started.get("digest", ""),
        reports=tuple(started.get("reports", ())),
        jobs=jobs,
        is_ended=is_ended,
        is_full=started.get("full", False),
        is_indexed=is_indexed,
    )


def job_record(line: Mapping[str, Any], run: str) -> JobRecord:
    """Return what a "job ended" line of a run's ledger says.

    Raises
    ------
    ValueError
        Its state is none of good, cannot tell and failed.
    """
    if line["state"] not in get_args(State):
        raise ValueError(f"run {run}: {line['report']} has the unknown state {line['state']!r}")
    told = {one.name: line[one.name] for one in fields(JobRecord) if one.name in line}
    return JobRecord(**told | {"run": run})


def last_good(out: Path) -> dict[str, Standing]:
    """Return for each report how it stands: its last end, and its newest page that is still there.

    Parameters
    ----------
    out
        The reports folder.

    Returns
    -------
    dict of Standing
        By report, those of the newest run first and in its order. A newer failure never hides an
        older good page. Runs that left the index alone do not count, and a report is gone once a
        full run of its plan no longer plans it.
    """
    history: dict[str, list[JobRecord]] = {}
    planned: dict[str, tuple[str, ...]] = {}  # by plan: the reports of its newest full run
    for run in (run for run in runs(out) if run.is_indexed):
        order = [*run.reports, *(report for report in run.jobs if report not in run.reports)]
        for report in order:
            is_gone = report not in history and report not in planned.get(run.plan, order)
            if report in run.jobs and not is_gone:
                history.setdefault(report, []).append(run.jobs[report])
        if run.is_full:
            planned.setdefault(run.plan, run.reports)
    return {report: _standing(records, out) for report, records in history.items()}


def _standing(records: list[JobRecord], out: Path) -> Standing:
    # The newest record comes first.
    there = (record for record in records if record.state != "failed" and (out / record.page).is_file())
    failures = list(takewhile(lambda record: record.state == "failed", records))
    since = datetime.strptime(failures[-1].run, RUN_TIME_FORMAT).date() if failures else None
    return Standing(records[0], next(there, None), since)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for text in path.read_bytes().decode("utf-8", errors="replace").splitlines():
        try:
            line = json.loads(text)
        except json.JSONDecodeError:  # half a line: the run was killed while writing it
            continue
        if isinstance(line, dict) and "event" in line:
            yield line


def _is_run_name(name: str) -> bool:
    try:
        datetime.strptime(name, RUN_TIME_FORMAT)
    except ValueError:
        return False
    return True
