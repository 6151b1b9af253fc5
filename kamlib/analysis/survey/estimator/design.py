"""Who answered, and for how many they stand: strata, accounts, sizes and weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, diags_array

from kamlib.analysis.survey.answers import numbers, row_breaches
from kamlib.analysis.survey.estimator.faults import COLUMNS, design_faults
from kamlib.errors import ContractError

_HEARD = ("I", "P")
_OF_WEIGHTS = ("rows", "notes", "margins", "is_plain_list", "fitted", "_regression")


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
    margins
        Of a raked design (`raked_design`): the group of each contact on each margin, index as `rows`,
        which then hold `base_weight` too, the weight before raking.

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
    margins: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        faults = design_faults(self.rows)
        if faults:
            raise ValueError(
                "this survey design cannot be:\n" + "\n".join(f"  - {fault}" for fault in faults)
            )

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """One row per answering account, by name: `stratum`, `contacts`, `answered`."""
        first = self.rows.drop_duplicates("account_id").set_index("account_id").sort_index()
        table = first[["stratum", "account_contacts"]].set_axis(["stratum", "contacts"], axis=1)
        codes = first.index.get_indexer(pd.Index(self.rows["account_id"]))
        return table.astype({"stratum": object}).assign(answered=np.bincount(codes))

    @cached_property
    def strata(self) -> pd.DataFrame:
        """One row per stratum that was heard, by name: `accounts` (of the frame), `answered`."""
        first = self.rows.drop_duplicates("stratum").set_index("stratum")["stratum_accounts"]
        answered = self.accounts["stratum"].value_counts().sort_index()
        return pd.DataFrame({"accounts": first.reindex(answered.index), "answered": answered})

    @cached_property
    def account_codes(self) -> np.ndarray:
        """For each contact, the position of its account in `accounts`."""
        return self.accounts.index.get_indexer(pd.Index(self.rows["account_id"]))

    @cached_property
    def stratum_codes(self) -> np.ndarray:
        """For each account, the position of its stratum in `strata`."""
        return self.strata.index.get_indexer(pd.Index(self.accounts["stratum"]))

    @cached_property
    def lonely_strata(self) -> np.ndarray:
        """The positions in `strata` of those with one answering account of several."""
        return np.flatnonzero((self.strata["answered"] == 1) & (self.strata["accounts"] > 1))

    @cached_property
    def df(self) -> int:
        """Degrees of freedom: answering accounts less strata, of those that leave anything to chance."""
        return int((self.strata["answered"] - 1)[~self.is_heard_stratum].sum())

    @cached_property
    def is_plain_list(self) -> bool:
        """True for a simple random sample of one finite list: one contact an account, equal weights."""
        return bool(
            len(self.strata) == 1
            and self.margins is None
            and np.isfinite(self.strata["accounts"]).all()
            and (self.rows["account_contacts"] == 1).all()
            and np.allclose(self.rows["weight"], self.rows["weight"].iloc[0])
        )

    @cached_property
    def is_heard_stratum(self) -> np.ndarray:
        """For each of `strata`, true if all its accounts, and all their contacts, answered."""
        has_gap = (self.accounts["answered"] < self.accounts["contacts"]).to_numpy()
        is_short = (self.strata["answered"] < self.strata["accounts"]).to_numpy()
        return np.bincount(self.stratum_codes, has_gap, minlength=len(self.strata)) + is_short == 0

    def reweighted(
        self, weight: pd.Series | float, *, margins: pd.DataFrame | None = None, note: str = ""
    ) -> SurveyDesign:
        """Return the same sample with other weights; with margins, `base_weight` is the present one."""
        rows = self.rows if margins is None else self.rows.assign(base_weight=self.rows["weight"])
        other = SurveyDesign(rows.assign(weight=weight), (*self.notes, *filter(None, [note])), margins)
        # What hangs on who answered is worked out once.
        vars(other).update({name: known for name, known in vars(self).items() if name not in _OF_WEIGHTS})
        return other

    def residuals(self, scores: np.ndarray) -> np.ndarray:
        """Return the part of each contact's scores that the margins of a raked design do not explain.

        Each score is a column. The regression is of the score per unit of raked weight on the margins,
        with the base weights.

        Notes
        -----
        Source: Deville & Särndal (1992), Calibration Estimators in Survey Sampling, section 3; equal to R's
        `calibrate(calfun = "raking")`.
        """
        weight, base = (self.rows[name].to_numpy()[:, None] for name in ("weight", "base_weight"))
        dummies, inverse = self._regression
        return scores - weight * (dummies @ (inverse @ (dummies.T @ (base * scores / weight))))

    @cached_property
    def fitted(self) -> int:
        """How many numbers the margins of a raked design have fitted to the sample; 0 without margins."""
        return 0 if self.margins is None else int(np.linalg.matrix_rank(self._regression[1]))

    @cached_property
    def _regression(self) -> tuple[csr_array, np.ndarray]:
        """The margins' dummies, and the inverse of their products."""
        margins = pd.DataFrame(self.margins).astype(object)
        dummies = csr_array(pd.get_dummies(margins, dtype=float).to_numpy())
        products = dummies.T @ (diags_array(self.rows["base_weight"].to_numpy()) @ dummies)
        return dummies, np.linalg.pinv(products.toarray(), rcond=1e-10, hermitian=True)

    def aligned(self, values: pd.Series, name: str = "values") -> np.ndarray:
        """Return values by contact as doubles in the order of `rows`; missing where there is none."""
        places = self._places(self.rows.index, values.index)
        if strangers := len(values) - int((places >= 0).sum()):
            raise ValueError(f"{name}: {strangers} of {len(values)} contacts are not in the survey design")
        return np.append(numbers(values).to_numpy(), math.nan)[places]

    def inside(self, where: pd.Series | None) -> np.ndarray:
        """Return who is in a subgroup, in the order of `rows`; contacts it does not name are not."""
        if where is None:
            return np.ones(len(self.rows), dtype=bool)
        return np.nan_to_num(self.aligned(where, "where")) > 0

    def by_contact(self, values: pd.Series) -> pd.Series:
        """Spread values by account over the contacts that answered; missing where an account has none."""
        places = self._places(self.accounts.index, values.index)[self.account_codes]
        return values.reset_index(drop=True).reindex(places).set_axis(self.rows.index)

    def _places(self, wanted: pd.Index, given: pd.Index) -> np.ndarray:
        """Return where each of the wanted names is in an index, or -1; names are looked up once an index."""
        for one, other, places in self._looked_up:
            if wanted.is_(one) and given.is_(other):
                return places
        places = given.astype(object).get_indexer(wanted)
        self._looked_up.append((wanted, given, places))
        return places

    @cached_property
    def _looked_up(self) -> list[tuple[pd.Index, pd.Index, np.ndarray]]:
        return []


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
    contacts = _answering_contacts(frame, responses)
    place, heard = pd.factorize(contacts)
    # Categories that are not there would count as strata.
    listed = frame.astype({"stratum": object}).set_index("account_id")
    accounts = listed.reindex(pd.Index(heard, name="account_id"))
    stratum, answered = accounts["stratum"], pd.Series(np.bincount(place), accounts.index)
    told = numbers(accounts["n_contacts"]) if "n_contacts" in accounts else answered * np.nan
    size = told.where(told >= answered, answered)
    frame_size, heard_size = (stratum.map(each.value_counts()) for each in (listed["stratum"], stratum))
    weight = frame_size / heard_size * size / answered
    columns = (stratum, stratum.index, weight, frame_size.astype(float), size)
    table = pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)), index=stratum.index)
    notes = _notes(listed["stratum"], stratum, told, answered)
    return SurveyDesign(table.take(place).set_axis(contacts.index), tuple(notes))


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


def _answering_contacts(frame: pd.DataFrame, responses: pd.DataFrame) -> pd.Series:
    """Return the account of each contact that gave a value."""
    is_given = responses["value"].notna().to_numpy()
    if not is_given.any():
        said = [f"value: all {len(responses)} rows are empty, so nobody answered: choose a wave with answers"]
        raise ContractError({"survey_responses": said})
    account, accounts = pd.factorize(responses["account_id"])
    contact, contacts = pd.factorize(responses["contact_id"])
    own = np.full(len(contacts), -1)
    own[contact[is_given][::-1]] = account[is_given][::-1]  # of several, the first stays
    listed = frame["account_id"].astype(object)
    codes, _ = pd.factorize(pd.concat([listed, pd.Series(accounts, dtype=object)]))
    of_frame, of_answers = np.split(codes, [len(frame)])
    is_stranger = np.append(~np.isin(of_answers, of_frame), True)
    is_answering = pd.Series(np.isin(of_frame, of_answers[own[own >= 0]]), frame.index)
    unknown, other = (
        pd.Series(is_given & is_so, responses.index)
        for is_so in (is_stranger[account], account != own[contact])
    )
    stranger = "not in survey_frame: only accounts of the frame can answer"
    breaches = {
        "survey_frame": _frame_breaches(frame, is_answering),
        "survey_responses": [
            *row_breaches(unknown, "account_id", stranger),
            *row_breaches(other, "contact_id", "a contact who answers for another account too"),
        ],
    }
    if any(breaches.values()):
        raise ContractError({table: said for table, said in breaches.items() if said})
    # As objects: pandas looks up names of its own text type one by one.
    names = pd.Index(contacts[own >= 0], name="contact_id", dtype=object)
    return pd.Series(accounts[own[own >= 0]], names, dtype=object)


def _frame_breaches(frame: pd.DataFrame, is_answering: pd.Series) -> list[str]:
    breaches = row_breaches(
        frame["account_id"].duplicated(), "account_id", "an account the frame has already (give one wave)"
    )
    breaches += row_breaches(frame["stratum"].isna(), "stratum", "empty")
    not_drawn = is_answering & (numbers(frame["drawn"]) == 0)
    breaches += row_breaches(not_drawn, "drawn", "false, though the account answered")
    if "disposition" in frame:
        marked = frame["disposition"]
        contradicts = is_answering & marked.notna() & ~marked.isin(_HEARD)
        breaches += row_breaches(
            contradicts, "disposition", "not I or P, though the account answered", marked
        )
    return breaches


def _notes(frame_strata: pd.Series, heard: pd.Series, told: pd.Series, answered: pd.Series) -> list[str]:
    """Say what was assumed, and for whom the sample cannot speak."""
    counts = {
        "had more answers than contacts on the list: counted as many as answered": told < answered,
        "had no number of contacts: counted as many as answered": told.isna(),
        "had one answer of several contacts: how far colleagues differ is taken from the whole": (
            (answered == 1) & (told > 1)
        ),
    }
    found = {says: int(is_so.sum()) for says, is_so in counts.items()}
    notes = [f"{count} account{'s' * (count > 1)} {says}." for says, count in found.items() if count]
    silent = frame_strata[~frame_strata.isin(heard)].value_counts(sort=False)
    return notes + [
        f"Nobody answered in stratum {stratum} ({size} accounts): the results do not speak for it."
        for stratum, size in silent.items()
    ]
