"""What `acm new` writes in place of what only people know: an error until it is replaced, so that it never reaches a page."""

from __future__ import annotations

from collections.abc import Iterator

from acmlib.contract.errors import ContractError
from acmlib.contract.model import Contract

#: By key of ``contract:``.
PLACEHOLDERS = {"provider": "Name of the provider", "agency": "Name of the agency", "program": "name-of-the-program"}
#: First and last day where the files have no dates.
NO_TERM = ("1900-01-01", "1900-12-31")


def placeholder_problems(contract: Contract) -> Iterator[str]:
    """Yield an error for each placeholder that a contract file still has."""
    for key, text in PLACEHOLDERS.items():
        if getattr(contract.contract, key) == text:
            yield contract.located(f"contract.{key}", f"is '{text}', a placeholder of `acm new`; write what it is")
    for key, text in zip(("starts", "ends"), NO_TERM, strict=True):
        if getattr(contract.contract, key).isoformat() == text:
            yield contract.located(f"contract.{key}", f"is {text}, a placeholder of `acm new`; write the {key[:-1]} of the contract's term")


def refuse_placeholders(contract: Contract) -> None:
    """Raise an error if a contract file still has placeholders.

    Raises
    ------
    ContractError
        With all of them.
    """
    problems = list(placeholder_problems(contract))
    if problems:
        raise ContractError(problems)
