"""A drawn figure as a picture of a report: its words in the page, its drawing as SVG for two widths."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter

from kamlib.display import theme
from kamlib.display.tables import plain_table_html
from kamlib.display.templates import rendered
from kamlib.estimate import Unknown

WIDE, NARROW = 7.0, 3.0
"""Widths in inches: of a figure in the text column, and of one on a phone."""

TALL = 4
"""Inches from which a picture is tall."""


@dataclass(frozen=True)
class Picture:
    """A figure that displays as one: caption, drawing at two widths, alt text, numbers behind it.

    Parameters
    ----------
    key
        Its name within the report; findings point at it as their evidence.
    title, subtitle, alt
        The finding; measure, unit and period; the picture in words.
    wide, narrow
        The drawing as SVG.
    numbers
        What was drawn, as an HTML table.
    is_tall
        Paper gives it more room.
    """

    key: str
    title: str
    subtitle: str
    alt: str
    wide: str
    narrow: str
    numbers: str
    is_tall: bool = False

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {
            "text/plain": f"{self.title}\n{self.subtitle}\n{self.alt}",
            "text/html": rendered("picture.html", picture=self),
        }


def picture(
    draw: Callable[..., Axes],
    *results: Any,
    key: str,
    height: float = 3.0,
    numbers: pd.DataFrame | None = None,
    **options: Any,
) -> Picture | Unknown:
    """Draw results at both widths and take the words off the drawing into the page.

    Parameters
    ----------
    draw
        A function of `kamlib.display.figures`: results in, Axes out.
    *results, **options
        Passed to `draw`. An `Unknown` among the results is returned as it is, in place of a picture.
    key
        Its name within the report.
    height
        In inches, at the wide size.
    numbers
        The table behind the picture; by default the first result that is a table.
    """
    unknown = next((result for result in results if isinstance(result, Unknown)), None)
    if unknown is not None:
        return unknown
    tables = [result for result in results if isinstance(result, pd.DataFrame)]
    behind = numbers if numbers is not None else tables[0] if tables else pd.DataFrame()
    wide, words = _drawn(draw, results, options, (WIDE, height))
    narrow, _ = _drawn(draw, results, options, (NARROW, height * 1.05))
    return Picture(
        key=key,
        **words,
        wide=_inline_svg(wide, f"{key}-w", words["alt"]),
        narrow=_inline_svg(narrow, f"{key}-n", words["alt"]),
        numbers=plain_table_html(behind),
        is_tall=height > TALL,
    )


def described(ax: Axes, *, title: str, subtitle: str, alt: str) -> Axes:
    """Give a figure its words: title (the finding), subtitle (measure, unit, period) and alt text."""
    ax.figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
    ax.set_title(subtitle, loc="left", fontsize="small")
    ax.figure.set_label(alt)
    return ax


def axes(ax: Axes | None) -> Axes:
    """Return the Axes to draw on: the given one, or that of a new figure."""
    return ax if ax is not None else plt.subplots(figsize=(WIDE, 3.0), layout="constrained")[1]


def in_percent(*axis: Axis) -> None:
    """Write the shares along an axis, or several, in percent."""
    for one in axis:
        one.set_major_formatter(FuncFormatter(lambda part, _: theme.share(part, 0)))


def in_money(*axis: Axis, currency: str = "") -> None:
    """Write the amounts along an axis, or several, as short as they can be: 20k, 1.5 m."""
    for one in axis:
        one.set_major_formatter(FuncFormatter(lambda amount, _: _short(amount, currency)))


def _short(amount: float, currency: str) -> str:
    size, word = abs(amount), ""
    for step, name in ((1e6, " m"), (1e3, "k")):
        if size >= step:
            size, word = size / step, name
            break
    sign = theme.MINUS if amount < 0 else ""
    return f"{sign}{theme.money(0, currency).removesuffix('0')}{size:,.4g}{word}"


def is_narrow(ax: Axes) -> bool:
    """Return whether the figure is drawn for a phone: fewer ticks, shorter labels."""
    return bool(ax.figure.get_figwidth() < WIDE * 0.75)  # type: ignore[union-attr]


def _drawn(
    draw: Callable[..., Axes], results: tuple[Any, ...], options: dict[str, Any], size: tuple[float, float]
) -> tuple[str, dict[str, str]]:
    """Return the SVG of a figure without its words, and the words."""
    with plt.rc_context(theme.RC):
        figure, ax = plt.subplots(figsize=size, layout="constrained")
        try:
            draw(*results, ax=ax, **options)
            words = {
                "title": figure.get_suptitle(),
                "subtitle": ax.get_title(loc="left"),
                "alt": str(figure.get_label()),
            }
            figure.suptitle(words["title"]).set(visible=False, in_layout=False)
            ax.set_title("", loc="left").set(visible=False, in_layout=False)
            svg = io.StringIO()
            figure.savefig(
                svg, format="svg", metadata={"Date": None, "Creator": None, "Type": None, "Format": None}
            )
        finally:
            plt.close(figure)
    return svg.getvalue(), words


def _inline_svg(svg: str, prefix: str, alt: str) -> str:
    """Return an SVG that may stand in a page beside others: no clashing ids, no style of its own."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    used = set(re.findall(r"<[^>]*(?:url\(#|href=\"#)([^)\"]+)", svg))
    # Tags only: an account may be called ` id="x"`.
    svg = re.sub(r"<\w[^>]*>", lambda tag: _with_own_ids(tag[0], prefix, used), svg)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html.escape(alt)}" ', 1).strip()


def _with_own_ids(tag: str, prefix: str, used: set[str]) -> str:
    tag = re.sub(r' id="([^"]+)"', lambda m: f' id="{prefix}-{m[1]}"' if m[1] in used else "", tag)
    tag = re.sub(r"(url\(#|href=\"#)", rf"\g<1>{prefix}-", tag)
    return tag.replace("rotate(-0 ", "rotate(0 ")
