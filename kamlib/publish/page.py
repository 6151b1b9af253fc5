"""One executed notebook as one HTML page: the answer first, no code, no network."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import mistune
from nbformat import NotebookNode

from kamlib import mime
from kamlib.display import theme
from kamlib.publish.dress import rendered, tile, with_variables
from kamlib.publish.outputs import findings, question, source_note

ANALYST_TAG = "analyst"
"""Cells with this tag are for the reader of the notebook, not of the page."""
TILES = 5
_HIDDEN_SETTINGS = ("source", "results")
_markdown = mistune.create_markdown(escape=True, plugins=["table"])


@dataclass(frozen=True)
class _Page:
    """What a page shows, in order."""

    question: str
    intro: str
    lead: dict[str, Any] | None
    note: str
    data_to: str
    tiles: list[dict[str, str]]
    contents: list[tuple[str, str]]
    body: list[str]
    settings: list[tuple[str, str]]


def page_html(notebook: NotebookNode, *, report: str, home: str) -> str:
    """Return the page of an executed notebook: the same notebook gives the same bytes.

    The first finding is the lead, findings with a label are tiles; both leave their place in the
    text. Everything else keeps its order. Code, plain text and cells tagged `analyst` stay behind.

    Parameters
    ----------
    notebook
        Executed; findings, figures and tables are its outputs.
    report
        Such as `pareto/concentration`.
    home
        The relative link to the index.
    """
    return rendered("page.html", page=_page(notebook), report=report, home=home)


def _page(notebook: NotebookNode) -> _Page:
    found, note = findings(notebook), source_note(notebook) or {}
    tiles = [finding for finding in found if finding.get("label")][:TILES]
    lead = next((finding for finding in found if not finding.get("label")), None)
    hoisted = [*tiles, *([lead] if lead else [])]
    body = list(_body(notebook, hoisted))
    headings = [re.findall(r'<h2 id="([^"]+)">(.*?)</h2>', piece) for piece in body]
    contents = [heading for piece in headings for heading in piece]
    return _Page(
        question=question(notebook),
        intro=_intro(notebook),
        lead={"action": "", "evidence": "", "severity": "info", **lead} if lead else None,
        note=note.get("text", ""),
        data_to=theme.day(note["as_of"]) if note.get("as_of") else "",
        tiles=[tile(finding) for finding in tiles],
        contents=[*contents, ("how-it-was-made", "How it was made")] if contents else [],
        body=body,
        settings=_settings(notebook, note),
    )


def _body(notebook: NotebookNode, hoisted: list[dict[str, Any]]) -> Iterator[str]:
    for index, cell in enumerate(notebook.cells):
        if ANALYST_TAG in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "markdown" and index > 0:
            yield _with_anchors(str(_markdown(cell.source)))
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if data.get(mime.FINDING) not in hoisted and mime.SOURCE not in data and "text/html" in data:
                yield with_variables(data["text/html"])


def _with_anchors(html: str) -> str:
    return re.sub(r"<h2>(.*?)</h2>", lambda found: f'<h2 id="{_slug(found[1])}">{found[1]}</h2>', html)


def _slug(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")


def _intro(notebook: NotebookNode) -> str:
    """Return what stands under the question in the first cell: for whom, what decision it serves."""
    first = notebook.cells[0].source if notebook.cells else ""
    return " ".join(line for line in first.splitlines() if line and not line.startswith("#"))


def _settings(notebook: NotebookNode, note: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the parameters in force under their plain labels: the comments of the parameters cell."""
    values: dict[str, str] = {}
    labels: dict[str, str] = {}
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "code" and ("parameters" in tags or "injected-parameters" in tags):
            values |= dict(_assigned(cell.source))
            labels |= _labels(cell.source) if "parameters" in tags else {}
    if note.get("as_of"):
        values["as_of"] = theme.day(note["as_of"])
    shown = [name for name in values if name not in _HIDDEN_SETTINGS]
    return [(labels.get(name, name), values[name]) for name in shown]


def _assigned(source: str) -> Iterator[tuple[str, str]]:
    for line in ast.parse(source).body:
        if isinstance(line, ast.AnnAssign | ast.Assign) and line.value is not None:
            target = line.target if isinstance(line, ast.AnnAssign) else line.targets[0]
            value = ast.literal_eval(line.value)
            text = ", ".join(map(str, value)) or "all" if isinstance(value, list) else str(value)
            yield ast.unparse(target), text


def _labels(source: str) -> dict[str, str]:
    found = re.findall(r"^(\w+)\s*:.*?#\s*([^;\n]+)", source, flags=re.MULTILINE)
    return {name: label.strip() for name, label in found}
