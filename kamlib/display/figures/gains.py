"""Pictures of what more of something would be worth."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from kamlib.display import theme
from kamlib.display.figures.survival import LINES, apart, named_end
from kamlib.display.pictures import axes, described, in_money, is_narrow


def gain_lines(points: pd.DataFrame, *, currency: str = "", period: str = "", ax: Axes | None = None) -> Axes:
    """Draw what one to ten points more are worth, a line for each tier.

    Parameters
    ----------
    points
        `worth_of_points`: the first tier is drawn with its range.
    currency
        ISO code of money.
    period
        What the worth rests on.
    """
    ax, last = axes(ax), points["points"].max()
    tiers = [name for name in points["tier"].unique() if name != "All"] or ["All"]
    ends = points[points["points"] == last].set_index("tier")["worth"]
    size = points.loc[points["tier"].isin(tiers), "worth"].abs().max()
    heights = apart(ends[tiers].sort_values() / size)
    for colour, tier in zip(LINES, tiers, strict=False):
        rows = points[points["tier"] == tier]
        x, y = [0, *rows["points"]], [0, *rows["worth"]]
        ax.plot(x, y, color=colour, marker="o", markersize=4, zorder=3)
        if tier == tiers[0]:
            low, high = ([0, *rows[f"worth_{end}"]] for end in ("low", "high"))
            ax.fill_between(x, low, high, color=theme.PALETTE["accent-soft"], linewidth=0)
        label = f"{tier}  {theme.money(ends[tier], currency, million=' m')}"
        named_end(ax, (last, heights[tier] * size), label, colour)
    ax.set(xlim=(0, last * (1.6 if is_narrow(ax) else 1.25)))
    ax.set_xticks(range(0, last + 1, 5 if is_narrow(ax) else 1))
    ax.set_xlabel("more kept of every 100" + ("" if is_narrow(ax) else " customers a year"))
    in_money(ax.yaxis, currency=currency)
    ax.axhline(0, color=theme.PALETTE["rule"], linewidth=0.8)
    ax.grid(axis="y")
    first = points[points["tier"] == tiers[0]].iloc[0]
    worth = theme.money(first["worth"], currency)
    name = "all accounts" if tiers[0] == "All" else f"tier {tiers[0]}"
    said = "; ".join(f"{tier} {theme.money(ends[tier], currency)}" for tier in tiers)
    return described(
        ax,
        title=f"First point of {name}: {worth}",
        subtitle=f"Worth in today's money of keeping more customers, by tier; {period}".rstrip("; "),
        alt=f"Lines of what keeping more customers is worth. At {last} points: {said}.",
    )
