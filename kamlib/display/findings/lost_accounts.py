"""What to say of the accounts that were lost, and why."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from kamlib.display import theme
from kamlib.display.findings.finding import Finding
from kamlib.display.findings.words import cells_with_range, finding_words, told_finding, with_range
from kamlib.estimate import Unknown

_SAID = finding_words(__file__)
_told = partial(told_finding, _SAID)
Said = Finding | Unknown


def gone_finding(gone: pd.DataFrame, count: int, *, as_of: str, currency: str = "") -> Finding:
    """Return how many accounts have not ordered for a year, and what they had bought.

    Parameters
    ----------
    gone
        Their rows of the account table.
    count
        Of all accounts.
    as_of, currency
        Data up to; ISO code.
    """
    words = {"gone": theme.number(len(gone)), "accounts": theme.counted(count, "account")}
    words["sold"] = theme.money(gone["net_revenue"].sum(), currency)
    return _told("gone", words, number=float(len(gone)), as_of=as_of)


def exit_findings(
    reasons: pd.DataFrame | Unknown,
    shift: pd.DataFrame | Unknown,
    exits: pd.DataFrame,
    *,
    preventable: Any,
    won_back: Any,
    as_of: str,
    currency: str = "",
) -> list[Said]:
    """Return why customers left and what could have been kept, the answer first.

    Parameters
    ----------
    reasons
        `reason_table` of the customers' reasons.
    shift
        `reason_shift`.
    exits
        `with_sales`.
    preventable, won_back
        `exit_share` of those that could have been prevented, and of `came_back`.
    as_of, currency
        Data up to; ISO code.
    """
    common: dict[str, Any] = {"as_of": as_of, "currency": currency}
    words = {"exits": theme.counted(exits["account_id"].nunique(), "account")}
    words["since"] = theme.money(exits["sales_since"].sum(), currency)
    shares = {"preventable": preventable, "won_back": won_back}
    return [
        _reason(reasons, preventable, _gap(shift), common),
        *(
            share
            if isinstance(share, Unknown)
            else _told(key, words | {"n": share.n}, **with_range(share), **common)
            for key, share in shares.items()
        ),
        _told("lost_sales", words, number=float(exits["sales_before"].sum()), **common),
    ]


def shift_finding(shift: pd.DataFrame | Unknown, agreement: Any, *, as_of: str) -> Said:
    """Return whether managers give other reasons than the customers (`reason_shift`, `reason_agreement`)."""
    if isinstance(shift, Unknown) or isinstance(agreement, Unknown):
        return shift if isinstance(shift, Unknown) else agreement
    words = {name: theme.number(getattr(agreement, name), 2) for name in ("value", "low", "high")}
    gap = _gap(shift)
    return _told("shift" if gap else "same", words | gap, **with_range(agreement), as_of=as_of)


def most_often(table: pd.DataFrame | Unknown) -> str:
    """Return the title of a picture of `reason_table`, or of `reason_shift`."""
    if isinstance(table, Unknown):
        return ""
    if "gap" not in table:
        named, each = _first(table)
        return f"Most often: {named}, {theme.share(table['share'].iloc[0], 0)}{each}"
    row = table.loc[table["gap"].abs().idxmax()]
    said = (
        table[table["reason"] == row["reason"]]
        .set_index("side")["share"]
        .map(lambda part: theme.share(part, 0))
    )
    return f"“{row['reason']}”: customers {said['customer']}, managers {said['manager']}"


def unrecorded_finding(unrecorded: pd.DataFrame, gone: int, *, as_of: str) -> Finding:
    """Return how many of the accounts without an order for a year nobody has written anything about.

    Parameters
    ----------
    unrecorded
        These accounts with `name`, the largest first.
    gone
        How many have not ordered for a year.
    """
    if unrecorded.empty:
        return _told("recorded", {"gone": gone}, number=0.0, as_of=as_of)
    words = {"gone": gone, "missing": len(unrecorded), "named": ", ".join(unrecorded["name"].head(3))}
    return _told("unrecorded", words, number=float(len(unrecorded)), as_of=as_of)


def sign_finding(signs: pd.DataFrame, table: Any, *, least: int, as_of: str) -> Said:
    """Return how many losses were announced (`first_signs`); exactly only if `least` or more were not.

    Where neither that nor the table of signs can be told, the table's reason stands for both.
    """
    ahead = signs["days_before"].dropna()
    if len(ahead) < least:
        return table if isinstance(table, Unknown) else Unknown(_SAID["unknown"]["signs"], "signs")
    warned = str(len(ahead)) if len(signs) - len(ahead) >= least else "all or nearly all"
    words = {"warned": warned, "exits": len(signs), "days": theme.number(ahead.median())}
    return _told("signs", words, as_of=as_of)


def _gap(shift: pd.DataFrame | Unknown) -> dict[str, Any]:
    """Return what managers say more often than customers, and how often each; nothing if it may be chance."""
    clear = pd.DataFrame() if isinstance(shift, Unknown) else shift[shift["is_clear"] & (shift["gap"] > 0)]
    if clear.empty:
        return {}
    rows = clear.sort_values("gap", ascending=False, kind="stable").head(2).set_index("side")
    return {"gap_reason": rows["reason"].iloc[0], "pairs": rows["n"].iloc[0], **rows["exit_count"]}


def _first(reasons: pd.DataFrame) -> tuple[str, str]:
    """Return what was said most often, all that were said as often, and then the word for each."""
    named = reasons.loc[reasons["exit_count"] == reasons["exit_count"].iloc[0], "name"]
    return " and ".join(named), " each" if len(named) > 1 else ""


def _reason(
    reasons: pd.DataFrame | Unknown, preventable: Any, gap: dict[str, Any], common: dict[str, Any]
) -> Said:
    if isinstance(reasons, Unknown):
        return reasons
    row, (named, each) = reasons.iloc[0], _first(reasons)
    words = {"reason": named, "each": each, "count": row["exit_count"], "n": row["n"], "kept": ""} | gap
    if not isinstance(preventable, Unknown):
        words["kept"] = _SAID["words"]["kept"].format(share=theme.share(preventable.value, 0))
    severity = "watch" if gap else "info"
    numbers = cells_with_range(row, "share")
    return _told("reason", words, acts=bool(gap), **numbers, n=int(row["n"]), severity=severity, **common)
