"""Run one of the peers once, in this process, and say how long it took and how much memory it held.

python benchmarks/one_run.py PEER PATH AS_OF [TINY [OUT.parquet]]

What is imported is not timed, nor what packages import when they are first used: for that the peer
does a tiny file first. Needs the standard library only, and what the peer needs.
"""

import datetime as dt
import importlib
import json
import re
import resource
import sys
import time
from pathlib import Path


def main(peer: str, path: str, day: str, tiny: str = "", out: str = "") -> None:
    run, as_of = importlib.import_module(f"peers.{peer}").run, dt.date.fromisoformat(day)
    if tiny:
        run(tiny, as_of)
    began = time.perf_counter()
    found = run(path, as_of)
    seconds = time.perf_counter() - began
    peak = max(own_peak(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    if out and found is not None:
        found.to_parquet(out)
    print(json.dumps({"seconds": seconds, "gib": peak / (2**30 if sys.platform == "darwin" else 2**20)}))


def own_peak() -> int:
    """Return the largest resident size; Linux' `ru_maxrss` would know of the parent's before `exec`."""
    status = Path("/proc/self/status")
    if status.is_file():
        return int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main(*sys.argv[1:])
