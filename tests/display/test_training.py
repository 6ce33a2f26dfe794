"""Lessons: what is planted is the only thing that is there, and the lesson says what was missed."""

import pytest

from acmlib.display import training


@pytest.mark.parametrize(("level", "seed"), [(1, 1), (1, 2), (1, 4), (3, 1), (3, 2), (3, 3)])
def test_the_planted_gap_is_clear_and_no_other(level, seed):
    lesson = training.lesson(level, seed)
    gaps = lesson.report.gaps
    clear = gaps[gaps["verdict"].eq("clear")][["metric", "dimension", "group"]].to_numpy().tolist()
    assert clear == [[lesson.planted.metric, lesson.planted.dimension, lesson.planted.group]]
    opens = lesson.report.assessment.stage_gaps.query(
        "opens == True and dimension == @lesson.planted.dimension and group == @lesson.planted.group"
    )
    assert opens["stage"].tolist() == [lesson.planted.stage]


def test_answers_are_checked_one_by_one_and_the_rest_gets_a_hint():
    lesson = training.lesson(3, 1)
    found = lesson.check(stage=lesson.planted.stage.upper(), owner="nobody")
    text = str(found)
    assert found.heading == "1 of 3 found"
    assert text.count("✓") == 1
    assert text.count("✕") == 2
    assert lesson.planted.group not in text  # what was missed is not given away
    assert lesson.check(stage=lesson.planted.stage, owner=lesson.planted.owner, group=lesson.planted.group).heading == "All found"
    with pytest.raises(ValueError, match="did you mean 'owner'"):
        lesson.check(ownr="agency")


def test_the_key_has_all_answers_in_both_languages():
    for language in ("en", "es"):
        lesson = training.lesson(1, 2, language)
        text = str(lesson.key())
        assert all(getattr(lesson.planted, name) in text for name in training.ASKED[1])
    with pytest.raises(ValueError, match="use 1, 2 or 3"):
        training.lesson(4)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5, 6])
def test_the_planted_change_is_said_and_the_small_group_is_not_judged(seed):
    lesson = training.lesson(2, seed)
    (unchanged,) = {"enrolled_30d", "placed_6m"} - {lesson.planted.changed}
    change, other = lesson.report.verdict(lesson.planted.changed).change, lesson.report.verdict(unchanged).change
    assert (change.state, change.since) == ("better", lesson.planted.since)
    assert other.state == "no clear change"
    gaps = lesson.report.gaps
    assert not gaps["verdict"].eq("clear").any()
    few = gaps[gaps["group"].eq(lesson.planted.too_few) & gaps["metric"].eq("placed_6m")]
    assert few["denominator"].lt(30).all()
    assert len(few)


def test_seeds_one_after_the_other_tell_different_stories(tmp_path):
    stories = [(one.dimension, one.group, one.stage) for one in (training.invent(3, seed, tmp_path) for seed in range(1, 7))]
    assert len(set(stories)) == 6
    changes = [(one.changed, one.since, one.too_few) for one in (training.invent(2, seed, tmp_path) for seed in range(1, 7))]
    assert len(set(changes)) == 6
