"""Tables and dimensions of a new contract file, as lines of YAML."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from acmlib.intake.build.dimensions import OLDEST_AGE, oldest_age
from acmlib.intake.scaffold import wording
from acmlib.intake.scaffold.links import FileLink
from acmlib.intake.scaffold.profile import ColumnProfile, FileProfile, source_keys
from acmlib.intake.scaffold.roles import Roles, group_word, is_zip
from acmlib.intake.scaffold.submissions import submission_dimensions, submission_lines
from acmlib.intake.scaffold.suggested import proposals, unit_of

#: Dimensions that are proposed at most, and characters of a line of YAML.
MOST_DIMENSIONS, WIDE = 8, 110
#: Values up to this length are codes that a reader needs words for; codes that mean the same everywhere.
LONGEST_CODE = 3
_GENDER = {"F": "Female", "M": "Male", "X": "Another gender", "N": "Another gender", "NB": "Nonbinary", "U": "Not recorded"}
#: Lower edges of ages.
_EDGES = (0, 3, 5, 10, 14, 16, 18, 21, 25, 35, 50, 65)
_YAML_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_NUMBERED = re.compile(r"district|ward|grade|precinct|region|zone|area|school|site|board", re.IGNORECASE)


def plain(text: str) -> str:
    """Return a text as YAML: bare if nothing in it means anything there.

    Examples
    --------
    >>> plain("North Tutors"), plain("no"), plain("A: B")
    ('North Tutors', '"no"', '"A: B"')
    """
    bare = re.fullmatch(r"[A-Za-z_][\w /.()-]*[\w)]|[A-Za-z]", text) and text.lower() not in _YAML_WORDS
    return text if bare else json.dumps(text, ensure_ascii=False)


def table_lines(file: FileProfile, roles: Roles, links: Sequence[FileLink], *, several: bool) -> list[str]:
    """Return a table of a new contract file."""
    if roles.sent is not None:
        return submission_lines(file, roles.sent, plain)
    lines = [f"  {file.name}:", *(f"    {key}: {plain(value)}" for key, value in source_keys(file.source).items())]
    called = {theirs: ours for link in links for ours, theirs in link.renamed.items()}
    renamed = _renamed(file, roles, links).items()
    lines += _flow("columns", {plain(ours): plain(theirs) for ours, theirs in renamed if ours != theirs}, "ours: theirs")
    lines += _key_lines(file, roles, called, several=several)
    timed = [one for one in filter(None, (roles.entry, *roles.dates, *roles.due)) if one.times]
    if len(timed) > 1:
        lines += _flow("types", {one.ours: "datetime" for one in timed}, "times of day are kept")
    lines += _flow("codes", {name: plain(one.source) for name, one in roles.codes.items()}, "guessed from its name: what the codes mean")
    lines += _flow("missing", {name: _inline(codes) for name, codes in roles.silent.items()}, "guessed: numbers beyond the others")
    lines += _flow("recode", {one.ours: _inline({code: _GENDER[code] for code in one.values}) for one in _genders(roles)}, "guessed")
    if roles.races:
        lines += _flow(
            "any_of", {"race_ethnicity": _inline({race: one.ours for one, race in roles.races})}, "guessed; nothing ticked: Not recorded"
        )
    if _has_age(roles):
        lines.append(f"    derive: {{age: \"date_sub('year', {roles.birth.ours}, {roles.entry.ours})\"}}      # age at entry")  # type: ignore[union-attr]
    lines += _join_lines(links)
    if roles.private:
        lines.append(f"    private: [{', '.join(called.get(name, name) for name in roles.private)}]      # never reach a page")
    return lines


def _key_lines(file: FileProfile, roles: Roles, called: Mapping[str, str], *, several: bool) -> list[str]:
    """Return the lines that say which columns name rows and people, and when somebody entered."""
    lines = []
    if roles.identifier and roles.newest and roles.entry:
        lines.append(
            f"    id: {roles.identifier.ours}      # guessed from names: {file.rows:,} rows tell of {roles.identifier.different:,}"
        )
        lines.append(f"    keep: newest by {roles.entry.ours}      # how each stands now")
    elif roles.identifier:
        lines.append(f"    id: {roles.identifier.ours}      # guessed: different in every row; duplicates are reported")
    if roles.person:
        name, many = called.get(roles.person.ours, roles.person.ours), f"{roles.person.different:,} values in {file.rows:,} rows"
        lines.append(f"    person: {name}      # guessed from its name: {many}")
    if roles.household:
        lines.append(f"    household: {roles.household.ours}      # guessed from its name: {roles.household.different:,} values")
    if not (roles.identifier or roles.person or several):
        lines.append("    # id: ...      # no column names each row; give it, so that duplicates are found")
    if roles.entry:
        lines.append(f"    entered: {roles.entry.ours}      # guessed: date of entry, from its name; it sets the month")
    return lines


def _join_lines(links: Sequence[FileLink]) -> list[str]:
    start = "      - " if len(links) > 1 else "    join: "
    lines = ["    join:"] if len(links) > 1 else []
    for link in links:
        on = link.on[0] if len(link.on) == 1 else f"[{', '.join(link.on)}]"
        lines.append(f"{start}{{table: {link.one}, on: {on}}}      # guessed: {link.matched:.0%} of its rows find one there")
    return lines


def _has_age(roles: Roles) -> bool:
    return roles.birth is not None and roles.entry is not None and not any(one.ours == "age" for one, _ in roles.groups)


def _renamed(file: FileProfile, roles: Roles, links: Sequence[FileLink]) -> dict[str, str]:
    """Return the columns that the contract uses under our names."""
    used = {
        one.ours for one in (roles.identifier, roles.person, roles.household, roles.entry, roles.birth, *roles.dates, *roles.due) if one
    }
    used |= (
        {one.ours for one, _ in (*roles.groups[:MOST_DIMENSIONS], *roles.races)}
        | {one.ours for one in roles.states}
        | set(roles.private)
        | set(roles.silent)
    )
    texts = " ".join(text for one in proposals(file, roles) for text in one.lines.values())
    used |= {one.ours for one in file.columns if re.search(rf"\b{one.ours}\b", texts)} | {name for link in links for name in link.on}
    called = {theirs: ours for link in links for ours, theirs in link.renamed.items()}
    return {called.get(one.ours, one.ours): one.theirs for one in file.columns if one.ours in used or one.ours in called}


def _flow(key: str, pairs: Mapping[str, str], why: str) -> list[str]:
    """Return a mapping in as few lines as it takes, with a comment."""
    if not pairs:
        return []
    rows = [f"    {key}: {{"]
    for at, (name, value) in enumerate(pairs.items()):
        part = f"{name}: {value}" + ("}" if at == len(pairs) - 1 else ",")
        if len(rows[-1]) + len(part) > WIDE:
            rows.append(" " * (7 + len(key)))
        rows[-1] += part if rows[-1].endswith(("{", "  ")) else f" {part}"
    return [f"{rows[0]}      # {why}", *rows[1:]] if len(rows) > 1 else [f"{rows[0]}      # {why}"]


def _inline(pairs: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name if name.lstrip('-').isdigit() else plain(name)}: {plain(value)}" for name, value in pairs.items()) + "}"


def _genders(roles: Roles) -> list[ColumnProfile]:
    return [one for one, _ in roles.groups if one.values and re.search("gender|(^|_)sex$", one.ours) and set(one.values) <= set(_GENDER)]


def dimension_lines(files: Sequence[tuple[FileProfile, Roles]]) -> list[str]:
    """Return the dimensions of a new contract file, people first."""
    found: dict[str, tuple[int, str]] = {}
    order = ("people", "site", "place", "service", "reason")
    for file, roles in files:
        for name, title, race in submission_dimensions(roles.sent) if roles.sent is not None else ():
            kind = group_word(name)
            keys = f"title: {plain(title)}{', standard: omb-2024' if race else f', kind: {kind}' if kind not in ('people', '') else ''}"
            found.setdefault(name, (order.index(kind or "people"), f"{{{keys}}}      # guessed from its name"))
        if roles.races:
            found.setdefault(
                "race_ethnicity", (0, "{title: Race and ethnicity, standard: omb-2024}      # guessed from columns with a tick")
            )
        if _has_age(roles):
            found.setdefault("age", (0, f"{{title: Age, bands: {_ages(roles)}}}      # from the date of birth; lower edges"))
        for one, kind in roles.groups:
            found.setdefault(one.ours, (order.index(kind), _dimension(one, kind, unit_of(file, roles))))
    lines = [f"  {name}: {text}" for name, (_, text) in sorted(found.items(), key=lambda item: item[1][0])]
    coded = {one.ours: one for _, roles in files for one, _ in roles.groups if _is_coded(one) and one not in _genders(roles)}
    notes = [
        f"# codes without words: {one.ours} ({', '.join(one.values)}): say what they mean under recode" for one in list(coded.values())[:2]
    ]
    if not lines:
        return ["# dimensions: {site: {title: Site, kind: site}}      # no column splits people into groups"]
    return [
        "dimensions:      # guessed; equity is judged between groups of people only, the default kind",
        *lines[:MOST_DIMENSIONS],
        *notes,
    ]


def _is_coded(one: ColumnProfile) -> bool:
    short = bool(one.values) and one.kind == "text" and all(len(value) <= LONGEST_CODE for value in one.values)
    return short and not all(value.lower() in wording.YES | wording.NO or (value.istitle() and len(value) > 1) for value in one.values)


def _dimension(one: ColumnProfile, kind: str, unit: str) -> str:
    keys = [f"title: {plain(one.words)}", *([f"kind: {kind}"] if kind != "people" else [])]
    why = f"{one.different} values"
    if one.kind == "race":
        keys.append("standard: omb-2024")
    elif one.kind in ("integer", "number") and re.search("(^|_)(age|edad)", one.ours):
        keys.append(f"bands: {_bands(float(one.first), float(one.last), oldest_age('age', one.ours) or OLDEST_AGE)}")
        why = f"{float(one.first):g} to {float(one.last):g}; lower edges"
    elif is_zip(one):
        keys.append("geography: zip")
    elif set(one.values) == {"0", "1"}:
        keys.append(f"labels: {{1: {plain(one.words)}, 0: {plain('Not ' + one.words.lower())}}}")
    elif one.kind == "integer" and (word := _NUMBERED.search(one.words)):
        keys.append(f"prefix: {word[0].capitalize()}")
    keys += ['phrase: "requests in {group}"'] if unit == "request" and kind == "place" else []
    if "language" in one.ours and kind == "people" and not any(value.lower().startswith("other") for value in one.values):
        keys.append('phrase: "people who speak {group}"')
    return f"{{{', '.join(keys)}}}      # {why}"


def _ages(roles: Roles) -> str:
    """Return lower edges of ages at entry, from the years of birth and of entry."""
    entered, born = ([int(day[:4]) for day in (one.first, one.last)] if one else [0, 0] for one in (roles.entry, roles.birth))
    return _bands(max(entered[0] - born[1] - 1, 0), entered[1] - born[0])


def _bands(first: float, last: float, oldest: int = OLDEST_AGE) -> str:
    edges = [edge * (oldest // OLDEST_AGE) for edge in (_EDGES if oldest == OLDEST_AGE else (0, 1, *_EDGES[1:]))]
    low = max((edge for edge in edges if edge <= first), default=0)
    return str([edge for edge in edges if low <= edge <= last] or [low])
