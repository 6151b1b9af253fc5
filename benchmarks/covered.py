"""How often the range of a survey's number holds the truth, over many samples of a known company.

The ranges are kamlib's; Wald's, the estimate ± 1.96 standard errors, stands beside them. A band is missed
where the share of draws lies outside it. With fewer draws than `DRAWS` it may lie outside by `ERRORS`
binomial standard errors, √(p(1−p)/draws) at the band's end.
"""

import math
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from draws import SAMPLINGS, Sampling, drawn
from population import BOUNDS, SHARES, flags, scores
from scipy.stats import hypergeom

from kamlib.analysis.survey.estimator.means import mean_ranges, point_table
from kamlib.analysis.survey.estimator.proportions import hypergeometric_interval, share_ranges

DRAWS, ERRORS, SEED = 5000, 3, 1


@dataclass(frozen=True)
class Band:
    """How often a range should hold the truth.

    Parameters
    ----------
    low, high
        The shares of draws between which it should lie.
    of
        What is held to it: the average over the true values (`coverage`), or the `lowest` of them.
    """

    low: float
    high: float
    of: str

    @property
    def says(self) -> str:
        """Return it in words."""
        most = f" to {self.high:.0%}" if self.high < 1 else " or more"
        return f"{self.low:.0%}{most}{', each' if self.of == 'lowest' else ''}"

    def is_missed(self, share: float, draws: int) -> bool:
        """Return whether a share of so many draws lies outside; fewer than `DRAWS` may err."""
        errors = 0 if draws >= DRAWS else ERRORS
        low, high = (errors * math.sqrt(end * (1 - end) / draws) for end in (self.low, self.high))
        return not self.low - low <= share <= self.high + high


MEAN, WILSON = Band(0.94, 0.97, "coverage"), Band(0.93, 0.97, "coverage")
EXACT, BEYOND = Band(0.95, 1.0, "lowest"), Band(0.90, 1.0, "lowest")


def coverage_table(draws: int) -> pd.DataFrame:
    """Return how often each range holds the truth.

    Parameters
    ----------
    draws
        How many samples of each kind: a number that their stacks divide.

    Returns
    -------
    DataFrame
        One row per sampling and group of true values: `design`, `what`, `interval`, `truth`; of its range
        `coverage` (on average over the true values), `lowest` (of one of them) and `width` (on average); the
        same of Wald's as `wald_coverage`, `wald_lowest`, `wald_width`; the `band` that is asked for (empty:
        none), and `is_missed`, by so many `draws`.
    """
    tasks = [(sampling, stack) for sampling in SAMPLINGS for stack in range(draws // sampling.stack)]
    with ProcessPoolExecutor() as pool:
        found = pd.concat(pool.map(held, *zip(*tasks, strict=True), chunksize=4))
    means = found.groupby(["design", "variable"], sort=False).mean()
    rows = [row for one in SAMPLINGS for row in _rows(one, means.loc[one.says], draws)]
    return pd.DataFrame([*rows, counted_row()])


def missed_bands(ranges: pd.DataFrame) -> list[str]:
    """Return a sentence on each band that is missed."""
    missed = ranges[ranges["is_missed"]] if len(ranges) else ranges
    return [
        f"{row.design}, {row.what} {row.truth}: held in {row.coverage:.1%}, at the lowest {row.lowest:.1%}, "
        f"not {row.band}"
        for row in missed.itertuples()
    ]


def held(sampling: Sampling, stack: int) -> pd.DataFrame:
    """Return how often a stack of draws holds each truth, and by how wide a range.

    Returns
    -------
    DataFrame
        One row per variable: `design`, `variable`, `coverage`, `width`, `wald_coverage`, `wald_width`.
    """
    people = sampling.people(SEED)
    draw, contact, design = drawn(people, sampling, np.random.default_rng([SEED, stack]))
    groups = pd.Series(draw, index=design.rows.index)
    tables = []
    for variables, ranges_of in (
        (flags(people["mood"]), share_ranges),
        (scores(people["mood"]), score_ranges),
    ):
        values = variables.iloc[contact].set_axis(design.rows.index)
        df = sampling.df - design.fitted // sampling.stack
        points = point_table(design, values, groups=groups).assign(df=df)
        points = points.assign(list_size=len(people)) if sampling.is_list else points
        tables.append(outcomes(points, ranges_of(points), points["variable"].map(variables.mean())))
    return pd.concat(tables).assign(design=sampling.says)


def score_ranges(points: pd.DataFrame) -> pd.DataFrame:
    """Return the ranges of means, each within the ends of its scale."""
    parts = [mean_ranges(part, bounds=BOUNDS[name]) for name, part in points.groupby("variable", sort=False)]
    return pd.concat(parts).loc[points.index]


def outcomes(points: pd.DataFrame, ranges: pd.DataFrame, truth: pd.Series) -> pd.DataFrame:
    """Return per variable how often the ranges, and Wald's, hold the truth, and how wide they are."""
    reach = 1.96 * points["se"]
    wald = pd.DataFrame({"low": points["value"] - reach, "high": points["value"] + reach})
    found = points[["variable"]].copy()
    for prefix, each in (("", ranges), ("wald_", wald)):
        is_held = (each["low"] <= truth + 1e-9) & (truth - 1e-9 <= each["high"])
        found[f"{prefix}coverage"], found[f"{prefix}width"] = is_held, each["high"] - each["low"]
    return found.groupby("variable", sort=False, as_index=False).mean()


def counted_row() -> dict[str, object]:
    """Return the row of the exact range over every true count and every sample that there can be."""
    listed, asked = 250, SAMPLINGS[0].asked["all"]
    hits, truth = np.arange(asked + 1), np.arange(listed + 1)[:, None]
    low, high = np.array([hypergeometric_interval(hit, asked, listed) for hit in hits]).T
    chance = hypergeom.pmf(hits, listed, truth, asked)
    coverage = (chance * ((low <= truth) & (truth <= high))).sum(axis=1)
    found = pd.DataFrame({"coverage": coverage, "width": chance @ (high - low) / listed})
    head = {"design": SAMPLINGS[0].says, "what": "share", "interval": "exact", "truth": "every one, counted"}
    return _row(head, found, EXACT, DRAWS)


def _rows(sampling: Sampling, found: pd.DataFrame, draws: int) -> Iterator[dict[str, object]]:
    interval, middle = ("exact", EXACT) if sampling.is_list else ("Wilson", WILSON)
    parts = {
        ".05 to .95": ([share for share in SHARES if 0.05 <= share <= 0.95], middle),
        ".01 to .04, .96 to .99": (
            [share for share in SHARES if 0 < share < 0.05 or 0.95 < share < 1],
            BEYOND,
        ),
        "0": ([0.0], BEYOND),
        "1": ([1.0], BEYOND),
    }
    for truth, (shares, band) in parts.items():
        head = {"design": sampling.says, "what": "share", "interval": interval, "truth": truth}
        yield _row(head, found.loc[shares], band, draws)
    for name in BOUNDS:
        head = {"design": sampling.says, "what": name, "interval": "t", "truth": ""}
        yield _row(head, found.loc[[name]], MEAN, draws)


def _row(head: dict[str, str], found: pd.DataFrame, band: Band | None, draws: int) -> dict[str, object]:
    row: dict[str, object] = dict(head)
    for prefix in ("", "wald_"):
        if f"{prefix}coverage" in found:
            coverage, width = found[f"{prefix}coverage"], found[f"{prefix}width"]
            row |= {f"{prefix}coverage": coverage.mean(), f"{prefix}lowest": coverage.min()}
            row[f"{prefix}width"] = width.mean()
    is_missed = band is not None and band.is_missed(row[band.of], draws)
    return row | {"band": band.says if band else "", "draws": draws, "is_missed": is_missed}
