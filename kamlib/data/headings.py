"""What exports call our columns: the words of `headings.toml`, and how a heading is compared with them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

_SAID: Mapping[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_SPELLINGS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def plain_heading(heading: str) -> str:
    """Return a heading's letters and digits, umlauts written out.

    Examples
    --------
    >>> plain_heading("Kunden-Nr.") == plain_heading("KUNDENNR")
    True
    """
    return "".join(letter for letter in heading.lower().translate(_SPELLINGS) if letter.isalnum())


def bare_heading(heading: str) -> str:
    """Return a heading as `plain_heading` does, without its path and words for a currency or a unit.

    Examples
    --------
    >>> [bare_heading(one) for one in ("Amount (USD)", "Umsatz €", "Betrag in EUR", "Order Lines/Quantity")]
    ['amount', 'umsatz', 'betrag', 'quantity']
    """
    units, last = _SAID["units"].lower().split(), heading.rsplit("/", 1)[-1]
    return "".join(plain_heading(word) for word in re.findall(r"\w+", last) if word.lower() not in units)


SPELLINGS = (plain_heading, bare_heading)
"""How a heading is compared with a word, the surer way first."""


def columns_called(column: str, table: str = "") -> list[str]:
    """Return what a column is called in exports, as `plain_heading` writes it, the best first.

    Examples
    --------
    >>> columns_called("status")
    ['status', 'customerstatus', 'kundenstatus']
    """
    in_table = _SAID["tables"].get(table, {}).get(column, "")
    words = f"{column},{_SAID['columns'].get(column, '')},{in_table}".split(",")
    return [plain for word in words if (plain := plain_heading(word))]


def known_columns(headings: Collection[str], table: str) -> dict[str, str]:
    """Return the columns of an export whose system is known by its headings; `unit_price` may be one."""
    for system in _SAID["systems"]:
        if {one.strip() for one in system["known_by"].split(",")} <= set(headings):
            found = system.get(table, {}) | {"unit_price": system.get("unit_price", "")}
            return {column: heading for column, heading in found.items() if heading in headings}
    return {}


def unit_price_heading(headings: Collection[str]) -> str:
    """Return the heading that is the price of one piece, or nothing.

    Examples
    --------
    >>> unit_price_heading(["Menge", "Einzelpreis EUR"])
    'Einzelpreis EUR'
    """
    words = [plain_heading(word) for word in _SAID["unit_price"]["words"].split(",")]
    return next((one for word in words for one in headings if bare_heading(one) == word), "")


def currency_named(text: str) -> str:
    """Return the currency that a heading or a number's format names, or nothing.

    Examples
    --------
    >>> [currency_named(one) for one in ("Netto €", "Amount (USD)", "1,234.56 $", "Wert TEUR")]
    ['EUR', 'USD', '', '']
    """
    words = set(re.findall(r"US\$|\w+|[^\w\s]", text))
    return next((code for code, said in _SAID["currencies"].items() if words & set(said.split())), "")
