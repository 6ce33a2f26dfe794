"""The guide's two examples, from CSV rows through papermill to the page."""

import html
import re
import shutil
from pathlib import Path

import pytest

from acmlib.publish.batch import run_jobs
from acmlib.publish.jobs import plan_jobs


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory, repository: Path, warm: None) -> str:
    root = tmp_path_factory.mktemp("guide")
    for folder in ("params", "data"):
        shutil.copytree(repository / "tests" / "guide" / folder, root / folder)
    shutil.copytree(repository / "notebooks", root / "notebooks")
    jobs = plan_jobs("guide-examples", root=root, report="dashboard", edition="provider", language="en")
    assert not run_jobs(jobs, root=root, processes=1)
    page = next((root / "outputs").glob("*/*/provider/dashboard.html")).read_text(encoding="utf-8")
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def test_25_percent_of_those_served_against_38_percent(words: str) -> None:
    assert "the group “Youth of color”: 25% of those served, against 38% of youth of the area (−13 points)." in words
    assert "That is a ratio of 0.66" in words


def test_20_percent_against_40_percent_placed(words: str) -> None:
    assert "20% (20 of 100), 20 points below the 40% of White participants. That is 0.50 times as much" in words
