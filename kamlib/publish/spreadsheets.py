"""A kept table for a spreadsheet: CSV and Excel in which no cell can start a formula."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pandas as pd

_STARTS = tuple("=+-@|%\uff1d\uff0b\uff0d\uff20")
"""What a spreadsheet takes for the start of a formula, the wide forms of East Asia too."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_STAMP = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def spreadsheet_files(parquet: bytes) -> dict[str, bytes]:
    """Return a table as `.csv` (with Excel's byte order mark) and `.xlsx`; equal tables give equal bytes.

    Text that would start a formula stands behind an apostrophe; control signs become a blank. Text stays
    text in `.xlsx`: an account 007 keeps its noughts.

    Parameters
    ----------
    parquet
        A kept table.
    """
    table = pd.read_parquet(io.BytesIO(parquet)).map(harmless).rename(columns=harmless)
    book = io.BytesIO()
    table.to_excel(book, index=False, engine="openpyxl")
    return {".csv": table.to_csv(index=False).encode("utf-8-sig"), ".xlsx": _without_clock(book)}


def harmless(cell: Any) -> Any:
    """Return a cell as it may stand in a spreadsheet: text never starts a formula, all else stays.

    Examples
    --------
    >>> harmless("=1+1"), harmless("  @sum"), harmless("A-1"), harmless(-5)
    ("'=1+1", "'  @sum", 'A-1', -5)
    """
    if not isinstance(cell, str):
        return cell
    text = _CONTROL.sub(" ", cell)
    return f"'{text}" if text.lstrip().startswith(_STARTS) else text


def _without_clock(book: io.BytesIO) -> bytes:
    """Return the workbook without the moment it was written."""
    whole = io.BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            part = old.read(name)
            part = _STAMP.sub(b"2000-01-01T00:00:00Z", part) if name == "docProps/core.xml" else part
            new.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return whole.getvalue()
