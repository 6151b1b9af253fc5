"""What each account is measured by and rated for, and the 1 to 5 points it gets."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from kamlib.analysis.snapshot import YEAR, account_table
from kamlib.analysis.years import comparable_years
from kamlib.errors import ParameterError, did_you_mean
from kamlib.estimate import Unknown

QUARTER = 91
"""An account that had not ordered by this day of a year was not yet a customer for all of it."""
_FILE = resources.files("kamlib.analysis.pareto").joinpath("criteria.toml")
_CRITERIA: dict[str, dict[str, Any]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
_CUTS = ("from_2", "from_3", "from_4", "from_5")


def band_table(bands: Sequence[str] = ()) -> pd.DataFrame:
    """Return where the points of each measured criterion begin.

    Parameters
    ----------
    bands
        Other cuts than usual, such as `margin: 0.1 0.2 0.3 0.4`: where 2, 3, 4 and 5 points begin; cuts
        that fall are upper ends.

    Returns
    -------
    DataFrame
        One row per criterion: `criterion`, `says`, `from_2` … `from_5`.

    Raises
    ------
    ParameterError
        An entry names no measured criterion, or does not give four numbers that rise or fall.

    Examples
    --------
    >>> float(band_table(["margin: 0.1 0.2 0.3 0.4"]).set_index("criterion").loc["margin", "from_5"])
    0.4
    """
    cuts = {name: row["cuts"] for name, row in _CRITERIA.items()} | dict(map(_band, bands))
    table = pd.DataFrame.from_dict(cuts, orient="index", columns=_CUTS, dtype=float)
    table.insert(0, "says", [_CRITERIA[name]["says"] for name in table.index])
    return table.rename_axis("criterion").reset_index()


def days_beyond_terms(invoices: pd.DataFrame, as_of: dt.date) -> pd.Series:
    """Return how many days after its due day an average unit of money came, by account.

    Σ(value × days late) / Σ value, over the invoices due in the 365 days to a day; an early payment counts
    as below zero, an open invoice as paid on that day, a credit note not at all.

    Parameters
    ----------
    invoices
        `account_id`, `due_at`, `paid_at` (missing: open), `amount`.
    as_of
        The last day that counts; what was paid later was open.

    Examples
    --------
    >>> due = pd.Timestamp(2024, 5, 1)
    >>> late = pd.DataFrame({"account_id": "a", "due_at": due, "amount": [100.0, 300.0],
    ...                      "paid_at": [due, due + pd.Timedelta(days=20)]})
    >>> days_beyond_terms(late, dt.date(2024, 12, 31)).to_dict()
    {'a': 15.0}
    """
    due = invoices[_within(invoices["due_at"], as_of, YEAR) & (invoices["amount"] > 0)]
    day = pd.Timestamp(as_of)
    late = (due["paid_at"].where(due["paid_at"] <= day).fillna(day) - due["due_at"]).dt.days
    amount = due["amount"].astype(float)
    summed = pd.DataFrame({"late": late * amount, "amount": amount}).groupby(due["account_id"]).sum()
    return (summed["late"] / summed["amount"]).rename("days beyond terms")


def latest_ratings(ratings: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Return each rater's latest rating of each account and criterion, of the 730 days to a day.

    Parameters
    ----------
    ratings
        `account_id`, `criterion`, `rated_at`, `score`, and `rater` where it is known.
    as_of
        The last day that counts.

    Returns
    -------
    DataFrame
        Rows of the ratings, by day.
    """
    known = ratings[_within(ratings["rated_at"], as_of, 2 * YEAR)].sort_values("rated_at", kind="stable")
    keys = [name for name in ("account_id", "criterion", "rater") if name in known]
    return known.drop_duplicates(keys, keep="last")


def account_points(
    order_lines: Any, as_of: dt.date, asked: Mapping[str, Any], *, bands: pd.DataFrame, back: int = 0
) -> pd.DataFrame | Unknown:
    """Return the points of each account that ordered in the 365 days to a day, with what was known then.

    Parameters
    ----------
    order_lines
        See `account_table`.
    as_of
        The last day that counts.
    asked
        `ratings`, `invoices` and `wallet`, each a table or an `Unknown`, and `first`, the first order day of
        the source.
    bands
        `band_table`.
    back
        So many times 365 days before that day.

    Returns
    -------
    DataFrame or Unknown
        As `criterion_points` does; Unknown where nobody ordered, or the data do not hold the whole year
        looked back to.
    """
    day = as_of - dt.timedelta(days=YEAR * back)
    if back and (day - asked["first"]).days + 1 < YEAR:
        return Unknown(f"How it was on {day} cannot be told: the data hold no whole year before.", "year_ago")
    bought = comparable_years(account_table(order_lines, day), day, first=asked["first"])
    active = bought[bought[f"order_day_count_{YEAR}"] > 0]
    if active.empty:
        return Unknown(f"No account has ordered in the 365 days to {day}, so none can be key.", "no_orders")
    return criterion_points(measured_values(active, day, asked), asked["ratings"], day, bands=bands)


def measured_values(account_table: pd.DataFrame, as_of: dt.date, asked: Mapping[str, Any]) -> pd.DataFrame:
    """Return what can be measured of each account, in the units that `band_table` states.

    Parameters
    ----------
    account_table
        As of that day, without last year's columns where the data do not reach back (`comparable_years`).
    as_of
        The last day that counts.
    asked
        `invoices` and `wallet`; what rests on one that is an `Unknown` is no column.

    Returns
    -------
    DataFrame
        By account, in order; a column for each criterion. Missing where the account has no base for it.
    """
    known = account_table.set_index("account_id")
    sales = known[f"net_revenue_{YEAR}"]
    found = {
        "share of sales": _of_average(sales),
        "years together": known["tenure_days"] / YEAR,
        "order days": known[f"order_day_count_{YEAR}"],
    }
    if f"gross_profit_{YEAR}" in known:
        profit, costed = known[f"gross_profit_{YEAR}"], known[f"costed_revenue_{YEAR}"]
        found |= {"gross profit": _of_average(profit), "margin": profit / costed.where(costed > 0)}
    if f"net_revenue_prev_{YEAR}" in known:
        before = known[f"net_revenue_prev_{YEAR}"]
        is_whole = known["tenure_days"] >= 2 * YEAR - QUARTER
        found["growth"] = sales / before.where(is_whole & (before > 0)) - 1
    if not isinstance(invoices := asked["invoices"], Unknown):
        found["days beyond terms"] = days_beyond_terms(invoices, as_of)
    if not isinstance(wallet := asked["wallet"], Unknown):
        spend = yearly_spend(wallet, as_of).reindex(known.index)
        found["share of wallet"] = (sales / spend.where(spend > 0)).clip(upper=1)
        found["unserved potential"] = (spend - sales).clip(lower=0) / sales[sales > 0].mean()
    return pd.DataFrame(found).reindex(known.index)


def criterion_points(
    values: pd.DataFrame, ratings: pd.DataFrame | Unknown, as_of: dt.date, *, bands: pd.DataFrame
) -> pd.DataFrame:
    """Return the points of each account, 1 (worst) to 5 (best), by criterion.

    What is measured falls into a band, its lower end included; what is rated is the mean of the raters.
    Financial reputation is the mean of its rating and of the points for days beyond terms, or the one that
    is known.

    Parameters
    ----------
    values
        `measured_values`.
    ratings
        The ratings, or an `Unknown`.
    as_of
        The last day that counts.
    bands
        `band_table`.

    Returns
    -------
    DataFrame
        By account, in the order of the values; missing where nobody knows.
    """
    cuts = bands.set_index("criterion")[list(_CUTS)]
    points = values.apply(lambda column: _banded(column, cuts.loc[column.name].to_numpy()))
    if not isinstance(ratings, Unknown):
        latest = latest_ratings(ratings, as_of).astype({"score": float})
        rated = latest.pivot_table("score", "account_id", "criterion").reindex(points.index)
        points = points.join(rated.drop(columns=list(points), errors="ignore"))
    money = [name for name in ("financial reputation", "days beyond terms") if name in points]
    return points.assign(**{"financial reputation": points[money].mean(axis=1)}) if money else points


def _band(entry: str) -> tuple[str, list[float]]:
    name, _, said = (part.strip() for part in entry.partition(":"))
    if name not in _CRITERIA:
        raise ParameterError(f"bands: nothing is measured as '{name}'{did_you_mean(name, _CRITERIA)}")
    try:
        cuts = [float(number) for number in said.split()]
    except ValueError:
        cuts = []
    steps = np.diff(cuts)
    if len(cuts) != len(_CUTS) or not ((steps > 0).all() or (steps < 0).all()):
        raise ParameterError(f"bands: '{entry}' needs four numbers that rise or fall: {name}: 1 2 3 4")
    return name, cuts


def _banded(values: pd.Series, cuts: np.ndarray) -> pd.Series:
    # Upper ends are lower ends of what is below zero.
    sign = np.sign(cuts[-1] - cuts[0])
    reached = np.searchsorted(sign * cuts, sign * values.to_numpy(dtype=float), side="right")
    return pd.Series(reached + 1.0, values.index).where(values.notna())


def _of_average(amount: pd.Series) -> pd.Series:
    return amount / amount[amount > 0].mean()


def yearly_spend(wallet: pd.DataFrame, as_of: dt.date) -> pd.Series:
    """Return what each account spends in the latest year known: the row for all families, or their sum."""
    known = wallet[wallet["year"] <= as_of.year]
    known = known[known["year"] == known.groupby("account_id")["year"].transform("max")]
    family = known["family"] if "family" in known else pd.Series(None, known.index, dtype="str")
    for_all = known.assign(is_all=family.isna())
    is_told = for_all["is_all"] | ~for_all.groupby("account_id")["is_all"].transform("any")
    return for_all[is_told].groupby("account_id")["spend"].sum().astype(float)


def _within(day: pd.Series, as_of: dt.date, days: int) -> pd.Series:
    return (day > pd.Timestamp(as_of) - pd.Timedelta(days=days)) & (day <= pd.Timestamp(as_of))
