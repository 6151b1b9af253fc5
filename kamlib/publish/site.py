"""The manager's first screen: what needs a decision, and how every report stands."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kamlib import __version__
from kamlib.display import theme
from kamlib.display.findings import value_text
from kamlib.publish.dress import SEVERITIES, rendered, tile, told, without_paths
from kamlib.publish.files import write_whole
from kamlib.publish.ledger import RUN_TIME_FORMAT, JobRecord, Standing, last_good

FINDINGS_SHOWN = 7
TILES_SHOWN = 5
_IN_WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven")
_FILTERS = {"industry": "industry", "region": "region", "manager": "account manager"}
_CELL = re.compile(r" in cell \d+\b")
_CLASS_NAME = re.compile(r"^(the kernel could not go on: )?\w+:\s*")
_WITHOUT_NUMBER = {"act": "Act", "watch": "Watch", "unknown": "Not known", "info": "Good to know"}


@dataclass(frozen=True)
class _Find:
    """A finding, and the report it comes from."""

    standing: Standing
    record: JobRecord
    finding: dict[str, Any]

    @property
    def rank(self) -> tuple[int, float]:
        """The most urgent first, then the most money a year; the plan's order decides the rest."""
        return SEVERITIES.index(self.finding["severity"]), -abs(self.finding["money_per_year"] or 0)


def write_index(out: Path) -> Path:
    """Write `index.html` of a reports folder by rename, from the ledgers of its runs.

    A report that failed keeps its last good page, and says since when it fails.

    Parameters
    ----------
    out
        The reports folder.

    Returns
    -------
    Path
        Of the index.
    """
    index = out / "index.html"
    write_whole(index, index_html(last_good(out)).encode())
    return index


def index_html(standings: dict[str, Standing]) -> str:
    """Return the index as HTML.

    Parameters
    ----------
    standings
        By report: how it ended last, and its newest page.
    """
    days = [day for standing in standings.values() if (day := _data_to(standing.good))]
    newest = max((standing.newest.run for standing in standings.values()), default="")
    finds = sorted(_finds(standings.values()), key=lambda find: find.rank)[:FINDINGS_SHOWN]
    covers = {cover for standing in standings.values() if (cover := _cover(standing.good))}
    common = covers.pop() if len(covers) == 1 else ""
    listed = {find.finding["sentence"] for find in finds}
    reports = [_report(report, standing, common, listed) for report, standing in standings.items()]
    return rendered(
        "index.html",
        version=__version__,
        title=_title(max(days, default=""), finds),
        cover=common,
        failed=_failed(list(standings.values())),
        data_to=max(days, default=""),
        run_on=theme.day(dt.datetime.strptime(newest, RUN_TIME_FORMAT)) if newest else "",
        shown_tiles=_tiles([standing.good for standing in standings.values() if standing.good]),
        finds=[_shown(find) for find in finds],
        finds_heading=_heading(len(finds)),
        reports=reports,
        has_lines=any(report["line"] for report in reports),
    )


def _title(last_day: str, finds: list[_Find]) -> str:
    month = f"{theme.month(dt.date.fromisoformat(last_day))}: " if last_day else ""
    is_urgent = any(find.finding["severity"] in ("act", "watch") for find in finds)
    title = "what needs a decision" if is_urgent else "what the reports say"
    return month + title if month else title.capitalize()


def _heading(count: int) -> str:
    return "One finding" if count == 1 else f"{_IN_WORDS[count]} findings, the most urgent first"


def _finds(standings: Iterable[Standing]) -> list[_Find]:
    """Return the findings worth the first screen: each lead, and whatever asks for something."""
    finds = []
    for standing in standings:
        said = [finding for finding in _said(standing.good) if not finding["label"] and finding["sentence"]]
        asks = [finding for finding in said[1:] if finding["severity"] in ("act", "watch")]
        finds += [_Find(standing, standing.good, one) for one in [*said[:1], *asks] if standing.good]
    return finds


def _said(record: JobRecord | None) -> list[dict[str, Any]]:
    return [told(finding) for finding in record.findings] if record else []


def _tiles(shown: list[JobRecord]) -> list[dict[str, str]]:
    """Return the tiles: what must be acted on, then each report's first before any's second."""
    every = [
        (place, record, said)
        for record in shown
        for place, said in enumerate(one for one in _said(record) if one["label"])
    ]
    chosen: dict[str, tuple[int, JobRecord, dict[str, Any]]] = {}
    for one in sorted(every, key=lambda one: (one[2]["severity"] != "act", one[0])):
        chosen.setdefault(one[2]["label"], one)  # two reports may tell the same number
    kept = list(chosen.values())[:TILES_SHOWN]
    in_order = [(record, said) for place, record, said in every if (place, record, said) in kept]
    return [tile(said, record.page) | {"data_to": _data_to(record)} for record, said in in_order]


def _shown(find: _Find) -> dict[str, Any]:
    finding, record = find.finding, find.record
    is_unknown = finding["severity"] == "unknown"
    amount, label = _amount(finding)
    whom = finding["owner"] or record.audience
    said = [finding["sentence"]] if is_unknown else [finding["action"]]
    since = find.standing.failed_since
    said += [f"For: {whom}."] if whom else []
    said += [f"Failed since {theme.day(since)}; {_shown_instead(record)}."] if since else []
    return {
        "amount": amount,
        "amount_label": label,
        "severity": finding["severity"],
        "sentence": (record.question if is_unknown else "") or finding["sentence"],
        "text": " ".join(filter(None, said)),
        "data_to": "" if since else _data_to(record),
        "href": record.page + (f"#{finding['evidence']}" if finding["evidence"] else ""),
    }


def _amount(finding: dict[str, Any]) -> tuple[str, str]:
    """Return the number that stands beside a finding, and what it is."""
    kind = "" if finding["kind"] == "fact" else finding["kind"]
    if finding["severity"] != "unknown" and finding["money_per_year"] is not None:
        amount = theme.money(finding["money_per_year"], finding["currency"], million=" m")
        return amount, ", ".join(filter(None, ("a year", kind)))
    if finding["severity"] != "unknown" and finding["number"] is not None:
        return value_text(finding), kind
    return _WITHOUT_NUMBER[finding["severity"]], ""


def _report(report: str, standing: Standing, common: str, listed: set[str]) -> dict[str, str | None]:
    """Return a report's row; what stands among the findings above is not said again: its line is None."""
    good, newest = standing.good, standing.newest
    state: str = newest.state
    if standing.failed_since:
        state = f"failed since {theme.day(standing.failed_since)}"
        line: str | None = _failure(newest, good)
    else:
        lead = next((said["sentence"] for said in _said(newest) if not said["label"]), "")
        line = None if lead in listed else lead
    cover = _cover(good)
    return {
        "question": newest.title or (good or newest).question or report,
        "cover": cover if cover != common else "",
        "href": good.page if good else "",
        "state": state,
        "state_class": newest.state.replace(" ", "-"),
        "data_to": _data_to(good),
        "line": line,
    }


def _failed(standings: list[Standing]) -> str:
    failed = [standing for standing in standings if standing.newest.state == "failed"]
    if not failed:
        return ""
    is_one = len(failed) == 1
    of_all = f"{len(failed)} of {theme.counted(len(standings), 'report')}"
    when = "when it last ran" if is_one else "when they last ran"
    stands_in = f"the last good page stands in for {'it' if is_one else 'each that has one'}"
    shown = stands_in if any(standing.good for standing in failed) else "there is no earlier page"
    return f"{of_all} failed {when}; {shown}."


def _failure(newest: JobRecord, good: JobRecord | None) -> str:
    why = _reason(newest.error)
    return f"{why} {_first_upper(_shown_instead(good)) if good else 'There is no earlier page'}."


def _reason(error: str) -> str:
    """Return why a report failed, for a reader who knows no Python: the ledger keeps the rest."""
    why = _CLASS_NAME.sub(r"\1", _CELL.sub("", without_paths(error))).strip()
    why = why if " " in why else f"it stopped at {why}" if why else "it gave no reason"
    return _first_upper(why if why.endswith((".", "…")) else f"{why}.")


def _shown_instead(good: JobRecord) -> str:
    made = theme.day(dt.datetime.strptime(good.run, RUN_TIME_FORMAT))
    to = f", data to {theme.day(_data_to(good))}" if _data_to(good) else ""
    return f"showing the report of {made}{to}"


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cover(record: JobRecord | None) -> str:
    """Return what a report covers: its source, and the accounts it was narrowed to."""
    source = (record.source or {}) if record else {}
    name, filters = source.get("name"), source.get("filters")
    chosen = filters if isinstance(filters, dict) else {}
    only = [
        f"{label} {', '.join(map(str, chosen[key]))}" for key, label in _FILTERS.items() if chosen.get(key)
    ]
    narrowed = f"only {'; '.join(only)}" if only else ""
    return " · ".join(filter(None, (name if isinstance(name, str) else "", narrowed)))


def _data_to(record: JobRecord | None) -> str:
    """Return the last day of a report's data, as an ISO date; empty where it is not told."""
    source = (record.source or {}) if record else {}
    try:
        return dt.date.fromisoformat(source.get("data_to", source.get("as_of", ""))).isoformat()
    except (TypeError, ValueError):
        return ""
