"""Price realisation: what accounts pay of the list price, and who bargains harder than accounts like it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlib.analysis.snapshot import YEAR
from kamlib.analysis.tiers import abc_tier
from kamlib.estimate import Unknown

LEAST_PEERS = 5
"""With fewer others of its tier and industry, nothing is said of an account's price."""
CHANGED = 0.01
"""A realisation that fell by a point or more has fallen."""


def price_table(account_table: pd.DataFrame, cells: pd.DataFrame | Unknown) -> pd.DataFrame | Unknown:
    """Return what each account pays of the list price, beside accounts of like size and industry.

    Parameters
    ----------
    account_table
        As of a day; its last 365 days count. `industry` where the source has it.
    cells
        `profit_cells`, for last year; or an `Unknown`.

    Returns
    -------
    DataFrame or Unknown
        One row per account with a list price above zero, the largest `extra_discount` first.

        - the columns given, `tier`, `realisation` (net by list price), `realisation_before`,
          `realisation_change` (missing where nothing is known of last year)
        - `peer_count` (others of its tier and industry), `peer_median` with `peer_median_low` and
          `peer_median_high` (the quartiles; itself among them), missing with fewer than 5 others, and
          `peer_median_note`: why
        - `extra_discount`: how much more the account would pay at its peers' median; 0 where it pays more
        - `counter_offer`: its ability to counter-offer: `strong` (below the peers' lower quartile),
          `growing` (pays a point or more less than last year), `strong and growing`, `usual`, `too few to
          tell`

        Unknown without list prices.
    """
    listed, paid = f"list_revenue_{YEAR}", f"listed_revenue_{YEAR}"
    if listed not in account_table or not (account_table[listed] > 0).any():
        return Unknown(
            "What accounts pay of the list price cannot be told: these sales come without list prices "
            "(order_lines.list_amount).",
            "prices",
        )
    tier = account_table["account_id"].map(
        abc_tier(account_table.set_index("account_id")[f"net_revenue_{YEAR}"])
    )
    table = account_table.assign(tier=tier)[account_table[listed] > 0]
    table = table.assign(realisation=table[paid] / table[listed])
    table["realisation_before"] = table["account_id"].map(_realised_before(cells)).astype(float)
    table["realisation_change"] = table["realisation"] - table["realisation_before"]
    table = _beside_peers(table)
    short = (table["peer_median"] - table["realisation"]).clip(lower=0.0)
    table["extra_discount"] = (short * table[listed]).fillna(0.0)
    is_far = table["peer_median"] - table["realisation"] >= CHANGED
    is_low = is_far & (table["realisation"] < table["peer_median_low"] - 1e-12)
    has_fallen = table["realisation_change"] <= -CHANGED
    said = [table["peer_count"] < LEAST_PEERS, is_low & has_fallen, is_low, has_fallen]
    words = ["too few to tell", "strong and growing", "strong", "growing"]
    table["counter_offer"] = np.select(said, words, "usual")
    return table.sort_values(["extra_discount", "account_id"], ascending=[False, True], ignore_index=True)


def _beside_peers(table: pd.DataFrame) -> pd.DataFrame:
    keys = ["tier", *(["industry"] if "industry" in table else [])]
    peers = table.groupby(keys)["realisation"]  # without a tier or an industry an account has no peers
    count = peers.transform("size").sub(1).fillna(0.0)
    quartiles = {"peer_median_low": 0.25, "peer_median": 0.5, "peer_median_high": 0.75}
    told = {
        name: peers.transform("quantile", part).where(count >= LEAST_PEERS)
        for name, part in quartiles.items()
    }
    note = np.where(count < LEAST_PEERS, "too few to tell", "")
    return table.assign(peer_count=count, **told, peer_median_note=note)


def _realised_before(cells: pd.DataFrame | Unknown) -> pd.Series:
    if isinstance(cells, Unknown) or "list_revenue" not in cells:
        return pd.Series(dtype=float)
    sums = cells[cells["year"] == "before"].groupby("account_id")[["listed_revenue", "list_revenue"]].sum()
    return sums["listed_revenue"] / sums["list_revenue"].where(sums["list_revenue"] > 0)
