import numpy as np
import pandas as pd
import pytest

from kamlib.display import theme
from kamlib.display.figures.heat import cohort_triangle
from kamlib.display.pictures import picture


def cohorts(**columns):
    """Two cohorts: 12 that came in 2022 or before, of whom 9 and 6 bought later; 4 of 2023."""
    table = pd.DataFrame(
        {
            "cohort": ["2022", "2022", "2022", "2023", "2023"],
            "period": ["2022", "2023", "2024", "2023", "2024"],
            "is_first": [True, True, True, False, False],
            "account_count": [12, 12, 12, 4, 4],
            "age": [0, 1, 2, 0, 1],
            "is_over": [True, True, False, True, False],
            "active_share": [1.0, 0.75, 0.5, np.nan, np.nan],
        }
    )
    return table.assign(**columns)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_each_cell_has_its_share_and_one_that_is_not_over_brackets():
    assert texts(cohort_triangle(cohorts())) == ["100%", "75%", "(50%)", "too few", "(too few)"]


def test_only_what_is_over_and_told_has_a_colour():
    shades = cohort_triangle(cohorts()).collections[0].get_array()

    assert np.ma.filled(shades, -1).ravel().tolist() == pytest.approx([1, 0.75, -1, -1, -1, -1])


def test_rows_name_the_cohort_with_its_accounts():
    labels = [label.get_text() for label in cohort_triangle(cohorts()).get_yticklabels()]

    assert labels == ["2022 or before (12)", "2023 (4)"]


def test_the_title_speaks_of_those_who_came_after_the_data_begin_if_they_can_be_told():
    told = cohorts(active_share=[1.0, 0.75, 0.5, 1.0, 0.25], is_over=True)

    assert cohort_triangle(told).figure.get_suptitle() == "25% of those won in 2023 bought in 2024"
    assert (
        cohort_triangle(cohorts()).figure.get_suptitle()
        == "75% of those won in 2022 or before bought in 2023"
    )


def test_of_too_few_the_title_says_so():
    few = cohorts(active_share=np.nan)

    assert cohort_triangle(few).figure.get_suptitle() == "Too few accounts to tell how they stay"


def test_of_many_cohorts_the_latest_twelve_are_drawn():
    many = pd.concat([cohorts(cohort=str(year), age=range(5), is_first=False) for year in range(1990, 2010)])

    assert len(cohort_triangle(many).get_yticks()) == 12


def test_its_colour_is_the_accent_so_that_a_dark_page_has_its_own():
    assert theme.PALETTE["accent"] in picture(cohort_triangle, cohorts(), key="cohorts").wide
