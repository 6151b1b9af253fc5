"""An environment of its own for lifetimes, which is archived and needs a pandas of before 2."""

import subprocess
import sys
from pathlib import Path

# The last versions that work with it together; they are there for Python 3.11 and not for later ones.
PACKAGES = (
    *("lifetimes==0.11.3", "pandas==1.5.3", "numpy==1.26.4"),
    *("scipy==1.11.4", "autograd==1.6.2", "pyarrow==14.0.2"),
)


def lifetimes_python(folder: Path) -> tuple[str, str]:
    """Return the interpreter of a new environment, or "" and why there is none."""
    place = folder / "lifetimes"
    python = place / "bin" / "python"
    steps = (
        [sys.executable, "-m", "venv", str(place)],
        [str(python), "-m", "pip", "install", "--quiet", "--only-binary=:all:", *PACKAGES],
    )
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode:
            return "", "its packages cannot be installed here"
    return str(python), ""
