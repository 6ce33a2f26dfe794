"""Only what changed is made again: a page is up to date while everything it was made from is as it was, and it is there, whole."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import pytest

from acmlib.publish.index import write_index
from acmlib.publish.inventory import Inventory
from acmlib.publish.jobs import Job
from acmlib.publish.outcomes import Failure, Made
from acmlib.publish.store import keep_failure, keep_page, working_folder
from acmlib.release.ledger import Entry, enter

SPANISH = "outputs/little-jobs/2025-06/provider/dashboard.es.html"


def make(root: Path, *jobs: Job, text: str = "a page") -> None:
    """Put pages into place as a batch does, without running a notebook."""
    inventory = Inventory(root)
    cells = "metric,status\nplaced,shown\n"
    with working_folder(root) as working:
        for job in jobs:
            page, release = working / "page", working / "release"
            page.write_text(text)
            release.write_text(cells)
            digests = {"sha256": sha256(text.encode()).hexdigest(), "release_sha256": sha256(cells.encode()).hexdigest()}
            keep_page(Made(job, page, release, {"run": "r", "made_from": asdict(inventory.made_from(job)), **digests}), root, working)
    inventory.keep()


def current(root: Path) -> dict[str, bool]:
    inventory = Inventory(root)
    return {job.page.as_posix(): inventory.is_current(job) for job in inventory.plan("little-jobs")}


def edit(path: str, old: str = "", new: str = "\n") -> Callable[[Path], None]:
    def change(root: Path) -> None:
        text = (root / path).read_text()
        (root / path).write_text(text.replace(old, new) if old else text + new)

    return change


def new_note(root: Path) -> None:
    (root / "params/little-jobs/notes").mkdir()
    (root / "params/little-jobs/notes/june.md").write_text("---\ndate: 2025-06-01\nkind: note\nsource: us\n---\nA note.\n")


def under_the_same_time(root: Path) -> None:
    """Change a file without a change of size or time, as some synchronisation tools do."""
    path = root / "data/little-jobs/participants.csv"
    was = path.stat()
    path.write_text(path.read_text().replace("North", "Norse"))
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))


@pytest.mark.parametrize(
    ("change", "stale"),
    [
        (lambda root: os.utime(root / "data/little-jobs/participants.csv"), 0),
        (edit("notebooks/dashboard.ipynb"), 2),
        (edit("params/little-jobs/contract.yml"), 6),
        (edit("params/little-jobs/roadmap.yml"), 6),
        (new_note, 6),
        (edit("data/little-jobs/participants.csv", "North", "Norte"), 6),
        (under_the_same_time, 6),
        (lambda root: (root / "data/little-jobs/participants.csv").unlink(), 6),
        (lambda root: (root / SPANISH).unlink(), 1),
        (edit(SPANISH, "a", "b"), 1),
        (edit("outputs/little-jobs/2025-06/provider/release.csv"), 4),
        (lambda root: (root / "outputs/little-jobs/2025-06/provider/run.json").write_text("{"), 4),
        (lambda root: (root / "outputs/.inventory.json").write_text("[]"), 0),
    ],
)
def test_a_page_is_up_to_date_until_something_it_was_made_from_changes(workspace: Path, change, stale):
    make(workspace, *Inventory(workspace).plan("little-jobs"))
    assert len(current(workspace)) == 6 and all(current(workspace).values())
    time.sleep(0.02)
    change(workspace)
    assert sum(not good for good in current(workspace).values()) == stale


def test_a_restatement_that_is_released_later_makes_pages_again_but_those_that_were_given_out(workspace: Path):
    planned = [job for job in Inventory(workspace).plan("little-jobs") if job.period == "2025-06"]
    jobs = (*planned, Job("little-jobs", "dashboard", None, "2025-06", "public", "en"))
    make(workspace, *jobs)
    path = workspace / jobs[-1].folder / "run.json"
    record = json.loads(path.read_text())
    record["pages"]["dashboard.html"]["released"] = "0123456789ab"
    path.write_text(json.dumps(record))

    def stale() -> int:
        inventory = Inventory(workspace)
        assert inventory.is_current(jobs[-1]), "what public readers were given stays what they were given"
        return sum(not inventory.is_current(job) for job in jobs)

    cells = (("placed", "2025Q1", "all", "All participants", 10.0, None, "shown"),)
    own, other = (Entry(period, "public", "2025-07-01T00:00:00+00:00", 11, {}, cells) for period in ("2025-06", "2025-03"))
    enter(own, "little-jobs", workspace, decided_with=())
    assert stale() == 0, "an entry for a page's own period is written when its pages are handed out"
    enter(other, "little-jobs", workspace, decided_with=[own.content])
    assert stale() == len(jobs) - 1
    make(workspace, *jobs[:-1])
    assert stale() == 0


def test_a_page_whose_last_attempt_failed_is_tried_again(workspace: Path):
    jobs = Inventory(workspace).plan("little-jobs")
    make(workspace, *jobs)
    keep_failure(jobs[0], Failure.of(jobs[0], where="w", what="x", do="y"), "2026-01-01T00:00:00+00:00", workspace)
    assert [page for page, good in current(workspace).items() if not good] == [jobs[0].page.as_posix()]


def test_a_file_from_a_clock_that_runs_ahead_is_looked_at_every_time(workspace: Path):
    make(workspace, *Inventory(workspace).plan("little-jobs"))
    path = workspace / "data/little-jobs/participants.csv"
    ahead = time.time() + 3600
    os.utime(path, (ahead, ahead))
    assert all(current(workspace).values())
    path.write_text(path.read_text().replace("North", "Norse"))
    os.utime(path, (ahead, ahead))
    assert not any(current(workspace).values())


def test_six_hundred_pages_that_are_up_to_date_are_not_made_again(workspace: Path, contract):
    for number in range(99):
        contract(f"jobs-{number:02}")
    inventory = Inventory(workspace)
    names = ["little-jobs", *(f"jobs-{number:02}" for number in range(99))]
    make(workspace, *(job for name in names for job in inventory.plan(name)))
    inventory.keep()
    answer = subprocess.run([sys.executable, "-m", "acmlib", "run", "--all"], cwd=workspace, capture_output=True, text=True, check=True)
    assert "600 of 600 pages are up to date; --force makes them again" in answer.stdout


#: What a file of ours may hold after somebody, or a full disk, had it in hand.
SHAPES = (
    "",
    "null",
    "[]",
    "3",
    "{",
    '"text"',
    "[" * 100_000,
    '{"pages": [1]}',
    '{"pages": {"dashboard.html": null}}',
    "\x00\xff",
    "9" * 5000,
)


FIGURE = {
    "metric": "m",
    "short": "s",
    "value": "40%",
    "target": "50%",
    "state": "missed",
    "certain": True,
    "change": "worse",
    "changed": "c",
}


def spoiled(record: dict) -> list[dict]:
    """Return a record of a page with each of its values of another kind, or gone."""
    others = (None, 3, [], {}, "text", [None], {"a": 1})
    return [record | {name: other} for name in record for other in others] + [
        {k: v for k, v in record.items() if k != name} for name in record
    ]


@pytest.mark.parametrize("name", [".inventory.json", "failures.json", "little-jobs/2025-06/provider/run.json"])
@pytest.mark.parametrize("shape", SHAPES)
def test_records_of_any_shape_are_made_again(workspace: Path, name: str, shape: str):
    jobs = Inventory(workspace).plan("little-jobs")
    make(workspace, *jobs)
    (workspace / "outputs" / name).write_text(shape, encoding="latin-1")
    write_index(workspace)
    stale = [job for job in Inventory(workspace).plan("little-jobs") if not Inventory(workspace).is_current(job)]
    assert len(stale) == (4 if name.endswith("run.json") else 0)  # the topic of May has a folder of its own
    make(workspace, *stale)
    assert all(current(workspace).values())
    write_index(workspace)


def test_a_record_with_one_wrong_value_spoils_no_other_page(workspace: Path):
    jobs = Inventory(workspace).plan("little-jobs")
    make(workspace, *jobs)
    path = workspace / "outputs/little-jobs/2025-06/provider/run.json"
    whole = json.loads(path.read_text())
    page = whole["pages"]["dashboard.html"] | {
        "made_at": "2025-07-01T00:00:00+00:00", "language": "en", "contract_title": "T", "report_title": "R", "data_until": "2025-06-30",
        "next_meeting": "2025-07-09", "inputs": [{"rows": 3}], "overdue": [{"what": "w", "owner": "o", "due": "2025-06-01"}],
        "draft": False, "report": "dashboard",
        "standing": {"program": "p", "gaps": ["g"], "more_gaps": 1, "rank": [1, -2], "gaps_silence": "none", "figures": [FIGURE]},
        "failed": {"at": "2025-07-01T00:00:00+00:00", "where": "w", "what": "x"}, "pdf_sha256": None,
    }  # fmt: skip
    standing = page["standing"]
    figures = [page | {"standing": standing | {"figures": [other]}} for other in spoiled(FIGURE)]
    for other in [*spoiled(page), *(page | {"standing": other} for other in spoiled(standing)), *figures]:
        path.write_text(json.dumps(whole | {"pages": whole["pages"] | {"dashboard.html": other}}))
        write_index(workspace)
        assert sum(current(workspace).values()) >= 5
    for other in spoiled(whole):
        path.write_text(json.dumps(other))
        write_index(workspace)


@pytest.mark.parametrize("name", [".inventory.json", "failures.json", "index.html", "little-jobs/2025-06/provider/run.json"])
def test_a_folder_where_a_file_of_ours_belongs_is_said_or_replaced(workspace: Path, acm, name: str):
    path = workspace / "outputs" / name
    path.mkdir(parents=True)
    status, said = acm(workspace, "run", "little-jobs", "--report", "dashboard", "--language", "en")
    assert (workspace / "outputs/little-jobs/2025-06/provider/dashboard.html").is_file()
    written = name.endswith("run.json")
    assert status == (0 if written or name == ".inventory.json" else 1)
    assert path.is_file() if written else name in ".inventory.json" or f"{path.name} is a folder; move it away" in said, said


#: Modules that take long to import, and of these the ones that a batch needs to plan pages.
HEAVY = {"numpy", "pandas", "scipy", "matplotlib", "babel", "nbformat", "papermill", "duckdb", "yaml", "acmlib.contract.model"}
PLANNING = {"duckdb", "yaml", "acmlib.contract.model"}


def run_and_name(workspace: Path, heavy: set[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `acm` in a process of its own, which ends by naming its exit status and the heavy modules that it has imported."""
    code = f"""if True:
        import sys
        from acmlib.cli.app import main
        sys.argv = ["acm", *{arguments}]
        try:
            main()
        except SystemExit as end:
            print(end.code, sorted({heavy} & set(sys.modules)))
    """
    return subprocess.run([sys.executable, "-c", code], cwd=workspace, capture_output=True, text=True, check=False)


def test_finding_that_nothing_is_to_be_made_reads_no_contract_and_takes_no_numerical_library(workspace: Path):
    make(workspace, *Inventory(workspace).plan("little-jobs"))
    for _ in range(2):  # the first time it remembers what is planned for this request
        answer = run_and_name(workspace, HEAVY, "run", "--all", "--edition", "provider")
    assert "6 of 6 pages are up to date" in answer.stdout and answer.stdout.endswith("0 []\n"), answer.stdout + answer.stderr


def test_a_batch_leaves_the_numerical_libraries_to_its_workers(workspace: Path):
    asked = ("run", "little-jobs", "--report", "dashboard", "--edition", "provider", "--language", "en", "--jobs", "1")
    answer = run_and_name(workspace, HEAVY - PLANNING, *asked)
    assert "1 page made, 0 not" in answer.stdout and answer.stdout.endswith("0 []\n"), answer.stdout + answer.stderr
