"""Measure what a night's run is made of, and how often a survey's range holds the truth; print both.

    make bench                      everything: about half an hour on two cores
    make bench ARGS="accounts open" these parts only, the rows of others stay; --list says which there are
    make bench ARGS="--small"       a hundredth of the lines, once each, for CI

Peers of one part take turns (A B C A B C …), each time in a process of its own, so that memory is
its own; imports are not timed. A first round does not count: it warms the file cache, and the
account tables that it gives are compared before anything is measured. Where a survey's range holds
the truth less often than it should, the end is a fault (1).
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pandas as pd
from answers import is_as_likely, unequal_columns
from covered import DRAWS, coverage_table, missed_bands
from histories import CDNOW, cdnow_file, customers_file, scores_file
from lifetimes_environment import lifetimes_python
from source import last_day, lines_file, sample_folder
from survey_wave import wave_folder
from turns import Peer, Turns, in_one_process, in_turns
from written import coverage_text, result_text

ROOT = Path(__file__).resolve().parents[1]
MILLION = 1_000_000
SQL = Peer("sql", "hand-written SQL, DuckDB", is_yardstick=True)
OURS = Peer("kamlib_duckdb", "kamlib on DuckDB", exact=True)
Rows = Iterator[tuple[str, list[Turns]]]


class Bench:
    """The parts, at full size or at a hundredth of it."""

    def __init__(self, folder: Path, *, small: bool) -> None:
        self.folder, self.share, self.runs = folder, 100 if small else 1, 1 if small else 5
        self.small, self.ranges = small, pd.DataFrame()
        self.account_tables = cache(self._account_tables)

    def accounts(self) -> Rows:
        """Measure the account table from 10 M lines, by all peers."""
        yield self.account_tables(10)

    def large(self) -> Rows:
        """Measure the account table from 100 M lines of 200,000 accounts, against the SQL."""
        yield self.account_tables(100)

    def growth(self) -> Rows:
        """Measure the account table from 1 M lines, to set beside 10 M and 100 M."""
        yield self.account_tables(1)

    def open(self) -> Rows:
        """Measure how long a source takes to open and check: CSV of 1 M lines, Parquet of 10 M."""
        for millions in (1, 10):
            source = sample_folder(self.folder, lines=millions * MILLION // self.share)
            opened = Peer("opening", f"open_source, {self._lines(millions)}")
            yield f"open and check ({self._kind(source)})", self._taken([opened], source)

    def reports(self) -> Rows:
        """Run all reports over the sample, and their pages."""
        out, sample = self.folder / "reports", ROOT / "data" / "sample"
        options = ["--only", "pareto/concentration"] if self.small else []
        what = "kam run, one report" if self.small else "kam run, all reports"
        batch = Peer("batch", what, arguments=("--source", str(sample), *options))
        yield "reports of the sample", self._taken([batch], out)
        yield "pages of the sample", self._taken([Peer("pages", "their pages, from executed notebooks")], out)

    def analyses(self) -> Rows:
        """Measure each analysis of the pareto reports over 200,000 accounts."""
        accounts = 200_000 // self.share
        source = sample_folder(self.folder, lines=10 * accounts, accounts=accounts)
        taken = in_one_process("analyses", str(source), last_day(self.folder).isoformat(), str(self.runs))
        yield f"analysis of {accounts:,} accounts", taken

    def survey(self) -> Rows:
        """Measure what the survey reports work out of 100,000 contacts' answers to 30 questions."""
        contacts = 100_000 // self.share
        taken = in_one_process("survey", str(wave_folder(self.folder, contacts=contacts)), str(self.runs))
        yield f"survey of {contacts:,} contacts", taken

    def churn(self) -> Rows:
        """Measure EMPC of a million scores, and the report of the churn model over 50,000 accounts."""
        count, accounts = MILLION // self.share, 50_000 // self.share
        yield (
            f"EMPC, {count:,} scores",
            self._taken([Peer("empc", "kamlib")], scores_file(self.folder, count)),
        )
        source = sample_folder(self.folder, lines=100 * accounts, accounts=accounts)
        options = ("--source", str(source), "--only", "churn/churn_model")
        report = Peer("batch", "kam run --only churn/churn_model", arguments=options)
        runs = min(self.runs, 3)
        taken = self._taken([report], self.folder / "churn", runs=runs)
        yield f"churn model of {accounts:,} accounts, {runs} run{'s' * (runs > 1)}", taken

    def lifetime(self) -> Rows:
        """Measure the fit of BG/NBD, on CDNOW's customers and on a million, against lifetimes."""
        python, reason = ("", "not with --small") if self.small else lifetimes_python(self.folder)
        theirs = {"python": python, "absent": reason, "is_yardstick": True}
        peers = [Peer("bg_nbd_lifetimes", "lifetimes 0.11.3", **theirs), Peer("bg_nbd_kamlib", "kamlib")]
        tiny, many = (customers_file(self.folder, count) for count in (1000, MILLION // self.share))
        for path in [cdnow_file(self.folder), many] if CDNOW.is_file() else [many]:
            taken = self._taken(peers, path, tiny)
            if not is_as_likely(path, *(one.answer for one in reversed(taken))):
                raise SystemExit("kamlib's BG/NBD is less likely than that of lifetimes")
            yield f"BG/NBD, {len(pd.read_parquet(path)):,} customers", taken

    def coverage(self) -> Rows:
        """Draw samples of a known company, and count how often a survey's ranges hold the truth."""
        self.ranges = coverage_table(250 if self.small else DRAWS)
        yield from ()

    def _account_tables(self, millions: int) -> tuple[str, list[Turns]]:
        lines = millions * MILLION // self.share
        path = lines_file(self.folder, lines=lines, accounts=max(20, lines // 500))
        peers = [SQL, OURS, *(self._others() if millions == 10 else [])]
        tiny = lines_file(self.folder, lines=1000, accounts=20)
        taken = self._taken(peers, path, tiny)
        for other in taken[1:]:
            if found := unequal_columns(taken[0].answer, other.answer, exact=other.peer.exact):
                raise SystemExit(f"{other.peer.says}: not the SQL's answer in {', '.join(found)}")
        return f"account table, {self._lines(millions)}", taken

    def _others(self) -> list[Peer]:
        python, reason = ("", "not with --small") if self.small else lifetimes_python(self.folder)
        return [
            Peer("kamlib_polars", "kamlib on Polars", exact=True),
            Peer("polars_by_hand", "hand-written Polars"),
            Peer("pandas_by_hand", "hand-written pandas"),
            Peer("lifetimes_summary", "lifetimes 0.11.3: three columns only", python=python, absent=reason),
        ]

    def _taken(self, peers: list[Peer], path: Path, tiny: Path | str = "", *, runs: int = 0) -> list[Turns]:
        day = last_day(self.folder)
        return in_turns(peers, (path, tiny), day, runs=runs or self.runs, answers=self.folder)

    def _lines(self, millions: int) -> str:
        return f"{millions * MILLION // self.share:,} lines"

    def _kind(self, source: Path) -> str:
        return next(source.glob("order_lines.*")).suffix.removeprefix(".")


def main() -> None:
    names = (
        *("accounts", "large", "growth", "open", "analyses"),
        *("lifetime", "churn", "survey", "coverage", "reports"),
    )
    parts = {name: getattr(Bench, name) for name in names}
    chosen = arguments(parts)
    if chosen.list:
        print("\n".join(f"{name:10}{part.__doc__}" for name, part in parts.items()))
        return
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), small=chosen.small)
        measured = [one for name in chosen.parts or parts for one in parts[name](bench)]
    earlier = chosen.out.read_text(encoding="utf-8") if chosen.out.is_file() and chosen.parts else ""
    text = result_text(measured, runs=bench.runs, earlier=earlier) + coverage_text(bench.ranges, earlier)
    chosen.out.write_text(text, encoding="utf-8")
    print(text)
    if missed := missed_bands(bench.ranges):
        raise SystemExit("\n".join(missed))


def arguments(parts: dict[str, Callable[[Bench], Rows]]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(parts)}; none = all")
    parser.add_argument("--small", action="store_true", help="a hundredth of the lines, once each, for CI")
    parser.add_argument("--list", action="store_true", help="say what the parts are")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results.md")
    chosen = parser.parse_args()
    if unknown := [name for name in chosen.parts if name not in parts]:
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(parts)}")
    return chosen


if __name__ == "__main__":
    main()
