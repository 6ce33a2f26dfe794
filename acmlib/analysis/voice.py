"""The clients' voice in numbers: how two coders agreed, what changed between two waves of a survey, answers weighted by who was asked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from acmlib.contract.voices import Coded
from acmlib.measures.intervals import newcombe

#: Below this share of answers those who did not answer may well think otherwise (OMB Standards and Guidelines for Statistical Surveys,
#: 2006, guideline 1.3.4, asks for a nonresponse analysis below 80%).
ENOUGH_ANSWERS = 0.80


@dataclass(frozen=True)
class CoderAgreement:
    """How two coders agreed on one theme."""

    theme: str
    excerpts: int  #: Excerpts that both coded.
    agreed: float  #: Share on which they said the same.
    kappa: float  #: Cohen's kappa: agreement beyond chance, 1 is full, 0 is chance; NaN where both said the same of every excerpt.


def agreement(coded: Sequence[Coded]) -> tuple[CoderAgreement, ...]:
    """Return for each theme how the first two coders agreed on the excerpts that both coded.

    Returns
    -------
    tuple of Agreement
        Themes that only one person coded are left out.

    Notes
    -----
    Cohen, J. (1960), A coefficient of agreement for nominal scales, *Educational and Psychological Measurement* 20, 37-46.

    Examples
    --------
    >>> def by(coder, found):
    ...     return [Coded(excerpt=str(n), coder=coder, theme="waiting", found=one) for n, one in enumerate(found)]
    >>> coded = by("Ana", [True] * 25 + [False] * 25) + by("Dana", [True] * 20 + [False] * 5 + [True] * 10 + [False] * 15)
    >>> (one,) = agreement(coded)
    >>> one.excerpts, one.agreed, round(one.kappa, 2)
    (50, 0.7, 0.4)
    """
    by_theme: dict[str, dict[str, dict[str, bool]]] = {}
    for one in coded:
        by_theme.setdefault(one.theme, {}).setdefault(one.coder, {})[one.excerpt] = one.found
    found = []
    for theme, coders in by_theme.items():
        if len(coders) < 2:
            continue
        first, second = list(coders.values())[:2]
        both = [(first[excerpt], second[excerpt]) for excerpt in first if excerpt in second]
        if both:
            found.append(CoderAgreement(theme, len(both), sum(a == b for a, b in both) / len(both), _kappa(both)))
    return tuple(found)


def _kappa(pairs: Sequence[tuple[bool, bool]]) -> float:
    """Return Cohen's kappa of two coders who found a theme or not."""
    n = len(pairs)
    observed = sum(a == b for a, b in pairs) / n
    one, other = sum(a for a, _ in pairs) / n, sum(b for _, b in pairs) / n
    chance = one * other + (1 - one) * (1 - other)
    return math.nan if math.isclose(chance, 1) else (observed - chance) / (1 - chance)


@dataclass(frozen=True)
class WeightedShare:
    """A share weighted by who was asked, beside the share of those who answered."""

    plain: float
    weighted: float
    dimension: str  #: The groups whose shares among those asked are the weights.


def weighted_share(answers: pd.DataFrame, asked: pd.DataFrame, *, plain: float, minimum: int) -> WeightedShare | None:
    """Return a share of answers as it would be if every group had answered as often as it was asked.

    Parameters
    ----------
    answers : DataFrame
        Cells of one question by the groups of one dimension: ``dimension, group, value, denominator``.
    asked : DataFrame
        Cells of the share that answered, by the same groups: ``group, denominator`` (people asked).
    plain : float
        The share of all who answered.
    minimum : int
        Fewest answers of a group.

    Returns
    -------
    Weighted or None
        None where any group that was asked has fewer answers, or a number that is not known: then nothing is weighted.

    Examples
    --------
    >>> answers = pd.DataFrame({"dimension": "site", "group": ["A", "B"], "value": [0.8, 0.4], "denominator": [80.0, 40.0]})
    >>> asked = pd.DataFrame({"group": ["A", "B"], "denominator": [100.0, 100.0]})
    >>> round(weighted_share(answers, asked, plain=0.667, minimum=30).weighted, 3)
    0.6
    """
    values: Mapping[str, tuple[float, float]] = {
        str(group): (float(value), float(n))
        for group, value, n in zip(answers["group"], answers["value"], answers["denominator"], strict=True)
    }
    weights = {str(group): float(n) for group, n in zip(asked["group"], asked["denominator"], strict=True)}
    known = all(group in values and values[group][0] == values[group][0] and values[group][1] >= minimum for group in weights)
    total = math.fsum(weights.values())
    if not weights or not known or not total > 0:
        return None
    weighted = math.fsum(values[group][0] * weight for group, weight in weights.items()) / total
    return WeightedShare(plain, weighted, str(answers["dimension"].iloc[0]))


@dataclass(frozen=True)
class WaveChange:
    """What changed in a share of answers from one wave of a survey to another."""

    #: `before`, `after`, `difference`: shares, and `after` minus `before`; NaN where one of them is not known.
    before: float
    after: float
    difference: float
    #: `low`, `high`: limits of the difference. They allow for all questions of the survey: they exclude 0 exactly where `verdict` is a
    #: change.
    low: float
    high: float
    #: ``higher``, ``lower``, ``not seen``, ``too few`` (fewer answers than a verdict needs), ``hidden`` (a wave is not shown).
    verdict: Literal["higher", "lower", "not seen", "too few", "hidden"]


def wave_change(before: Mapping[str, Any], after: Mapping[str, Any], *, questions: int, minimum: int, level: float = 0.95) -> WaveChange:
    """Compare a share of answers in two waves.

    Parameters
    ----------
    before, after : mapping
        Cells of the metric table, with `numerator`, `denominator` and `value`; empty where there is none.
    questions : int
        How many questions of the survey are compared: `level` holds for all of them together (Bonferroni), so that editions that
        show different parts of a survey reach the same verdict.
    minimum : int
        Fewest answers of a wave on which a verdict rests.

    Notes
    -----
    The waves are taken as different people. Where the same people answer twice, the limits are wider than they need be.

    Examples
    --------
    >>> first = {"numerator": 100.0, "denominator": 184.0, "value": 100 / 184}
    >>> second = {"numerator": 76.0, "denominator": 216.0, "value": 76 / 216}
    >>> one = wave_change(first, second, questions=5, minimum=30)
    >>> one.verdict, round(one.difference, 2), round(one.low, 2), round(one.high, 2)
    ('lower', -0.19, -0.31, -0.06)
    >>> wave_change({}, second, questions=5, minimum=30).verdict
    'hidden'
    """
    (x1, n1), (x2, n2) = (tuple(float(one.get(name, math.nan)) for name in ("numerator", "denominator")) for one in (before, after))
    if math.isnan(x1 + n1 + x2 + n2) or min(n1, n2) == 0:
        nothing = math.nan
        return WaveChange(nothing, float(after.get("value", nothing)), nothing, nothing, nothing, "hidden")
    low, high = newcombe(x2, n2, x1, n1, level=1 - (1 - level) / questions)
    shares = x1 / n1, x2 / n2, x2 / n2 - x1 / n1, float(low), float(high)
    if min(n1, n2) < minimum:
        return WaveChange(*shares, "too few")
    return WaveChange(*shares, "higher" if low > 0 else "lower" if high < 0 else "not seen")
