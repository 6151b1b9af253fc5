"""Satisfaction by groups of accounts: what may be shown of it, and which groups differ."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlib.analysis.survey.comparisons import compared_groups
from kamlib.analysis.survey.estimator.design import SurveyDesign
from kamlib.analysis.survey.scale import known_rows, satisfaction_table
from kamlib.analysis.survey.suppression import in_whole_percents, shown_groups, without_hidden
from kamlib.estimate import Unknown

DIFFERS, ALIKE, TOO_FEW = "differ", "cannot be told apart", "too few to compare"


def question_answers(answers: pd.DataFrame, items: pd.DataFrame, aspect: str) -> pd.DataFrame:
    """Return the answers to the first question on an aspect: one column, all missing where nobody was asked.

    Parameters
    ----------
    answers
        `answer_table`.
    items
        `survey_items`.
    aspect
        Such as `overall`.
    """
    asked = items.loc[items["aspect"] == aspect, "item_id"].tolist()
    return answers.reindex(columns=pd.Index(asked[:1] or [aspect], name="item_id"))


def group_table(
    design: SurveyDesign, answers: pd.DataFrame, groups: pd.DataFrame, suppression: pd.DataFrame
) -> pd.DataFrame:
    """Return how satisfied each group is, without the numbers of hidden groups (`in_whole_percents`).

    Parameters
    ----------
    design, answers
        As in `satisfaction_table`.
    groups, suppression
        As in, and of, `suppression_table`.

    Returns
    -------
    DataFrame
        The rows of `satisfaction_table` for one breakdown after the other, with `breakdown` and `name` (of
        the group).
    """
    tables = []
    for breakdown in groups:
        table = satisfaction_table(design, answers, by=groups[breakdown].astype(object))
        told = without_hidden(table, suppression, breakdown)
        tables.append(told.rename(columns={breakdown: "name"}).assign(breakdown=breakdown))
    return in_whole_percents(pd.concat(tables, ignore_index=True), suppression)


def breakdown_rows(table: pd.DataFrame, breakdown: str) -> pd.DataFrame | Unknown:
    """Return the groups of one breakdown that have a number, the most satisfied first, as they are drawn.

    Parameters
    ----------
    table
        `group_table`.
    breakdown
        Such as `tier`; where the source does not know it, or none of its groups is shown, an `Unknown`.

    Returns
    -------
    DataFrame
        `name, top2, top2_low, top2_high, bottom2, net, mean` and `accounts` (heard).
    """
    known = known_rows(table[table["breakdown"] == breakdown], "top2")
    if isinstance(known, Unknown):
        return Unknown(f"By {breakdown} nothing can be told: the groups are unknown or too small.", breakdown)
    known = known.rename(columns={"top2_n": "accounts"})
    ordered = known.sort_values(["top2", "name"], ascending=[False, True])
    return ordered[["name", "top2", "top2_low", "top2_high", "bottom2", "net", "mean", "accounts"]]


def group_comparisons(
    design: SurveyDesign, answers: pd.DataFrame, groups: pd.DataFrame, suppression: pd.DataFrame
) -> pd.DataFrame:
    """Return which of the groups that are shown differ in how satisfied they are.

    Parameters
    ----------
    design, answers, groups, suppression
        As in `group_table`.

    Returns
    -------
    DataFrame
        The rows of `compared_groups` (share of the satisfied) for one breakdown after the other, those that
        differ first, then by p: `breakdown`, its columns, and `verdict`: `differ`, `cannot be told apart` or
        `too few to compare`.
    """
    shown = shown_groups(groups, suppression)
    tables = [compared_groups(design, answers, shown[name]).assign(breakdown=name) for name in shown]
    whole = pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
    is_different = whole["is_different"].astype(bool)
    verdict = np.select([is_different, whole["p"].notna()], [DIFFERS, ALIKE], TOO_FEW)
    ordered = whole.assign(verdict=verdict).sort_values(["p_holm", "p"], kind="stable", ignore_index=True)
    return in_whole_percents(ordered, suppression)
