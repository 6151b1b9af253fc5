"""Samples of a known company, drawn again and again, and as many of them at once as one design."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from population import company

from kamlib.analysis.survey.estimator.design import SurveyDesign, survey_design
from kamlib.analysis.survey.estimator.raking import raked_design


@dataclass(frozen=True)
class Sampling:
    """How a sample is drawn.

    Parameters
    ----------
    says
        What people call it.
    asked
        How many accounts of each stratum; `all` is the whole company as one list.
    contacts
        How many contacts of an account at most; 0 where each account has but one.
    whole
        The stratum of which all contacts are asked.
    margins
        What the weights are raked to: columns of the company.
    stack
        So many draws are one design. Each takes the margins of all: with margins, few.
    """

    says: str
    asked: dict[str, int] = field(hash=False)
    contacts: int = 0
    whole: str = ""
    margins: tuple[str, ...] = ()
    stack: int = 250

    @property
    def is_list(self) -> bool:
        """Return whether it is a plain sample of one list."""
        return "all" in self.asked

    @property
    def df(self) -> int:
        """Return the degrees of freedom of one draw: accounts less strata, without the one heard whole."""
        return sum(count - 1 for stratum, count in self.asked.items() if stratum != self.whole)

    def people(self, seed: int) -> pd.DataFrame:
        """Return whom it is drawn from."""
        people = company(several=self.contacts > 0, seed=seed)
        return people.assign(stratum="all") if self.is_list else people


SAMPLINGS = (
    Sampling("plain list, 60 of 250", {"all": 60}),
    Sampling("strata, 20 + 25 + 30", {"A": 20, "B": 25, "C": 30}),
    Sampling("strata, up to 2 contacts each", {"A": 20, "B": 25, "C": 30}, contacts=2),
    Sampling("all of A, 25 of B, 25 of C", {"A": 40, "B": 25, "C": 25}, contacts=2, whole="A"),
    Sampling(
        "strata, 2 contacts, raked to region and tier", {"A": 20, "B": 25, "C": 30}, contacts=2,
        margins=("region", "stratum"), stack=25,
    ),
)  # fmt: skip


def drawn(
    people: pd.DataFrame, sampling: Sampling, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, SurveyDesign]:
    """Return a stack of draws: the draw and the contact of each answer, and the design of them all.

    No stratum and no account is in two draws, so that each draw's variance is its own.
    """
    accounts = people.drop_duplicates("account")
    stratum, names = pd.factorize(accounts["stratum"])
    is_drawn = lowest(stratum, np.array([sampling.asked[name] for name in names]), sampling.stack, random)
    most = np.where(accounts["stratum"] == sampling.whole, accounts["contacts"], max(sampling.contacts, 1))
    account, number = people["account"].to_numpy(), np.arange(sampling.stack)[:, None]
    draw, contact = np.nonzero(lowest(account, most, sampling.stack, random) & is_drawn[:, account])
    frame = {
        "account_id": number * len(accounts) + accounts["account"].to_numpy(),
        "stratum": number * len(names) + stratum,
        "n_contacts": np.tile(accounts["contacts"], (sampling.stack, 1)),
        "drawn": is_drawn,
    }
    answers = {
        "contact_id": draw * len(people) + contact,
        "account_id": draw * len(accounts) + account[contact],
    }
    frame = pd.DataFrame({name: cells.ravel() for name, cells in frame.items()})
    design = survey_design(frame, pd.DataFrame(answers).assign(value=1.0))
    return (
        draw,
        contact,
        raked(design, draw, contact, people[list(sampling.margins)]) if sampling.margins else design,
    )


def raked(design: SurveyDesign, draw: np.ndarray, contact: np.ndarray, margins: pd.DataFrame) -> SurveyDesign:
    """Return the design with each draw's weights raked to how many contacts the company has in each group."""
    groups, targets = {}, {}
    for name, column in margins.items():
        codes, names = pd.factorize(column)
        groups[name] = draw * len(names) + codes[contact]
        targets[name] = pd.Series(np.tile(np.bincount(codes), draw.max() + 1))
    return raked_design(design, pd.DataFrame(groups, index=design.rows.index), targets)


def lowest(group: np.ndarray, sizes: np.ndarray, draws: int, random: np.random.Generator) -> np.ndarray:
    """Return who has one of the lowest random numbers of its group: a row per draw.

    Parameters
    ----------
    group
        The group of each: 0 first, then 1, and so on.
    sizes
        How many of each group.
    draws
        How many rows.
    random
        Where the numbers come from.
    """
    numbers = group + random.random((draws, len(group)))
    place = numbers.argsort(axis=1).argsort(axis=1) - np.searchsorted(group, group)
    return place < sizes[group]
