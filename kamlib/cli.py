"""`kam`: what is typed in a terminal, handed on to the library."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kamlib import __version__
from kamlib.errors import KamError, PlanError, RunLockedError

if TYPE_CHECKING:
    from kamlib.publish.ledger import JobRecord
    from kamlib.publish.plan import Job
    from kamlib.publish.runner import RunResult

_EXIT_FAULT, _EXIT_LOCKED, _EXIT_INTERRUPTED = 2, 3, 130
_PROJECT_PLAN = Path("notebooks/plan.toml")


def _plan_there(ctx: click.Context, _: click.Parameter, plan: Path) -> Path:
    """Return the plan; where none is named, the project's must be there."""
    if plan == _PROJECT_PLAN and not plan.exists():
        raise PlanError(
            f"there is no {_PROJECT_PLAN.as_posix()} here: change to the project's folder, "
            f"or name a plan: kam {ctx.info_name} PLAN"
        )
    return plan


_PLAN = click.argument(
    "plan",
    type=click.Path(path_type=Path, dir_okay=False),
    default=_PROJECT_PLAN,
    callback=_plan_there,
)


class _Kam(click.Group):
    """A fault that a person can mend is told in its own words, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except RunLockedError as fault:
            _stop(str(fault), _EXIT_LOCKED)
        except KamError as fault:
            _stop(str(fault), _EXIT_FAULT)
        except KeyboardInterrupt:
            _stop("stopped; `--resume` goes on from here", _EXIT_INTERRUPTED)


@click.group(cls=_Kam, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kam")
def main() -> None:
    """Key account analytics: notebooks that become a manager's reports."""


@main.command()
@_PLAN
@click.option("--source", metavar="SOURCE", help="Folder, source.toml, DuckDB file or database, for all.")
@click.option("--as-of", metavar="DATE", help="The last day that counts, such as 2013-11-30, or latest.")
@click.option(
    "--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter, for all that have it."
)
@click.option("--only", metavar="GLOB", help="Only the reports whose name matches, such as 'pareto/*'.")
@click.option(
    "--jobs", type=click.IntRange(min=1), default=min(4, os.cpu_count() or 1), show_default="cores, 4 at most"
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("reports"), show_default=True
)
@click.option("--resume", is_flag=True, help="Go on with the newest unfinished run of this plan.")
@click.option("--dry-run", is_flag=True, help="Check everything, show what would run, touch nothing.")
@click.option("--no-index", is_flag=True, help="Leave index.html as it is.")
def run(plan: Path, dry_run: bool, no_index: bool, **options: Any) -> None:
    """Run the reports of PLAN and publish their pages.

    Exit code: 0 all good or cannot tell, 1 one failed, 2 a fault before the start, 3 another run
    holds the reports folder, 130 stopped by Ctrl-C or SIGTERM.
    """
    # nbformat imports jsonschema, which builds the grammar of international URLs: 1.8 of the 2.2 s that
    # `import nbformat` takes here. A notebook's schema asks for no such format; jsonschema goes on without.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from kamlib.publish.runner import run_plan

    signal.signal(
        signal.SIGTERM, signal.default_int_handler
    )  # a scheduler's end is a Ctrl-C: kernels end too
    with _progress(is_quiet=dry_run) as report_progress:
        done = run_plan(plan, dry_run=dry_run, index=not no_index, report_progress=report_progress, **options)
    if dry_run:
        click.echo("\n".join(_planned_lines(done.planned)))
        return
    click.echo("\n".join(_result_lines(done)))
    if done.fault:
        click.echo(done.fault, err=True)
    raise SystemExit(done.exit_code)


@main.command("list")
@_PLAN
def list_(plan: Path) -> None:
    """Show the reports of PLAN and the parameters of their notebooks."""
    from kamlib.publish.plan import read_plan

    for report in read_plan(plan):
        click.echo(report.name)
        rows = [(one.name, one.annotation, repr(one.default), one.help) for one in report.parameters]
        for line in _columns(rows):
            click.echo(f"  {line}")


@main.command()
@click.argument("source")
def check(source: str) -> None:
    """Check the tables of SOURCE."""
    from kamlib.data.examining import checked_source_text

    click.echo(checked_source_text(source))


@main.command("map")
@click.argument("file")
def map_(file: str) -> None:
    """Draft a source.toml for FILE, an export with columns of its own."""
    from kamlib.data.mapping import drafted_source

    click.echo(drafted_source(file), nl=False)


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--accounts",
    type=click.IntRange(min=20),
    default=None,
    show_default="320, or one for each 500 lines",
    help="How many accounts.",
)
@click.option(
    "--years", type=click.IntRange(2, 20), default=4, show_default=True, help="How many years of orders."
)
@click.option(
    "--lines",
    type=click.IntRange(min=20),
    show_default="as many as such a company has",
    help="About how many order lines; one an account or more. Beyond a million, the tables are Parquet.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Same seed, same company."
)
def sample(folder: Path, **options: int | None) -> None:
    """Write the tables of a made-up company into DIR."""
    from kamlib.data.sample import write_sample

    given = {name: value for name, value in options.items() if value is not None}
    for path in write_sample(folder, **given):
        click.echo(path)


def _stop(text: str, exit_code: int) -> None:
    click.echo(text, err=True)
    raise SystemExit(exit_code)


@contextmanager
def _progress(*, is_quiet: bool) -> Iterator[Any]:
    """Yield what shows the ledger's lines: a bar on a terminal, else plain lines."""
    if is_quiet or not sys.stderr.isatty():
        yield (lambda line: None) if is_quiet else _print_line
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    look = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*look, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def show(line: Mapping[str, Any]) -> None:
            if line["event"] == "run started":
                bar.update(task, total=len(line["reports"]))
            elif line["event"] == "job started":
                bar.update(task, description=line["report"])
            elif line["event"] == "job ended":
                bar.advance(task)

        yield show


def _print_line(line: Mapping[str, Any]) -> None:
    said = {"job started": "started {report}", "job ended": "{state}: {report}, {seconds:.1f} s"}
    if line["event"] in said:
        click.echo(said[line["event"]].format(**line), err=True)


def _planned_lines(planned: Sequence[Job]) -> Iterator[str]:
    for place, job in enumerate(planned, 1):
        after = f"  (after {', '.join(job.after)})" if job.after else ""
        yield f"{place}. {job.report}{after}"
        yield from (f"     {name} = {value!r}" for name, value in job.parameters.items())


def _result_lines(done: RunResult) -> list[str]:
    rows = [(one.state, one.report, f"{one.seconds:.1f} s", _one_line(one)) for one in done.records]
    last = done.index or done.folder
    return [*_columns(rows), str(last)]


def _one_line(record: JobRecord) -> str:
    said = record.error or next((str(one.get("sentence", "")) for one in record.findings), "")
    missed = f" (after {', '.join(record.after_failed)}, which failed)" if record.after_failed else ""
    return said + missed


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = ([cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows)
    return ["  ".join(cells).rstrip() for cells in padded]


if __name__ == "__main__":
    main()
