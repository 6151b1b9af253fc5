import datetime as dt

import pandas as pd
import pytest

from kamlib.analysis.churn.cohorts import calendar_spans, cohort_table, span_sales

AS_OF = dt.date(2024, 12, 31)


def lines(*orders):
    table = pd.DataFrame(orders, columns=["account_id", "ordered_at", "net_amount"])
    return table.astype({"ordered_at": "datetime64[us]"})


def cohorts(table, as_of=AS_OF, *, span="year", least=1, first_month=1):
    spans = calendar_spans(as_of, table["ordered_at"].min().date(), span=span, first_month=first_month)
    first = table.groupby("account_id")["ordered_at"].min()
    return cohort_table(span_sales(table, spans), first, as_of, least=least)


LINES = lines(
    ("a", "2022-02-01", 10.0),
    ("a", "2024-02-01", 10.0),
    ("b", "2022-03-01", 5.0),
    ("b", "2023-03-01", 5.0),
    ("c", "2023-03-01", 8.0),
)


def cells(table, column):
    return {(str(row["cohort"]), row["age"]): row[column] for _, row in table.iterrows()}


def test_a_cohort_is_counted_in_each_year_from_its_first_on():
    assert cells(cohorts(LINES), "active_count") == {
        ("2022", 0): 2,
        ("2022", 1): 1,
        ("2022", 2): 1,
        ("2023", 0): 1,
        ("2023", 1): 0,
    }


def test_sales_of_all_cells_add_up_to_those_of_all_lines():
    assert cohorts(LINES)["net_revenue"].sum() == LINES["net_amount"].sum()


def test_the_first_cohort_is_known_to_hold_earlier_customers():
    found = cohorts(LINES)

    assert set(found.loc[found["is_first"], "cohort"].astype("str")) == {"2022"}


def test_a_year_that_is_not_over_is_marked():
    found = cohorts(LINES, dt.date(2024, 11, 29))

    assert set(found.loc[~found["is_over"], "period"].astype("str")) == {"2024"}


def test_the_last_day_of_a_year_ends_it():
    assert cohorts(LINES)["is_over"].all()


def test_a_year_in_which_nobody_came_has_no_row():
    assert "2024" not in set(cohorts(LINES)["cohort"].astype("str"))


def test_who_sent_everything_back_did_not_buy():
    found = cohorts(lines(("a", "2023-01-05", 10.0), ("a", "2024-01-05", 10.0), ("a", "2024-02-05", -10.0)))

    assert cells(found, "active_count") == {("2023", 0): 1, ("2023", 1): 0}


def test_of_fewer_accounts_than_least_no_share_is_told():
    found = cohorts(LINES, least=2).set_index("cohort")

    assert found.loc["2023", "active_share"].isna().all()
    assert set(found.loc["2023", "active_share_note"]) == {"too few to tell"}
    assert found.loc["2022", "active_share"].to_list() == [1.0, 0.5, 0.5]


def test_quarters_are_told_as_well():
    found = cohorts(LINES, span="quarter")

    assert cells(found, "active_count")["2022Q1", 8] == 1


def test_a_company_s_year_starts_when_it_says():
    spans = calendar_spans(dt.date(2024, 7, 1), dt.date(2023, 6, 30), span="year", first_month=7)

    assert [str(span.start_time.date()) for span in spans] == ["2022-07-01", "2023-07-01", "2024-07-01"]


@pytest.mark.parametrize("span", ["year", "quarter", "month"])
def test_later_lines_change_no_span_that_is_over(span):
    later = pd.concat([LINES, lines(("a", "2024-12-31", 99.0), ("z", "2024-12-31", 1.0))])
    now, then = (cohorts(table, dt.date(2024, 12, 15), span=span) for table in (later, LINES))

    pd.testing.assert_frame_equal(now[now["is_over"]], then[then["is_over"]])
