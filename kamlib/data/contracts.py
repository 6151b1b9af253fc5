"""What each table holds: its grain, its columns, and the rules its rows keep.

The contract itself is `contracts.toml` beside this module, stated once and readable without Python.
`data.sources` reads tables by it, `data.checks` holds them to it, and the sample company is written
by it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, Literal

Kind = Literal["text", "date", "money", "number", "whole", "flag"]
"""money is DECIMAL(18,4); number is a double; flag is true or false."""
Breach = Literal["refuse", "leave_row", "leave_cell", "report"]
"""What becomes of a row whose cell breaks a rule; all but *refuse* are warnings."""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    kind
        What its cells are.
    says
        What it means, in a few words.
    required
        A table without this column cannot be used.
    filled
        No cell may be empty. Key columns are always filled.
    labels
        The only values allowed.
    low, high
        The range of a number, both ends allowed.
    references
        `table.column` in which each value must be found, if that table is there.
    not_before
        A date column of the same table: never later than this one, where both are filled.
    personal
        Personal data: masked in reports, never in a message.
    later
        A date that becomes known after the row: later than `as_of`, it counts as empty.
    breach
        What becomes of a row whose cell breaks one of these rules: *refuse* (the table is not used),
        *leave_row* (the row is left aside), *leave_cell* (the cell counts as empty), *report* (the
        row counts as it stands).
    """

    kind: Kind
    says: str
    required: bool = False
    filled: bool = False
    labels: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    references: str = ""
    not_before: str = ""
    personal: bool = False
    later: bool = False
    breach: Breach = "refuse"


@dataclass(frozen=True)
class Contract:
    """One table: its grain, key, columns and the rules between columns, whose breach is always refused.

    Parameters
    ----------
    grain
        What one row is.
    holds
        What the table holds, as one would say it to a manager.
    key
        The columns that name a row, unique together; held where all of them are there.
    columns
        The columns that are known; others are left aside.
    happened
        The date column that places a row in time: rows after `as_of` are left out.
    same_sign
        Two columns that never have opposite signs (zero is allowed).
    no_cycle
        A column that points at the key of another row of this table, never back to itself.
    """

    grain: str
    holds: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    happened: str = ""
    same_sign: tuple[str, str] | None = None
    no_cycle: str = ""
    required: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        required = tuple(name for name, column in self.columns.items() if column.required)
        object.__setattr__(self, "required", required)


def contracts_in(toml: str) -> dict[str, Contract]:
    """Return the contracts that a text states, by table, in its order.

    Raises
    ------
    TypeError
        It has a rule that there is none of, or lacks one that there must be: the rule is named.

    Examples
    --------
    >>> stated = '''
    ... [shops]
    ... grain = "one row per shop"
    ... holds = "list of shops"
    ... key = ["shop_id"]
    ... [shops.columns]
    ... shop_id = { kind = "text", says = "the shop", required = true, filled = true }
    ... '''
    >>> contracts_in(stated)["shops"].required
    ('shop_id',)
    """
    return {table: _contract(**stated) for table, stated in tomllib.loads(toml).items()}


def _contract(*, columns: Mapping[str, Mapping[str, Any]], **rules: Any) -> Contract:
    stated = {name: Column(**_as_tuples(rules)) for name, rules in columns.items()}
    return Contract(columns=stated, **_as_tuples(rules))


def _as_tuples(rules: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(rule) if isinstance(rule, list) else rule for name, rule in rules.items()}


CONTRACTS: Mapping[str, Contract] = contracts_in(
    resources.files("kamlib.data").joinpath("contracts.toml").read_text(encoding="utf-8")
)
