"""What sections are called in the list of contents, and sections of one kind put under one heading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from acmlib.display.objects import Bullets, Fold, Prose, Section
from acmlib.display.report import Report


def label(report: Report, name: str, *, metric: str, dimension: str = "") -> str:
    """Return what a section is called in the contents; a deep dive is about one metric and dimension, and need not repeat them.

    Parameters
    ----------
    name : str
        ``results``, ``then``, ``trend``, ``benchmarks`` or ``peers``.
    """
    form = f"contents.{name}_topic" if report.topic is not None else f"contents.{name}"
    return report.words(form, metric=metric, dimension=dimension)


def together(report: Report, name: str, sections: Sequence[Section]) -> tuple[Section, ...]:
    """Return sections of one kind under one heading, so that they are one line of the contents; one alone as it is, none as nothing.

    Parameters
    ----------
    name : str
        ``benchmarks``, ``peers``, ``then`` or ``waits``.
    """
    if len(sections) < 2:
        return tuple(sections)
    words = report.words
    questions = {one.question for one in sections}
    # What all of them say alike is said once, at the end.
    alike = tuple(shown for shown in sections[0].body if isinstance(shown, Prose) and all(shown in one.body for one in sections))
    below = tuple(
        replace(
            one,
            level=3,
            contents="",
            question=one.question if len(questions) > 1 else "",
            body=tuple(x for x in one.body if x not in alike),
        )
        for one in sections
    )
    # A comparison with before lists what is judged otherwise now.
    changed = sum(any(isinstance(shown, Bullets) for shown in one.body) for one in sections)
    key = "then_changed" if name == "then" and changed else name
    heading = words(f"together.{key}", n=len(sections), changed=changed)
    question = questions.pop() if len(questions) == 1 else ""
    return (Section(heading, (*below, *alike), question, contents=words(f"contents.{name}_topic")),)


def folded(*sections: Section | None) -> tuple[Fold, ...]:
    """Return sections that are opened on demand: the heading of each is what stands there; those that are None are left out."""
    return tuple(Fold(one.heading, one.body) for one in sections if one is not None)
