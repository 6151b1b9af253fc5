"""What accounts bought in the year after a survey wave, by how satisfied they had said they were."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from kamlib.analysis.snapshot import YEAR, account_table
from kamlib.analysis.survey.comparisons import difference_interval
from kamlib.analysis.survey.drivers import OVERALL
from kamlib.analysis.survey.estimator.design import list_design
from kamlib.analysis.survey.estimator.means import AT_LEAST, estimate_columns, mean_estimate, wilson_interval
from kamlib.analysis.survey.paired import account_answers
from kamlib.analysis.survey.waves import Wave
from kamlib.errors import told
from kamlib.estimate import Unknown

LOST_AFTER = 180
"""Days without an order after which an account counts as lost."""
# Where groups are cut, and their names from below; a group that is too small is joined to its neighbour.
_CUTS: dict[tuple[float, ...], tuple[str, ...]] = {
    (3, 4): ("dissatisfied", "in between", "satisfied"),
    (4,): ("not satisfied", "satisfied"),
    (3,): ("dissatisfied", "not dissatisfied"),
}


class LaterSales(NamedTuple):
    """What the accounts that answered a wave bought before it closed and after.

    By `account_id`, `table` has `satisfaction` (mean of its answers on the whole, 1 to 5); `sales_before`,
    `sales_after` (net revenue of the 365 days up to the closing day, and of those after it); `is_lost` (no
    order in the last 180 of the days after). It holds only accounts with sales before that ordered in the 180
    days up to the closing day. `note` says which wave it is, which ones are too recent, and how many accounts
    had left before.
    """

    wave_id: str
    table: pd.DataFrame
    note: str


def later_sales(
    order_lines: Any, waves: pd.DataFrame, responses: pd.DataFrame, items: pd.DataFrame, *, watched: Any
) -> LaterSales | Unknown:
    """Return later sales of the accounts that answered the last wave whose year is over.

    Answers after the closing day, and order lines after the year, change nothing.

    Parameters
    ----------
    order_lines
        Any table that Narwhals knows.
    waves, responses, items
        `survey_waves`, `survey_responses`, `survey_items`, all waves.
    watched
        The first order day of the source, and the last day that counts.

    Returns
    -------
    LaterSales or Unknown
        Unknown where no wave closed a year before the last day and a year after the first.
    """
    first, last = (pd.Timestamp(day) for day in watched)
    year, closed = pd.Timedelta(days=YEAR), waves.reindex(columns=["wave_id", "closed_at"])
    closed = closed.set_index("wave_id")["closed_at"].astype("datetime64[us]").sort_values()
    is_over = closed + year <= last
    followed = closed[is_over & (closed - year >= first - pd.Timedelta(days=1))]
    if followed.empty:
        why = "It takes a wave that closed a year ago, and orders of the year before it."
        return Unknown(f"What accounts bought after they had answered cannot be told yet. {why}", "later")
    wave_id, closed_at = followed.index[-1], followed.iloc[-1]
    answered_at = responses.reindex(columns=["answered_at"])["answered_at"].astype("datetime64[us]")
    in_time = responses[(responses["wave_id"] == wave_id) & ~(answered_at > closed_at)]
    means = told(account_answers(Wave(wave_id, in_time.head(0), in_time), items))
    is_overall = means.columns.isin(items.loc[items["aspect"] == OVERALL, "item_id"])
    table = _sales(order_lines, means.loc[:, is_overall].mean(axis=1).dropna(), closed_at.date())
    note = f"Followed: wave {wave_id}, closed {closed_at.day} {closed_at:%b %Y}."
    note += "".join(f" Wave {one} is too recent." for one in sorted(closed.index[~is_over]))
    gone = (~table["is_there"]).sum()
    note += f" Left out: {gone} without an order in the {LOST_AFTER} days before that." if gone else ""
    return LaterSales(wave_id, table[table.pop("is_there")], note)


def later_by_satisfaction(later: LaterSales | Unknown, *, least: int = AT_LEAST) -> pd.DataFrame | Unknown:
    """Return what accounts bought later, and how many were lost, by how satisfied they had been.

    Satisfied is a mean of 4 or more, dissatisfied one below 3.

    Parameters
    ----------
    later
        `later_sales`.
    least
        A group of fewer accounts is joined to its neighbour.

    Returns
    -------
    DataFrame or Unknown
        One row per group, the least satisfied first: `name`, `account_count`; `kept_sales` with its range:
        sales after over sales before, of all in the group together (linearised t); `lost_share` with its
        range (Wilson); how far either lies above the last group (`kept_sales_gap`, `lost_share_gap`), with
        the range of that. All take the accounts for a sample of many such. Unknown where there are no two
        groups.
    """
    if isinstance(later, Unknown):
        return later
    for cuts, names in _CUTS.items():
        place = np.digitize(later.table["satisfaction"], cuts)
        if np.bincount(place, minlength=len(names)).min() >= least:
            table = pd.DataFrame([_group(later.table[place == i], least) for i in range(len(names))])
            return table.assign(name=names, **_gaps(table, "kept_sales"), **_gaps(table, "lost_share"))
    said = f"{len(later.table)} accounts answered wave {later.wave_id} and can be followed"
    return Unknown(
        f"Too few to tell whether satisfaction pays: {said}. It takes {least} in a group.", "later"
    )


def _sales(order_lines: Any, satisfaction: pd.Series, closed_at: dt.date) -> pd.DataFrame:
    days = closed_at, closed_at + dt.timedelta(YEAR)
    tables = (account_table(order_lines, day).set_index("account_id") for day in days)
    then, later = (table.reindex(satisfaction.index) for table in tables)
    table = pd.DataFrame({"satisfaction": satisfaction, "sales_before": then[f"net_revenue_{YEAR}"]})
    table["sales_after"] = later[f"net_revenue_{YEAR}"]
    table["is_lost"] = later[f"order_day_count_{LOST_AFTER}"] == 0
    # Who had left before cannot be lost again, and would make the dissatisfied look worse than they are.
    return table.assign(is_there=(then[f"order_day_count_{LOST_AFTER}"] > 0) & (table["sales_before"] > 0))


def _group(part: pd.DataFrame, least: int) -> dict[str, Any]:
    ratio, before = part["sales_after"] / part["sales_before"], part["sales_before"]
    kept = mean_estimate(list_design(part.index), ratio, size=before, at_least=least, key="kept_sales")
    lost = float(part["is_lost"].mean())
    low, high = wilson_interval(lost, len(part))
    cells = {"account_count": len(part), "lost_share": lost, "lost_share_low": low, "lost_share_high": high}
    return cells | estimate_columns("kept_sales", kept)


def _gaps(table: pd.DataFrame, name: str) -> dict[str, Any]:
    """Return how far each row lies above the last one, with the range of that."""
    ends = [tuple(row) for row in table[[name, f"{name}_low", f"{name}_high"]].to_numpy()]
    low, high = zip(*(difference_interval(row, ends[-1]) for row in ends), strict=True)
    return {f"{name}_gap": table[name] - ends[-1][0], f"{name}_gap_low": low, f"{name}_gap_high": high}
