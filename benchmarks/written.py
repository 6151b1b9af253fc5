"""What was measured, as two tables, with the machine described and never named."""

import os
import platform
from importlib.metadata import version
from typing import Any

import pandas as pd
from covered import DRAWS, ERRORS
from turns import Turns

COVERAGE = "## How often a survey's range holds the truth"
PACKAGES = ("duckdb", "narwhals", "polars", "pandas", "papermill")
BEFORE = {"account table, 10,000,000 lines": "2.6 s", "account table, 100,000,000 lines": "31 s, 8.4 GB"}


def result_text(measured: list[tuple[str, list[Turns]]], *, runs: int, earlier: str = "") -> str:
    """Return the page of results; ratios are to the yardstick of a part, where it has one.

    Of an earlier page, the rows of parts that were not measured again stay.
    """
    rows = {part: [_row(part, one, taken[0]) for one in taken] for part, taken in measured}
    stay: dict[str, list[str]] = {}
    for line in earlier.partition(COVERAGE)[0].splitlines():
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


def coverage_text(ranges: pd.DataFrame, earlier: str = "") -> str:
    """Return the section on ranges (`coverage_table`); that of an earlier page where the table is empty."""
    if ranges.empty:
        _, head, rest = earlier.partition(COVERAGE)
        return f"\n{head}{rest}" if head else ""
    draws = int(ranges["draws"].min())
    errors = "" if draws >= DRAWS else f", give or take {ERRORS} binomial standard errors of so few draws"
    said = (
        f"{draws:,} seeded draws of each design from a known company: 250 accounts, 40, 85 and 125 in the "
        "strata A, B and C, with 677 contacts (or one of each account), who answer much like colleagues. "
        "The ranges, of 95%, are worked out by kamlib; beside them Wald's, the estimate ± 1.96 standard "
        "errors. *Held* is the part of the draws whose range holds the truth, on average over the true "
        f"values of a row, and for the lowest of them; the band is what is asked of it{errors}. A Wald "
        "range of width 0 holds a truth of 0 or 1 by saying that nothing else can be. Counted: over every "
        "sample that there can be, without draws. Without a band: only shown."
    )
    head = ("design", "what", "true value", "range", "held", "lowest", "band", "kept", "mean width")
    columns = " | ".join([*head, "Wald held", "lowest", "mean width"])
    lines = [
        "",
        COVERAGE,
        "",
        said,
        "",
        f"| {columns} |",
        "|---|---|---|---|---:|---:|---|---|---:|---:|---:|---:|",
    ]
    return "\n".join([*lines, *(_range_row(row) for row in ranges.to_dict("records"))]) + "\n"


def _range_row(row: dict[str, Any]) -> str:
    head = (row[name] for name in ("design", "what", "truth", "interval"))
    kept = "**no**" if row["is_missed"] else "yes" if row["band"] else ""
    held, low, wald_held, wald_low = (
        _told(row[name], ".1%") for name in ("coverage", "lowest", "wald_coverage", "wald_lowest")
    )
    width, wald_width = (_told(row[name], ".3f") for name in ("width", "wald_width"))
    return f"| {' | '.join([*head, held, low, row['band'], kept, width, wald_held, wald_low, wald_width])} |"


def _told(number: float, spec: str) -> str:
    return "" if pd.isna(number) else f"{number:{spec}}"


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
