"""Whether two people who rate the same account mean the same."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.stats.inter_rater import cohens_kappa

from kamlib.analysis.pareto.criteria import latest_ratings
from kamlib.estimate import Unknown

_FEWEST = 10
_SCALE = range(1, 6)


def rater_agreement(ratings: pd.DataFrame | Unknown, as_of: dt.date) -> pd.DataFrame | Unknown:
    """Return by criterion how far two raters agree beyond chance.

    Parameters
    ----------
    ratings
        With `rater`; or an `Unknown`. Of more than two raters of an account the first two by name count.
    as_of
        The last day that counts; see `latest_ratings`.

    Returns
    -------
    DataFrame or Unknown
        One row per criterion, sorted: `criterion`, `pair_count`, `within_one_share` (of the pairs that lie
        at most one point apart), `agreement` with `agreement_low`, `agreement_high` (95 %), and where it is
        missing why: `agreement_note`. 1 is full agreement, 0 as much as chance. Unknown without ratings, or
        where it is not known who rated.

    Notes
    -----
    Cohen's kappa with quadratic weights (Cohen 1968); asymptotic interval (Fleiss, Cohen & Everitt 1969).

    Examples
    --------
    >>> rated = pd.DataFrame({"account_id": "a", "criterion": "trust", "rater": ["x", "y"], "score": [4, 5],
    ...                       "rated_at": pd.Timestamp(2024, 5, 1)})
    >>> found = rater_agreement(rated, dt.date(2024, 12, 31))
    >>> found[["pair_count", "within_one_share", "agreement_note"]].values.tolist()
    [[1, 1.0, 'too few to tell: 1 pair']]
    """
    if isinstance(ratings, Unknown):
        return ratings
    if "rater" not in ratings:
        return Unknown("Whether raters agree cannot be told: the ratings do not say who rated.", "agreement")
    ordered = latest_ratings(ratings, as_of).dropna(subset="rater")
    ordered = ordered.sort_values(["criterion", "account_id", "rater"])
    place = ordered.groupby(["criterion", "account_id"]).cumcount()
    scores = ordered.assign(place=place).pivot_table("score", ["criterion", "account_id"], "place")
    pairs = scores.reindex(columns=[0, 1]).dropna().astype(int)
    rows = [_row(str(name), part) for name, part in pairs.groupby("criterion")]
    columns = ["criterion", "pair_count", "within_one_share", "agreement"]
    return pd.DataFrame(rows, columns=[*columns, "agreement_low", "agreement_high", "agreement_note"])


def _row(criterion: str, pairs: pd.DataFrame) -> dict[str, Any]:
    first, second, count = pairs[0], pairs[1], len(pairs)
    near = float(((first - second).abs() <= 1).mean())
    row = {"criterion": criterion, "pair_count": count, "within_one_share": near}
    if count < _FEWEST:
        return row | {"agreement_note": f"too few to tell: {count} pair{'s' if count > 1 else ''}"}
    if pairs.to_numpy().min() == pairs.to_numpy().max():
        return row | {"agreement_note": "all ratings are the same"}
    table = pd.crosstab(first, second).reindex(index=_SCALE, columns=_SCALE, fill_value=0)
    found = cohens_kappa(table.to_numpy(), wt="quadratic")
    low, high = np.clip([found.kappa_low, found.kappa_upp], -1, 1)
    return row | {"agreement": float(found.kappa), "agreement_low": low, "agreement_high": high}
