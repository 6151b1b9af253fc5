"""Which groups of a survey must not be shown, so that no one account's answers can be worked out."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from kamlib.analysis.survey.answers import numbers
from kamlib.analysis.survey.disclosure import Guard
from kamlib.analysis.survey.estimator.design import SurveyDesign
from kamlib.analysis.survey.estimator.means import AT_LEAST, kish_size
from kamlib.analysis.survey.scale import NO_GROUP, SCALE
from kamlib.analysis.survey.views import account_view
from kamlib.analysis.survey.waves import ATTRIBUTED
from kamlib.estimate import Unknown

WORKED_OUT = "could be worked out"
GIVES_AWAY = "would give a group away"
FEW_DECIDE = "a few accounts decide it"
ONE_DECIDES = "one account decides it"
VIEW = "view"
"""The breakdown under which totals with other weights stand."""

_SHARE = re.compile("(top2|bottom2|difference)(_low|_high)?|p|p_holm")
_FINE = re.compile("net|mean|opinion|base|other_base")


def suppression_table(
    groups: pd.DataFrame,
    design: SurveyDesign,
    values: pd.Series,
    *,
    confidentiality: str,
    revenue: pd.Series | None = None,
    others: Mapping[str, SurveyDesign | Unknown] | None = None,
    at_least: int = AT_LEAST,
) -> pd.DataFrame:
    """Return which groups of a report's breakdowns are hidden, and why.

    A group in which fewer than `at_least` accounts answered, or one account weighs more than all others, is
    hidden. Unless the wave is attributed, so
    are others, until two things hold for all breakdowns of the report and its totals together:

    - no set of fewer than `at_least` accounts is a sum or difference of what is shown;
    - of each hidden group the shares of the satisfied and of the dissatisfied stay open by `LEAST_WIDTH` (of
      a large one by what one account weighs), or by half of what the total alone leaves open, for a reader
      who knows who answered, for how many each stands, and all five levels of all that is shown (linear
      programming). What the total says of everybody, such as that nobody is dissatisfied, is no secret.

    Each time the smallest of the shown groups that give it away goes (equals by breakdown, then by name).
    Totals with other weights are then added one by one: one that would give a hidden group away is hidden
    itself, and so is one in which the accounts weigh as fewer than `at_least` equal ones.

    That reader is taken to know who answered. So numbers of accounts asked and heard may be shown; what
    they answered, and how many of them a question, may not.

    Parameters
    ----------
    groups
        One row per account, index `account_id`, a column for each breakdown (`tier`, `industry`, …); a
        missing group is `unknown`.
    design, values
        The sample, and the question that is broken down: levels 1 to 5 by contact.
    confidentiality
        What the wave promised: `anonymous`, `confidential` or `attributed`.
    revenue
        By account, for the revenue view; the account view is looked at in any case.
    others
        Further designs with weights by which the report shows totals, by name.
    at_least
        Fewest accounts.

    Returns
    -------
    DataFrame
        One row per breakdown, in order of column, and group by name: `breakdown`, `group`, `accounts`
        (that answered the question), `is_hidden` and `reason` (empty where it is shown). Unless the wave is
        attributed, then one row per total, `breakdown` being `view`.

    Notes
    -----
    Source: Willenborg & de Waal, Elements of Statistical Disclosure Control (2001), chapters 4 and 6.
    Only one report is guarded: two with different filters can be subtracted from each other.

    Examples
    --------
    >>> from kamlib.analysis.survey.estimator.design import list_design
    >>> tiers = {"a": 1, "b": 1, "c": 1, "d": 6, "e": 9}
    >>> names = [f"{tier}{number}" for tier, count in tiers.items() for number in range(count)]
    >>> groups = pd.DataFrame({"tier": [name[0] for name in names]}, index=names)
    >>> levels = pd.Series([5, 1, 4] * 6, index=names)
    >>> table = suppression_table(groups, list_design(names), levels, confidentiality="anonymous")
    >>> table[table["breakdown"] == "tier"]["reason"].tolist()
    ['fewer than 5', 'fewer than 5', 'fewer than 5', 'could be worked out', '']
    """
    levels = _account_levels(design, values)
    inside = groups.reindex(design.accounts.index).astype(object).fillna(NO_GROUP)
    cells = pd.get_dummies(inside, prefix_sep="\0", dtype=float)
    table = cells.columns.str.split("\0", expand=True).to_frame(index=False, name=["breakdown", "group"])
    cells = cells.loc[levels.index]
    weight = cells.mul(levels.sum(axis=1), axis=0)
    is_few = (cells.sum() < at_least).to_numpy()
    is_small = is_hidden = is_few | (weight.max() > weight.sum() / 2).to_numpy()
    views = []
    if confidentiality != ATTRIBUTED and len(levels) >= at_least:
        guard = Guard(cells.to_numpy(), levels.to_numpy(), at_least=at_least)
        is_hidden = _safe(guard, is_small, table["breakdown"].to_numpy())
        weights = _view_weights(design, values, revenue, others or {}).reindex(levels.index).fillna(0.0)
        views = [_view_table(guard, weights.loc[:, weights.any()], is_hidden)]
    said = [f"fewer than {at_least}", ONE_DECIDES, WORKED_OUT]
    reason = np.select([is_few, is_small, is_hidden], said, "")
    table = table.assign(accounts=cells.sum().astype(int).to_numpy(), is_hidden=is_hidden, reason=reason)
    return pd.concat([table, *views], ignore_index=True)


def shown_groups(groups: pd.DataFrame, suppression: pd.DataFrame) -> pd.DataFrame:
    """Return the groups with the hidden ones missing: what may be compared.

    Parameters
    ----------
    groups, suppression
        As in, and of, `suppression_table`.
    """
    hidden = suppression[suppression["is_hidden"]].groupby("breakdown")["group"].agg(list)
    return pd.DataFrame({name: groups[name].mask(groups[name].isin(hidden.get(name, []))) for name in groups})


def in_whole_percents(table: pd.DataFrame, suppression: pd.DataFrame) -> pd.DataFrame:
    """Return a table of groups, in a wave that is not attributed, without what would tell single answers.

    Answers are whole numbers. From shares to a tenth of a percent, a net and a mean together, a reader who
    knows every weight can find the one combination that fits a group of six; whole percents leave many.

    Parameters
    ----------
    table
        Shares and their ranges, differences of shares, p.
    suppression
        `suppression_table`; in an attributed wave the table is returned as it is.
    """
    if not (suppression["breakdown"] == VIEW).any():
        return table
    coarse = [name for name in table if _SHARE.fullmatch(name)]
    fine = [name for name in table.select_dtypes("number") if _FINE.match(name)]
    return table.assign(**table[coarse].astype(float).round(2), **dict.fromkeys(fine, np.nan))


def without_hidden(table: pd.DataFrame, suppression: pd.DataFrame, breakdown: str) -> pd.DataFrame:
    """Return a result table without the numbers of hidden groups: no value, range, base or count is left.

    Parameters
    ----------
    table
        One row per group (and question), the group in the column `breakdown`.
    suppression
        `suppression_table`.
    breakdown
        Such as `tier`.

    Returns
    -------
    DataFrame
        The same rows in order; of a hidden group every number is missing, every `x_method` empty, and every
        `x_note` says why.
    """
    why = suppression[suppression["is_hidden"] & (suppression["breakdown"] == breakdown)]
    reason = table[breakdown].astype(str).map(why.set_index("group")["reason"])
    is_gone = reason.notna()
    numeric = list(table.select_dtypes("number"))
    told = table.astype(dict.fromkeys(numeric, float))
    told[numeric] = told[numeric].mask(is_gone)
    said = pd.Series([f"Not shown: {one}." for one in reason], index=table.index)
    notes = {name: told[name].mask(is_gone, said) for name in table if name.endswith("_note")}
    methods = {name: told[name].mask(is_gone, "") for name in table if name.endswith("_method")}
    return told.assign(**notes, **methods)


def _account_levels(design: SurveyDesign, values: pd.Series) -> pd.DataFrame:
    """Return for how many each account's answers stand, by level, best first; accounts by name."""
    level, accounts = design.aligned(values), design.accounts.index
    known = ~np.isnan(level)
    place = design.account_codes[known] * len(SCALE) + pd.Index(list(SCALE)).get_indexer(level[known])
    sums = np.bincount(place, design.rows["weight"].to_numpy()[known], minlength=len(accounts) * len(SCALE))
    table = pd.DataFrame(sums.reshape(len(accounts), -1), accounts, list(SCALE))
    return table[table.any(axis=1)]


def _safe(guard: Guard, is_small: np.ndarray, breakdown: np.ndarray) -> np.ndarray:
    """Return which groups to hide besides the small ones."""
    is_hidden = is_small.copy()
    while (found := guard.giveaway(is_hidden)) is not None and not is_hidden.all():
        is_hidden[found] = True
    for name in np.setdiff1d(breakdown[is_hidden], breakdown[is_small]):  # hidden early, needless by now?
        without = is_hidden & (is_small | (breakdown != name))
        is_hidden = is_hidden if guard.giveaway(without) is not None else without
    return is_hidden


def _view_weights(
    design: SurveyDesign,
    values: pd.Series,
    revenue: pd.Series | None,
    others: Mapping[str, SurveyDesign | Unknown],
) -> pd.DataFrame:
    """Return how much each account weighs in each total but the first: a column for each."""
    by_account = _account_levels(account_view(design), values).sum(axis=1)
    weights = {"account": by_account}
    if revenue is not None:
        weights["revenue"] = by_account * numbers(revenue).reindex(by_account.index).clip(lower=0)
    designs = {name: one for name, one in others.items() if not isinstance(one, Unknown)}
    weights |= {name: _account_levels(one, values).sum(axis=1) for name, one in designs.items()}
    return pd.DataFrame(weights)


def _view_table(guard: Guard, weights: pd.DataFrame, is_hidden: np.ndarray) -> pd.DataFrame:
    """Return for each total whether it is hidden; those before it that are not are known."""
    is_few = (weights.apply(kish_size) < guard.least).to_numpy()
    able = list(weights.columns[~is_few])
    told: list[str] = able if guard.with_totals(weights[able]).tells(is_hidden) is None else []
    for name in [] if told else able:
        if guard.with_totals(weights[[*told, name]]).tells(is_hidden) is None:
            told.append(name)
    reason = np.select([is_few, ~weights.columns.isin(told)], [FEW_DECIDE, GIVES_AWAY], "")
    counts = {"accounts": (weights > 0).sum().to_numpy(), "is_hidden": reason != ""}
    return pd.DataFrame({"breakdown": VIEW, "group": weights.columns, **counts, "reason": reason})
