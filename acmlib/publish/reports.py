"""Which reports there are: each notebook in ``notebooks/`` declares itself in its metadata, and nothing else lists it.

.. code-block:: json

    "acm": {"title": {"en": "Deep dive", "es": "An\u00e1lisis a fondo"},
            "made": {"per topic of kinds": ["access", "outcomes", "retention"]},
            "per": "contract",
            "parameters": ["contract", "period", "edition", "language", "topic"]}

``made`` is ``"always"``, ``"when ended"``, ``"on request"``, ``{"per topic of kinds": [...]}`` (kinds of roadmap topics) or
``{"when recorded": [...]}`` (one of these records stands beside the contract). ``editions`` names those that the report has, if not all.
A report that is ``per: program`` is made from the finished pages of several contracts (`acmlib.publish.programs`); its parameters are
``program``, ``edition`` and ``language``, and it is made ``always`` or ``on request``. One that is ``per: register`` is made on request
from a register of contracts (`acm pilots REGISTER --page`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from acmlib.contract.errors import choose
from acmlib.contract.selectors import EDITIONS, RECORD_NAMES, TopicKind
from acmlib.contract.workspace import NOTEBOOKS as NOTEBOOKS

if TYPE_CHECKING:
    from acmlib.contract.records import Topic

#: What a parameter of a notebook may select; the first four every report has.
SELECTORS = ("contract", "period", "edition", "language", "topic")

#: Parameters of a report about the contracts of a program.
PROGRAM_SELECTORS = ("program", "edition", "language")

#: Parameters of a report about a register of contracts.
REGISTER_SELECTORS = ("register", "answers", "settings", "on", "language")

#: What a page is about.
CONTRACT, PROGRAM, REGISTER = "contract", "program", "register"

#: When a report is made. Those with a list say of what.
ALWAYS, RECORDED, TOPICS, ENDED, REQUESTED = "always", "when recorded", "per topic of kinds", "when ended", "on request"
MADE = (ALWAYS, RECORDED, TOPICS, ENDED, REQUESTED)

#: The report that links to a contract lead to.
FIRST_REPORT = "dashboard"

#: Kinds of a topic of the roadmap, and records that may stand beside a contract.
KINDS, RECORDS = get_args(TopicKind), RECORD_NAMES

_KEYS = ("title", "made", "per", "parameters", "editions")
_EXAMPLE = '"acm": {"title": {"en": "My report"}, "made": "on request"}'


class DeclarationError(ValueError):
    """A notebook whose declaration cannot be followed; the message says which, what is wrong and how to mend it."""


@dataclass(frozen=True)
class Declared:
    """One report: a notebook and what it says of itself."""

    name: str  #: Name of the notebook without its ending.
    titles: Mapping[str, str]  #: Language to title; English is always there.
    made: str  #: One of `MADE`.
    of: tuple[str, ...] = ()  #: Kinds of topics, or names of records; empty for the others.
    parameters: tuple[str, ...] = SELECTORS[:4]
    editions: tuple[str, ...] = EDITIONS
    per: str = CONTRACT  #: ``contract``, ``program`` or ``register``.

    @property
    def notebook(self) -> str:
        """Where the notebook is, from the root of the workspace."""
        return f"{NOTEBOOKS}/{self.name}.ipynb"

    def title(self, language: str) -> str:
        """Return the title in a language, else in English."""
        return self.titles.get(language, self.titles["en"])


def declared_reports(root: Path) -> tuple[Declared, ...]:
    """Return the reports of a workspace, in the order in which pages of a contract are made; notebooks that declare none are left out."""
    return _read(root)[0]


def declaration_problems(root: Path) -> tuple[str, ...]:
    """Return what is wrong with notebooks that are in ``notebooks/`` and are no report, one message each."""
    return _read(root)[1]


def find_report(name: str, root: Path) -> Declared:
    """Return one report.

    Raises
    ------
    DeclarationError
        If there is no such notebook, or its declaration is wrong.
    """
    found, problems = _read(root)
    for one in found:
        if one.name == name:
            return one
    wrong = next((problem for problem in problems if problem.startswith(f"{NOTEBOOKS}/{name}.ipynb:")), "")
    raise DeclarationError(wrong or f"there is no {NOTEBOOKS}/{name}.ipynb; {choose(name, [one.name for one in found])}")


def unanswered(topics: Sequence[Topic], root: Path) -> tuple[Topic, ...]:
    """Return the topics of a roadmap whose kind no notebook answers."""
    answered = {kind for one in declared_reports(root) if one.made == TOPICS for kind in one.of}
    return tuple(topic for topic in topics if topic.kind not in answered)


def stored_outputs(names: Sequence[str], root: Path) -> tuple[str, ...]:
    """Return what somebody who runs notebooks should know of them: they are stored with outputs, or a cell failed when it was last run.

    Pages are made from a run of their own, so neither is on any page.
    """
    told = []
    for name in names:
        path = root / NOTEBOOKS / f"{name}.ipynb"
        cells = json.loads(path.read_text(encoding="utf-8")).get("cells", []) if path.is_file() else []
        code = [cell for cell in cells if cell.get("cell_type") == "code"]
        failed = [
            f"code cell {number} failed when it was last run ({output.get('ename')}: {str(output.get('evalue'))[:80]})"
            for number, cell in enumerate(code, start=1)
            for output in cell.get("outputs", [])
            if output.get("output_type") == "error"
        ]
        if failed:
            told.append(f"{NOTEBOOKS}/{name}.ipynb: {failed[0]}; it is run anew, and makes no page if it fails again")
        elif any(cell.get("outputs") for cell in code):
            told.append(f"{NOTEBOOKS}/{name}.ipynb: is stored with outputs; they are on no page. `make format` takes them out")
    return tuple(told)


def _read(root: Path) -> tuple[tuple[Declared, ...], tuple[str, ...]]:
    # A copy is named longer than what it was copied from: of two with one title the original keeps it.
    paths = sorted((root / NOTEBOOKS).glob("*.ipynb"), key=lambda path: (len(path.stem), path.stem))
    found: list[Declared] = []
    problems: list[str] = []
    for path in paths:
        try:
            one = _of_file(path, path.stat().st_mtime_ns, path.stat().st_size)
            _refuse_same_title(one, found)
            found.append(one)
        except DeclarationError as error:
            problems.append(str(error))
    ranked = sorted(found, key=lambda one: (MADE.index(one.made), one.name != FIRST_REPORT, one.name))
    return tuple(ranked), tuple(problems)


@lru_cache(maxsize=64)
def _of_file(path: Path, _time: int, _size: int) -> Declared:
    """Return what a notebook declares; read again only when the file has changed."""
    where = f"{NOTEBOOKS}/{path.name}"
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        metadata = dict(notebook["metadata"])
    except (ValueError, KeyError, TypeError) as error:
        raise DeclarationError(f"{where}: is no notebook that can be read ({error}); open it in JupyterLab and save it") from error
    if "acm" not in metadata:
        raise DeclarationError(f"{where}: its metadata do not declare a report; add {_EXAMPLE} (JupyterLab: Property Inspector, Advanced)")
    return declaration(metadata["acm"], path.stem, where)


def declaration(given: Any, name: str, where: str) -> Declared:
    """Return the report that the ``acm`` metadata of a notebook declare.

    Parameters
    ----------
    given : mapping
        Keys ``title``, ``made`` and, if they are not the usual ones, ``per`` and ``parameters``.
    name, where : str
        Name of the notebook, and how messages call it.

    Raises
    ------
    DeclarationError
        If a key is missing, unknown or says what is not allowed.

    Examples
    --------
    >>> declaration({"title": {"en": "Waits"}, "made": {"per topic of kinds": ["timeliness"]}}, "waits", "waits.ipynb").of
    ('timeliness',)
    >>> declaration({"title": "Waits", "made": "always", "for": "us"}, "waits", "waits.ipynb")
    Traceback (most recent call last):
    acmlib.publish.reports.DeclarationError: waits.ipynb: acm.for is not known; allowed are title, made, per, parameters, editions
    """
    if not isinstance(given, Mapping):
        raise DeclarationError(f"{where}: acm is {given!r}; use keys, as {_EXAMPLE}")
    for key in given:
        if key not in _KEYS:
            raise DeclarationError(f"{where}: acm.{key} is not known; {choose(str(key), _KEYS)}")
    per = given.get("per", CONTRACT)
    if per not in (CONTRACT, PROGRAM, REGISTER):
        raise DeclarationError(f"{where}: acm.per is {per!r}; {choose(str(per), (CONTRACT, PROGRAM, REGISTER))}")
    made, of = _made(given.get("made"), where)
    possible = {CONTRACT: MADE, PROGRAM: (ALWAYS, REQUESTED), REGISTER: (REQUESTED,)}[per]
    if made not in possible:
        raise DeclarationError(f"{where}: acm.made is {made!r} of a report per {per}; {choose(made, possible)}")
    editions = tuple(given.get("editions") or EDITIONS)
    for one in editions:
        if one not in EDITIONS:
            raise DeclarationError(f"{where}: acm.editions names {one!r}; {choose(str(one), EDITIONS)}")
    allowed = {CONTRACT: SELECTORS, PROGRAM: PROGRAM_SELECTORS, REGISTER: REGISTER_SELECTORS}[per]
    usual = SELECTORS[:4] if per == CONTRACT and made != TOPICS else allowed
    parameters = _parameters(given.get("parameters"), usual, allowed, where)
    return Declared(name, _titles(given.get("title"), where), made, of, parameters, editions, per)


def _titles(given: Any, where: str) -> Mapping[str, str]:
    titles = {"en": given} if isinstance(given, str) else given
    if not isinstance(titles, Mapping) or not str(titles.get("en", "")).strip() or not all(isinstance(one, str) for one in titles.values()):
        raise DeclarationError(
            f'{where}: acm.title is {given!r}; use a text in each language, English among them, as {{"en": "My report"}}'
        )
    return {str(language): title.strip() for language, title in titles.items()}


def _made(given: Any, where: str) -> tuple[str, tuple[str, ...]]:
    allowed = {TOPICS: KINDS, RECORDED: RECORDS}
    if isinstance(given, str) and given in MADE and given not in allowed:
        return given, ()
    if not isinstance(given, Mapping) or len(given) != 1 or next(iter(given)) not in allowed:
        raise DeclarationError(f"{where}: acm.made is {given!r}; allowed are {', '.join(MADE)}")
    ((made, of),) = given.items()
    for one in of if isinstance(of, list) and of else [of]:
        if one not in allowed[made]:
            raise DeclarationError(f"{where}: acm.made, {made}, names {one!r}; {choose(str(one), allowed[made])}")
    return made, tuple(of)


def _parameters(given: Any, usual: tuple[str, ...], allowed: tuple[str, ...], where: str) -> tuple[str, ...]:
    if given is None:
        return usual
    for one in given:
        if one not in allowed:
            raise DeclarationError(f"{where}: acm.parameters names {one!r}, which is no selector; {choose(str(one), allowed)}")
    for one in usual:
        if one not in given:
            raise DeclarationError(f"{where}: acm.parameters lacks '{one}'; every report of its kind has {', '.join(usual)}")
    return tuple(given)


def _refuse_same_title(one: Declared, others: Sequence[Declared]) -> None:
    for other in others:
        for language, title in one.titles.items():
            if title == other.titles.get(language):
                raise DeclarationError(f"{one.notebook}: acm.title is {title!r}, the title of {other.notebook}; give it one of its own")
