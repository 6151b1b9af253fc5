"""Names and texts as they stand in SQL."""

from __future__ import annotations


def quoted_name(name: str) -> str:
    """Return a column's or table's name, quoted.

    Examples
    --------
    >>> print(quoted_name('a "net" amount'))
    "a ""net"" amount"
    """
    return '"' + name.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    """Return a text, quoted.

    Examples
    --------
    >>> print(quoted_text("O'Neill.csv"))
    'O''Neill.csv'
    """
    return "'" + text.replace("'", "''") + "'"
