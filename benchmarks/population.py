"""A known company to draw samples from: 250 accounts in three strata, whose contacts answer alike."""

import numpy as np
import pandas as pd

ACCOUNTS = {"A": 40, "B": 85, "C": 125}
ALIKE = 0.4
"""How much of the spread of the contacts is that of their accounts."""
MOOD = {"A": 0.3, "B": 0.0, "C": -0.2, "north": 0.3, "south": 0.0, "west": -0.3}
SHARES = [*np.arange(5) / 100, *np.arange(5, 100, 5) / 100, *np.arange(96, 101) / 100]
LEVELS = (0.08, 0.20, 0.36, 0.76)
"""The part of the contacts below which the levels 1 to 4 end, as in the text's 4, 6, 8, 20 and 12 of 50."""
TENS = (0.02, 0.04, 0.07, 0.1, 0.15, 0.22, 0.3, 0.45, 0.65, 0.85)
BOUNDS = {"mean of five levels": (1, 5), "net of five levels": (-1, 1), "NPS": (-1, 1)}


def company(*, several: bool, seed: int) -> pd.DataFrame:
    """Return the contacts of the company.

    Parameters
    ----------
    several
        Whether accounts have more than one: 1 to 5, those of A 2 more.
    seed
        The same seed gives the same company.

    Returns
    -------
    DataFrame
        One row per contact, by account: `account` (a number from 0), `stratum`, `region`, `contacts`
        (of its account), `mood`, from which each of its answers follows.
    """
    random = np.random.default_rng(seed)
    accounts = pd.DataFrame({"stratum": np.repeat(list(ACCOUNTS), list(ACCOUNTS.values()))})
    accounts["region"] = random.choice(["north", "south", "west"], len(accounts))
    count = random.choice([1, 2, 3, 4, 5], len(accounts), p=[0.3, 0.25, 0.2, 0.15, 0.1])
    accounts["contacts"] = count + 2 * (accounts["stratum"] == "A") if several else 1
    shared = accounts[["stratum", "region"]].replace(MOOD).astype(float).sum(axis=1)
    shared += random.normal(size=len(accounts)) * ALIKE**0.5
    people = accounts.rename_axis("account").assign(shared=shared).reset_index()
    people = people.loc[people.index.repeat(people["contacts"])].reset_index(drop=True)
    own = random.normal(size=len(people)) * (1 - ALIKE) ** 0.5
    return people.assign(mood=people.pop("shared") + own)


def flags(mood: pd.Series) -> pd.DataFrame:
    """Return who has a property that such a share of all have: one column per share, from none to all."""
    place = mood.rank(ascending=False).to_numpy()
    reach = np.round(np.array(SHARES) * len(mood))
    return pd.DataFrame(1.0 * (place[:, None] <= reach), columns=SHARES, index=mood.index)


def scores(mood: pd.Series) -> pd.DataFrame:
    """Return what means are asked of: a level from 1 to 5, its net, and +1, 0 or −1 of an answer 0 to 10."""
    place = mood.rank(pct=True)
    level, ten = 1.0 + np.searchsorted(LEVELS, place), np.searchsorted(TENS, place)
    answers = (level, np.sign(level - 3), 1.0 * (ten >= 9) - (ten <= 6))
    return pd.DataFrame(dict(zip(BOUNDS, answers, strict=True)), index=mood.index)
