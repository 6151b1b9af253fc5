"""What changed between two waves, told by the accounts that answered both."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from scipy.stats import ttest_ind, ttest_rel

from kamlib.analysis.survey.answers import answer_table
from kamlib.analysis.survey.comparisons import holm_adjusted
from kamlib.analysis.survey.estimator.design import list_design
from kamlib.analysis.survey.estimator.means import AT_LEAST, estimate_columns, mean_estimate
from kamlib.analysis.survey.scale import labelled_items
from kamlib.analysis.survey.waves import Wave, one_wave
from kamlib.estimate import Unknown


def earlier_wave(
    waves: pd.DataFrame, frame: pd.DataFrame, responses: pd.DataFrame, *, than: str, wave: str = "latest"
) -> Wave | Unknown:
    """Return the wave to compare with: of those opened before another one and answered.

    Parameters
    ----------
    waves, frame, responses
        As for `one_wave`.
    than
        The wave that is compared.
    wave
        A `wave_id`, or `latest`.

    Raises
    ------
    ParameterError
        No earlier wave has that name.
    """
    opened = waves.set_index("wave_id")["opened_at"]
    before = waves[(waves["opened_at"] < opened[than]) & waves["wave_id"].isin(responses["wave_id"])]
    if before.empty:
        return Unknown("There is no earlier survey wave with answers, so no change can be told.", "change")
    return one_wave(before, frame, responses[responses["wave_id"].isin(before["wave_id"])], wave=wave)


def account_answers(wave: Wave | Unknown, items: pd.DataFrame) -> pd.DataFrame | Unknown:
    """Return each account's mean answer to each question: one row per answering account, by name."""
    if isinstance(wave, Unknown):
        return wave
    account = wave.responses.drop_duplicates("contact_id").set_index("contact_id")["account_id"]
    return answer_table(wave.responses, items).groupby(account).mean()


def wave_changes(
    before: pd.DataFrame | Unknown,
    after: pd.DataFrame | Unknown,
    items: pd.DataFrame,
    *,
    least: int = AT_LEAST,
) -> pd.DataFrame | Unknown:
    """Return how the mean answer to each question changed at the accounts that answered it in both waves.

    Each matched account is one voice. The range is Student's over the accounts' own changes: it takes them
    for a sample of many accounts such as these, so neither weights nor the list's size enter.

    Parameters
    ----------
    before, after
        `account_answers` of the two waves.
    items
        `survey_items`, for the names of the questions.
    least
        With fewer matched accounts the change is missing and `change_note` says so.

    Returns
    -------
    DataFrame or Unknown
        One row per question: `item_id`, `aspect`, `before`, `after` (means of the matched accounts, 1 to 5),
        `change` with its range and `change_n` (matched accounts), `p`; `unpaired_p` (Welch's test on the same
        answers as if of different accounts); `p_holm` over the questions. Unknown where there is no change at
        all to tell.

    Examples
    --------
    >>> accounts = [f"a{number}" for number in range(6)]
    >>> before = pd.DataFrame({"q": [3.0, 4, 4, 5, 2, 3]}, index=accounts)
    >>> after = before - pd.DataFrame({"q": [0, 1, 0, 1, 0, 1]}, index=accounts)
    >>> found = wave_changes(before, after, pd.DataFrame({"item_id": ["q"], "aspect": ["price"]}))
    >>> found[["change", "change_low", "change_high"]].round(3).values.tolist()
    [[-0.5, -1.075, 0.075]]
    """
    if isinstance(before, Unknown) or isinstance(after, Unknown):
        return before if isinstance(before, Unknown) else after
    asked = [name for name in after if name in before]
    table = pd.DataFrame([_change(name, before[name], after[name], least) for name in asked])
    if table.empty or table["p"].isna().all():
        said = "No question was asked in both." if table.empty else table["change_note"].iloc[0]
        return Unknown(f"Whether anything changed between the waves cannot be told. {said}", "change")
    return table.assign(p_holm=holm_adjusted(table["p"])).merge(labelled_items(items), on="item_id")


def _change(name: str, before: pd.Series, after: pd.Series, least: int) -> dict[str, Any]:
    pairs = pd.concat([before, after], axis=1, keys=["before", "after"], join="inner").dropna()
    cells: dict[str, Any] = {"item_id": name, "p": math.nan, "unpaired_p": math.nan}
    if len(pairs) < least:
        matched = f"{len(pairs)} account{'s' * (len(pairs) != 1)} answered in both waves: too few to tell."
        return cells | estimate_columns("change", Unknown(matched))
    moved = pairs["after"] - pairs["before"]
    change = mean_estimate(list_design(pairs.index), moved, at_least=least, key="change")
    if not isinstance(change, Unknown):
        cells["p"] = ttest_rel(pairs["after"], pairs["before"]).pvalue
        cells["unpaired_p"] = ttest_ind(pairs["after"], pairs["before"], equal_var=False).pvalue
    return cells | pairs.mean().to_dict() | estimate_columns("change", change)
