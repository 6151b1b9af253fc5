import os
import subprocess
import sys

import narwhals as nw
import pandas as pd
import pytest

from kamlib.data.cache import kept_for_a_run, named, once, once_a_run, once_said


@pytest.fixture
def counted():
    """Return a function of order lines and the list of calls that reached it."""
    calls = []

    @once_a_run
    def table(order_lines, *what):
        calls.append(what)
        return pd.DataFrame(
            {"name": ["é", None], "day": pd.to_datetime(["2024-01-01", None]), "x": [1.5, None]}
        )

    return table, calls


def lines(name):
    return named(nw.from_native(pd.DataFrame({"a": [1]})).lazy(), name)


def test_equal_names_are_worked_out_once_and_give_equal_tables(counted):
    table, calls = counted
    with kept_for_a_run():
        first, second = table(lines("shop"), 1), table(lines("shop"), 1)

    assert len(calls) == 1
    pd.testing.assert_frame_equal(first, second)


def test_a_kept_table_is_the_one_that_was_worked_out_to_its_types(counted):
    table, _ = counted
    with kept_for_a_run():
        pd.testing.assert_frame_equal(
            table(lines("shop"), 1), table(nw.from_native(pd.DataFrame()).lazy(), 1)
        )


def test_another_name_or_another_argument_is_worked_out_anew(counted):
    table, calls = counted
    with kept_for_a_run():
        for name, what in [("shop", 1), ("shop", 2), ("store", 1)]:
            table(lines(name), what)

    assert len(calls) == 3


def test_lines_without_a_name_are_worked_out_each_time(counted):
    table, calls = counted
    for _ in range(2):
        table(nw.from_native(pd.DataFrame({"a": [1]})).lazy())

    assert len(calls) == 2


def test_a_caller_may_change_the_table_it_got(counted):
    table, _ = counted
    with kept_for_a_run():
        got = table(lines("shop"))
        got.loc[0, "name"] = "changed"

        assert table(lines("shop"))["name"][0] == "é"


def test_another_process_of_the_run_finds_what_this_one_worked_out():
    code = "from kamlib.data.cache import once_said; print(once_said('day', dict))"
    with kept_for_a_run():
        once_said("day", lambda: {"first": "2024-01-01"})
        said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout == "{'first': '2024-01-01'}\n"


def test_the_folder_is_nobody_else_s_and_goes_with_the_run():
    with kept_for_a_run() as folder:
        once("a.txt", lambda path: path.write_text("x") and None)

        assert os.name == "nt" or folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()


def test_what_could_not_be_made_is_not_kept():
    def fail(path):
        path.write_text("half")
        raise ValueError

    with kept_for_a_run() as folder:
        with pytest.raises(ValueError):
            once("a.txt", fail)

        assert [path.name for path in folder.iterdir() if path.suffix != ".lock"] == []
