"""Flows between states from one period to the next: bands that rise and fall, widen and narrow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from kamlib.display import theme
from kamlib.display.pictures import axes, described, is_narrow

_BAR = [("accent", "card"), ("muted", "card"), ("neutral", "ink")]
"""The colour of the first, the second and all other states, and of the words on it."""
_ROOM, _BROAD, _SEEN = 0.05, 0.035, 0.005
"""Parts of the highest column: between two bars; the least breadth of a band, and of all bands
from outside, whose value is written."""
_ENDS, _VALUES = ["from_state", "to_state"], ["from_value", "to_value"]


def flow_bands(
    flows: pd.DataFrame,
    *,
    states: Sequence[str],
    said: Callable[[float], str] = theme.number,
    outside: tuple[str, str] = ("new", "left"),
    title: str,
    subtitle: str,
    alt: str,
    ax: Axes | None = None,
) -> Axes:
    """Draw each period as a column of bars, a state each, and between them who went from which to which.

    Parameters
    ----------
    flows
        `from_period`, `to_period`, `from_state`, `to_state`, and how broad a band is at its two ends:
        `from_value`, `to_value` (below zero: nothing); the earliest period first. Of many periods the latest
        four are drawn, on a phone two.
    states
        From the top down, the best first; two or more. All other states are one, outside: it has no bar, and
        its bands begin and end below the columns.
    said
        Writes a value.
    outside
        What those are called that come from outside, and that go there.
    title, subtitle, alt
        Of the picture.
    """
    ax = axes(ax)
    labels = list(dict.fromkeys([*flows["from_period"], *flows["to_period"]]))[-2 if is_narrow(ax) else -4 :]
    drawn = _numbered(flows[flows["from_period"].isin(labels[:-1])], states)
    heights = {label: _heights(drawn, label, len(states)) for label in labels}
    scale = max(column.sum() for column in heights.values()) or 1.0
    tops = {label: _tops(column, _ROOM * scale) for label, column in heights.items()}
    half = 0.16 if is_narrow(ax) else 0.06 * (len(labels) - 1)
    for x, (before, after) in enumerate(pairwise(labels)):
        step = _laid(drawn[drawn["from_period"] == before], tops[before], tops[after])
        for band in step.itertuples():
            _draw_band(ax, band, x + half, x + 1 - half, (said, _BROAD * scale))
        for end, at, word in zip(_ENDS, (x + half, x + 1 - half), outside, strict=True):
            _name_outside(ax, step[step[end] == len(states)], at, (end, word, said, _SEEN * scale))
    for x, label in enumerate(labels):
        for place, state in enumerate(states):
            height = heights[label][place]
            box = Rectangle((x - half, tops[label][place]), 2 * half, -height)
            _draw_bar(ax, box, f"{state}  {said(height)}", _BAR[min(place, len(_BAR) - 1)])
    ax.set_xticks(range(len(labels)), labels)
    ax.xaxis.tick_top()
    ax.tick_params(axis="x", colors=theme.PALETTE["ink"])
    ax.yaxis.set_visible(False)
    ax.spines[:].set_visible(False)
    ax.autoscale_view()
    ax.set_xlim(-half, len(labels) - 1 + half)
    return described(ax, title=title, subtitle=subtitle, alt=alt)


def _numbered(flows: pd.DataFrame, states: Sequence[str]) -> pd.DataFrame:
    """Return the bands to be seen, their states by place from the top; outside comes last."""
    places = {state: place for place, state in enumerate(states)}
    named = {end: flows[end].map(places).fillna(len(states)).astype(int) for end in _ENDS}
    drawn = flows.assign(**named, **{value: flows[value].clip(lower=0).astype(float) for value in _VALUES})
    return drawn[(drawn[_ENDS].min(axis=1) < len(states)) & (drawn[_VALUES].max(axis=1) > 0)]


def _heights(drawn: pd.DataFrame, label: str, count: int) -> pd.Series:
    goes = drawn[drawn["from_period"] == label].groupby("from_state")["from_value"].sum()
    comes = drawn[drawn["to_period"] == label].groupby("to_state")["to_value"].sum()
    return pd.concat([goes, comes], axis=1).max(axis=1).reindex(range(count), fill_value=0.0)


def _tops(heights: pd.Series, room: float) -> pd.Series:
    """Return where each bar begins below the top of its column, and last where outside does."""
    return (
        -(heights + room)
        .cumsum()
        .shift(fill_value=0.0)
        .reindex(range(len(heights) + 1), fill_value=(heights + room).sum())
    )


def _laid(step: pd.DataFrame, before: pd.Series, after: pd.Series) -> pd.DataFrame:
    """Return the bands with the upper edge of their two ends: at a bar they lie below one another."""
    for end, value, tops, by in (
        ("from_state", "from_value", before, _ENDS),
        ("to_state", "to_value", after, _ENDS[::-1]),
    ):
        step = step.sort_values(by)
        above = step.groupby(end)[value].cumsum() - step[value]
        step = step.assign(**{f"{end}_top": step[end].map(tops) - above})
    return step


def _draw_band(
    ax: Axes, band: Any, left: float, right: float, written: tuple[Callable[[float], str], float]
) -> None:
    middle, (said, broad) = (left + right) / 2, written
    top, end = band.from_state_top, band.to_state_top
    low, end_low = top - band.from_value, end - band.to_value
    upper = [(left, top), (middle, top), (middle, end), (right, end)]
    lower = [(right, end_low), (middle, end_low), (middle, low), (left, low)]
    curve = [Path.CURVE4] * 3
    path = Path([*upper, *lower], [Path.MOVETO, *curve, Path.LINETO, *curve])
    rises = band.from_state - band.to_state
    role = "accent-soft" if rises > 0 else "warn-soft" if rises else "grid"
    ax.add_patch(
        PathPatch(path, facecolor=theme.PALETTE[role], edgecolor=theme.PALETTE["card"], linewidth=0.5)
    )
    if band.from_value >= broad:
        _write(ax, said(band.from_value), (left, top - band.from_value / 2), "left")


def _name_outside(
    ax: Axes, bands: pd.DataFrame, x: float, words: tuple[str, str, Callable[[float], str], float]
) -> None:
    end, word, said, least = words
    # A band of money that somebody takes along is broad where it begins, not where it ends.
    value = max(bands[name].sum() for name in _VALUES)
    if value >= least:
        middle = bands[f"{end}_top"].max() - bands[end.replace("state", "value")].sum() / 2
        _write(ax, f"{said(value)} {word}", (x, middle), "left" if end == "from_state" else "right")


def _write(ax: Axes, text: str, at: tuple[float, float], side: str) -> None:
    offset: dict[str, Any] = {"xytext": (4 if side == "left" else -4, 0), "textcoords": "offset points"}
    ax.annotate(text, at, ha=side, va="center", fontsize="small", **offset)


def _draw_bar(ax: Axes, box: Rectangle, text: str, roles: tuple[str, str]) -> None:
    colour, ink = (theme.PALETTE[role] for role in roles)
    box.set(facecolor=colour, linewidth=0)
    ax.add_patch(box)
    centre = box.get_x() + box.get_width() / 2, box.get_y() + box.get_height() / 2
    ax.text(*centre, text, color=ink, ha="center", va="center", fontsize="small")


def tier_flows(
    moves: pd.DataFrame,
    *,
    by: Literal["count", "revenue"] = "count",
    currency: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the moves between tiers: how many accounts, or what they bought before and after.

    Parameters
    ----------
    moves
        `tier_moves`.
    by
        What the bands are as broad as.
    currency
        Of the revenue.
    """
    is_count = by == "count"
    columns = ["account_count"] * 2 if is_count else ["from_revenue", "to_revenue"]
    flows = moves.assign(**{value: moves[name] for value, name in zip(_VALUES, columns, strict=True)})
    last = moves[moves["to_period"] == moves["to_period"].iloc[-1]].set_index(["from_state", "to_state"])
    change, counts = last["to_revenue"] - last["from_revenue"], last["account_count"]
    stays = change["A", "A"]
    out = theme.money(change["A"].sum() - stays, currency)
    came = theme.money(change.xs("A", level="to_state").sum() - stays, currency)
    moved = f"Sales changed by {out} out of tier A, by {came} into it."
    kept = f"{counts['A', 'A']:,} of last year's {theme.counted(counts['A'].sum(), 'A account')}"
    kept += " still is" if counts["A", "A"] == 1 else " still are"
    span = f"years that end in {last['from_period'].iloc[0]} and {last['to_period'].iloc[0]}"
    return flow_bands(
        flows,
        states=["A", "B", "C"],
        said=theme.number if is_count else partial(theme.money, currency=currency, million=" m"),
        title=kept if is_count else f"Out of tier A: {out}. Into it: +{came}",
        subtitle=f"{'Accounts' if is_count else 'Sales'} by tier, {span}; red leads down, green up",
        alt=f"Bands between tiers A, B and C, {span}. {kept}. {moved}",
        ax=ax,
    )
