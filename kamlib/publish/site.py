"""The manager's first screen: what needs a decision, and how every report stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kamlib import __version__
from kamlib.display import theme
from kamlib.display.findings import value_text
from kamlib.publish.dress import rendered, tile
from kamlib.publish.ledger import RUN_TIME_FORMAT, JobRecord, Standing, last_good

FINDINGS_SHOWN = 7
TILES_PER_REPORT = 2
_SEVERITIES = ("act", "watch", "unknown", "info")


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
    half.write_text(index_html(last_good(out)), encoding="utf-8")
    return half.replace(index)


def index_html(standings: dict[str, Standing]) -> str:
    """Return the index as HTML.

    Parameters
    ----------
    standings
        By report: how it ended last, and its newest page.
    """
    shown = [standing.good for standing in standings.values() if standing.good]
    days = [record.source["as_of"] for record in shown if record.source]
    newest = max((standing.newest.run for standing in standings.values()), default="")
    finds = _ranked([(record, finding) for record in shown for finding in _findings(record)])
    tiles = [tile(finding) for record in shown for finding in _tiles(record)]
    index = _Index(
        title=f"{theme.month(dt.date.fromisoformat(max(days)))}: what needs a decision"
        if days
        else "Key accounts",
        data_to=theme.day(max(days)) if days else "",
        run_on=theme.day(dt.datetime.strptime(newest, RUN_TIME_FORMAT)) if newest else "",
        tiles=tiles,
        finds=[_find(record, finding) for record, finding in finds[:FINDINGS_SHOWN]],
        finds_heading=f"{theme.counted(min(len(finds), FINDINGS_SHOWN), 'finding')}, the most urgent first",
        reports=[_report(report, standing) for report, standing in standings.items()],
    )
    return rendered("index.html", index=index, version=__version__)


def _findings(record: JobRecord) -> list[dict[str, Any]]:
    """Return the findings worth the first screen: the lead, and whatever asks for something."""
    said = [finding for finding in record.findings if not finding.get("label")]
    return [
        finding for i, finding in enumerate(said) if i == 0 or finding.get("severity") in ("act", "watch")
    ]


def _tiles(record: JobRecord) -> list[dict[str, Any]]:
    return [finding for finding in record.findings if finding.get("label")][:TILES_PER_REPORT]


def _ranked(finds: list[tuple[JobRecord, dict[str, Any]]]) -> list[tuple[JobRecord, dict[str, Any]]]:
    """Most urgent first, then the most money a year; the plan's order decides the rest."""

    def rank(find: tuple[JobRecord, dict[str, Any]]) -> tuple[int, float]:
        severity = find[1].get("severity", "info")
        return _SEVERITIES.index(severity), -abs(find[1].get("money_per_year") or 0)

    return sorted(finds, key=rank)


def _find(record: JobRecord, finding: dict[str, Any]) -> dict[str, Any]:
    money = finding.get("money_per_year")
    if finding.get("severity") == "unknown":
        amount, label = "Not known", ""
    elif money is not None:
        amount, label = theme.money(money, finding.get("currency", "")), f"a year, {finding['kind']}"
    elif finding.get("number") is not None:
        amount, label = value_text(finding), finding["kind"]
    else:
        amount, label = "", finding["kind"]
    return {
        "amount": amount,
        "amount_label": label,
        "severity": finding.get("severity", "info"),
        "sentence": finding["sentence"],
        "action": finding.get("action", ""),
        "href": record.page + (f"#{finding['evidence']}" if finding.get("evidence") else ""),
    }


def _report(report: str, standing: Standing) -> dict[str, str]:
    good, newest = standing.good, standing.newest
    state = newest.state
    if standing.failed_since:
        state_text = f"failed since {theme.day(standing.failed_since)}"
        line = newest.error + (f" Showing {theme.day(_data_to(good))}." if good and _data_to(good) else "")
    else:
        state_text, line = state, _first_sentence(newest)
    return {
        "question": (good or newest).question or report,
        "href": good.page if good else "",
        "state": state_text,
        "state_class": state.replace(" ", "-"),
        "data_to": theme.day(_data_to(good)) if good else theme.MISSING,
        "line": line,
    }


def _data_to(record: JobRecord | None) -> str:
    return record.source["as_of"] if record and record.source else ""


def _first_sentence(record: JobRecord) -> str:
    return next((finding["sentence"] for finding in record.findings if not finding.get("label")), "")
