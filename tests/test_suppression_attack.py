"""The survey page is attacked: from all that it publishes, no hidden group's answers can be worked out.

The attacker reads the page, its alternative texts and every table beside it, and notes of which groups and
totals it shows a measure. Of these he knows the exact values, who answered, and with which weight.
"""

import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from scipy import sparse
from scipy.optimize import linprog

from kamlib.analysis.snapshot import account_table
from kamlib.analysis.survey.answers import answer_table
from kamlib.analysis.survey.estimator.design import survey_design
from kamlib.analysis.survey.views import account_view
from kamlib.analysis.survey.waves import one_wave
from kamlib.analysis.survey.weighting import list_weightings
from kamlib.data.sources import open_source

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[1]
LEVELS = [5, 4, 3, 2, 1]
MEASURES = {
    "satisfied": [1, 1, 0, 0, 0], "dissatisfied": [0, 0, 0, 1, 1], "net": [1, 1, 0, -1, -1], "mean": LEVELS,
    "high satisfaction": [1, 0, 0, 0, 0], "generally satisfactory": [0, 1, 0, 0, 0],
    "no opinion": [0, 0, 1, 0, 0], "some dissatisfied": [0, 0, 0, 1, 0],
}  # fmt: skip
HEADINGS = {"top2": "satisfied", "bottom2": "dissatisfied", "apart by": "satisfied"}
VIEWS = {"contacts": "", "accounts": "account", "sales": "revenue", "overall": ""}
OPEN = 0.05
"""What the library promises: so much of a hidden group stays open, or one account's part of a large one, or
half of what the total leaves open."""


def published(tmp, confidentiality, *, accounts=None, wave="latest"):
    """Return the page of a survey that made this promise, and the source it is of."""
    source = tmp / "source"
    if accounts:
        run(["sample", source, "--accounts", accounts, "--seed", "3"])
    else:
        shutil.copytree(ROOT / "data/sample", source)
    waves = pd.read_csv(source / "survey_waves.csv").assign(confidentiality=confidentiality)
    waves.to_csv(source / "survey_waves.csv", index=False)
    run(
        [
            "run",
            "--only",
            "survey/summary",
            "--source",
            source,
            "--param",
            f"wave={wave}",
            "--out",
            tmp / "out",
        ]
    )
    return next(tmp.glob("out/2*/survey/summary.html")), Secrets(source, wave)


def run(words):
    done = subprocess.run(
        [sys.executable, "-m", "kamlib.cli", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


class Secrets:
    """What the attacker knows (who answered, with which weight) and what he is after (the answers)."""

    def __init__(self, source, wave):
        tables = open_source(str(source))
        names = ("survey_waves", "survey_frame", "survey_responses")
        asked = one_wave(*(tables[name] for name in names), wave=wave)
        design = survey_design(asked.frame, asked.responses)
        values = answer_table(asked.responses, tables["survey_items"])["Q01"].dropna()
        spread = pd.crosstab(design.rows.loc[values.index, "account_id"], values).reindex(
            columns=LEVELS, fill_value=0
        )
        self.answers = spread.div(
            spread.sum(axis=1), axis=0
        )  # of each account, the part of its answers at a level
        known = tables["accounts"].set_index("account_id")[["industry", "region"]]
        groups = (
            asked.frame.set_index("account_id")[["stratum"]].rename(columns={"stratum": "tier"}).join(known)
        )
        self.groups = groups.loc[self.answers.index].fillna("unknown")
        revenue = account_table(tables.order_lines, tables.as_of).set_index("account_id")["net_revenue_365"]
        seen = {"": design, "account": account_view(design), **list_weightings(design, asked.frame, groups)}
        self.weights = pd.DataFrame({name: self._weights(one, values) for name, one in seen.items() if one})
        self.weights["revenue"] = self.weights["account"] * revenue.reindex(self.answers.index).fillna(
            0
        ).clip(lower=0)

    def _weights(self, design, values):
        return design.rows.loc[values.index].groupby("account_id")["weight"].sum()

    @property
    def cells(self):
        return [(name, group) for name in self.groups for group in sorted(self.groups[name].unique())]

    def of_one(self, cell):
        """Return which part of a group an account of average weight is."""
        inside = self.groups[cell[0]] == cell[1]
        return self.weights[""].mean() / self.weights.loc[inside, ""].sum()

    def weight(self, cell):
        """Return what each account weighs in a group, or in a total: a cell of the breakdown `view`."""
        breakdown, group = cell
        if breakdown == "view":
            weight = self.weights[group]
        else:
            weight = self.weights[""] * (self.groups[breakdown] == group)
        return (weight / weight.sum()).to_numpy()


def told(page, secrets):
    """Return of which cells the page, and each file beside it, shows which measures."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    found = set()
    for table in soup.find_all("table"):
        rows = [
            [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])]
            for row in table.find_all("tr")
        ]
        places = [str(one.get("id", "")).removeprefix("by-") for one in table.parents]
        found |= told_by_rows(rows, secrets, places)
    for table in kept_tables(page):
        found |= told_by_rows([list(table), *table.astype(str).to_numpy().tolist()], secrets, [])
    texts = " ".join(
        str(one.get(name)) for one in soup.find_all(True) for name in ("alt", "aria-label") if one.get(name)
    )
    said = texts + page.with_suffix(".ipynb").read_text(encoding="utf-8")
    for breakdown, group in secrets.cells:
        if re.search(rf"[.;:] {re.escape(group)} \d+%", said) and group != "unknown":
            found.add(((breakdown, group), "satisfied"))
    return found


def told_by_rows(rows, secrets, places):
    heads = [HEADINGS.get(head.lower(), head.lower()) for head in rows[0]]
    found = set()
    for row in rows[1:]:
        is_cell = [
            (name, group)
            for name, group in secrets.cells
            if group in row[:2] and fits(name, group, row, places)
        ]
        is_view = [
            ("view", VIEWS.get(text, text)) for text in row[:1] if VIEWS.get(text, text) in secrets.weights
        ]
        for head, text in zip(heads, row, strict=True):
            measures = (
                [one for one in row if one in MEASURES] if head == "share" else [head] * (head in MEASURES)
            )
            if re.match(r"[−-]?\d", str(text)):
                found |= {(cell, measure) for cell in is_cell + is_view for measure in measures}
    return found


def fits(breakdown, group, row, places):
    """Return whether a row is of this breakdown: by where it stands, what it says, or the group's name."""
    return breakdown in places or breakdown in row or group != "unknown"


def kept_tables(page):
    for file in sorted(page.with_suffix(".tables").iterdir()):
        content = io.BytesIO(file.read_bytes())
        readers = {".csv": pd.read_csv, ".parquet": pd.read_parquet, ".xlsx": pd.read_excel}
        yield readers[file.suffix](content)


def open_share(secrets, found, cell, measure):
    """Return how far a group's measure may vary, for one who knows all that was found."""
    answers, levels = secrets.answers.to_numpy(), len(LEVELS)
    rows = [np.outer(secrets.weight(known), MEASURES[one]).ravel() for known, one in sorted(found)]
    whole = sparse.kron(sparse.eye_array(len(answers)), np.ones((1, levels)))
    known = sparse.vstack([whole, sparse.csr_array(np.array(rows))]).tocsr()
    values = np.concatenate([np.ones(len(answers)), np.array(rows) @ answers.ravel()])
    asked = np.outer(secrets.weight(cell), MEASURES[measure]).ravel()
    ends = [sign * linprog(sign * asked, A_eq=known, b_eq=values, method="highs").fun for sign in (1, -1)]
    return ends[1] - ends[0]


def recovered(page, secrets):
    """Return the hidden groups of which less stays open than was promised."""
    found = told(page, secrets)
    hidden = [cell for cell in secrets.cells if (cell, "satisfied") not in found]
    total = {(cell, measure) for cell, measure in found if cell == ("view", "")}
    assert len(total) >= 3, "the page was not understood"
    return {
        cell
        for cell in hidden
        for measure in ("satisfied", "dissatisfied")
        if open_share(secrets, found, cell, measure)
        < min(OPEN, secrets.of_one(cell), open_share(secrets, total, cell, measure) / 2) - 1e-5
    }


@pytest.fixture(scope="module")
def confidential(tmp_path_factory):
    return published(tmp_path_factory.mktemp("confidential"), "confidential", wave="W2024")


@pytest.fixture(scope="module")
def anonymous(tmp_path_factory):
    return published(tmp_path_factory.mktemp("anonymous"), "anonymous", accounts=90)


@pytest.fixture(scope="module")
def unguarded(tmp_path_factory):
    """Return the page of the same small company where only groups of fewer than five are hidden."""
    return published(tmp_path_factory.mktemp("unguarded"), "attributed", accounts=90)


def test_of_the_confidential_wave_some_groups_are_hidden_and_most_are_shown(confidential):
    found = told(*confidential)
    shown = [cell for cell in confidential[1].cells if (cell, "satisfied") in found]

    assert len(confidential[1].cells) / 2 < len(shown) < len(confidential[1].cells)


def test_of_the_confidential_wave_no_hidden_group_is_recovered(confidential):
    assert recovered(*confidential) == set()


def test_of_a_small_companys_anonymous_wave_no_hidden_group_is_recovered(anonymous):
    assert recovered(*anonymous) == set()


def test_with_small_groups_hidden_alone_the_attack_succeeds(unguarded):
    assert recovered(*unguarded) != set()


@pytest.mark.parametrize("wave", ["confidential", "anonymous"])
def test_where_secrecy_was_promised_no_account_or_contact_is_named_anywhere(wave, request):
    page, secrets = request.getfixturevalue(wave)
    files = [page, page.with_suffix(".ipynb"), *page.with_suffix(".tables").glob("*.csv")]
    text = "".join(file.read_text(encoding="utf-8") for file in files)

    assert [name for name in secrets.groups.index if name in text] == []
