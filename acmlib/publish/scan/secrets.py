"""What no page of a contract may contain: ids of participants, private values, protected names, paths of the machine."""

from __future__ import annotations

import getpass
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from acmlib.contract.plain_text import seen
from acmlib.intake.build.sources import Tables
from acmlib.intake.check.free_text import SearchedTexts
from acmlib.intake.check.private import SHORTEST_PRIVATE, private_values


@dataclass(frozen=True)
class Secrets:
    """What no page of a contract may show."""

    participants: frozenset[str] = frozenset()  #: Ids of participants, and values of columns that the contract calls private.
    names: tuple[str, ...] = ()  #: Names that the contract protects.
    places: tuple[str, ...] = ()  #: Folders of the machine: the workspace, the home of the user.
    users: tuple[str, ...] = ()  #: Names of accounts of the machine.

    @cached_property
    def _sought(self) -> tuple[SearchedTexts, SearchedTexts]:
        return SearchedTexts(self.participants), SearchedTexts(self.names)

    @cached_property
    def _account(self) -> re.Pattern[str]:
        """An account's name as machines write it: in a path or an address; as a word too if it is none of a language."""
        names = [re.escape(user) for user in self.users if user]
        odd = [re.escape(user) for user in self.users if re.search(r"[\d._-]", user) and len(user) >= SHORTEST_PRIVATE]
        either = [rf"[/\\~](?:{'|'.join(names)})[/\\]|(?<![\w.])(?:{'|'.join(names)})@"] if names else []
        return re.compile("|".join([*either, *(rf"(?<![\w.-]){one}(?![\w-])" for one in odd)]) or r"(?!)")

    def found(self, text: str, *, raw: str = "") -> Iterator[str]:
        """Yield what of this stands in a text. Ids and names are counted, not repeated: a reason is read by people too.

        Parameters
        ----------
        raw : str
            What the words were taken from, to be searched for places of the machine.
        """
        everything = seen(f"{text}\n{raw}")
        if any(place in everything for place in self.places if len(place) > 1):
            yield "there is a path of the machine that made it"
        if self._account.search(everything):
            yield "there is the name of an account of the machine that made it"
        people, names = (len(sought.found(text)) for sought in self._sought)
        if people:
            yield f"{people} participant ids or private values are on it"
        if names:
            yield f"{names} names that the contract protects are on it"


#: For a page that belongs to no contract.
NO_SECRETS = Secrets()


def machine_secrets(root: Path) -> Secrets:
    """Return the paths and account names of this machine, which no page may show."""
    return Secrets(places=(str(root.resolve()), str(Path.home())), users=(_user(),))


def gather_secrets(tables: Tables, root: Path) -> Secrets:
    """Return what no page of a contract may show: values of its tables as they are now, and names of this machine."""
    return replace(machine_secrets(root), participants=private_values(tables), names=tuple(tables.contract.privacy.names))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run without an account
        return ""
