"""What a sentence claims, carried by the sentence itself, so that it can be held against the truth.

A page of an edition leaves things out. A sentence on it must nevertheless be true of everything: "no gap", "the largest", "2 of 5" are said
of the contract, not of what happens to be shown. `Words` therefore takes the claim together with the text, the text carries it as a
`ClaimedText` into the display object, and ``tests/claims`` evaluates it against the metric table before anything was hidden. No page
contains it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

Kind = Literal[
    "result", "gap", "gaps", "count", "largest", "target", "change", "served", "nothing", "step", "levelling", "people", "cohorts",
]  # fmt: skip


@dataclass(frozen=True)
class Claim:
    """One thing that a sentence says of the numbers or of what was written."""

    #: ``result``: a group (or everyone, ``dimension="all"``) has this value, ``numbers`` value, numerator, denominator. ``gap``: a group
    #: against a comparator: ``numbers`` value and comparator_value, `direction`, `verdict`. ``gaps``: of a metric (all metrics if empty)
    #: and dimension (all if empty), `groups` have this `verdict`; with `verdict` ``none``: no group has a clear or possible gap to its
    #: disadvantage. ``count``: ``numbers`` n and of: so many of `about`. ``largest``: the first of `groups` has the largest (`direction`
    #: ``lower``: the smallest) number or value in its dimension. ``target``: a metric is ``met`` or ``missed`` (`verdict`), clearly so if
    #: `certain`. ``change``: a metric became ``better``, ``worse``, ... or shows ``no clear change`` (`verdict`); ``numbers`` before,
    #: after. ``served``: a group's share of those served, share and base_share in ``numbers``, against the base named in `about`.
    #: ``nothing``: there is none of `about` at all: nobody wrote any. ``step``: the gap of a group opens at the step `about`; without a
    #: group: most people are lost there. ``levelling``: a gap shrank between `earlier` and `period`; ``numbers`` gap_before, gap_after,
    #: group_gain, comparator_loss. ``people``: so many people (``numbers`` n), as many as can be expected of this contract. ``cohorts``:
    #: what became of a group's result and gap from the cohort `earlier` to the cohort `period`; `verdict` as in `acmlib.analysis.cohorts`.
    kind: Kind
    metric: str = ""
    period: str = ""
    dimension: str = ""
    groups: tuple[str, ...] = ()
    comparator: str = ""  #: A group of the dimension, or ``target``, ``overall``, ``rest``.
    #: `verdict`, `direction`, `about`, `earlier`: see `kind`.
    verdict: str = ""
    direction: str = ""
    about: str = ""
    earlier: str = ""
    certain: bool = False
    numbers: tuple[tuple[str, float], ...] = ()  #: What it prints, before rounding.
    shown_only: bool = False  #: The sentence says "of those shown here".

    def number(self, name: str) -> float:
        """Return one of the numbers; NaN if the sentence does not print it."""
        return dict(self.numbers).get(name, float("nan"))


class ClaimedText(str):
    """A text with the claims that it makes. It is a string everywhere else.

    Examples
    --------
    >>> text = ClaimedText("No gap is seen.", (Claim("gaps", verdict="none"),))
    >>> text, text.claims[0].kind
    ('No gap is seen.', 'gaps')
    """

    __slots__ = ("claims",)

    claims: tuple[Claim, ...]

    def __new__(cls, text: str, claims: Iterable[Claim] = ()) -> ClaimedText:
        """Return the text with its claims."""
        made = super().__new__(cls, text)
        made.claims = tuple(claims)
        return made


def together(parts: Iterable[str], separator: str = " ") -> str:
    """Join texts and keep what they claim; `str.join` would lose it.

    Examples
    --------
    >>> one = ClaimedText("Black participants: 20%.", (Claim("result"),))
    >>> len(together([one, "That is clear."]).claims)
    1
    """
    texts = list(parts)
    return with_claims(separator.join(texts), *(claim for text in texts for claim in claims_of(text)))


def with_claims(text: str, *claims: Claim) -> str:
    """Return a text that makes these claims too."""
    found = (*claims_of(text), *claims)
    return ClaimedText(text, found) if found else text


def claims_of(shown: Any) -> tuple[Claim, ...]:
    """Return every claim in a text, a display object, or a sequence of them, in reading order.

    Examples
    --------
    >>> from acmlib.display.objects import Prose, Section
    >>> text = ClaimedText("No gap is seen.", (Claim("gaps", verdict="none"),))
    >>> [claim.verdict for claim in claims_of(Section("Results", (Prose((text,)),)))]
    ['none']
    """
    return tuple(_walk(shown))


def _walk(shown: Any) -> Iterator[Claim]:
    if isinstance(shown, ClaimedText):
        yield from shown.claims
    elif isinstance(shown, (tuple, list)):
        for one in shown:
            yield from _walk(one)
    elif is_dataclass(shown) and not isinstance(shown, (type, Claim)):
        for one in fields(shown):
            yield from _walk(getattr(shown, one.name))
