"""What the tests of tables share: a source of a few lines."""

from collections.abc import Callable
from pathlib import Path

import pytest

LINES = "order_id,line_no,account_id,ordered_at,quantity,net_amount"
GOOD = f"{LINES}\n1,1,A,2013-11-01,2,5.00\n1,2,A,2013-11-01,1,7.50\n2,1,B,2013-11-30,-1,-2.50\n"


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., str]:
    """Return what writes a source's files into a folder called `shop`, and gives its path."""

    def write(files: dict[str, str | bytes], folder: str = "shop") -> str:
        for name, content in files.items():
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(tmp_path / folder)

    return write


@pytest.fixture
def lines(written: Callable[..., str]) -> Callable[..., str]:
    """Return what writes a source of order lines only, row by row, under the usual header."""
    return lambda *rows, header=LINES: written({"order_lines.csv": "\n".join([header, *rows]) + "\n"})
