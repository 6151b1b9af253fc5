"""The words of findings: they stand in a TOML file beside each module, and are filled in here.

There each finding has its key, and under it those parts of a `Finding` that are the same in every report.
What changes stands in braces.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kamlib.display.findings.finding import Finding

Words = Mapping[str, Mapping[str, str]]


def finding_words(module: str) -> Words:
    """Return what the file beside a module (its `__file__`) says: for each finding its parts by name."""
    return tomllib.loads(Path(module).with_suffix(".toml").read_text(encoding="utf-8"))


def told_finding(
    said: Words, key: str, words: Mapping[str, Any], *, acts: bool = True, **rest: Any
) -> Finding:
    """Return a finding in its words.

    Parameters
    ----------
    said
        `finding_words`.
    key
        Which of them; a fact, unless they say another kind.
    words
        What is put in for the braces.
    acts
        False where there is nothing to do: action and evidence are left out.
    **rest
        All other parts of the finding.

    Examples
    --------
    >>> said = {"gone": {"sentence": "{count:,} are gone.", "action": "Call.", "evidence": "calls"}}
    >>> told_finding(said, "gone", {"count": 1200}, acts=False).payload()
    {'key': 'gone', 'kind': 'fact', 'sentence': '1,200 are gone.', 'good': 'neither', 'severity': 'info'}
    """
    parts = {part: text for part, text in said[key].items() if acts or part not in ("action", "evidence")}
    told: dict[str, Any] = {part: text.format(**words) for part, text in parts.items()}
    return Finding(**{"key": key, "kind": "fact"} | told | rest)


def with_range(estimate: Any) -> dict[str, Any]:
    """Return the number of an `Estimate` with its range, as parts of a finding."""
    return {"number": estimate.value, "low": estimate.low, "high": estimate.high, "n": estimate.n}


def cells_with_range(row: Any, name: str, *, factor: float = 1) -> dict[str, Any]:
    """Return a number `x` of a table's row with its range (`x_low`, `x_high`), as parts of a finding."""
    columns = {"number": name, "low": f"{name}_low", "high": f"{name}_high"}
    return {part: float(row[column] * factor) for part, column in columns.items()}
