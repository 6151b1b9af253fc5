"""Pictures of how much comes from how few."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from kamlib.display import theme
from kamlib.display.pictures import axes, described, in_percent, is_narrow
from kamlib.estimate import Unknown

INK, MUTED, GREY = theme.PALETTE["ink"], theme.PALETTE["muted"], theme.PALETTE["neutral"]
POINTS = 400
"""A curve is drawn through at most so many accounts: more cannot be seen, but would be carried."""
ACCENT, SOFT = theme.PALETTE["accent"], theme.PALETTE["accent-soft"]


def pareto_curve(
    table: pd.DataFrame, found: Any, *, measure: str = "sales", period: str = "", ax: Axes | None = None
) -> Axes:
    """Draw the cumulative share of an amount against the share of accounts, largest first.

    Parameters
    ----------
    table
        `concentration_table`.
    found
        `Concentration` of the same amounts.
    measure, period
        What is added up, over which days.
    """
    ax, top_accounts, target_accounts = axes(ax), found.top_accounts, found.target_accounts
    top, target = table.iloc[top_accounts - 1], table.iloc[target_accounts - 1]
    step = -(-len(table) // POINTS)
    drawn = table.loc[(table.index % step == 0) | (table.index == len(table) - 1)]
    x, y = [0, *drawn["cumulative_account_share"]], [0, *drawn["cumulative_amount_share"]]
    filled = [part <= top["cumulative_account_share"] for part in x]
    ax.fill_between(x, y, where=filled, color=SOFT, linewidth=0)
    _shares_curve(ax, x, y, "largest first")
    # Two points near each other would write over one another: the first then speaks lower down.
    is_near = 0 < abs(target_accounts - top_accounts) / len(table) < 0.25
    share, reached = (theme.share(row["cumulative_amount_share"]) for row in (top, target))
    _point(ax, top, f"a fifth of accounts\n({top_accounts:,}): {share}", drop=30 if is_near else 6)
    if target_accounts != top_accounts:
        _point(ax, target, f"{theme.counted(target_accounts, 'account')}: {reached}", drop=6)
    ax.text(0.98, 0.3, "all accounts equal", color=MUTED, ha="right", va="top", fontsize="small")
    ax.set(xlim=(0, 1.01), ylim=(0, max(1.04, max(y) * 1.04)))
    return described(
        ax,
        title=f"{top_accounts:,} of {len(table):,} accounts {'brings' if top_accounts == 1 else 'bring'} "
        f"{share} of {measure}",
        subtitle=_joined(f"Cumulative share of {measure}, largest accounts first", period),
        alt=f"A curve of the cumulative share of {measure}. The largest fifth of accounts brings {share}; "
        f"{theme.counted(target_accounts, 'account')} of {len(table):,} bring {reached}.",
    )


def lorenz_curve(
    table: pd.DataFrame, found: Any, *, measure: str = "sales", period: str = "", ax: Axes | None = None
) -> Axes:
    """Draw the cumulative share of an amount against the share of accounts, smallest first.

    Parameters
    ----------
    table
        `concentration_table`. Where an account is below zero, the curve dips below zero.
    found
        `Concentration` of the same amounts.
    measure, period
        What is added up, over which days.
    """
    ax = axes(ax)
    left = 1 - table[["cumulative_account_share", "cumulative_amount_share"]]
    drawn = left[(left.index % -(-len(table) // POINTS) == 0) | (left.index == len(table) - 1)].iloc[::-1]
    x, y = [*drawn["cumulative_account_share"], 1], [*drawn["cumulative_amount_share"], 1]
    ax.fill_between(x, x, y, color=SOFT, linewidth=0)
    _shares_curve(ax, x, y, "smallest first")
    half = left.iloc[-(len(table) // 2) - 1]
    share = theme.share(half["cumulative_amount_share"])
    _point(ax, half, f"smaller half\n({len(table) // 2:,}): {share}", drop=-40, left=True)
    ax.text(0.03, 0.8, "straight line:\nall accounts equal", color=MUTED, fontsize="small")
    ax.set(xlim=(0, 1.01), ylim=(min(0, *y) * 1.04, 1.04))
    gini = "" if isinstance(found.gini, Unknown) else f"Gini {theme.number(found.gini, 3)}"
    return described(
        ax,
        title=f"The smaller half of accounts brings {share} of {measure}",
        subtitle=_joined(f"Cumulative share of {measure}, smallest accounts first", gini, period),
        alt=f"A curve of the cumulative share of {measure}, smallest accounts first; the smaller half of "
        f"{len(table):,} accounts brings {share}. {gini}".strip(),
    )


def tier_bars(tiers: pd.DataFrame, *, period: str = "", ax: Axes | None = None) -> Axes:
    """Draw each tier's part of the accounts, of sales and of gross profit, side by side.

    Parameters
    ----------
    tiers
        `tier_table` of `net_revenue_365` and, where there is cost, `gross_profit_365`.
    period
        Over which days.
    """
    ax = axes(ax)
    measures = {
        "accounts": "account_share",
        "sales": "net_revenue_365_share",
        "gross profit": "gross_profit_365_share",
    }
    known = {name: column for name, column in measures.items() if column in tiers}
    rows = {name: tiers[column] for name, column in known.items() if (tiers[column] >= 0).all()}
    for i, tier in enumerate(tiers["tier"]):
        widths = [part.iloc[i] for part in rows.values()]
        starts = [sum(part.iloc[:i]) for part in rows.values()]
        colour = [ACCENT, SOFT, GREY][i]
        ax.barh(list(rows), widths, left=starts, color=colour, height=0.62)
        for y, (start, width) in enumerate(zip(starts, widths, strict=True)):
            if width >= (0.14 if is_narrow(ax) else 0.07):
                text = theme.PALETTE["card"] if i == 0 else INK
                label = f"{tier}  {theme.share(width, 0)}"
                ax.text(start + width / 2, y, label, ha="center", va="center", color=text, fontsize="small")
    ax.invert_yaxis()
    ax.set(xlim=(0, 1))
    ax.xaxis.set_visible(False)
    ax.spines[["bottom", "left"]].set_visible(False)
    ax.tick_params(axis="y", colors=INK)
    first = {name: part.iloc[0] for name, part in rows.items()}
    said = ", ".join(f"{theme.share(part)} of {name}" for name, part in first.items())
    part, sales = theme.share(first["accounts"], 0), theme.share(first["sales"], 0)
    return described(
        ax,
        title=f"Tier A: {part} of accounts, {sales} of sales",
        subtitle=_joined("A brings the first 80% of sales, B the next 15%, C the rest", period),
        alt=f"Stacked bars of tiers A, B and C. Tier A has {said}.",
    )


def _shares_curve(ax: Axes, x: list[float], y: list[float], order: str) -> None:
    ax.plot([0, 1], [0, 1], color=GREY, linewidth=1, zorder=1)
    ax.plot(x, y, color=ACCENT, zorder=3)
    ax.set_xlabel(f"accounts, {order}" if is_narrow(ax) else f"share of the accounts, {order}")
    ax.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1])
    in_percent(ax.xaxis, ax.yaxis)
    ax.grid(axis="y")


def _joined(*said: str) -> str:
    return ", ".join(filter(None, said))


def _point(ax: Axes, row: pd.Series, label: str, *, drop: int, left: bool = False) -> None:
    x, y = row["cumulative_account_share"], row["cumulative_amount_share"]
    ax.plot([x], [y], "o", color=ACCENT, markersize=6, zorder=4)
    style: dict[str, Any] = {"textcoords": "offset points", "color": INK, "fontweight": "bold", "va": "top"}
    ax.annotate(label, (x, y), xytext=(-9 if left else 9, -drop), ha="right" if left else "left", **style)
