"""Weights of aspects and matched waves against R; the data lie in ../shared.

Left out of `oracle_stats_R.csv`: the lines `lmg` (averages over all orders of entry: another measure, of 2^k
regressions; Johnson's comes close to it), `cronbach` and `wave|mcnemar` (no page uses them). The line
`newcombe` is held by `comparisons.difference_interval`, which the gaps between groups are made with.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kamlib.analysis.survey.drivers import drivers, relative_weights
from kamlib.analysis.survey.estimator.design import list_design
from kamlib.analysis.survey.paired import wave_changes

SHARED = Path(__file__).parents[2] / "../shared"
pytestmark = pytest.mark.skipif(
    not (SHARED / "oracles").is_dir() and os.environ.get("CI") != "true",
    reason="the published numbers lie in ../shared, which is not here",
)
# Henderson and Velleman (1981), Biometrics 37: 391-411; `mtcars` of R's own datasets.
MTCARS = {
    "cyl": "6 6 4 6 8 6 8 4 4 6 6 8 8 8 8 8 8 4 4 4 4 8 8 8 8 4 4 4 8 6 8 4",
    "disp": "160 160 108 258 360 225 360 146.7 140.8 167.6 167.6 275.8 275.8 275.8 472 460 440 78.7 "
    "75.7 71.1 120.1 318 304 350 400 79 120.3 95.1 351 145 301 121",
    "hp": "110 110 93 110 175 105 245 62 95 123 123 180 180 180 205 215 230 66 52 65 97 150 150 245 "
    "175 66 91 113 264 175 335 109",
    "wt": "2.62 2.875 2.32 3.215 3.44 3.46 3.57 3.19 3.15 3.44 3.44 4.07 3.73 3.78 5.25 5.424 5.345 "
    "2.2 1.615 1.835 2.465 3.52 3.435 3.84 3.845 1.935 2.14 1.513 3.17 2.77 3.57 2.78",
    "mpg": "21 21 22.8 21.4 18.7 18.1 14.3 24.4 22.8 19.2 17.8 16.4 17.3 15.2 10.4 10.4 14.7 32.4 30.4 "
    "33.9 21.5 15.5 15.2 13.3 19.2 27.3 26 30.4 15.8 19.7 15 21.4",
}


@pytest.fixture(scope="module")
def r() -> pd.Series:
    """R 4.5: relative weights by Johnson's formula, and `t.test`."""
    return pd.read_csv(SHARED / "oracles/oracle_stats_R.csv", index_col="check")["value"]


def attitude() -> pd.DataFrame:
    """Return `attitude` of R's own datasets (Chatterjee and Price 1977), the rating last."""
    data = pd.read_csv(SHARED / "data/survey/attitude.csv").rename(lambda row: f"d{row}")
    return data[[*data.columns.drop("rating"), "rating"]]


def mtcars() -> pd.DataFrame:
    return pd.DataFrame({name: [float(one) for one in text.split()] for name, text in MTCARS.items()})


@pytest.mark.parametrize(("name", "data"), [("attitude", attitude), ("mtcars", mtcars)])
def test_johnsons_weights_are_those_of_r(r, name, data):
    table = data()
    weights = dict(zip(table, relative_weights(np.corrcoef(table.to_numpy().T)), strict=False))
    expected = r[r.index.str.startswith(f"johnson|{name}|")].rename(lambda key: key.split("|")[2])

    assert weights == pytest.approx(expected.astype(float).to_dict(), rel=1e-6)
    assert sum(weights.values()) == pytest.approx(float(r[f"driver|{name}|R2"]), rel=1e-6)


def test_a_survey_of_equal_accounts_gives_the_weights_of_r(r):
    answers = attitude()
    items = pd.DataFrame({"item_id": answers.columns, "aspect": [*answers.columns[:-1], "overall"]})

    found = drivers(list_design(answers.index), answers, items, seed=1, draws=200)

    expected = [float(r[f"johnson|attitude|{name}"]) for name in found.table["item_id"]]
    assert found.table["weight"].tolist() == pytest.approx(expected, rel=1e-6)
    assert found.explained.value == pytest.approx(0.7326, abs=5e-5)


def test_matched_waves_are_those_of_r(r):
    text = "3,4,4,5,2,3,4,5,4,3,2,4,5,4,3,3,4,2,5,4 3,3,4,4,2,3,4,4,4,2,2,4,4,4,3,2,4,2,5,3"
    before, after = (pd.DataFrame({"q": [float(one) for one in wave.split(",")]}) for wave in text.split())
    row = wave_changes(before, after, pd.DataFrame({"item_id": ["q"], "aspect": ["overall"]})).iloc[0]

    assert row["change"] == pytest.approx(float(r["wave|paired diff"]), rel=1e-6)
    assert row["p"] == pytest.approx(float(r["wave|paired p"]), rel=1e-6)
    assert row["unpaired_p"] == pytest.approx(float(r["wave|welch p"]), rel=1e-6)
    # t(19) at 97.5%
    assert row["change_high"] - row["change"] == pytest.approx(
        2.093024054 * float(r["wave|paired se"]), rel=1e-6
    )
