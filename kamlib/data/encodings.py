"""Which encoding a text is in, told by its bytes, and only where no other encoding would do as well."""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from string import ascii_letters
from typing import Any

from kamlib.errors import SourceError

WESTERN = "cp1252"
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_BETWEEN_THOUSANDS = re.compile(rb"(?<=\d)\xa0(?=\d)")
_JOINS = re.compile("[’–\u00a0]")  # may stand inside a word, as in L’Oréal; other signs may not
_SAID: Mapping[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_LANGUAGES: Mapping[str, list[str]] = _SAID["languages"]


def found_encoding(name: str, blocks: Iterable[bytes]) -> str:
    """Return the encoding of a text that is not UTF-8: Western European, if nothing else fits.

    It fits where every letter that is not ASCII stands in a word as Western European languages
    write it, and every sign outside the words. If such a text is also one in the letters of another
    encoding (for a few letters Danish and Czech look alike), there is no telling.

    Parameters
    ----------
    name
        Of the file, for messages.
    blocks
        Its bytes, cut between lines.

    Raises
    ------
    SourceError
        Part of the text is UTF-8, so the rest is damage; or there is no telling.

    Examples
    --------
    >>> found_encoding("a.csv", ["Müller, Café Société, 5 m²".encode("cp1252")])
    'cp1252'
    >>> found_encoding("a.csv", ["Müller".encode("cp850")])
    Traceback (most recent call last):
    kamlib.errors.SourceError: 'a.csv', line 1: not UTF-8, and its bytes do not tell what it is: save it
    as UTF-8, or name its encoding in source.toml, such as encoding = "cp1252" (Western) or "cp1250"
    (Central Europe)
    """
    known: set[bytes] = set()
    broken: set[bytes] = set()
    line = 1
    for block in blocks:
        new = {*_WORD.findall(_BETWEEN_THOUSANDS.sub(b"", block))} - known
        wrong = {word for word in new if not _is_in(word, "utf-8")}
        if not broken:
            line += block.count(b"\n", 0, min(map(block.find, wrong), default=len(block)))
        known, broken = known | new, broken | wrong
    where = f"'{name}', line {line}: not UTF-8"
    if broken < known:
        raise SourceError(f"{where}, though other parts are: the file is damaged or put together from two")
    fitting = [encoding for encoding in _LANGUAGES if _fits(broken, encoding)]
    readings = {tuple(word.decode(encoding) for word in broken) for encoding in fitting}
    if WESTERN not in fitting or len(readings) > 1:
        raise SourceError(
            f"{where}, and its bytes do not tell what it is: save it as UTF-8, or name its encoding in "
            'source.toml, such as encoding = "cp1252" (Western) or "cp1250" (Central Europe)'
        )
    return WESTERN


def other_kind(start: bytes) -> str:
    """Return what a file is that begins so, with the way out, or nothing where it may be text.

    Examples
    --------
    >>> other_kind(b"PAR1")
    'a Parquet file: name it .parquet'
    """
    text = start.decode("latin-1")
    return next((said for mark, said in _SAID["other_kinds"].items() if text.startswith(mark)), "")


def _is_in(word: bytes, encoding: str) -> bool:
    try:
        word.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _fits(words: Collection[bytes], encoding: str) -> bool:
    if not all(_is_in(word, encoding) for word in words):
        return False
    bare = [word.decode(encoding).strip(_SAID["signs"]) for word in words]
    parts = [part for word in bare for part in _JOINS.split(word) if part]
    strange = {letter.lower() for part in parts for letter in part} - {*ascii_letters, *"äöüß"}
    is_of_one = any(strange <= set(language) for language in _LANGUAGES[encoding])
    return is_of_one and all(map(_looks_like_a_word, parts))


def _looks_like_a_word(word: str) -> bool:
    strange = [not letter.isascii() for letter in word]
    capital_inside = any(one.islower() and two.isupper() and not two.isascii() for one, two in pairwise(word))
    in_a_row = re.search(r"[^\x00-\x7f]{3}", word)
    return (
        (not all(strange) or word.lower() in _SAID["words_of_one_letter"])
        and not capital_inside
        and not in_a_row
    )
