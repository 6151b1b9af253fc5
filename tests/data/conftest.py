"""What the tests of tables share: a source of a few lines."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
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


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[str], str]]:
    """Return what makes an empty database in a PostgreSQL started here, and gives its URL."""
    folder = Path(tempfile.mkdtemp(prefix="kam-postgres-"))
    # The server refuses to be root's: then it is nobody's.
    own = {"user": "nobody"} if os.geteuid() == 0 else {}
    folder.chmod(0o777)

    def server(program: str, *words: str) -> None:
        found = shutil.which(program, path=os.pathsep.join([*_postgres_folders(), os.environ["PATH"]]))
        if not found:
            reason = "no PostgreSQL server is here: install Debian's package postgresql"
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
        log = (folder / "log").open("a")
        subprocess.run(
            [found, *words], check=True, cwd="/", stdout=log, stderr=log, env={"LC_ALL": "C"}, **own
        )

    data, url = str(folder / "data"), f"postgresql://reports@localhost/{{}}?host={folder}"
    server("initdb", "-D", data, "-U", "reports", "-A", "trust", "-E", "UTF8", "--no-sync")
    server("pg_ctl", "start", "-w", "-D", data, "-o", f"-k {folder} -c listen_addresses='' -c fsync=off")

    def make(name: str) -> str:
        server("createdb", "-h", str(folder), "-U", "reports", name)
        return url.format(name)

    yield make
    server("pg_ctl", "stop", "-D", data, "-m", "immediate")
    shutil.rmtree(folder, ignore_errors=True)


def _postgres_folders() -> list[str]:
    return sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
