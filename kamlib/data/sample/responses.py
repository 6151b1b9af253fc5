"""The survey's answers: who of the drawn accounts spoke, and what they said."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlib.data.sample.opinion import (
    ASPECT_WEIGHTS,
    BY_ACCOUNT,
    BY_CHANCE,
    BY_PERSON,
    CUTS,
    OVERALL_CHANCE,
    WAVES,
    Wave,
    overall_slope_and_scatter,
)
from kamlib.data.sample.recipe import Recipe
from kamlib.data.sample.survey import ITEMS

_MEAN_SHIFT = {"price": -0.35, "quality": 0.2, "service": -0.05, "culture": 0.15, "brand": 0.1}
_MODES, _MODE_SHARES = ("web", "phone", "visit"), (0.62, 0.28, 0.10)
_OPEN_SHARE = 0.22
_CONTENT_WORDS = (
    "Nothing really, keep going.",
    "Good people. Our KAM answers within the hour & knows our lines.",
    "The recyclable pouch runs well – please bring more sizes.",
    "Müller in your customer service is a great help!",
    "Samples came fast; the trial went without a stop.",
    'Colours match at last. We call it "boring", and mean it as praise.',
)
_OTHER_WORDS = (
    "Delivery dates move too often.",
    "Prices went up twice in a year without a word of warning.",
    "Lead time > 6 weeks, competitors offer < 4 weeks.",
    "Seal strength varies from roll to roll; we had two stops & a recall scare.",
    '"Soon" is not a date.',
    "We never hear from anyone between two orders",
    "Invoice and delivery note don't agree, third time this year",
    "=1+1 would be easier to get than a clear quote",
    "- price\n- lead time\n- price",
    "<b>Compostable film</b> tears on our machine.",
    "Ask us before you change the material, bitte!",
)


def survey_responses_table(recipe: Recipe, truth: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Draw the answers of the accounts that took part.

    Returns
    -------
    DataFrame
        One row per wave, contact and question in the columns of the contract, sorted by them.
    """
    rng = recipe.generator("survey_responses")
    heard = frame[frame.disposition.isin(("I", "P"))]
    waves = [_wave_responses(rng, truth, heard[heard.wave_id == wave.wave_id], wave) for wave in WAVES]
    table = pd.concat(waves, ignore_index=True)
    return table.sort_values(["wave_id", "contact_id", "item_id"], ignore_index=True)


def contact_id(account_id: str, number: int) -> str:
    """Return the id of the person `number` (from 1) at an account."""
    return f"K{account_id[1:]}-{number}"


def _wave_responses(
    rng: np.random.Generator, truth: pd.DataFrame, heard: pd.DataFrame, wave: Wave
) -> pd.DataFrame:
    people = _people(rng, heard, wave)
    content = truth.loc[people.account_id, f"content_{wave.wave_id}"].to_numpy()
    answers = _answers(rng, content)
    long = people.loc[people.index.repeat(len(ITEMS))].reset_index(drop=True)
    long["item"] = np.tile(np.arange(len(ITEMS)), len(people))
    long["item_id"] = [f"Q{i + 1:02d}" for i in long["item"]]
    long["value"] = answers.ravel()
    long["missing_code"] = _missing_codes(rng, long)
    long["text"] = _comments(rng, long, np.repeat(answers[:, 0], len(ITEMS)))
    is_open = long["item"] == len(ITEMS) - 1
    long["missing_code"] = long.missing_code.mask(is_open & long.text.isna(), "skipped")
    long["value"] = long.value.mask(is_open | long.missing_code.notna()).astype("Int64")
    return long


def _people(rng: np.random.Generator, heard: pd.DataFrame, wave: Wave) -> pd.DataFrame:
    """Return those who answered: at least one of an account, and more often than not the others."""
    people = heard.loc[heard.index.repeat(heard.n_contacts)].reset_index(drop=True)
    number = people.groupby("account_id").cumcount() + 1
    first = rng.integers(0, 1_000_000, len(people)) % people.n_contacts + 1
    first = first.groupby(people.account_id).transform("first")
    people["contact_id"] = [contact_id(a, n) for a, n in zip(people.account_id, number, strict=True)]
    people["mode"] = rng.choice(_MODES, len(people), p=_MODE_SHARES)
    waited = np.minimum(np.floor(rng.exponential(9, len(people))), (wave.closed - wave.opened).days)
    people["answered_at"] = pd.Timestamp(wave.opened) + pd.to_timedelta(waited, unit="D")
    people["stops_after"] = np.where(people.disposition == "P", rng.integers(4, 8, len(people)), len(ITEMS))
    takes_part = (number == first) | (rng.random(len(people)) < 0.62)
    return people[takes_part].reset_index(drop=True)


def _answers(rng: np.random.Generator, content: np.ndarray) -> np.ndarray:
    """Return one row of answers per person, one column per item; the open item's is no number."""
    count, weights = len(content), np.array(list(ASPECT_WEIGHTS.values()))
    person = rng.standard_normal(count)
    chance = rng.standard_normal((count, len(weights)))
    aspects = BY_ACCOUNT * content[:, None] + BY_PERSON * person[:, None] + BY_CHANCE * chance
    slope, _ = overall_slope_and_scatter()
    scale = weights.sum() * BY_ACCOUNT / slope
    overall = (aspects @ weights + OVERALL_CHANCE * rng.standard_normal(count)) / scale
    nps = np.clip(np.round(7.3 + 1.9 * (0.85 * overall + 0.5 * rng.standard_normal(count))), 0, 10)
    shifted = aspects + np.array([_MEAN_SHIFT.get(aspect, 0.0) for aspect in ASPECT_WEIGHTS])
    levels = 1 + sum((np.column_stack([overall, shifted]) > cut).astype(int) for cut in CUTS)
    return np.column_stack([levels, nps, np.zeros(count)])


def _missing_codes(rng: np.random.Generator, long: pd.DataFrame) -> pd.Series:
    draw = rng.random(len(long))
    aspect = np.array([aspect for aspect, _, _ in ITEMS], dtype=object)[long["item"]]
    is_overall = aspect == "overall"
    codes = np.select(
        [
            long["item"] >= long.stops_after,
            is_overall | (aspect == "open"),
            draw < 0.015,
            (draw < 0.03) & (aspect == "price"),
            (draw < 0.045) & np.isin(aspect, ["benefit", "culture"]),
        ],
        ["not_shown", "", "skipped", "refused", "not_applicable"],
        "",
    )
    return pd.Series(codes).mask(codes == "")


def _comments(rng: np.random.Generator, long: pd.DataFrame, overall: np.ndarray) -> pd.Series:
    writes = (long["item"] == len(ITEMS) - 1) & (rng.random(len(long)) < _OPEN_SHARE)
    writes &= long.missing_code.isna()
    content = rng.choice(np.array(_CONTENT_WORDS, dtype=object), len(long))
    other = rng.choice(np.array(_OTHER_WORDS, dtype=object), len(long))
    return pd.Series(np.where(overall >= 4, content, other)).where(writes)
