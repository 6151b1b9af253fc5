"""Why customers left: what they say, what our managers say, what could have been kept, who came back.

No table here names a person, and none shows a cell of fewer than five accounts.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from scipy.stats import binomtest
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from kamlib.analysis.snapshot import YEAR
from kamlib.analysis.survey.estimator.means import wilson_interval
from kamlib.estimate import Estimate, Unknown

LEAST = 5
"""Of fewer accounts nothing is shown: who knows the customers would know who said it."""
LEAST_PAIRS = 10
OTHER = "others"
_DATED = ["lost_at", "interviewed_at", "won_back_at"]
_UNDATED = ["reason_customer", "reason_manager", "level", "competitor", "preventable"]


def known_exits(exits: pd.DataFrame, *, looks_back: bool) -> pd.DataFrame:
    """Return the exits with what was known of them by the day of the report.

    A reason carries no date. In a look back only that of an exit with an interview up to that day counts.

    Parameters
    ----------
    exits
        The table, up to the day: `account_id`, `lost_at`, and what else the source has of it.
    looks_back
        Whether the source knows later days than that of the report.

    Returns
    -------
    DataFrame
        The same rows with all columns of the contract; what is not known is missing.
    """
    known = exits.reindex(columns=["account_id", *_DATED, *_UNDATED])
    known = known.astype(dict.fromkeys(_DATED, "datetime64[us]"))
    is_known = known["interviewed_at"].notna() | (not looks_back)
    known[_UNDATED] = known[_UNDATED].where(is_known)
    return known


def reason_table(said: pd.Series, about: str = "Why customers left") -> pd.DataFrame | Unknown:
    """Return how often each reason was given, the most frequent first.

    Reasons given fewer than five times are put together as `others`, with the next rarest until these are
    five as well: so none can be found by subtraction.

    Parameters
    ----------
    said : Series
        A reason by exit; missing where nobody said one.
    about
        What they answer, as said before "cannot be told".

    Returns
    -------
    DataFrame or Unknown
        `name` (the reason), `n` (exits with one), `exit_count`, `share`, `share_low`, `share_high` (Wilson,
        95 %); equals by name, `others` last. Unknown where all would be others.

    Examples
    --------
    >>> said = pd.Series(["price"] * 8 + ["quality"] * 6 + ["moved"] * 2)
    >>> reason_table(said)[["name", "exit_count"]].values.tolist()
    [['price', 8], ['others', 8]]
    """
    known = said.dropna()
    rare = known.isin(_rare(known, least=LEAST))
    if rare.all():
        few = f"answers: {len(known)}, and none can be shown without showing one of fewer than {LEAST}"
        return Unknown(f"{about} cannot be told; {few}.", "reasons")
    return _counted(known.where(~rare, OTHER))


def both_reasons(exits: pd.DataFrame, *, least: int = LEAST) -> pd.DataFrame | Unknown:
    """Return customer's and manager's reason of each exit that has both, rare ones as `others`.

    Parameters
    ----------
    exits
        `known_exits`.
    least
        As often at least either side gives a reason that is shown, see `reason_table`.

    Returns
    -------
    DataFrame or Unknown
        `customer`, `manager`. Unknown where fewer than 10 exits have both, or all reasons are rare.
    """
    pairs = exits[["reason_customer", "reason_manager"]].dropna().set_axis(["customer", "manager"], axis=1)
    rare = pairs.isin(_rare(pairs["customer"], pairs["manager"], least=least))
    if len(pairs) < LEAST_PAIRS or rare.all(axis=None):
        return Unknown(
            "Whether customers and managers give the same reasons cannot be told; lost accounts with both: "
            f"{len(pairs)}. It takes {LEAST_PAIRS}, and one reason that either gives {least} times.",
            "both_reasons",
        )
    return pairs.where(~rare, OTHER).reset_index(drop=True)


def reason_shift(pairs: pd.DataFrame | Unknown) -> pd.DataFrame | Unknown:
    """Return how often customers and managers give each reason for the same exits.

    Parameters
    ----------
    pairs
        `both_reasons`.

    Returns
    -------
    DataFrame or Unknown
        The two sides' `reason_table`, the rows of a reason together, the customers' most frequent first, with
        `reason`, `side` (customer, manager) and as `name` both ("they" are the customers, "we" the
        managers); `gap` (managers less customers) and `is_clear`: beyond chance (exact
        McNemar test, Holm over the reasons, 5 %).
    """
    if isinstance(pairs, Unknown):
        return pairs
    sides = [_counted(pairs[side]).rename(columns={"name": "reason"}).assign(side=side) for side in pairs]
    reasons = sides[0]["reason"].to_list()
    said = {side: pairs[side].to_numpy()[:, None] == np.array(reasons) for side in pairs}
    only = [(said[one] & ~said[other]).sum(axis=0) for one, other in ((*pairs,), (*pairs,)[::-1])]
    chance = [binomtest(one, max(one + other, 1)).pvalue for one, other in zip(*only, strict=True)]
    clear = multipletests(chance, alpha=0.05, method="holm")[0]
    table = pd.concat(sides).set_index("reason").loc[reasons].reset_index()
    gap = said["manager"].mean(axis=0) - said["customer"].mean(axis=0)
    who = table["side"].map({"customer": "they: ", "manager": "we: "})
    return table.assign(name=who + table["reason"], gap=np.repeat(gap, 2), is_clear=np.repeat(clear, 2))


def shift_table(pairs: pd.DataFrame | Unknown, *, least: int = LEAST) -> pd.DataFrame | Unknown:
    """Return how many exits have which pair of reasons; pairs of fewer than five are left out.

    With each of them another one of the same customers' reason and another one of the same managers' reason
    is left out, so that no sum gives it away.

    Parameters
    ----------
    pairs
        `both_reasons`.
    least
        The smallest number that is shown.

    Returns
    -------
    DataFrame or Unknown
        One row per pair that is shown, the most frequent first: `customer`, `manager`, `exit_count`.
    """
    if isinstance(pairs, Unknown):
        return pairs
    table = pd.crosstab(pairs["customer"], pairs["manager"])
    counts = table.to_numpy()
    hidden = counts < least
    while (lone := (hidden.sum(1, keepdims=True) == 1) | (hidden.sum(0) == 1)).any() and not hidden.all():
        shown = np.where(hidden | ~lone, np.inf, counts)
        hidden[np.unravel_index(shown.argmin(), shown.shape)] = True
    pairs = table.mask(hidden).melt(ignore_index=False, value_name="exit_count").dropna().reset_index()
    pairs = pairs.astype({"exit_count": int}).sort_values(["exit_count", "customer"], ascending=[False, True])
    return pairs.reset_index(drop=True)


def reason_agreement(exits: pd.DataFrame) -> Estimate | Unknown:
    """Return how far customers and managers agree on the reason beyond chance: 1 fully, 0 as by chance.

    Parameters
    ----------
    exits
        `known_exits`; all reasons count as they are.

    Returns
    -------
    Estimate or Unknown
        Cohen's kappa with its asymptotic interval (Fleiss, Cohen & Everitt 1969). Unknown where fewer than
        10 exits have both reasons, or all have the same one.
    """
    pairs = both_reasons(exits, least=1)
    if isinstance(pairs, Unknown):
        return pairs
    reasons = sorted(set(pairs.to_numpy().ravel()))
    if len(reasons) == 1:
        return Unknown(f"All exits have the same reason: {reasons[0]}.", "agreement")
    table = pd.crosstab(pairs["customer"], pairs["manager"]).reindex(
        index=reasons, columns=reasons, fill_value=0
    )
    found = cohens_kappa(table.to_numpy())
    low, high = (min(max(float(end), -1.0), 1.0) for end in (found.kappa_low, found.kappa_upp))
    return Estimate(float(found.kappa), low, high, n=len(pairs), method="Cohen's kappa")


def exit_share(is_so: pd.Series, what: str, *, key: str, least: int = LEAST) -> Estimate | Unknown:
    """Return the share of exits of which something is true, if five or more are and five or more are not.

    Parameters
    ----------
    is_so : Series
        True or false by exit; missing where it is not known.
    what
        What is true of them, as said after "whether".
    key
        Of the `Unknown`.
    least
        So many at least on either side.

    Returns
    -------
    Estimate or Unknown
        With Wilson's interval, 95 %.
    """
    known = is_so.dropna().astype(bool)
    if min(known.sum(), (~known).sum()) < least:
        said = f"Lost accounts of which it is known whether {what}: {len(known)}"
        return Unknown(f"{said}; fewer than {least} are on one side, so no share is told.", key)
    value = float(known.mean())
    return Estimate(value, *wilson_interval(value, len(known)), n=len(known), method="Wilson")


def came_back(exits: pd.DataFrame, as_of: dt.date) -> pd.Series:
    """Return whether each account lost a year ago or longer was won back within a year.

    Parameters
    ----------
    exits
        `known_exits`.
    as_of
        The last day that counts; who was lost in the year before it had no whole year to come back.

    Returns
    -------
    Series
        True or false, in the order of the exits it can be told of.
    """
    had_a_year = exits[exits["lost_at"] <= pd.Timestamp(as_of) - pd.Timedelta(days=YEAR)]
    return had_a_year["won_back_at"] <= had_a_year["lost_at"] + pd.Timedelta(days=YEAR)


def with_sales(exits: pd.DataFrame, months: pd.DataFrame) -> pd.DataFrame:
    """Return the exits with what each account bought before it was lost, and since it came back.

    Parameters
    ----------
    exits
        `known_exits`.
    months
        `cohorts.span_sales` by month.

    Returns
    -------
    DataFrame
        The same rows with `sales_before` (the twelve months up to the one it was lost in) and `sales_since`
        (from the month it came back in; 0 where it did not). A month of an account that was lost twice
        counts at the first of its exits only, so that sums over the exits are sales.
    """
    exits = exits.reset_index(drop=True)
    both = exits.rename_axis("exit").reset_index().merge(months, on="account_id")
    lost, back = (both[name].dt.to_period("M") for name in ("lost_at", "won_back_at"))
    is_before = (both["period"] <= lost) & (both["period"] > lost - 12)
    sums = {"sales_before": is_before, "sales_since": both["period"] >= back}
    for name, counts in sums.items():
        once = both[counts].drop_duplicates(["account_id", "period"])
        exits[name] = once.groupby("exit")["net_revenue"].sum().reindex(exits.index, fill_value=0.0)
    return exits


def _rare(*said: pd.Series, least: int) -> list[str]:
    """Return the reasons to put together: those rare on any side, and the next ones until they are enough."""
    counts = pd.concat([one.value_counts() for one in said], axis=1).fillna(0).sort_index()
    counts = counts.loc[counts.min(axis=1).sort_values(kind="stable").index]
    rare = int((counts.min(axis=1) < least).sum())
    enough = int((counts.cumsum().min(axis=1) < least).sum()) + 1
    return counts.index[: max(rare, enough)].to_list() if rare else []


def _counted(named: pd.Series) -> pd.DataFrame:
    """Return each reason with its share, the most frequent first, others last."""
    table = named.value_counts().rename_axis("name").reset_index(name="exit_count")
    last = (table["name"] == OTHER).rename("last")
    table = table.join(last).sort_values(["last", "exit_count", "name"], ascending=[True, False, True])
    low, high = proportion_confint(table["exit_count"], len(named), method="wilson")
    share = table["exit_count"] / len(named)
    table = table.assign(n=len(named), share=share, share_low=low, share_high=high)
    return table.drop(columns="last").reset_index(drop=True)
