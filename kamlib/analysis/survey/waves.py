"""Pick one survey wave out of several."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from kamlib.analysis.survey.response import is_drawn
from kamlib.errors import CannotTell, ParameterError, did_you_mean
from kamlib.estimate import Unknown

ATTRIBUTED = "attributed"
CONFIDENTIAL = "confidential"


class Wave(NamedTuple):
    """One wave: its id, its rows of `survey_frame` and `survey_responses` (row labels kept), its promise.

    `confidentiality` is `anonymous`, `confidential` or `attributed`; one that does not say is
    confidential. `closed_at` is the last day of asking, None where it is not known or yet to come.
    """

    wave_id: str
    frame: pd.DataFrame
    responses: pd.DataFrame
    confidentiality: str = CONFIDENTIAL
    closed_at: pd.Timestamp | None = None

    @property
    def withheld(self) -> Unknown | None:
        """Why nothing is told of a single account or person; None in an attributed wave."""
        if self.confidentiality == ATTRIBUTED:
            return None
        said = f"Wave {self.wave_id} was {self.confidentiality}"
        return Unknown(f"{said}: what one account or person answered is not told.", "single_answers")


def one_wave(
    waves: pd.DataFrame, frame: pd.DataFrame, responses: pd.DataFrame, *, wave: str = "latest"
) -> Wave:
    """Return the rows of one wave; its frame has a `disposition`.

    A drawn account that gave a value in this wave and has no disposition counts as an interview (I).

    Parameters
    ----------
    waves, frame, responses
        The tables `survey_waves`, `survey_frame` and `survey_responses`.
    wave
        A `wave_id`, or `latest`: of the waves that have answers, the one opened last (of several on one
        day, the last by name).

    Raises
    ------
    CannotTell
        No wave has been opened, or nobody has answered the one asked for.
    ParameterError
        There is no wave of that name.

    Examples
    --------
    >>> opened_at = pd.to_datetime(["2024-05-01", "2025-05-01"])
    >>> waves = pd.DataFrame({"wave_id": ["W1", "W2"], "opened_at": opened_at})
    >>> frame = pd.DataFrame({"wave_id": ["W1", "W2"], "account_id": ["a", "b"]})
    >>> one_wave(waves, frame, frame.assign(contact_id="c")).wave_id
    'W2'
    """
    known = waves["wave_id"].astype(str)
    if known.empty:
        raise CannotTell("No survey wave has been opened up to this date.", "survey_wave")
    answered = set(responses["wave_id"].astype(str))
    if wave == "latest" and answered:
        heard = waves.assign(wave_id=known)[known.isin(answered)]
        wave = str(heard.sort_values(["opened_at", "wave_id"])["wave_id"].iloc[-1])
    if not answered or (wave in set(known) and wave not in answered):
        raise CannotTell("None of these accounts has answered the survey up to this date.", "survey_wave")
    if wave not in set(known):
        raise ParameterError(
            f"wave: there is no survey wave '{wave}', only {', '.join(sorted(known))} and 'latest'"
            f"{did_you_mean(wave, known)}"
        )
    rows, answers = (table[table["wave_id"].astype(str) == wave] for table in (frame, responses))
    said = waves.reindex(columns=["confidentiality", "closed_at"])[known == wave].iloc[0]
    promised = CONFIDENTIAL if pd.isna(said["confidentiality"]) else str(said["confidentiality"])
    closed_at = None if pd.isna(said["closed_at"]) else said["closed_at"]
    return Wave(wave, _with_interviews(rows, answers), answers, promised, closed_at)


def _with_interviews(frame: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    heard = responses.reindex(columns=["account_id", "value"]).dropna()["account_id"]
    is_interview = frame["account_id"].isin(heard) & is_drawn(frame.reindex(columns=["drawn"]))
    ended = frame.get("disposition", pd.Series(index=frame.index, dtype=object)).astype(object)
    return frame.assign(disposition=ended.mask(ended.isna() & is_interview, "I"))
