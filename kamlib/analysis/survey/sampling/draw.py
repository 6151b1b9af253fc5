"""A draw that anybody can repeat: an account's number hangs on the seed and its own name alone."""

from __future__ import annotations

import hashlib
from typing import Any

import pandas as pd

METHOD = (
    "By lot: each account of a tier has a number that hangs on the starting number and its own id alone. "
    "Those with the lowest numbers are asked, the next are the reserve."
)
RULE = "The first 13 hexadecimal digits of SHA-256 of 'seed:account_id' (UTF-8), over 16 to the 13th."


def random_number(seed: int, name: str) -> float:
    """Return a number from 0 to 1 that hangs on the seed and the name alone.

    Not on the order of the rows, nor on who else is on the list, and any language can work it out again
    (permanent random numbers: Ohlsson 1995).

    Examples
    --------
    >>> round(random_number(1, "A0001"), 6)
    0.314573
    """
    return int(hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()[:13], 16) / 16**13


def drawn_sample(frame: pd.DataFrame, asked: pd.Series, *, seed: int) -> pd.DataFrame:
    """Return the list in the order of its draw.

    Parameters
    ----------
    frame
        One row per account: `account_id`, `stratum` and whatever else.
    asked : Series
        How many to draw, by stratum.
    seed
        Another seed, another draw; chosen before the list is seen.

    Returns
    -------
    DataFrame
        The frame by stratum and place, with `number`, `place` (in the stratum, from 1), `drawn` (the others
        are the reserve, in order of place), `chance` (n_h/N_h) and `weight` (N_h/n_h).

    Raises
    ------
    ValueError
        An account twice, or more to draw than a stratum holds.
    """
    if frame["account_id"].duplicated().any():
        raise ValueError("frame: an account stands in it twice, and would have two chances")
    held = frame["stratum"].value_counts().sort_index()
    over = held[asked.reindex(held.index) > held]
    if len(over):
        name = over.index[0]
        raise ValueError(f"stratum {name}: {asked[name]} are to be drawn, but it holds {over[name]}")
    numbers = [random_number(seed, name) for name in frame["account_id"]]
    table = frame.assign(number=numbers).sort_values(["stratum", "number", "account_id"], ignore_index=True)
    place = table.groupby("stratum").cumcount() + 1
    size, whole = table["stratum"].map(asked), table["stratum"].map(held)
    return table.assign(place=place, drawn=place <= size, chance=size / whole, weight=whole / size)


def draw_log(sample: pd.DataFrame, **said: Any) -> pd.DataFrame:
    """Return what must be known to repeat a draw, and to see that the list was the same.

    Parameters
    ----------
    sample
        `drawn_sample`.
    **said
        Whatever was set before the draw, such as the seed and the day of the data.

    Returns
    -------
    DataFrame
        `what`, `value`, both text: what was said, how it was drawn, and of each tier how many were. The last
        two rows are for whoever checks it: the rule of the numbers, and a fingerprint of the list (16
        digits of SHA-256 of its lines `account_id,stratum`, in order).
    """
    lines = sorted(f"{row.account_id},{row.stratum}" for row in sample.itertuples())
    strata = sample.groupby("stratum")["drawn"].agg(["sum", "size"])
    words = {"True": "yes", "False": "no"}
    rows = {name.replace("_", " "): words.get(str(value), str(value)) for name, value in said.items()}
    rows["how it was drawn"] = METHOD
    rows |= {f"tier {name}": f"{drawn} of {size} drawn" for name, drawn, size in strata.itertuples()}
    rows["rule of the numbers"] = RULE
    rows["fingerprint of the list"] = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
    return pd.DataFrame({"what": list(rows), "value": list(rows.values())}, dtype="str")
