"""Who is going quiet today, and which alarms were right before: all of it in one step."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kamlib.analysis.churn.alarms import alarm_history, alarm_table
from kamlib.analysis.churn.health import alarm_points, health_link, loss_rate, point_table
from kamlib.analysis.churn.outcomes import ChurnRule, risk_table
from kamlib.analysis.churn.signals import SIGNALS, Records, by_account, reason_words, ringing, signal_measures
from kamlib.analysis.churn.slices import CutOffs, cut_offs, reach_days
from kamlib.analysis.churn.stakes import CALLS, held_sales, hit_rate
from kamlib.analysis.snapshot import YEAR, account_table
from kamlib.estimate import Estimate, Unknown

SALES = f"net_revenue_{YEAR}"


@dataclass(frozen=True)
class EarlyWarning:
    """What the alarms say today, and what they are worth.

    Parameters
    ----------
    rule, as_of
        What "lost" means; the day of today.
    days
        The earlier days.
    history
        `alarm_history` of the earlier days.
    alarms
        `alarm_table` of it, with `ringing_count` and `ringing_sales`: accounts at which each rings today,
        and their net revenue of the 365 days.
    points
        `alarm_points` of `alarms`.
    test
        The rows of the latest of them, with points, `health` and `probability` as they would have been told
        then, by what was learned on the days before it; `probability` is 0 where no trusted alarm rang.
    link
        `health_link` on that day.
    accounts
        One row per account looked at today, most sales at risk first: `account_id`, `as_of`,
        `net_revenue_365`, `last_ordered_at`, the signals, a column `<signal>_points` for each trusted one,
        `health`, `probability` (`loss_rate`), `revenue_at_risk` (that times net revenue), both missing where
        no trusted alarm rings, and `reasons` ("" where none rings at all).
    left_out
        Accounts that are not looked at today, by reason: `reason`, `n`.
    """

    rule: ChurnRule
    as_of: dt.date
    days: CutOffs
    history: pd.DataFrame
    alarms: pd.DataFrame
    points: pd.Series
    test: pd.DataFrame
    link: Estimate | Unknown
    accounts: pd.DataFrame
    left_out: pd.DataFrame

    @property
    def to_call(self) -> pd.DataFrame:
        """The accounts at which a trusted alarm rings; where there are none, those at which any does."""
        quiet = self.accounts.dropna(subset="probability")
        return quiet if len(quiet) else self.accounts[self.accounts["reasons"] != ""]

    @property
    def slices(self) -> pd.DataFrame:
        """One row per earlier day: `part` (past), `cut_off`, `n` (accounts), `lost_count`, `lost_share`."""
        lost = self.history.groupby("day")["is_churned"]
        table = pd.DataFrame({"n": lost.size(), "lost_count": lost.sum(), "lost_share": lost.mean()})
        return table.rename_axis("cut_off").reset_index().assign(part="past")


def early_warning(
    order_lines: Any,
    as_of: dt.date,
    records: Records,
    *,
    rule: ChurnRule,
    training_slices: int = 5,
    least_revenue: float = 0.0,
) -> EarlyWarning | Unknown:
    """Hold each alarm against what came after earlier days, and say at whom it rings today.

    The days are those of the churn model (`cut_offs`): the last one is the test, and outcomes on the days
    before it end before it begins.

    Parameters
    ----------
    order_lines
        Any table that Narwhals knows, with the canonical columns of `order_lines`.
    as_of
        Today; later rows change nothing.
    records
        As in `signal_measures`.
    rule
        What "lost" means.
    training_slices
        Earlier days before the test, a quarter apart; fewer where the history is shorter.
    least_revenue
        Accounts with less net revenue in 365 days are left out, today and in the past.

    Returns
    -------
    EarlyWarning or Unknown
        Unknown, with the reason and the way out, where the history is too short for one earlier day and a
        test.
    """
    today = risk_table(account_table(order_lines, as_of), rule)
    first = today["first_ordered_at"].min()
    if pd.isna(first):
        return Unknown("There is no order yet, only returns: nobody can go quiet.", "churn_history")
    days = cut_offs(first.date(), as_of, reach=reach_days(today, rule), training_slices=training_slices)
    if isinstance(days, Unknown):
        return days
    seen: dict[str, Any] = {"rule": rule, "least_revenue": least_revenue}
    records = by_account(records)
    learned = alarm_history(order_lines, days.training, records, known_until=days.test, **seen)
    test = alarm_history(order_lines, [days.test], records, known_until=as_of, **seen)
    small = (today["left_out"] == "") & (today[SALES] < least_revenue)
    today["left_out"] = today["left_out"].mask(small, "sales below the amount set")
    watched = today[today["left_out"] == ""]
    if learned.empty or test.empty or watched.empty:
        return Unknown("No account orders often enough to be lost, then or today.", "alarms")
    history = pd.concat([learned, test], ignore_index=True)
    alarms = alarm_table(history, records)
    measures = signal_measures(order_lines, watched, records, as_of)
    accounts = _accounts(watched, measures, _scored(ringing(measures), history, alarm_points(alarms)))
    test = test.join(_scored(test, learned, alarm_points(alarm_table(learned, records))))
    left_out = today.loc[today["left_out"] != "", "left_out"].value_counts()
    return EarlyWarning(
        rule=rule,
        as_of=as_of,
        days=days,
        history=history,
        alarms=alarms.join(_rings_today(accounts), on="signal"),
        points=alarm_points(alarms),
        test=test.fillna({"probability": 0.0}),
        link=health_link(test["is_churned"], test["health"]),
        accounts=accounts.assign(as_of=pd.Timestamp(as_of)),
        left_out=left_out.rename_axis("reason").reset_index(name="n"),
    )


def _scored(rings: pd.DataFrame, past: pd.DataFrame, points: pd.Series) -> pd.DataFrame:
    """Return what each alarm takes from each account, its health, and how many of such health were lost."""
    table = point_table(rings, points).rename(columns={key: f"{key}_points" for key in points.index})
    past_health = point_table(past, points)["health"]
    return table.assign(probability=loss_rate(table["health"], past_health, past["is_churned"]))


def _accounts(watched: pd.DataFrame, measures: pd.DataFrame, scored: pd.DataFrame) -> pd.DataFrame:
    rings, order = ringing(measures), [name[:-7] for name in scored if name.endswith("_points")]
    table = watched.set_index("account_id")[[SALES, "last_ordered_at"]].join(rings).join(scored)
    table["reasons"] = reason_words(measures, rings, order=order)
    table["revenue_at_risk"] = table["probability"] * table[SALES]
    ranked = ["revenue_at_risk", SALES, "account_id"]
    return table.reset_index().sort_values(ranked, ascending=[False, False, True], ignore_index=True)


def _rings_today(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return at how many accounts each alarm rings, and what they bought in the year."""
    rings = accounts[list(SIGNALS)].fillna(value=False).astype(float)
    sales = rings.mul(accounts[SALES], axis=0).sum()
    return pd.DataFrame({"ringing_count": rings.sum(), "ringing_sales": sales})


def list_record(
    test: pd.DataFrame, calls: int, *, seed: int
) -> tuple[pd.DataFrame | Unknown, Estimate | Unknown]:
    """Return what lists of calls would have held on the day of the test, and how often one was right.

    Such a list holds accounts at which a trusted alarm rang, no others.

    Parameters
    ----------
    test
        `EarlyWarning.test`.
    calls
        How many could be called.
    seed
        Of the draws behind the ranges.

    Returns
    -------
    tuple
        `held_sales`, no list longer than there were such accounts; `hit_rate`. Both Unknown where there were
        none.
    """
    rang = test[test["probability"] > 0]
    if rang.empty:
        unknown = Unknown("On the day of the test no alarm rang that was to be trusted by then.", "call_list")
        return unknown, unknown
    lengths = [length for length in CALLS if length <= len(rang)]
    return held_sales(test, "probability", lengths=lengths, seed=seed), hit_rate(rang, "probability", calls)
