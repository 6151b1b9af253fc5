"""Responses as one row per contact and one column per question, held to their scale."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from kamlib.errors import ContractError, did_you_mean

Kind = Literal["scale", "nps"]
"""scale is 1 to 5; nps is 0 to 10."""

_ENDS: dict[str, tuple[int, int]] = {"scale": (1, 5), "nps": (0, 10)}


def answer_table(responses: pd.DataFrame, items: pd.DataFrame, *, kind: Kind = "scale") -> pd.DataFrame:
    """Turn the responses of one wave into one row per contact.

    Parameters
    ----------
    responses
        `survey_responses`, one wave. The row labels are those of the whole table, so that a
        fault is named by its row in the file.
    items
        `survey_items`. Open questions hold no number and are left out.
    kind
        `scale`: the five levels; `nps`: the 0 to 10 question.

    Returns
    -------
    DataFrame
        Index `contact_id`, one column per question in the order of `items`; a question without
        a value is missing. Contacts who gave none of these values are left out.

    Raises
    ------
    ContractError
        A value off its scale, a question that is not in `items`, or two answers of one contact
        to one question.

    Examples
    --------
    >>> items = pd.DataFrame({"item_id": ["q1", "q2"], "aspect": ["service", "price"]})
    >>> responses = pd.DataFrame(
    ...     {"contact_id": ["a", "a", "b"], "item_id": ["q1", "q2", "q1"], "value": [5, None, 3]}
    ... )
    >>> answer_table(responses, items)
    item_id      q1  q2
    contact_id
    a           5.0 NaN
    b           3.0 NaN
    """
    kinds = items["aspect"].where(items["aspect"].isin(["nps", "open"]), "scale")
    wanted = pd.Index(items.loc[kinds == kind, "item_id"], name="item_id")
    value, (low, high) = numbers(responses["value"]).to_numpy(), _ENDS[kind]
    contact, contacts = pd.factorize(responses["contact_id"])
    item, names = pd.factorize(responses["item_id"])
    # Text is compared once for each question, not for each row; a row without a question is -1, the last.
    place = np.append(wanted.get_indexer(pd.Index(names)), -1)
    place = np.where(place < 0, len(wanted), place)[item]
    is_level = (value >= low) & (value <= high) & (value == np.floor(value))
    is_off = (place < len(wanted)) & ~(is_level | np.isnan(value))
    is_strange = np.append(~pd.Index(names).isin(items["item_id"]), True)[item]
    unknown = _strange(responses.loc[is_strange, "item_id"], items["item_id"])
    second = "a second answer of one contact to one question (give one wave)"
    key = contact * (len(names) + 1) + item + 1
    # To count is quicker than to compare, and mostly tells that there is nothing to look for.
    is_second = pd.Series(key).duplicated().to_numpy() if np.bincount(key).max(initial=0) > 1 else key < 0
    breaches = [
        *row_breaches(
            pd.Series(is_off, responses.index), "value", f"off the scale {low} to {high}", responses["value"]
        ),
        *row_breaches(pd.Series(is_strange, responses.index), "item_id", unknown),
        *row_breaches(pd.Series(is_second, responses.index), "item_id", second),
    ]
    if breaches:
        raise ContractError({"survey_responses": breaches})
    # What is not wanted goes into a last column of its own, which is left out.
    levels = np.full((len(contacts), len(wanted) + 1), np.nan)
    levels.ravel()[contact * (len(wanted) + 1) + place] = value
    table = pd.DataFrame(levels[:, :-1], pd.Index(contacts, name="contact_id", dtype=object), wanted)
    return table.dropna(how="all").sort_index()


def numbers(column: pd.Series) -> pd.Series:
    """Return whole, decimal, flag or nullable numbers as doubles, missing where there is none.

    Examples
    --------
    >>> numbers(pd.Series([1, None], dtype="Int64")).tolist()
    [1.0, nan]
    """
    plain = column.to_numpy(dtype=float, na_value=np.nan)
    return pd.Series(plain, index=column.index, name=column.name)


def row_breaches(broken: pd.Series, column: str, says: str, shown: pd.Series | None = None) -> list[str]:
    """Return one sentence on the broken rows of a column, or nothing.

    A row number is the record as a spreadsheet shows it (header = 1).

    Examples
    --------
    >>> row_breaches(pd.Series([False, True, True]), "value", "off the scale 1 to 5", pd.Series([1, 7, 9]))
    ["value: 2 rows (first: row 3) are off the scale 1 to 5: '7'"]
    """
    count = int(broken.sum())
    if not count:
        return []
    position = int(np.argmax(broken.to_numpy()))
    label = broken.index[position]
    row = (int(label) if isinstance(label, int | np.integer) else position) + 2
    example = "" if shown is None else f": '{shown.iloc[position]}'"
    rows, verb = ("1 row", "is") if count == 1 else (f"{count} rows", "are")
    return [f"{column}: {rows} (first: row {row}) {verb} {says}{example}"]


def _strange(names: pd.Series, known: pd.Series) -> str:
    return f"not in survey_items{did_you_mean(str(names.iloc[0]), known.astype(str))}" if len(names) else ""
