"""Pictures of how long something lasts."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from kamlib.display import theme
from kamlib.display.pictures import axes, described, in_percent, is_narrow

LINES = (theme.PALETTE["accent"], theme.PALETTE["ink"], theme.PALETTE["muted"])


def survival_lines(
    curves: pd.DataFrame, at_risk: pd.DataFrame, *, period: str = "", ax: Axes | None = None
) -> Axes:
    """Draw which share of each tier's accounts was still there, from the first day on.

    Parameters
    ----------
    curves
        `tier_curves`: the first tier is drawn with its range.
    at_risk
        `at_risk_table`: it says where the curves end, and gives the title its number.
    period
        Of the watch.
    """
    ax, ends = axes(ax), at_risk["months"].max()
    last = at_risk.groupby("tier", sort=False).last()["survival"].sort_values()
    heights = apart(last)
    for colour, (tier, curve) in zip(LINES, curves.groupby("tier"), strict=False):
        months = curve["time"] / 365 * 12
        x, y = [*months, max(ends, months.max())], [*curve["survival"], curve["survival"].iloc[-1]]
        ax.step(x, y, where="post", color=colour, zorder=3)
        if colour == LINES[0]:
            low, high = (
                [*curve[f"survival_{end}"], curve[f"survival_{end}"].iloc[-1]] for end in ("low", "high")
            )
            ax.fill_between(x, low, high, step="post", color=theme.PALETTE["accent-soft"], linewidth=0)
        named_end(ax, (x[-1], heights[tier]), f"{tier}  {theme.share(y[-1], 0)}", colour)
    ax.set(xlim=(0, curves["time"].max() / 365 * 12 * 1.16 or 1), ylim=(0, 1.04))
    ax.set_xticks(range(0, int(ends) + 1, 12 if is_narrow(ax) or ends > 36 else 6))
    ax.set_xlabel("months since the watch began")
    in_percent(ax.yaxis)
    ax.grid(axis="y")
    row = at_risk[at_risk["tier"] == at_risk["tier"].iloc[0]].iloc[-1]
    name = "all accounts" if row["tier"] == "All" else f"tier {row['tier']}"
    said = "; ".join(f"{tier} {theme.share(share, 0)}" for tier, share in last.sort_index().items())
    share, months = theme.share(row["survival"], 0), theme.number(row["months"])
    return described(
        ax,
        title=f"Of {name}, {share} still order after {months} months",
        subtitle=f"Share of accounts not yet lost, by their tier on the first day; {period}".rstrip("; "),
        alt=f"Falling lines of the share of accounts still there. After {months} months: {said}.",
    )


def apart(last: pd.Series, *, gap: float = 0.075) -> dict[str, float]:
    """Return where the labels stand: beside their line, but not upon one another."""
    above = [float(last.iloc[0])]
    for share in last.iloc[1:]:
        above.append(max(float(share), above[-1] + gap))
    pushed = sum(above) / len(above) - float(last.mean())
    return {str(tier): height - pushed for tier, height in zip(last.index, above, strict=True)}


def named_end(ax: Axes, end: tuple[float, float], label: str, colour: str) -> None:
    """Write a line's name beside its end."""
    ax.annotate(
        label, end, xytext=(7, 0), textcoords="offset points", va="center", color=colour, fontweight="bold"
    )
