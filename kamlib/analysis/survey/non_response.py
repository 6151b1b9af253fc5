"""Whether those who answered are like those who were asked, and what the weights make of it."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from scipy.stats import fisher_exact

from kamlib.analysis.survey.answers import numbers
from kamlib.analysis.survey.comparisons import holm_adjusted
from kamlib.analysis.survey.estimator.design import SurveyDesign
from kamlib.analysis.survey.estimator.means import AT_LEAST, kish_size, wilson_interval
from kamlib.analysis.survey.response import ALL, heard_of_asked, is_drawn
from kamlib.estimate import Unknown


def frame_groups(
    frame: pd.DataFrame,
    *,
    accounts: pd.DataFrame | Unknown | None = None,
    revenue: pd.Series | None = None,
) -> pd.DataFrame:
    """Return what the frame knows of each account before anybody answers, as groups.

    Parameters
    ----------
    frame
        `survey_frame`, one wave.
    accounts
        The accounts table.
    revenue
        Revenue by account, any period; an account it does not name brought none.

    Returns
    -------
    DataFrame
        By `account_id`: `tier` (the stratum); `industry`, `region` where the accounts have them; `sales`,
        thirds of the accounts of the frame by revenue, equals together; `contacts`.

    Examples
    --------
    >>> frame = pd.DataFrame({"account_id": ["x", "y", "z"], "stratum": "A", "n_contacts": [1, 2, 9]})
    >>> frame_groups(frame, revenue=pd.Series({"x": 5, "y": 9}))
               tier          sales   contacts
    account_id
    x             A   middle third          1
    y             A  largest third     2 or 3
    z             A smallest third  4 or more
    """
    # As objects: groups are looked up by account again and again, and text of pandas' own is slow at that.
    by_account = frame.astype({"account_id": object, "stratum": object}).set_index("account_id")
    groups = pd.DataFrame({"tier": by_account["stratum"]})
    if isinstance(accounts, pd.DataFrame):
        told = accounts.filter(["account_id", "industry", "region"]).astype(object)
        groups = groups.join(told.set_index("account_id"))
    if revenue is not None:
        amount = numbers(revenue).reindex(groups.index).fillna(0.0)
        thirds = ["smallest third", "middle third", "largest third"]
        groups["sales"] = pd.cut(amount.rank(pct=True), [0, 1 / 3, 2 / 3, 1], labels=thirds)
    if "n_contacts" in by_account:
        bands = ["1", "2 or 3", "4 or more"]
        groups["contacts"] = pd.cut(numbers(by_account["n_contacts"]), [0, 1, 3, math.inf], labels=bands)
    return groups


def response_by_group(
    frame: pd.DataFrame,
    groups: pd.DataFrame,
    *,
    revenue: pd.Series | None = None,
    at_least: int = AT_LEAST,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return how many of those asked were heard, group by group of what the frame knows.

    Parameters
    ----------
    frame
        `survey_frame`, one wave.
    groups
        By account, one column for each thing known (`frame_groups`); accounts without a group are left out.
    revenue
        Revenue by account, any period; an account it does not name brought none, nor does one below zero.
    at_least
        A group with fewer accounts asked, or fewer outside it, is not tested.
    level
        Confidence level of the range; a group differs where Holm's p is below 1 − level.

    Returns
    -------
    DataFrame
        One row per thing known and group:

        - `known`, `group`, `asked`, `heard`: counts of accounts; those found ineligible were not asked
        - `share_heard` with `_low, _high, _n` (Wilson's; AAPOR's RR2 of the group)
        - `revenue_share_heard`: of the revenue of those asked; missing where that is not above zero
        - `p`: Fisher's exact test of the group against all others; `p_holm`, over the groups of one thing
        - `is_different`, `note`: in words, or nothing

    Notes
    -----
    The range and the test hold for how such accounts would answer the next such wave, so there is no finite
    population correction. Source: Fisher (1935), The Design of Experiments; Holm (1979).
    """
    is_heard = heard_of_asked(frame)
    amount = pd.Series(math.nan, index=is_heard.index)
    if revenue is not None:
        amount = numbers(revenue).reindex(is_heard.index).fillna(0.0).clip(lower=0.0)
    base = pd.DataFrame({"heard": is_heard, "amount": amount, "amount_heard": amount.where(is_heard, 0.0)})
    groups, tables = groups.reindex(base.index), []
    for known in groups:
        of_group = base.groupby(groups[known], observed=True)
        sums = of_group.sum().assign(asked=of_group.size()).rename_axis("group").reset_index()
        rows = [_group_row(each, sums, at_least, level) for each in sums.itertuples()]
        table = sums[["group"]].join(pd.DataFrame(rows)).assign(known=known).reindex(columns=_COLUMNS)
        table["p_holm"] = holm_adjusted(table["p"])
        table["is_different"] = table["p_holm"] < 1 - level
        table["note"] = table["note"].where(table["p"].isna() | table["is_different"], "")
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def weight_table(design: SurveyDesign, frame: pd.DataFrame) -> pd.DataFrame:
    """Return what each answer stands for, factor by factor.

    Parameters
    ----------
    design
        `survey_design` of the wave.
    frame
        `survey_frame`, the same wave.

    Returns
    -------
    DataFrame
        One row per stratum, then one named `all`:

        - `stratum`, `accounts` (of the frame), `drawn`, `answered` (accounts), `contacts` (that answered)
        - `design_weight`: accounts over drawn; `response_factor`: drawn over answered
        - `weight_smallest, _largest`: the product of the two, and of the account's contacts over those of
          them that answered
        - `effective_contacts`: Kish's effective number of contacts
    """
    contacts = design.rows
    parts = [
        _weight_row(str(name), part, contacts[contacts["stratum"] == name])
        for name, part in frame.groupby("stratum", observed=True)
    ]
    return pd.DataFrame([*parts, _weight_row(ALL, frame, contacts)])


_COLUMNS = [
    "known", "group", "asked", "heard", "share_heard", "share_heard_low", "share_heard_high", "share_heard_n",
    "revenue_share_heard", "p", "p_holm", "is_different", "note",
]  # fmt: skip


def _group_row(group: Any, groups: pd.DataFrame, at_least: int, level: float) -> dict[str, float | int | str]:
    asked, yes = int(group.asked), int(group.heard)
    others, others_yes = int(groups["asked"].sum()) - asked, int(groups["heard"].sum()) - yes
    low, high = wilson_interval(yes / asked, asked, level=level)
    row: dict[str, float | int | str] = {
        "asked": asked, "heard": yes,
        "share_heard": yes / asked, "share_heard_low": low, "share_heard_high": high, "share_heard_n": asked,
        "revenue_share_heard": float(group.amount_heard / group.amount) if group.amount > 0 else math.nan,
    }  # fmt: skip
    if min(asked, others) < at_least:
        few = "of this group" if asked < at_least else "of the other groups"
        note = f"Fewer than {at_least} accounts {few} were asked: too few to tell."
        return row | {"p": math.nan, "note": note}
    p = fisher_exact([[yes, asked - yes], [others_yes, others - others_yes]]).pvalue
    less = yes / asked < others_yes / others
    return row | {"p": float(p), "note": f"answered {'less' if less else 'more'} often than the others"}


def _weight_row(name: str, part: pd.DataFrame, contacts: pd.DataFrame) -> dict[str, float | int | str]:
    drawn, answered = int(is_drawn(part).sum()), contacts["account_id"].nunique()
    row: dict[str, float | int | str] = {
        "stratum": name, "accounts": len(part), "drawn": drawn, "answered": answered,
        "contacts": len(contacts),
        "design_weight": len(part) / drawn if drawn else math.nan,
        "response_factor": drawn / answered if answered else math.nan,
    }  # fmt: skip
    row |= {"weight_smallest": contacts["weight"].min(), "weight_largest": contacts["weight"].max()}
    return row | {"effective_contacts": kish_size(contacts["weight"]) if answered else math.nan}
