"""One finding: a sentence, the number in it, and what to do."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from kamlib import mime
from kamlib.display import theme
from kamlib.display.templates import rendered

Unit = Literal["money", "share", "count", "days", "points", ""]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A finding displays as a sentence and travels as JSON inside the executed notebook.

    Parameters
    ----------
    key
        Its name within the report.
    kind
        *fact*: a sum over all the data. *estimate*: from a sample, with its range. *forecast*: with
        its range and past hit rate.
    sentence, action, evidence
        What was found; what to do; the key of the picture or table in the same report that shows it.
    label, number, unit, low, high, n
        A finding with a label is a tile.
    previous, previous_label, good
        What the number is compared with, and which direction is good.
    severity
        *act* (something must be done), *watch*, *info*, *unknown*.
    money_per_year
        What it is worth, to rank by.
    account_id, owner, as_of, currency
        Whom it is about, who acts, data up to, ISO code of money.
    """

    key: str
    kind: Literal["fact", "estimate", "forecast"]
    sentence: str
    action: str = ""
    evidence: str = ""
    label: str = ""
    number: float | None = None
    unit: Unit = ""
    low: float | None = None
    high: float | None = None
    n: int | None = None
    previous: float | None = None
    previous_label: str = ""
    good: Literal["higher", "lower", "neither"] = "neither"
    severity: Literal["act", "watch", "info", "unknown"] = "info"
    money_per_year: float | None = None
    account_id: str = ""
    owner: str = ""
    as_of: str = ""
    currency: str = ""

    def __post_init__(self) -> None:
        if self.kind == "fact" and self.low is not None:
            raise ValueError(f"finding {self.key}: a fact is a sum over all the data and has no range")
        if self.kind != "fact" and self.number is not None and (self.low is None or self.high is None):
            raise ValueError(f"finding {self.key}: an {self.kind} needs its range (low, high)")
        if self.action and not self.evidence:
            raise ValueError(f"finding {self.key}: an action names the figure that supports it (evidence)")

    def payload(self) -> dict[str, Any]:
        """Return it as JSON, without what is empty; a number that is none (NaN, infinity) is not told."""
        told = {name: value for name, value in asdict(self).items() if value not in (None, "")}
        return {
            name: value
            for name, value in told.items()
            if not isinstance(value, float) or math.isfinite(value)
        }

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {
            "text/plain": " ".join(filter(None, (self._spoken(), self.action))),
            "text/html": rendered("finding.html", finding=self.payload(), said=self._spoken()),
            mime.FINDING: self.payload(),
        }

    def _spoken(self) -> str:
        """Return the sentence; of a tile what the tile shows: where there is no page, it stands alone."""
        if not self.label:
            return self.sentence
        told = self.payload()
        shown = filter(None, (value_text(told), range_text(told), change_text(told)))
        return f"{self.label}: {', '.join(shown)}"


def value_text(finding: Mapping[str, Any]) -> str:
    """Return the number of a finding in its unit.

    Examples
    --------
    >>> value_text({"number": 0.667, "unit": "share"}), value_text({"number": -40, "unit": "money"})
    ('66.7%', '−40')
    """
    return _in_unit(finding.get("number"), finding)


def range_text(finding: Mapping[str, Any]) -> str:
    """Return the range of an estimate in words, or nothing for a fact.

    Examples
    --------
    >>> range_text({"number": 0.64, "low": 0.57, "high": 0.71, "unit": "share"})
    'between 57.0% and 71.0%'
    """
    if finding.get("low") is None:
        return ""
    ends = finding["low"], finding["high"]
    low, high = (_in_unit(end, finding, beside=max(map(abs, ends))) for end in ends)
    return f"between {low} and {high}"


def change_text(finding: Mapping[str, Any]) -> str:
    """Return how the number compares with the named window, with an arrow and a word for it.

    Examples
    --------
    >>> compared = {"previous": 100.0, "unit": "money", "previous_label": "the 12 months before"}
    >>> change_text({"number": 130.0, **compared}), change_text({"number": -5.0, **compared})
    ('▲ up 30% on the 12 months before', 'was 100 in the 12 months before')
    """
    number, previous = finding.get("number"), finding.get("previous")
    label = finding.get("previous_label", "")
    if number is None or previous is None:
        return label
    if finding.get("unit") == "money" and min(number, previous) > 0:
        change = number / previous - 1
        if abs(change) < 0.005:
            return f"as {label}" if label else "no change"
        arrow = "▲ up" if change > 0 else "▼ down"
        return f"{arrow} {theme.share(abs(change), 0)}" + (f" on {label}" if label else "")
    return f"was {_in_unit(previous, finding)}" + (f" in {label}" if label else "")


def direction(finding: Mapping[str, Any]) -> str:
    """Return `good` or `bad` where the change is one, else nothing."""
    number, previous, good = finding.get("number"), finding.get("previous"), finding.get("good", "neither")
    if number is None or previous is None or good == "neither" or number == previous:
        return ""
    return "good" if (number > previous) == (good == "higher") else "bad"


def _in_unit(value: float | None, finding: Mapping[str, Any], beside: float | None = None) -> str:
    if value is None:
        return theme.MISSING
    unit = finding.get("unit", "")
    if unit == "money":
        million = " m" if finding.get("label") else " million"
        return theme.money(value, finding.get("currency", ""), million=million, beside=beside)
    if unit == "share":
        return theme.share(value)
    if unit == "points":
        return theme.number(value, 1)
    return theme.number(value, 0 if value == round(value) else 2) + (" days" if unit == "days" else "")
