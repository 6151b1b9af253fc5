"""The portfolio of accounts: how attractive each one is, and how strong we are with it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kamlib.analysis.pareto.scorecard import weighted_points
from kamlib.estimate import Unknown

FIELDS = ("invest", "selective", "maintain", "withdraw")


def portfolio(
    points: pd.DataFrame,
    before: pd.DataFrame | Unknown,
    *,
    attractiveness: Mapping[str, float],
    strength: Mapping[str, float],
) -> pd.DataFrame:
    """Return where each account lies among all of today, and where it lay a year ago.

    An account is attractive, or we are strong with it, from the median of today's accounts on; a year ago
    is held to the same medians. Accounts that are all alike are all attractive and strong.

    Parameters
    ----------
    points
        `criterion_points` of today.
    before
        Of the same accounts and others as of a year ago, or an `Unknown`.
    attractiveness, strength
        Weights by criterion: see `weighted_points`.

    Returns
    -------
    DataFrame
        One row per account of today, in order: `account_id`, `attractiveness` and `strength` (1 to 5), each
        with its `_coverage` and its `_before`, `field` and `field_before`: `invest` (attractive and strong),
        `selective` (attractive only), `maintain` (strong only), `withdraw` (neither), missing where one of
        the two is not known.

    Notes
    -----
    McDonald, Rogers & Woodburn, Key Customers (2000): attractiveness against relative strength.

    Examples
    --------
    >>> points = pd.DataFrame({"growth": [5.0, 2.0], "closeness": [3.0, 3.0]}, index=["a", "b"])
    >>> sides = {"attractiveness": {"growth": 1.0}, "strength": {"closeness": 1.0}}
    >>> portfolio(points, Unknown("One year only."), **sides)["field"].to_list()
    ['invest', 'maintain']
    """
    sides = {"attractiveness": attractiveness, "strength": strength}
    table = pd.DataFrame(index=points.index.rename("account_id"))
    for ending, given in (("", points), ("_before", before)):
        for side, weights in sides.items():
            known = pd.DataFrame(index=points.index) if isinstance(given, Unknown) else given
            found = weighted_points(known, weights).reindex(points.index)
            table[side + ending], table[f"{side}_coverage{ending}"] = found["score"], found["coverage"]
    middle = table[list(sides)].median()
    for ending in ("", "_before"):
        table[f"field{ending}"] = _fields(*(table[side + ending].round(9) - middle[side] for side in sides))
    return table.drop(columns=[f"{side}_coverage_before" for side in sides]).reset_index()


def named_portfolio(placed: pd.DataFrame, ranked: pd.DataFrame) -> pd.DataFrame | Unknown:
    """Return the accounts of a portfolio by name, those that most standards name first.

    Parameters
    ----------
    placed
        `portfolio`.
    ranked
        `standard_counts` with `name`.

    Returns
    -------
    DataFrame or Unknown
        With `is_marked`: key by every standard. Unknown where no account has a field.
    """
    if placed["field"].isna().all():
        return Unknown("No account has its place: nothing is known of one side or the other.", "portfolio")
    columns = ["account_id", "name", "verdict", "key_count"]
    named = placed.merge(ranked[columns], on="account_id").sort_values("key_count", ascending=False)
    return named.assign(is_marked=named["verdict"] == "every")


def field_table(placed: pd.DataFrame, account_table: pd.DataFrame) -> pd.DataFrame:
    """Return one row per field: how many accounts lie in it, came, and went, and what they buy.

    Parameters
    ----------
    placed
        `portfolio`.
    account_table
        With `account_id` and `net_revenue_365`.

    Returns
    -------
    DataFrame
        `field`, `account_count`, `net_revenue_365`, and of the accounts whose field of last year is known
        `came_count` and `went_count`.
    """
    sold = placed.merge(account_table[["account_id", "net_revenue_365"]], on="account_id", how="left")
    both = placed.dropna(subset=["field", "field_before"])
    moved = both[both["field"] != both["field_before"]]
    table = sold.groupby("field")["net_revenue_365"].agg(["size", "sum"])
    table = table.set_axis(["account_count", "net_revenue_365"], axis=1).reindex(FIELDS, fill_value=0)
    table["came_count"] = moved["field"].value_counts().reindex(FIELDS, fill_value=0)
    table["went_count"] = moved["field_before"].value_counts().reindex(FIELDS, fill_value=0)
    return table.rename_axis("field").reset_index()


def _fields(attractiveness: pd.Series, strength: pd.Series) -> pd.Series:
    """Return the field of each account by how far it lies above the middle."""
    attractive, strong = attractiveness > -1e-6, strength > -1e-6
    named = np.select([attractive & strong, attractive, strong], FIELDS[:3], FIELDS[3])
    is_known = attractiveness.notna() & strength.notna()
    return pd.Series(named, attractiveness.index, dtype="str").where(is_known)
