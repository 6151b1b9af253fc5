"""How dates, numbers and flags are written: SQL that reads a cell, and how a column seems to be written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from kamlib.data.contracts import Kind
from kamlib.data.sql import quoted_name, quoted_text

SQL_TYPES: Mapping[Kind, str] = {
    "text": "VARCHAR",
    "date": "DATE",
    "money": "DECIMAL(18,4)",
    "number": "DOUBLE",
    "whole": "BIGINT",
    "flag": "BOOLEAN",
}
NUMERIC: tuple[Kind, ...] = ("money", "number", "whole")
# Dots stand in dates with the day first. Two-digit years with dashes may be the day: 24-01-02.
_DATE_FORMATS = (
    *("%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y.%m.%d", "%Y%m%d"),
    *("%d.%m.%y", "%m/%d/%y", "%d/%m/%y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %B %Y"),
    *("%b %d, %Y", "%B %d, %Y", "excel"),
)
_NUMBER_FORMATS = ("1234.56", "1.234,56", "1,234.56", "1 234,56", "1 234.56", "1'234.56")
_WRITTEN_AS = re.compile(r"1(?P<group>[., ']?)234(?P<decimal>[.,])56")
# Signs and codes of money, and no other three letters: 5 MIO is not 5.
_CURRENCY = r"US\$|[€$£¥]|EUR|USD|GBP|CHF|JPY|CNY|SEK|NOK|DKK|PLN|CZK|HUF|CAD|AUD"
_TIMED = r"[^ ]+ +\d?\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?(?: Uhr)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?"
_NO_DAYS = "('epoch', 'infinity', '-infinity')"  # to the engine they are, in any format
_YES, _NO = "('ja', 'j', 'wahr', 'x')", "('nein', 'falsch')"
_FEWEST_READ = 0.95  # of the cells that any format reads: slips must not hide how the others are written


@dataclass(frozen=True)
class Guess:
    """How a column seems to be written.

    Parameters
    ----------
    written_as
        A format, or "" where none is needed, none fits, or it cannot be told.
    doubt
        Why it cannot be told, with the way out; or "".
    """

    written_as: str = ""
    doubt: str = ""


_Rows = Callable[[str], list[tuple]]
_Guesses = dict[str, Guess]
_Counts = dict[str, int]


def is_format(kind: Kind, written_as: str) -> bool:
    """Return whether a kind's cells can be said to be written so.

    A date's format is `strptime`'s, or `excel` for the day's serial number; a number's is 1234.56
    as the file writes it, with its currency where it has one.

    Examples
    --------
    >>> [is_format("date", one) for one in ("%d.%m.%Y", "excel", "dd.mm.yyyy", "%d.%m.%Q")]
    [True, True, False, False]
    >>> [is_format("money", one) for one in ("1.234,56", "1234,56 EUR", "$1,234.56", "1.234.56")]
    [True, True, True, False]
    """
    if kind == "date":
        return written_as == "excel" or ("%" in written_as and _is_engine_format(written_as))
    return kind in NUMERIC and _number_marks(written_as) is not None


def parsed_sql(written: str, kind: Kind, written_as: str = "") -> str:
    """Return SQL that reads a written cell as its kind's type, and gives NULL where it cannot.

    Without a format: ISO dates, with or without a time of day (the day counts as it is written);
    numbers with a decimal point and nothing between thousands; true/false, yes/no, 1/0, ja/nein,
    WAHR/FALSCH and x. Years outside 1800 to 2199 are slips. With a format, a date may have a time
    behind it, and a number its currency, a minus behind it (`5,00-`) or brackets for one (`(5.00)`).

    Parameters
    ----------
    written
        SQL of a text without blanks around it, NULL where it is empty.
    kind
        What the cell is.
    written_as
        See `is_format`; "" for none.

    Examples
    --------
    >>> cells = "(VALUES ('1.234,50-'), ('(7,00)'), ('5 €'), ('12.5')) AS cells(cell)"
    >>> read = parsed_sql("cell", "number", "1.234,56 €")
    >>> duckdb.sql(f"SELECT {read} FROM {cells}").fetchall()
    [(-1234.5,), (-7.0,), (5.0,), (None,)]
    """
    if kind == "text":
        return written
    if kind == "flag":
        small = f"lower({written})"
        said = f"WHEN {small} IN {_YES} THEN true WHEN {small} IN {_NO} THEN false"
        return f"CASE {said} ELSE TRY_CAST({written} AS BOOLEAN) END"
    if kind == "date":
        return day_in_our_years(_day_sql(written, written_as))
    if marks := _number_marks(written_as):
        written = _plain_number_sql(written, *marks)
    number = f"TRY_CAST({written} AS DOUBLE)"
    if kind == "whole":  # a cast would round 3.5 to 4
        return f"CASE WHEN {number} = floor({number}) THEN TRY_CAST({number} AS BIGINT) END"
    if kind == "number":
        return f"CASE WHEN isfinite({number}) THEN {number} END"
    return f"TRY_CAST({written} AS {SQL_TYPES[kind]})"


def day_in_our_years(day: str) -> str:
    """Return SQL for a day, NULL outside 1800 to 2199: there the year is a slip, as in 24-01-02."""
    return f"CASE WHEN {day} BETWEEN DATE '1800-01-01' AND DATE '2199-12-31' THEN {day} END"


def guessed_formats(rows: _Rows, from_sql: str, kinds: Mapping[str, Kind]) -> _Guesses:
    """Return how each column of a table of written cells seems to be written.

    None is needed where all cells read without one, but that 1.234 is more than a thousand where
    the other numbers of the table have decimal commas, and in doubt where no number has other than
    three digits behind its point. Else it is the one format that reads all
    cells, or at least 95 % of those that any format reads, if these are more than half of the filled
    ones: `abc` tells nothing. Where two do and do not agree on what a cell means, it is the one of
    the other columns, else a doubt. Counted in the engine; columns that need no format cost one
    pass together.

    Parameters
    ----------
    rows
        Runs SQL and returns its rows.
    from_sql
        What stands after FROM: a table of texts, without blanks around them, NULL where empty.
    kinds
        Its columns and their kinds.

    Examples
    --------
    >>> cells = "(VALUES ('03/04/2024', '1,5'), ('05/06/2024', '2')) AS cells(day, pay)"
    >>> kinds = {"day": "date", "pay": "money"}
    >>> guesses = guessed_formats(lambda sql: duckdb.sql(sql).fetchall(), cells, kinds)
    >>> guesses["pay"]
    Guess(written_as='1.234,56', doubt='')
    >>> print(guesses["day"].doubt)
    '03/04/2024' may be 2024-03-04 or 2024-04-03: say which in source.toml, as
    formats = { day = "%m/%d/%Y" } or formats = { day = "%d/%m/%Y" }
    """
    asked = {name: kind for name, kind in kinds.items() if kind == "date" or kind in NUMERIC}
    if not asked:
        return {}
    counted = ", ".join(
        f"count({cell}) - count({parsed_sql(cell, kind)}), count(*) FILTER (contains({cell}, '.')), "
        f"min({cell}) FILTER ({_like_thousands(cell)}), count(*) FILTER ({_like_thousands(cell)})"
        for cell, kind in ((quoted_name(name), kind) for name, kind in asked.items())
    )
    (counts,) = rows(f"SELECT {counted} FROM {from_sql}")
    looks = {name: counts[4 * place : 4 * place + 4] for place, name in enumerate(asked)}
    # One number with two digits behind its point tells what the points of all are.
    has_decimals = any(not unread and points > thousands for unread, points, _, thousands in looks.values())
    guesses = {}
    for name, (unread, points, value, thousands) in looks.items():
        is_unclear = value and points == thousands and not has_decimals
        meanings = {"1.234,56": value.replace(".", ""), "": value} if is_unclear else {}
        doubt = Guess(doubt=_doubt(name, value, meanings)) if is_unclear else Guess()
        guesses[name] = _guess(rows, from_sql, name, asked[name]) if unread else doubt
    return guesses | _settled(rows, from_sql, asked, guesses)


def _like_thousands(cell: str) -> str:
    return f"{cell} LIKE '%.___' AND regexp_full_match({cell}, '[+-]?[1-9][0-9]{{0,2}}[.][0-9]{{3}}')"


def _guess(rows: _Rows, from_sql: str, name: str, kind: Kind) -> Guess:
    cell = quoted_name(name)
    cells = f"(SELECT {cell} AS cell, count(*) AS times FROM {from_sql} WHERE {cell} IS NOT NULL GROUP BY 1)"
    # What reads none of a thousand cells need not be tried on all.
    few = f"(SELECT cell, 1 AS times FROM {cells} ORDER BY hash(cell) LIMIT 1000)"
    *_, tried = _counts_read(rows, few, kind, ["", *_candidates(rows, few, kind)])
    filled, read, count = _counts_read(rows, cells, kind, [one for one in tried if tried[one]] or [""])
    able = {one: of_it for one, of_it in count.items() if one != "excel" or of_it == filled}
    fewest = read if read in able.values() else _FEWEST_READ * read
    good = [one for one in able if able[one] >= fewest]
    if 2 * read <= filled or not good:
        return Guess()
    best = max(good, key=lambda one: count[one])
    for other in (one for one in good if one != best):
        means = {one: parsed_sql("cell", kind, one) for one in (best, other)}
        differs = f"FILTER ({' <> '.join(means[one] for one in (best, other))})"
        asked = ", ".join(f"arg_min({sql}, cell) {differs}" for sql in means.values())
        ((value, *meanings),) = rows(f"SELECT min(cell) {differs}, {asked} FROM {cells}")
        if value is not None:
            return Guess(doubt=_doubt(name, value, dict(zip(means, meanings, strict=True))))
    return Guess(best)


def _counts_read(rows: _Rows, cells: str, kind: Kind, formats: Sequence[str]) -> tuple[int, int, _Counts]:
    """Return how many cells there are, how many of them any format reads, and how many each does."""
    reads = [f"{parsed_sql('cell', kind, one)} IS NOT NULL AS reads_{i}" for i, one in enumerate(formats)]
    counted = "sum(if(greatest(*COLUMNS('reads')), times, 0)), sum(if(COLUMNS('reads'), times, 0))"
    asked = f"SELECT sum(times), {counted} FROM (SELECT times, {', '.join(reads)} FROM {cells})"
    ((filled, any_read, *counts),) = rows(asked)
    return filled, any_read, dict(zip(formats, counts, strict=True))


def _candidates(rows: _Rows, cells: str, kind: Kind) -> Sequence[str]:
    if kind == "date":
        return _DATE_FORMATS
    # One currency in the column is a way of writing; of two, no one may read the amounts as one.
    found = rows(f"SELECT DISTINCT regexp_extract(cell, '{_CURRENCY}') FROM {cells}")
    currencies = [currency for (currency,) in found if currency]
    signed = f" {currencies[0]}" if len(currencies) == 1 else ""
    return [one + signed for one in _NUMBER_FORMATS]


def _doubt(name: str, value: str, meanings: Mapping[str, Any]) -> str:
    said = " or ".join(
        str(one) if hasattr(one, "year") else f"{float(one):.15g}" for one in meanings.values()
    )
    ways = " or ".join(f'formats = {{ {name} = "{one or "1234.56"}" }}' for one in meanings)
    return f"'{value}' may be {said}: say which in source.toml, as {ways}"


def _settled(rows: _Rows, from_sql: str, asked: Mapping[str, Kind], guesses: Mapping[str, Guess]) -> _Guesses:
    """Return the columns whose meaning hangs on how the others of the table are written."""
    settled = {}
    for name, kind in asked.items():
        alike = [guesses[one].written_as for one in asked if (asked[one] == "date") is (kind == "date")]
        said = {re.sub(f" ({_CURRENCY})$", "", one) for one in alike if one}
        if len(said) != 1 or guesses[name].written_as:
            continue
        cell, written_as = quoted_name(name), said.pop()
        has_dots = f"{',56' in written_as} AND count(*) FILTER (contains({cell}, '.')) > 0"
        reads_all = f"count({cell}) = count({parsed_sql(cell, kind, written_as)})"
        if rows(f"SELECT ({bool(guesses[name].doubt)} OR {has_dots}) AND {reads_all} FROM {from_sql}")[0][0]:
            settled[name] = Guess(written_as)
    return settled


def _is_engine_format(date_format: str) -> bool:
    try:
        duckdb.connect().execute("SELECT try_strptime('', ?)", [date_format])
    except duckdb.Error:
        return False
    return True


def _number_marks(written_as: str) -> tuple[str, str, str] | None:
    """Return the currency, what stands between thousands and before decimals; None for no such format."""
    currency = re.search(_CURRENCY, written_as)
    bare = written_as.replace(currency[0], "", 1).strip() if currency else written_as
    marks = _WRITTEN_AS.fullmatch(bare)
    if not marks or marks["group"] == marks["decimal"]:
        return None
    return currency[0] if currency else "", marks["group"], marks["decimal"]


def _day_sql(written: str, written_as: str) -> str:
    if written_as == "excel":
        is_serial = f"regexp_full_match({written}, '[0-9]{{5}}') AND {written} BETWEEN '20000' AND '73050'"
        return f"CASE WHEN {is_serial} THEN DATE '1899-12-30' + TRY_CAST({written} AS INTEGER) END"
    cell, day = written, f"TRY_CAST({written} AS DATE)"
    if written_as and not re.search("%[HIXcz]| ", written_as):
        is_timed = f"contains({cell}, ':') AND regexp_full_match({cell}, {quoted_text(_TIMED)})"
        cell = f"CASE WHEN {is_timed} THEN split_part({cell}, ' ', 1) ELSE {cell} END"
    if written_as:
        day = f"CAST(try_strptime({cell}, {quoted_text(written_as)}) AS DATE)"
    return f"CASE WHEN lower({written}) NOT IN {_NO_DAYS} THEN {day} END"


def _plain_number_sql(written: str, currency: str, group: str, decimal: str) -> str:
    """Return SQL for a number with a decimal point and a minus before it; NULL where signs stand wrongly."""
    between = {" ": "[ \u00a0\u2007\u2009\u202f]", "'": "['’]"}.get(group, re.escape(group))
    number = rf"(?:\d{{1,3}}(?:{between}\d{{3}})+|\d+)(?:{re.escape(decimal)}\d+)?"
    # Nearly all cells are simple ones: to look for these first is three times as quick.
    is_simple = (
        f"regexp_full_match({written}, {quoted_text('-?' + number.replace(between, re.escape(group)))})"
    )
    simple = f"replace(replace({written}, {quoted_text(group or ' ')}, ''), {quoted_text(decimal)}, '.')"
    blank, sign, minus = "[ \u00a0\u2007\u2009\u202f]*", rf"(?:{re.escape(currency)})?", "[-−–]"
    amount = f"{sign}{blank}{number}{blank}{sign}"
    behind = f"{amount}{blank}{minus}{blank}{sign}"
    good = rf"(?:[-+−–]{blank})?{amount}|{sign}{blank}{minus}{number}|{behind}|\({blank}{amount}{blank}\)"
    is_less = " OR ".join(f"contains({written}, '{mark}')" for mark in "-−–(")
    dropped = quoted_text(f"{decimal}{group} +-−–()’\u00a0\u2007\u2009\u202f{currency}")
    digits = f"CASE WHEN {is_less} THEN '-' ELSE '' END || translate({written}, {dropped}, '.')"
    is_good = f"regexp_full_match({written}, {quoted_text(good)})"
    return f"CASE WHEN {is_simple} THEN {simple} WHEN {is_good} THEN {digits} END"
