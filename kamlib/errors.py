"""What can go wrong, in words: what, where, how much, and the way out."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, TypeVar

from kamlib.estimate import Unknown

_Result = TypeVar("_Result")


class KamError(Exception):
    """Any fault that a person can mend; its text says how. `kam` shows it without a traceback."""


class SourceError(KamError):
    """A source cannot be opened: not there, not readable, or not of a kind that is known."""


class ParameterError(KamError):
    """A parameter has an unknown name, or a value that its cell does not allow."""


class PlanError(KamError):
    """The plan of a batch cannot be carried out as written."""


class RunLockedError(KamError):
    """Another run holds the reports folder."""


class ContractError(KamError):
    """A table breaks its contract. All breaches at once, never a customer's row.

    Parameters
    ----------
    breaches
        Sentences by table: `{"order_lines": ["ordered_at: 3 rows (first: row 18) are empty"]}`.
    """

    def __init__(self, breaches: dict[str, list[str]]) -> None:
        self.breaches = breaches
        super().__init__("\n".join(_contract_text(table, said) for table, said in breaches.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes by the breaches, not by the text."""
        return (ContractError, (self.breaches,))


class CannotTell(KamError):  # noqa: N818 - not an error: the answer is that there is none
    """A question cannot be answered with these tables; the notebook ends here, in good order.

    In a notebook it shows as one finding, without a traceback; the batch sees the exception's
    name and gives the report the state *cannot tell*.
    """

    def __init__(self, reason: str, key: str = "cannot_tell") -> None:
        self.unknown = Unknown(reason, key)
        self._is_shown = False
        super().__init__(reason)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes by reason and key."""
        return (CannotTell, (self.unknown.reason, self.unknown.key))

    def _render_traceback_(self) -> list[str]:
        # IPython calls this twice for one exception; the finding is displayed once.
        if not self._is_shown:
            from IPython.display import display  # noqa: PLC0415 - only ever inside a kernel

            display(self.unknown)  # type: ignore[no-untyped-call]
            self._is_shown = True
        return []


def told(result: _Result | Unknown) -> _Result:
    """Return a result, or end the notebook in good order where there is none.

    Raises
    ------
    CannotTell
        The result is an `Unknown`; its reason is what the report says.

    Examples
    --------
    >>> told(0.64)
    0.64
    >>> told(Unknown("Too few to tell: 3 accounts."))
    Traceback (most recent call last):
    kamlib.errors.CannotTell: Too few to tell: 3 accounts.
    """
    if isinstance(result, Unknown):
        raise CannotTell(result.reason, result.key)
    return result


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean 'x'?" for the nearest known name, or nothing where none is near.

    Examples
    --------
    >>> did_you_mean("acount_id", ["account_id", "net_amount"])
    "; did you mean 'account_id'?"
    >>> did_you_mean("zzz", ["account_id"])
    ''
    """
    near = difflib.get_close_matches(name.lower(), list(known), n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else ""


def _contract_text(table: str, breaches: list[str]) -> str:
    return "\n".join([f"{table} breaks its contract:", *(f"  - {breach}" for breach in breaches)])
