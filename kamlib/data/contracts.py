"""What each table holds: its grain, its columns, and the rules its rows keep.

The contract is stated here once. `data.sources` reads tables by it, `data.checks` holds them to
it, and the sample company is written by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "date", "money", "number", "whole", "flag"]
"""money is DECIMAL(18,4); number is a double; flag is true or false."""


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
    personal
        Personal data: masked in reports, never in a message.
    later
        A date that becomes known after the row: later than `as_of`, it counts as empty.
    """

    kind: Kind
    says: str
    required: bool = False
    filled: bool = False
    labels: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    references: str = ""
    personal: bool = False
    later: bool = False


@dataclass(frozen=True)
class Contract:
    """One table: its grain, key, columns and the rules between columns.

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


def _text(says: str, **rules: object) -> Column:
    return Column("text", says, **rules)  # type: ignore[arg-type]


def _money(says: str, **rules: object) -> Column:
    return Column("money", says, **rules)  # type: ignore[arg-type]


def _date(says: str, **rules: object) -> Column:
    return Column("date", says, **rules)  # type: ignore[arg-type]


_ACCOUNT = _text("the account", required=True, filled=True, references="accounts.account_id")

CONTRACTS: Mapping[str, Contract] = {
    "accounts": Contract(
        "one row per account",
        "customer list",
        ("account_id",),
        {
            "account_id": _text("the account", required=True, filled=True),
            "parent_id": _text("the account that owns it; empty = none"),
            "name": _text("its name"),
            "city": _text("where it is"),
            "industry": _text("its line of business"),
            "region": _text("its sales region"),
            "since": _date("customer since"),
            "status": _text("undated, so a label and never a feature", labels=("active", "lost", "prospect")),
            "is_key": Column("flag", "named a key account by the company"),
            "credit_limit": _money("undated, so never a feature", low=0),
        },
        no_cycle="parent_id",
    ),
    "order_lines": Contract(
        "one row per order line",
        "sales",
        ("order_id", "line_no"),
        {
            "order_id": _text("the order; without it, an order is one account on one day", filled=True),
            "line_no": _text("the line within the order", filled=True),
            "account_id": _text("who bought", required=True, filled=True, references="accounts.account_id"),
            "ordered_at": _date("the day of the order", required=True, filled=True),
            "product_id": _text("what was bought", references="products.product_id"),
            "quantity": Column("number", "how many; returns are below zero"),
            "list_amount": _money("price before discount, times quantity"),
            "net_amount": _money("what is paid, without tax", required=True, filled=True),
            "cost_amount": _money("product cost of the line"),
            "currency": _text("the currency of the amounts"),
            "channel": _text("how the order came in"),
        },
        happened="ordered_at",
        same_sign=("net_amount", "quantity"),
    ),
    "products": Contract(
        "one row per product",
        "product list",
        ("product_id",),
        {
            "product_id": _text("the product", required=True, filled=True),
            "name": _text("its name"),
            "family": _text("the group of products it belongs to"),
            "launched_at": _date("when it was new"),
            "tags": _text("words set apart by blanks, such as recyclable"),
        },
    ),
    "targets": Contract(
        "one row per account (or region) and month",
        "targets",
        ("account_id", "region", "period"),
        {
            "account_id": _text("whose target; empty = the region's", references="accounts.account_id"),
            "region": _text("whose target; empty = the account's"),
            "period": _date("first day of the month", required=True, filled=True),
            "amount": _money("net revenue aimed at", required=True, filled=True, low=0),
        },
    ),
    "managers": Contract(
        "one row per manager",
        "list of account managers",
        ("manager_id",),
        {
            "manager_id": _text("the manager", required=True, filled=True),
            "name": _text("the name"),
            "level": _text("rung", labels=("kam", "nsm", "vp", "ceo", "specialist")),
            "reports_to": _text("the manager above; empty = none", references="managers.manager_id"),
            "hours_per_month": Column("number", "working hours for accounts", low=0),
        },
        no_cycle="reports_to",
    ),
    "account_team": Contract(
        "one row per account, manager and role",
        "list of account teams",
        ("account_id", "manager_id", "role"),
        {
            "account_id": _ACCOUNT,
            "manager_id": _text("who", required=True, filled=True, references="managers.manager_id"),
            "role": _text(
                "in which role",
                required=True,
                filled=True,
                labels=("kam", "executive_sponsor", "sales", "service", "finance", "technical", "logistics"),
            ),
            "time_share": Column("number", "part of the working time, 0 to 1", low=0, high=1),
            "on_site": Column("flag", "sits at the customer"),
        },
    ),
    "survey_waves": Contract(
        "one row per survey wave",
        "survey",
        ("wave_id",),
        {
            "wave_id": _text("the wave", required=True, filled=True),
            "opened_at": _date("first day of asking", required=True, filled=True),
            "closed_at": _date("last day of asking", later=True),
            "confidentiality": _text(
                "what was promised", filled=True, labels=("anonymous", "confidential", "attributed")
            ),
        },
        happened="opened_at",
    ),
    "survey_frame": Contract(
        "one row per wave and eligible account",
        "survey",
        ("wave_id", "account_id"),
        {
            "wave_id": _text("the wave", required=True, filled=True, references="survey_waves.wave_id"),
            "account_id": _ACCOUNT,
            "stratum": _text("the part of the list it was drawn within", required=True, filled=True),
            "n_contacts": Column("whole", "people who could answer", low=0),
            "drawn": Column("flag", "was it asked?", required=True, filled=True),
            "disposition": _text(
                "AAPOR: interview, partial, refusal, no contact, other, unknown, ineligible; or not drawn",
                labels=("I", "P", "R", "NC", "O", "U", "ineligible"),
            ),
        },
    ),
    "survey_items": Contract(
        "one row per question",
        "survey",
        ("item_id",),
        {
            "item_id": _text("the question", required=True, filled=True),
            "text": _text("its words"),
            "aspect": _text(
                "what it is about",
                required=True,
                filled=True,
                labels=(
                    "communication",
                    "service",
                    "benefit",
                    "product",
                    "price",
                    "quality",
                    "culture",
                    "brand",
                    "overall",
                    "nps",
                    "open",
                ),
            ),
            "level": _text("of competition", labels=("price", "quality", "culture", "none")),
        },
    ),
    "survey_responses": Contract(
        "one row per wave, contact and question",
        "survey",
        ("wave_id", "contact_id", "item_id"),
        {
            "wave_id": _text("the wave", required=True, filled=True, references="survey_waves.wave_id"),
            "contact_id": _text("who answered", required=True, filled=True),
            "item_id": _text("the question", required=True, filled=True, references="survey_items.item_id"),
            "account_id": _ACCOUNT,
            "value": Column("whole", "5 highly satisfied … 1 extremely dissatisfied; nps 10", low=0, high=10),
            "missing_code": _text(
                "why there is no value", labels=("not_shown", "skipped", "refused", "not_applicable")
            ),
            "mode": _text("how it was asked"),
            "text": _text("an open answer", personal=True),
            "answered_at": _date("when"),
        },
        happened="answered_at",
    ),
}
