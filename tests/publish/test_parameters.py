import nbformat
import pytest
from nbformat import v4

from kamlib.errors import ParameterError, PlanError
from kamlib.publish.parameters import (
    Parameter,
    cell_parameters,
    checked_value,
    notebook_parameters,
    param_value,
    parsed_param,
)

SHARE = Parameter("share", "float", 0.8)
COUNT = Parameter("count", "int", 5)
AS_OF = Parameter("as_of", "str", "latest")
INDUSTRY = Parameter("industry", "list[str]", [])
DEFINITION = Parameter("definition", "Literal['own_rhythm', 'silence']", "own_rhythm")


def refusal(source):
    with pytest.raises(PlanError) as caught:
        cell_parameters(source, where="churn")
    return str(caught.value)


def value_refusal(parameter, value):
    with pytest.raises(ParameterError) as caught:
        checked_value(parameter, value, "churn")
    return str(caught.value)


def test_a_typed_line_gives_name_type_default_and_help():
    found = cell_parameters("n: int = 30  # how many we can call", where="churn")

    assert found == [Parameter("n", "int", 30, "how many we can call")]


def test_imports_and_comments_are_no_parameters():
    source = 'from typing import Literal\n# which rule\nkind: Literal["a", "b"] = "a"'

    assert [one.name for one in cell_parameters(source, where="churn")] == ["kind"]


def test_a_hash_inside_a_text_is_no_help():
    assert cell_parameters('colour: str = "#fff"', where="churn") == [Parameter("colour", "str", "#fff", "")]


def test_a_list_over_several_lines_keeps_the_help_of_its_last_line():
    found = cell_parameters('names: list[str] = [\n    "a",\n    "b",\n]  # whose', where="churn")

    assert found == [Parameter("names", "list[str]", ["a", "b"], "whose")]


def test_a_line_without_a_type_is_refused_with_its_place():
    said = refusal("a: int = 1\nn = 3")

    assert said == "churn, parameters cell, line 2: n has no type; write n: type = value"


def test_code_in_the_cell_is_refused():
    assert "line 1: only imports and lines like" in refusal("print('hello')")


def test_a_default_that_must_be_computed_is_refused():
    assert "line 1: n must be a plain value, not 2 ** 3" in refusal("n: int = 2 ** 3")


def test_a_default_of_another_type_is_refused():
    assert "n = 'three' is not allowed; it is int: give a whole number" in refusal('n: int = "three"')


@pytest.mark.parametrize(
    "annotation", ["str | None", "dict", "list", "list[list[int]]", "date", "Literal[x]"]
)
def test_other_types_are_refused(annotation):
    assert f"the type {annotation} is not allowed; use str, int" in refusal(f"n: {annotation} = 1")


def test_a_name_given_twice_is_refused():
    assert refusal("n: int = 1\nn: int = 2") == "churn, parameters cell: given twice: n"


def test_a_cell_that_is_not_python_is_refused_with_its_line():
    assert refusal("n: int = 1\n%matplotlib inline").startswith("churn, parameters cell, line 2: not Python")


def test_reading_the_cell_does_not_run_it(tmp_path):
    with pytest.raises(PlanError):
        cell_parameters(f"n: int = __import__('os').mkdir({str(tmp_path / 'ran')!r})", where="churn")

    assert not (tmp_path / "ran").exists()


def test_the_parameters_of_a_notebook_come_from_its_tagged_cell(written_notebook, tmp_path):
    path = written_notebook(tmp_path / "a.ipynb", "y: int = 2", parameters="x: int = 1")

    assert notebook_parameters(path) == [Parameter("x", "int", 1)]


def test_a_notebook_without_a_parameters_cell_is_refused(tmp_path):
    nbformat.write(v4.new_notebook(cells=[v4.new_code_cell("x: int = 1")]), tmp_path / "a.ipynb")

    with pytest.raises(PlanError, match="no cells are tagged 'parameters'; tag exactly one"):
        notebook_parameters(tmp_path / "a.ipynb")


def test_a_file_that_is_no_notebook_is_refused(tmp_path):
    (tmp_path / "a.ipynb").write_text("no json")

    with pytest.raises(PlanError, match="not a notebook that can be read"):
        notebook_parameters(tmp_path / "a.ipynb")


def test_a_whole_number_is_fine_for_a_float_and_becomes_one():
    assert repr(checked_value(SHARE, 1, "churn")) == "1.0"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, "0.8", None, 10**400])
def test_what_is_no_finite_number_is_refused_for_a_float(value):
    assert "give a number, such as 0.8" in value_refusal(SHARE, value)


def test_a_refusal_names_report_parameter_value_and_what_is_expected():
    said = value_refusal(COUNT, "many")

    assert said == "churn: count = 'many' is not allowed; it is int: give a whole number"


@pytest.mark.parametrize("value", [True, 5.0])
def test_a_flag_or_a_fraction_is_no_whole_number(value):
    assert "give a whole number" in value_refusal(COUNT, value)


def test_a_list_holds_only_items_of_its_type():
    assert "industry = ['Food', 3] is not allowed" in value_refusal(INDUSTRY, ["Food", 3])


def test_a_text_is_no_list_of_texts():
    assert 'give a list, such as ["a", "b"], where each is text' in value_refusal(INDUSTRY, "Food")


def test_a_literal_takes_only_its_values():
    said = value_refusal(DEFINITION, "silense")

    assert said == "churn: definition: 'silense' is not one of own_rhythm, silence; did you mean 'silence'?"


def test_true_is_not_the_one_of_a_literal():
    assert "n: True is not one of 1, 2" in value_refusal(Parameter("n", "Literal[1, 2]", 1), True)


CALLS = "calls: int = 30  # Accounts that can be called; 1 to 1000"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (CALLS, (1, 1000)),
        ("share: float = 0.8  # The part; of sales; 0.05 to 1", (0.05, 1)),
        ("change: float = 0  # Change; -0.5 to 0.5", (-0.5, 0.5)),
        ("seed: int = 7  # Seed; 0 or more", (0, None)),
        ("days: int = 7  # From 1 to 9 days; a week is usual", (None, None)),
        ('shelf: str = "A"  # Shelf; 1 to 9', (None, None)),
    ],
)
def test_a_range_stands_in_the_comment_after_a_semicolon(source, expected):
    (found,) = cell_parameters(source, where="churn")

    assert (found.low, found.high) == expected


@pytest.mark.parametrize("value", [0, 1001])
def test_a_number_outside_its_range_is_refused_with_the_range(value):
    (calls,) = cell_parameters(CALLS, where="churn")

    said = value_refusal(calls, value)
    assert said == f"churn: calls = {value} is not allowed; give a number from 1 to 1000"


@pytest.mark.parametrize("value", [1, 1000])
def test_the_ends_of_a_range_belong_to_it(value):
    (calls,) = cell_parameters(CALLS, where="churn")

    assert checked_value(calls, value, "churn") == value


def test_each_number_of_a_list_lies_in_the_range():
    (edges,) = cell_parameters("edges: list[float] = [0.5]  # Edges; 0 or more", where="churn")

    assert "edges = -1 is not allowed; give a number of 0 or more" in value_refusal(edges, [0.5, -1])


def test_a_default_outside_its_own_range_is_refused():
    said = refusal("calls: int = 0  # Calls; 1 to 1000")

    assert said == ("churn, parameters cell, line 1: calls = 0 is not allowed; give a number from 1 to 1000")


@pytest.mark.parametrize("raw", ["2013-11-30", "007", "1.50", "true", "latest"])
def test_a_text_parameter_keeps_the_text_as_it_was_typed(raw):
    assert param_value(AS_OF, raw) == raw


def test_quotes_around_a_text_are_not_part_of_it():
    assert param_value(AS_OF, '"2013-11-30"') == "2013-11-30"


def test_other_parameters_take_toml():
    assert param_value(INDUSTRY, '["Food", "Pharma"]') == ["Food", "Pharma"]
    assert param_value(SHARE, "0.7") == 0.7


def test_what_is_not_toml_is_text():
    assert param_value(DEFINITION, "silence") == "silence"


def test_a_second_line_smuggles_nothing_in():
    assert param_value(COUNT, "1\nshare = 2") == "1\nshare = 2"


def test_only_the_first_equals_sign_parts_name_and_value():
    assert parsed_param("url=a=b") == ("url", "a=b")


def test_a_param_without_an_equals_sign_is_refused():
    with pytest.raises(ParameterError, match=r"--param 'share': write it as NAME=VALUE"):
        parsed_param("share")
