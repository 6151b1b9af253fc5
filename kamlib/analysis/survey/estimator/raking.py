"""Weights that meet what is known of the whole list, margin by margin."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kamlib.analysis.survey.estimator.design import SurveyDesign
from kamlib.analysis.survey.estimator.means import kish_size

_ROUNDS = 1_000
_CLOSE = 1e-12
"""Largest error of a margin, as a part of its target."""


def raked_design(
    design: SurveyDesign, groups: pd.DataFrame, targets: Mapping[str, pd.Series]
) -> SurveyDesign:
    """Return the design with weights that add up to the known number of each group, on every margin.

    Weights are multiplied group by group, margin after margin, until all are met (raking). One margin
    is post-stratification. Standard errors then rest on what the margins leave unexplained
    (`SurveyDesign.residuals`).

    Parameters
    ----------
    design
        The sample: of contacts, or with one contact an account.
    groups
        Index as `design.rows`, one column per margin: the group of each contact (or account).
    targets
        By margin, how many the whole list holds of each group, in what the weights count: contacts,
        or accounts where each has one contact.

    Raises
    ------
    ValueError
        A target that cannot be met; all of them at once, each with what would be right.

    Notes
    -----
    Source: Deming & Stephan (1940); Deville, Särndal & Sautory (1993), Generalized Raking Procedures
    in Survey Sampling. Equal to R's `calibrate(calfun = "raking")`.

    Examples
    --------
    >>> from kamlib.analysis.survey.estimator.design import list_design
    >>> groups = pd.DataFrame({"region": ["East", "West", "West"]}, index=["a", "b", "c"])
    >>> known = {"region": pd.Series({"East": 5, "West": 4})}
    >>> raked_design(list_design(["a", "b", "c"], 9), groups, known).rows["weight"].tolist()
    [5.0, 2.0, 2.0]
    """
    if design.margins is not None:
        raise ValueError("this design is raked already: give the one before, with all margins at once")
    margins = groups[list(targets)].reindex(design.rows.index).astype(object)
    if faults := _faults(margins, targets):
        raise ValueError("\n  - ".join(["the weights cannot be raked:", *faults]))
    weight = _raked_weights(design.rows["weight"], margins, targets)
    note = (
        f"Weighted to what is known of the list by {' and '.join(targets)}: {len(weight)} answers tell "
        f"as much as {kish_size(weight):.0f} of equal weight."
    )
    return design.reweighted(weight, margins=margins, note=note)


def _raked_weights(base: pd.Series, margins: pd.DataFrame, targets: Mapping[str, pd.Series]) -> np.ndarray:
    weight = base.to_numpy(float)
    places = {name: pd.factorize(margins[name]) for name in targets}
    for _ in range(_ROUNDS):
        error = 0.0
        for name, (codes, groups) in places.items():
            factor = targets[name][groups].to_numpy(float) / np.bincount(codes, weight)
            error = max(error, float(np.abs(factor - 1).max()))
            weight = weight * factor[codes]
        if error < _CLOSE:
            return weight
    now = pd.Series(weight, base.index)
    found = pd.concat({name: now.groupby(margins[name]).sum() for name in targets})
    wanted = pd.concat(dict(targets))[found.index]
    name, group = worst = (found / wanted - 1).abs().idxmax()
    raise ValueError(
        f"the weights cannot be raked:\n  - {name} {group}: after {_ROUNDS} rounds they add up to "
        f"{found[worst]:g}, not {wanted[worst]:g}: too few of its combinations with the other margins "
        "answered; put groups together, or leave a margin out"
    )


def _faults(margins: pd.DataFrame, targets: Mapping[str, pd.Series]) -> list[str]:
    faults = [
        f"{name}: {silent} of {len(margins)} answers have no group; name one, such as 'unknown'"
        for name, silent in margins.isna().sum().items()
        if silent
    ]
    answered = pd.concat({name: margins[name].value_counts() for name in targets})
    counts = pd.DataFrame({"answered": answered, "target": pd.concat(dict(targets))}).fillna(0)
    for name, group, heard, target in counts.reset_index().itertuples(index=False):
        if heard and target <= 0:
            faults.append(f"{name} {group}: {heard:g} answered, but no target above 0 is given; give one")
        elif target and not heard:
            faults.append(
                f"{name} {group}: the target is {target:g}, but nobody answered; "
                "put the group together with another"
            )
    totals = {name: float(target.sum()) for name, target in targets.items()}
    first, *others = totals
    return faults + [
        f"{name}: the targets add up to {totals[name]:g}, those of {first} to {totals[first]:g}; "
        "count both on the same list"
        for name in others
        if abs(totals[name] - totals[first]) > 1e-9 * abs(totals[first])
    ]
