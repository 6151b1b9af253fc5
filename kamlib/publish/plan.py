"""The plan of a batch: which notebooks run, with which parameters, after which others."""

from __future__ import annotations

import fnmatch
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kamlib.errors import ParameterError, PlanError, did_you_mean
from kamlib.publish.parameters import (
    Parameter,
    checked_value,
    notebook_parameters,
    param_value,
    parsed_param,
    unknown_parameter,
)

_KEYS: dict[str, type] = {
    "name": str,
    "notebook": str,
    "parameters": dict,
    "after": list,
    "audience": str,
    "timeout_s": int,
    "title": str,
    "examines_source": bool,
}
_REPORT_NAME = re.compile(r"[a-z0-9_-]+(/[a-z0-9_-]+)*")


@dataclass(frozen=True)
class Job:
    """One report, ready to run: every parameter has its value. It can travel between processes.

    Parameters
    ----------
    report
        Its id: the notebook's path below the plan's folder, or the name the plan gives.
    notebook
        The notebook's absolute path.
    parameters
        Value by name, for all parameters of the notebook.
    after
        The reports that come before it. They only order: a failed one does not hold it back.
    audience, title
        For whom it is, and its own title.
    timeout_s
        How long the whole notebook may take, in seconds.
    examines_source
        It says itself what is wrong with its source: a broken one does not hold it back.
    threads
        How many threads its numeric libraries may use; 0 leaves that to them.
    """

    report: str
    notebook: Path
    parameters: Mapping[str, Any]
    after: Sequence[str] = ()
    audience: str = ""
    title: str = ""
    timeout_s: int = 900
    examines_source: bool = False
    threads: int = 0


@dataclass(frozen=True)
class Report:
    """One `[[report]]` of a plan.

    Parameters
    ----------
    name
        Its id.
    parameters
        What the notebook's cell states.
    job
        It as it runs with the values of notebook and plan.
    """

    name: str
    parameters: Sequence[Parameter]
    job: Job


def read_plan(path: Path) -> list[Report]:
    """Return the reports of a plan, in its order.

    Parameters
    ----------
    path
        The plan, a TOML file of `[[report]]` tables. Notebooks are relative to it.

    Raises
    ------
    PlanError
        The file cannot be read, or says something that cannot be carried out.
    """
    try:
        plan = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise PlanError(f"the plan {path} cannot be read: {fault.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise PlanError(f"the plan {path} is not TOML: {fault}") from None
    _refuse_unknown(plan, ["report"], str(path))
    entries = plan.get("report")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise PlanError(f"the plan {path} has no [[report]]")
    reports = [_report(entry, path, f"{path}, report {n}") for n, entry in enumerate(entries, 1)]
    _check_names([report.name for report in reports], path)
    _check_after(reports, path)
    return reports


def resolved_jobs(
    reports: Sequence[Report],
    *,
    source: str | None = None,
    as_of: str | None = None,
    params: Sequence[str] = (),
    only: str | None = None,
) -> list[Job]:
    """Return the jobs of a plan in the order they run, each parameter with its value.

    Parameters
    ----------
    reports
        What `read_plan` returns.
    source, as_of
        Values for all reports that have the parameter; they win over the plan.
    params
        `NAME=VALUE` texts, for all reports that have the name; they win over everything.
    only
        A pattern of report names, such as `pareto/*`.

    Returns
    -------
    list of Job
        Each after those it names in `after`, else in the order of the plan.

    Raises
    ------
    ParameterError
        A name that no report has, a value its type does not allow, or a pattern without a match.
    """
    chosen = [report for report in reports if only is None or fnmatch.fnmatchcase(report.name, only)]
    if not chosen:
        names = ", ".join(report.name for report in reports)
        raise ParameterError(f"--only {only} matches no report; there are {names}")
    raw = [parsed_param(text) for text in params]
    flags = {name: value for name, value in (("source", source), ("as_of", as_of)) if value is not None}
    known = {parameter.name for report in chosen for parameter in report.parameters}
    for name in [*flags, *(name for name, _ in raw)]:
        if name not in known:
            raise unknown_parameter(name, known, "the chosen reports have")
    return in_run_order([_job(report, flags, raw) for report in chosen])


def in_run_order(jobs: Sequence[Job]) -> list[Job]:
    """Return the jobs so that each comes after those it names, else in the given order.

    Names in `after` that are not among the reports order nothing.

    Raises
    ------
    PlanError
        They wait for each other.
    """
    waiting, ordered = list(jobs), []
    while waiting:
        names = {job.report for job in waiting}
        ready = next((job for job in waiting if names.isdisjoint(job.after)), None)
        if ready is None:
            raise PlanError(f"these reports wait for each other (see `after`): {', '.join(sorted(names))}")
        waiting.remove(ready)
        ordered.append(ready)
    return ordered


def _report(entry: dict[str, Any], plan: Path, where: str) -> Report:
    _refuse_unknown(entry, _KEYS, where)
    for key, value in entry.items():
        if type(value) is not _KEYS[key]:
            raise PlanError(f"{where}: {key} = {value!r} is not {_said(_KEYS[key])}")
    notebook = _notebook_of(entry, plan, where)
    name = _name_of(entry, notebook, plan, where)
    if entry.get("timeout_s", 1) < 1:
        raise PlanError(f"{where}: timeout_s = {entry['timeout_s']} leaves no time; give seconds, 1 or more")
    parameters = notebook_parameters(notebook)
    values = {one.name: one.default for one in parameters}
    values |= _checked_values(entry.get("parameters", {}), parameters, name)
    rest = {key: value for key, value in entry.items() if key not in ("name", "notebook", "parameters")}
    return Report(name, parameters, Job(name, notebook, values, **rest))


def _checked_values(values: dict[str, Any], parameters: Sequence[Parameter], report: str) -> dict[str, Any]:
    by_name = {parameter.name: parameter for parameter in parameters}
    for name in values:
        if name not in by_name:
            raise unknown_parameter(name, by_name, f"{report} has")
    return {name: checked_value(by_name[name], value, report) for name, value in values.items()}


def _job(report: Report, flags: Mapping[str, str], raw: Sequence[tuple[str, str]]) -> Job:
    by_name = {parameter.name: parameter for parameter in report.parameters}
    given: dict[str, Any] = {name: value for name, value in flags.items() if name in by_name}
    given |= {name: param_value(by_name[name], text) for name, text in raw if name in by_name}
    checked = _checked_values(given, report.parameters, report.name)
    return replace(report.job, parameters={**report.job.parameters, **checked})


def _notebook_of(entry: Mapping[str, Any], plan: Path, where: str) -> Path:
    if "notebook" not in entry:
        raise PlanError(f"{where}: it names no notebook")
    notebook = (plan.parent / entry["notebook"]).resolve()
    if not notebook.is_file():
        raise PlanError(f"{where}: there is no notebook {entry['notebook']} beside {plan.name}")
    return notebook


def _name_of(entry: Mapping[str, Any], notebook: Path, plan: Path, where: str) -> str:
    folder = plan.parent.resolve()
    if "name" not in entry and not notebook.is_relative_to(folder):
        raise PlanError(f"{where}: {notebook.name} lies outside {folder.name}; give the report a name")
    name: str = entry["name"] if "name" in entry else notebook.relative_to(folder).with_suffix("").as_posix()
    if not _REPORT_NAME.fullmatch(name):
        raise PlanError(
            f"{where}: the name {name!r} may hold small letters, digits, _, - and / only; give a name"
        )
    return name


def _check_names(names: Sequence[str], path: Path) -> None:
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise PlanError(f"{path}: two reports are called {', '.join(twice)}; give one of them a name")


def _check_after(reports: Sequence[Report], path: Path) -> None:
    names = [report.name for report in reports]
    for report in reports:
        for name in report.job.after:
            if name not in names:
                near = did_you_mean(str(name), names)
                raise PlanError(f"{path}: {report.name} comes after {name!r}, which is no report{near}")
    in_run_order([report.job for report in reports])


def _refuse_unknown(table: Mapping[str, Any], known: Mapping[str, Any] | Sequence[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise PlanError(f"{where}: unknown key '{key}'{did_you_mean(key, known)}")


def _said(kind: type) -> str:
    return {str: "text", dict: "a table", list: "a list", int: "a whole number", bool: "true or false"}[kind]
