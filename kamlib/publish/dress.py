"""The frame of every page: its style sheet with the theme's colours, and its templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from kamlib.display import theme
from kamlib.display.findings import change_text, direction, range_text, value_text


def rendered(template: str, **values: Any) -> str:
    """Return a whole page from a template; every value is escaped unless the template says it is HTML."""
    return _environment().get_template(template).render(style=style_sheet(), **values)


@cache
def style_sheet() -> str:
    """Return the style sheet: colours for light, dark and print, then the rules."""
    rules = resources.files("kamlib.publish").joinpath("html/style.css").read_text(encoding="utf-8")
    dark, paper = _variables(theme.DARK), _variables(theme.PRINT)
    return (
        f":root {{ {_variables(theme.PALETTE)} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
        f"@media print {{ :root {{ color-scheme: light; {paper} }} }}\n{rules}"
    )


def with_variables(html: str) -> str:
    """Return HTML whose figures take their colours from the page: one drawing for light, dark and print.

    Examples
    --------
    >>> with_variables('<svg><path style="fill: #0b6b74"/></svg><p>#0b6b74</p>')
    '<svg><path style="fill: var(--accent)"/></svg><p>#0b6b74</p>'
    """
    return re.sub(r"<svg.*?</svg>", lambda found: _coloured(found[0]), html, flags=re.DOTALL)


def tile(finding: Mapping[str, Any]) -> dict[str, str]:
    """Return what a tile shows of a finding with a label."""
    return {
        "label": finding["label"],
        "value": value_text(finding),
        "range": range_text(finding),
        "change": change_text(finding),
        "direction": direction(finding),
        "severity": finding.get("severity", "info"),
    }


def _coloured(svg: str) -> str:
    for role, colour in theme.PALETTE.items():
        svg = re.sub(re.escape(colour), f"var(--{role})", svg, flags=re.IGNORECASE)
    return re.sub(r"(font(?:-family)?: [^;\"]*?)'DejaVu Sans'(?:, sans-serif)?", r"\1var(--sans)", svg)


def _variables(colours: Mapping[str, str]) -> str:
    return " ".join(f"--{role}: {colour};" for role, colour in colours.items())


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("kamlib.publish", "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
