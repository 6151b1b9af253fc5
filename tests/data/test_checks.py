import pandas as pd
import pytest

from kamlib.data.examining import checked_source_text
from kamlib.data.sources import open_source
from kamlib.errors import ContractError, SourceError


def said_of(source):
    """Return the breaches a source is refused with, by table."""
    with pytest.raises(ContractError) as caught:
        checked_source_text(source)
    return caught.value.breaches


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["1,1,,2013-11-01,1,5"], "account_id: 1 row (row 2) is empty"),
        (
            ["1,1,A,2013-11-01,1,5", "1,2,A, ,1,5", "1,3,A,,1,5"],
            "ordered_at: 2 rows (first: row 3) are empty",
        ),
        (
            ["1,1,A,01.11.13 or later,1,5"],
            "ordered_at: 1 row (row 2) is not a date: give 2013-11-30, not '01.11.13 or later'",
        ),
        (
            ["1,1,A,2013-02-30,1,5"],
            "ordered_at: 1 row (row 2) is not a date: give 2013-11-30, not '2013-02-30'",
        ),
        (["1,1,A,13-11-01,1,5"], "ordered_at: 1 row (row 2) is not a date: give 2013-11-30, not '13-11-01'"),
        (["1,1,A,infinity,1,5"], "ordered_at: 1 row (row 2) is not a date: give 2013-11-30, not 'infinity'"),
        (
            ['1,1,A,2013-11-01,1,"5,00"', "1,2,A,2013-11-01,1,free"],
            "net_amount: 2 rows (first: row 2) are not an amount: give 1234.50, not '5,00'",
        ),
        (["1,1,A,2013-11-01,1,NaN"], "net_amount: 1 row (row 2) is not an amount: give 1234.50, not 'NaN'"),
        (["1,1,A,2013-11-01,1,inf"], "net_amount: 1 row (row 2) is not an amount: give 1234.50, not 'inf'"),
        (["1,1,A,2013-11-01,12 pcs,5"], "quantity: 1 row (row 2) is not a number: give 12, not '12 pcs'"),
        (["1,1,A,2013-11-01,nan,5"], "quantity: 1 row (row 2) is not a number: give 12, not 'nan'"),
        (["1,1,A,2013-11-01,-inf,5"], "quantity: 1 row (row 2) is not a number: give 12, not '-inf'"),
        (
            ["1,1,A,2013-11-01,-1,5"],
            "net_amount: 1 row (row 2) has the opposite sign of quantity: a return has both below zero",
        ),
        (
            ["1,1,A,2013-11-01,1,5", "2,1,A,2013-11-01,1,5", "1,1,B,2013-11-01,1,5"],
            "order_id + line_no: 1 row (row 4) repeats an earlier row",
        ),
    ],
)
def test_a_broken_order_line_is_told_by_column_row_and_value(lines, rows, said):
    assert said_of(lines(*rows)) == {"order_lines": [said]}


@pytest.mark.parametrize("row", ["1,1,A,2013-11-01,1,0", "1,1,A,2013-11-01,0,5", "1,1,A,2013-11-01,-1,-5"])
def test_free_goods_and_returns_keep_the_rule_of_signs(lines, row):
    assert open_source(lines(row)).note["lines"] == 1


def test_the_first_repetition_is_named_not_the_last(lines):
    rows = ["1,1,A,2013-11-01,1,5"] * 3 + ["2,1,A,2013-11-01,1,5"] * 2

    assert said_of(lines(*rows)) == {
        "order_lines": ["order_id + line_no: 3 rows (first: row 3) repeat an earlier row"]
    }


def test_all_breaches_of_a_table_stand_in_one_error_whose_text_is_a_list(lines):
    with pytest.raises(ContractError) as caught:
        open_source(lines("1,1,A,2013-11-01,1,5", "1,1,,yesterday,-1,x"))

    assert str(caught.value) == (
        "order_lines breaks its contract:\n"
        "  - account_id: 1 row (row 3) is empty\n"
        "  - ordered_at: 1 row (row 3) is not a date: give 2013-11-30, not 'yesterday'\n"
        "  - net_amount: 1 row (row 3) is not an amount: give 1234.50, not 'x'\n"
        "  - order_id + line_no: 1 row (row 3) repeats an earlier row"
    )


@pytest.mark.parametrize(
    ("table", "text", "said"),
    [
        (
            "accounts",
            "account_id,status\nA,dead\nB,\n",
            "status: 1 row (row 2) is not one of active, lost, prospect, not 'dead'",
        ),
        (
            "accounts",
            "account_id,is_key\nA,perhaps\n",
            "is_key: 1 row (row 2) is not true or false: give true, not 'perhaps'",
        ),
        (
            "accounts",
            "account_id,parent_id\nA,B\nB,A\nC,A\n",
            "parent_id: 2 rows lead back to themselves, such as 'A'",
        ),
        (
            "accounts",
            "account_id,parent_id\nA,A\n",
            "parent_id: 1 row leads back to itself, such as 'A'",
        ),
        (
            "survey_frame",
            "wave_id,account_id,stratum,drawn,n_contacts\nW,A,S,true,2.5\n",
            "n_contacts: 1 row (row 2) is not a whole number: give 12, not '2.5'",
        ),
        (
            "account_team",
            "account_id,manager_id,role,time_share\nA,M,kam,1.5\n",
            "time_share: 1 row (row 2) is above 1, not '1.5'",
        ),
    ],
)
def test_a_rule_of_another_table_is_told_the_same_way(written, table, text, said):
    lines = "account_id,ordered_at,net_amount\nA,2013-11-01,5\n"
    source = written({"order_lines.csv": lines, f"{table}.csv": text})

    assert said_of(source) == {table: [said]}


def test_a_reference_that_is_not_met_is_told_with_the_first_value(written):
    lines = "account_id,ordered_at,net_amount\nA,2013-11-01,5\nX,2013-11-01,5\nY,2013-11-01,5\n"
    source = written({"order_lines.csv": lines, "accounts.csv": "account_id\nA\n"})

    assert said_of(source) == {
        "order_lines": ["account_id: 2 rows (first: row 3) are not in accounts, such as 'X'"]
    }


def test_the_breaches_of_both_tables_stand_in_one_error(written):
    lines = "account_id,ordered_at,net_amount\nA,2013-11-01,x\n"
    source = written({"order_lines.csv": lines, "accounts.csv": "account_id\nA\nA\n"})
    with pytest.raises(ContractError) as caught:
        open_source(source)

    assert caught.value.breaches == {
        "order_lines": ["net_amount: 1 row (row 2) is not an amount: give 1234.50, not 'x'"],
        "accounts": ["account_id: 1 row (row 3) repeats an earlier row"],
    }


def test_an_open_answer_is_never_shown(written):
    header = "wave_id,contact_id,item_id,account_id,value,text"
    rows = f"{header}\nW,K,Q,A,11,my boss is Ms Secret\nW,K,Q,A,4,my boss is Ms Secret\n"
    lines = "account_id,ordered_at,net_amount\nA,2013-11-01,5\n"
    source = written({"order_lines.csv": lines, "survey_responses.csv": rows})

    assert said_of(source) == {
        "survey_responses": [
            "value: 1 row (row 2) is above 10, not '11'",
            "wave_id + contact_id + item_id: 1 row (row 3) repeats an earlier row",
        ]
    }


def test_rows_are_counted_as_a_spreadsheet_shows_them_after_empty_lines_and_broken_ones(lines):
    source = lines("1,1,A,2013-11-01,1,5", "", "", '1,2,"A\nB",2013-11-01,1,5', "", "1,3,A,2013-11-01,1,x")

    # Rows 3, 4 and 6 are empty; row 5 holds a text of two lines.
    assert said_of(source) == {
        "order_lines": ["net_amount: 1 row (row 7) is not an amount: give 1234.50, not 'x'"]
    }


def test_empty_lines_before_the_header_count_as_rows(written):
    source = written({"order_lines.csv": "\n\naccount_id,ordered_at,net_amount\nA,2013-11-01,x\n"})

    assert said_of(source) == {
        "order_lines": ["net_amount: 1 row (row 4) is not an amount: give 1234.50, not 'x'"]
    }


def test_a_row_of_several_files_is_told_with_its_file(written):
    header = "account_id,ordered_at,net_amount\n"
    files = {
        "2012.csv": f"{header}A,2012-11-01,5\n",
        "2013.csv": f"{header}A,2013-11-01,5\n\nA,2013-11-01,x\n",
    }
    source = written({**files, "source.toml": '[order_lines]\npath = "20*.csv"'})

    assert said_of(source) == {
        "order_lines": ["net_amount: 1 row (row 4 of 2013.csv) is not an amount: give 1234.50, not 'x'"]
    }


def test_a_row_of_a_parquet_file_counts_from_a_header_too(written, tmp_path):
    source = written({"source.toml": '[order_lines]\npath = "*.parquet"'})
    for year, amount in ((2012, [5.0, 6.0]), (2013, [5.0, float("nan")])):
        table = pd.DataFrame({"account_id": [7, 8], "ordered_at": f"{year}-11-01", "net_amount": amount})
        table.to_parquet(f"{source}/{year}.parquet")

    assert said_of(source) == {"order_lines": ["net_amount: 1 row (row 3 of 2013.parquet) is empty"]}


def test_check_tells_a_missing_file_beside_the_breaches_of_other_tables(written):
    toml = '[order_lines]\npath = "lines.csv"\n[accounts]\npath = "acounts.csv"\n[products]\npath = "p.csv"'
    lines = "account_id,ordered_at,net_amount\nA,2013-11-01,x\n"
    source = written({"source.toml": toml, "lines.csv": lines, "accounts.csv": "", "p.csv": "product\n1\n"})
    with pytest.raises(SourceError) as caught:
        checked_source_text(source)

    assert str(caught.value) == (
        "accounts: there is no file 'acounts.csv' in shop; did you mean 'accounts.csv'?\n"
        "order_lines breaks its contract:\n"
        "  - net_amount: 1 row (row 2) is not an amount: give 1234.50, not 'x'\n"
        "products breaks its contract:\n"
        "  - product_id: no such column; did you mean 'product'?"
    )
