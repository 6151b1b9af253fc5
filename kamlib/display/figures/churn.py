"""Pictures of who is leaving, and of how well the past was foretold."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from kamlib.display import theme
from kamlib.display.pictures import axes, described, in_money, in_percent, is_narrow
from kamlib.estimate import Unknown

MUTED, GREY = theme.PALETTE["muted"], theme.PALETTE["neutral"]
ACCENT, SOFT = theme.PALETTE["accent"], theme.PALETTE["accent-soft"]
MODELS = {
    "recency": "longest silent first",
    "logistic": "all measures, weighed",
    "boosting": "all measures, step by step",
    "bg_nbd": "orders alone",
}
WAYS = MODELS | {"anybody": "at random", "all": "everybody", "nobody": "nobody"}
_RULERS = {"largest": ("largest first", "--"), "random": ("at random", ":")}
"""What a list has to beat, and how its line is drawn."""


def held_curve(held: pd.DataFrame, *, calls: int, period: str = "", ax: Axes | None = None) -> Axes:
    """Draw which part of the sales then lost a list of each length would have held.

    Parameters
    ----------
    held
        `held_sales`.
    calls
        The length of list that the title speaks of; the next shorter one that the table has.
    period
        Of the test.
    """
    ax = axes(ax)
    listed = held[held["ranking"] == "at_stake"]
    low, high = (pd.Series([0, *listed[f"held_share_{end}"]]) for end in ("low", "high"))
    ax.fill_between([0, *listed["calls"]], low, high, color=SOFT, linewidth=0)
    for ranking, (label, style) in _RULERS.items():
        ruler = held[held["ranking"] == ranking]
        x, y = [0, *ruler["calls"]], [0, *ruler["held_share"]]
        ax.plot(x, y, color=MUTED, linewidth=1.2, linestyle=style, label=label)
    ax.plot([0, *listed["calls"]], [0, *listed["held_share"]], color=ACCENT, marker="o", markersize=5)
    ax.set(xlim=(0, held["calls"].max() * 1.02), ylim=(0, 1.04))
    ax.legend(loc="lower right", frameon=False, fontsize="small", labelcolor=MUTED)
    ax.set_xlabel("calls" if is_narrow(ax) else "accounts called, most sales at risk first")
    in_percent(ax.yaxis)
    ax.grid(axis="y")
    row = listed[listed["calls"] <= max(calls, listed["calls"].min())].iloc[-1]
    part, least, most = (theme.share(row[f"held_share{end}"], 0) for end in ("", "_low", "_high"))
    return described(
        ax,
        title=f"The first {row['calls']} held {part} of the sales then lost",
        subtitle=f"Share of the sales then lost on a list of each length; {period}".rstrip("; "),
        alt="A curve of the share of the sales then lost that lists of growing length held. "
        f"A list of {row['calls']} held {part}, between {least} and {most}.",
    )


def said_and_came(calibration: pd.DataFrame, *, period: str = "", ax: Axes | None = None) -> Axes:
    """Draw for groups of accounts which chance of leaving was said, and how many left.

    Parameters
    ----------
    calibration
        `calibration_table`.
    period
        Of the test.
    """
    ax = axes(ax)
    x, y = calibration["probability_mean"], calibration["lost_share"]
    low, high = calibration["lost_share_low"], calibration["lost_share_high"]
    top = min(1.0, max(high.max(), x.max()) * 1.08)
    ax.plot([0, top], [0, top], color=GREY, linewidth=1)
    ax.vlines(x, low, high, color=ACCENT, linewidth=3, alpha=0.45)
    ax.plot(x, y, "o", color=ACCENT, markersize=7)
    ax.text(top, top, "as said ", color=MUTED, ha="right", va="bottom", fontsize="small")
    ax.set(xlim=(0, top), ylim=(0, top * 1.06))
    ax.set_xlabel("chance of leaving that was said")
    ax.set_ylabel("" if is_narrow(ax) else "share that left")
    ax.locator_params(axis="x", prune="lower")  # one 0% at the corner is enough
    in_percent(ax.xaxis, ax.yaxis)
    ax.grid(axis="y")
    last = calibration.iloc[-1]
    said, came = theme.share(last["probability_mean"], 0), theme.share(last["lost_share"], 0)
    pairs = "; ".join(
        f"said {theme.share(row.probability_mean, 0)}, {row.lost_count:.0f} of {row.n:.0f} left"
        for row in calibration.itertuples()
    )
    return described(
        ax,
        title=f"Where {said} was said, {came} left",
        subtitle=f"Accounts in groups by the chance that was said, with 95% ranges; {period}".rstrip("; "),
        alt=f"Points of what was said against what came: {pairs}.",
    )


def profit_curve(
    curves: Any, model: str, *, calls: int, currency: str = "", period: str = "", ax: Axes | None = None
) -> Axes:
    """Draw what calls would have brought less their cost, against how many were made.

    Parameters
    ----------
    curves
        `profit_curves`, a table.
    model
        The ranking whose line is drawn, with its range; beside it that of calling anybody.
    calls
        The number of calls that the title speaks of.
    currency
        ISO code of money.
    period
        Of the test.
    """
    ax = axes(ax)
    listed, anybody = (curves[curves["ranking"] == name] for name in (model, "anybody"))
    ax.fill_between(listed["calls"], listed["profit_low"], listed["profit_high"], color=SOFT, linewidth=0)
    ax.plot(anybody["calls"], anybody["profit"], color=MUTED, linewidth=1.2, linestyle=":", label="at random")
    ax.plot(listed["calls"], listed["profit"], color=ACCENT)
    ax.axhline(0, color=GREY, linewidth=0.8)
    row = listed[listed["calls"] <= calls].iloc[-1]
    ax.plot([row["calls"]], [row["profit"]], "o", color=ACCENT, markersize=7)
    ax.legend(loc="lower right", frameon=False, fontsize="small", labelcolor=MUTED)
    ax.set(xlim=(0, listed["calls"].max() * 1.02))
    ax.set_xlabel("calls" if is_narrow(ax) else "accounts called, most at stake first")
    in_money(ax.yaxis, currency=currency)
    ax.grid(axis="y")
    best = listed.loc[listed["profit"].idxmax()]
    ends = [row[f"profit{end}"] for end in ("", "_low", "_high")]
    made, low, high = (theme.money(one, currency, beside=max(ends, key=abs)) for one in ends)
    return described(
        ax,
        title=f"{row['calls']:.0f} calls would have brought {made}",
        subtitle=f"Gross profit kept less the cost of the calls, by number of calls; {period}".rstrip("; "),
        alt=f"A curve of what calls would have brought. {row['calls']:.0f} calls: {made}, between {low} and "
        f"{high}. At its best, {best['calls']:.0f} calls: {theme.money(best['profit'], currency)}.",
    )


def ways_in_words(ways: pd.DataFrame | Unknown) -> pd.DataFrame | Unknown:
    """Return `campaign_table` with words for what was ranked by; an `Unknown` as it is."""
    return ways.assign(ranking=ways["ranking"].map(WAYS)) if isinstance(ways, pd.DataFrame) else ways
