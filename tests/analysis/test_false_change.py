"""A stable series is rarely said to have changed, and the guide's improvements are said; the kept table holds what is promised."""

import importlib.util

import numpy as np
import pytest


@pytest.fixture(scope="module")
def simulation(repository):
    specification = importlib.util.spec_from_file_location("false_alarms", repository / "benchmarks" / "false_alarms.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_at_most_five_percent_of_stable_series_are_said_to_have_changed(simulation):
    values = np.random.default_rng(3).binomial(35, 0.54, (600, 24)) / 35
    alarms = [state in simulation.CHANGED for state, _ in simulation.said(values, 35, "proportion")]
    assert np.mean(alarms) <= 0.05 + 1.64 * np.sqrt(0.05 * 0.95 / 600)


def test_27_to_10_days_is_said_three_months_after_the_step_with_its_month(simulation):
    level = np.where(np.arange(24) < 21, 27.0, 10.0)
    found = simulation.said(simulation.medians(np.random.default_rng(4), level, 100), 35, "duration")
    assert np.mean([state == "better" and abs(since - 21) <= 3 for state, since in found]) >= 0.9


def test_a_change_that_was_told_does_not_come_and_go_with_each_monthly_edition(simulation):
    rng = np.random.default_rng(5)
    level = np.where(np.arange(24) < 12, 0.54, 0.67)
    values = rng.binomial(35, level, (60, 24)) / 35
    told = np.array([[state for state, _ in simulation.said(values[:, :months], 35, "proportion")] for months in range(13, 25)]).T
    changed = np.isin(told, simulation.CHANGED)
    assert changed[:, -1].mean() > 0.6
    assert (changed[:, :-1] & ~changed[:, 1:]).any(axis=1).mean() <= 0.1


def test_the_kept_table_holds_what_is_promised(repository):
    text = (repository / "docs" / "false_alarms.md").read_text(encoding="utf-8").partition("## Change over time: verdicts")[2]
    worst = float(text.split("Worst line: **")[1].split("%")[0])
    assert worst <= 5.0
    three = next(line for line in text.splitlines() if line.startswith("| 3 |")).split("|")
    assert float(three[2].strip().rstrip("%")) >= 90.0
