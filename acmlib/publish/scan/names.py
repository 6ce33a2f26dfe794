"""Which cells of the metric table a text refers to: the groups, metrics and periods that it names in the page's language."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from acmlib.contract.ids import DimensionId, pair
from acmlib.contract.model import Contract
from acmlib.contract.plain_text import seen
from acmlib.display.catalogues import WordsError, catalogue
from acmlib.display.voice import Voice
from acmlib.measures.table import ALL, ALL_PARTICIPANTS

#: Names shorter than this are compared as they are written: *No* is a group, *no* is a word.
SHORT_NAME = 4

Group = tuple[str, str]
EVERYBODY: Group = (ALL, ALL_PARTICIPANTS)


@dataclass(frozen=True)
class NamedCells:
    """What a text names, and the text without these names: a band such as 18-20 holds no count."""

    rest: str
    groups: frozenset[Group] = frozenset()
    metrics: frozenset[str] = frozenset()
    periods: frozenset[str] = frozenset()

    @staticmethod
    def together(several: Iterable[NamedCells]) -> NamedCells:
        """Return what several texts name."""
        known = list(several)
        return NamedCells(
            " ".join(one.rest for one in known),
            frozenset[Group]().union(*(one.groups for one in known)),
            frozenset[str]().union(*(one.metrics for one in known)),
            frozenset[str]().union(*(one.periods for one in known)),
        )


class Names:
    """Finds in a text the groups, metrics and periods of a contract.

    Parameters
    ----------
    cells : DataFrame
        Metric table: what can be named.
    voice : Voice
        How a page names it.
    """

    def __init__(self, cells: pd.DataFrame, voice: Voice) -> None:
        self._meant: dict[str, list[tuple[str, object]]] = {}
        #: Groups called by a number: named by a head alone, or with the word for their dimension before it.
        self._numbered: dict[str, set[Group]] = {}
        for dimension, group in cells[["dimension", "group"]].drop_duplicates().itertuples(index=False):
            for name in {group, voice.group(dimension, group), voice.people(dimension, group)}:
                if name.isdigit():
                    self._numbered.setdefault(name, set()).add((dimension, group))
                self._add("group", (dimension, group), f"{voice.dimension(dimension)} {name}" if name.isdigit() else name)
        for metric in cells["metric"].unique():
            for name in {metric, voice.metric(metric)}:
                self._add("metric", metric, name)
        for period in cells["period"].unique():
            for name in _period_names(period, voice):
                self._add("period", period, name)
        for text in _bases(voice.contract):
            self._meant.setdefault(_key(" ".join(seen(text).split())), [])
        self._rules, self._dates = _rules(voice), _dates(voice)
        names = "|".join(map(re.escape, sorted(self._meant, key=len, reverse=True)))
        self._pattern = re.compile(rf"(?<![\w-])(?:{names})(?![\w-])" if names else r"(?!)", re.IGNORECASE)
        self.named = lru_cache(maxsize=4096)(self._named)

    def _add(self, kind: str, meant: object, name: str) -> None:
        key = _key(" ".join(seen(name).split()))
        if key:
            self._meant.setdefault(key, []).append((kind, meant))

    def _named(self, given: str) -> NamedCells:
        text = " ".join(seen(given).split())
        if text in self._numbered:
            return NamedCells(" ~ ", frozenset(self._numbered[text]))
        meant: dict[str, set[object]] = {"group": set(), "metric": set(), "period": set()}

        def masked(found: re.Match[str]) -> str:
            # A short name in other letters is another word.
            known = self._meant.get(_key(found[0]))
            for kind, one in known or ():
                meant[kind].add(one)
            return found[0] if known is None else " ~ "

        rest = self._rules.sub(" ~ ", self._pattern.sub(masked, self._dates.sub(" ~ ", text)))
        return NamedCells(rest, _with_pairs(meant["group"]), _texts(meant["metric"]), _texts(meant["period"]))


def _texts(given: Iterable[object]) -> frozenset[str]:
    return frozenset(str(one) for one in given)


def _key(name: str) -> str:
    return name if len(name) < SHORT_NAME else name.casefold()


def _bases(contract: Contract) -> Iterator[str]:
    """Yield what the contract calls its populations and dimensions: *people aged 14 to 24* holds no count."""
    for dimension in contract.dimensions.values():
        for text in (dimension.title, dimension.population.of if dimension.population else None):
            yield from text.translations.values() if text else ()


def _period_names(period: str, voice: Voice) -> set[str]:
    names = {period}
    for write in (voice.words.period, voice.words.short_month):
        try:
            names.add(write(period))
        except WordsError:  # a period of another form has no short month
            continue
    return names


def _dates(voice: Voice) -> re.Pattern[str]:
    """Return the expression for a day with its month: *June 10*, *10 de junio*. It is no count, and names no month as a whole."""
    named = (voice.words.locale.months[form][width].values() for form in ("format", "stand-alone") for width in ("wide", "abbreviated"))
    months = "|".join(sorted({re.escape(month) for names in named for month in names}, key=len, reverse=True))
    return re.compile(
        rf"(?i:\b\d{{1,2}}(?:st|nd|rd|th|[.º])?(?: de)? (?:{months})\b(?: de)?(?: \d{{4}})?|\b(?:{months}) \d{{1,2}}(?!\d)(?:, \d{{4}})?)"
    )


def _fixed_texts(language: str) -> Iterator[str]:
    """Yield the fixed texts of a language, each of its plural forms."""
    for entry in catalogue(language).values():
        yield from [entry] if isinstance(entry, str) else entry.values()


def _rules(voice: Voice) -> re.Pattern[str]:
    """Return the expression for the thresholds of the rules where the page's fixed sentences state them: *fewer than 11 people*.

    A threshold has a few letters of its sentence on one side at least; a number that stands elsewhere is none.
    """
    privacy, statistics = voice.contract.privacy, voice.contract.statistics
    values = {
        "below": {privacy.minimum_count - 1},
        "minimum": {privacy.minimum_count, statistics.minimum_n},
        "level": {round(statistics.level * 100)},
        **{name: {value} for name, value in statistics.model_dump().items() if isinstance(value, int)},
    }
    parts: set[str] = set()
    for text in _fixed_texts(voice.words.locale.language):
        pieces = list(string.Formatter().parse(text))
        for number, (before, name, _, _) in enumerate(pieces):
            after = pieces[number + 1][0] if number + 1 < len(pieces) else ""
            if name in values and (len(before) >= SHORT_NAME or len(after) >= SHORT_NAME):
                parts |= {re.escape(before[-15:]) + str(value) + re.escape(after[:15]) for value in values[name]}
    return re.compile("|".join(sorted(parts, key=len, reverse=True)) or r"(?!)")


def _with_pairs(named: Iterable[object]) -> frozenset[Group]:
    """Return the groups named and, where two of different dimensions are named, the pair of them."""
    groups = {(str(one[0]), str(one[1])) for one in named if isinstance(one, tuple)}
    single = [one for one in groups if not DimensionId.parse(one[0]).crossed]
    pairs = {(pair(a[0], b[0]), pair(a[1], b[1])) for a in single for b in single if a[0] != b[0]}
    return frozenset(groups | pairs)
