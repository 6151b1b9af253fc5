"""The made-up world: industries, regions, products and words, as the TOML files beside this module say."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import pandas as pd


def package_text(name: str) -> str:
    """Return the text of a file that lies beside this module."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def package_toml(name: str) -> dict[str, Any]:
    """Return what a TOML file says that lies beside this module."""
    return tomllib.loads(package_text(name))


def package_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return a list of TOML tables as one table, its dates as dates."""
    table = pd.DataFrame(rows)
    dates = [column for column in table if column.endswith("_at")]
    return table.astype(dict.fromkeys(dates, "datetime64[s]"))


MARKET = package_toml("market.toml")
INDUSTRIES = package_table(MARKET["industries"]).set_index("name")
REGIONS = package_table(MARKET["regions"]).set_index("name")
PRODUCTS = package_table(MARKET["products"])
PEOPLE = [f"{first} {last}" for last in MARKET["last_names"] for first in MARKET["first_names"]]
