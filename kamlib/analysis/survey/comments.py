"""What customers write, by what they write about."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources

import pandas as pd

from kamlib.analysis.survey.estimator.means import AT_LEAST
from kamlib.analysis.survey.waves import Wave
from kamlib.estimate import Unknown

THEMES: Mapping[str, Sequence[str]] = tomllib.loads(
    resources.files("kamlib.analysis.survey").joinpath("comments.toml").read_text(encoding="utf-8")
)
"""How the words of each theme begin."""

OTHER = "other"
"""The theme of a comment that has none of their words."""

_E_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DAY = r"(?!\d{4}-\d\d-\d\d(?![-\d]))"
_PHONE = re.compile(rf"(?<!\w){_DAY}(?:\+|\(|\d)(?:[\s()/.\u2010-\u2015-]*\d){{6,}}(?!\w)")


def masked(text: str, names: Iterable[str] = ()) -> str:
    """Return a comment without e-mail addresses, phone numbers and known names.

    Parameters
    ----------
    text
        As written. Any run of seven digits or more counts as a phone number, save a day such as 2025-06-30.
    names
        Of people and accounts, as a whole: a first name alone stays. Between the parts may stand any blanks
        and commas, and two parts may stand in either order.

    Examples
    --------
    >>> masked("Call Ada Lund, +44 1632 960-321, or ada@lund.example!", ["Ada Lund"])
    'Call [name], [phone], or [e-mail]!'
    """
    text = _PHONE.sub("[phone]", _E_MAIL.sub("[e-mail]", text))
    known = "|".join(sorted({form for name in names for form in _forms(name)}, key=len, reverse=True))
    return re.sub(rf"(?i)(?<!\w)(?:{known})(?!\w)", "[name]", text) if known else text


def themes_of(text: str, themes: Mapping[str, Sequence[str]] = THEMES) -> list[str]:
    """Return what a comment is about, in the order of the themes: each one of whose words it has.

    Examples
    --------
    >>> themes_of("Lead time > 6 weeks, and prices went up."), themes_of("Keep going.")
    (['price', 'delivery'], ['other'])
    """
    low = " ".join(text.casefold().split()) + " "
    starts = {name: "|".join(map(re.escape, words)) for name, words in themes.items()}
    return [name for name, words in starts.items() if re.search(rf"(?<!\w)(?:{words})", low)] or [OTHER]


def comment_table(
    asked: Wave,
    accounts: pd.DataFrame,
    contacts: pd.DataFrame | Unknown,
    *,
    at_least: int = AT_LEAST,
) -> pd.DataFrame:
    """Return what was written, one row for each comment and theme.

    Parameters
    ----------
    asked
        The wave; its responses have comments in `text`.
    accounts, contacts
        Their names, where they have any: those of people are masked in each comment, those of accounts and
        of their owners, and the ids of the frame, unless the wave is attributed.
    at_least
        Unless the wave is attributed, a theme is told only where so many accounts wrote about it.

    Returns
    -------
    DataFrame
        `theme`, `comment` (masked), and in an attributed wave `account_id, name, contact_id`. Themes by
        number of comments, most first (equals by name). Within one by text, so that the order says nothing of
        who wrote it; in an attributed wave by account and contact.
    """
    is_told = asked.withheld is None
    given = asked.responses.reindex(columns=["account_id", "contact_id", "text"])
    given = given[given["text"].fillna("").str.strip() != ""]
    ids = _names(asked.frame, "account_id")
    names = _names(contacts) + ([] if is_told else _names(accounts) + _names(accounts, "owner") + ids)
    text = [masked(one, names) for one in given["text"]]
    table = given.assign(comment=text, theme=[themes_of(one) for one in text]).explode("theme")
    of_theme = table.groupby("theme")
    table["count"] = -of_theme["comment"].transform("size")
    if not is_told:
        table = table[of_theme["account_id"].transform("nunique") >= at_least]
        return table.sort_values(["count", "theme", "comment"])[["theme", "comment"]].reset_index(drop=True)
    table = table.merge(accounts.reindex(columns=["account_id", "name"]), on="account_id", how="left")
    who = ["account_id", "name", "contact_id"]
    ordered = table.sort_values(["count", "theme", "account_id", "contact_id", "comment"])
    return ordered[["theme", "comment", *who]].reset_index(drop=True)


def _forms(name: str) -> list[str]:
    """Return the patterns of a name."""
    parts = [re.escape(part) for part in re.split(r"[\s,]+", name) if part]
    orders = {2: [parts, parts[::-1]], 0: []}.get(len(parts), [parts])
    return [r"[\s,]+".join(order) for order in orders]


def _names(table: pd.DataFrame | Unknown, column: str = "name") -> list[str]:
    return [] if isinstance(table, Unknown) or column not in table else [*table[column].dropna().unique()]
