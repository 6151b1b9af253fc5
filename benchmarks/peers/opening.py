"""Open a source and check it: its order lines and its accounts."""

import datetime as dt

from kamlib.data.sources import open_source


def run(path: str, as_of: dt.date) -> None:
    open_source(path, as_of=as_of.isoformat())
