"""Whose voice counts: each contact's, each account's, or each amount of sales."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from kamlib.analysis.survey.answers import numbers
from kamlib.analysis.survey.estimator.design import SurveyDesign
from kamlib.analysis.survey.estimator.means import AT_LEAST, estimate_columns, kish_size, mean_estimate
from kamlib.analysis.survey.scale import promoter_values, satisfaction_table
from kamlib.estimate import Unknown

VIEWS: dict[str, str] = {
    "respondent": "each contact one voice",
    "account": "each account one voice",
    "revenue": "each amount of sales one voice",
}
"""The three views of one question."""


def account_view(design: SurveyDesign, voices: pd.Series | float = 1.0) -> SurveyDesign:
    """Return the design in which an account counts once, however many contacts it has.

    An account's voice is shared out equally over its contacts: weight w/M times its voices. The sample
    stays the one that was drawn, contacts within accounts within strata, so the range also holds what is
    left open where an account was heard by some of its contacts only. A question that some of them leave
    out has the part of the account's voice that spoke.

    Parameters
    ----------
    design
        The sample. Of a raked one the raked weights are taken, but not what raking takes off the range.
    voices
        How much each account counts, by account, such as its revenue; above zero.

    Notes
    -----
    With revenue as voices, an account's revenue counts once. Revenue as the size of each contact would
    count it as often as the account has contacts: on the test company 3.598 instead of 3.663.

    Examples
    --------
    >>> rows = pd.DataFrame({"stratum": "A", "account_id": ["x", "x", "y"], "weight": [2.0, 2.0, 2.0]})
    >>> rows = rows.assign(stratum_accounts=4, account_contacts=[2, 2, 1])
    >>> account_view(SurveyDesign(rows)).rows["weight"].tolist()
    [1.0, 1.0, 2.0]
    """
    voice = design.by_contact(voices) if isinstance(voices, pd.Series) else voices
    weight = design.rows["weight"] * voice / design.rows["account_contacts"]
    return design.reweighted(weight)


def three_views(
    design: SurveyDesign, answers: pd.DataFrame, *, revenue: pd.Series, at_least: int = AT_LEAST
) -> pd.DataFrame:
    """Return how satisfied the contacts, the accounts and the sales are with each aspect.

    Parameters
    ----------
    design
        The sample.
    answers
        One row per contact, one column per question, levels 1 to 5 (`answer_table`).
    revenue
        Revenue by account, any period. An account it does not name, or whose revenue is not above zero,
        has no voice in the revenue view.
    at_least
        With fewer answering accounts there is no number but a note.

    Returns
    -------
    DataFrame
        One row per question and view, in the order of `VIEWS`: `item_id`, `view`, the columns of
        `satisfaction_table`, then `equal_accounts` (Kish: as how many accounts of one size those of the
        view weigh) and `view_note` (whom the view leaves out).
    """
    return _in_each_view(design, answers, revenue, partial(satisfaction_table, at_least=at_least))


def promoter_views(
    design: SurveyDesign, marks: pd.DataFrame, *, revenue: pd.Series, at_least: int = AT_LEAST
) -> pd.DataFrame:
    """Return the net promoter score in the three views.

    Parameters
    ----------
    design, revenue, at_least
        As in `three_views`.
    marks
        One row per contact, one column per question, 0 to 10 (`answer_table` with `kind="nps"`).

    Returns
    -------
    DataFrame
        One row per question and view: `item_id`, `view`, `nps, nps_low, nps_high, nps_n, nps_method,
        nps_note` (promoters less detractors, −1 to 1), `equal_accounts`, `view_note`.
    """
    return _in_each_view(design, marks, revenue, partial(_promoter_table, at_least=at_least))


def _in_each_view(
    design: SurveyDesign,
    answers: pd.DataFrame,
    revenue: pd.Series,
    table: Callable[[SurveyDesign, pd.DataFrame], pd.DataFrame],
) -> pd.DataFrame:
    amount = numbers(revenue).reindex(design.accounts.index)
    sells = amount > 0
    silent = int((~sells).sum())
    note = f"{silent} of the accounts that answered brought no sales and do not count here." if silent else ""
    with_sales = answers[design.by_contact(sells).reindex(answers.index, fill_value=False)]
    seen = {
        "respondent": (design, answers, ""),
        "account": (account_view(design), answers, ""),
        # A weight is above zero: those without sales keep some, and their answers are left out.
        "revenue": (account_view(design, amount.where(sells, 1.0)), with_sales, note),
    }
    tables = []
    for view, (voices, given, said) in seen.items():
        by_question, is_given = table(voices, given), voices.inside(pd.Series(1.0, given.index))
        weights = np.bincount(voices.account_codes, voices.rows["weight"] * is_given)
        if view != "respondent" and weights.max() > weights.sum() / 2:
            by_question = _untold(by_question)
        by_question.insert(1, "view", view)
        equal = kish_size(weights) if weights.any() else 0.0
        tables.append(by_question.assign(equal_accounts=equal, view_note=said))
    return pd.concat(tables).set_index("item_id").loc[answers.columns].reset_index(names="item_id")


def _untold(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table of a view that one account decides: without a number, and with the reason."""
    numbers_of = dict.fromkeys(table.select_dtypes("number"), math.nan)
    notes = [name for name in table if name.endswith("_note")]
    return table.assign(
        **numbers_of, **dict.fromkeys(notes, "One account weighs more than all others: too few to tell.")
    )


def _promoter_table(design: SurveyDesign, marks: pd.DataFrame, *, at_least: int) -> pd.DataFrame:
    rows = []
    for item in marks:
        score = mean_estimate(
            design, promoter_values(marks[item]), bounds=(-1, 1), at_least=at_least, key="nps"
        )
        rows.append({"item_id": item, **estimate_columns("nps", score)})
    return pd.DataFrame(rows, columns=["item_id", *estimate_columns("nps", Unknown(""))])
