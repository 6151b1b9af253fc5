"""Pictures of what customers say."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from kamlib.display import theme
from kamlib.display.pictures import axes, described, in_percent, is_narrow

_COLOURS = {
    level: theme.PALETTE[role]
    for level, role in enumerate(("warn", "warn-soft", "neutral", "accent-soft", "accent"), 1)
}
_ON_COLOUR = {level: theme.PALETTE["card" if level in (1, 5) else "ink"] for level in _COLOURS}


def level_bars(
    levels: pd.DataFrame, *, labels: str = "aspect", period: str = "", ax: Axes | None = None
) -> Axes:
    """Draw the five levels as bars that part in the middle of "no opinion", the best aspect on top.

    Parameters
    ----------
    levels
        `level_table` with a column that names each question.
    labels
        That column.
    period
        Which wave.
    """
    ax = axes(ax)
    shares = levels.set_index([labels, "level"])["share"].unstack()  # noqa: PD010 - a pivot_table would average
    left = -(shares[1] + shares[2] + shares[3] / 2)
    shares = shares.loc[left.sort_values().index]
    left = left.sort_values()
    for level in (1, 2, 3, 4, 5):
        ax.barh(shares.index, shares[level], left=left, color=_COLOURS[level], height=0.7)
        for y, (start, width) in enumerate(zip(left, shares[level], strict=True)):
            if width >= (0.16 if is_narrow(ax) else 0.06):
                centred: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": "small"}
                ax.text(start + width / 2, y, theme.share(width, 0), color=_ON_COLOUR[level], **centred)
        left = left + shares[level]
    ax.axvline(0, color=theme.PALETTE["muted"], linewidth=0.8, zorder=0)
    _name_levels(ax, levels.drop_duplicates("level").set_index("level")["words"])
    ax.tick_params(axis="y", colors=theme.PALETTE["ink"])
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.xaxis.set_visible(False)
    aspects = [name for name in shares.index if name != "overall"] or list(shares.index)
    best, worst = aspects[-1], aspects[0]
    said = {name: theme.share(shares.loc[name, 4] + shares.loc[name, 5], 0) for name in (best, worst)}
    return described(
        ax,
        title=f"Best liked: {best}. Least: {worst}.",
        subtitle=f"Share of answers at each of five levels, weighted to all contacts, {period}".rstrip(", "),
        alt=f"Diverging bars of five levels for {len(shares)} aspects. Satisfied with {best}: {said[best]}; "
        f"with {worst}: {said[worst]}.",
    )


def share_ranges(
    table: pd.DataFrame, column: str, *, labels: str, title: str, subtitle: str, ax: Axes | None = None
) -> Axes:
    """Draw shares as points with their ranges, one line each.

    Parameters
    ----------
    table
        With `column`, `column_low`, `column_high`, no number missing.
    column
        Shares, 0 to 1.
    labels
        The column that names the rows.
    title, subtitle
        The words of the figure.
    """
    ax = axes(ax)
    known = table.iloc[::-1]
    ink, accent = theme.PALETTE["ink"], theme.PALETTE["accent"]
    ax.hlines(
        known[labels], known[f"{column}_low"], known[f"{column}_high"], color=accent, linewidth=3, alpha=0.45
    )
    ax.plot(known[column], known[labels], "o", color=accent, markersize=7)
    bold: dict[str, Any] = {"color": ink, "fontweight": "bold", "fontsize": "small", "ha": "center"}
    for _, row in known.iterrows():
        at = (row[column], row[labels])
        ax.annotate(theme.share(row[column], 0), at, xytext=(0, 7), textcoords="offset points", **bold)
    ax.set(xlim=(0, 1), ylim=(-0.6, len(known) - 0.4))
    in_percent(ax.xaxis)
    ax.tick_params(axis="y", colors=ink)
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    said = "; ".join(
        f"{row[labels]} {theme.share(row[column], 0)}, between {theme.share(row[f'{column}_low'], 0)} "
        f"and {theme.share(row[f'{column}_high'], 0)}"
        for _, row in known.iloc[::-1].iterrows()
    )
    return described(ax, title=title, subtitle=subtitle, alt=f"Points with ranges: {said}.")


def _name_levels(ax: Axes, words: pd.Series) -> None:
    """Name the five levels over the bars, in the order in which the bars show them."""
    patches = [Patch(color=_COLOURS[level], label=words[level]) for level in (1, 2, 3, 4, 5)]
    box: dict[str, Any] = {"handlelength": 1, "handleheight": 1, "columnspacing": 1, "borderaxespad": 0.2}
    ncols = 1 if is_narrow(ax) else 5
    ax.figure.legend(
        handles=patches, ncols=ncols, loc="outside upper left", frameon=False, fontsize="small", **box
    )
