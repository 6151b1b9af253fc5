"""The sample as a folder: one CSV a table, a source.toml, and a README."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from kamlib.data.contracts import CONTRACTS
from kamlib.data.sample.planted import Planted, planted
from kamlib.data.sample.tables import sample_tables
from kamlib.errors import ParameterError, SourceError

_TITLE = "# The sample company"  # the README's first line, by which a folder is known as made by this
_DECIMALS = {"hours_per_month": 0, "time_share": 3, "quantity": 0}


def write_sample(
    folder: Path | str, *, accounts: int = 320, years: int = 4, lines: int | None = None, seed: int = 1
) -> list[Path]:
    """Write the sample company as a source that `kam --source FOLDER` can open.

    Each file is written under another name first and then renamed, so a run that is stopped
    leaves no half file behind. Equal numbers give equal bytes, on any machine.

    Parameters
    ----------
    folder
        Where to; made if it is not there. A sample that lies there is made anew; files of the same
        names that are not a sample's are never replaced.
    accounts, years, lines, seed
        As for `sample_tables`.

    Returns
    -------
    list of Path
        The files written: `README.md`, a CSV for each table, `source.toml`.

    Raises
    ------
    ParameterError
        A number is out of its range, or the folder holds files of others; nothing is written.
    SourceError
        The folder cannot be written to.
    """
    tables = sample_tables(accounts=accounts, years=years, lines=lines, seed=seed)
    truth = planted(accounts=accounts, years=years, seed=seed)
    command = f"kam sample DIR --accounts {accounts} --years {years}"
    command += f" --seed {seed}" if lines is None else f" --lines {lines} --seed {seed}"
    # The README comes first: by it, a run that was stopped may be done again.
    files = {"README.md": _readme(tables, truth, command)}
    files |= {f"{name}.csv": csv_text(name, table) for name, table in tables.items()}
    files["source.toml"] = _source_toml(tables)
    folder = Path(folder)
    try:
        _refuse_files_of_others(folder, list(files))
        folder.mkdir(parents=True, exist_ok=True)
        return [_written(folder / name, text) for name, text in files.items()]
    except OSError as fault:
        raise SourceError(
            f"cannot write the sample to {folder}: {fault.strerror}; give another folder"
        ) from fault


def csv_text(name: str, table: pd.DataFrame) -> str:
    r"""Return a table as CSV: ISO dates, true and false, money with two decimals, LF line ends.

    Examples
    --------
    >>> lines = pd.DataFrame({"order_id": ["O1"], "quantity": [3], "net_amount": [12.5]})
    >>> csv_text("order_lines", lines)
    'order_id,quantity,net_amount\nO1,3,12.50\n'
    """
    columns = {column: _as_text(name, column, cells) for column, cells in table.items()}
    text = pd.DataFrame(columns).to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    return str(text)


def _as_text(table: str, column: str, cells: pd.Series) -> pd.Series:
    kind = CONTRACTS[table].columns[column].kind
    if kind == "money" or (kind == "number" and column in _DECIMALS):
        decimals = _DECIMALS.get(column, 2)
        return cells.map(f"{{:.{decimals}f}}".format, na_action="ignore")
    if kind == "date":
        return cells.dt.strftime("%Y-%m-%d")
    if kind == "flag":
        return cells.map({True: "true", False: "false"})
    return cells


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


def _written(path: Path, text: str) -> Path:
    partial = path.with_name(path.name + ".part")
    partial.write_text(text, encoding="utf-8", newline="\n")
    return partial.replace(path)


def _source_toml(tables: dict[str, pd.DataFrame]) -> str:
    parts = [f'[{name}]\npath = "{name}.csv"\n' for name in tables]
    return "\n".join(['currency = "USD"\n', *parts])


def _readme(tables: dict[str, pd.DataFrame], truth: Planted, command: str) -> str:
    rows = [
        f"| {name} | {CONTRACTS[name].grain} | {len(table):,} |" for name, table in tables.items()
    ]  # fmt: skip
    days = tables["order_lines"].ordered_at
    return f"{_TITLE}\n" + _README.format(
        command=command,
        tables="\n".join(rows),
        first=f"{days.min():%Y-%m-%d}",
        last=f"{days.max():%Y-%m-%d}",
        key_accounts=int(tables["accounts"].is_key.sum()),
        leavers=len(truth.left_on),
        silent=len(truth.left_silently),
        decoys=len(truth.decoys),
        giants=len(truth.giants),
        risers=len(truth.risers),
        faders=len(truth.faders),
        seasonal=len(truth.seasonal),
        irregular=len(truth.irregular),
        groups=len(truth.groups),
        **{wave: f"{value:.2f}" for wave, value in truth.satisfaction.items()},
        effect=f"{-truth.satisfaction_effect:.1f}",
    )


_README = """\

A made-up maker of flexible packaging: films, pouches, bags, lidding, labels and new recyclable and
compostable materials, sold to firms in food, snacks, coffee, pet food, frozen food, dairy, pharma,
cosmetics and detergents in seven regions. **Everything here is fictional**: the company, its
customers, the people and the figures. Any likeness to a real firm or person is chance.

Orders from {first} to {last}; all amounts in USD, without tax. {key_accounts} accounts are key accounts.

| table | grain | rows |
|---|---|---:|
{tables}

Columns are those of `kamlib.data.contracts`; `source.toml` lists the tables.

## How it was made

    {command}

Equal numbers give equal bytes. Each table draws from its own random numbers, so a new table changes
none of the others. Do not edit the files: change `kamlib/data/sample/` and run the command again.

## What was planted

No table names these accounts. `kamlib.data.sample.planted` does, for the tests.

- {leavers} accounts leave for good, in every half-year. Most announce it, none of them fully: they
  order more slowly, less at a time, fewer products, at a creeping discount. {silent} give no sign.
- {decoys} decoys: the same signs, a long pause, or both; then they go on as before.
- {giants} thin-margin giants: among the largest by sales, at a gross margin of 1 to 5% (usual: 18 to 30%).
- {risers} risers and {faders} faders: three to six times up or down over the whole period.
- Each account has its own rhythm, from a week to four months between orders; {irregular} have none to
  speak of, and {seasonal} buy in one part of the year only.
- {groups} groups of two to six firms (`parent_id`). One of them brings more than 10% of sales while none
  of its firms does.
- One product is new in March 2024 and grows.
- Two survey waves, a stratified random sample of the key accounts each. Had everybody answered, the
  mean of *overall* to be expected is {W2024} in 2024 and {W2025} in 2025. Accounts that leave within a
  year of the wave are less content, by {effect} standard deviations; the less content answer less often.
- As in life: returns (quantity below zero), free goods (net 0), discounts, empty cells, accounts still
  marked as active though gone, key accounts without a manager, comments with `<`, `&`, quotes and a formula.
"""
