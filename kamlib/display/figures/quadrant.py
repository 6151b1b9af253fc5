"""A scatter cut into fields, each with its name: four of them, or nine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator
from matplotlib.transforms import Bbox

from kamlib.display import theme
from kamlib.display.pictures import axes, described, in_money, in_percent, is_narrow

MUTED, GREY, RULE = theme.PALETTE["muted"], theme.PALETTE["neutral"], theme.PALETTE["rule"]
INK, ACCENT = theme.PALETTE["ink"], theme.PALETTE["accent"]
POINTS = 600
"""Of the rows without a mark at most so many are drawn: more cannot be seen, but would be carried."""
# Where a label may stand, as seen from its point: offset in points, and how it is aligned.
_PLACES = (
    *((8, 0, "left", "center"), (-8, 0, "right", "center"), (0, 8, "center", "bottom")),
    *((0, -8, "center", "top"), (6, 12, "left", "bottom"), (6, -12, "left", "top")),
    *((-6, 12, "right", "bottom"), (-6, -12, "right", "top")),
)


@dataclass(frozen=True)
class Side:
    """One side of a quadrant.

    Parameters
    ----------
    column
        Of the table. Where the table has `<column>_before` too, a faint line leads from there.
    label
        What it measures, as people say it.
    cuts
        Where the fields end: one number for two fields, two for three.
    unit
        In which the ticks are written.
    is_log
        Each step is ten times the one before; rows at or below zero are not drawn.
    """

    column: str
    label: str
    cuts: Sequence[float]
    unit: Literal["money", "share", "number"] = "number"
    is_log: bool = False


def quadrant(
    table: pd.DataFrame,
    across: Side,
    up: Side,
    *,
    fields: Sequence[Sequence[str]],
    title: str,
    subtitle: str,
    alt: str,
    currency: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw rows as points in fields; those that are marked in colour, by name as far as there is room.

    Parameters
    ----------
    table
        With both sides' columns, `name`, and where some are to be seen `is_marked`: of two names that
        would write over one another, the one further up in the table is written. Points far outside stand on
        the edge.
    across, up
        What is measured from left to right, and from the bottom up.
    fields
        Names of the fields as they are seen: the top row first, each from left to right.
    title, subtitle, alt
        Of the picture.
    currency
        Of the ticks in money.
    """
    ax = axes(ax)
    drawn = table.dropna(subset=[across.column, up.column])
    for side in (across, up):
        drawn = drawn[drawn[side.column] > 0] if side.is_log else drawn
    marked = drawn[drawn["is_marked"]] if "is_marked" in drawn else drawn.iloc[:0]
    ends = [_ends(drawn, marked, side) for side in (across, up)]
    _frame(ax, across, up, ends, currency)
    named = _named_fields(
        ax, fields, [[ends[0][0], *across.cuts, ends[0][1]], [ends[1][0], *up.cuts, ends[1][1]]]
    )
    rest = drawn.drop(marked.index).sort_values(across.column)
    for rows, colour, size in ((rest.iloc[:: -(-len(rest) // POINTS) or 1], GREY, 16), (marked, ACCENT, 34)):
        ax.scatter(
            *_places(rows, across, up, ends), s=size, color=colour, linewidth=0, zorder=3, clip_on=False
        )
    if f"{across.column}_before" in drawn and f"{up.column}_before" in drawn:
        was, now = _places(marked, across, up, ends, "_before"), _places(marked, across, up, ends)
        ax.plot([was[0], now[0]], [was[1], now[1]], color=RULE, linewidth=1.2, zorder=2)
    _label(ax, marked["name"], list(zip(*_places(marked, across, up, ends), strict=True)), named)
    return described(ax, title=title, subtitle=subtitle, alt=alt)


def _ends(drawn: pd.DataFrame, marked: pd.DataFrame, side: Side) -> tuple[float, float]:
    """Return where a side begins and ends: a point far outside must not press all others together."""
    usual = drawn[side.column].quantile([0.01, 0.99])
    shown = pd.concat([usual, marked[side.column], pd.Series(side.cuts, dtype=float)])
    low, high = shown.min(), shown.max()
    if side.is_log:
        return low / (high / low) ** 0.05, high * (high / low) ** 0.05
    room = (high - low or 1) * 0.13
    return low - room, high + room


def _frame(ax: Axes, across: Side, up: Side, ends: Sequence[tuple[float, float]], currency: str) -> None:
    for side, axis, scale in ((across, ax.xaxis, ax.set_xscale), (up, ax.yaxis, ax.set_yscale)):
        if side.is_log:
            scale("log")
            axis.set_major_locator(LogLocator(numticks=4 if is_narrow(ax) else 6))
            axis.minorticks_off()
        if side.unit == "money":
            in_money(axis, currency=currency)
        elif side.unit == "share":
            in_percent(axis)
    ax.set(xlim=ends[0], ylim=ends[1], xlabel=across.label, ylabel=up.label)
    for cuts, line in ((across.cuts, ax.axvline), (up.cuts, ax.axhline)):
        for cut in cuts:
            line(cut, color=MUTED, linewidth=0.8, zorder=1)


def _named_fields(ax: Axes, fields: Sequence[Sequence[str]], edges: Sequence[Sequence[float]]) -> list[Any]:
    """Write each field's name into its outer corner, and return the texts."""
    texts = []
    columns, rows = len(fields[0]), len(fields)
    for row, names in enumerate(fields):
        for column, name in enumerate(names):
            is_last = column == columns - 1
            x = edges[0][column + 1] if is_last else edges[0][column]
            y = edges[1][0] if row == rows - 1 else edges[1][rows - row]
            offset = (-5 if is_last else 5, 5 if row == rows - 1 else -5)
            aligned: dict[str, Any] = {
                "ha": "right" if is_last else "left",
                "va": "bottom" if offset[1] > 0 else "top",
            }
            texts.append(
                ax.annotate(
                    name,
                    (x, y),
                    xytext=offset,
                    textcoords="offset points",
                    color=MUTED,
                    fontsize="small",
                    **aligned,
                )
            )
    return texts


def _places(
    rows: pd.DataFrame, across: Side, up: Side, ends: Sequence[tuple[float, float]], ending: str = ""
) -> tuple[pd.Series, pd.Series]:
    x, y = rows[across.column + ending], rows[up.column + ending]
    return x.clip(*ends[0]), y.clip(*ends[1])


def _label(ax: Axes, names: pd.Series, points: list[Any], taken: list[Any]) -> None:
    """Write names beside their points, as long as no two of them would touch."""
    figure: Any = ax.figure
    figure.draw_without_rendering()  # only a figure that is laid out knows how large its words are
    renderer = figure.canvas.get_renderer()
    boxes = [text.get_window_extent(renderer) for text in taken]
    dots = [Bbox.from_bounds(x - 3, y - 3, 6, 6) for x, y in ax.transData.transform(points or [(0, 0)])]
    cuts = [line.get_window_extent(renderer) for line in ax.lines if line.get_transform() != ax.transData]
    longest = 16 if is_narrow(ax) else 26
    for i, (name, point) in enumerate(zip(names, points, strict=True)):
        short = name if len(name) <= longest else name[: longest - 1].rstrip() + "…"
        others = [*boxes, *dots[:i], *dots[i + 1 :]]
        # a name stands on a line only where there is no other place for it
        box = _written(ax, short, point, [*others, *cuts]) or _written(ax, short, point, others)
        boxes += [box] if box else []


def _written(ax: Axes, name: str, point: Any, taken: Sequence[Any]) -> Any:
    """Write a name where it touches nothing that is taken, and return its box; None if there is no place."""
    renderer = ax.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    inside = ax.get_window_extent(renderer).padded(2)
    for text in _tries(ax, name, point):
        box = text.get_window_extent(renderer).padded(1)
        is_within = inside.x0 <= box.x0 and box.x1 <= inside.x1 and inside.y0 <= box.y0 <= box.y1 <= inside.y1
        if is_within and not any(box.overlaps(one) for one in taken):
            return box
        text.remove()
    return None


def _tries(ax: Axes, name: str, point: Any) -> Iterator[Any]:
    for dx, dy, ha, va in _PLACES:
        yield ax.annotate(
            name,
            point,
            xytext=(dx, dy),
            textcoords="offset points",
            ha=ha,
            va=va,
            color=INK,
            fontsize="small",
        )


def sales_and_margin(found: Any, *, period: str = "", currency: str = "", ax: Axes | None = None) -> Axes:
    """Draw accounts by sales and gross margin; those that are big but thin by name.

    Parameters
    ----------
    found
        `MarginFields`.
    period
        Over which days.
    currency
        ISO code of the amounts.
    """
    thin = int((found.table["field"] == "big but thin").sum())
    cut, sold = theme.share(found.margin_cut), theme.money(found.sales_cut, currency)
    across = Side("net_revenue_365", "sales", [found.sales_cut], "money", is_log=True)
    return quadrant(
        found.table,
        across,
        Side("margin", "gross margin", [found.margin_cut], "share"),
        fields=[["small and rich", "big and rich"], ["small and thin", "big but thin"]],
        title=f"{theme.counted(thin, 'big account')} below a margin of {cut}",
        subtitle=f"Gross margin by sales; cut at {found.cut_by} and median sales of {sold}, {period}".strip(
            ", "
        ),
        alt=f"Points of {len(found.table):,} accounts by sales and gross margin, cut into four fields at "
        f"{sold} and {cut}. {thin:,} are big but thin.",
        currency=currency,
        ax=ax,
    )


def priority_map(priorities: pd.DataFrame, *, title: str, period: str = "", ax: Axes | None = None) -> Axes:
    """Draw aspects by what they weigh in overall satisfaction and how they are liked (`priority_table`).

    Parameters
    ----------
    priorities
        Best to begin with first.
    title, period
        Of the picture.
    """
    weight, net = priorities["importance"].mean(), priorities["net"].mean()
    return quadrant(
        priorities,
        Side("importance", "weight in overall satisfaction", [weight], "share"),
        Side("net", "satisfied less dissatisfied", [net], "share"),
        fields=[["leave as it is", "keep up"], ["watch", "fix first"]],
        title=title,
        subtitle=f"Satisfied less dissatisfied by weight; cut at the averages, {period}".rstrip(", "),
        alt=f"{len(priorities)} aspects in four fields, cut at a weight of {theme.share(weight)} and "
        f"{theme.share(net)} satisfied less dissatisfied. Fix first: "
        f"{', '.join(priorities.loc[priorities['field'] == 'fix first', 'aspect']) or 'none'}.",
        ax=ax,
    )
