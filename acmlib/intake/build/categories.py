"""From what a file says about a person to the group the person is counted in."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from acmlib.contract.geography import Geography, place_code
from acmlib.contract.model import NOT_RECORDED, Dimension
from acmlib.contract.standards import ASIAN, HISPANIC, MULTIPLE, NHPI, OMB_2024, OMB_2024_GROUPS, bare, canonical, plain

__all__ = ["HISPANIC", "MULTIPLE", "OMB_2024", "OMB_2024_GROUPS", "CategoryGroup", "band_labels", "canonical", "group_order", "grouped"]

#: Why an answer is missing: three different things, none of which is another. Spellings without capitals and signs.
_MISSING: Mapping[str, tuple[str, ...]] = {
    "Not asked": ("not asked", "question not asked", "not collected by worker", "no preguntado"),
    "Declined": (
        "declined", "declined to answer", "declined to state", "client declined", "refused", "client refused", "refused to answer",
        "prefer not to say", "prefer not to answer", "prefers not to answer", "client prefers not to answer", "prefer not to disclose",
        "chose not to answer", "chose not to disclose", "not disclosed", "undisclosed",
        "prefiere no decir", "prefiere no contestar", "prefiere no responder", "se nego", "no quiso contestar",
    ),
    "Don't know": ("don t know", "dont know", "do not know", "doesn t know", "client doesn t know", "client does not know", "no sabe"),
    NOT_RECORDED: (
        "not recorded", "not reported", "not available", "not provided", "not stated", "not collected", "data not collected", "missing",
        "unknown", "unk", "unspecified", "no data", "no indicada", "no indicado", "no registrada", "no registrado", "desconocida",
        "desconocido", "sin dato", "sin datos", "no disponible", "blank", "na", "n a", "nan", "null", "",
    ),
}  # fmt: skip
_MISSING_BY_SPELLING = {spelling: name for name, spellings in _MISSING.items() for spelling in spellings}

#: The group of those who gave several answers to a question that has no standard.
SEVERAL = "More than one"
#: Between several answers where the dimension's own separator does not stand.
_LIST = re.compile(r"[,;|/+&\n]|\band\b")

_YES = frozenset({"yes", "y", "true", "1", "mexican", "puerto rican", "cuban", "si"})
_NO = frozenset({"no", "n", "false", "0", "not hispanic", "non hispanic", "not hispanic or latino", "non hispanic or latino", "not latino"})


@dataclass(frozen=True)
class CategoryGroup:
    """The group a value belongs to."""

    group: str  #: One of mutually exclusive groups.
    #: Every category that was named: someone who named two is in both. Empty if nothing was named.
    alone_or_in_combination: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()  #: Parts of the value that are no category of the standard; they stay as they are.


def missing_kind(value: str | None, dimension: Dimension) -> str | None:
    """Return which kind of missing answer a value is, or None if it is an answer.

    Names that the dimension itself uses (in `order`, `labels` or `merge`) are answers, whatever they mean elsewhere.

    Examples
    --------
    >>> [missing_kind(v, Dimension()) for v in (None, "Client refused", "don’t know", "not asked", "Asian")]
    ['Not recorded', 'Declined', "Don't know", 'Not asked', None]
    """
    if value is None:
        return NOT_RECORDED
    if value in dimension.not_recorded:
        return value
    if value in (dimension.order or ()) or value in dimension.labels or any(value in groups for groups in dimension.merge.values()):
        return None
    kind = _MISSING_BY_SPELLING.get(bare(value))
    return kind if kind in dimension.not_recorded else None


def grouped(
    value: str | None, dimension: Dimension, *, recode: Mapping[str, str] | None = None, ethnicity: str | None = None
) -> CategoryGroup:
    """Return the group of a value of a dimension that has no bands.

    Several answers of one person have the dimension's `separator` between them. Without a standard they are the group "More than one";
    names of places and sites, and those that the contract's `labels` and `merge` know, stay whole.
    With one they may stand in any list ("White, Asian") and are kept: alone, a category is its own group; several together are
    "Multiracial and/or Multiethnic". A missing kind beside a real answer does not count. Under ``omb-1997``, somebody of Hispanic
    origin is "Hispanic or Latino" whatever the race: two separate questions made everyone name a race, so counting these people
    as multiethnic would empty the group (the races stay in `alone_or_in_combination`).

    Parameters
    ----------
    value
        As in the file, after the column's recode; None if blank.
    recode
        The column's recode, for the parts of a value with several answers.
    ethnicity
        Answer to the separate question of 1997 on Hispanic origin.

    Examples
    --------
    >>> omb = Dimension(standard="omb-2024")
    >>> grouped("White; black", omb).group
    'Multiracial and/or Multiethnic'
    >>> grouped("White, black", omb).alone_or_in_combination
    ('White', 'Black or African American')
    >>> grouped("English; Spanish", Dimension()).group, grouped("English;", Dimension()).group
    ('More than one', 'English')
    >>> grouped("Main St; Suite 2", Dimension(kind="site")).group
    'Main St; Suite 2'
    >>> grouped("2138", Dimension(kind="place", geography="zip")).group
    '02138'
    >>> grouped("White", Dimension(standard="omb-1997", ethnicity="eth"), ethnicity="Hispanic").group
    'Hispanic or Latino'
    """
    text = value or ""
    if dimension.geography:
        return _place(value, dimension, dimension.geography)
    parts = [part.strip() for part in ([text] if _is_name(text, dimension) else text.split(dimension.separator))]
    parts = [(recode or {}).get(part, part) for part in parts if part]
    if dimension.standard is None:
        return _plain(parts, dimension)
    return _standard(value, parts, dimension, ethnicity)


def _place(value: str | None, dimension: Dimension, geography: Geography) -> CategoryGroup:
    """Return the group of a place that is known by a code."""
    text = value or ""
    code = place_code(text, geography)
    group = code or missing_kind(value, dimension) or (NOT_RECORDED if text.strip("09") == "" else text)
    return CategoryGroup(_merged(group, dimension), (code,) if code else ())


def _plain(parts: Sequence[str], dimension: Dimension) -> CategoryGroup:
    """Return the group of one answer or several where no standard says what they are."""
    kinds = [missing_kind(part, dimension) for part in parts]
    given = tuple(dict.fromkeys(part for part, kind in zip(parts, kinds, strict=True) if kind is None))
    group = SEVERAL if len(given) > 1 else next((one for one in (*given, *kinds) if one), NOT_RECORDED)
    return CategoryGroup(_merged(group, dimension), given)


def _standard(value: str | None, parts: Sequence[str], dimension: Dimension, ethnicity: str | None) -> CategoryGroup:
    """Return the group of answers by a standard of race and ethnicity."""
    parts = [name for part in parts for name in _apart(part, dimension)]
    kinds = [missing_kind(part, dimension) for part in parts]
    named = tuple(dict.fromkeys(canonical(part) or part for part, kind in zip(parts, kinds, strict=True) if kind is None))
    strange = tuple(part for part in named if part not in {*OMB_2024_GROUPS, *dimension.merge})
    if _hispanic(ethnicity) and HISPANIC not in named:
        named = (HISPANIC, *named)
    if not named:
        unsaid = next(filter(None, kinds), None) or missing_kind(ethnicity, dimension) or NOT_RECORDED
        return CategoryGroup(_merged(NOT_RECORDED if value is None else unsaid, dimension))
    several = HISPANIC if HISPANIC in named and dimension.standard == "omb-1997" else MULTIPLE
    return CategoryGroup(_merged(named[0] if len(named) == 1 else several, dimension), named, strange)


def _is_name(value: str, dimension: Dimension) -> bool:
    """Whether a value with the separator in it is the name of one group all the same."""
    known = {*dimension.labels, *dimension.merge, *(group for groups in dimension.merge.values() for group in groups)}
    in_places = dimension.kind in ("place", "site") and "separator" not in dimension.model_fields_set
    return dimension.standard is None and (in_places or value in known)


def _apart(part: str, dimension: Dimension) -> list[str]:
    """Return the categories of the standard that a text lists with another sign between them; the text itself if it lists none."""
    if canonical(part) or missing_kind(part, dimension):
        return [part]
    names = [name.strip() for name in _LIST.split(part) if name.strip()]
    if {canonical(name) for name in names} == {ASIAN, NHPI}:
        return [part]  # Asian/Pacific Islander is one category, of 1977: who it holds gave one answer, and of which nobody knows
    return names if len(names) > 1 and all(canonical(name) for name in names) else [part]


def _merged(group: str, dimension: Dimension) -> str:
    return next((name for name, groups in dimension.merge.items() if group in groups), group)


def _hispanic(ethnicity: str | None) -> bool:
    """Whether the separate question of 1997 was answered with Hispanic or Latino."""
    if ethnicity is None:
        return False
    said = bare(ethnicity)
    return said not in _NO and (said in _YES or (canonical(ethnicity) == HISPANIC and not said.startswith(("not", "non"))))


def band_labels(bands: Sequence[float]) -> tuple[str, ...]:
    """Return the names of the bands between lower edges, the one below the first edge first.

    Examples
    --------
    >>> band_labels([14, 16, 17, 18])
    ('under 14', '14-15', '16', '17', '18 and over')
    >>> band_labels([0, 1.5])
    ('under 0', '0 to under 1.5', '1.5 and over')
    """
    whole = all(float(edge).is_integer() for edge in bands)

    def name(a: float, b: float) -> str:
        if not whole:
            return f"{a:g} to under {b:g}"
        return f"{a:.0f}-{b - 1:.0f}" if b - a > 1 else f"{a:.0f}"

    def plain_number(edge: float) -> str:
        return f"{edge:.0f}" if whole else f"{edge:g}"

    between = [name(a, b) for a, b in itertools.pairwise(bands)]
    return (f"under {plain_number(bands[0])}", *between, f"{plain_number(bands[-1])} and over")


def group_order(dimension: Dimension, groups: Iterable[str]) -> tuple[str, ...]:
    """Return groups in the order of pages: as the contract says, else bands by size, standards in their order, else by name.

    Missing kinds come last, in the order of `Dimension.not_recorded`.

    Examples
    --------
    >>> group_order(Dimension(bands=(14, 16)), ["Not recorded", "16 and over", "14-15"])
    ('14-15', '16 and over', 'Not recorded')
    """
    if dimension.order:
        known: tuple[str, ...] = dimension.order
    elif dimension.bands:
        known = band_labels(dimension.bands)
    elif dimension.standard:
        known = OMB_2024_GROUPS
    else:
        known = tuple(dimension.labels)
    places = {group: i for i, group in enumerate(known)}
    last = {group: i for i, group in enumerate(dimension.not_recorded)}
    return tuple(sorted(set(groups), key=lambda g: (g in last, last.get(g, 0), places.get(g, len(places)), plain(g), g)))
