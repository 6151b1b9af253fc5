"""A triangle of shares: who came together in a row, and how many of them are left from span to span."""

from __future__ import annotations

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_rgb

from kamlib.display import theme
from kamlib.display.pictures import axes, described, is_narrow

# More or less of the accent, which has its own value in the dark; at half of it words can still be read.
_SHADES = ListedColormap([(*to_rgb(theme.PALETTE["accent"]), 0.05 + 0.45 * step / 20) for step in range(21)])
_CARD = theme.PALETTE["card"]
_MOST = 12
"""Rows and columns."""


def cohort_triangle(cohorts: pd.DataFrame, *, span: str = "year", ax: Axes | None = None) -> Axes:
    """Draw which share of each cohort bought, span by span; the darker, the more.

    A span in progress has its number in brackets and no colour. The latest twelve cohorts are drawn, with
    twelve spans at the most, on a phone five.

    Parameters
    ----------
    cohorts
        `cohort_table`.
    span
        What a column is: a year, a quarter.
    """
    ax, name = axes(ax), cohorts["cohort"].astype("str")
    before, few, gap = ("\nor before", "few", "\n") if is_narrow(ax) else (" or before", "too few", " ")
    name = name.mask(cohorts["is_first"], name + before) + cohorts["account_count"].map(
        (gap + "({:,})").format
    )
    drawn = cohorts.assign(name=name)[name.isin(name.unique()[-_MOST:])]
    drawn = drawn[drawn["age"] < (5 if is_narrow(ax) else _MOST)]
    labels = drawn["active_share"].map(lambda share: theme.share(share, 0)).replace(theme.MISSING, few)
    drawn["label"] = labels.where(drawn["is_over"], "(" + labels + ")")
    drawn["shade"] = drawn["active_share"].where(drawn["is_over"])
    rows, columns = list(drawn["name"].unique()), range(drawn["age"].max() + 1)
    shades = drawn.set_index(["name", "age"])["shade"].unstack().reindex(index=rows, columns=columns)  # noqa: PD010 - a pivot_table would average
    sns.heatmap(shades, vmin=0, vmax=1, cmap=_SHADES, cbar=False, linewidths=1.5, linecolor=_CARD, ax=ax)
    for cell in drawn.itertuples():
        colour = theme.PALETTE["muted" if pd.isna(cell.shade) else "ink"]
        at = (cell.age + 0.5, rows.index(cell.name) + 0.5)
        ax.text(*at, cell.label, color=colour, ha="center", va="center", fontsize="small")
    ax.set(ylabel="", xlabel=f"{span}s after the first")
    ax.set_yticks([row + 0.5 for row in range(len(rows))], rows, rotation=0)
    ax.tick_params(axis="y", colors=theme.PALETTE["ink"])
    each = "; ".join(
        f"{cell.cohort} in {cell.period}: {cell.label}" for cell in drawn.itertuples() if cell.age
    )
    return described(
        ax,
        title=_title(cohorts),
        subtitle=f"Share that bought, by {span} of the first order (accounts); in brackets: not over yet",
        alt=f"A triangle of the share of accounts that still bought. {each}.",
    )


def _title(cohorts: pd.DataFrame) -> str:
    """Return what became of those who have been watched for longest and came after the data begin."""
    told = cohorts[cohorts["is_over"] & cohorts["active_share"].notna() & (cohorts["age"] > 0)]
    if told.empty:
        return "Too few accounts to tell how they stay"
    row = told.sort_values(["is_first", "age"], ascending=[True, False], kind="stable").iloc[0]
    came = f"{row['cohort']}{' or before' if row['is_first'] else ''}"
    return f"{theme.share(row['active_share'], 0)} of those won in {came} bought in {row['period']}"
