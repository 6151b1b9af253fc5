"""The sources of a batch, opened once before anything runs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kamlib.data.opened import Opened
from kamlib.data.sources import open_source
from kamlib.errors import CannotTell, ContractError, SourceError
from kamlib.publish.plan import Job

_NARROWED_BY = ("as_of", "industry", "region", "manager")


def absolute_source(source: str, folder: Path) -> str:
    """Return a source as it is called from anywhere; a relative path starts at the folder."""
    return source if "://" in source else str((folder / source).resolve())


def checked_sources(planned: Sequence[Job]) -> list[dict[str, Any]]:
    """Open each distinct source once, so that its faults come out before anything runs.

    Returns
    -------
    list of dict
        `name`, `as_of` (the last day) and `lines` (number of order lines) of each.
    """
    told: dict[str, dict[str, Any]] = {}
    for job in planned:
        if "source" not in job.parameters:
            continue
        given = {name: job.parameters[name] for name in _NARROWED_BY if name in job.parameters}
        path = absolute_source(job.parameters["source"], job.notebook.parent)
        key = json.dumps([path, given])
        if key not in told or not job.examines_source:
            told[key] = _source_told(path, given, may_be_broken=job.examines_source)
    unique = {tuple(source.values()): source for source in told.values() if source}
    return list(unique.values())


def _source_told(path: str, given: Mapping[str, Any], *, may_be_broken: bool) -> dict[str, Any]:
    try:
        tables = open_source(path, **given)
    except CannotTell:  # no fault of the source: the report itself will say so
        return {}
    except (ContractError, SourceError):
        if not may_be_broken:
            raise
        Opened(path)  # that there is no such source at all is a fault for every report
        return {}
    return {"name": tables.name, "as_of": tables.as_of.isoformat(), "lines": tables.note["lines"]}
