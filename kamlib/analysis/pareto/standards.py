"""Every standard at once: in how many of all reasonable definitions an account is a key account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from kamlib.analysis.pareto.concentration import concentration_table, top_count
from kamlib.analysis.pareto.scorecard import scorecard
from kamlib.analysis.pareto.service_cost import net_profit, service_costs
from kamlib.analysis.periods import Period
from kamlib.analysis.snapshot import YEAR
from kamlib.analysis.tiers import abc_tier, is_key_account, parent_of
from kamlib.estimate import Unknown

MEASURES = {"sales": "net_revenue", "gross profit": "gross_profit", "net profit": "net_profit"}
VERDICTS = ("every", "most", "some", "none")
_WINDOWS = {"this year": f"_{YEAR}", "last year": f"_prev_{YEAR}", "all days": ""}
_NAMES = ["by", "of", "over", "rule"]


def with_net_profit(
    account_table: pd.DataFrame, costs: pd.DataFrame | Unknown, as_of: dt.date
) -> pd.DataFrame:
    """Return the account table with `net_profit_365` and `net_profit_prev_365`, where they can be told.

    Parameters
    ----------
    account_table
        As of that day, without last year's columns where the data do not reach back.
    costs
        The costs table, or an `Unknown`.
    as_of
        The last day that counts.
    """
    found = account_table
    for back, window in enumerate((f"_{YEAR}", f"_prev_{YEAR}")):
        ends = as_of - dt.timedelta(days=YEAR * back)
        served = service_costs(costs, Period(window, ends - dt.timedelta(days=YEAR - 1), ends))
        if isinstance(profit := net_profit(account_table, served, window), pd.Series):
            found = found.assign(**{f"net_profit{window}": profit.to_numpy()})
    return found


def amount_standards(
    account_table: pd.DataFrame, accounts: pd.DataFrame, *, large_share: float = 0.01
) -> pd.DataFrame:
    """Return whether each account is a key account, by every amount, level, window and rule at hand.

    Amounts: sales, gross profit, net profit. Levels: the account, and where firms belong together the
    parent (its firms are then all in or all out). Windows: this year, last year, all days. Rules: tier A, the
    top 20 % (of those with an amount), a stated share of the total or more. Nothing or less is never key;
    what the account table lacks, a window in which nothing was earned, and all days where none is older than
    this year, are no standard.

    Parameters
    ----------
    account_table
        With `account_id`.
    accounts
        The accounts table: `parent_id` says who belongs together.
    large_share
        Of the total, inclusive; 0 to 1.

    Returns
    -------
    DataFrame
        True or False by account; columns `by`, `of`, `over`, `rule`.
    """
    table = account_table.sort_values("account_id").set_index("account_id")
    parent = table.index.to_series().map(parent_of(accounts)).fillna(table.index.to_series())
    # Numbers in the order of the names rank equals as names do, and sort ten times as fast.
    groups = {"account": np.arange(len(table))}
    if parent.duplicated().any():
        groups["parent"] = parent.rank(method="dense").astype(int).to_numpy()
    found = {}
    for by, column in MEASURES.items():
        for over, window in _WINDOWS.items():
            for of, group in groups.items() if _is_standard(table, column, window) else ():
                amount = pd.Series(table[column + window].to_numpy()).groupby(group).sum()
                for rule, is_key in _rules(amount, large_share).items():
                    found[by, of, over, rule] = is_key.reindex(group, fill_value=False).to_numpy()
    standards = pd.DataFrame(found, index=table.index, columns=pd.MultiIndex.from_tuples(found, names=_NAMES))
    return standards.reindex(account_table["account_id"])


def score_standards(points: pd.DataFrame, weights: Mapping[str, float], **cuts: Any) -> pd.DataFrame:
    """Return whether each account is in by the scorecard, under several weights.

    As weighted, and with the weight of each criterion doubled of which anything is known.

    Parameters
    ----------
    points, weights, **cuts
        As for `scorecard`.

    Returns
    -------
    DataFrame
        As `amount_standards` does.
    """
    known = [name for name in weights if name in points and points[name].notna().any()]
    heavier = {f"{name} doubled": {**weights, name: 2 * weights[name]} for name in known}
    numbered, found = points.reset_index(drop=True), {}
    for rule, one in {"as weighted": weights, **heavier}.items():
        card: Any = scorecard(numbered, one, **cuts)
        is_in = card.set_index("account_id")["state"].sort_index() == "in"
        found["scorecard", "account", "this year", rule] = is_in.to_numpy()
    return pd.DataFrame(found, index=points.index).rename_axis(columns=_NAMES)


def own_standard(accounts: pd.DataFrame, account_ids: pd.Index) -> pd.DataFrame:
    """Return whether each account stands in the company's own list; no column where there is none.

    Parameters
    ----------
    accounts
        The accounts table, with `is_key` where the company keeps such a list.
    account_ids
        Of the accounts asked about.
    """
    listed = is_key_account(accounts, pd.Series(index=account_ids, dtype="str"))
    is_kept = "is_key" in accounts and accounts["is_key"].notna().any()
    column = pd.MultiIndex.from_tuples([("own list", "account", "undated", "named")], names=_NAMES)
    return listed.to_frame().set_axis(column, axis=1).loc[:, [is_kept]]


def standard_counts(*standards: pd.DataFrame) -> pd.DataFrame:
    """Return beside each account in how many of the standards it is a key account.

    Parameters
    ----------
    *standards
        True or False by account; an account that one of them does not know is none there. One under which
        nobody is key does not count.

    Returns
    -------
    DataFrame
        One row per account of the first, the most standards first (equals by account): `account_id`,
        `key_count`, `standard_count`, `key_share` (0 to 1), `<by>_key_share` for each thing they go by, the
        least and the greatest of these (`key_share_low`, `key_share_high`; the own list is none of them), and
        `verdict`: key by `every` standard, by `most` (half or more), by `some`, or by `none`.
    """
    index = standards[0].index
    joined = pd.concat([one.reindex(index, fill_value=False) for one in standards], axis=1).astype(bool)
    joined = joined.loc[:, joined.any()]
    by = joined.T.groupby(level="by", sort=False).mean().T
    spread = by.drop(columns="own list", errors="ignore")
    found = {
        "key_count": joined.sum(axis=1),
        "standard_count": joined.shape[1],
        "key_share": joined.mean(axis=1),
        "key_share_low": spread.min(axis=1),
        "key_share_high": spread.max(axis=1),
    }
    table = pd.DataFrame(found, index=index).join(by.add_suffix("_key_share"))
    rules = [table["key_share"] == 1, table["key_share"] >= 0.5, table["key_share"] > 0]
    table = table.assign(verdict=np.select(rules, VERDICTS[:3], VERDICTS[3])).rename_axis("account_id")
    order = {"by": ["key_count", "account_id"], "ascending": [False, True]}
    return table.reset_index().sort_values(**order, ignore_index=True)


def key_by_sales_only(counts: pd.DataFrame) -> pd.DataFrame | Unknown:
    """Return the accounts that most standards of sales name, and few of profit.

    Parameters
    ----------
    counts
        `standard_counts`.

    Returns
    -------
    DataFrame or Unknown
        Its rows in which at least half of the standards of sales hold, and fewer than half of those of net
        profit, or of gross profit where net profit is not known; the fewest of these first.
    """
    profits = [f"{name}_key_share" for name in ("net profit", "gross profit")]
    known = [name for name in profits if name in counts]
    if not known:
        return Unknown("Who is key by sales only cannot be told: there is no profit to go by.", "thin")
    thin = counts[(counts.get("sales_key_share", 0.0) >= 0.5) & (counts[known[0]] < 0.5)]
    return thin.sort_values([*known, "account_id"], ignore_index=True)


def without_owner(ranked: pd.DataFrame) -> pd.DataFrame | Unknown:
    """Return the accounts that at least half of the standards name and nobody looks after.

    Parameters
    ----------
    ranked
        `standard_counts` with `owner`, see `with_owner`.
    """
    if "owner" not in ranked:
        return Unknown("Whether somebody looks after them cannot be told: account_team is missing.", "owners")
    return ranked[ranked["verdict"].isin(VERDICTS[:2]) & ranked["owner"].isna()]


def standards_table(*standards: pd.DataFrame) -> pd.DataFrame:
    """Return how many accounts are key by each standard.

    Returns
    -------
    DataFrame
        One row per `by`, `of`, `over`: `rules`, each with its number of accounts, as text.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": ["a", "b"], "is_key": [True, None]})
    >>> standards_table(own_standard(accounts, pd.Index(["a", "b"]))).values.tolist()
    [['own list', 'account', 'undated', 'named 1']]
    """
    counts = pd.concat([one.sum() for one in standards if one.shape[1]]).rename("count").reset_index()
    rules = counts["rule"] + " " + counts["count"].astype(str)
    grouped = rules.groupby([counts[name] for name in _NAMES[:3]], sort=False)
    return grouped.agg(", ".join).rename("rules").reset_index()


def _is_standard(table: pd.DataFrame, column: str, window: str) -> bool:
    """Return whether there is such an amount; where none is older than this year, all days are this year."""
    known, year = column + window, f"{column}_{YEAR}"
    return known in table and (known == year or year not in table or (table[known] != table[year]).any())


def _rules(amount: pd.Series, large_share: float) -> dict[str, pd.Series]:
    """Return who is key by each rule; nothing where nobody brings anything."""
    bought = amount[amount != 0]
    is_above = bought > 0
    if not is_above.any():
        return {}
    ranked = concentration_table(bought)
    top = pd.Series(True, index=ranked["account_id"].head(top_count(len(bought))))
    is_top = top.reindex(bought.index, fill_value=False) & is_above
    rules = {"tier A": abc_tier(bought) == "A", "top 20%": is_top}
    if (total := bought.sum()) > 0:
        rules[f"{100 * large_share:g}% or more"] = (bought >= large_share * total - 1e-9) & is_above
    return rules
