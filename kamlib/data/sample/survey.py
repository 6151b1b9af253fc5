"""The satisfaction survey: its waves and questions, whom it could ask, whom it drew."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlib.data.sample.opinion import WAVES, Wave, on_frame
from kamlib.data.sample.recipe import Recipe

_DRAWN_SHARES = {"A": 1.0, "B": 0.7, "C": 0.5}
ITEMS = (
    ("overall", "Overall, how satisfied are you with us?", "none"),
    ("communication", "How satisfied are you with the way we keep in touch?", "none"),
    ("service", "How satisfied are you with our service and deliveries?", "quality"),
    ("benefit", "How satisfied are you with what working with us brings you?", "quality"),
    ("product", "How satisfied are you with our range of films, pouches and labels?", "quality"),
    ("price", "How satisfied are you with our prices for what you get?", "price"),
    ("quality", "How satisfied are you with the quality of what we deliver?", "quality"),
    ("culture", "How well do our people and yours work together?", "culture"),
    ("brand", "How satisfied are you with what our name stands for?", "culture"),
    ("nps", "How likely are you to recommend us, from 0 to 10?", "none"),
    ("open", "What should we do better?", "none"),
)


def survey_waves_table() -> pd.DataFrame:
    """Return the two waves, in the columns of the contract; nothing in it is drawn."""
    return pd.DataFrame({
        "wave_id": [wave.wave_id for wave in WAVES],
        "opened_at": pd.to_datetime([wave.opened for wave in WAVES]),
        "closed_at": pd.to_datetime([wave.closed for wave in WAVES]),
        "confidentiality": [wave.confidentiality for wave in WAVES],
    })  # fmt: skip


def survey_items_table() -> pd.DataFrame:
    """Return the questions, in the columns of the contract; nothing in it is drawn."""
    return pd.DataFrame({
        "item_id": [f"Q{i + 1:02d}" for i in range(len(ITEMS))],
        "text": [text for _, text, _ in ITEMS],
        "aspect": [aspect for aspect, _, _ in ITEMS],
        "level": [level for _, _, level in ITEMS],
    })  # fmt: skip


def survey_frame_table(recipe: Recipe, truth: pd.DataFrame, order_lines: pd.DataFrame) -> pd.DataFrame:
    """Draw a stratified random sample of the key accounts for each wave.

    Strata are the tiers A, B, C by net revenue of the 365 days before the wave, cut at 80 and
    95% before the account. All of A is drawn, 70% of B, 50% of C.

    Returns
    -------
    DataFrame
        One row per wave and eligible account in the columns of the contract, sorted by them.
    """
    rng = recipe.generator("survey_frame")
    waves = [_wave_frame(rng, recipe, truth, order_lines, wave) for wave in WAVES]
    return pd.concat(waves, ignore_index=True)


def _wave_frame(
    rng: np.random.Generator, recipe: Recipe, truth: pd.DataFrame, order_lines: pd.DataFrame, wave: Wave
) -> pd.DataFrame:
    eligible = truth[on_frame(truth, recipe, wave)]
    stratum = _tiers(order_lines, eligible.index, wave)
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
    opened = pd.Timestamp(wave.opened)
    in_year = order_lines.ordered_at.between(opened - pd.Timedelta(days=365), opened, inclusive="left")
    revenue = order_lines[in_year].groupby("account_id").net_amount.sum().reindex(accounts, fill_value=0.0)
    ranked = revenue.sort_values(ascending=False, kind="stable")
    before = (ranked.cumsum() - ranked) / ranked.sum()
    return pd.Series(np.select([before < 0.80, before < 0.95], ["A", "B"], "C"), index=ranked.index)[accounts]


def _drawn(rng: np.random.Generator, stratum: pd.Series) -> np.ndarray:
    order = pd.Series(rng.random(len(stratum)), index=stratum.index)
    places = order.groupby(stratum).rank(method="first")
    sizes = np.ceil(stratum.map(_DRAWN_SHARES) * stratum.groupby(stratum).transform("size"))
    return (places <= sizes).to_numpy()


def _dispositions(rng: np.random.Generator, content: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Return how each approach ended: the less content answer less often."""
    answers = rng.random(len(content)) < np.clip(0.68 + 0.06 * content, 0.3, 0.9)
    full = np.where(rng.random(len(content)) < 0.93, "I", "P")
    silent = rng.choice(["R", "NC", "O", "U", "ineligible"], len(content), p=[0.30, 0.42, 0.07, 0.16, 0.05])
    ended = np.where(answers, full, silent).astype(object)
    ended[~drawn] = None
    return ended
