"""The sampling variance of a two-stage stratified sample."""

from __future__ import annotations

import numpy as np

from kamlib.analysis.survey.design import SurveyDesign


def sampling_variance(design: SurveyDesign, scores: np.ndarray) -> float:
    r"""Return the variance of the sum of the scores over the sample.

    V = Σ_h (1−n_h/N_h)·n_h/(n_h−1)·Σ_i (z_hi−z̄_h)² + Σ_h (n_h/N_h) Σ_i (1−m/M)·m/(m−1)·Σ_j (z_hij−z̄_hi)²

    A stratum with one answering account, or an account with one answer of several contacts, has
    no spread of its own to see: its score is taken around zero, the mean of all scores of a mean
    or ratio (the rule `survey.lonely.psu = "adjust"` of R's survey package).

    Parameters
    ----------
    design
        The sample.
    scores
        z of each contact, in the order of `design.rows`: what the contact adds to the estimate.
        Zero outside a subgroup. For a mean, z = w(y−ȳ)/Σw.

    Notes
    -----
    Source: Lumley, Complex Surveys (2010), sections 2.2 and 3.2; Särndal, Swensson & Wretman
    (1992), section 4.3. Equal to R's `svymean` with `fpc = ~N + M`.
    """
    contacts, answered = (design.accounts[name].to_numpy(float) for name in ("contacts", "answered"))
    frame_accounts, heard = (design.strata[name].to_numpy(float) for name in ("accounts", "answered"))
    totals = np.bincount(design.account_codes, scores, minlength=len(answered))
    between = _spread(totals, design.stratum_codes, heard)
    within = _spread(scores, design.account_codes, answered)
    first = (1 - heard / frame_accounts) * between
    second = (heard / frame_accounts)[design.stratum_codes] * (1 - answered / contacts) * within
    return float(first.sum() + second.sum())


def _spread(scores: np.ndarray, groups: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return n/(n−1)·Σ(z−z̄)² of each group; of a group of one, z²."""
    is_alone = counts == 1
    centre = np.where(is_alone, 0.0, np.bincount(groups, scores, minlength=len(counts)) / counts)
    squares = np.bincount(groups, (scores - centre[groups]) ** 2, minlength=len(counts))
    return squares * np.where(is_alone, 1.0, counts / np.maximum(counts - 1, 1))
