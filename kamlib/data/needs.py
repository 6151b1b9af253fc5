"""Which tables and columns each notebook asks for: read from its code, never run."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

_DERIVED = "accounts"
"""Without this table it is made from the order lines, so no notebook must have it."""

COLUMNS_THAT_COUNT = (
    ("order_lines", "cost_amount", "gross_profit", "without cost, no profit"),
    ("order_lines", "list_amount", "churn_study", "without list prices, discounts are no sign"),
    ("order_lines", "product_id", "churn_study", "without products, variety is no sign"),
    ("accounts", "parent_id", "large_customers", "without parent_id, each company for itself"),
)
"""Table, column, the word in a notebook's code that uses it, and what is lost without it."""


def notebook_needs(folder: Path) -> pd.DataFrame:
    """Return which tables each notebook asks for.

    Read from `require("a", "b")`, `optional("x")`, `tables["x"]` and `tables.order_lines`.

    Parameters
    ----------
    folder
        Where the notebooks are; one's own in `my` are left aside. `..`, as a notebook gives it, is also
        found from the project folder, where plain `papermill` starts the kernel.

    Returns
    -------
    DataFrame
        One row per report and table: `report` (its path below the folder without suffix), `table`,
        `need` (`required` or `optional`); sorted by report, tables in the order of the code.
    """
    rows = [(report, *asked) for report, code in _texts(folder, "code") for asked in _asked(code)]
    table = pd.DataFrame(rows, columns=["report", "table", "need"], dtype="str")
    # Asked for in both ways it is required: "required" sorts last.
    table["need"] = table.groupby(["report", "table"])["need"].transform("max")
    return table.drop_duplicates(ignore_index=True)


def notebook_columns(folder: Path) -> pd.DataFrame:
    """Return the columns without which a notebook can tell only a part, see `COLUMNS_THAT_COUNT`.

    Parameters
    ----------
    folder
        As for `notebook_needs`.

    Returns
    -------
    DataFrame
        One row per report and column: `report`, `table`, `column`, `without` (what is then lost).
    """
    rows = [
        (report, table, column, lost)
        for report, code in _texts(folder, "code")
        for table, column, word, lost in COLUMNS_THAT_COUNT
        if word in code
    ]
    return pd.DataFrame(rows, columns=["report", "table", "column", "without"], dtype="str")


def notebook_questions(folder: Path) -> pd.Series:
    """Return the question of each notebook, its first line, by report.

    Parameters
    ----------
    folder
        As for `notebook_needs`.
    """
    asked = {report: text.splitlines()[0].lstrip("# ") for report, text in _texts(folder, "markdown")}
    return pd.Series(asked, dtype="str", name="question")


def _texts(folder: Path, kind: str) -> Iterator[tuple[str, str]]:
    """Yield each notebook's name and its cells of a kind as one text."""
    folder = folder if (folder / "plan.toml").is_file() else Path("notebooks")
    for path in sorted(folder.rglob("*.ipynb")):
        below = path.relative_to(folder)
        if not {"my", ".ipynb_checkpoints"} & set(below.parts):
            cells = json.loads(path.read_bytes())["cells"]
            texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == kind]
            yield below.with_suffix("").as_posix(), "\n".join(texts)


def _asked(code: str) -> Iterator[tuple[str, str]]:
    """Yield table and need, in the order of the code."""
    nodes = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.expr))
    for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
        match node:
            case ast.Call(func=ast.Attribute(attr="require"), args=names):
                yield from ((str(ast.literal_eval(name)), "required") for name in names)
            case (
                ast.Call(func=ast.Attribute(attr="optional"), args=[ast.Constant(value=table)])
                | ast.Call(func=ast.Name(id="readable"), args=[_, ast.Constant(value=table)])
            ):
                yield str(table), "optional"
            case ast.Subscript(value=ast.Name(id="tables"), slice=ast.Constant(value=table)):
                yield str(table), "optional" if table == _DERIVED else "required"
            case ast.Attribute(value=ast.Name(id="tables"), attr="order_lines"):
                yield "order_lines", "required"
