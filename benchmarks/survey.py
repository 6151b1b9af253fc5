"""Time what the survey reports work out of one wave, and print the seconds of each part.

python benchmarks/survey.py FOLDER RUNS
"""

import sys
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from one_process import print_seconds
from survey_wave import TABLES

from kamlib.analysis.survey.answers import answer_table
from kamlib.analysis.survey.comparisons import compared_groups
from kamlib.analysis.survey.drivers import drivers
from kamlib.analysis.survey.estimator.design import SurveyDesign, survey_design
from kamlib.analysis.survey.response import response_table
from kamlib.analysis.survey.scale import level_table, satisfaction_table
from kamlib.analysis.survey.views import three_views


class Wave:
    """The tables of a wave, and what is built on them first."""

    def __init__(self, folder: str) -> None:
        self.frame, self.responses, self.items = (
            pd.read_parquet(Path(folder) / f"{name}.parquet") for name in TABLES
        )
        by_account = self.frame.set_index("account_id")
        self.revenue, self.tier = by_account["revenue"], by_account["stratum"].rename("tier")

    @cached_property
    def design(self) -> SurveyDesign:
        """Who answered, and for how many."""
        return self.new_design()

    @cached_property
    def answers(self) -> pd.DataFrame:
        """One row per contact, one column per question."""
        return self.new_answers()

    def new_design(self) -> SurveyDesign:
        """Return the design, built anew: it keeps what it has worked out."""
        return survey_design(self.frame, self.responses)

    def new_answers(self) -> pd.DataFrame:
        """Return the answers, held to their scale anew."""
        return answer_table(self.responses, self.items)


SUMMARY: dict[str, Callable[[Wave], Any]] = {
    "design": Wave.new_design,
    "answers": Wave.new_answers,
    "response": lambda it: response_table(it.frame, revenue=it.revenue),
    "satisfaction": lambda it: satisfaction_table(it.design, it.answers),
    "levels": lambda it: level_table(it.design, it.answers),
    "satisfaction by tier": lambda it: satisfaction_table(it.design, it.answers, by=it.tier),
    "three views": lambda it: three_views(it.design, it.answers, revenue=it.revenue),
    "tiers compared": lambda it: compared_groups(it.design, it.answers, it.tier),
}


def summary(it: Wave) -> None:
    """Work out all of it, from the tables as they are read."""
    it.design, it.answers = it.new_design(), it.new_answers()
    for name, part in SUMMARY.items():
        if name not in ("design", "answers"):
            part(it)


PARTS = SUMMARY | {
    "all of these, from the tables on": summary,
    "drivers, 1,000 draws": lambda it: drivers(it.design, it.answers, it.items, seed=1, draws=1000),
}


if __name__ == "__main__":
    print_seconds(PARTS, Wave(sys.argv[1]), runs=int(sys.argv[2]))
