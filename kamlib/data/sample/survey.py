"""The satisfaction survey: whom it could ask, whom it drew, who spoke, and what they said."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import Generator

from kamlib.data.sample import opinion
from kamlib.data.sample.contacts import contact_ids
from kamlib.data.sample.opinion import ITEMS, SURVEY, WAVES, Wave, on_frame
from kamlib.data.sample.recipe import Recipe

_DRAWN_SHARES = {"A": 1.0, "B": 0.7, "C": 0.5}
_MODES = {"web": 0.62, "phone": 0.28, "visit": 0.10}
_OPEN_SHARE = 0.22


def survey_frame_table(recipe: Recipe, truth: pd.DataFrame, order_lines: pd.DataFrame) -> pd.DataFrame:
    """Draw a stratified random sample of the key accounts for each wave.

    Strata are the tiers A, B, C by net revenue of the 365 days before the wave, cut at 80 and
    95% before the account. All of A is drawn, 70% of B, 50% of C.

    Returns
    -------
    DataFrame
        One row per wave and eligible account with the columns of the contract, sorted by them.
    """
    rng = recipe.generator("survey_frame")
    waves = [_wave_frame(rng, truth[on_frame(truth, recipe, wave)], order_lines, wave) for wave in WAVES]
    return pd.concat(waves, ignore_index=True)


def survey_responses_table(recipe: Recipe, truth: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Draw the answers of the accounts that took part.

    Returns
    -------
    DataFrame
        One row per wave, contact and question with the columns of the contract, sorted by them.
    """
    rng = recipe.generator("survey_responses")
    heard = frame[frame.disposition.isin(("I", "P"))]
    waves = [_wave_responses(rng, truth, heard[heard.wave_id == wave.wave_id], wave) for wave in WAVES]
    table = pd.concat(waves, ignore_index=True)
    return table.sort_values(["wave_id", "contact_id", "item_id"], ignore_index=True)


def _wave_frame(rng: Generator, eligible: pd.DataFrame, lines: pd.DataFrame, wave: Wave) -> pd.DataFrame:
    stratum = _tiers(lines, eligible.index, wave)
    drawn = _drawn(rng, stratum)
    return pd.DataFrame({
        "wave_id": wave.wave_id,
        "account_id": eligible.index,
        "stratum": stratum.to_numpy(),
        "n_contacts": eligible.contact_count.to_numpy(),
        "drawn": drawn,
        "disposition": _dispositions(rng, eligible[f"content_{wave.wave_id}"].to_numpy(), drawn),
    })  # fmt: skip


def _tiers(order_lines: pd.DataFrame, accounts: pd.Index, wave: Wave) -> pd.Series:
    opened = pd.Timestamp(wave.opened_at)
    in_year = order_lines.ordered_at.between(opened - pd.Timedelta(days=365), opened, inclusive="left")
    revenue = order_lines[in_year].groupby("account_id").net_amount.sum().reindex(accounts, fill_value=0.0)
    ranked = revenue.sort_values(ascending=False, kind="stable")
    before = (ranked.cumsum() - ranked) / ranked.sum()
    return pd.Series(np.select([before < 0.80, before < 0.95], ["A", "B"], "C"), index=ranked.index)[accounts]


def _drawn(rng: Generator, stratum: pd.Series) -> np.ndarray:
    order = pd.Series(rng.random(len(stratum)), index=stratum.index)
    places = order.groupby(stratum).rank(method="first")
    sizes = np.ceil(stratum.map(_DRAWN_SHARES) * stratum.groupby(stratum).transform("size"))
    return (places <= sizes).to_numpy()


def _dispositions(rng: Generator, content: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Return how each approach ended: the less content answer less often."""
    answers = rng.random(len(content)) < np.clip(0.68 + 0.06 * content, 0.3, 0.9)
    full = np.where(rng.random(len(content)) < 0.93, "I", "P")
    silent = rng.choice(["R", "NC", "O", "U", "ineligible"], len(content), p=[0.30, 0.42, 0.07, 0.16, 0.05])
    ended = np.where(answers, full, silent).astype(object)
    ended[~drawn] = None
    return ended


def _wave_responses(rng: Generator, truth: pd.DataFrame, heard: pd.DataFrame, wave: Wave) -> pd.DataFrame:
    people = _people(rng, heard, wave)
    content = truth.loc[people.account_id, f"content_{wave.wave_id}"].to_numpy()
    answers = _answers(rng, content)
    long = people.merge(ITEMS[["item_id", "aspect"]].reset_index(names="item"), how="cross")
    long["value"] = answers.ravel()
    long["missing_code"] = _missing_codes(rng, long)
    long["text"] = _comments(rng, long, np.repeat(answers[:, 0], len(ITEMS)))
    is_open = long.aspect == "open"
    long["missing_code"] = long.missing_code.mask(is_open & long.text.isna(), "skipped")
    long["value"] = long.value.mask(is_open | long.missing_code.notna()).astype("Int64")
    return long


def _people(rng: Generator, heard: pd.DataFrame, wave: Wave) -> pd.DataFrame:
    """Return those who answered: at least one of an account, and more often than not the others."""
    people = heard.loc[heard.index.repeat(heard.n_contacts)].reset_index(drop=True)
    number = people.groupby("account_id").cumcount() + 1
    first = rng.integers(0, 1_000_000, len(people)) % people.n_contacts + 1
    first = first.groupby(people.account_id).transform("first")
    people["contact_id"] = contact_ids(people.account_id, number)
    people["mode"] = rng.choice(list(_MODES), len(people), p=list(_MODES.values()))
    waited = np.minimum(np.floor(rng.exponential(9, len(people))), (wave.closed_at - wave.opened_at).days)
    people["answered_at"] = pd.Timestamp(wave.opened_at) + pd.to_timedelta(waited, unit="D")
    people["stops_after"] = np.where(people.disposition == "P", rng.integers(4, 8, len(people)), len(ITEMS))
    takes_part = (number == first) | (rng.random(len(people)) < 0.62)
    return people[takes_part].reset_index(drop=True)


def _answers(rng: Generator, content: np.ndarray) -> np.ndarray:
    """Return one row of answers per person, one column per item; the open item's is no number."""
    count, weights = len(content), opinion.ASPECTS.weight.to_numpy()
    person = rng.standard_normal(count)
    chance = rng.standard_normal((count, len(weights)))
    lasting = opinion.BY_ACCOUNT * content + opinion.BY_PERSON * person
    aspects = lasting[:, None] + opinion.BY_CHANCE * chance
    slope, _ = opinion.overall_slope_and_scatter()
    scale = weights.sum() * opinion.BY_ACCOUNT / slope
    overall = (aspects @ weights + opinion.OVERALL_CHANCE * rng.standard_normal(count)) / scale
    nps = np.clip(np.round(7.3 + 1.9 * (0.85 * overall + 0.5 * rng.standard_normal(count))), 0, 10)
    shifted = aspects + opinion.ASPECTS["shift"].to_numpy()
    levels = 1 + sum((np.column_stack([overall, shifted]) > cut).astype(int) for cut in opinion.CUTS)
    return np.column_stack([levels, nps, np.zeros(count)])


def _missing_codes(rng: Generator, long: pd.DataFrame) -> pd.Series:
    draw = rng.random(len(long))
    codes = {
        "not_shown": long["item"] >= long.stops_after,
        "": long.aspect.isin(("overall", "open")),
        "skipped": draw < 0.015,
        "refused": (draw < 0.03) & (long.aspect == "price"),
        "not_applicable": (draw < 0.045) & long.aspect.isin(("benefit", "culture")),
    }
    code = pd.Series(np.select(list(codes.values()), list(codes), ""))
    return code.mask(code == "")


def _comments(rng: Generator, long: pd.DataFrame, overall: np.ndarray) -> pd.Series:
    writes = (long.aspect == "open") & (rng.random(len(long)) < _OPEN_SHARE)
    writes &= long.missing_code.isna()
    words = [np.array(SURVEY[of], dtype=object) for of in ("content_words", "other_words")]
    content, other = (rng.choice(said, len(long)) for said in words)
    return pd.Series(np.where(overall >= 4, content, other)).where(writes)
