"""What is no customer's doing is left out, and an account under two numbers is one."""

import duckdb
import pandas as pd
import pytest

from kamlib.analysis.snapshot import account_table
from kamlib.data.cache import kept_for_a_run
from kamlib.data.examining import examined_source
from kamlib.data.sources import open_source
from kamlib.errors import CannotTell, ContractError, SourceError

LINES = """order_id,line_no,account_id,ordered_at,net_amount,status
1,1,A,2024-01-01,100,done
2,1,A,2024-01-02,50,cancelled
3,1,A2,2024-01-03,30,done
4,1,OWN,2024-01-04,1000,done
5,1,B,2024-01-05,20,done
"""
ACCOUNTS = """account_id,name,parent_id,kind
A,Acme,,customer
A2,Acme Ltd,A,customer
OWN,Our own,,intercompany
B,Beta,A2,customer
"""
TOML = '[order_lines]\npath = "lines.csv"\n[accounts]\npath = "accounts.csv"\n'
CANCELLED = (
    '[[exclude]]\nwhy = "cancelled orders"\ntable = "order_lines"\nwhere = { status = ["cancelled"] }\n'
)
OWN = '[[exclude]]\nwhy = "our own companies"\ntable = "accounts"\nwhere = { kind = "intercompany" }\n'
MERGE = '[account_merge]\npath = "account_merge.csv"\n'


@pytest.fixture
def shop(written):
    """Return what opens the shop with more lines of source.toml and more files."""

    def make(more="", files=()):
        return written(
            {"lines.csv": LINES, "accounts.csv": ACCOUNTS, "source.toml": TOML + more, **dict(files)}
        )

    return make


def revenue(tables):
    return account_table(tables.order_lines, tables.as_of).set_index("account_id")["net_revenue"].to_dict()


def test_excluded_lines_are_in_no_figure_and_are_counted(shop):
    tables = open_source(shop(CANCELLED))

    assert revenue(tables)["A"] == 100
    assert tables.note["remarks"] == ["Left out: cancelled orders (order lines: 1, sales: 50)"]


def test_an_excluded_account_is_gone_from_every_table(shop):
    tables = open_source(shop(OWN))

    assert "OWN" not in revenue(tables)
    assert list(tables["accounts"]["account_id"]) == ["A", "A2", "B"]
    assert tables.note["remarks"] == ["Left out: our own companies (order lines: 1, sales: 1,000)"]


def test_accounts_can_be_named_one_by_one(shop):
    more = '[[exclude]]\nwhy = "one-off projects"\naccounts = ["B", "OWN"]\n'

    assert set(revenue(open_source(shop(more)))) == {"A", "A2"}


def test_a_line_that_two_exclusions_take_is_counted_once(shop):
    more = CANCELLED + '[[exclude]]\nwhy = "Acme"\naccounts = ["A"]\n'

    assert open_source(shop(more)).note["remarks"] == [
        "Left out: cancelled orders (order lines: 1, sales: 50)",
        "Left out: Acme (order lines: 1, sales: 100)",
    ]


def test_an_exclusion_that_takes_nothing_says_so(shop):
    more = CANCELLED.replace('"cancelled"]', '"storno"]')

    assert open_source(shop(more)).note["remarks"] == [
        "Left out: cancelled orders (order lines: 0, sales: 0)"
    ]


def test_an_exclusion_by_a_column_that_is_not_there_is_refused_with_the_nearest(shop):
    with pytest.raises(ContractError) as caught:
        open_source(shop(CANCELLED.replace("status", "staus")))

    assert caught.value.breaches == {"order_lines": ["staus: no such column; did you mean 'status'?"]}


def test_where_everything_is_left_out_the_source_holds_no_row(shop):
    more = '[[exclude]]\nwhy = "all"\naccounts = ["A", "A2", "B", "OWN"]\n'
    with pytest.raises(SourceError, match="order_lines holds no row"):
        open_source(shop(more))


def test_a_merged_number_s_lines_are_the_account_s(shop):
    tables = open_source(shop(MERGE, {"account_merge.csv": "account_id,into_account_id\nA2,A\n"}))

    assert revenue(tables) == {"A": 180, "B": 20, "OWN": 1000}
    assert tables.note["remarks"] == ["Merged: account numbers given up: 1, order lines moved: 1"]


def test_a_merged_account_is_one_row_and_no_parent_of_itself(shop):
    tables = open_source(shop(MERGE, {"account_merge.csv": "account_id,into_account_id\nA2,A\n"}))

    accounts = tables["accounts"].set_index("account_id")
    assert list(accounts.index) == ["A", "OWN", "B"]
    assert accounts["parent_id"]["B"] == "A"


def test_a_chain_of_merges_is_followed_to_its_end(shop):
    chain = "account_id,into_account_id\nA2,B\nB,A\n"

    assert revenue(open_source(shop(MERGE, {"account_merge.csv": chain}))) == {"A": 200, "OWN": 1000}


def test_a_circle_of_merges_is_refused(shop):
    circle = "account_id,into_account_id\nA,B\nB,A\n"
    with pytest.raises(ContractError) as caught:
        open_source(shop(MERGE, {"account_merge.csv": circle}))

    assert list(caught.value.breaches) == ["account_merge"]


def test_exclusion_comes_before_merging(shop):
    more = MERGE + '[[exclude]]\nwhy = "a closed branch"\naccounts = ["A2"]\n'

    assert (
        revenue(open_source(shop(more, {"account_merge.csv": "account_id,into_account_id\nA2,A\n"})))["A"]
        == 150
    )


def test_rows_of_an_unknown_account_are_left_aside_in_a_side_table_and_counted(shop):
    contacts = "contact_id,account_id,age\nC1,A,40\nC2,Z,30\nC3,B,430\n"
    tables = open_source(shop('[contacts]\npath = "c.csv"\n', {"c.csv": contacts}))

    assert list(tables["contacts"]["contact_id"]) == ["C1", "C3"]
    assert tables["contacts"]["age"].isna().tolist() == [False, True]
    assert tables.note["warnings"] == [
        "contacts.age: 1 row (row 4) is above 120: taken as empty",
        "contacts.account_id: 1 row (row 3) is not in accounts, such as 'Z': left aside",
    ]


def test_a_product_that_the_list_does_not_have_is_only_reported(written):
    lines = "account_id,ordered_at,net_amount,product_id\nA,2024-01-01,5,P1\nA,2024-01-01,5,P9\n"
    tables = open_source(written({"order_lines.csv": lines, "products.csv": "product_id\nP1\n"}))

    assert tables.note["lines"] == 2
    assert tables.note["warnings"] == [
        "order_lines.product_id: 1 row (row 3) is not in products, such as 'P9': counted as they stand"
    ]


def test_an_examination_tells_what_is_broken_and_raises_nothing(shop):
    examined = examined_source(shop('[contacts]\npath = "c.csv"\n', {"c.csv": "contact_id\nC1\nC1\n"}))

    assert list(examined.breaches["severity"]) == ["error"]
    states = examined.tables.set_index("table")["state"]
    assert states[["accounts", "order_lines", "contacts", "exits"]].to_list() == [
        *("good", "good", "broken", "not there")
    ]


def test_after_broken_order_lines_an_examination_opens_nothing(written):
    examined = examined_source(
        written({"order_lines.csv": "account_id,ordered_at,net_amount\n,2024-01-01,5\n"})
    )
    with pytest.raises(CannotTell, match="once these are mended"):
        examined.opened()

    assert examined.breaches["says"].to_list() == ["account_id: 1 row (row 2) is empty"]


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow", "duckdb", "polars lazy"])
def test_tables_of_this_process_are_a_source_whatever_their_kind(kind):
    frame = pd.DataFrame(
        {
            "account_id": ["A", "B"],
            "ordered_at": pd.to_datetime(["2024-01-01", "2024-01-02"]),
            "net_amount": [1, 2],
        }
    )

    assert revenue(open_source({"order_lines": as_kind(frame, kind)})) == {"A": 1.0, "B": 2.0}


def as_kind(frame, kind):
    relation = duckdb.from_df(frame)
    return {
        "pandas": lambda: frame,
        "polars": relation.pl,
        "pyarrow": relation.to_arrow_table,
        "duckdb": lambda: relation,
        "polars lazy": lambda: relation.pl().lazy(),
    }[kind]()


def test_within_a_run_text_is_read_once_whoever_asks(shop):
    source = shop()
    with kept_for_a_run():
        open_source(source)
        second = open_source(source)
        second.order_lines.collect("pyarrow")
        held = second._opened.readings.engine.execute("SELECT table_name FROM duckdb_tables()").fetchall()

    assert held == []


def test_outside_a_run_a_changed_file_is_seen(shop, written):
    source = shop()
    before = open_source(source).note["lines"]
    written({"lines.csv": LINES + "6,1,B,2024-01-06,20,done\n"})

    assert (before, open_source(source).note["lines"]) == (5, 6)


def test_a_memory_limit_is_the_engine_s(shop, written):
    source = shop()
    written({"source.toml": 'memory_limit = "300MB"\n' + TOML})
    engine = open_source(source)._opened.readings.engine

    assert engine.execute("SELECT current_setting('memory_limit')").fetchone() == ("286.1 MiB",)
