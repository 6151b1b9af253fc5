"""The five levels of satisfaction, the 0 to 10 question, and the tables that add them up."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kamlib.analysis.survey.design import SurveyDesign
from kamlib.analysis.survey.estimation import AT_LEAST, estimate_columns, mean_estimate
from kamlib.analysis.survey.proportions import share_estimate
from kamlib.estimate import Unknown

SCALE: dict[int, str] = {
    5: "high satisfaction",
    4: "generally satisfactory",
    3: "no opinion",
    2: "some dissatisfied",
    1: "extremely dissatisfied",
}
"""The levels in the words of the text the project began with, best first."""

NO_OPINION = 3
NO_GROUP = "unknown"
"""The group of accounts for which no group is known."""


def level_table(
    design: SurveyDesign, answers: pd.DataFrame, *, by: pd.Series | None = None, at_least: int = AT_LEAST
) -> pd.DataFrame:
    """Return how the answers spread over the five levels.

    Parameters
    ----------
    design
        The sample.
    answers
        One row per contact, one column per question, levels 1 to 5 (`answer_table`).
    by
        A group for each account, such as its tier, index `account_id`; its name becomes a column.
    at_least
        With fewer answering accounts in a row, its numbers are missing and `share_note` says so.

    Returns
    -------
    DataFrame
        One row per question (per group) and level, best first: `item_id`, the group, `level`,
        `words`, and `share, share_low, share_high, share_n, share_method, share_note`. Shares run
        from 0 to 1 and add up to 1; `share_n` counts accounts. "No opinion" is an answer.
    """
    rows = []
    for head, values, where in _cells(design, answers, by):
        for level, words in SCALE.items():
            share = share_estimate(design, _flags(values, values == level), where=where, at_least=at_least)
            rows.append({**head, "level": level, "words": words, **estimate_columns("share", share)})
    return pd.DataFrame(rows)


def satisfaction_table(
    design: SurveyDesign, answers: pd.DataFrame, *, by: pd.Series | None = None, at_least: int = AT_LEAST
) -> pd.DataFrame:
    """Return how satisfied the customers are with each aspect, on both bases.

    Parameters
    ----------
    design, answers, by, at_least
        As in `level_table`.

    Returns
    -------
    DataFrame
        One row per question (per group): `item_id`, the group, `answers` and `opinions` (contacts
        with any level, and with another than "no opinion"), then eight measures, each as
        `x, x_low, x_high, x_n, x_method, x_note`:

        - `top2`, `bottom2`: share of levels 4 and 5, of levels 1 and 2, 0 to 1
        - `net`: `top2` − `bottom2`, −1 to 1
        - `mean`: mean level, 1 to 5
        - `opinion_top2` … `opinion_mean`: the same among those with an opinion

    Examples
    --------
    >>> levels = [5] * 12 + [4] * 20 + [3] * 8 + [2] * 6 + [1] * 4
    >>> from kamlib.analysis.survey.design import list_design
    >>> names = [f"c{number}" for number in range(50)]
    >>> answers = pd.DataFrame({"overall": levels}, index=names)
    >>> table = satisfaction_table(list_design(names), answers)
    >>> table[["top2", "bottom2", "net", "mean", "opinion_top2"]].round(4).iloc[0].tolist()
    [0.64, 0.2, 0.44, 3.6, 0.7619]
    """
    rows = []
    for head, values, where in _cells(design, answers, by):
        opinions = values.where(values != NO_OPINION)
        has_opinion = where & (values != NO_OPINION)
        counts = {"answers": _count(values, where), "opinions": _count(opinions, where)}
        measures = _measures("", design, values, where, at_least)
        of_opinions = _measures("opinion_", design, values, has_opinion, at_least)
        rows.append({**head, **counts, **measures, **of_opinions})
    return pd.DataFrame(rows)


def known_rows(table: pd.DataFrame, name: str) -> pd.DataFrame | Unknown:
    """Return the rows that have a number; an `Unknown` where none has.

    Parameters
    ----------
    table
        With the columns `name` and `name_note`.
    name
        Such as `share` or `top2`.

    Examples
    --------
    >>> table = pd.DataFrame({"top2": [0.5, None], "top2_note": ["", "2 accounts: too few to tell."]})
    >>> len(known_rows(table, "top2"))
    1
    >>> known_rows(table.tail(1), "top2").reason
    '2 accounts: too few to tell.'
    """
    known = table[table[name].notna()]
    if known.empty:
        notes = table[f"{name}_note"].to_list()
        return Unknown(notes[0] if notes else "Nobody was asked.", name)
    return known


def all_rows_known(table: pd.DataFrame, name: str) -> pd.DataFrame | Unknown:
    """Return a breakdown if each of its rows has a number; an `Unknown` where one has none.

    One hidden row could be told from the total and the others.

    Parameters
    ----------
    table
        With the columns `name` and `name_note`.
    name
        Such as `top2`.
    """
    hidden = table[table[name].isna()]
    if hidden.empty:
        return table
    return Unknown(f"The parts are not shown one by one. {hidden[f'{name}_note'].iloc[0]}", name)


def labelled_items(items: pd.DataFrame) -> pd.DataFrame:
    """Return a name for each question: its aspect, with its id where several ask about one.

    Parameters
    ----------
    items
        `survey_items`.

    Returns
    -------
    DataFrame
        `item_id`, `aspect`.

    Examples
    --------
    >>> labelled_items(pd.DataFrame({"item_id": ["1", "2", "3"], "aspect": ["price", "brand", "price"]}))
      item_id     aspect
    0       1  price (1)
    1       2      brand
    2       3  price (3)
    """
    several = items["aspect"].duplicated(keep=False)
    named = items["aspect"].where(~several, items["aspect"] + " (" + items["item_id"] + ")")
    return pd.DataFrame({"item_id": items["item_id"], "aspect": named})


def net_values(values: pd.Series) -> pd.Series:
    """Return +1 for levels 4 and 5, 0 for "no opinion", −1 for levels 1 and 2; missing stays missing."""
    return np.sign(values - NO_OPINION)


def promoter_values(values: pd.Series) -> pd.Series:
    """Return +1 for 9 and 10 (promoters), 0 for 7 and 8, −1 for 0 to 6 (detractors).

    Examples
    --------
    >>> promoter_values(pd.Series([10, 9, 8, 7, 6, 0, None])).tolist()
    [1.0, 1.0, 0.0, 0.0, -1.0, -1.0, nan]
    """
    return ((values >= 9).astype(float) - (values <= 6)).where(values.notna())


def _measures(
    prefix: str, design: SurveyDesign, values: pd.Series, where: pd.Series, at_least: int
) -> dict[str, float | int | str]:
    top2, bottom2 = (_flags(values, flags) for flags in (values > NO_OPINION, values < NO_OPINION))
    cells: dict[str, float | int | str] = {}
    for name, flags in (("top2", top2), ("bottom2", bottom2)):
        share = share_estimate(design, flags, where=where, at_least=at_least, key=name)
        cells |= estimate_columns(prefix + name, share)
    for name, variable, bounds in (("net", net_values(values), (-1, 1)), ("mean", values, (1, 5))):
        mean = mean_estimate(design, variable, where=where, bounds=bounds, at_least=at_least, key=name)
        cells |= estimate_columns(prefix + name, mean)
    return cells


def _cells(
    design: SurveyDesign, answers: pd.DataFrame, by: pd.Series | None
) -> Iterator[tuple[dict[str, object], pd.Series, pd.Series]]:
    """Yield each row's head, its question's values and who is in its group."""
    off = [item for item in answers if not answers[item].dropna().isin(list(SCALE)).all()]
    if off:
        raise ValueError(f"answers: {', '.join(map(str, off))} holds values that are no level from 1 to 5")
    groups = list(_groups(design, by))
    for item in answers:
        for group, where in groups:
            yield {"item_id": item, **group}, answers[item].reindex(design.rows.index), where


def _groups(design: SurveyDesign, by: pd.Series | None) -> Iterator[tuple[dict[str, object], pd.Series]]:
    """Yield each group with its contacts: in order of name (or category), the unknown last."""
    if by is None:
        yield {}, pd.Series(True, index=design.rows.index)
        return
    name = by.name if by.name is not None else "group"
    # A category's order is the user's own; as objects, groups never lose a value to a category list.
    order = (
        list(by.cat.categories) if isinstance(by.dtype, pd.CategoricalDtype) else sorted(by.dropna().unique())
    )
    group = design.by_contact(by.astype(object))
    for value in order:
        if (group == value).any():
            yield {name: value}, group == value
    if group.isna().any():
        yield {name: NO_GROUP}, group.isna()


def _flags(values: pd.Series, is_so: pd.Series) -> pd.Series:
    return is_so.astype(float).where(values.notna())


def _count(values: pd.Series, where: pd.Series) -> int:
    return int((values.notna() & where).sum())
