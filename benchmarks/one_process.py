"""Time several parts over one subject in this process, and print the seconds of each.

A first run of each does not count, unless it is the only one: what parts share is worked out in it.
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from one_run import own_peak


def print_seconds(parts: Mapping[str, Callable[[Any], Any]], subject: Any, *, runs: int) -> None:
    """Run each part over the subject so many times, and print what `turns.in_one_process` reads."""
    for part in parts.values() if runs > 1 else ():
        part(subject)
    taken = {name: [_seconds(part, subject) for _ in range(runs)] for name, part in parts.items()}
    print(json.dumps({"seconds": taken, "gib": own_peak() / 2**20}))


def _seconds(part: Callable[[Any], Any], subject: Any) -> float:
    began = time.perf_counter()
    part(subject)
    return time.perf_counter() - began
