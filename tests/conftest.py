"""Fixtures that all tests share."""

from pathlib import Path

import hypothesis
import pytest
from goldens import summary

# Slow machines are no failures, and a run that found nothing finds nothing again.
hypothesis.settings.register_profile("acm", deadline=None, derandomize=True)
hypothesis.settings.load_profile("acm")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout under test."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """The founders' evidence folder beside the checkout; users do not have it, so what needs it is skipped, visibly."""
    folder = REPOSITORY.parent / "shared"
    if not folder.is_dir():
        pytest.skip("../shared is not here (goldens and public data of the founders): nothing to compare with")
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show how many values of others were compared with ours, and how many missed."""
    if lines := summary():
        terminalreporter.section("goldens")
        for line in lines:
            terminalreporter.write_line(line)
