"""How a sample is spread over its strata: in proportion, or more where answers differ more."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from kamlib.errors import ParameterError


def allocation(
    accounts: pd.Series, size: int, *, spread: pd.Series | None = None, least: int = 2
) -> pd.DataFrame:
    """Return how many of each stratum are to be in a sample.

    Parameters
    ----------
    accounts : Series
        How many the list holds, by stratum.
    size
        How many are to be in the sample.
    spread : Series
        Standard deviation of the answers by stratum: Neyman's allocation, n_h in proportion to N_h·S_h.
        Without it in proportion to N_h.
    least
        Fewest of a stratum; of a smaller one, all.

    Returns
    -------
    DataFrame
        One row per stratum by name: `accounts`, `exact` (between `least` and `accounts`, before rounding) and
        `sample`. What rounding down leaves goes to the largest remainders, equals by name, so `sample` adds
        up to `size`.

    Raises
    ------
    ParameterError
        More than the list holds, a stratum of one, minimums that cannot be met, a stratum without a spread.

    Notes
    -----
    Source: Neyman (1934); Cochran (1977), section 5.5; bounds as in section 5.8: strata beyond a bound are
    set to it and the rest is spread anew.

    Examples
    --------
    >>> accounts = pd.Series({"A": 50, "B": 80, "C": 120})
    >>> allocation(accounts, 60, spread=pd.Series({"A": 30, "B": 20, "C": 10})).round(2)
       accounts  exact  sample
    A        50  20.93      21
    B        80  22.33      22
    C       120  16.74      17
    """
    held = accounts.sort_index()
    pull = held * (1.0 if spread is None else spread.reindex(held.index))
    floor = held.clip(upper=least)
    _refuse(held, pull, floor, size, least)

    def bounded(factor: float) -> np.ndarray:
        return np.clip(factor * pull.to_numpy(float), floor, held)

    most = 2 * float((held / pull).max())  # every stratum is whole by then, whatever is rounded
    factor = brentq(lambda one: float(bounded(one).sum()) - size, 0, most, xtol=1e-15)
    exact = pd.Series(bounded(factor), index=held.index)
    sample = np.floor(exact.round(6)).astype(int)
    remainders = (exact - sample).round(6).sort_values(ascending=False, kind="stable")
    sample[remainders.index[: size - sample.sum()]] += 1
    return pd.DataFrame({"accounts": held, "exact": exact, "sample": sample})


def _refuse(held: pd.Series, pull: pd.Series, floor: pd.Series, size: int, least: int) -> None:
    small, flat = held.index[held < 2], pull.index[~(pull > 0)]
    faults = [
        (size > held.sum(), f"{size} accounts are asked for, but the list holds {held.sum()}"),
        (len(small), f"stratum {', '.join(small)} holds 1 account: how far accounts of its kind differ can "
         "never be told; join it with another"),
        (least < 2, f"least {least}: one answer shows no spread; give 2 or more"),
        (floor.sum() > size, f"at least {least} of each of {len(held)} strata are {floor.sum()} accounts, "
         f"but {size} are asked for: ask for more, or for fewer of each"),
        (len(flat), f"stratum {', '.join(flat)} has no spread above zero"),
    ]  # fmt: skip
    if said := [text for is_so, text in faults if is_so]:
        raise ParameterError(said[0])
