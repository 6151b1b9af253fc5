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
from kamlib.analysis.survey.waves import ATTRIBUTED, CONFIDENTIAL, Wave, one_wave
from kamlib.errors import told
from kamlib.estimate import Unknown

LOST_AFTER = 180
"""Days without an order after which an account counts as lost."""
_IN_PERCENTS = dict.fromkeys(
    (f"kept_sales{gap}{end}" for gap in ("", "_gap") for end in ("", "_low", "_high")), 2
)
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
    days up to the closing day. `note` says which wave it is, which ones cannot be followed yet, and how many
    accounts had left before; `confidentiality` is what the wave promised.
    """

    wave_id: str
    table: pd.DataFrame
    note: str
    confidentiality: str = CONFIDENTIAL


def later_sales(
    order_lines: Any, waves: pd.DataFrame, responses: pd.DataFrame, items: pd.DataFrame, *, watched: Any
) -> LaterSales | Unknown:
    """Return later sales of the accounts that answered the last wave whose year is over.

    Waves without answers, answers after the closing day and order lines after the year change nothing.

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
        Unknown where no wave with answers closed a year before the last day and a year after the first.
    """
    first, last = (pd.Timestamp(day) for day in watched)
    year, closed = pd.Timedelta(days=YEAR), waves.reindex(columns=["wave_id", "closed_at"])
    closed = closed.set_index("wave_id")["closed_at"].astype("datetime64[us]").sort_values()
    answered_at = responses.reindex(columns=["answered_at"])["answered_at"].astype("datetime64[us]")
    in_time = responses[~(answered_at > responses["wave_id"].map(closed))]
    closed = closed[closed.index.isin(in_time["wave_id"])]
    is_over = closed + year <= last
    followed = closed[is_over & (closed - year >= first - pd.Timedelta(days=1))]
    if followed.empty:
        why = "It takes a wave that closed a year ago, and orders of the year before it."
        return Unknown(f"What accounts bought after they had answered cannot be told yet. {why}", "later")
    asked = one_wave(waves, in_time.head(0), in_time, wave=followed.index[-1])
    means = told(account_answers(asked, items))
    is_overall = means.columns.isin(items.loc[items["aspect"] == OVERALL, "item_id"])
    table = _sales(order_lines, means.loc[:, is_overall].mean(axis=1).dropna(), followed.iloc[-1].date())
    note = _note(asked, followed.iloc[-1], closed[~is_over], (~table["is_there"]).sum())
    return LaterSales(asked.wave_id, table[table.pop("is_there")], note, asked.confidentiality)


def later_by_satisfaction(
    later: LaterSales | Unknown, *, least: int = AT_LEAST, fewest_followed: int = 30
) -> pd.DataFrame | Unknown:
    """Return what accounts bought later, and how many were lost, by how satisfied they had been.

    Satisfied is a mean of 4 or more, dissatisfied one below 3. Who was lost, and what each account bought, is
    known in the house: sums of it to many digits would give away who is in which group. So unless the wave
    was attributed, sales kept are in whole percents of 30 accounts or more, and losses need 5 lost and 5
    kept in every group.

    Parameters
    ----------
    later
        `later_sales`.
    least
        A group of fewer accounts is joined to its neighbour.
    fewest_followed
        Of fewer accounts than this only few choices of who is in a group fit whole percents of
        their sales: unless the wave was attributed nothing is told.

    Returns
    -------
    DataFrame or Unknown
        One row per group, the least satisfied first: `name`, `account_count`; `kept_sales` with its range:
        sales after over sales before, of all in the group together (linearised t); `lost_share` with its
        range (Wilson); how far either lies above the last group (`kept_sales_gap`, `lost_share_gap`), with
        the range of that. All take the accounts for a sample of many such. Without the columns of the losses
        where they may not be told (`lost_by_satisfaction`). Unknown where there are no two groups.
    """
    if isinstance(later, Unknown):
        return later
    if later.confidentiality != ATTRIBUTED and len(later.table) < fewest_followed:
        said = (
            f"Wave {later.wave_id} was {later.confidentiality}; {len(later.table)} accounts can be followed"
        )
        return Unknown(f"{said}: of so few, later sales would show who said what.", "later")
    for cuts, names in _CUTS.items():
        place = np.digitize(later.table["satisfaction"], cuts)
        if np.bincount(place, minlength=len(names)).min() >= least:
            table = pd.DataFrame([_group(later.table[place == i], least) for i in range(len(names))])
            return _told_of(table.assign(name=names), later.confidentiality == ATTRIBUTED)
    said = f"it takes {least} accounts that were satisfied and {least} that were less so"
    among = f"among the {len(later.table)} of wave {later.wave_id} that can be followed"
    return Unknown(f"Whether satisfaction pays cannot be told: {said}, {among}.", "later")


def lost_by_satisfaction(
    groups: pd.DataFrame | Unknown, later: LaterSales | Unknown
) -> pd.DataFrame | Unknown:
    """Return `later_by_satisfaction` where it tells the losses; else why they may not be told."""
    if isinstance(groups, Unknown) or isinstance(later, Unknown) or "lost_share" in groups:
        return groups
    said = f"Wave {later.wave_id} was {later.confidentiality}: how many of each group were lost"
    return Unknown(f"{said} may not be told, it would show who said what.", "lost")


def _note(asked: Wave, closed_at: pd.Timestamp, not_yet: pd.Series, gone: int) -> str:
    note = f"Followed: wave {asked.wave_id}, closed {closed_at.day} {closed_at:%b %Y}."
    reasons = not_yet.isna().map({True: "has no closing day", False: "is too recent"}).sort_index()
    note += "".join(f" Wave {one} {reason}." for one, reason in reasons.items())
    note += f" Left out: {gone} without an order in the {LOST_AFTER} days before that." if gone else ""
    return note


def _told_of(table: pd.DataFrame, is_attributed: bool) -> pd.DataFrame:
    """Return the groups with their gaps, as far as the promise of the wave allows."""
    digits = {} if is_attributed else _IN_PERCENTS
    lost = (table["lost_share"] * table["account_count"]).round()
    fewest = min(lost.min(), (table["account_count"] - lost).min())
    if not is_attributed and fewest < AT_LEAST:
        table = table.drop(columns=["lost_share", "lost_share_low", "lost_share_high"])
    table = table.round(digits)
    gaps = [_gaps(table, name) for name in ("kept_sales", "lost_share") if name in table]
    return table.assign(**{name: cells for each in gaps for name, cells in each.items()}).round(digits)


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
