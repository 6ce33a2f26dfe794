"""Answers of few people carry no verdict and no weight, and a survey of many questions is not searched for the one that moved by chance."""

import pandas as pd
import pytest

from acmlib.analysis.voice import agreement, wave_change, weighted_share
from acmlib.contract.voices import Coded


def wave(yes: int, of: int) -> dict[str, float]:
    return {"numerator": float(yes), "denominator": float(of), "value": yes / of}


def weighted(answers_of_b: float, value_of_b: float = 0.4):
    answers = pd.DataFrame({"dimension": "site", "group": ["A", "B"], "value": [0.8, value_of_b], "denominator": [80.0, answers_of_b]})
    asked = pd.DataFrame({"group": ["A", "B"], "denominator": [100.0, 300.0]})
    return weighted_share(answers, asked, plain=0.7, minimum=30)


def test_answers_are_weighted_by_who_was_asked_unless_a_group_has_too_few_or_none_that_is_known():
    assert weighted(30).weighted == pytest.approx((0.8 * 100 + 0.4 * 300) / 400)
    assert weighted(29) is None
    assert weighted(30, float("nan")) is None


def test_a_change_between_waves_is_told_only_if_it_outlasts_all_questions_that_were_compared():
    before, after = wave(100, 200), wave(122, 200)
    assert wave_change(before, after, questions=1, minimum=30).verdict == "higher"
    assert wave_change(after, before, questions=1, minimum=30).verdict == "lower"
    assert wave_change(before, after, questions=10, minimum=30).verdict == "not seen"


def test_a_wave_of_few_answers_carries_no_verdict_whichever_it_is():
    few, many = wave(2, 29), wave(150, 200)
    assert wave_change(few, many, questions=1, minimum=30).verdict == wave_change(many, few, questions=1, minimum=30).verdict == "too few"
    assert wave_change(wave(2, 30), many, questions=1, minimum=30).verdict == "higher"


def test_coders_are_compared_on_what_both_coded_and_one_alone_agrees_with_nobody():
    def by(coder: str, **found: bool) -> list[Coded]:
        return [Coded(excerpt=excerpt, coder=coder, theme="waiting", found=one) for excerpt, one in found.items()]

    (one,) = agreement(by("Ana", a=True, b=False, c=True) + by("Dana", b=False, c=True, d=True))
    assert (one.excerpts, one.agreed, one.kappa) == (2, 1.0, 1.0)
    assert agreement(by("Ana", a=True)) == ()
