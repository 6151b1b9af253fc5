"""What to say of what moves satisfaction, and of whether it pays."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from kamlib.display import theme
from kamlib.display.findings.finding import Finding
from kamlib.display.findings.words import cells_with_range, finding_words, told_finding
from kamlib.estimate import Unknown

_SAID = finding_words(__file__)
_told = partial(told_finding, _SAID)
Said = Finding | Unknown


def driver_findings(
    priorities: Any, changes: Any, groups: Any, *, waves: Mapping[str, str], as_of: str
) -> list[Said]:
    """Return the findings of the report, the answer first; why a later part has none, its section says.

    Parameters
    ----------
    priorities, changes, groups
        `priority_table`, `wave_changes`, `later_by_satisfaction`.
    waves
        What the waves are called: `previous`, and `later` for the one whose year is over.
    as_of
        Data up to.
    """
    return [*_first(priorities, as_of), *_change(changes, waves, as_of), *_later(groups, waves, as_of)]


def levels_finding(levels: pd.DataFrame | Unknown, *, as_of: str) -> Said:
    """Return how much each level weighs (`level_weights`), and whether price comes first."""
    if isinstance(levels, Unknown):
        return levels
    rows = levels.to_dict("records")
    parts = [f"{row['level']} {theme.share(row['importance'], 0)}" for row in rows]
    counts = [f" ({row['questions']} questions)" * (row["questions"] > 1) for row in rows]
    listed = ", ".join(map("".join, zip(parts, counts, strict=True)))
    words = {"levels": listed, "verdict": _price(levels)}
    return _told("levels", words, **cells_with_range(rows[0], "importance"), as_of=as_of)


def map_title(priorities: pd.DataFrame | Unknown) -> str:
    """Return the title of the picture of `priority_table`."""
    first = [] if isinstance(priorities, Unknown) else [*priorities.query("field == 'fix first'")["aspect"]]
    return f"Fix first: {' and '.join(first[:2])}" if first else "What weighs much is liked well"


def lost_title(groups: pd.DataFrame | Unknown) -> str:
    """Return the title of the picture of who was lost, by `later_by_satisfaction`."""
    shown = [] if isinstance(groups, Unknown) else groups[["name", "lost_share"]].to_numpy().tolist()
    ends = [f"{theme.share(part, 0)} of the {name}" for name, part in (*shown[:1], *shown[-1:])]
    return f"Lost: {', '.join(ends)}"


def _first(priorities: pd.DataFrame | Unknown, as_of: str) -> list[Said]:
    if isinstance(priorities, Unknown):
        return [priorities]
    row = priorities.iloc[0]
    ends = [theme.number(row[f"bottom2{part}"] * 100) for part in ("", "_low", "_high")]
    words = {
        "aspect": row["aspect"],
        "rank": "most" if row["importance"] == priorities["importance"].max() else "more than most",
        "bottom2": f"{ends[0]} of 100 are dissatisfied with it (between {ends[1]} and {ends[2]})",
        "alike": theme.share(1 / len(priorities)),
        "mean": theme.share(priorities["top2"].mean()),
        "doubt": _doubt(priorities),
    }
    lead = "first" if row["field"] == "fix first" else "keep_up"
    shown = {lead: "bottom2", "weight": "importance", "satisfied": "top2"}
    return [_told(key, words, **cells_with_range(row, of), as_of=as_of) for key, of in shown.items()]


def _doubt(priorities: pd.DataFrame) -> str:
    """Say which weights cannot be told from the one named, so far as that is known."""
    # Each weight was held against the greatest only.
    by_weight, named = priorities.sort_values("importance", ascending=False), priorities.iloc[0]
    if named["importance"] < by_weight["importance"].iloc[0]:
        said = _SAID["doubts"]["behind" if named["is_like_first"] else "none"]
        return said.format(names=by_weight["aspect"].iloc[0])
    names = [name for name in by_weight.query("is_like_first")["aspect"] if name != named["aspect"]]
    which = "none" if not names else "all" if len(names) == len(priorities) - 1 else "some"
    return _SAID["doubts"][which].format(names=", ".join(names))


def _change(changes: pd.DataFrame | Unknown, waves: Mapping[str, str], as_of: str) -> list[Said]:
    if isinstance(changes, Unknown):
        return []
    known = changes[changes["aspect"].str.startswith("overall") & changes["change"].notna()]
    if known.empty:
        return []
    words = {**waves, "accounts": theme.counted(known["change_n"].iloc[0], "account")}
    return [_told("change", words, **cells_with_range(known.iloc[0], "change"), as_of=as_of)]


def _later(groups: pd.DataFrame | Unknown, waves: Mapping[str, str], as_of: str) -> list[Said]:
    if isinstance(groups, Unknown):
        return []
    worst = groups.iloc[0]
    if pd.isna(worst["kept_sales_gap"]):
        return [Unknown(_SAID["unknown"]["later"], "pays")]
    words: dict[str, Any] = dict(waves)
    for end, row in (("worst", worst), ("best", groups.iloc[-1])):
        lost = theme.number(row.get("lost_share", math.nan) * 100)
        words |= {end: row["name"], f"{end}_kept": theme.share(row["kept_sales"], 0), f"{end}_lost": lost}
    words["lost"] = _SAID["lost"]["told"].format(**words) if "lost_share" in groups else ""
    is_clear = worst["kept_sales_gap_high"] < 0 or worst.get("lost_share_gap_low", math.nan) > 0
    words["verdict"] = _SAID["chance"]["clear" if is_clear else "open"]
    shown = {"pays": "kept_sales_gap", "later": "kept_sales"}
    return [_told(key, words, **cells_with_range(worst, of), as_of=as_of) for key, of in shown.items()]


def _price(levels: pd.DataFrame) -> str:
    """Say whether price comes before quality and culture, question by question."""
    by_level = levels.set_index("level")
    others = by_level[by_level.index.isin(["quality", "culture"])].nlargest(1, "per_question")
    if "price" not in by_level.index or others.empty:
        return ""
    price, other = by_level.loc["price"], others.iloc[0]
    is_first = price["per_question_low"] > other["per_question_high"]
    is_behind = other["per_question_low"] > price["per_question_high"]
    return _SAID["price"]["first" if is_first else "behind" if is_behind else "open"].format(other=other.name)
