"""The sample as a folder: a file for each table, a source.toml, and a README."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import duckdb
import pandas as pd

from kamlib.data.contracts import CONTRACTS
from kamlib.data.sample.copies import Sample, sample_of, write_copies
from kamlib.data.sample.market import package_text
from kamlib.data.sample.planted import planted
from kamlib.data.sample.recipe import Recipe
from kamlib.errors import ParameterError, SourceError

_TITLE = "# The sample company"  # the README's first line, by which a folder is known as made by this
_DECIMALS = {"hours_per_month": 0, "time_share": 3, "quantity": 0, "volume": 0}


def write_sample(
    folder: Path, *, accounts: int | None = None, years: int = 4, lines: int | None = None, seed: int = 1
) -> list[Path]:
    """Write the sample company as a source that `kam --source FOLDER` can open.

    Each file is written under another name first and then renamed, so a run that is stopped
    leaves no half file behind. Equal numbers give equal bytes, on any machine. Up to a million lines and
    5,000 accounts the tables are CSV; beyond, they are Parquet and many copies of a small company (see
    `copies`), made in about ten seconds for ten million lines, in less than 1 GB of memory.

    Parameters
    ----------
    folder
        Where to; made if it is not there. A sample that lies there is made anew; files of the same
        names that are not a sample's are never replaced.
    accounts
        As for `sample_tables`, rounded up to whole copies; None = 320, or one for each 500 lines.
    years, lines, seed
        As for `sample_tables`; any number of lines.

    Returns
    -------
    list of Path
        The files written: `README.md`, a file for each table, `source.toml`.

    Raises
    ------
    ParameterError
        A number is out of its range, or the folder holds files of others; nothing is written.
    SourceError
        The folder cannot be written to.
    """
    if accounts is None:
        accounts = max(320, (lines or 0) // 500)
    recipe = Recipe(accounts=accounts, years=years, lines=lines, seed=seed)
    sample = sample_of(recipe)
    kind = "csv" if sample.copies == 1 else "parquet"
    files = {name: f"{name}.{kind}" for name in sample.tables}
    try:
        _refuse_files_of_others(folder, ["README.md", *files.values(), "source.toml"])
        folder.mkdir(parents=True, exist_ok=True)
        # The README comes first: by it, a run that was stopped may be done again.
        _write_text(folder / "README.md", _readme(sample, recipe))
        for name, file in files.items():
            _write_table(folder / file, name, sample)
        places = [f'\n[{name}]\npath = "{file}"\n' for name, file in files.items()]
        _write_text(folder / "source.toml", "".join(['currency = "USD"\n', *places]))
    except (OSError, duckdb.Error) as fault:
        reason = getattr(fault, "strerror", None) or str(fault).partition("\n")[0]
        raise SourceError(f"cannot write the sample to {folder}: {reason}; give another folder") from fault
    return [folder / file for file in ("README.md", *files.values(), "source.toml")]


def csv_text(name: str, table: pd.DataFrame) -> str:
    r"""Return a table as CSV: ISO dates, true and false, money with two decimals, LF line ends.

    Examples
    --------
    >>> lines = pd.DataFrame({"order_id": ["O1"], "quantity": [3], "net_amount": [12.5]})
    >>> csv_text("order_lines", lines)
    'order_id,quantity,net_amount\nO1,3,12.50\n'
    """
    columns = {column: _as_text(name, column, cells) for column, cells in table.items()}
    return str(pd.DataFrame(columns).to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d"))


def _as_text(table: str, column: str, cells: pd.Series) -> pd.Series:
    kind = CONTRACTS[table].columns[column].kind
    if kind in ("money", "number"):
        return cells.map(f"{{:.{_DECIMALS.get(column, 2)}f}}".format, na_action="ignore")
    return cells.map({True: "true", False: "false"}) if kind == "flag" else cells


def _refuse_files_of_others(folder: Path, names: list[str]) -> None:
    readme = folder / "README.md"
    if readme.is_file() and readme.read_bytes().partition(b"\n")[0].strip() == _TITLE.encode():
        return
    there = [name for name in names if (folder / name).exists()]
    if there:
        raise ParameterError(
            f"{folder.resolve().name} holds files that are not a sample's: {', '.join(there)}; "
            "they would be replaced: give an empty or a new folder"
        )


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Give a name to write under; the file gets its own name once it is whole, or goes."""
    partial = path.with_name(path.name + ".part")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _write_table(path: Path, table: str, sample: Sample) -> None:
    if sample.copies == 1:
        return _write_text(path, csv_text(table, sample.tables[table]))
    with _whole(path) as partial:
        write_copies(sample, table, partial)
    return None


def _write_text(path: Path, text: str) -> None:
    with _whole(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


def _readme(sample: Sample, recipe: Recipe) -> str:
    tables, small = sample.tables, sample.recipe
    truth = planted(accounts=small.accounts, years=small.years, seed=small.seed)
    rows = [
        f"| {name} | {CONTRACTS[name].grain} | {len(table) * sample.times(name):,} |"
        for name, table in tables.items()
    ]
    days = tables["order_lines"].ordered_at
    asked = {name: number for name, number in asdict(recipe).items() if number is not None}
    return package_text("readme.md").format(
        command=" ".join(["kam sample DIR", *(f"--{name} {number}" for name, number in asked.items())]),
        tables="\n".join(rows),
        first=f"{days.min():%Y-%m-%d}",
        last=f"{days.max():%Y-%m-%d}",
        key_accounts=f"{int(tables['accounts'].is_key.sum()) * sample.companies:,}",
        copies=package_text("copies.md").format(sample=sample) if sample.copies > 1 else "",
        planted=truth,
        effect=f"{-truth.satisfaction_effect:.1f}",
        count={name: len(value) for name, value in vars(truth).items() if isinstance(value, Sized)},
    )
