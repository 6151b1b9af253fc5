"""Curves that climb and fall: the whale curve of profit."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from kamlib.display import theme
from kamlib.display.pictures import axes, described, in_money, is_narrow

INK, MUTED = theme.PALETTE["ink"], theme.PALETTE["muted"]
ACCENT, SOFT = theme.PALETTE["accent"], theme.PALETTE["accent-soft"]
WARN, WARN_SOFT = theme.PALETTE["warn"], theme.PALETTE["warn-soft"]
POINTS = 400
"""A curve is drawn through at most so many accounts: more cannot be seen, but would be carried."""


def whale_curve(found: Any, *, period: str = "", currency: str = "", ax: Axes | None = None) -> Axes:
    """Draw cumulative profit, the most profitable account first: up to its peak, and down again.

    Parameters
    ----------
    found
        `Whale`.
    period
        Over which days.
    currency
        ISO code of the amounts.
    """
    ax, count, top, losing = axes(ax), len(found.curve), found.earning_count, found.losing_count
    line = pd.DataFrame({"number": [0, *found.curve["account_number"]]})
    line["profit"] = [0.0, *found.curve["cumulative_profit"]]
    turns = [0, top, count - losing, count]
    drawn = line[(line["number"] % -(-count // POINTS) == 0) | line["number"].isin(turns)]
    up, down = drawn[drawn["number"] <= count - losing], drawn[drawn["number"] >= count - losing]
    for part, colour, soft in ((up, ACCENT, SOFT), (down, WARN, WARN_SOFT)):
        ax.fill_between(part["number"], part["profit"], color=soft, linewidth=0)
        ax.plot(part["number"], part["profit"], color=colour)
    ax.axhline(0, color=MUTED, linewidth=0.8)
    amounts = (found.peak, found.given_back, found.total)
    peak, back, left = (theme.money(one, currency, million=" m") for one in amounts)
    _say(ax, f"{top:,} earn {peak}", (top, found.peak), up=True, left=top > count / 2)
    if losing:
        _say(ax, f"{left} is left", (count, found.total), up=False, left=True)
    low, high = min(found.total, 0.0), max(found.peak, 0.0)
    room = (high - low or 1.0) * 0.16
    ax.set(xlim=(0, count * 1.01), ylim=(low - room, high + room))
    ax.set_xlabel("accounts, best first" if is_narrow(ax) else "accounts, the most profitable first")
    in_money(ax.yaxis, currency=currency)
    ax.grid(axis="y")
    share = f"; the peak is {theme.share(found.peak_share)} of what is left" if found.total > 0 else ""
    return described(
        ax,
        title=_title(found, back),
        subtitle=", ".join(filter(None, (f"Cumulative {found.measure}{share}", period))),
        alt=f"A curve of cumulative {found.measure}: {top:,} of {count:,} accounts earn {peak}, "
        f"{losing:,} lose {back} of it again, {left} is left.",
    )


def _title(found: Any, back: str) -> str:
    if not found.losing_count:
        return "No account costs more than it brings"
    again = "more than that" if found.total <= 0 else f"{back} again"
    earn = theme.counted(found.earning_count, "account earns", "accounts earn")
    lose = theme.counted(found.losing_count, "loses", "lose")
    return f"{earn}, {lose} {again}"


def _say(ax: Axes, text: str, point: tuple[float, float], *, up: bool, left: bool) -> None:
    ax.annotate(
        text,
        point,
        xytext=(0, 6 if up else -6),
        textcoords="offset points",
        ha="right" if left else "left",
        va="bottom" if up else "top",
        color=ACCENT if up else INK,
        fontsize="small",
        fontweight="bold",
    )
