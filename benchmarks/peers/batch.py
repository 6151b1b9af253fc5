"""A night's run: `kam run` as a person calls it, imports included."""

import datetime as dt
import shutil
import subprocess
import sys


def run(path: str, as_of: dt.date) -> None:
    out, *options = path.split("|")
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "kamlib.cli", "run", "--out", out, *options]
    subprocess.run(command, check=True, capture_output=True)
