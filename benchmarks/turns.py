"""Peers take turns, each time in a process of its own: A, B, C, A, B, C."""

import datetime as dt
import json
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ONE_RUN = Path(__file__).parent / "one_run.py"


@dataclass(frozen=True)
class Peer:
    """Who is measured.

    Parameters
    ----------
    name
        Its file under `peers/`.
    says
        What people call it.
    exact
        Its numbers must be the yardstick's to the last digit; else to nine digits.
    python
        Another interpreter than this one.
    absent
        Why it cannot be measured here.
    arguments
        What its file is given besides the path.
    is_yardstick
        The first of a part: ratios are to it.
    """

    name: str
    says: str
    exact: bool = False
    python: str = sys.executable
    absent: str = ""
    arguments: tuple[str, ...] = ()
    is_yardstick: bool = False


@dataclass
class Turns:
    """What the turns of one peer took: seconds, and GiB at the peak of the largest."""

    peer: Peer
    answer: Path
    seconds: list[float] = field(default_factory=list)
    peak: float = 0.0

    @property
    def median(self) -> float:
        """Return the median of its seconds."""
        return statistics.median(self.seconds)


def in_turns(
    peers: list[Peer], paths: tuple[Path, Path | str], as_of: dt.date, *, runs: int, answers: Path
) -> list[Turns]:
    """Return what each peer took over the first path, in turn; the second is tiny, and for warming up.

    The first round leaves the answers, and no time unless it is the only one.
    """
    taken = [Turns(peer, answers / f"{peer.name}.parquet") for peer in peers]
    for turn in range(runs + 1 if runs > 1 else 1):
        for one in taken:
            if not one.peer.absent:
                told = _one_run(one, paths, as_of, keeps=turn == 0)
                one.seconds += [told["seconds"]] if turn or runs == 1 else []
                one.peak = max(one.peak, told["gib"])
    return taken


def in_one_process(script: str, *arguments: str) -> list[Turns]:
    """Return what each part of a script took, all in one process: what they stand on is their own."""
    command = [sys.executable, str(ONE_RUN.with_name(f"{script}.py")), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{script} failed:\n{done.stderr}")
    taken = json.loads(done.stdout.splitlines()[-1])
    return [Turns(Peer(script, name), Path(), each, taken["gib"]) for name, each in taken["seconds"].items()]


def _one_run(one: Turns, paths: tuple[Path, Path | str], as_of: dt.date, *, keeps: bool) -> dict[str, float]:
    path, tiny = paths
    given = "|".join([str(path), *one.peer.arguments])
    command = [one.peer.python, str(ONE_RUN), one.peer.name, given, as_of.isoformat(), str(tiny)]
    command += [str(one.answer)] if keeps else []
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{one.peer.says} failed:\n{done.stderr}")
    return dict(json.loads(done.stdout.splitlines()[-1]))
