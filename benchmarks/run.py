"""Measure what a night's run is made of, and print one table of medians.

    make bench                      the sample, a million order lines, three reports
    make bench ARGS="--small"       a tenth of it, for CI

Each row is the median of five runs after one that does not count, with the fastest and the slowest
beside it. The machine is described in the result; its name is not.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import nbformat

from kamlib.analysis.snapshot import account_table
from kamlib.data.sources import open_source
from kamlib.publish.page import page_html

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "data" / "sample"
RUNS = 5
PACKAGES = ("duckdb", "narwhals", "pandas", "papermill")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="a tenth of the lines, for CI")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results.md")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = list(measured(Path(folder), lines=100_000 if chosen.small else 1_000_000))
    text = result_text(rows)
    chosen.out.write_text(text, encoding="utf-8")
    print(text)


def measured(folder: Path, *, lines: int) -> Iterator[tuple[str, list[float]]]:
    """Yield what was measured, and the seconds of each run."""
    kam("sample", folder / "large", "--lines", lines)
    for source in (SAMPLE, folder / "large"):
        count = open_source(str(source)).note["lines"]
        yield f"open and check, {count:,} order lines (CSV)", seconds(lambda at=source: open_source(str(at)))
        yield (
            "open, check and add up to the account table, the same lines",
            seconds(lambda at=source: accounts_of(at)),
        )
    out = folder / "reports"
    yield "batch of all reports on the sample", seconds(lambda: kam("run", "--out", out))
    for path in sorted(max(out.glob("2*/")).rglob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        yield f"page of {path.parent.name}/{path.stem}", seconds(lambda one=notebook: page_of(one))


def accounts_of(source: Path) -> None:
    """Open a source and add it up, as a notebook does."""
    tables = open_source(str(source))
    account_table(tables.order_lines, tables.as_of)


def page_of(notebook: nbformat.NotebookNode) -> None:
    page_html(notebook, report="family/report", home="../../index.html")


def kam(*words: object) -> None:
    """Run `kam` as a person does: a process of its own, imports included."""
    command = [sys.executable, "-m", "kamlib.cli", *map(str, words)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def seconds(do: Callable[[], None]) -> list[float]:
    """Return how long each of the runs took, after one that fills the caches."""
    do()
    took = []
    for _ in range(RUNS):
        began = time.perf_counter()
        do()
        took.append(time.perf_counter() - began)
    return took


def result_text(rows: list[tuple[str, list[float]]]) -> str:
    lines = ["# What was measured", "", machine(), ""]
    lines += [
        f"Median of {RUNS} runs, in seconds.",
        "",
        "| what | median | fastest | slowest |",
        "|---|---:|---:|---:|",
    ]
    for what, took in rows:
        lines.append(f"| {what} | {statistics.median(took):.3f} | {min(took):.3f} | {max(took):.3f} |")
    return "\n".join(lines) + "\n"


def machine() -> str:
    """Describe the machine in one sentence, without its name."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    memory = ""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores{memory}"
    return f"{system}; Python {platform.python_version()}, {packages}."


if __name__ == "__main__":
    main()
