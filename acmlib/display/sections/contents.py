"""What sections are called in the list of contents, and sections of one kind put under one heading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from acmlib.display.objects import Bullets, Section
from acmlib.display.report import Report


def label(report: Report, name: str, *, metric: str, dimension: str = "") -> str:
    """Return what a section is called in the contents; a deep dive is about one metric and dimension, and need not repeat them.

    Parameters
    ----------
    report : Report
    name : str
        ``results``, ``then``, ``trend``, ``benchmarks`` or ``peers``.
    metric, dimension : str
        As they are read.
    """
    form = f"contents.{name}_topic" if report.topic is not None else f"contents.{name}"
    return report.words(form, metric=metric, dimension=dimension)


def together(report: Report, name: str, sections: Sequence[Section]) -> tuple[Section, ...]:
    """Return sections of one kind under one heading, so that they are one line of the contents; one alone as it is, none as nothing.

    Parameters
    ----------
    report : Report
    name : str
        ``benchmarks``, ``peers``, ``then`` or ``waits``.
    sections : sequence of Section
    """
    if len(sections) < 2:
        return tuple(sections)
    words = report.words
    below = tuple(replace(one, level=3, contents="") for one in sections)
    # A comparison with before lists what is judged otherwise now.
    changed = sum(any(isinstance(shown, Bullets) for shown in one.body) for one in sections)
    key = "then_changed" if name == "then" and changed else name
    return (Section(words(f"together.{key}", n=len(sections), changed=changed), below, contents=words(f"contents.{name}_topic")),)
