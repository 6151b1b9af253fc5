"""The parameters of a notebook: read without running it, and held to their types and ranges.

A number's range stands in the comment on its line, after a semicolon: `1 to 1000`, or `1 or more`.

    calls: int = 30  # Accounts that can be called; 1 to 1000
"""

from __future__ import annotations

import ast
import io
import json
import re
import sys
import tokenize
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kamlib.errors import ParameterError, PlanError, did_you_mean

_SCALARS: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
_SAID = {"str": "text", "int": "a whole number", "float": "a number, such as 0.8", "bool": "true or false"}
_ALLOWED = "use str, int, float, bool, list[...] of one of these, or Literal[...]"
_RANGED = ("int", "float", "list[int]", "list[float]")
_NUMBER = r"-?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"({_NUMBER}) (?:to ({_NUMBER})|or more)")


@dataclass(frozen=True)
class Parameter:
    """One line of a parameters cell: `name: annotation = default  # help`.

    Parameters
    ----------
    name, annotation
        As the cell writes them.
    default
        The value the notebook has by itself.
    help
        What it means, from the comment on its line.
    low, high
        The range of a number, ends included, or of each number of a list; None where not stated.
    """

    name: str
    annotation: str
    default: Any
    help: str = ""
    low: float | None = None
    high: float | None = None


def notebook_parameters(path: Path) -> list[Parameter]:
    """Return the parameters of a notebook, read from its cell tagged `parameters`.

    The cell is parsed, never run.

    Parameters
    ----------
    path
        The notebook.

    Returns
    -------
    list of Parameter
        In the order of the cell.

    Raises
    ------
    PlanError
        It is no notebook, has no such cell or several, or the cell holds anything but imports and
        typed lines.
    """
    try:
        cells = json.loads(path.read_bytes())["cells"]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise PlanError(f"{path}: not a notebook that can be read ({fault})") from None
    tagged = [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])]
    if len(tagged) != 1:
        raise PlanError(f"{path}: {len(tagged) or 'no'} cells are tagged 'parameters'; tag exactly one")
    return cell_parameters("".join(tagged[0]["source"]), where=str(path))


def cell_parameters(source: str, *, where: str) -> list[Parameter]:
    """Return the parameters that a cell's text states.

    Parameters
    ----------
    source
        The cell's text.
    where
        What to call the notebook in a message.

    Raises
    ------
    PlanError
        The text holds anything but imports and lines of the form `name: type = value  # help`.

    Examples
    --------
    >>> (share,) = cell_parameters("share: float = 0.8  # what counts as most; 0.05 to 1", where="pareto")
    >>> share.name, share.default, share.help, share.low, share.high
    ('share', 0.8, 'what counts as most; 0.05 to 1', 0.05, 1.0)
    """
    where = f"{where}, parameters cell"
    try:
        body = ast.parse(source).body
    except SyntaxError as fault:
        raise PlanError(f"{where}, line {fault.lineno}: not Python ({fault.msg})") from None
    helps = _comments(source)
    stated = [line for line in body if not isinstance(line, ast.Import | ast.ImportFrom)]
    found = [_parameter(line, helps, f"{where}, line {line.lineno}") for line in stated]
    names = [parameter.name for parameter in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise PlanError(f"{where}: given twice: {', '.join(twice)}")
    return found


def checked_value(parameter: Parameter, value: Any, where: str) -> Any:
    """Return a value as the parameter's type and range allow it.

    Parameters
    ----------
    parameter
        The parameter it is for.
    value
        What was given. A whole number is fine for a float; true and false are no numbers.
    where
        What to call the report in a message.

    Raises
    ------
    ParameterError
        Type or range do not allow the value; the text names report, parameter, value and what is
        expected.

    Examples
    --------
    >>> checked_value(Parameter("target_share", "float", 0.8), 1, "pareto/concentration")
    1.0
    """
    choices, item, is_list = _expected(parameter.annotation, where)
    values = value if is_list and isinstance(value, list | tuple) else [value]
    if is_list and not isinstance(value, list | tuple):
        fits = False
    elif choices:
        fits = any(type(value) is type(choice) and value == choice for choice in choices)
    else:
        fits = all(_fits(one, item) for one in values)
    if not fits:
        raise ParameterError(f"{where}: {_misfit(parameter, value, choices, item, is_list=is_list)}")
    if choices:
        return value
    _check_range(parameter, values, where)
    converted = [float(one) if item == "float" else one for one in values]
    return converted if is_list else converted[0]


def parsed_param(text: str) -> tuple[str, str]:
    """Return name and raw value of a `NAME=VALUE`.

    Examples
    --------
    >>> parsed_param("as_of=2013-11-30")
    ('as_of', '2013-11-30')
    """
    name, equals, raw = text.partition("=")
    if not equals or not name.strip():
        raise ParameterError(f"--param {text!r}: write it as NAME=VALUE")
    return name.strip(), raw.strip()


def param_value(parameter: Parameter, raw: str) -> Any:
    """Return the value a command line's text stands for: TOML where it parses, else text.

    Where the parameter is text, the text stays as it is (a date stays `2013-11-30`, `007` keeps
    its zeros), unless it is quoted.

    Examples
    --------
    >>> param_value(Parameter("as_of", "str", "latest"), "2013-11-30")
    '2013-11-30'
    >>> param_value(Parameter("industry", "list[str]", []), '["Food", "Pharma"]')
    ['Food', 'Pharma']
    """
    choices, item, is_list = _expected(parameter.annotation, parameter.name)
    try:
        value = tomllib.loads(f"value = {raw}")["value"] if "\n" not in raw else raw
    except tomllib.TOMLDecodeError:
        return raw
    is_text = item == "str" and not is_list and not isinstance(value, str)
    return raw if is_text or raw in choices else value


def unknown_parameter(name: str, known: Iterable[str], where: str) -> ParameterError:
    """Return the error that says a parameter is not known, with the nearest name."""
    return ParameterError(f"{where} no parameter '{name}'{did_you_mean(name, sorted(known))}")


def _parameter(line: ast.stmt, helps: dict[int, str], where: str) -> Parameter:
    if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
        raise PlanError(
            f"{where}: {line.targets[0].id} has no type; write {line.targets[0].id}: type = value"
        )
    if not isinstance(line, ast.AnnAssign) or not isinstance(line.target, ast.Name) or line.value is None:
        raise PlanError(f"{where}: only imports and lines like `name: type = value  # help` may stand here")
    name, annotation = line.target.id, ast.unparse(line.annotation)
    try:
        default = ast.literal_eval(line.value)
    except ValueError:
        raise PlanError(f"{where}: {name} must be a plain value, not {ast.unparse(line.value)}") from None
    said = helps.get(line.end_lineno or line.lineno, "")
    low, high = _range(said) if annotation in _RANGED else (None, None)
    parameter = Parameter(name, annotation, default, said, low, high)
    try:
        return replace(parameter, default=checked_value(parameter, default, where))
    except ParameterError as fault:
        raise PlanError(str(fault)) from None


def _expected(annotation: str, where: str) -> tuple[tuple[Any, ...], str, bool]:
    """Return the values of a Literal, else the scalar's name, and whether it is a list of them."""
    match ast.parse(annotation, mode="eval").body:
        case ast.Name(id=name) if name in _SCALARS:
            return (), name, False
        case ast.Subscript(value=ast.Name(id="list"), slice=ast.Name(id=name)) if name in _SCALARS:
            return (), name, True
        case ast.Subscript(value=ast.Name(id="Literal") | ast.Attribute(attr="Literal"), slice=values):
            nodes = values.elts if isinstance(values, ast.Tuple) else [values]
            choices = [node.value for node in nodes if isinstance(node, ast.Constant)]
            if len(choices) == len(nodes) and all(type(one) in _SCALARS.values() for one in choices):
                return tuple(choices), "", False
    raise ParameterError(f"{where}: the type {annotation} is not allowed; {_ALLOWED}")


def _fits(value: Any, scalar: str) -> bool:
    if scalar == "float":
        return type(value) in (int, float) and abs(value) <= sys.float_info.max  # neither nan nor inf
    return type(value) is _SCALARS[scalar]


def _misfit(parameter: Parameter, value: Any, choices: tuple[Any, ...], item: str, *, is_list: bool) -> str:
    if choices:
        near = did_you_mean(str(value), [one for one in choices if isinstance(one, str)])
        return f"{parameter.name}: {value!r} is not one of {', '.join(map(str, choices))}{near}"
    wanted = f'a list, such as ["a", "b"], where each is {_SAID[item]}' if is_list else _SAID[item]
    return f"{parameter.name} = {value!r} is not allowed; it is {parameter.annotation}: give {wanted}"


def _range(said: str) -> tuple[float | None, float | None]:
    """Return the range that a comment states in one of its parts after a semicolon."""
    for part in said.split(";")[1:]:
        if found := _RANGE.fullmatch(part.strip()):
            return float(found[1]), float(found[2]) if found[2] else None
    return None, None


def _check_range(parameter: Parameter, values: Iterable[Any], where: str) -> None:
    low, high = parameter.low, parameter.high
    outside = [one for one in values if (low is not None and one < low) or (high is not None and one > high)]
    if outside:
        asked = f"from {low:.15g} to {high:.15g}" if high is not None else f"of {low:.15g} or more"
        given = f"{parameter.name} = {outside[0]}"
        raise ParameterError(f"{where}: {given} is not allowed; give a number {asked}")


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {one.start[0]: one.string.lstrip("# ") for one in tokens if one.type == tokenize.COMMENT}
