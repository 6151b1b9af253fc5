"""Pictures of how complete the tables are."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from kamlib.display import theme
from kamlib.display.pictures import axes, described, is_narrow

_COLOURS = {"good": "accent", "few lines": "warn", "no lines": "warn"}
LABELS = {
    "email": "e-mail",
    "updated_at": "updated this year",
    "since": "customer since",
    "is_key": "key or not",
}
"""What a column is called where its name is no word."""


def month_bars(
    months: pd.DataFrame, column: str = "line_count", *, currency: str = "", ax: Axes | None = None
) -> Axes:
    """Draw the order lines or the sales of each month; months with no or strangely few lines stand out.

    Parameters
    ----------
    months
        `month_table`.
    column
        `line_count`, or `net_revenue` in the currency.
    """
    ax, amounts = axes(ax), months[column]
    colours = [theme.PALETTE[_COLOURS.get(state, "neutral")] for state in months["state"]]
    ax.bar(months["month"], amounts, width=24, color=colours)
    ax.margins(x=0.01)
    years = months["month"][months["month"].dt.month == 1]
    shown = years[:: 1 + len(years) // (4 if is_narrow(ax) else 12)]
    ax.set_xticks(shown, [str(day.year) for day in shown])
    money = partial(theme.money, currency=currency, million="\N{NO-BREAK SPACE}m")
    measure, said = ("Order lines", theme.number) if column == "line_count" else ("Sales", money)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda amount, _: said(amount)))
    ax.tick_params(axis="x", pad=6)
    ax.set_axisbelow(True)
    ax.grid(axis="y")
    strange = months[months["state"].isin(["few lines", "no lines"])]
    for at in strange[["month", column]].itertuples(index=False):
        ax.annotate(said(at[1]), at, ha="center", va="bottom", color=theme.PALETTE["warn"], fontsize="small")
    lacking = f"{theme.counted(len(strange), 'month')} with no or few order lines" if len(strange) else ""
    span = f"{measure} a month: {said(amounts.min())} to {said(amounts.max())}"
    named = ", ".join(theme.month(day) for day in strange["month"])
    return described(
        ax,
        title=(lacking or "No month lacks order lines") if column == "line_count" else span,
        subtitle=f"{measure} of each month, all dates; grey months are not compared",
        alt=f"Bars of {len(months)} months. {span}. No or few order lines: {named or 'in no month'}.",
    )


def filled_bars(record: pd.DataFrame, *, of: str, ax: Axes | None = None) -> Axes:
    """Draw the share of records in which each column is filled, the fullest first.

    Parameters
    ----------
    record
        `record_table`.
    of
        What the records are, in the plural.
    """
    ax, shares = axes(ax), record["filled_share"]
    labels = [LABELS.get(name, name.replace("_", " ")) for name in record["column"]]
    ax.barh(labels, [1] * len(shares), color=theme.PALETTE["grid"], height=0.7)
    ax.barh(labels, shares, color=theme.PALETTE["accent"], height=0.7)
    for y, share in enumerate(shares):
        ax.annotate(theme.share(share, 0), (1.02, y), va="center")
    ax.invert_yaxis()
    ax.set(xlim=(0, 1.15))
    ax.xaxis.set_visible(False)
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.tick_params(axis="y", colors=theme.PALETTE["ink"])
    each = [f"{name} {theme.share(part, 0)}" for name, part in zip(labels, shares, strict=True)]
    return described(
        ax,
        title=f"Least filled: {', '.join(each[:-4:-1])}",
        subtitle=f"Share of {theme.number(record['row_count'].iloc[0])} {of} in which it is filled",
        alt=f"Bars of how often each column is filled: {'; '.join(each)}.",
    )
