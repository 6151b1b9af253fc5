"""The files of a report, each put in place whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat

from kamlib.publish.execution import Executed
from kamlib.publish.outputs import kept_tables, spreadsheet_names, without_kept_tables
from kamlib.publish.page import page_html
from kamlib.publish.plan import Job
from kamlib.publish.spreadsheets import spreadsheet_files


def write_report(folder: Path, job: Job, done: Executed) -> str:
    """Write a report's files and return its page's path below the reports folder, or nothing.

    The notebook always; tables and page only where there is an answer, the page last.

    Parameters
    ----------
    folder
        The run's.
    job, done
        What was run, and what came of it.
    """
    base = folder / job.report
    notebook: str = nbformat.writes(without_kept_tables(done.notebook))  # type: ignore[no-untyped-call]
    write_whole(base.with_name(base.name + ".ipynb"), notebook.encode())
    if done.state == "failed":
        return ""
    home = "../" * (job.report.count("/") + 1) + "index.html"
    page = page_html(done.notebook, report=job.report, home=home, audience=job.audience)
    for_people = spreadsheet_names(done.notebook)
    for name, parquet in kept_tables(done.notebook).items():
        files = {".parquet": parquet} | (spreadsheet_files(parquet) if name in for_people else {})
        for suffix, content in files.items():
            write_whole(base.with_name(base.name + ".tables") / f"{name}{suffix}", content)
    write_whole(base.with_name(base.name + ".html"), page.encode())
    return f"{folder.name}/{job.report}.html"


def clear_report(folder: Path, report: str) -> None:
    """Remove from a run's folder what a killed run left of a report: its page and its tables."""
    base = folder / report
    base.with_name(base.name + ".html").unlink(missing_ok=True)
    shutil.rmtree(base.with_name(base.name + ".tables"), ignore_errors=True)


def write_whole(path: Path, content: bytes) -> None:
    """Put a whole file in place: a reader sees all of it, or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(path.name + ".part")
    half.write_bytes(content)
    half.replace(path)
