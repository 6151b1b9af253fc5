"""Bars that lead from one amount to another, step by step, and bars to both sides of zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from kamlib.display import theme
from kamlib.display.pictures import axes, described, is_narrow

INK, MUTED, GREY = theme.PALETTE["ink"], theme.PALETTE["muted"], theme.PALETTE["neutral"]
ACCENT, WARN, RULE = theme.PALETTE["accent"], theme.PALETTE["warn"], theme.PALETTE["rule"]
STEP_LABELS = {
    "before": "the year before",
    "now": "the last 12 months",
    "volume": "quantity sold",
    "mix": "mix of products",
    "price": "prices",
    "unit_cost": "cost of a unit",
    "new_products": "new products",
    "lost_products": "products no longer sold",
    "not_split": "could not be split",
}
"""What the steps of `profit_bridge` are called."""


def bridge_bars(
    bridge: pd.DataFrame,
    *,
    measure: str = "gross profit",
    period: str = "",
    currency: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the steps from one amount to the next, from the top down: what was added and what was taken.

    Parameters
    ----------
    bridge
        `step`, `amount`; the first row is where it starts, the last where it ends: `before` and `now`, or
        names of the two years.
    measure, period
        What is bridged, over which days.
    currency
        ISO code of the amounts.
    """
    ax, amount = axes(ax), bridge["amount"]
    ends = amount.cumsum()
    starts, ends.iloc[-1] = ends - amount, amount.iloc[-1]
    starts.iloc[-1] = 0.0
    colours = [GREY, *(ACCENT if change >= 0 else WARN for change in amount.iloc[1:-1]), GREY]
    labels = [STEP_LABELS.get(step, step) for step in bridge["step"]]
    for row in range(len(bridge) - 1):
        ax.plot(
            [ends.iloc[row]] * 2,
            [row - _height(ax) / 2, row + 1 + _height(ax) / 2],
            color=MUTED,
            linewidth=0.8,
            zorder=0,
        )
    first, *between, last = _amounts(amount, currency)
    texts = [first.lstrip("+"), *between, last.lstrip("+")]
    _bars(ax, labels, pd.DataFrame({"start": starts, "end": ends}), colours, texts)
    said = ", ".join(f"{label} {text}" for label, text in zip(labels[1:-1], between, strict=True))
    return described(
        ax,
        title=_title(amount, labels, measure, currency),
        subtitle=f"From {measure} of {labels[0]} to that of {labels[-1]}, {period}".rstrip(", "),
        alt=f"Bars step by step from {texts[0]} to {texts[-1]}: {said}.",
    )


def cause_bars(
    cause: Any, *, period: str = "", most: int = 4, currency: str = "", ax: Axes | None = None
) -> Axes:
    """Draw the parts that lose most and those that gain most, to both sides of zero.

    Parameters
    ----------
    cause
        `Cause`: what it names stands out. After a loss the bars are the profit, else what has changed in it.
    period
        Over which days.
    most
        How many of each end are shown.
    currency
        ISO code of the amounts.
    """
    ax, column = axes(ax), "profit_now" if cause.is_loss else "change"
    ranked = cause.parts.sort_values([column, "part"])
    shown = pd.concat([ranked.head(most), ranked.iloc[most:].tail(most)]).reset_index(drop=True)
    amount, names = shown[column], list(cause.named["part"])
    is_named = shown["part"].isin(names)
    colours = [
        WARN if told else GREY if one < 0 else ACCENT for told, one in zip(is_named, amount, strict=True)
    ]
    ax.axvline(0, color=MUTED, linewidth=0.8)
    texts = _amounts(amount, currency)
    _bars(ax, list(shown["part"]), pd.DataFrame({"start": 0.0, "end": amount}), colours, texts)
    lost = theme.money(-cause.named["amount"].sum(), currency)
    said = ", ".join(f"{part} {text}" for part, text in zip(shown["part"], texts, strict=True))
    measure = "Gross profit" if cause.is_loss else "Change in gross profit"
    few = (
        f"; the {most} worst and the {most} best of {len(cause.parts)}"
        if len(shown) < len(cause.parts)
        else ""
    )
    return described(
        ax,
        title=f"{', '.join(names)}: {lost} {'lost' if cause.is_loss else 'less'}",
        subtitle=f"{measure}{few}, {period}".rstrip(", "),
        alt=f"Bars to both sides of zero: {said}.",
    )


def _title(amount: pd.Series, labels: Sequence[str], measure: str, currency: str) -> str:
    """Return which step did most, in the direction that the whole went."""
    has_fallen = amount.iloc[-1] < amount.iloc[0]
    steps = amount.iloc[1:-1] * (-1 if has_fallen else 1)
    if steps.empty or steps.max() <= 0:
        return f"{measure.capitalize()} has not changed"
    label, told = labels[steps.idxmax()], theme.money(steps.max(), currency)
    return f"{label.capitalize()}: {measure} {'down' if has_fallen else 'up'} {told}"


def _bars(
    ax: Axes, labels: Sequence[str], spans: pd.DataFrame, colours: Sequence[str], texts: Sequence[str]
) -> None:
    """Draw a bar in each row, its label on the left (on a phone above it), its amount behind its end."""
    narrow = is_narrow(ax)
    ax.barh(
        range(len(spans)),
        spans["end"] - spans["start"],
        left=spans["start"],
        color=colours,
        height=_height(ax),
    )
    ax.set_yticks(range(len(labels)), [] if narrow else [_cut(label, 30) for label in labels])
    near: dict[str, Any] = {"textcoords": "offset points", "va": "center", "color": INK, "fontsize": "small"}
    ends = zip(spans["start"], spans["end"], labels, texts, strict=True)
    for row, (start, end, label, text) in enumerate(ends):
        side, aligned = (-4, "right") if end < start else (4, "left")
        ax.annotate(text, (end, row), xytext=(side, 0), ha=aligned, **near)
        if narrow:
            at: Any = ("axes fraction", "data")
            ax.annotate(_cut(label, 40), (0, row - 0.38), xytext=(0, 0), xycoords=at, **near)
    low, high = min(spans.min().min(), 0.0), max(spans.max().max(), 0.0)
    room = (high - low or 1.0) * (0.36 if narrow else 0.16)
    least = spans["end"][spans["end"] < spans["start"]].min() - room
    ax.set(xlim=(min(low, least), high + room), ylim=(len(spans) - 0.5, -0.7))
    ax.xaxis.set_visible(False)
    ax.spines[["bottom", "left"]].set_visible(False)
    ax.tick_params(axis="y", colors=INK)


def _height(ax: Axes) -> float:
    return 0.4 if is_narrow(ax) else 0.62


def _cut(label: str, longest: int) -> str:
    return label if len(label) <= longest else f"{label[: longest - 1]}…"


def _amounts(amounts: pd.Series, currency: str) -> list[str]:
    """Return amounts with their sign, in one unit so that they compare; in full what would be 0.00 in it."""
    symbol, is_large = theme.money(0, currency).removesuffix("0"), amounts.abs().max() >= 5e5
    signs = ["+" if one > 0 else theme.MINUS if one < 0 else "" for one in amounts]
    sizes = [
        f"{one / 1e6:,.2f} m" if is_large and not 0 < one < 5e3 else f"{one:,.0f}" for one in amounts.abs()
    ]
    return [f"{sign}{symbol}{size}" for sign, size in zip(signs, sizes, strict=True)]
