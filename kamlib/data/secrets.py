"""Secrets of a URL: put in from the environment when it is opened, masked in whatever is said after."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from urllib.parse import quote

from kamlib.errors import SourceError

_SECRET = re.compile(r"\$\{(\w+)\}")


def with_secrets(url: str) -> tuple[str, list[str]]:
    """Return a URL with each `${NAME}` put in from the environment, and what must never be told of it.

    Raises
    ------
    SourceError
        A variable is not set.

    Examples
    --------
    >>> with_secrets("postgresql://reports@db/sales")
    ('postgresql://reports@db/sales', [])
    """
    names = _SECRET.findall(url)
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        raise SourceError(f"source: the environment variable {missing[0]}, which its URL names, is not set")
    secrets = [os.environ[name] for name in names]
    full = _SECRET.sub(lambda match: quote(os.environ[match[1]], safe=""), url)
    return full, [*secrets, *(quote(secret, safe="") for secret in secrets)]


def without_secrets(text: str, secrets: Sequence[str]) -> str:
    """Return a text with each secret masked, and each URL left out: it could hold one.

    Examples
    --------
    >>> without_secrets("no user hunter2 in postgresql://a:hunter2@db/x", ["hunter2"])
    'no user *** in the database'
    """
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return re.sub(r"\w+://\S*", "the database", text).strip()
