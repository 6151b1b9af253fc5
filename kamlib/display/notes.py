"""What a report says of its data: the source, its period, what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kamlib import mime
from kamlib.display import theme
from kamlib.display.templates import rendered
from kamlib.estimate import Unknown


@dataclass(frozen=True)
class Remark:
    """A sentence beside the numbers.

    Parameters
    ----------
    text
        Without one, nothing is shown.
    key
        Its name within the report.
    source
        What it says of the data, if it does: the page shows it under the answer, the index takes its date.
    """

    text: str
    key: str = ""
    source: Mapping[str, Any] | None = None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        html = rendered("note.html", text=self.text, key=self.key) if self.text else ""
        bundle = {"text/plain": self.text, "text/html": html}
        return bundle if self.source is None else {**bundle, mime.SOURCE: {**self.source, "text": self.text}}


def remark(*said: str) -> Remark:
    """Return sentences that an analysis adds to its numbers; without any, nothing is shown.

    Examples
    --------
    >>> remark("two accounts were left out", "").text
    'Two accounts were left out.'
    """
    sentences = [text[0].upper() + text[1:].rstrip(".") + "." for text in said if text]
    return Remark(" ".join(sentences))


def data_note(note: Mapping[str, Any], *said: str) -> Remark:
    """Return what was read, in words, and whatever else must be said of the data.

    Parameters
    ----------
    note
        `Tables.note`.
    *said
        Further sentences.

    Examples
    --------
    >>> data_note({"name": "acme", "lines": 3, "accounts": 2, "first": "2024-01-01", "last": "2024-02-01",
    ...            "lines_left_out": 1, "as_of": "2024-02-15", "filters": {}}).text
    'acme: 3 order lines of 2 accounts, 1 Jan 2024 to 1 Feb 2024. 1 later order line is left out.'
    """
    lines = theme.counted(note["lines"], "order line")
    accounts = theme.counted(note["accounts"], "account")
    text = [
        f"{note['name']}: {lines} of {accounts}, {theme.day(note['first'])} to {theme.day(note['last'])}."
    ]
    left = note["lines_left_out"]
    if left:
        text.append(f"{theme.counted(left, 'later order line')} {'is' if left == 1 else 'are'} left out.")
    if len(note.get("currencies", ())) > 1:
        text.append(f"Amounts in {' and '.join(note['currencies'])} are added as they stand.")
    for name, values in note["filters"].items():
        text.append(f"Only {name} {', '.join(values)}.")
    text += [f"{one}." for one in (*note.get("remarks", ()), *note.get("warnings", ()))]
    return Remark(" ".join([*text, *filter(None, said)]), source=note)


def told_once(*shown: Any) -> list[Any]:
    """Return what is shown without saying twice why something cannot be told.

    Examples
    --------
    >>> told_once(Unknown("There is no survey."), 1, Unknown("There is no survey."))
    [Unknown(reason='There is no survey.', key='unknown'), 1]
    """
    said = [one.reason if isinstance(one, Unknown) else place for place, one in enumerate(shown)]
    return [one for place, one in enumerate(shown) if said[place] not in said[:place]]
