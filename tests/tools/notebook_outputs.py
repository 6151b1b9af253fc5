"""Keep committed notebooks clean: no outputs, but those that nbval compares.

    .venv/bin/python tests/tools/notebook_outputs.py clean [NOTEBOOK …]
    .venv/bin/python tests/tools/notebook_outputs.py refresh [NOTEBOOK …]

`clean` empties every cell that is not tagged `nbval-check-output`. `refresh` runs the notebooks
first and stores the outputs of the tagged cells: use it when numbers change on purpose, and read
the difference before you commit it.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]
CHECKED = "nbval-check-output"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook_paths() -> list[Path]:
    """Return the project's notebooks; those in notebooks/my are one's own."""
    found = (ROOT / "notebooks").rglob("*.ipynb")
    return sorted(path for path in found if not {"my", ".ipynb_checkpoints"} & set(path.parts))


def cleaned(notebook: NotebookNode) -> NotebookNode:
    """Return a copy without outputs, counts and traces of a machine; checked cells keep theirs."""
    notebook = nbformat.from_dict({**notebook, "metadata": METADATA})
    for number, cell in enumerate(notebook.cells, 1):
        cell["id"] = f"cell-{number:02}"
        tags = cell.metadata.get("tags", [])
        cell["metadata"] = {"tags": tags} if tags else {}
        if cell.cell_type == "code" and CHECKED not in tags:
            cell.outputs, cell.execution_count = [], None
    return notebook


def refreshed(path: Path) -> NotebookNode:
    """Run a notebook in its own folder and return it with the outputs of its checked cells."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
    )
    client.execute()
    return cleaned(notebook)


def main(verb: str, *names: str) -> None:
    """Clean or refresh the notebooks named, or all of them."""
    if verb not in ("clean", "refresh"):
        raise SystemExit(__doc__)
    for path in [Path(name).resolve() for name in names] or notebook_paths():
        before = path.read_text()
        notebook = refreshed(path) if verb == "refresh" else cleaned(nbformat.read(path, as_version=4))
        after = nbformat.writes(notebook, indent=1) + "\n"
        if path.read_text() != before:
            raise SystemExit(f"{path.name} was changed while it ran: save it, then refresh again")
        if after != before:
            path.write_text(after)
            print("wrote", path.relative_to(ROOT))


if __name__ == "__main__":
    main(*(sys.argv[1:] or [""]))
