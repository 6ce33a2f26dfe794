"""Fixtures that all tests share."""

import json
import os
import pickle
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from acmlib.contract.private_folders import PrivateFolder
from acmlib.contract.workspace import SINCE_VARIABLE

# No test holds code to a clock, which a busy machine would fail; in CI the same examples are tried each time.
settings.register_profile("everywhere", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("everywhere")

SHARED = pytest.StashKey[PrivateFolder]()

#: Whether a notebook has been run.
NOTEBOOKS = pytest.StashKey[bool]()

#: What a process of pytest ends last: its fork server for notebooks.
OPEN = ExitStack()

#: A kernel from the fork server, as pages have it; an ordinary one where there is no server. It is named to nbval alone.
FORKED = {
    "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    "display_name": "Forked",
    "language": "python",
    "metadata": {"kernel_provisioner": {"provisioner_name": "acm-fork"}},
}

REPOSITORY = Path(__file__).resolve().parents[1]

#: Of this contract every edition is made, in one language each; of the others the provider's (or the last one) in the first language.
SHOWCASE = "harbor-youth-jobs"
SHOWN = (("internal", "es"), ("provider", "en"), ("public", "es"))
#: Of these contracts one page is made in Spanish too, for the agency and its provider (`pages/test_planted.py`).
SPANISH = {
    "harbor-youth-jobs": ("dashboard", "deep_dive-voice"), "northern-youth-jobs": ("dashboard",), "riverside-youth-jobs": ("dashboard",),
    "lakeside-youth-jobs": ("dashboard",), "bright-steps-tutoring": ("dashboard",), "summit-youth-jobs": ("end_of_contract",),
}  # fmt: skip

#: What takes longest begins first, so that no process is left alone with it at the end.
FIRST = ("tests/pages/", "tests/publish/", "tests/release/", "tests/realdata/", "tests/guide/", "notebooks/")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make pages-check` look at pages that are there already."""
    parser.addoption("--outputs", metavar="FOLDER", help="look at every page below this folder instead of making a few (tests/pages)")


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that all processes of a session share (`opened.py`)."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        config.stash[SHARED] = PrivateFolder()  # the next session removes what a killed one left
        os.environ["ACM_TESTS_FOLDER"] = str(config.stash[SHARED].path)
        spec = config.stash[SHARED].path / "jupyter/kernels/forked/kernel.json"
        spec.parent.mkdir(parents=True)
        spec.write_text(json.dumps(FORKED))
        os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, (str(spec.parents[2]), os.environ.get("JUPYTER_PATH"))))
    config.option.nbval_kernel_name = "forked"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Have a fork server before a notebook is run: to import everything anew is most of what a notebook takes."""
    if item.nodeid.startswith("notebooks/") and not item.session.stash.get(NOTEBOOKS, False):
        from acmlib.publish.warm import warm_kernels

        item.session.stash[NOTEBOOKS] = True
        OPEN.enter_context(warm_kernels())


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove it."""
    OPEN.close()
    if "PYTEST_XDIST_WORKER" not in os.environ:
        config.stash[SHARED].close()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than cores: many tests wait for something that hangs, or ends."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first; a file's tests keep their order."""
    items.sort(key=lambda item: next((place for place, name in enumerate(FIRST) if item.nodeid.startswith(name)), len(FIRST)))


#: In CI nothing may be skipped: what a test needs is installed there, or the test is written for what is there.
SKIPPED: dict[str, str] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember each test that was skipped, and why."""
    if report.skipped and not hasattr(report, "wasxfail"):
        SKIPPED[report.nodeid] = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Remember each file that was skipped as a whole."""
    if report.skipped:
        SKIPPED[report.nodeid] = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run in CI that skipped anything."""
    if SKIPPED and "CI" in os.environ and "PYTEST_XDIST_WORKER" not in os.environ and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was skipped where nothing may be."""
    if SKIPPED and "CI" in os.environ:
        terminalreporter.section("skipped, which fails a run in CI")
        for name, reason in SKIPPED.items():
            terminalreporter.write_line(f"{name}: {reason}")


@pytest.fixture(scope="module")
def browser() -> Iterator:
    """Headless Chromium; one a module, so that no two are driven at the same time."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium here: install it to look at pages as readers do")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout under test."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """What others computed or published, with its sources: tests/data."""
    return REPOSITORY / "tests" / "data"


@pytest.fixture(scope="session")
def warm() -> Iterator[None]:
    """A fork server for all batches of this process of pytest: to import everything anew is most of a small one."""
    from acmlib.publish.warm import warm_kernels

    with warm_kernels():
        yield


@dataclass(frozen=True)
class Published:
    """Pages of the sample contracts, made as `acm run` makes them, in a workspace of their own."""

    root: Path
    jobs: tuple
    failures: tuple

    @property
    def pages(self) -> list[Path]:
        """All pages that were made."""
        return [self.root / job.page for job in self.jobs if (self.root / job.page).is_file()]


@pytest.fixture(scope="session")
def published(warm: None, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Make pages of all sample contracts once for the whole session: the first process of pytest that needs them does."""
    from acmlib.contract.locks import locked

    if not (REPOSITORY / "notebooks" / "dashboard.ipynb").is_file():
        pytest.skip("there are no notebooks yet")
    base = tmp_path_factory.getbasetemp()
    session = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made = session / "published.made"
    with locked(session / "published.lock"):
        if not made.exists():
            made.write_bytes(pickle.dumps(_published(session / "published")))
    found: Published = pickle.loads(made.read_bytes())
    return found


def _published(root: Path) -> Published:
    from acmlib.contract.load import contract_ids, load_contract
    from acmlib.publish.batch import run_jobs
    from acmlib.publish.inventory import Inventory
    from acmlib.publish.jobs import plan_jobs

    for folder in ("params", "data", "notebooks"):
        shutil.copytree(REPOSITORY / folder, root / folder)
    jobs = []
    for contract in contract_ids(root):
        loaded = load_contract(contract, root=root)
        edition = "provider" if "provider" in loaded.editions else loaded.editions[-1]
        chosen = SHOWN if contract == SHOWCASE else ((edition, loaded.languages[0]),)
        jobs += [job for edition, language in chosen for job in plan_jobs(contract, root=root, edition=edition, language=language)]
        for report in SPANISH.get(contract, ()):
            jobs += plan_jobs(contract, root=root, report=report, edition="provider", language="es")
    _bring(jobs, root)
    inventory = Inventory(root)
    return Published(root, tuple(jobs), run_jobs([job for job in jobs if not inventory.is_current(job)], root=root))


def _bring(jobs: list, root: Path) -> None:
    """Bring pages that lie in ``outputs/`` already, as after `make reports`: those made from these very files are not made twice."""
    from acmlib.publish.run_record import read_json

    for folder in {job.folder for job in jobs}:
        record = read_json(REPOSITORY / folder / "run.json")
        (root / folder).mkdir(parents=True)
        names = {job.page.name for job in jobs if job.folder == folder} & set(record.get("pages", ()))
        for name in (*names, "release.csv"):
            if (REPOSITORY / folder / name).is_file():
                shutil.copy(REPOSITORY / folder / name, root / folder)
        (root / folder / "run.json").write_text(json.dumps(record | {"pages": {name: record["pages"][name] for name in names}}))


@pytest.fixture(autouse=True)
def _no_sources_of_an_earlier_batch(monkeypatch):
    """Fetch remote sources anew: an inventory that a test made without a batch says for its whole process how new a copy has to be."""
    monkeypatch.delenv(SINCE_VARIABLE, raising=False)
