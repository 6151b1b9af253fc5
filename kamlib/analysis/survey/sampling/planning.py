"""What a sample of a size will tell, before anybody is asked."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from kamlib.analysis.survey.answers import answer_table
from kamlib.analysis.survey.estimator.design import survey_design
from kamlib.analysis.survey.estimator.means import (
    AT_LEAST,
    CENSUS,
    LINEARISED_T,
    estimate_columns,
    t_quantile,
)
from kamlib.analysis.survey.sampling.allocation import allocation
from kamlib.analysis.survey.sampling.sample_size import share_size
from kamlib.analysis.survey.waves import one_wave
from kamlib.errors import CannotTell
from kamlib.estimate import Unknown

ALL = "all"
"""The last row of a table of strata: the whole list."""


def past_answers(*tables: pd.DataFrame | Unknown) -> pd.DataFrame:
    """Return how the strata answered the question *overall* in the last wave.

    Parameters
    ----------
    *tables
        `survey_waves`, `survey_frame`, `survey_responses` and `survey_items`.

    Returns
    -------
    DataFrame
        By stratum: `share` (mean over accounts of the share of their contacts who are satisfied), `spread`
        (its standard deviation) and `answered` (accounts). A stratum whose accounts all answered alike is
        left out. No row without a wave, or where fewer than five accounts of a stratum answered.
    """
    nothing = pd.DataFrame(columns=["share", "spread", "answered"], dtype=float)
    if any(isinstance(table, Unknown) for table in tables):
        return nothing
    waves, frame, responses, items = (pd.DataFrame(table) for table in tables)
    try:
        last = one_wave(waves, frame, responses)
    except CannotTell:
        return nothing
    overall = items.loc[items["aspect"] == "overall"]
    levels = answer_table(last.responses, items).reindex(columns=overall["item_id"]).mean(axis=1)
    design = survey_design(last.frame, last.responses)
    satisfied = (levels > 3).astype(float).where(levels.notna()).groupby(design.rows["account_id"]).mean()
    by_stratum = satisfied.groupby(design.accounts["stratum"])
    table = by_stratum.agg(share="mean", spread="std", answered="count")
    # One stratum left out could be told from the whole, which another report shows.
    return table[table["spread"] > 0] if (table["answered"] >= AT_LEAST).all() else nothing


def sample_plan(
    frame: pd.DataFrame, past: pd.DataFrame, *, margin: float, response: float, least: int, neyman: bool
) -> pd.DataFrame:
    """Return how many of each stratum to ask, and how many answers are to be expected.

    Parameters
    ----------
    frame
        `sampling_frame`.
    past
        `past_answers`; for a stratum it does not hold, half are satisfied, which is the hardest to tell.
    margin
        As in `share_size`, for the list as a whole.
    response
        Part of those asked that is expected to answer, above 0, at most 1.
    least
        Fewest answers wanted of each stratum; they may raise the sample above what the margin needs.
    neyman
        More answers where they differed more, in place of in proportion.

    Returns
    -------
    DataFrame
        One row per stratum by name: `accounts`, `proportional` and `neyman` (answers by either rule),
        `wanted` (by the rule chosen), `asked`, `expected` (answers; fewer than wanted where the stratum
        is too short), `share` and `spread` (expected).
    """
    accounts = frame["stratum"].value_counts().sort_index()
    expected = past.reindex(accounts.index)[["share", "spread"]].fillna(0.5)
    size = max(share_size(margin, len(frame)), int(accounts.clip(upper=least).sum()))
    rules = {"proportional": None, "neyman": expected["spread"]}
    plan = pd.DataFrame({"accounts": accounts})
    for rule, spread in rules.items():
        plan[rule] = allocation(accounts, size, spread=spread, least=least)["sample"]
    plan["wanted"] = plan["neyman" if neyman else "proportional"]
    plan["asked"] = np.ceil(plan["wanted"] / response - 1e-9).clip(upper=accounts).astype(int)
    plan["expected"] = (plan["asked"] * response).clip(upper=plan["wanted"])
    return plan.join(expected).rename_axis("stratum").reset_index()


def expected_precision(plan: pd.DataFrame) -> pd.DataFrame:
    """Return how sure the answer will be, per stratum and in all, if a plan goes as expected.

    Parameters
    ----------
    plan
        `stratum`, `accounts` (N_h), `expected` (answers, n_h), `share` and `spread` (S_h, with n−1).

    Returns
    -------
    DataFrame
        One row per stratum, then one named `all`: `stratum`, `se`, `margin` (half the range) and `share,
        share_low, share_high, share_n, share_method, share_note`, each account one voice. A row with fewer
        than five answers has no share, and says so.

    Notes
    -----
    V = Σ (N_h/N)²·(1−n_h/N_h)·S_h²/n_h, df = Σn_h less strata: what `mean_estimate` gives on average.
    Source: Cochran (1977), theorem 5.3.
    """
    answers, weight = plan["expected"], plan["accounts"] / plan["accounts"].sum()
    variance = (1 - answers / plan["accounts"]) * plan["spread"] ** 2 / answers
    whole = (ALL, weight @ plan["share"], weight**2 @ variance, answers.sum())
    rows = [*zip(plan["stratum"], plan["share"], variance, answers, strict=True), whole]
    return pd.DataFrame([_row(*row, df=answers.sum() - len(plan)) for row in rows])


def _row(stratum: str, share: float, variance: float, answers: float, *, df: float) -> dict[str, Any]:
    if answers < AT_LEAST or df < 1:
        few = f"About {answers:.0f} answers: too few to tell (at least {AT_LEAST} are needed)."
        told = estimate_columns("share", Unknown(few))
        return {"stratum": stratum, "se": math.nan, "margin": math.nan, **told}
    se = math.sqrt(variance)
    margin = float(t_quantile(int(df), 0.95)) * se
    cells = (share, max(0.0, share - margin), min(1.0, share + margin), round(answers))
    told = dict(
        zip(estimate_columns("share", Unknown("")), (*cells, LINEARISED_T if se else CENSUS, ""), strict=True)
    )
    return {"stratum": stratum, "se": se, "margin": margin, **told}
