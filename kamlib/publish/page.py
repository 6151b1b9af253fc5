"""One executed notebook as one HTML page: the answer first, no code, no network."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator
from typing import Any

import mistune
from nbformat import NotebookNode

from kamlib import __version__, mime
from kamlib.display import theme
from kamlib.publish.dress import rendered, tile, told, with_variables, without_paths
from kamlib.publish.outputs import findings, question, source_note, spreadsheet_names
from kamlib.publish.parameters import cell_parameters

ANALYST_TAG = "analyst"
"""Cells with this tag are for the reader of the notebook, not of the page."""
TILES = 5
_HIDDEN_SETTINGS = ("source", "results")


class _PlainLinks(mistune.HTMLRenderer):
    """Markdown without raw HTML, pictures from elsewhere, links that leave the page, or a second h1."""

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return super().link(text, url, title) if url.startswith("#") else text

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return text

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        return super().heading(text, max(level, 2), **attrs)


_markdown = mistune.create_markdown(renderer=_PlainLinks(escape=True), plugins=["table"])


def page_html(notebook: NotebookNode, *, report: str, home: str, audience: str = "") -> str:
    """Return the page of an executed notebook: the same notebook gives the same bytes.

    The first finding is the lead, findings with a label are tiles; both leave their place in the
    text. Everything else keeps its order, up to the cell where the notebook stopped. Code, plain
    text and cells tagged `analyst` stay behind.

    Parameters
    ----------
    notebook
        Executed; findings, figures and tables are its outputs.
    report
        Such as `pareto/concentration`.
    home
        The relative link to the index.
    audience
        For whom the plan says it is.
    """
    found, note = findings(notebook), source_note(notebook) or {}
    family = report.partition("/")[0].replace("_", " ").capitalize() if "/" in report else ""
    last_day = note.get("data_to", note.get("as_of"))
    tiles = [finding for finding in found if told(finding)["label"]][:TILES]
    lead = next((finding for finding in found if not told(finding)["label"]), None)
    body = _with_anchors(list(_body(notebook, [*tiles, *([lead] if lead else [])])))
    contents = [(anchor, _words(title)) for piece in body for anchor, title in _HEADING.findall(piece)]
    return rendered(
        "page.html",
        report=report,
        home=home,
        version=__version__,
        kicker=" · ".join(filter(None, (family, f"for {audience}" if audience else ""))),
        question=question(notebook),
        intro=_intro(notebook),
        lead=_lead(lead, body) if lead else None,
        note=note.get("text", ""),
        data_to=theme.day(last_day) if last_day else "",
        shown_tiles=[tile(finding) for finding in tiles],
        contents=[*contents, ("how-it-was-made", "How it was made")] if contents else [],
        body=body,
        lists=sorted(spreadsheet_names(notebook)),
        settings=_settings(notebook, note),
    )


def _lead(finding: dict[str, Any], body: list[str]) -> dict[str, Any]:
    """Return the lead; it points at its evidence where the page shows that."""
    lead = told(finding)
    is_shown = any(f'id="{lead["evidence"]}"' in piece for piece in body)
    return lead if is_shown else {**lead, "evidence": ""}


def _body(notebook: NotebookNode, hoisted: list[dict[str, Any]]) -> Iterator[str]:
    opening = next((cell for cell in notebook.cells if cell.cell_type == "markdown"), None)
    for cell in notebook.cells:
        if ANALYST_TAG in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "markdown" and cell is not opening:
            yield str(_markdown(cell.source))
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if data.get(mime.FINDING) not in hoisted and mime.SOURCE not in data and "text/html" in data:
                yield with_variables("".join(data["text/html"]))
        if cell.metadata.get("papermill", {}).get("exception"):
            return  # what follows would lead to pictures that were never drawn


_HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>')


def _with_anchors(body: list[str]) -> list[str]:
    """Return the body with a name for each section: its number, so that no two are the same."""
    headings = iter(range(1, 1000))
    return [re.sub(r"<h2>", lambda _: f'<h2 id="section-{next(headings)}">', piece) for piece in body]


def _intro(notebook: NotebookNode) -> str:
    """Return what stands under the question in the first cell: for whom, what decision it serves."""
    opening = next((cell.source for cell in notebook.cells if cell.cell_type == "markdown"), "")
    text = "\n".join(line for line in opening.splitlines() if not line.startswith("#"))
    return " ".join(_words(str(_markdown(text))).split())


def _words(fragment: str) -> str:
    """Return the words of a piece of HTML."""
    return html.unescape(re.sub(r"<[^>]+>", "", fragment))


def _settings(notebook: NotebookNode, note: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the parameters in force under their plain labels: the comments of the parameters cell.

    What follows a semicolon there is for whoever sets the parameter.
    """
    values: dict[str, str] = {}
    labels: dict[str, str] = {}
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if "parameters" in tags:
            stated = cell_parameters(cell.source, where="the notebook")
            values |= {one.name: _shown(one.default) for one in stated}
            labels |= {one.name: one.help.partition(";")[0].strip() for one in stated}
        elif "injected-parameters" in tags:
            values |= dict(_assigned(cell.source))
    if note.get("as_of"):
        values["as_of"] = theme.day(note["as_of"])
    source = [("Source", str(note["name"]))] if note.get("name") else []
    shown = [name for name in values if name not in _HIDDEN_SETTINGS]
    return [*source, *((labels.get(name) or name, without_paths(values[name])) for name in shown)]


def _assigned(source: str) -> Iterator[tuple[str, str]]:
    """Return what papermill wrote: plain assignments, without types."""
    for line in ast.parse(source).body:
        if isinstance(line, ast.Assign):
            yield ast.unparse(line.targets[0]), _shown(ast.literal_eval(line.value))


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "all"
    return str(value) or theme.MISSING
