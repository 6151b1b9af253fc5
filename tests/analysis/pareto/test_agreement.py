"""Whether two raters agree."""

import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.pareto.agreement import rater_agreement
from kamlib.estimate import Unknown

DAY = dt.date(2025, 12, 31)


def rated(first: list[int], second: list[int]) -> pd.DataFrame:
    count = len(first)
    return pd.DataFrame(
        {
            "account_id": [f"a{n:02}" for n in range(count)] * 2,
            "criterion": "trust",
            "rater": ["x"] * count + ["y"] * count,
            "rated_at": pd.Timestamp(2025, 10, 1),
            "score": first + second,
        }
    )


def test_raters_who_always_agree_agree_fully() -> None:
    (row,) = rater_agreement(rated([1, 2, 3, 4, 5] * 3, [1, 2, 3, 4, 5] * 3), DAY).itertuples()

    assert (row.agreement, row.within_one_share, row.pair_count) == (pytest.approx(1), 1, 15)
    assert row.agreement_low <= row.agreement <= row.agreement_high + 1e-9


def test_raters_who_say_the_opposite_disagree() -> None:
    (row,) = rater_agreement(rated([1, 5] * 8, [5, 1] * 8), DAY).itertuples()

    assert row.agreement == pytest.approx(-1)
    assert row.within_one_share == 0


def test_nine_pairs_are_too_few_to_tell() -> None:
    (row,) = rater_agreement(rated([1, 2, 3] * 3, [1, 2, 3] * 3), DAY).itertuples()

    assert pd.isna(row.agreement)
    assert row.agreement_note == "too few to tell: 9 pairs"


def test_ratings_that_are_all_the_same_say_nothing_of_agreement() -> None:
    (row,) = rater_agreement(rated([4] * 12, [4] * 12), DAY).itertuples()

    assert row.agreement_note == "all ratings are the same"


def test_an_account_rated_by_one_person_is_no_pair() -> None:
    found = rater_agreement(rated([3], [4]).head(1), DAY)

    assert found.empty
    assert "agreement_low" in found


def test_without_raters_agreement_cannot_be_told() -> None:
    found = rater_agreement(rated([3], [4]).drop(columns="rater"), DAY)

    assert found.reason == "Whether raters agree cannot be told: the ratings do not say who rated."


def test_an_unknown_is_returned_as_it_is() -> None:
    unknown = Unknown("There are no ratings.")

    assert rater_agreement(unknown, DAY) is unknown
