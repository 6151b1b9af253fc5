"""Who was asked, who answered, and how much of the revenue was heard."""

from __future__ import annotations

import math

import pandas as pd

from kamlib.analysis.survey.answers import numbers, row_breaches
from kamlib.analysis.survey.estimator.means import wilson_interval
from kamlib.errors import ContractError

ALL = "all"
"""The last row of a response table: the whole frame."""

DISPOSITIONS = ("I", "P", "R", "NC", "O", "U", "ineligible")
_ELIGIBLE = ["I", "P", "R", "NC", "O"]
_HEARD = ["I", "P"]


def disposition_counts(frame: pd.DataFrame) -> pd.Series:
    """Return how many drawn accounts ended in each disposition; one without any counts as unknown (U)."""
    ended = frame.loc[is_drawn(frame), "disposition"].fillna("U")
    return ended.value_counts().reindex(list(DISPOSITIONS), fill_value=0).astype(int)


def eligibility_of_unknowns(counts: pd.Series) -> float:
    """Return e: the share of eligible accounts among those whose eligibility is known; 1 where none is.

    Notes
    -----
    Source: AAPOR Standard Definitions, the proportional allocation (CASRO) method.

    Examples
    --------
    >>> counts = pd.Series({"I": 40, "P": 0, "R": 20, "NC": 20, "O": 0, "U": 10, "ineligible": 20})
    >>> eligibility_of_unknowns(counts)
    0.8
    """
    eligible, ineligible = int(counts[_ELIGIBLE].sum()), int(counts["ineligible"])
    return eligible / (eligible + ineligible) if eligible + ineligible else 1.0


def response_rate(counts: pd.Series, *, eligibility: float = 1.0, partial: bool = False) -> float:
    """Return one of AAPOR's response rates; missing where nobody eligible was asked.

    ======  =====================================  ==========================================
    rate    formula                                arguments
    ======  =====================================  ==========================================
    RR1     I/(I+P+R+NC+O+U), the lowest           none
    RR2     (I+P)/(I+P+R+NC+O+U)                   `partial=True`
    RR3     I/(I+P+R+NC+O+e·U)                     `eligibility=eligibility_of_unknowns(counts)`
    RR5     I/(I+P+R+NC+O), the highest            `eligibility=0.0`
    ======  =====================================  ==========================================

    Parameters
    ----------
    counts
        Accounts by disposition (`disposition_counts`).
    eligibility
        e, the share of the unknown taken as eligible.
    partial
        Count partial interviews as answers.

    Notes
    -----
    Source: AAPOR Standard Definitions, 10th edition (2023), "Response Rates".

    Examples
    --------
    >>> counts = pd.Series({"I": 40, "P": 0, "R": 20, "NC": 20, "O": 0, "U": 25, "ineligible": 20})
    >>> response_rate(counts, eligibility=eligibility_of_unknowns(counts))
    0.4
    """
    base = _base(counts, eligibility)
    return float((counts["I"] + partial * counts["P"]) / base) if base else math.nan


def is_drawn(frame: pd.DataFrame) -> pd.Series:
    """Return which accounts of the frame were drawn."""
    return numbers(frame["drawn"]) == 1


def heard_of_asked(frame: pd.DataFrame) -> pd.Series:
    """Return, by account drawn and not found ineligible, whether it answered, in full or in part.

    Its mean is AAPOR's RR2.
    """
    asked = frame[is_drawn(frame) & (frame["disposition"] != "ineligible")]
    return asked.set_index("account_id")["disposition"].isin(_HEARD).rename("is_heard")


def response_table(
    frame: pd.DataFrame, *, revenue: pd.Series | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Return who was asked and who answered, per stratum and in all.

    Parameters
    ----------
    frame
        `survey_frame`, one wave.
    revenue
        Revenue by account, any period; an account it does not name brought none, nor does one below zero.
    level
        Confidence level of the rates' ranges.

    Returns
    -------
    DataFrame
        One row per stratum by name, then one named `all`; counts are accounts.

        - `stratum, accounts, drawn, eligible, unknown, ineligible`: eligible are those known to be
        - `answered`: interviews and partial ones
        - `rr1`, `rr3` with `_low, _high, _n`: AAPOR's rates; the range is Wilson's, for how far
          the rate may lie from the next such wave's; `_n` is the denominator (of RR3, rounded)
        - `rr_note`: why there is no rate
        - `eligibility_of_unknowns`: e
        - `account_share_heard`, `drawn_share_heard`: answered of the frame, of those drawn
        - `revenue_share_heard`, `drawn_revenue_share_heard`: the same of their revenue; missing
          without `revenue`, and where the revenue does not add up to more than zero

    Raises
    ------
    ContractError
        A disposition on an account that was not drawn, or one that is not known.
    """
    _refuse(frame)
    money = pd.Series(math.nan, index=frame.index)
    if revenue is not None:
        money = frame["account_id"].map(numbers(revenue)).fillna(0.0).clip(lower=0.0)
    parts = [(str(name), part) for name, part in frame.groupby("stratum", observed=True)]
    return pd.DataFrame([_response_row(name, part, money, level) for name, part in [*parts, (ALL, frame)]])


def _response_row(
    name: str, part: pd.DataFrame, money: pd.Series, level: float
) -> dict[str, float | int | str]:
    counts = disposition_counts(part)
    drawn = is_drawn(part)
    is_heard = drawn & part["disposition"].isin(_HEARD)
    row: dict[str, float | int | str] = {
        "stratum": name,
        "accounts": len(part),
        "drawn": int(drawn.sum()),
        "eligible": int(counts[_ELIGIBLE].sum()),
        "unknown": int(counts["U"]),
        "ineligible": int(counts["ineligible"]),
        "answered": int(is_heard.sum()),
    }
    eligibility = eligibility_of_unknowns(counts)
    row |= _rate_columns("rr1", counts, 1.0, level) | _rate_columns("rr3", counts, eligibility, level)
    row["rr_note"] = "" if _base(counts, 1.0) else "No eligible account was asked."
    row["eligibility_of_unknowns"] = eligibility
    one = pd.Series(1.0, index=part.index)
    row |= _heard("account", "drawn", one, drawn, is_heard)
    return row | _heard("revenue", "drawn_revenue", money[part.index], drawn, is_heard)


def _heard(
    of_frame: str, of_drawn: str, amount: pd.Series, is_drawn: pd.Series, is_heard: pd.Series
) -> dict[str, float]:
    heard = float(amount[is_heard].sum())
    bases = {of_frame: amount.sum(skipna=False), of_drawn: amount[is_drawn].sum(skipna=False)}
    return {f"{name}_share_heard": heard / base if base > 0 else math.nan for name, base in bases.items()}


def _rate_columns(name: str, counts: pd.Series, eligibility: float, level: float) -> dict[str, float | int]:
    rate, base = response_rate(counts, eligibility=eligibility), _base(counts, eligibility)
    low, high = wilson_interval(rate, base, level=level) if base else (math.nan, math.nan)
    return {name: rate, f"{name}_low": low, f"{name}_high": high, f"{name}_n": round(base)}


def _base(counts: pd.Series, eligibility: float) -> float:
    return float(counts[_ELIGIBLE].sum() + eligibility * counts["U"])


def _refuse(frame: pd.DataFrame) -> None:
    marked = frame["disposition"]
    is_strange = marked.notna() & ~marked.isin(DISPOSITIONS)
    breaches = [
        *row_breaches(
            marked.notna() & ~is_drawn(frame), "disposition", "filled, though the account was not drawn"
        ),
        *row_breaches(is_strange, "disposition", f"none of {', '.join(DISPOSITIONS)}", marked),
    ]
    if breaches:
        raise ContractError({"survey_frame": breaches})
