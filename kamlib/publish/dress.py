"""The frame of every page: its style sheet with the theme's colours, its templates, its findings in words."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from kamlib.display import theme
from kamlib.display.findings import change_text, direction, range_text, value_text
from kamlib.display.templates import environment

SEVERITIES = ("act", "watch", "unknown", "info")
"""The most urgent first."""
_TEXTS = ("key", "kind", "sentence", "action", "evidence", "label", "unit", "previous_label", "good", "owner")
_NUMBERS = ("number", "low", "high", "previous", "money_per_year")
_PATH = re.compile(
    r"(?P<quote>['\"])(?:[A-Za-z]:)?[\\/](?:(?!(?P=quote)).)*[\\/](?P<quoted>(?:(?!(?P=quote)|[\\/]).)+)(?P=quote)"
    r"|(?<![\w:/\\.])(?:[A-Za-z]:)?[\\/](?:[^\s\\/:'\"<>]+[\\/])+(?P<bare>[^\s\\/:'\"<>,;()]*)"
)


def rendered(template: str, **values: Any) -> str:
    """Return a whole page from a template; every value is escaped unless the template says it is HTML."""
    templates = environment("kamlib.publish")
    templates.filters.update(unbroken=unbroken, day=theme.day)
    return templates.get_template(template).render(style=style_sheet(), **values)


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

    Words are left alone, a colour's name among them.

    Examples
    --------
    >>> with_variables('<svg><path style="fill: #0b6b74"/><text>#0b6b74</text></svg><p>#0b6b74</p>')
    '<svg><path style="fill: var(--accent)"/><text>#0b6b74</text></svg><p>#0b6b74</p>'
    """
    return re.sub(r"<svg.*?</svg>", lambda found: _coloured(found[0]), html, flags=re.DOTALL)


def told(finding: Mapping[str, Any]) -> dict[str, Any]:
    """Return a finding with every key a page reads: what is odd in it is left out, never a fault.

    Examples
    --------
    >>> odd = told({"sentence": "All is well.", "number": "many", "severity": "loud"})
    >>> odd["sentence"], odd["number"], odd["severity"], odd["action"]
    ('All is well.', None, 'info', '')
    """
    texts = {name: _text(finding.get(name)) for name in (*_TEXTS, "currency")}
    numbers = {name: _number(finding.get(name)) for name in _NUMBERS}
    if numbers["low"] is None or numbers["high"] is None:
        numbers |= {"low": None, "high": None}
    severity = finding.get("severity")
    return {**texts, **numbers, "severity": severity if severity in SEVERITIES else "info"}


def tile(finding: Mapping[str, Any], href: str = "") -> dict[str, str]:
    """Return what a tile shows of a finding with a label, and where it leads."""
    said = told(finding)
    return {
        "href": href,
        "label": said["label"],
        "value": value_text(said),
        "range": range_text(said),
        "change": change_text(said),
        "direction": direction(said),
        "severity": said["severity"],
    }


def without_paths(text: str) -> str:
    r"""Return a text that names files only, not where this machine keeps them.

    Examples
    --------
    >>> without_paths("No such file: '/home/ann lee/data/orders.csv' in cell 5")
    "No such file: 'orders.csv' in cell 5"
    >>> without_paths(r"cannot open C:\data\acme\orders.csv, nor https://a.example/b/c")
    'cannot open orders.csv, nor https://a.example/b/c'
    """

    def last_part(found: re.Match[str]) -> str:
        quote = found["quote"]
        return f"{quote}{found['quoted']}{quote}" if quote else found["bare"]

    return _PATH.sub(last_part, text)


def unbroken(text: str) -> str:
    """Return a text in which no line ends inside an amount: "−$0.67 million" stays together."""
    text = re.sub(rf"(?<={theme.MINUS})(?=[^\d\s])", "\N{WORD JOINER}", text)
    return re.sub(r"(?<=\d) (?=(?:million|m|days?)\b)", "\N{NO-BREAK SPACE}", text)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return value if is_number else None


def _coloured(svg: str) -> str:
    return re.sub(r'(<\w[^>]*? style=")([^"]*)', lambda tag: tag[1] + _style(tag[2]), svg)


def _style(style: str) -> str:
    for role, colour in theme.PALETTE.items():
        style = style.replace(colour, f"var(--{role})")
    return re.sub(r"'DejaVu Sans'(?:, sans-serif)?", "var(--sans)", style)


def _variables(colours: Mapping[str, str]) -> str:
    return " ".join(f"--{role}: {colour};" for role, colour in colours.items())
