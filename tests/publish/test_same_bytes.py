"""The same files give the same pages, byte for byte: so that pages can be compared, cached and made again."""

import shutil
from pathlib import Path

import pytest

from acmlib.publish.batch import run_jobs
from acmlib.publish.jobs import plan_jobs

#: The sample that is made fastest; its dashboard has figures, tables, hidden numbers and notes like any other.
CONTRACT = "nsw-job-training"
MADE = ("*.html", "*.csv")


def made(root: Path, *, languages=("en", "es"), **options) -> dict[str, bytes]:
    """Make the dashboard, by papermill, exporter and door, and return what lies in outputs/."""
    asked = {"report": "dashboard", "edition": "provider"}
    jobs = [job for language in languages for job in plan_jobs(CONTRACT, root=root, language=language, **asked)]
    assert run_jobs(jobs, root=root, processes=1, **options) == ()
    folder = root / jobs[0].folder
    return {path.name: path.read_bytes() for pattern in MADE for path in folder.glob(pattern)}


def workspace(root: Path, repository: Path) -> Path:
    """Copy what the contract's pages are made from."""
    for folder in (f"params/{CONTRACT}", f"data/{CONTRACT}", "notebooks"):
        shutil.copytree(repository / folder, root / folder)
    return root


@pytest.fixture(scope="module")
def first(repository, tmp_path_factory, warm) -> tuple[Path, dict[str, bytes]]:
    """Return a workspace and what was made in it."""
    root = workspace(tmp_path_factory.mktemp("bytes") / "one", repository)
    return root, made(root, warm=True)


@pytest.mark.pages
def test_the_same_files_give_the_same_bytes_in_another_folder_another_kernel_and_the_second_time(repository, tmp_path, first):
    root, pages = first
    assert set(pages) == {"dashboard.html", "dashboard.es.html", "release.csv"}
    english = {name: content for name, content in pages.items() if name != "dashboard.es.html"}
    other = workspace(tmp_path / "a folder with a longer name", repository)
    assert made(other, languages=("en",), warm=False) == english, "another folder, with a kernel that imports everything anew"
    assert made(root, warm=True) == pages, "made again, with what readers were given before"


@pytest.mark.pages
def test_other_data_make_other_bytes(repository, tmp_path, first):
    """Or the test above could not fail."""
    source = workspace(tmp_path / "one", repository) / "data" / CONTRACT / "participants.csv"
    head, *rows = source.read_text(encoding="utf-8").splitlines(keepends=True)
    source.write_text("".join([head, *rows[60:]]), encoding="utf-8")
    after = made(tmp_path / "one", languages=("en",))
    assert set(after) == {"dashboard.html", "release.csv"}
    assert all(after[name] != first[1][name] for name in after)
