"""Points with the range each of them could have, one line each."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from kamlib.display import theme
from kamlib.display.pictures import axes, described, in_percent, is_narrow


def ranges(
    table: pd.DataFrame,
    column: str,
    *,
    title: str,
    subtitle: str,
    in_shares: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw a number of each row as a point, and from its least to its greatest a line; the first row on top.

    Parameters
    ----------
    table
        With `name`, `column`, `column_low` and `column_high`, no number missing.
    column
        Shares (0 to 1) if `in_shares`, else whole numbers.
    title, subtitle
        The words of the figure.
    """
    ax = axes(ax)
    longest = 15 if is_narrow(ax) else 30
    low, high, rows = table[f"{column}_low"], table[f"{column}_high"], range(len(table))
    ax.hlines(rows, low, high, color=theme.PALETTE["accent-soft"], linewidth=6)
    ax.plot(table[column], rows, "o", color=theme.PALETTE["accent"], markersize=6)
    said = [theme.share(one, 0) if in_shares else theme.number(one) for one in table[column]]
    for y, (end, text) in enumerate(zip(high, said, strict=True)):
        ax.annotate(text, (end, y), xytext=(7, 0), textcoords="offset points", va="center", fontsize="small")
    figure: Any = ax.figure
    room = 2 if figure.get_figheight() > len(table) / 3 else 1
    lines = [wrap(name, longest) for name in table["name"]]
    ax.set_yticks(rows, ["\n".join(one[:room]) + ("…" if len(one) > room else "") for one in lines])
    ax.set(ylim=(len(table) - 0.4, -0.6))
    ax.margins(x=0.08)
    if in_shares:
        ax.set(xlim=(-0.02, 1.12), xticks=[0, 0.5, 1] if is_narrow(ax) else [0, 0.25, 0.5, 0.75, 1])
        in_percent(ax.xaxis)
    ax.tick_params(axis="y", colors=theme.PALETTE["ink"])
    ax.grid(axis="x")
    ax.set_axisbelow(True)
    ax.spines["left"].set_visible(False)
    listed = "; ".join(f"{name} {text}" for name, text in zip(table["name"], said, strict=True))
    return described(ax, title=title, subtitle=subtitle, alt=f"Points with ranges. {listed}.")
