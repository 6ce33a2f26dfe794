"""What the numbers of a contract count: people, or requests, visits, homes as its metrics name them."""

from __future__ import annotations

import datetime as dt

from acmlib.contract.kinds import KINDS
from acmlib.contract.model import Contract, Metric
from acmlib.display.words import Words


def words_of(contract: Contract, language: str, *, until: dt.date | None = None) -> Words:
    """Return the fixed words of a contract's pages in a language: in its wording, and with the name of what it counts.

    Where its metrics count different things, a text about all of them names all: *30 requests or visits* (`Voice.about` names one).
    `until` is the last day that is reported on: of a contract that is over by then the term is whole.
    """
    ended = until is not None and until >= contract.contract.ends
    words = Words(language, contract.wording, since=contract.contract.starts, ended=ended)
    named = _nouns(contract, words)
    if set(named) <= {None}:
        return words
    people = words("people.one"), words("people.several")
    one, several = zip(*(noun or people for noun in named), strict=True)
    words.mixed = len(named) > 1
    return words.counting((words.either(one), words.either(several)))


def noun_of(contract: Contract, metric: Metric | None, words: Words) -> tuple[str, str] | None:
    """Return what a metric counts, singular and plural, where the contract says both; None for people."""
    several = (metric.counted_many or contract.contract.people) if metric is not None and metric.counted is not None else None
    if metric is None or metric.counted is None or several is None:
        return None
    language = words.locale.language
    return metric.counted.in_language(language), several.in_language(language)


def _nouns(contract: Contract, words: Words) -> list[tuple[str, str] | None]:
    """Return the different things that a contract's metrics of so many count, in their order."""
    return list(dict.fromkeys(noun_of(contract, metric, words) for metric in contract.metrics.values() if KINDS[metric.kind].by_people))


def in_sentence(title: str) -> str:
    """Return a title as it reads within a sentence: *Age when referred* begins small, *ZIP code* does not."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def plain_name(name: str) -> str:
    """Return a key as words."""
    return name.replace("_", " ")
