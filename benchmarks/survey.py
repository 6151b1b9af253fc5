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
from kamlib.analysis.survey.drivers import drivers
from kamlib.analysis.survey.estimator.design import SurveyDesign, survey_design
from kamlib.analysis.survey.groups import group_comparisons, group_table, question_answers
from kamlib.analysis.survey.non_response import frame_groups, response_by_group, weight_table
from kamlib.analysis.survey.response import response_table
from kamlib.analysis.survey.scale import level_table, satisfaction_table
from kamlib.analysis.survey.suppression import suppression_table
from kamlib.analysis.survey.views import three_views
from kamlib.analysis.survey.weighting import list_weightings, weighting_table


class Wave:
    """The tables of a wave, and what is built on them first."""

    def __init__(self, folder: str) -> None:
        self.frame, self.responses, self.items = (
            pd.read_parquet(Path(folder) / f"{name}.parquet") for name in TABLES
        )
        self.revenue = self.frame.set_index("account_id")["revenue"]

    @cached_property
    def design(self) -> SurveyDesign:
        """Who answered, and for how many."""
        return self.new_design()

    @cached_property
    def answers(self) -> pd.DataFrame:
        """One row per contact, one column per question."""
        return self.new_answers()

    @cached_property
    def overall(self) -> pd.DataFrame:
        """The question that is broken down."""
        return question_answers(self.answers, self.items, "overall")

    @cached_property
    def known(self) -> pd.DataFrame:
        """What the list knows of each account."""
        return frame_groups(self.frame, accounts=self.frame, revenue=self.revenue)

    @cached_property
    def groups(self) -> pd.DataFrame:
        """The breakdowns."""
        return self.known.filter(["tier", "industry", "region"])

    @cached_property
    def weightings(self) -> dict[str, Any]:
        """The same sample under three weightings."""
        return self.new_weightings()

    @cached_property
    def hidden(self) -> pd.DataFrame:
        """Which groups are not shown."""
        return self.new_hidden()

    def new_design(self) -> SurveyDesign:
        """Return the design, built anew: it keeps what it has worked out."""
        return survey_design(self.frame, self.responses)

    def new_answers(self) -> pd.DataFrame:
        """Return the answers, held to their scale anew."""
        return answer_table(self.responses, self.items)

    def new_weightings(self) -> dict[str, Any]:
        """Return the weightings, raked anew."""
        return list_weightings(self.design, self.frame, self.groups)

    def new_hidden(self) -> pd.DataFrame:
        """Return which groups are not shown, in a confidential wave."""
        return suppression_table(
            self.groups, self.design, self.overall.iloc[:, 0], confidentiality="confidential",
            revenue=self.revenue, others=self.weightings,
        )  # fmt: skip


SUMMARY: dict[str, Callable[[Wave], Any]] = {
    "design": Wave.new_design,
    "answers": Wave.new_answers,
    "satisfaction": lambda it: satisfaction_table(it.design, it.answers),
    "levels": lambda it: level_table(it.design, it.answers),
    "response": lambda it: response_table(it.frame, revenue=it.revenue),
    "non-response": lambda it: response_by_group(it.frame, it.known, revenue=it.revenue),
    "raked to the list": Wave.new_weightings,
    "weighted otherwise": lambda it: weighting_table(it.weightings, it.overall),
    "weights": lambda it: weight_table(it.design, it.frame),
    "hidden groups": Wave.new_hidden,
    "three views": lambda it: three_views(it.design, it.overall, revenue=it.revenue),
    "by tier, industry and region": lambda it: group_table(it.design, it.overall, it.groups, it.hidden),
    "groups compared": lambda it: group_comparisons(it.design, it.overall, it.groups, it.hidden),
}


MADE_ONCE = ("design", "answers", "raked to the list", "hidden groups")


def summary(it: Wave) -> None:
    """Work out all that the notebook survey/summary asks for, from the tables as they are read."""
    anew = Wave.__new__(Wave)
    anew.frame, anew.responses, anew.items, anew.revenue = it.frame, it.responses, it.items, it.revenue
    for name, part in SUMMARY.items():
        if name not in MADE_ONCE:
            part(anew)


PARTS = SUMMARY | {
    "all of these, from the tables on": summary,
    "drivers, 1,000 draws": lambda it: drivers(it.design, it.answers, it.items, seed=1, draws=1000),
}


if __name__ == "__main__":
    print_seconds(PARTS, Wave(sys.argv[1]), runs=int(sys.argv[2]))
