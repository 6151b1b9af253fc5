"""Who answered, and for how many they stand: strata, accounts, sizes and weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from kamlib.analysis.survey.answers import numbers, row_breaches
from kamlib.analysis.survey.faults import COLUMNS, design_faults
from kamlib.errors import ContractError

_HEARD = ("I", "P")


@dataclass(frozen=True, eq=False)
class SurveyDesign:
    """A two-stage stratified sample: accounts within strata, contacts within accounts.

    Parameters
    ----------
    rows
        One row per answering contact, index `contact_id` (unique):

        - `stratum`, `account_id`
        - `weight`: how many contacts this one stands for, above zero
        - `stratum_accounts`: accounts of the frame in the stratum, a size and not a fraction;
          infinite = no finite population correction
        - `account_contacts`: contacts in the account, at least those who answered
    notes
        What the reader of the results should know about it, in sentences.

    Raises
    ------
    ValueError
        A size or weight that cannot be; the text says which and what would be right.

    Examples
    --------
    >>> rows = pd.DataFrame({"stratum": "A", "account_id": ["x", "y"], "weight": 2.0}, index=["x1", "y1"])
    >>> SurveyDesign(rows.assign(stratum_accounts=4, account_contacts=1)).df
    1
    """

    rows: pd.DataFrame
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        faults = design_faults(self.rows)
        if faults:
            raise ValueError(
                "this survey design cannot be:\n" + "\n".join(f"  - {fault}" for fault in faults)
            )

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """One row per answering account, by name: `stratum`, `contacts`, `answered`."""
        by_account = self.rows.astype({"stratum": object}).groupby("account_id", observed=True)
        table = by_account.agg(stratum=("stratum", "first"), contacts=("account_contacts", "first"))
        return table.assign(answered=by_account.size())

    @cached_property
    def strata(self) -> pd.DataFrame:
        """One row per stratum that was heard, by name: `accounts` (of the frame), `answered`."""
        accounts = self.rows.groupby("stratum", observed=True)["stratum_accounts"].first()
        answered = self.accounts.groupby("stratum", observed=True).size()
        return pd.DataFrame({"accounts": accounts, "answered": answered})

    @cached_property
    def account_codes(self) -> np.ndarray:
        """For each contact, the position of its account in `accounts`."""
        return self.accounts.index.get_indexer(pd.Index(self.rows["account_id"]))

    @cached_property
    def stratum_codes(self) -> np.ndarray:
        """For each account, the position of its stratum in `strata`."""
        return self.strata.index.get_indexer(pd.Index(self.accounts["stratum"]))

    @property
    def df(self) -> int:
        """Degrees of freedom: answering accounts less strata."""
        return len(self.accounts) - len(self.strata)

    @cached_property
    def is_plain_list(self) -> bool:
        """True for a simple random sample of one finite list: one contact an account, equal weights."""
        return bool(
            len(self.strata) == 1
            and np.isfinite(self.strata["accounts"]).all()
            and (self.rows["account_contacts"] == 1).all()
            and np.allclose(self.rows["weight"], self.rows["weight"].iloc[0])
        )

    @cached_property
    def is_fully_heard(self) -> np.ndarray:
        """For each contact, true if all accounts of its stratum, and all their contacts, answered."""
        has_gap = (self.accounts["answered"] < self.accounts["contacts"]).to_numpy()
        is_short = (self.strata["answered"] < self.strata["accounts"]).to_numpy()
        gaps = np.bincount(self.stratum_codes, has_gap, minlength=len(self.strata)) + is_short
        return (gaps == 0)[self.stratum_codes][self.account_codes]

    def aligned(self, values: pd.Series, name: str = "values") -> np.ndarray:
        """Return values by contact as doubles in the order of `rows`; missing where there is none."""
        strangers = values.index.difference(self.rows.index)
        if len(strangers):
            raise ValueError(
                f"{name}: {len(strangers)} of {len(values)} contacts are not in the survey design"
            )
        return numbers(values).reindex(self.rows.index).to_numpy()

    def inside(self, where: pd.Series | None) -> np.ndarray:
        """Return who is in a subgroup, in the order of `rows`; contacts it does not name are not."""
        if where is None:
            return np.ones(len(self.rows), dtype=bool)
        return np.nan_to_num(self.aligned(where, "where")) > 0

    def by_contact(self, values: pd.Series) -> pd.Series:
        """Spread values by account over the contacts that answered."""
        return self.rows["account_id"].map(values).rename(values.name)


def survey_design(frame: pd.DataFrame, responses: pd.DataFrame) -> SurveyDesign:
    """Build the design of one wave.

    A contact answered if any of its responses has a value. The weight of an answering contact is
    N_h/n_h × M/m: accounts of the frame over answering accounts in its stratum, times contacts
    over answering contacts in its account. N_h counts every row of the frame in the stratum. Where
    more contacts answered than `n_contacts` says, or it says nothing, M = m, and a note counts it.

    Parameters
    ----------
    frame
        `survey_frame`, one wave: one row per eligible account.
    responses
        `survey_responses`, the same wave.

    Raises
    ------
    ContractError
        An account that answered but is not in the frame, was not drawn or is marked as not
        heard; an account twice in the frame; a contact of two accounts.

    Examples
    --------
    >>> frame = pd.DataFrame({"account_id": ["x", "y", "z"], "stratum": "A", "n_contacts": [2, 1, 1]})
    >>> frame["drawn"] = [True, True, False]
    >>> responses = pd.DataFrame({"contact_id": ["x1", "y1"], "account_id": ["x", "y"], "value": [4, 5]})
    >>> survey_design(frame, responses).rows["weight"].tolist()
    [3.0, 1.5]
    """
    given = responses[responses["value"].notna()]
    breaches = {
        "survey_frame": _frame_breaches(frame, given),
        "survey_responses": _response_breaches(frame, given),
    }
    if any(breaches.values()):
        raise ContractError({table: said for table, said in breaches.items() if said})
    contacts = given.drop_duplicates("contact_id").set_index("contact_id")["account_id"]
    # Categories that are not there would count as strata.
    listed = frame.astype({"stratum": object}).set_index("account_id")
    stratum = contacts.map(listed["stratum"])
    answered = contacts.groupby(contacts).transform("size")
    told = contacts.map(numbers(listed["n_contacts"])) if "n_contacts" in listed else answered * np.nan
    size = told.where(told >= answered, answered)
    frame_size = stratum.map(listed["stratum"].value_counts()).astype(float)
    heard = stratum.map(contacts.groupby(stratum).nunique())
    columns = (stratum, contacts, frame_size / heard * size / answered, frame_size, size)
    rows = pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
    return SurveyDesign(rows, tuple(_notes(listed["stratum"], rows, told)))


def list_design(names: Sequence[str] | pd.Index, population: float = math.inf) -> SurveyDesign:
    """Return the design of a plain sample from one list: every name an account with one contact.

    Parameters
    ----------
    names
        Who answered.
    population
        How many names the list holds; infinite = no finite population correction.

    Examples
    --------
    >>> list_design(["a", "b", "c"], population=12).rows["weight"].tolist()
    [4.0, 4.0, 4.0]
    """
    index = pd.Index(names, name="contact_id")
    weight = population / max(len(index), 1) if math.isfinite(population) else 1.0
    columns = ("all", index, weight, float(population), 1.0)
    return SurveyDesign(pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)), index=index))


def account_design(design: SurveyDesign) -> SurveyDesign:
    """Return the design with one row per answering account, each account one voice.

    For the account's view: the index holds the accounts, weight Σw/M (N_h/n_h for a wave's own design), one
    contact an account. Its variable is `account_means`.
    """
    accounts, rows = design.accounts, design.rows
    weight = rows.groupby("account_id", observed=True)["weight"].sum() / accounts["contacts"]
    sizes = accounts["stratum"].map(design.strata["accounts"])
    columns = (accounts["stratum"], accounts.index, weight, sizes, 1.0)
    table = pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)), index=accounts.index)
    # An index of the same name as a column would be two keys of one name.
    return SurveyDesign(table.rename_axis(None), design.notes)


def account_means(design: SurveyDesign, values: pd.Series) -> pd.Series:
    """Return each account's mean over its contacts with a value, by account; missing where none has."""
    by_row = pd.Series(design.aligned(values), index=design.rows.index)
    return by_row.groupby(design.rows["account_id"], observed=True).mean().rename(values.name)


def _frame_breaches(frame: pd.DataFrame, given: pd.DataFrame) -> list[str]:
    breaches = row_breaches(
        frame["account_id"].duplicated(), "account_id", "an account the frame has already (give one wave)"
    )
    breaches += row_breaches(frame["stratum"].isna(), "stratum", "empty")
    is_answering = frame["account_id"].isin(given["account_id"])
    not_drawn = is_answering & (numbers(frame["drawn"]) == 0)
    breaches += row_breaches(not_drawn, "drawn", "false, though the account answered")
    if "disposition" in frame:
        marked = frame["disposition"]
        contradicts = is_answering & marked.notna() & ~marked.isin(_HEARD)
        breaches += row_breaches(
            contradicts, "disposition", "not I or P, though the account answered", marked
        )
    return breaches


def _response_breaches(frame: pd.DataFrame, given: pd.DataFrame) -> list[str]:
    if given.empty:
        return ["value: every row is empty, so nobody answered"]
    unknown = ~given["account_id"].isin(frame["account_id"])
    first = given.groupby("contact_id")["account_id"].transform("first")
    return [
        *row_breaches(unknown, "account_id", "not in survey_frame: only accounts of the frame can answer"),
        *row_breaches(
            given["account_id"] != first, "contact_id", "a contact who answers for another account too"
        ),
    ]


def _notes(frame_strata: pd.Series, rows: pd.DataFrame, told: pd.Series) -> list[str]:
    """Say what was assumed, and for whom the sample cannot speak."""
    size = rows["account_contacts"]
    accounts = rows["account_id"]
    answered = accounts.groupby(accounts).transform("size")
    counts = {
        "had more answers than contacts on the list: counted as many as answered": told < answered,
        "had no number of contacts: counted as many as answered": told.isna(),
        "had one answer of several contacts: how far colleagues differ is taken from the whole": (
            (answered == 1) & (size > 1)
        ),
    }
    found = {says: int(accounts[is_so].nunique()) for says, is_so in counts.items()}
    notes = [f"{count} account{'s' * (count > 1)} {says}." for says, count in found.items() if count]
    for stratum, size_of in (
        frame_strata[~frame_strata.isin(rows["stratum"])].value_counts(sort=False).items()
    ):
        notes.append(
            f"Nobody answered in stratum {stratum} ({size_of} accounts): the results do not speak for it."
        )
    return notes
