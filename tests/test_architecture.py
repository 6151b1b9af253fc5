"""The floors of kamlib, and how large its rooms may grow."""

import ast
import graphlib
import re
from collections import Counter
from pathlib import Path

import pytest

import kamlib

ROOT = Path(kamlib.__file__).resolve().parents[1]
FILES = {
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__"): path
    for path in sorted((ROOT / "kamlib").rglob("*.py"))
}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in FILES.items()}
SIDE_BY_SIDE = {"analysis", "display", "publish"}
PUBLISH_MAY_SHOW = ("kamlib.display.theme", "kamlib.display.templates", "kamlib.display.findings")
FROM_OUTSIDE = {
    *("time", "random", "secrets", "uuid", "os", "pathlib", "io", "tempfile", "shutil", "subprocess"),
    *("socket", "ssl", "http", "urllib", "requests", "locale", "threading"),
}
CLOCKS = re.compile(r"\b(datetime|date|Timestamp|time)\.(now|utcnow|today|time|time_ns|monotonic)$")
GLOBAL_DRAWS = re.compile(r"^(np|numpy)\.random\.(?!default_rng$|Generator$|SeedSequence$|BitGenerator$)")

MOST_LINES = 13100
MOST_LINES_OF_THE_SAMPLE = 1250
"""Who wants to pass one of these says why in docs/decisions, see 0013."""


def floors():
    """Return the floor of each room, as the table in kamlib's docstring says."""
    return {room: int(floor) for room, floor in re.findall(r"^(\w+)\s+(\d)\s", kamlib.__doc__, re.MULTILINE)}


def room(module):
    return module.split(".")[1] if "." in module else ""


def imported(node):
    """Yield the modules of kamlib that a node of the tree imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "kamlib")
    if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "kamlib":
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            yield inner if inner in FILES else node.module


def imports(module):
    return {name for node in ast.walk(TREES[module]) for name in imported(node)}


def functions():
    for module, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{module}.{node.name}", node


def is_allowed(module, other):
    here, there = room(module), room(other)
    if here == there or not there:
        return True
    if {here, there} <= SIDE_BY_SIDE:
        # `publish` dresses its own page and index in the theme, by templates, and reads findings; no more.
        return here == "publish" and other.startswith(PUBLISH_MAY_SHOW)
    # What lies on one floor outside those three lies in one folder: kamlib itself.
    return floors()[there] <= floors()[here]


def code_lines(path):
    """Return how many lines hold code: no blank, no comment, no docstring."""
    text = path.read_text(encoding="utf-8")
    said = set()
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            said |= set(range(node.lineno, node.end_lineno + 1))
    lines = enumerate(text.splitlines(), 1)
    return sum(1 for n, line in lines if n not in said and line.strip() and not line.strip().startswith("#"))


def test_every_room_of_the_house_stands_in_the_table():
    assert {room(module) for module in FILES} - {""} == set(floors())


@pytest.mark.parametrize("module", FILES)
def test_a_module_imports_only_from_floors_below_and_never_sideways(module):
    assert [other for other in sorted(imports(module)) if not is_allowed(module, other)] == []


def test_the_rule_would_see_an_import_up_or_sideways():
    assert not is_allowed("kamlib.data.checks", "kamlib.analysis.tiers")
    assert not is_allowed("kamlib.display.tables", "kamlib.analysis.tiers")
    assert not is_allowed("kamlib.publish.page", "kamlib.display.tables")
    assert is_allowed("kamlib.publish.page", "kamlib.display.findings.finding")


def test_no_modules_import_each_other_in_a_circle():
    graph = {module: imports(module) - {module, "kamlib"} for module in FILES}

    assert len(list(graphlib.TopologicalSorter(graph).static_order())) >= len(FILES) - 1


def test_only_the_command_line_imports_own_modules_inside_a_function():
    hidden = {
        f"{name} imports {module}"
        for name, function in functions()
        for node in ast.walk(function)
        for module in imported(node)
    }

    assert [one for one in hidden if not one.startswith("kamlib.cli.")] == []


def test_no_module_is_imported_by_a_text():
    called = {
        ast.unparse(n.func) for tree in TREES.values() for n in ast.walk(tree) if isinstance(n, ast.Call)
    }

    assert [name for name in called if name.split(".")[-1] in ("import_module", "__import__")] == []


@pytest.mark.parametrize("module", [name for name in FILES if room(name) == "analysis"])
def test_an_analysis_reads_no_clock_no_network_and_no_global_seed(module):
    nodes = list(ast.walk(TREES[module]))
    modules = {alias.name.split(".")[0] for n in nodes if isinstance(n, ast.Import) for alias in n.names}
    modules |= {(n.module or "").split(".")[0] for n in nodes if isinstance(n, ast.ImportFrom)}
    named = {ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)}

    assert modules & FROM_OUTSIDE == set()
    assert [name for name in sorted(named) if CLOCKS.search(name) or GLOBAL_DRAWS.search(name)] == []


def test_the_rule_would_see_a_clock_and_a_global_seed():
    assert CLOCKS.search("dt.datetime.now")
    assert GLOBAL_DRAWS.search("np.random.seed")
    assert not GLOBAL_DRAWS.search("np.random.default_rng")


def test_no_room_is_a_lumber_room():
    lumber = {"utils", "util", "helpers", "helper", "common", "misc"}

    assert [module for module in FILES if set(module.split(".")) & lumber] == []


def test_every_module_opens_with_a_sentence():
    assert [module for module, tree in TREES.items() if not ast.get_docstring(tree)] == []


def test_no_module_is_longer_than_400_lines():
    lengths = {module: len(path.read_text(encoding="utf-8").splitlines()) for module, path in FILES.items()}

    assert {module: length for module, length in lengths.items() if length > 400} == {}


def test_no_function_has_more_than_60_lines_without_its_docstring():
    lengths = {name: node.end_lineno - last_said(node) for name, node in functions()}

    assert {name: length for name, length in lengths.items() if length > 60} == {}


def last_said(function):
    first = function.body[0]
    return first.end_lineno if ast.get_docstring(function) else function.lineno - 1


def test_kamlib_stays_a_small_library():
    by_room = Counter()
    for module, path in FILES.items():
        by_room["sample" if ".data.sample" in module else room(module)] += code_lines(path)
    print(f"{by_room.total()} lines of code: {dict(by_room)}")

    assert by_room["sample"] <= MOST_LINES_OF_THE_SAMPLE
    assert by_room.total() - by_room["sample"] <= MOST_LINES, (
        "what could a dependency do, and what does nobody need?"
    )
