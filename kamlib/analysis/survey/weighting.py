"""How far the answer moves with the weights: none, those of the sample, those held to the whole list."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kamlib.analysis.survey.answers import numbers
from kamlib.analysis.survey.estimator.design import SurveyDesign
from kamlib.analysis.survey.estimator.raking import raked_design
from kamlib.analysis.survey.scale import NO_GROUP, satisfaction_table
from kamlib.estimate import Unknown

UNWEIGHTED = "every answer alike"
WEIGHTED = "by tier, answers and people (this report)"
RAKED = "and held to the whole list, group by group"


def raked_to_list(design: SurveyDesign, frame: pd.DataFrame, groups: pd.DataFrame) -> SurveyDesign | Unknown:
    """Return the design with its weights held to the contacts of each group on the list.

    Parameters
    ----------
    design
        `survey_design` of the wave.
    frame
        `survey_frame`, the same wave. An account that does not say how many contacts it has counts as many as
        answered, or one.
    groups
        By account of the frame, a column for each margin, such as `tier` and `industry`; a missing group is
        one of its own.

    Returns
    -------
    SurveyDesign or Unknown
        An `Unknown` where nobody answered in a group, or the sizes cannot all be met.
    """
    named = groups.astype(object).fillna(NO_GROUP)
    told = numbers(frame.set_index("account_id").reindex(columns=["n_contacts"])["n_contacts"])
    size = design.accounts["contacts"].reindex(told.index).fillna(told).fillna(1.0)
    targets = {name: size.groupby(named[name]).sum() for name in named}
    of_contact = pd.DataFrame({name: design.by_contact(named[name]) for name in named})
    try:
        return raked_design(design, of_contact, {name: total[total > 0] for name, total in targets.items()})
    except ValueError as fault:
        return Unknown(f"This cannot be had. {str(fault).splitlines()[-1].strip(' -')}.", "raking")


def list_weightings(
    design: SurveyDesign, frame: pd.DataFrame, groups: pd.DataFrame
) -> dict[str, SurveyDesign | Unknown]:
    """Return the sample under three weightings, by name: its own, held to the list, none.

    Parameters
    ----------
    design, frame, groups
        As in `raked_to_list`.
    """
    return {WEIGHTED: design, RAKED: raked_to_list(design, frame, groups), UNWEIGHTED: design.reweighted(1.0)}


def weighting_table(designs: Mapping[str, SurveyDesign | Unknown], answers: pd.DataFrame) -> pd.DataFrame:
    """Return how satisfied the contacts are under each weighting.

    Parameters
    ----------
    designs
        By the weighting's name; an `Unknown` gives a row whose numbers are missing.
    answers
        As in `satisfaction_table`.

    Returns
    -------
    DataFrame
        One row per weighting (and question): `view`, the columns of `satisfaction_table`, and `moved`:
        the share of the satisfied less that under the first weighting.
    """
    rows = [
        pd.DataFrame([{"top2_note": design.reason}])
        if isinstance(design, Unknown)
        else satisfaction_table(design, answers)
        for design in designs.values()
    ]
    table = pd.concat(rows, keys=list(designs), names=["view"]).reset_index("view")
    return table.assign(moved=table["top2"] - table["top2"].iloc[0]).reset_index(drop=True)
