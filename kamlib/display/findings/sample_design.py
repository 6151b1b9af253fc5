"""What to say of a sample before it is asked."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from kamlib.display import theme
from kamlib.display.findings.finding import Finding
from kamlib.display.findings.words import finding_words, told_finding

_told = partial(told_finding, finding_words(__file__))


def sample_design_findings(
    plan: Any, precision: Any, sample: Any, people: Any, *, margin: float, response: float, as_of: str
) -> list[Finding]:
    """Return the findings of the sample design, the answer first.

    Parameters
    ----------
    plan
        `sample_plan`.
    precision
        `expected_precision`; its last row is the whole list.
    sample, people
        `drawn_sample` and the `asked_contacts` of those drawn.
    margin, response
        As wished for.
    as_of
        Data up to.
    """
    reached, drawn = precision.iloc[-1]["margin"], sample[sample["drawn"]]
    answers = round(plan["expected"].sum())
    nobody = people["contact_id"].isna().sum()
    words: dict[str, Any] = {
        "asked": len(drawn) if len(drawn) < len(sample) else "all",
        "accounts": len(sample),
        "reserve": len(sample) - len(drawn),
        "answers": answers,
        "points": theme.number(reached * 100, 1),
        "wished": theme.number(margin * 100, 1),
        "response": theme.share(response, 0),
        "nobody": f"; {nobody} without a known contact" if nobody else "",
        "ways": _ways(people),
    }
    is_short = (plan["expected"] < plan["wanted"]).any()
    lead = "few" if pd.isna(reached) else "short" if is_short else "ask"
    told = [_told(lead, words, as_of=as_of)]
    sales = sample["net_revenue_365"].sum()
    numbers = {
        "asked": len(drawn),
        "answers": answers,
        "right": reached * 100,
        "sales": drawn["net_revenue_365"].sum() / sales if sales > 0 else float("nan"),
        "people": people["contact_id"].notna().sum(),
    }
    known = {key: float(number) for key, number in numbers.items() if pd.notna(number)}
    return told + [_told(key, words, number=number, as_of=as_of) for key, number in known.items()]


def _ways(people: pd.DataFrame) -> str:
    counts = people.loc[people["contact_id"].notna(), "mode"].value_counts().sort_index()
    return ", ".join(f"{theme.number(count)} by {mode}" for mode, count in counts.items()) or "none known"
