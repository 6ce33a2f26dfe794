"""What may stand on no page of a contract: ids of participants, private values, protected names, places of the machine."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from acmlib.contract.model import Contract
from acmlib.intake.connection import quoted
from acmlib.intake.free_text import named_by_number, present, telling
from acmlib.intake.sources import Tables

#: Private values shorter than this are words such as "yes" or "F", which any page may hold.
SHORTEST_PRIVATE = 5


@dataclass(frozen=True)
class Secrets:
    """What may stand on no page of a contract.

    Attributes
    ----------
    participants : frozenset of str
        Ids of participants, and values of columns that the contract calls private.
    names : tuple of str
        Names that the contract protects.
    places : tuple of str
        Folders of the machine: the workspace, the home of the user.
    users : tuple of str
        Names of accounts of the machine.
    """

    participants: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    users: tuple[str, ...] = ()

    @property
    def checkable(self) -> frozenset[str]:
        """Ids that can be told from the numbers of a page."""
        return telling(self.participants)

    def found(self, text: str) -> Iterator[str]:
        """Yield what of this stands in a text. Ids and names are counted, not repeated: a reason is read by people too."""
        folded = text.casefold()
        if any(place in text for place in self.places if len(place) > 1):
            yield "there is a path of the machine that made it"
        if present(folded, (user for user in self.users if len(user) >= SHORTEST_PRIVATE)):
            yield "there is the name of an account of the machine that made it"
        people = present(folded, self.checkable) | named_by_number(folded, self.participants)
        if people:
            yield f"{len(people)} participant ids or private values are on it"
        names = present(folded, self.names)
        if names:
            yield f"{len(names)} names that the contract protects are on it"


#: Of a page that belongs to no contract.
NO_SECRETS = Secrets()


def gather_secrets(contract: Contract, tables: Tables, root: Path) -> Secrets:
    """Return what may stand on no page of a contract: from its tables as they are now, and from this machine."""
    values: set[str] = set()
    for name, table in contract.tables.items():
        relation = tables.relation(name)
        if table.id:
            values |= _column(tables, relation, table.id)
        for column in table.private:
            values |= {value for value in _column(tables, relation, column) if len(value) >= SHORTEST_PRIVATE}
    return Secrets(frozenset(values), tuple(contract.privacy.names), (str(root.resolve()), str(Path.home())), (_user(),))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run without an account
        return ""


def _column(tables: Tables, relation: str, column: str) -> set[str]:
    """Return the distinct values of one column as text."""
    found = tables.connection.execute(f"SELECT DISTINCT CAST({quoted(column)} AS VARCHAR) FROM {quoted(relation)}").fetchall()
    return {row[0] for row in found if row[0]}
