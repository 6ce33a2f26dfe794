"""Texts that people wrote, checked against the data: they must identify nobody, and quotes need consent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from acmlib.contract.model import Contract
from acmlib.contract.records import Records
from acmlib.contract.texts import free_texts
from acmlib.contract.workspace import contract_folder
from acmlib.intake.check.free_text import free_text_problems
from acmlib.intake.findings import Finding


def text_problems(contract: Contract, records: Records, private: frozenset[str], root: Path) -> tuple[str, ...]:
    """Return what in a contract's and its records' free texts would tell who somebody is.

    Parameters
    ----------
    records : Records
        Of one edition, or all.
    private : frozenset of str
        From `acmlib.intake.check.private.private_values`.

    Returns
    -------
    tuple of str
        Errors with file, entry and line, as of a contract file. They do not repeat what was found.
    """
    contact = contract.contract.contact or ""
    return free_text_problems(free_texts(contract, records), ids=private, names=contract.privacy.names, allowed=[contact], root=root)


def quotes_left_out(contract: Contract, records: Records) -> Iterator[Finding]:
    """Yield a finding for each quote that others would read if its speaker had consented."""
    for note in records.notes:
        if note.is_withheld and note.audience != "internal":
            said = "consent: false" if note.consent is False else "no consent"
            yield Finding(
                "warning", f"{contract_folder(contract.id)}/notes/{note.file}", None, f"a quote with {said}", 0,
                "It is left out of every edition but the internal one", (),
                "ask the speaker and write consent: true, or use audience: internal", "agency",
            )  # fmt: skip
