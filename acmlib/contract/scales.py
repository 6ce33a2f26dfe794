"""Rating scales: three that are ready, by name, or the labels that a contract agreed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from acmlib.contract.errors import one_of, refusal


@dataclass(frozen=True)
class Scale:
    """A rating scale."""

    labels: tuple[Mapping[str, str], ...]  #: From low to high, each in every language.
    satisfactory: int  #: The place, 1 the lowest, of a service that did what was agreed and no more.


#: ``federal``: FAR 42.1503, table 42-1 (CPARS). ``uk``: Cabinet Office, key performance indicators of government's most important
#: contracts. ``three``: below, as, or above what was agreed. The Spanish labels are our own translations: in November 2026 no public body
#: was found that publishes the federal or the UK scale in Spanish.
READY: Mapping[str, Scale] = {
    "federal": Scale(
        (
            {"en": "Unsatisfactory", "es": "Insatisfactorio"},
            {"en": "Marginal", "es": "Marginal"},
            {"en": "Satisfactory", "es": "Satisfactorio"},
            {"en": "Very Good", "es": "Muy bueno"},
            {"en": "Exceptional", "es": "Excepcional"},
        ),
        satisfactory=3,
    ),
    "uk": Scale(
        (
            {"en": "Inadequate", "es": "Inadecuado"},
            {"en": "Requires Improvement", "es": "Requiere mejoras"},
            {"en": "Approaching Target", "es": "Cerca de la meta"},
            {"en": "Good", "es": "Bueno"},
        ),
        satisfactory=4,
    ),
    "three": Scale(
        (
            {"en": "Below what was agreed", "es": "Por debajo de lo acordado"},
            {"en": "As agreed", "es": "Según lo acordado"},
            {"en": "Above what was agreed", "es": "Por encima de lo acordado"},
        ),
        satisfactory=2,
    ),
}


def labels_of(given: object) -> object:
    """Return the labels of a ready scale that is given by its name; anything else as it is.

    Examples
    --------
    >>> len(labels_of("federal"))
    5
    >>> labels_of(["low", "high"])
    ['low', 'high']
    """
    if not isinstance(given, str):
        return given
    if given not in READY:
        raise refusal("is '{given}'; use {names}, or a list of labels from low to high", given=given, names=one_of(list(READY)))
    return READY[given].labels
