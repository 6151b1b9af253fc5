"""Write the tables of docs/data.md from the contract; what stands above them is written by hand.

.venv/bin/python tests/tools/data_page.py
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from kamlib.data.contracts import CONTRACTS, Column, Contract
from kamlib.data.needs import notebook_needs

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "data.md"
HEADING = "## The tables\n"
"""Where the part that is made begins."""
BROKEN = {
    "refuse": "refused",
    "leave_row": "row left aside",
    "leave_cell": "taken as empty",
    "report": "counted as it stands",
}
MADE = """
<!-- From here on made from kamlib/data/contracts.toml by tests/tools/data_page.py: change it there. -->

A report that requires a table you do not have says what it cannot tell; one that uses it leaves out a part.

**Bold**: the table cannot be used without the column. †: personal data, masked in reports and never in a
message. Kinds: text, date, money (up to four decimals), number, whole (a number without decimals), flag (true
or false). *If broken* says what becomes of a cell that is not of its kind or breaks one of its rules:

- *refused*: the table is not used until it is mended. In `order_lines` and `accounts` nothing runs; in any
  other table only the reports that use it fail. A repeated key, opposite signs and a row that leads back to
  itself are always refused.
- *row left aside*, *taken as empty*, *counted as it stands*: a warning that counts them; the reports go on.
"""


def data_page(page: str, contracts: Mapping[str, Contract], needs: pd.DataFrame) -> str:
    """Return the text of docs/data.md: its head as it stands, then the tables.

    Parameters
    ----------
    page
        The page as it is.
    contracts
        What each table holds.
    needs
        Which report asks for which table: `report`, `table`, `need` (`required` or `optional`).
    """
    head = page.partition(HEADING)[0]
    sections = [section for name, contract in contracts.items() for section in _section(name, contract)]
    return "\n".join([head + HEADING + MADE, *_overview(contracts, needs), *sections]) + "\n"


def _overview(contracts: Mapping[str, Contract], needs: pd.DataFrame) -> Iterator[str]:
    yield "| table | what it holds | required by | used by |"
    yield "|---|---|---|---|"
    for name, contract in contracts.items():
        of_table = needs[needs["table"] == name]
        required, optional = (
            ", ".join(of_table.loc[of_table["need"] == need, "report"]) for need in ("required", "optional")
        )
        yield _row(f"[{name}](#{name})", contract.holds, required, optional)


def _section(name: str, contract: Contract) -> Iterator[str]:
    yield f"\n### {name}\n"
    yield " ".join(_sentences(contract)) + "\n"
    yield "| column | kind | what it is | rules | if broken |"
    yield "|---|---|---|---|---|"
    for called, column in contract.columns.items():
        shown = f"**{called}**" if column.required else called
        rules = ", ".join(_rules(column))
        broken = BROKEN[column.breach] if rules or column.kind != "text" else ""
        yield _row(shown + "†" * column.personal, column.kind, column.says, rules, broken)


def _sentences(contract: Contract) -> Iterator[str]:
    yield f"{contract.grain[0].upper()}{contract.grain[1:]}."
    yield f"Key: {' + '.join(contract.key)}."
    if contract.same_sign:
        yield f"{' and '.join(contract.same_sign)} never have opposite signs; zero is allowed."
    if contract.no_cycle:
        yield f"{contract.no_cycle} never leads back to the row itself."
    if contract.happened:
        yield f"A row counts from its {contract.happened} on."


def _rules(column: Column) -> Iterator[str]:
    if column.filled:
        yield "never empty"
    if column.labels:
        yield f"one of {', '.join(column.labels)}"
    if column.low is not None and column.high is not None:
        yield f"{column.low:g} to {column.high:g}"
    elif column.low is not None:
        yield f"{column.low:g} or more"
    elif column.high is not None:
        yield f"{column.high:g} or less"
    if column.references:
        yield f"found in {column.references}"
    if column.not_before:
        yield f"not before {column.not_before}"
    if column.later:
        yield "empty until that day"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


if __name__ == "__main__":
    made = data_page(PAGE.read_text(encoding="utf-8"), CONTRACTS, notebook_needs(ROOT / "notebooks"))
    PAGE.write_text(made, encoding="utf-8")
