"""Pictures of what was foretold, and what came."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from kamlib.display import theme
from kamlib.display.figures.survival import apart, named_end
from kamlib.display.pictures import axes, described, is_narrow

ACCENT, SOFT, INK = (theme.PALETTE[role] for role in ("accent", "accent-soft", "ink"))


def tracking_lines(
    tracking: pd.DataFrame, *, what: str = "orders", period: str = "", ax: Axes | None = None
) -> Axes:
    """Draw a forecast with its range, and what came, added up from the day it was made.

    Parameters
    ----------
    tracking
        `tracking_table`.
    what
        What is counted.
    period
        From which day to which.
    """
    ax, day = axes(ax), tracking["day"]
    ax.fill_between(day, tracking["expected_low"], tracking["expected_high"], color=SOFT, linewidth=0)
    ax.plot(day, tracking["expected"], color=ACCENT, zorder=3)
    ax.plot(day, tracking["orders"], "o", color=INK, markersize=5, zorder=4)
    last, top = tracking.iloc[-1], max(tracking[["expected_high", "orders"]].max())
    heights = apart(last[["expected", "orders"]].sort_values() / top)
    for name, label, colour in (("expected", "foretold", ACCENT), ("orders", "came", INK)):
        named_end(ax, (last["day"], heights[name] * top), label, colour)
    span = last["day"] - day.min()
    ax.set(ylim=(0, top * 1.08), xlim=(day.min() - span * 0.04, last["day"] + span * 0.24))
    ticks = day.iloc[:: 4 if is_narrow(ax) else 2]
    ax.set_xticks(ticks, [f"{one:%b %y}" for one in ticks])
    ax.yaxis.set_major_formatter(lambda value, _: theme.number(value))
    ax.grid(axis="y")
    foretold, came = (theme.number(last[name]) for name in ("expected", "orders"))
    low, high = (theme.number(last[f"expected_{end}"]) for end in ("low", "high"))
    return described(
        ax,
        title=f"{foretold} {what} foretold, {came} came",
        subtitle=f"{what.capitalize()} added up, with the range of the forecast; {period}".rstrip("; "),
        alt=f"A rising line of the {what} foretold and dots of those that came. In the end {foretold} were "
        f"foretold, between {low} and {high}, and {came} came.",
    )
