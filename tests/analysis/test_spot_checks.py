"""Decision rules of spot checks, against the published ones for samples of 19 (Valadez 1991)."""

import pytest

from acmlib.analysis.spot_checks import TARGETS, decision_rule


@pytest.mark.parametrize(("target", "least"), [("90/60", 15), ("85/55", 14), ("80/50", 13)])
def test_samples_of_19_have_the_published_rules_with_both_errors_below_ten_percent(target, least):
    rule = decision_rule(19, target)
    assert rule.least == least
    assert max(rule.wrong_fail, rule.wrong_pass) < 0.10
    assert rule.passes(least) and not rule.passes(least - 1)


@pytest.mark.parametrize("target", TARGETS)
def test_a_larger_sample_is_wrong_less_often(target):
    errors = [max(rule.wrong_fail, rule.wrong_pass) for rule in (decision_rule(n, target) for n in (10, 19, 40, 80))]
    assert errors == sorted(errors, reverse=True)


def test_one_record_passes_if_it_is_right():
    assert decision_rule(1).least == 1


def test_what_is_no_sample_or_target_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        decision_rule(0)
    with pytest.raises(ValueError, match="use 90/60"):
        decision_rule(19, "95/60")
