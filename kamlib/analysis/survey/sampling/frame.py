"""Whom a survey could ask: the active key accounts, in strata by their sales."""

from __future__ import annotations

import pandas as pd

from kamlib.analysis.survey.estimator.means import AT_LEAST
from kamlib.analysis.tiers import abc_tier, is_key_account
from kamlib.estimate import Unknown


def sampling_frame(account_table: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame | Unknown:
    """Return the list a sample of key accounts is drawn from.

    Parameters
    ----------
    account_table
        One row per account that ever bought; `net_revenue_365` decides tier and stratum.
    accounts
        The accounts table. Active are those it calls so; without a `status`, those with sales this year.

    Returns
    -------
    DataFrame or Unknown
        By `account_id`: `account_id`, `stratum` and `net_revenue_365`. The stratum is the account's tier
        among the key accounts alone; C holds those without sales too. With fewer than five there is
        nothing to draw from.
    """
    bought = account_table.set_index("account_id")["net_revenue_365"]
    amount = bought.reindex(accounts["account_id"], fill_value=0.0)
    status = accounts.set_index("account_id")["status"] if "status" in accounts else pd.Series(dtype="str")
    is_active = (status == "active") if status.notna().any() else amount > 0
    listed = amount[is_key_account(accounts, abc_tier(amount)) & is_active].sort_index()
    if len(listed) < AT_LEAST:
        few = f"The list holds {len(listed)} active key accounts, too few to draw from: talk to each of them."
        return Unknown(few, "frame")
    columns = {"stratum": joined_strata(abc_tier(listed).fillna("C")), "net_revenue_365": listed}
    return pd.DataFrame(columns).rename_axis("account_id").reset_index()


def joined_strata(stratum: pd.Series, *, least: int = 2) -> pd.Series:
    """Return strata of which none is too small to show a spread: one under `least` joins its neighbour.

    Examples
    --------
    >>> joined_strata(pd.Series(["A", "A", "B", "C", "C"])).tolist()
    ['A+B', 'A+B', 'A+B', 'C', 'C']
    """
    groups: list[tuple[list[str], int]] = []
    for name, size in stratum.value_counts().sort_index().items():
        if groups and min(size, groups[-1][1]) < least:
            before, count = groups.pop()
            groups.append(([*before, str(name)], count + size))
        else:
            groups.append(([str(name)], size))
    return stratum.map({name: "+".join(names) for names, _ in groups for name in names})
