"""The five levels of satisfaction, the 0 to 10 question, and the tables that add them up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from kamlib.analysis.survey.estimator.design import SurveyDesign
from kamlib.analysis.survey.estimator.means import AT_LEAST, mean_ranges, range_columns
from kamlib.analysis.survey.estimator.points import LevelSums
from kamlib.analysis.survey.estimator.proportions import share_ranges
from kamlib.analysis.survey.estimator.variance import Domains
from kamlib.estimate import Unknown

SCALE: dict[int, str] = {
    5: "high satisfaction",
    4: "generally satisfactory",
    3: "no opinion",
    2: "some dissatisfied",
    1: "extremely dissatisfied",
}
"""The levels in the words of the text the project began with, best first."""

_MEASURES = {
    "top2": (0, 0, 0, 1, 1),
    "bottom2": (1, 1, 0, 0, 0),
    "net": (-1, -1, 0, 1, 1),
    "mean": (1, 2, 3, 4, 5),
}
"""What each level from 1 to 5 counts."""
_ENDS = {"net": (-1, 1), "mean": (1, 5)}
"""The ends of what is a mean; the others are shares."""
_OPINION = "opinion_"
"""What the names of measures among those with an opinion begin with."""

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
    heads, sums = _layout(design, answers, by)
    ranges = _ranges(_points(sums, [np.eye(5)[level - 1] for level in SCALE]), list(SCALE), at_least)
    parts = [
        heads.assign(level=level, words=words).join(range_columns("share", ranges[level]))
        for level, words in SCALE.items()
    ]
    return pd.concat(parts).sort_index(kind="stable", ignore_index=True)


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
    >>> from kamlib.analysis.survey.estimator.design import list_design
    >>> names = [f"c{number}" for number in range(50)]
    >>> answers = pd.DataFrame({"overall": levels}, index=names)
    >>> table = satisfaction_table(list_design(names), answers)
    >>> table[["top2", "bottom2", "net", "mean", "opinion_top2"]].round(4).iloc[0].tolist()
    [0.64, 0.2, 0.44, 3.6, 0.7619]
    """
    heads, sums = _layout(design, answers, by)
    names = [*_MEASURES, *(f"{_OPINION}{name}" for name in _MEASURES)]
    bases = [_points(sums, [*_MEASURES.values()], opinions_only=only) for only in (False, True)]
    ranges = _ranges(pd.concat(bases, ignore_index=True), names, at_least)
    counts = {"answers": ranges["mean"]["contacts"], "opinions": ranges[f"{_OPINION}mean"]["contacts"]}
    blocks = [range_columns(name, ranges[name]) for name in names]
    return pd.concat([heads.assign(**counts), *blocks], axis=1)


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


def promoter_values(values: pd.Series) -> pd.Series:
    """Return +1 for 9 and 10 (promoters), 0 for 7 and 8, −1 for 0 to 6 (detractors).

    Examples
    --------
    >>> promoter_values(pd.Series([10, 9, 8, 7, 6, 0, None])).tolist()
    [1.0, 1.0, 0.0, 0.0, -1.0, -1.0, nan]
    """
    return ((values >= 9).astype(float) - (values <= 6)).where(values.notna())


def _layout(
    design: SurveyDesign, answers: pd.DataFrame, by: pd.Series | None
) -> tuple[pd.DataFrame, list[LevelSums]]:
    """Return the head of each row of a table, and what the answers to each question add up to."""
    if answers.columns.empty:
        raise ValueError(
            "answers: no question with the five levels; give answer_table of a wave that asks one"
        )
    values = answers.to_numpy(dtype=float, na_value=math.nan)
    is_off = ~(np.isnan(values) | np.isin(values, list(SCALE))).all(axis=0)
    if off := list(answers.columns[is_off]):
        raise ValueError(f"answers: {', '.join(map(str, off))} holds values that are no level from 1 to 5")
    codes, heads = _groups(design, by)
    items = np.repeat(answers.columns, len(heads))
    heads = pd.concat([heads] * len(answers.columns), ignore_index=True)
    heads.insert(0, "item_id", items)
    domains = Domains(design, codes, codes.max() + 1)
    levels = (np.nan_to_num(design.aligned(answers[item])).astype(int) - 1 for item in answers)
    return heads, [LevelSums(domains, level, len(SCALE)) for level in levels]


def _groups(design: SurveyDesign, by: pd.Series | None) -> tuple[np.ndarray, pd.DataFrame]:
    """Return each contact's group, and the groups: in order of name (or category), the unknown last."""
    if by is None:
        return np.zeros(len(design.rows), dtype=int), pd.DataFrame(index=[0])
    # A category's order is the user's own; as objects, groups never lose a value to a category list.
    order = (
        list(by.cat.categories) if isinstance(by.dtype, pd.CategoricalDtype) else sorted(by.dropna().unique())
    )
    found = pd.Index(order, dtype=object).get_indexer(pd.Index(design.by_contact(by.astype(object))))
    present, codes = np.unique(np.where(found < 0, len(order), found), return_inverse=True)
    names = pd.Series([*order, NO_GROUP], dtype=object)[present]
    return codes, names.infer_objects().to_frame(by.name if by.name is not None else "group")


def _points(
    sums: Sequence[LevelSums], measures: Sequence[Sequence[float]], *, opinions_only: bool = False
) -> pd.DataFrame:
    """Return the points of all measures, one after the other: of each a row per question and group."""
    level = np.arange(len(SCALE)) + 1
    is_asked = (level != NO_OPINION) | (not opinions_only)
    parts = [of_item.point_columns(np.array(measures, dtype=float), is_asked) for of_item in sums]
    shape = len(measures), len(sums), sums[0].domains.count
    columns = {
        name: np.concatenate([part[name].reshape(shape[::2]) for part in parts], axis=1) for name in parts[0]
    }
    return pd.DataFrame({name: column.ravel() for name, column in columns.items()})


def _ranges(points: pd.DataFrame, names: Sequence[Any], at_least: int) -> dict[Any, pd.DataFrame]:
    """Return the ranges of each measure; those of one kind are worked out together, which is quicker."""
    count = len(points) // len(names)
    kinds = [_ENDS.get(str(name).removeprefix(_OPINION)) for name in names]
    told = {}
    for ends in dict.fromkeys(kinds):
        places = [place for place, kind in enumerate(kinds) if kind == ends]
        rows = points[np.isin(np.arange(len(points)) // count, places)]
        ranges = (
            mean_ranges(rows, bounds=ends, at_least=at_least)
            if ends
            else share_ranges(rows, at_least=at_least)
        )
        for number, place in enumerate(places):
            told[names[place]] = ranges[number * count : (number + 1) * count].reset_index(drop=True)
    return {name: told[name] for name in names}
