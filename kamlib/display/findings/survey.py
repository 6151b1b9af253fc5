"""What to say of a survey."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from kamlib.display import theme
from kamlib.display.findings.finding import Finding
from kamlib.display.findings.words import cells_with_range, finding_words, told_finding
from kamlib.estimate import Unknown

_SAID = finding_words(__file__)
_told = partial(told_finding, _SAID)
_TILES = {"top2": 1, "nps": 100, "net": 100}
"""What stands on a tile, and how many of its units are one."""


def satisfaction_findings(
    table: pd.DataFrame,
    response: pd.DataFrame,
    *,
    promoters: pd.DataFrame,
    follow_up: pd.DataFrame | Unknown,
    as_of: str,
) -> list[Finding | Unknown]:
    """Return the findings of the survey report, the answer first.

    Parameters
    ----------
    table
        `satisfaction_table` with a column `aspect`; the aspect *overall* answers the question.
    response
        `response_table`; its row `all` says who was heard.
    promoters
        `promoter_views`; the contacts' is a tile.
    follow_up
        `follow_up_accounts`, or why there is none.
    as_of
        Data up to.
    """
    heard = _heard(response[response["stratum"] == "all"].iloc[0], as_of)
    overall = table[table["aspect"] == "overall"]
    if overall.empty:
        return [Unknown("Nobody was asked how satisfied they are overall.", "overall"), heard]
    row = overall.iloc[0]
    if pd.isna(row["top2"]):
        note = f"How satisfied the key accounts are cannot be told. {row['top2_note']}"
        return [Unknown(note, "overall"), heard]
    marks = promoters[promoters["view"] == "respondent"]
    rows = {"top2": row, "nps": marks.iloc[0] if len(marks) else {}, "net": row}
    tiles = [_tile(rows[name], name, as_of) for name in _TILES if pd.notna(rows[name].get(name))]
    calls = [] if isinstance(follow_up, Unknown) or follow_up.empty else [_calls(follow_up, as_of)]
    return [_answer(row, table, as_of), *calls, *tiles, heard]


def views_finding(views: pd.DataFrame) -> Finding | Unknown:
    """Return whether the three views of the overall question tell different things.

    Parameters
    ----------
    views
        `three_views` of one question. A view differs where it lies outside the range of the contacts' view,
        and by five points or more; that of sales must differ so from the accounts' view too, or else it
        tells of how many contacts an account has and not of what it buys.
    """
    by_view = views.set_index("view")
    contacts = by_view.loc["respondent"]
    others = by_view.loc[["account", "revenue"]].dropna(subset="top2")
    if pd.isna(contacts["top2"]) or others.empty:
        why = contacts["top2_note"] if pd.isna(contacts["top2"]) else _SAID["unknown"]["views"]
        return Unknown(why, "views")
    outside = others[_is_apart(others, contacts)]
    if "account" in others.index:
        outside = outside[(outside.index == "account") | _is_apart(outside, others.loc["account"])]
    words = {"contacts": _of_100(contacts, "top2"), "range": _range_of_100(contacts, "top2")}
    if outside.empty:
        said = [f"{_of_100(row, 'top2')} {_SAID['views'][name]}" for name, row in others.iterrows()]
        return _told("views_agree", words | {"others": " and ".join(said)})
    name, row = next(iter(outside.iterrows()))
    more = "more" if row["top2"] > contacts["top2"] else "less"
    words |= {"other": _of_100(row, "top2"), "voice": _SAID["views"][name], "who": _SAID["voices"][name]}
    return _told("views_differ", words | {"more": more})


def group_findings(comparisons: pd.DataFrame) -> list[Finding | Unknown]:
    """Return which groups differ most, or that none can be told from another.

    Parameters
    ----------
    comparisons
        `group_comparisons`.
    """
    differ = comparisons[comparisons["is_different"].astype(bool)]
    compared = int(comparisons["p"].notna().sum())
    if not compared:
        return [Unknown("No two tiers, industries or regions were heard enough to be compared.", "groups")]
    if differ.empty:
        return [_told("groups_alike", {"pairs": theme.counted(compared, "pair")})]
    row, others = differ.iloc[0], len(differ) - 1
    better, worse = (row["group"], row["other"])[:: 1 if row["difference"] > 0 else -1]
    low, high = sorted(abs(row[f"difference_{end}"] * 100) for end in ("low", "high"))
    more = f" {theme.counted(others, 'other pair')} differ{'s' * (others == 1)} too." if others else ""
    span = f" (between {theme.number(low)} and {theme.number(high)})" if high > low else ""
    words = {"points": abs(row["difference"] * 100), "span": span}
    return [_told("groups_differ", {"better": better, "worse": worse, "more": more, **words})]


def chances(p: pd.Series) -> pd.Series:
    """Return chances in words: none is nought, however small.

    Examples
    --------
    >>> chances(pd.Series([0.00001, 0.033, 0.0])).tolist()  # the last one was told in whole percents
    ['below 0.1%', '3.3%', 'below 1%']
    """
    small = {True: "below 1%", False: "below 0.1%"}
    return p.map(lambda one: small[one == 0] if one < 0.001 else theme.share(one))


def _is_apart(views: pd.DataFrame, base: pd.Series) -> pd.Series:
    is_near = (views["top2"] - base["top2"]).abs() < 0.05
    return ~is_near & ~views["top2"].between(base["top2_low"], base["top2_high"])


def _answer(row: pd.Series, table: pd.DataFrame, as_of: str) -> Finding:
    words = {name: _of_100(row, name) for name in ("top2", "bottom2")}
    words |= {"top2_range": _range_of_100(row, "top2")}
    aspects = table[(table["aspect"] != "overall") & table["net"].notna()].sort_values("net")
    if not aspects.empty and aspects.iloc[0]["bottom2"] > 0:
        worst = aspects.iloc[0]
        words |= {"worst": worst["aspect"], "worst_bottom2": _of_100(worst, "bottom2")}
        words |= {"worst_range": _range_of_100(worst, "bottom2")}
    severity = "watch" if row["bottom2_low"] > 0.1 else "info"
    return _told(
        "satisfied", words, acts="worst" in words, **_number(row, "top2"), severity=severity, as_of=as_of
    )


def _calls(follow_up: pd.DataFrame, as_of: str) -> Finding:
    first = follow_up.iloc[0]
    owner = "" if pd.isna(first.get("owner")) else f" ({first['owner']})"
    words = {
        "accounts": theme.counted(len(follow_up), "account"),
        "answers": theme.counted(follow_up["answers"].sum(), "answer"),
        "first": f"{first['name']}{owner}",
    }
    return _told("follow_up", words, as_of=as_of)


def _tile(row: Any, name: str, as_of: str) -> Finding:
    words = {"accounts": theme.counted(row[f"{name}_n"], "account")}
    return _told(f"tile_{name}", words, **_number(row, name), as_of=as_of)


def _number(row: Any, name: str) -> dict[str, Any]:
    """Return a number with its range; in a census it is a fact and has none."""
    number = cells_with_range(row, name, factor=_TILES.get(name, 1)) | {"n": int(row[f"{name}_n"])}
    if not _is_census(row, name):
        return number
    return {"kind": "fact", "number": number["number"], "n": number["n"]}


def _is_census(row: Any, name: str) -> bool:
    return bool(row.get(f"{name}_method", "") == "census")


def _heard(heard: pd.Series, as_of: str) -> Finding:
    answered, share = int(heard["answered"]), heard["revenue_share_heard"]
    sales = "" if pd.isna(share) else f"; they bring {theme.share(share, 0)} of key account sales"
    words = {"answered": answered, "drawn": int(heard["drawn"]), "sales": sales}
    return _told("heard", words, number=float(answered), as_of=as_of)


def _of_100(row: pd.Series, name: str) -> str:
    return theme.number(row[name] * 100)


def _range_of_100(row: pd.Series, name: str) -> str:
    if _is_census(row, name):
        return _SAID["census"]["in_part" if row[f"{name}_note"] else "whole"]
    return f"between {_of_100(row, f'{name}_low')} and {_of_100(row, f'{name}_high')}"
