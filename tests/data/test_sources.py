import datetime as dt
import time
from pathlib import Path

import pytest

from kamlib.analysis.survey.answers import answer_table
from kamlib.data.contracts import CONTRACTS
from kamlib.data.examining import checked_source_text
from kamlib.data.sources import open_source
from kamlib.errors import CannotTell, ContractError, ParameterError, SourceError
from kamlib.estimate import Unknown

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
COMPANY = {
    "order_lines.csv": (
        "order_id,line_no,account_id,ordered_at,net_amount\n"
        "1,1,A,2013-11-01,5\n2,1,B,2013-11-15,7\n3,1,C,2013-11-30,9\n3,2,C,2013-11-30,1\n"
    ),
    "accounts.csv": "account_id,industry,region\nA,Food,North\nB,Pharma,North\nC,Food,South\nD,Toys,South\n",
    "managers.csv": "manager_id,name\nM1,Vera Tann\nM2,Greta Lind\n",
    "account_team.csv": (
        "account_id,manager_id,role\nA,M1,kam\nB,M1,kam\nC,M2,kam\nA,M2,executive_sponsor\n"
    ),
    "survey_waves.csv": "wave_id,opened_at,closed_at\nW1,2013-10-01,2013-11-20\nW2,2013-11-25,2013-12-20\n",
    "survey_frame.csv": (
        "wave_id,account_id,stratum,drawn\nW1,A,S,true\nW1,B,S,false\nW2,A,S,true\nW2,C,S,true\n"
    ),
    "survey_items.csv": "item_id,aspect\nQ,overall\n",
    "survey_responses.csv": (
        "wave_id,contact_id,item_id,account_id,value,answered_at\n"
        "W1,K1,Q,A,5,2013-10-02\nW1,K2,Q,A,4,2013-11-18\nW2,K1,Q,A,3,\n"
    ),
}


@pytest.fixture
def company(written):
    return written(COMPANY)


def test_the_note_says_what_was_read(company):
    assert open_source(company).note == {
        "name": "shop",
        "currency": "",
        "as_of": "2013-11-30",
        "lines": 4,
        "lines_left_out": 0,
        "first": "2013-11-01",
        "last": "2013-11-30",
        "accounts": 3,
        "currencies": [],
        "data_to": "2013-11-30",
        "filters": {},
        "remarks": [],
        "warnings": [],
    }


def test_first_day_and_latest_are_of_the_whole_source_even_where_a_filter_leaves_them_out(company):
    tables = open_source(company, industry=["Pharma"])

    assert tables.first_day == dt.date(2013, 11, 1)
    assert (tables.as_of, tables.note["last"]) == (dt.date(2013, 11, 30), "2013-11-15")
    assert tables.note["filters"] == {"industry": ["Pharma"]}


def test_the_day_itself_counts_and_later_rows_are_left_out_and_counted(company):
    tables = open_source(company, as_of="2013-11-15")

    assert (tables.note["lines"], tables.note["lines_left_out"]) == (2, 2)
    assert tables.order_lines.collect("pyarrow")["account_id"].to_list() == ["A", "B"]
    assert tables.first_day == dt.date(2013, 11, 1)


@pytest.mark.parametrize(("as_of", "data_to"), [("2014-02-01", "2013-11-30"), ("2013-11-20", "2013-11-20")])
def test_the_data_reach_to_the_last_order_day_where_as_of_is_later(company, as_of, data_to):
    assert open_source(company, as_of=as_of, industry=["Pharma"]).note["data_to"] == data_to


def test_the_note_names_the_currencies_of_the_lines_that_count(lines):
    header = "account_id,ordered_at,net_amount,currency"
    rows = ("A,2013-11-01,5,USD", "A,2013-11-02,5,EUR", "B,2013-11-03,5,", "A,2013-11-04,5,CHF")
    source = lines(*rows, header=header)

    assert open_source(source, as_of="2013-11-03").note["currencies"] == ["EUR", "USD"]


def test_check_warns_of_several_currencies_by_name(lines):
    header = "account_id,ordered_at,net_amount,currency"
    said = checked_source_text(lines("A,2013-11-01,5,USD", "A,2013-11-02,5,EUR", header=header))

    assert said.splitlines()[-1] == (
        "  warning: order_lines.currency holds 2 currencies: EUR, USD; amounts are added up as they stand"
    )


def test_a_day_before_the_first_order_is_refused(company):
    with pytest.raises(ParameterError) as caught:
        open_source(company, as_of="2013-10-31")

    assert str(caught.value) == "as_of: 2013-10-31 is before the first order, 2013-11-01"


@pytest.mark.parametrize("day", ["30.11.2013", "2013-11-31", "today", ""])
def test_a_day_that_is_none_is_refused_with_one_that_is(company, day):
    with pytest.raises(ParameterError) as caught:
        open_source(company, as_of=day)

    assert str(caught.value) == f"as_of: '{day}' is not a date: give latest or a day such as 2013-11-30"


def test_a_later_date_inside_an_earlier_row_is_empty(company):
    waves = open_source(company, as_of="2013-11-15")["survey_waves"]

    assert waves["wave_id"].tolist() == ["W1"]
    assert waves["closed_at"].isna().all()


def test_a_date_that_has_come_by_then_stays(company):
    waves = open_source(company, as_of="2013-11-20")["survey_waves"]

    assert waves["closed_at"].dt.date.tolist() == [dt.date(2013, 11, 20)]


def test_a_wave_opened_later_vanishes_with_its_frame_and_its_answers(company):
    tables = open_source(company, as_of="2013-11-15")

    assert tables["survey_frame"]["wave_id"].unique().tolist() == ["W1"]
    # K2 answered on the 18th; the answer to W2 has no date, but its wave was not open.
    assert tables["survey_responses"]["contact_id"].tolist() == ["K1"]


def test_an_account_whose_answers_are_all_to_come_is_not_yet_known_to_answer(written):
    rows = ["W1,A,S,true,I", "W1,B,S,true,P", "W2,A,S,true,I", "W2,C,S,true,R"]
    frame = "\n".join(["wave_id,account_id,stratum,drawn,disposition", *rows]) + "\n"
    answers = COMPANY["survey_responses.csv"].replace("3,\n", "3,2013-12-01\n")
    source = written({**COMPANY, "survey_frame.csv": frame, "survey_responses.csv": answers})

    # B has no answer row on any day: there is no telling when it answered.
    assert open_source(source)["survey_frame"]["disposition"].tolist() == ["I", "P", "U", "R"]
    assert open_source(source, as_of="2014-01-31")["survey_frame"]["disposition"].tolist() == list("IPIR")


@pytest.mark.parametrize("as_of", ["2025-09-19", "2025-12-31"])
def test_in_the_middle_of_a_wave_those_that_answered_are_those_with_an_answer(as_of):
    tables = open_source(str(SAMPLE), as_of=as_of)
    frame, answers = tables["survey_frame"], tables["survey_responses"]
    answered = frame[frame["disposition"].isin(["I", "P"])]

    assert set(zip(answered["wave_id"], answered["account_id"], strict=True)) == set(
        zip(answers["wave_id"], answers["account_id"], strict=True)
    )


@pytest.mark.parametrize(
    ("filters", "accounts"),
    [
        ({"industry": ["Food"]}, ["A", "C"]),
        ({"industry": ["Food", "Pharma"]}, ["A", "B", "C"]),
        ({"region": ["North"]}, ["A", "B"]),
        ({"industry": ["Food"], "region": ["North"]}, ["A"]),
        ({"manager": ["M1"]}, ["A", "B"]),
        ({"manager": ["Greta Lind"]}, ["C"]),  # her sponsorship of A is not her account
        ({"manager": ["M1", "Greta Lind"]}, ["A", "B", "C"]),
    ],
)
def test_a_filter_keeps_the_accounts_of_its_values_in_every_table(company, filters, accounts):
    tables = open_source(company, **filters)

    assert sorted(set(tables.order_lines.collect("pyarrow")["account_id"].to_list())) == accounts
    assert tables["accounts"]["account_id"].tolist() == accounts
    assert set(tables["survey_frame"]["account_id"]) <= set(accounts)


def test_a_filter_leaves_the_rows_of_a_survey_their_place_in_the_file(company):
    tables = open_source(company, industry=["Food"])

    assert tables["survey_frame"].index.tolist() == [0, 2, 3]
    assert open_source(company, region=["South"])["survey_frame"].index.tolist() == [3]


def test_a_fault_in_an_answer_names_the_row_of_the_file_under_a_filter_too(written):
    rows = "wave_id,contact_id,item_id,account_id,value\nW1,K1,Q,A,5\nW1,K2,Q,C,9\n"
    tables = open_source(written({**COMPANY, "survey_responses.csv": rows}), region=["South"])

    with pytest.raises(ContractError, match=r"first: row 3\) is off the scale"):
        answer_table(tables["survey_responses"], tables["survey_items"])


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"industry": ["Foood"]}, "industry: no account has 'Foood'; did you mean 'Food'?"),
        ({"region": ["Moon"]}, "region: no account has 'Moon'; there are North, South"),
        ({"manager": ["Greta Lint"]}, "manager: no account has 'Greta Lint'; did you mean 'Greta Lind'?"),
    ],
)
def test_a_value_no_account_has_is_refused_with_the_nearest(company, filters, said):
    with pytest.raises(ParameterError) as caught:
        open_source(company, **filters)

    assert str(caught.value) == said


def test_of_many_known_values_eight_are_listed(written):
    rows = "".join(f"{letter},Sector {letter}\n" for letter in "ABCDEFGHIJ")
    source = written({**COMPANY, "accounts.csv": f"account_id,industry\n{rows}"})
    with pytest.raises(ParameterError) as caught:
        open_source(source, industry=["Moon"])

    assert str(caught.value).endswith("Sector F, Sector G, Sector H and 2 more")


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"industry": ["Food"]}, "industry: the source has no accounts.industry to choose by"),
        ({"manager": ["M1"]}, "manager: the source has no table account_team to choose by"),
    ],
)
def test_a_filter_the_source_cannot_serve_is_refused(lines, filters, said):
    with pytest.raises(ParameterError) as caught:
        open_source(lines("1,1,A,2013-11-01,1,5"), **filters)

    assert str(caught.value) == said


def test_chosen_accounts_without_an_order_cannot_be_told_about(company):
    with pytest.raises(CannotTell) as caught:
        open_source(company, industry=["Toys"])

    assert str(caught.value) == "There is no order of these accounts up to 2013-11-30."


def test_a_missing_table_is_told_in_plain_words(lines):
    tables = open_source(lines("1,1,A,2013-11-01,1,5"))
    with pytest.raises(CannotTell) as caught:
        tables.require("order_lines", "survey_waves", "survey_responses")

    assert str(caught.value) == (
        "There is no survey in 'shop', so this cannot be told. "
        "It takes the tables survey_waves, survey_responses."
    )


def test_an_optional_table_that_is_missing_is_an_unknown(lines):
    tables = open_source(lines("1,1,A,2013-11-01,1,5"))

    assert tables.optional("managers") == Unknown(
        "There is no list of account managers in 'shop' (managers is missing).", "managers"
    )
    assert "managers" not in tables


def test_without_an_accounts_table_the_accounts_are_those_that_ordered(lines):
    tables = open_source(lines("1,1,B,2013-11-01,1,5", "2,1,A,2013-11-02,1,5", "3,1,B,2013-11-03,1,5"))

    assert tables["accounts"]["account_id"].tolist() == ["A", "B"]


@pytest.mark.parametrize(
    "text",
    ["account_id,manager_id,role\nA,M1,boss\n", "account_id\nA\n", "", 'account_id,manager_id,role\n"A'],
)
def test_a_fault_of_another_table_is_told_only_where_that_table_is_asked_for(written, text):
    tables = open_source(written({**COMPANY, "account_team.csv": text}))

    assert tables.require("survey_frame").note["lines"] == 4
    assert "account_team" in tables
    with pytest.raises((ContractError, SourceError), match="account_team"):
        tables.require("account_team")
    with pytest.raises((ContractError, SourceError), match="account_team"):
        tables["account_team"]


def test_a_fault_of_a_table_that_lines_refer_to_is_not_theirs(written):
    products = {"products.csv": 'product_id\n"P'}
    text = "account_id,product_id,ordered_at,net_amount\nA,P,2013-11-01,5\n"

    assert open_source(written({"order_lines.csv": text, **products})).note["lines"] == 1


def test_a_listed_file_that_is_not_there_is_a_fault_and_not_a_missing_table(written):
    toml = '[order_lines]\npath = "order_lines.csv"\n[managers]\npath = "mangers.csv"'
    tables = open_source(written({**COMPANY, "source.toml": toml}))
    with pytest.raises(SourceError) as caught:
        tables.require("managers")

    assert str(caught.value) == (
        "managers: there is no file 'mangers.csv' in shop; did you mean 'managers.csv'?"
    )


def test_a_source_without_order_lines_is_refused(written):
    with pytest.raises(SourceError) as caught:
        open_source(written({"accounts.csv": "account_id\nA\n"}))

    assert str(caught.value) == "shop: there is no table order_lines; every report needs it"


def test_check_says_rows_grain_and_what_is_not_there(written):
    names = ("order_lines.csv", "managers.csv")
    source = written({name: COMPANY[name] for name in names})

    assert checked_source_text(source) == (
        "shop: 2 tables, all good\n"
        "  order_lines: 4 rows (one row per order line); "
        "without product_id, quantity, list_amount, cost_amount, currency, channel\n"
        "  managers: 2 rows (one row per manager); without level, reports_to, hours_per_month\n"
        f"  not there: {', '.join(table for table in CONTRACTS if table not in ('order_lines', 'managers'))}"
    )


def test_check_refuses_order_lines_without_a_row_as_a_run_does(lines):
    with pytest.raises(SourceError) as caught:
        checked_source_text(lines())

    assert str(caught.value) == "shop: order_lines holds no row"


def test_the_sample_opens_in_a_second():
    open_source(str(SAMPLE))
    started = time.perf_counter()
    open_source(str(SAMPLE))

    assert time.perf_counter() - started < 1.0
