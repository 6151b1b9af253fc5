"""The made-up company that is measured, at any size: made once, by `kam sample`."""

import datetime as dt
import subprocess
import sys
from functools import cache
from pathlib import Path

from kamlib.data.sources import open_source


@cache
def sample_folder(folder: Path, *, lines: int, accounts: int | None = None) -> Path:
    """Return a source of so many order lines."""
    made = folder / f"sample-{lines}"
    command = [sys.executable, "-m", "kamlib.cli", "sample", str(made), "--lines", str(lines)]
    command += ["--accounts", str(accounts)] if accounts else []
    subprocess.run(command, check=True, capture_output=True)
    return made


@cache
def lines_file(folder: Path, *, lines: int, accounts: int) -> Path:
    """Return order lines as one Parquet file; a small sample is CSV and is turned to it."""
    made = sample_folder(folder, lines=lines, accounts=accounts)
    path = made / "order_lines.parquet"
    if not path.is_file():
        path = folder / f"lines-{lines}.parquet"
        open_source(str(made)).order_lines.to_native().write_parquet(str(path))
    return path


@cache
def last_day(folder: Path) -> dt.date:
    """Return the day as of which all is measured: the last of the sample, whatever its size."""
    return open_source(str(sample_folder(folder, lines=10_000))).as_of
