"""What was measured, as one table, with the machine described and never named."""

import os
import platform
from importlib.metadata import version

from turns import Turns

PACKAGES = ("duckdb", "narwhals", "polars", "pandas", "papermill")
BEFORE = {"account table, 10,000,000 lines": "2.6 s", "account table, 100,000,000 lines": "31 s, 8.4 GB"}


def result_text(measured: list[tuple[str, list[Turns]]], *, runs: int, earlier: str = "") -> str:
    """Return the page of results; ratios are to the yardstick of a part, where it has one.

    Of an earlier page, the rows of parts that were not measured again stay.
    """
    rows = {part: [_row(part, one, taken[0]) for one in taken] for part, taken in measured}
    stay: dict[str, list[str]] = {}
    for line in earlier.splitlines():
        part = line.removeprefix("| ").partition(" | ")[0]
        if line.startswith("| ") and part not in {"part", *rows}:
            stay.setdefault(part, []).append(line)
    lines = [
        *("# What was measured", "", _machine(), ""),
        f"{_rounds(runs)}; peers of a part take turns, each time in a "
        "process of its own. Seconds without imports, from the file to the table in pandas; memory is the "
        "largest resident size. All account tables of a part were found equal first: kamlib's and the SQL's "
        "to the last digit; a fit of BG/NBD as likely as the other's. Analyses stand on tables that the "
        "engine has added up, all in one process.",
        "",
        "| part | who | median s | fastest | slowest | ratio | peak GiB |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    rows = stay | rows
    lines += [line for part in rows for line in rows[part]]
    before = [f"{part}: {BEFORE[part]}" for part in rows if part in BEFORE]
    if before:
        said = "; ".join(before)
        lines += ["", f"The same SQL as measured before, on made-up lines of another shape: {said}."]
    return "\n".join(lines) + "\n"


def _rounds(runs: int) -> str:
    return "One run" if runs == 1 else f"Medians of {runs} runs after one that does not count"


def _row(part: str, one: Turns, first: Turns) -> str:
    if one.peer.absent:
        return f"| {part} | {one.peer.says} | not measured: {one.peer.absent} | | | | |"
    times = f"{one.median:.2f} | {min(one.seconds):.2f} | {max(one.seconds):.2f}"
    ratio = f"{one.median / first.median:.2f}" if first.peer.is_yardstick and first.seconds else ""
    return f"| {part} | {one.peer.says} | {times} | {ratio} | {one.peak:.2f} |"


def _machine() -> str:
    """Describe the machine in one sentence, without its name."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB"
    return f"{system}; Python {platform.python_version()}, {packages}."
