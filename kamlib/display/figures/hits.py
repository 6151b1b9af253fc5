"""How often something was right: a dot with its range, a mark at what is usual, the name above."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from kamlib.display import theme
from kamlib.display.pictures import axes, described, in_percent, is_narrow

INK, MUTED = theme.PALETTE["ink"], theme.PALETTE["muted"]
ACCENT, SOFT = theme.PALETTE["accent"], theme.PALETTE["accent-soft"]


def hit_ranges(
    table: pd.DataFrame, *, title: str, subtitle: str, usual: str = "usual", ax: Axes | None = None
) -> Axes:
    """Draw a share of each row as a dot on its range, against what is usual; the first row on top.

    Parameters
    ----------
    table
        With `name`, `share`, `share_low`, `share_high` and `base_share`, none missing, and the counts
        `part` of `whole` behind them.
    title, subtitle
        The words of the figure.
    usual
        What the mark at `base_share` is called.
    """
    ax = axes(ax)
    rows = range(len(table))
    small: dict[str, Any] = {"color": INK, "fontsize": "small", "va": "bottom"}
    top = min(1.0, float(table[["share_high", "base_share"]].max(axis=None)) + 0.02)
    ax.hlines(rows, table["share_low"], table["share_high"], color=SOFT, linewidth=6)
    ax.vlines(table["base_share"], [y - 0.22 for y in rows], [y + 0.22 for y in rows], color=MUTED)
    ax.plot(table["share"], rows, "o", color=ACCENT, markersize=7, clip_on=False)
    for y, row in zip(rows, table.itertuples(), strict=True):
        beside = f"{row.part:,.0f} of {row.whole:,.0f}"
        name = f"{row.name}: {beside}" if not is_narrow(ax) else f"{row.name}\n{beside}"
        ax.text(0, y - 0.28, name, **small)
    muted = small | {"color": MUTED, "ha": "center"}
    ax.text(table["base_share"].iloc[-1], len(table) - 0.42, usual, **muted)
    ax.set(xlim=(0, top), ylim=(len(table) - 0.35, -1.05 if is_narrow(ax) else -0.75))
    ax.yaxis.set_visible(False)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x")
    ax.set_axisbelow(True)
    in_percent(ax.xaxis)
    said = "; ".join(
        f"{row.name} {theme.share(row.share, 0)}, between {theme.share(row.share_low, 0)} and "
        f"{theme.share(row.share_high, 0)}, {usual} {theme.share(row.base_share, 0)}"
        for row in table.itertuples()
    )
    return described(ax, title=title, subtitle=subtitle, alt=f"Dots with ranges: {said}.")
