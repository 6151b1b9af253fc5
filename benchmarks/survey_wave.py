"""A made-up survey wave of any size: three strata, 30 questions, colleagues who answer alike."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

TABLES = ("frame", "responses", "items")
QUESTIONS = 30
ASPECTS = ("communication", "service", "benefit", "product", "price", "quality", "culture", "brand")


@cache
def wave_folder(folder: Path, *, contacts: int) -> Path:
    """Return a folder with the tables of a wave that so many contacts answered, as Parquet.

    Every second account of the frame answered, by 3 or 4 of its contacts; a tenth of the values is missing.
    """
    made = folder / f"wave-{contacts}"
    made.mkdir()
    random = np.random.default_rng(1)
    frame = _frame(3 * contacts // 5, random)
    asked = np.flatnonzero(frame["drawn"])
    account = np.sort(np.resize(asked, contacts))
    tables = (frame, _responses(frame["account_id"].to_numpy()[account], account, random), _items())
    for name, table in zip(TABLES, tables, strict=True):
        table.to_parquet(made / f"{name}.parquet")
    return made


def _frame(accounts: int, random: np.random.Generator) -> pd.DataFrame:
    number = np.arange(accounts)
    stratum = random.choice(["A", "B", "C"], accounts, p=[0.16, 0.34, 0.5])
    frame = pd.DataFrame({"account_id": [f"A{each:06}" for each in number], "stratum": stratum})
    frame["industry"] = random.choice([f"industry {each}" for each in range(9)], accounts)
    frame["region"] = random.choice([f"region {each}" for each in range(7)], accounts)
    frame["n_contacts"] = 4 + random.integers(0, 4, accounts)
    drawn = number % 2 == 0
    return frame.assign(
        drawn=drawn, disposition=np.where(drawn, "I", None), revenue=random.lognormal(8, 1, accounts)
    )


def _responses(name: np.ndarray, account: np.ndarray, random: np.random.Generator) -> pd.DataFrame:
    contacts = len(account)
    mood = random.normal(size=account.max() + 1)[account] + random.normal(size=contacts)
    heard = mood[:, None] + random.normal(size=(contacts, QUESTIONS)) * np.linspace(1, 3, QUESTIONS)
    level = np.clip(np.round(3.6 + 0.6 * heard), 1, 5)
    level[random.random(level.shape) < 0.1 / QUESTIONS] = np.nan
    contact = np.array([f"P{each:06}" for each in range(contacts)])
    cells = {"contact_id": np.repeat(contact, QUESTIONS), "account_id": np.repeat(name, QUESTIONS)}
    items = np.tile(_items()["item_id"].to_numpy(), contacts)
    return pd.DataFrame(cells | {"item_id": items, "value": level.ravel()})


def _items() -> pd.DataFrame:
    aspects = [*np.resize(ASPECTS, QUESTIONS - 1), "overall"]
    return pd.DataFrame({"item_id": [f"q{number:02}" for number in range(QUESTIONS)], "aspect": aspects})
