"""What an executed notebook says: its question, findings, source and kept tables."""

from __future__ import annotations

import base64
import copy
import json
import re
from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode

from kamlib import mime
from kamlib.errors import KamError

_TABLE_NAME = re.compile(r"[a-z0-9_]+")
_HEADING = re.compile(r"^#\s+(.+?)\s*#*$", re.MULTILINE)


def findings(notebook: NotebookNode) -> list[dict[str, Any]]:
    """Return the findings of an executed notebook, in the order of its cells."""
    return list(_bundles(notebook, mime.FINDING))


def source_note(notebook: NotebookNode) -> dict[str, Any] | None:
    """Return what the notebook said about its source: the first such note, or None."""
    return next(_bundles(notebook, mime.SOURCE), None)


def question(notebook: NotebookNode) -> str:
    """Return the notebook's question: its first `# heading`, or an empty text."""
    texts = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    headings = (_HEADING.search(text) for text in texts)
    return next((heading.group(1) for heading in headings if heading), "")


def kept_tables(notebook: NotebookNode) -> dict[str, bytes]:
    """Return the tables an executed notebook keeps for others: Parquet bytes by name.

    Raises
    ------
    KamError
        A name is not made of small letters, digits and `_`, is used twice, or its bytes are damaged.
    """
    tables: dict[str, bytes] = {}
    for kept in _bundles(notebook, mime.TABLE):
        name = kept.get("name")
        if not isinstance(name, str) or not _TABLE_NAME.fullmatch(name):
            raise KamError(f"a kept table is called {name!r}; use small letters, digits and _ only")
        if name in tables:
            raise KamError(f"two kept tables are called '{name}'; give one another name")
        try:
            tables[name] = base64.b64decode(kept["parquet"], validate=True)
        except (KeyError, TypeError, ValueError):
            raise KamError(f"the kept table '{name}' carries no Parquet; use keep()") from None
    return tables


def spreadsheet_names(notebook: NotebookNode) -> set[str]:
    """Return which kept tables are to be written as spreadsheets too."""
    return {str(kept.get("name")) for kept in _bundles(notebook, mime.TABLE) if kept.get("spreadsheet")}


def without_kept_tables(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of the notebook without the bytes of its kept tables; all else stays."""
    bare = copy.deepcopy(notebook)
    for cell in bare.cells:
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            output.get("data", {}).pop(mime.TABLE, None)
        cell.outputs = [output for output in cell.outputs if "data" not in output or output.data]
    return bare


def _bundles(notebook: NotebookNode, mime: str) -> Iterator[dict[str, Any]]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            found = output.get("data", {}).get(mime)
            if isinstance(found, dict):
                yield json.loads(json.dumps(found))  # nbformat's nodes as plain dicts and lists
