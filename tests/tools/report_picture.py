"""Make docs/report.png, the README's picture: the first screen of a report on the sample.

.venv/bin/python tests/tools/report_picture.py [REPORT]
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REPORT = "pareto/concentration"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--hide-scrollbars"),
)
SIZE = (1000, 1330)


def write_report_picture(report: str, picture: Path) -> None:
    """Run one report on the sample and photograph its page."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise SystemExit("a chromium is needed: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        kam = [sys.executable, "-m", "kamlib.cli", "run", "--only", report, "--out", f"{folder}/out"]
        subprocess.run(kam, cwd=ROOT, check=True)
        page = next(Path(folder).rglob(f"{report}.html"))
        size = f"--window-size={SIZE[0]},{SIZE[1]}"
        shot = [
            browser,
            *FLAGS,
            f"--user-data-dir={folder}/b",
            size,
            f"--screenshot={picture}",
            page.as_uri(),
        ]
        subprocess.run(shot, check=True, capture_output=True, timeout=120)


if __name__ == "__main__":
    write_report_picture(*(sys.argv[1:] or [REPORT]), ROOT / "docs" / "report.png")
