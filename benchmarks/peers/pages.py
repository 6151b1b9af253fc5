"""The pages of a run: each executed notebook as one HTML file."""

import datetime as dt
from pathlib import Path

import nbformat

from kamlib.publish.page import page_html


def run(path: str, as_of: dt.date) -> None:
    for notebook in Path(path).glob("2*/**/*.ipynb"):
        page_html(nbformat.read(notebook, as_version=4), report="family/report", home="../../index.html")
