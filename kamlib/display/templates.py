"""HTML from templates that escape whatever comes from data."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def environment(package: str) -> Environment:
    """Return what fills in the templates in a package's folder `html`."""
    return Environment(
        loader=PackageLoader(package, "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def rendered(template: str, **values: Any) -> str:
    """Return a template filled in; every value is escaped unless the template says it is HTML."""
    return environment("kamlib.display").get_template(template).render(**values)
