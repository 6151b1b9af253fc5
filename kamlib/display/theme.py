"""Palette, type and number formats: what every picture, table and page shares."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from babel.dates import format_date
from babel.numbers import get_currency_symbol

# By role: on a light screen, a dark one, and on paper. Figures are drawn in exactly the light values; a page
# replaces each by its CSS variable, so one figure serves all three. No two roles may share a light value.
_COLOURS = {
    "paper": ("#f6f4f0", "#11161b", "#ffffff"),
    "card": ("#ffffff", "#182028", "#ffffff"),
    "ink": ("#1b2631", "#e8edf1", "#111111"),
    "muted": ("#56646f", "#9fb0bf", "#444444"),
    "grid": ("#e3e7eb", "#2a3540", "#dddddd"),
    "rule": ("#d5dade", "#33404c", "#bbbbbb"),
    "neutral": ("#c3cad1", "#4d5a66", "#c4c4c4"),
    "accent": ("#0b6b74", "#57c1cb", "#0b5a62"),
    "accent-soft": ("#bcd9dc", "#1f4a50", "#cfe3e5"),
    "warn": ("#b93a08", "#fb8a5b", "#a83508"),
    "warn-soft": ("#f3cdb9", "#57301f", "#f3d9cc"),
    "good": ("#1d6f42", "#6fcf97", "#1d6f42"),
}
PALETTE, DARK, PRINT = ({role: row[kind] for role, row in _COLOURS.items()} for kind in range(3))

RC: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: it scales, selects and is read aloud
    "svg.hashsalt": "kamlib",  # the same figure gives the same bytes
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # widths are measured with it; the page's own face is no wider
    "font.size": 10,
    **dict.fromkeys(("axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"), PALETTE["muted"]),
    **dict.fromkeys(("figure.facecolor", "axes.facecolor", "savefig.facecolor"), "none"),
    **dict.fromkeys(("axes.spines.top", "axes.spines.right", "axes.grid"), False),
    **dict.fromkeys(("xtick.major.size", "ytick.major.size"), 0),
    "axes.linewidth": 0.8,
    "grid.color": PALETTE["grid"],
    "text.color": PALETTE["ink"],
    "text.parse_math": False,  # an account called "A_$B$" is a name, not a formula
    "lines.linewidth": 2,
}

MINUS = "−"
MISSING = "–"


def money(
    amount: float, currency: str = "", *, million: str = " million", beside: float | None = None
) -> str:
    """Return an amount as a manager reads it; `million` is the word, where space is short.

    From half a million on it is told in millions, so that "from 1.15 million to −0.67 million" has one unit;
    so is a smaller one `beside` an amount that is.

    Examples
    --------
    >>> money(1_163_450, "USD"), money(-673_727.11, "USD"), money(73_316.2, "USD"), money(912.4)
    ('$1.16 million', '−$0.67 million', '$73,316', '912')
    >>> money(421_399, beside=952_000), money(float("nan"))
    ('0.42 million', '–')
    """
    if amount is None or math.isnan(amount):
        return MISSING
    size, word = abs(amount), ""
    if round(max(size, abs(beside or 0))) >= 5e5:
        size, word = size / 1e6, million
    digits = f"{size:,.2f}" if word and size < 100 else f"{size:,.1f}" if word else f"{size:,.0f}"
    sign = MINUS if amount < 0 and digits.strip("0.,") else ""
    return f"{sign}{_symbol(currency)}{digits}{word}"


def amount_in_full(amount: float, currency: str = "") -> str:
    """Return an amount to the unit, as a column of a table wants it: all cells alike.

    Examples
    --------
    >>> amount_in_full(31_680_210.4, "USD"), amount_in_full(-73_316.2)
    ('$31,680,210', '−73,316')
    """
    text = number(amount)
    sign = MINUS if text.startswith(MINUS) else ""
    return text if text == MISSING else f"{sign}{_symbol(currency)}{text.removeprefix(MINUS)}"


def share(part: float, digits: int = 1) -> str:
    """Return a share of 0 to 1 in percent.

    Examples
    --------
    >>> share(0.6667), share(-0.021), share(0.3, digits=0)
    ('66.7%', '−2.1%', '30%')
    """
    return number(part * 100, digits) + ("" if math.isnan(part) else "%")


def number(value: float, digits: int = 0) -> str:
    """Return a number with thousands set apart and a real minus sign.

    Examples
    --------
    >>> number(-1234.5, 1), number(float("nan"))
    ('−1,234.5', '–')
    """
    if value is None or math.isnan(value):
        return MISSING
    text = f"{abs(value):,.{digits}f}"
    return (MINUS if value < 0 and text.strip("0.,") else "") + text


def day(value: Any) -> str:
    """Return a day as 29 Nov 2013, whatever the machine's own language.

    Examples
    --------
    >>> day(dt.date(2013, 11, 29)), day("2013-11-29"), day(None)
    ('29 Nov 2013', '29 Nov 2013', '–')
    """
    if value is None or value == "" or value != value:  # NaT is not itself
        return MISSING
    if isinstance(value, str):
        value = dt.date.fromisoformat(value[:10])
    return format_date(value, "d MMM y", locale="en_US")


def month(value: dt.date) -> str:
    """Return the month a day is in, as November 2013."""
    return format_date(value, "MMMM y", locale="en_US")


def counted(count: float, one: str, many: str = "") -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> counted(1, "account"), counted(1200, "account"), counted(0, "company", "companies")
    ('1 account', '1,200 accounts', '0 companies')
    """
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def _symbol(currency: str) -> str:
    if not currency:
        return ""
    symbol = get_currency_symbol(currency, locale="en_US")
    return symbol if len(symbol) == 1 else f"{symbol} "
