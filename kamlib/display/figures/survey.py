"""Pictures of what customers say."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from kamlib.display import theme
from kamlib.display.figures.ranges import ranges
from kamlib.display.pictures import axes, described, is_narrow

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
    is_alike = shares.loc[best].round(9).equals(shares.loc[worst].round(9))
    return described(
        ax,
        title="All aspects are liked alike" if is_alike else f"Best liked: {best}. Least: {worst}.",
        subtitle=f"Share of answers at each of five levels, weighted to all contacts, {period}".rstrip(", "),
        alt=f"Diverging bars of five levels for {len(shares)} aspects. Satisfied with {best}: {said[best]}; "
        f"with {worst}: {said[worst]}.",
    )


def group_ranges(table: pd.DataFrame, *, of: str, subtitle: str, ax: Axes | None = None) -> Axes:
    """Draw the share of the satisfied in each group with its range, and say how far apart they lie.

    Parameters
    ----------
    table
        With `name`, `top2`, `top2_low`, `top2_high`, no number missing.
    of
        What the groups are, such as `tier`.
    subtitle
        Measure, unit and period.
    """
    ordered = table.sort_values("top2", kind="stable")
    shares = [theme.share(row, 0) for row in ordered["top2"]]
    low, high = (f"{shares[end]} ({ordered['name'].iloc[end]})" for end in (0, -1))
    title = f"By {of}: from {low} to {high}" if shares[0] != shares[-1] else f"By {of}: {shares[0]} in each"
    return ranges(table, "top2", title=title, subtitle=subtitle, in_shares=True, ax=ax)


def _name_levels(ax: Axes, words: pd.Series) -> None:
    """Name the five levels over the bars, in the order in which the bars show them."""
    patches = [Patch(color=_COLOURS[level], label=words[level]) for level in (1, 2, 3, 4, 5)]
    box: dict[str, Any] = {"handlelength": 1, "handleheight": 1, "columnspacing": 1, "borderaxespad": 0.2}
    ncols = 1 if is_narrow(ax) else 5
    ax.figure.legend(
        handles=patches, ncols=ncols, loc="outside upper left", frameon=False, fontsize="small", **box
    )
