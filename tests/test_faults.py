"""Each fault a person can make at the command line gets a clear answer, and leaves nothing behind."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from kamlib.cli import main
from kamlib.data.sample import write_sample
from kamlib.publish.plan import read_plan

ROOT = Path(__file__).parents[1]
HEADER = "order_id,line_no,account_id,ordered_at,net_amount"


@pytest.fixture
def told(tmp_path):
    """Return what runs the concentration report, sees that nothing is left, and gives what was said."""

    def run(*words):
        out = tmp_path / "reports"
        plan = str(ROOT / "notebooks" / "plan.toml")
        done = CliRunner().invoke(main, ["run", plan, "--only", "pareto/*", "--out", str(out), *words])

        assert (done.exit_code, done.stdout, out.exists()) == (2, "", False), done.output
        assert str(tmp_path) not in done.stderr
        return done.stderr

    return run


@pytest.fixture
def shop(tmp_path):
    """Return what writes order lines into a source called `shop`."""

    def write(text, name="order_lines.csv"):
        (tmp_path / "shop").mkdir(exist_ok=True)
        (tmp_path / "shop" / name).write_text(text)
        return str(tmp_path / "shop")

    return write


def test_a_misspelt_parameter_is_answered_with_the_nearest(told):
    assert told("--param", "target_shar=0.8") == (
        "the chosen reports have no parameter 'target_shar'; did you mean 'target_share'?\n"
    )


def test_a_text_where_a_number_belongs_is_answered_with_what_belongs_there(told):
    assert told("--param", "target_share=most") == (
        "pareto/concentration: target_share = 'most' is not allowed; "
        "it is float: give a number, such as 0.8\n"
    )


def test_a_missing_column_is_answered_with_the_nearest(told, shop):
    source = shop("order_id,line_no,acount_id,ordered_at,net_amount\n1,1,A,2013-11-01,5\n")

    assert told("--source", source) == (
        "order_lines breaks its contract:\n  - account_id: no such column; did you mean 'acount_id'?\n"
    )


def test_a_wrong_date_in_the_data_is_answered_with_its_row(told, shop):
    source = shop(f"{HEADER}\n1,1,A,2013-11-01,5\n1,2,A,2013-11-31,5\n")

    assert told("--source", source) == (
        "order_lines breaks its contract:\n"
        "  - ordered_at: 1 row (row 3) is not a date: give 2013-11-30, not '2013-11-31'\n"
    )


def test_a_wrong_amount_among_decimal_commas_is_answered_with_its_own_row_alone(told, shop):
    good = "".join(f"1;{line};A;2013-11-01;1.234,50\n" for line in range(3))
    source = shop(f"{HEADER.replace(',', ';')}\n{good}1;4;A;2013-11-01;abc\n")

    assert told("--source", source) == (
        "order_lines breaks its contract:\n"
        "  - net_amount: 1 row (row 5) is not an amount written as 1.234,56, not 'abc'\n"
    )


def test_a_wrong_date_as_parameter_is_answered_with_a_right_one(told, shop):
    source = shop(f"{HEADER}\n1,1,A,2013-11-01,5\n")

    assert told("--source", source, "--as-of", "31.11.2013") == (
        "as_of: '31.11.2013' is not a date: give latest or a day such as 2013-11-01\n"
    )


def test_an_empty_file_is_answered_so(told, shop):
    assert told("--source", shop("")) == (
        "order_lines: the file 'order_lines.csv' is empty: not even a header line\n"
    )


def test_a_file_with_a_header_only_is_answered_so(told, shop):
    source = shop(f"{HEADER}\n")

    assert told("--source", source) == "shop: order_lines holds no row\n"
    checked = CliRunner().invoke(main, ["check", source])
    assert (checked.exit_code, checked.stderr) == (2, "shop: order_lines holds no row\n")


def test_a_source_that_is_not_there_is_answered_with_the_nearest(told, shop, tmp_path):
    shop(f"{HEADER}\n")

    assert told("--source", str(tmp_path / "shpo")) == (
        f"source: no file or folder 'shpo' in {tmp_path.name}; did you mean 'shop'?\n"
    )


def test_a_password_in_a_url_is_answered_without_it(told):
    said = told("--source", "postgresql://reports:hunter2@db/sales")

    assert "write ${NAME} in its place" in said
    assert "hunter2" not in said


def test_a_file_that_is_not_there_is_answered_with_the_nearest(told, shop):
    shop(f"{HEADER}\n", "lines.csv")
    source = shop('[order_lines]\npath = "line.csv"', "source.toml")

    assert told("--source", source) == (
        "order_lines: there is no file 'line.csv' in shop; did you mean 'lines.csv'?\n"
    )


def test_an_unknown_industry_is_answered_with_the_nearest(told):
    source = str(ROOT / "data" / "sample")

    assert told("--source", source, "--param", 'industry=["Snack"]') == (
        "industry: no account has 'Snack'; did you mean 'Snacks'?\n"
    )


@pytest.mark.slow
def test_a_company_of_20_accounts_gets_all_its_reports(tmp_path):
    write_sample(tmp_path / "small", accounts=20, years=3, lines=1000)
    plan = str(ROOT / "notebooks" / "plan.toml")
    words = ["run", plan, "--source", str(tmp_path / "small"), "--out", str(tmp_path / "reports")]
    done = CliRunner().invoke(main, words)

    assert done.exit_code == 0, done.output
    states = [line.partition("  ")[0] for line in done.stdout.splitlines()[:-1]]
    assert len(states) == len(read_plan(Path(plan)))
    assert set(states) <= {"good", "cannot tell"}
