"""Which accounts belong together: companies of one group, and one company under two numbers."""

from __future__ import annotations

import re

import pandas as pd

from kamlib.analysis.records.channels import plain_spelling
from kamlib.analysis.tiers import parent_of
from kamlib.estimate import Unknown

_FORMS = (
    "inc|corp|corporation|company|co|llc|ltd|limited|plc|gmbh|ag|kg|ohg|se|sas?|sarl|spa|srl|nv|bv|ab|as|oyj?"
    "|aps|sl|kft|doo|sro|kk|s p a|s r l|s a|a s|d o o|sp z o o|s r o"
)
_LEGAL_FORM = re.compile(rf"( ({_FORMS}))+$")
"""At the end of a name in plain spelling."""


def group_table(accounts: pd.DataFrame) -> pd.DataFrame | Unknown:
    """Return the groups of two accounts or more, the largest sales first.

    Parameters
    ----------
    accounts
        `account_id`, `net_revenue_365`, `name`, and `parent_id` where the source has it.

    Returns
    -------
    DataFrame or Unknown
        `parent_id`, `name` of the account on top, `account_count`, `net_revenue_365`, `revenue_share`.

    Examples
    --------
    >>> group_table(pd.DataFrame({
    ...     "account_id": ["a", "b", "c"], "parent_id": [None, "a", None], "name": ["Ann", "Bo", "Cy"],
    ...     "net_revenue_365": [30.0, 10.0, 40.0],
    ... }))
      parent_id name  account_count  net_revenue_365  revenue_share
    0         a  Ann              2             40.0            0.5
    """
    if "parent_id" not in accounts or accounts["parent_id"].isna().all():
        return Unknown("The customer list does not say which companies are of one group.", "parent_id")
    grouped = accounts.groupby(accounts["account_id"].map(parent_of(accounts)).rename("parent_id"))
    table = grouped.agg(account_count=("account_id", "size"), net_revenue_365=("net_revenue_365", "sum"))
    table = table[table["account_count"] > 1].reset_index()
    names = accounts.set_index("account_id")["name"]
    table.insert(1, "name", table["parent_id"].map(names).fillna(table["parent_id"]))
    table["revenue_share"] = table["net_revenue_365"] / accounts["net_revenue_365"].sum()
    return table.sort_values(["net_revenue_365", "parent_id"], ascending=[False, True], ignore_index=True)


def same_company_table(accounts: pd.DataFrame) -> pd.DataFrame | Unknown:
    """Return accounts that may be one company under two numbers: same name and city, plainly spelt.

    Signs, accents, capitals and the legal form at the end of a name (GmbH, Inc., SpA) do not count.

    Parameters
    ----------
    accounts
        `account_id`, `net_revenue_365`, and `name` and `city` where the source has them.

    Returns
    -------
    DataFrame or Unknown
        `name`, `city`, `account_ids` (as text), `account_count`, `net_revenue_365`; most sales first.

    Examples
    --------
    >>> same_company_table(pd.DataFrame({
    ...     "account_id": ["7", "9"], "name": ["Café Süd GmbH", "CAFE SUD"], "city": ["Ulm", "Ulm"],
    ...     "net_revenue_365": [30.0, 10.0],
    ... }))
                name city account_ids  account_count  net_revenue_365
    0  Café Süd GmbH  Ulm        7, 9              2             40.0
    """
    if not {"name", "city"} <= set(accounts):
        return Unknown("Without names and cities nobody can tell which numbers are one company.", "city")
    name = plain_spelling(accounts["name"]).str.replace(_LEGAL_FORM, "", regex=True)
    grouped = accounts.groupby(
        [name.rename("plain_name"), plain_spelling(accounts["city"]).rename("plain_city")]
    )
    table = grouped.agg(
        name=("name", "first"),
        city=("city", "first"),
        account_ids=("account_id", ", ".join),
        account_count=("account_id", "size"),
        net_revenue_365=("net_revenue_365", "sum"),
    )
    table = table[table["account_count"] > 1]
    return table.sort_values(["net_revenue_365", "account_ids"], ascending=[False, True], ignore_index=True)
