"""Write environment.yml, the conda way in, from pyproject.toml."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONDA_NAMES = {"duckdb": "python-duckdb"}
"""What conda-forge calls a package, where PyPI calls it something else."""
NOT_IN_CONDA = ("axe-core-python", "playwright")
"""What conda-forge does not carry for Python; pip brings it."""


def environment_yml(pyproject: str) -> str:
    """Return the text of environment.yml for the text of a pyproject.toml.

    Names and bounds are pyproject's, in its order, but for the names that conda has otherwise.
    """
    project = tomllib.loads(pyproject)["project"]
    stated = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    by_conda = [line for line in stated if name_of(line) not in NOT_IN_CONDA]
    by_pip = [line for line in stated if name_of(line) in NOT_IN_CONDA]
    lines = [
        "# Made from pyproject.toml by tests/tools/environment_file.py; a test holds the two equal.",
        f"name: {project['name']}",
        "channels: [conda-forge]",
        "dependencies:",
        f"  - python{project['requires-python']}",
        *(f"  - {_conda_line(line)}" for line in by_conda),
        "  - pip",
        "  - pip:",
        *(f"      - {line}" for line in by_pip),
        "      - -e .",
    ]
    return "\n".join(lines) + "\n"


def name_of(line: str) -> str:
    """Return the package that a requirement is about: `pandas` of `pandas>=3,<4`."""
    return line.split("<")[0].split(">")[0].split("=")[0].strip()


def _conda_line(line: str) -> str:
    name = name_of(line)
    return CONDA_NAMES.get(name, name) + line.removeprefix(name)


if __name__ == "__main__":
    (ROOT / "environment.yml").write_text(environment_yml((ROOT / "pyproject.toml").read_text()))
