"""The door of ``outputs/``: everything that is handed out of one edition passes it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from acmlib.contract.errors import ContractError
from acmlib.display.nouns import words_of
from acmlib.display.voice import Voice
from acmlib.intake.check.written import text_problems
from acmlib.publish.exporter import stylesheet
from acmlib.publish.scan.files import scan_release
from acmlib.publish.scan.hidden import Withheld
from acmlib.publish.scan.page import scan_page
from acmlib.publish.scan.pdf import scan_pdf
from acmlib.publish.scan.secrets import Secrets
from acmlib.publish.scan.withheld import withheld
from acmlib.release.editions import Release


class Door:
    """What one edition of a contract's reports must pass, in one language.

    Parameters
    ----------
    release : Release
        What may be shown.
    table : DataFrame
        The whole metric table that it was decided from: what is hidden, with its true numbers.
    """

    def __init__(self, release: Release, table: pd.DataFrame, secrets: Secrets, *, language: str = "en") -> None:
        self.release, self.secrets, self.language = release, secrets, language
        self._table = table

    @cached_property
    def hidden(self) -> Withheld | None:
        """The hidden numbers, as pages of this language would print them; None if nothing is hidden from these readers."""
        cells = withheld(self.release, self._table)
        if cells.empty:
            return None
        contract = self.release.contract
        return Withheld(cells, self.release.handed_out, Voice(words_of(contract, self.language), contract))

    def check_texts(self, root: Path) -> None:
        """Refuse free text that identifies somebody, before a page is made of it.

        Raises
        ------
        ContractError
            With the file, entry and line of each.
        """
        problems = text_problems(self.release.contract, self.release.records, self.secrets.participants, root)
        if problems:
            raise ContractError(list(problems))

    def page(self, page: str, notebook: Mapping[str, Any] | None = None) -> tuple[str, ...]:
        """Return what keeps a finished page from being handed out."""
        return scan_page(page, self.secrets, withheld=self.hidden, style=stylesheet(), notebook=notebook)

    def pdf(self, content: bytes) -> tuple[str, ...]:
        """Return what keeps a finished PDF from being handed out."""
        return scan_pdf(content, self.secrets, withheld=self.hidden)

    def reason(self, said: str) -> str:
        """Return a program's message for the record beside the pages; a message that identifies somebody is not repeated."""
        people = [problem for problem in self.secrets.found(said) if "machine" not in problem]
        return f"its message is not repeated: {'; '.join(people)}" if people else said

    def table(self, content: str) -> tuple[str, ...]:
        """Return what keeps a ``release.csv`` from being handed out."""
        return scan_release(content, self.secrets)
