"""What is worked out once per run and source: under a name, in a private folder that ends with the run.

Two hundred pages of one night must not read a hundred million order lines two hundred times. Within
`kept_for_a_run` every kernel of the run finds what another has worked out; without a run, what one
process has worked out is kept as long as it lives.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import json
import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import narwhals as nw
import pandas as pd
from filelock import FileLock

_VARIABLE = "KAM_RUN_CACHE"
_Function = TypeVar("_Function", bound=Callable[..., pd.DataFrame])
_names: dict[int, str] = {}  # by id: a lazy frame has no hash


@contextmanager
def kept_for_a_run() -> Iterator[Path]:
    """Yield a private folder, which this process and those it starts share until the `with` ends."""
    folder = Path(tempfile.mkdtemp(prefix="kam-run-"))
    before = os.environ.get(_VARIABLE)
    os.environ[_VARIABLE] = str(folder)
    try:
        yield folder
    finally:
        os.environ.pop(_VARIABLE)
        if before is not None:
            os.environ[_VARIABLE] = before
        shutil.rmtree(folder, ignore_errors=True)


def is_in_run() -> bool:
    """Return whether this process belongs to a run whose folder is there."""
    return Path(os.environ.get(_VARIABLE) or "/nowhere").is_dir()


def once(name: str, make: Callable[[Path], object]) -> Path:
    """Return the file of a name; the first who asks makes it, everybody else waits for that.

    Parameters
    ----------
    name
        What tells the content apart, of any length; it ends with the file's kind, such as `.parquet`.
    make
        Writes the content to the path it is given. Where it raises, nothing is kept.
    """
    folder = Path(os.environ[_VARIABLE]) if is_in_run() else _own_folder()
    stem, dot, kind = name.rpartition(".")
    path = folder / f"{hashlib.sha256(stem.encode()).hexdigest()[:32]}{dot}{kind}"
    with FileLock(path.with_suffix(".lock")):
        if not path.exists():
            half = path.with_name(f"part-{path.name}")
            try:
                make(half)
                half.replace(path)
            finally:
                half.unlink(missing_ok=True)
    return path


def once_said(name: str, work_out: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """Return what is said under a name: texts, numbers and lists; the first who asks works it out."""
    path = once(f"{name}.json", lambda path: path.write_text(json.dumps(work_out()), encoding="utf-8"))
    return dict(json.loads(path.read_text(encoding="utf-8")))


def named(lines: nw.LazyFrame, name: str) -> nw.LazyFrame:
    """Return order lines, known from now on by a name: equal names stand for equal rows."""
    _names[id(lines)] = name
    weakref.finalize(lines, _names.pop, id(lines), None)
    return lines


def once_a_run(function: _Function) -> _Function:
    """Return a function of order lines that works out each answer once a run, where the lines have a name.

    The other arguments must say all of themselves in their `repr`: dates, numbers, texts.
    """

    @functools.wraps(function)
    def kept(order_lines: Any, *args: Any, **options: Any) -> pd.DataFrame:
        name = _names.get(id(order_lines))
        if name is None:
            return function(order_lines, *args, **options)
        asked = f"{name} {function.__name__} {args!r} {sorted(options.items())!r}.parquet"
        return pd.read_parquet(
            once(asked, lambda path: function(order_lines, *args, **options).to_parquet(path))
        )

    return kept  # type: ignore[return-value]


@functools.cache
def _own_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="kam-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
