"""What is to be mended in the tables, by the part of the sales that it touches."""

from __future__ import annotations

import pandas as pd

from kamlib.analysis.records.months import LACKING
from kamlib.estimate import Unknown


def flaw_table(
    accounts: pd.DataFrame,
    *,
    months: pd.DataFrame,
    channels: pd.DataFrame | Unknown,
    **found: pd.DataFrame | Unknown,
) -> pd.DataFrame:
    """Return one row per flaw, what touches most of the sales first.

    Parameters
    ----------
    accounts
        Those that count: `net_revenue_365`, and `costed_revenue_365` where the source has costs.
    months, channels
        `month_table`, `channel_table`.
    **found
        By the name of the flaw: accounts or companies that have it, `name` and `net_revenue_365`, largest
        first. An `Unknown` is no flaw.

    Returns
    -------
    DataFrame
        - `flaw`: a name of `found`; `months` (they lack order lines), `cost` (not known), `channel` (it
          stopped, one row each)
        - `item_count`; `name` of the first account or channel; `day`: the first month, or the last contact
        - `touched_share` of the sales of the last 365 days; of a channel what it used to reach; of months
          the order lines that lack, of all and those

    Examples
    --------
    >>> accounts = pd.DataFrame({"name": ["Ann", "Bo"], "net_revenue_365": [30.0, 10.0]})
    >>> months = pd.DataFrame({"month": [], "line_count": [], "usual_line_count": [], "state": []})
    >>> flaw_table(accounts, months=months, channels=Unknown("none"), uncovered=accounts.tail(1))
            flaw  item_count name  day  touched_share
    0       cost           2  NaN  NaT           1.00
    1  uncovered           1   Bo  NaT           0.25
    """
    sales, costed = accounts["net_revenue_365"].sum(), accounts.get("costed_revenue_365", pd.Series([0.0]))
    rows = [
        (flaw, len(table), table["name"].iloc[0], None, table["net_revenue_365"].sum() / sales)
        for flaw, table in found.items()
        if not isinstance(table, Unknown) and len(table)
    ]
    if costed.sum() < 0.9995 * sales:
        rows.append(("cost", len(accounts), None, None, 1 - costed.sum() / sales))
    strange = months[months["state"].isin(LACKING)]
    lacking = (strange["usual_line_count"] - strange["line_count"]).clip(lower=0).sum()
    if len(strange):
        share = lacking / (months["line_count"].sum() + lacking)
        rows.append(("months", len(strange), None, strange["month"].iloc[0], share))
    if not isinstance(channels, Unknown):
        stopped = channels[channels["state"] == "stopped"]
        rows += [
            ("channel", 1, row.channel, row.last_at, row.usual_revenue_share) for row in stopped.itertuples()
        ]
    columns = ["flaw", "item_count", "name", "day", "touched_share"]
    table = pd.DataFrame(rows, columns=columns).astype({"name": "str", "day": "datetime64[us]"})
    return table.sort_values("touched_share", ascending=False, kind="stable", ignore_index=True)
