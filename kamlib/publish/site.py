"""The manager's first screen: what needs a decision, and how every report stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kamlib import __version__
from kamlib.display import theme
from kamlib.display.findings import value_text
from kamlib.publish.dress import SEVERITIES, rendered, tile, told, without_paths
from kamlib.publish.ledger import RUN_TIME_FORMAT, JobRecord, Standing, last_good

FINDINGS_SHOWN = 7
TILES_SHOWN = 5
_IN_WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven")
_WITHOUT_NUMBER = {"act": "Act", "watch": "Watch", "unknown": "Not known", "info": "Good to know"}


@dataclass(frozen=True)
class _Index:
    """What the index shows, in order."""

    title: str
    data_to: str
    run_on: str
    tiles: list[dict[str, str]]
    finds: list[dict[str, Any]]
    finds_heading: str
    reports: list[dict[str, str]]


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
    index, half = out / "index.html", out / "index.html.part"
    half.write_text(index_html(last_good(out)), encoding="utf-8", newline="\n")
    return half.replace(index)


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
    index = _Index(
        title=_title(max(days, default=""), finds),
        data_to=theme.day(max(days)) if days else "",
        run_on=theme.day(dt.datetime.strptime(newest, RUN_TIME_FORMAT)) if newest else "",
        tiles=_tiles([standing.good for standing in standings.values() if standing.good]),
        finds=[_shown(find) for find in finds],
        finds_heading=_heading(len(finds)),
        reports=[_report(report, standing) for report, standing in standings.items()],
    )
    return rendered("index.html", index=index, version=__version__)


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
    return [tile(said, record.page) for place, record, said in every if (place, record, said) in kept]


def _shown(find: _Find) -> dict[str, Any]:
    finding, record = find.finding, find.record
    is_unknown = finding["severity"] == "unknown"
    amount, label = _amount(finding)
    whom = finding["owner"] or record.audience
    said = [finding["sentence"]] if is_unknown else [finding["action"]]
    since = find.standing.failed_since
    said += [f"For: {whom}."] if whom else []
    said += [f"As of {theme.day(_data_to(record))}: the report has failed since."] if since else []
    return {
        "amount": amount,
        "amount_label": label,
        "severity": finding["severity"],
        "sentence": (record.question if is_unknown else "") or finding["sentence"],
        "text": " ".join(filter(None, said)),
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


def _report(report: str, standing: Standing) -> dict[str, str]:
    good, newest = standing.good, standing.newest
    state: str = newest.state
    if standing.failed_since:
        state = f"failed since {theme.day(standing.failed_since)}"
        line = _failure(newest, good)
    else:
        line = next((said["sentence"] for said in _said(newest) if not said["label"]), "")
    return {
        "question": newest.title or (good or newest).question or report,
        "href": good.page if good else "",
        "state": state,
        "state_class": newest.state.replace(" ", "-"),
        "data_to": theme.day(_data_to(good)),
        "line": line,
    }


def _failure(newest: JobRecord, good: JobRecord | None) -> str:
    why = without_paths(newest.error)
    why = why if why.endswith((".", "…")) or not why else f"{why}."
    if not good:
        return f"{why} There is no earlier page."
    return f"{why} Showing {theme.day(_data_to(good)) if _data_to(good) else 'the last good page'}."


def _data_to(record: JobRecord | None) -> str:
    """Return the last day of a report's data, as an ISO date; empty where it is not told."""
    day = (record.source or {}).get("as_of", "") if record else ""
    try:
        return dt.date.fromisoformat(day).isoformat()
    except (TypeError, ValueError):
        return ""
