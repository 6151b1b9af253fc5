"""A table that a page can do without, whether it is missing or broken."""

from __future__ import annotations

import pandas as pd

from kamlib.data.contracts import CONTRACTS
from kamlib.data.sources import Tables
from kamlib.errors import ContractError, SourceError
from kamlib.estimate import Unknown


def readable(tables: Tables, table: str) -> pd.DataFrame | Unknown:
    """Return a small table, or an `Unknown` where the source does not have it or it is broken.

    Parameters
    ----------
    tables
        An open source.
    table
        Its name in the contract.
    """
    try:
        return tables.optional(table)
    except (ContractError, SourceError):
        held = CONTRACTS[table].holds
        return Unknown(f"The {held} in '{tables.name}' breaks its rules, so it is not used here.", table)
