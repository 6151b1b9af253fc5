"""The 0 to 10 question, whether the customer would recommend us."""

from __future__ import annotations

import pandas as pd

from kamlib.analysis.survey.design import SurveyDesign
from kamlib.analysis.survey.estimation import AT_LEAST, SurveyEstimate, mean_estimate
from kamlib.estimate import Unknown


def promoter_values(values: pd.Series) -> pd.Series:
    """Return +1 for 9 and 10 (promoters), 0 for 7 and 8, −1 for 0 to 6 (detractors).

    Examples
    --------
    >>> promoter_values(pd.Series([10, 9, 8, 7, 6, 0, None])).tolist()
    [1.0, 1.0, 0.0, 0.0, -1.0, -1.0, nan]
    """
    return ((values >= 9).astype(float) - (values <= 6)).where(values.notna())


def net_promoter_estimate(
    design: SurveyDesign, values: pd.Series, *, where: pd.Series | None = None, at_least: int = AT_LEAST
) -> SurveyEstimate | Unknown:
    """Return promoters less detractors as a share, −1 to 1 (times 100 it is the NPS), with its t interval."""
    return mean_estimate(
        design, promoter_values(values), where=where, bounds=(-1, 1), at_least=at_least, key="net_promoter"
    )
