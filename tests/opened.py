"""Reports of the sample contracts for tests that only read them: data are counted once a session, an edition is decided once."""

import os
import pickle
from functools import cache
from pathlib import Path

from acmlib.contract.load import load_contract
from acmlib.contract.locks import locked
from acmlib.contract.periods import report_period
from acmlib.display.handover import hand_over, handing_over
from acmlib.display.report import Report, open_report
from acmlib.intake.build.sources import open_tables
from acmlib.measures.counting import Counted, count
from acmlib.release.editions import make_release

ROOT = Path(__file__).resolve().parents[1]

#: Names the folder that all processes of a session share (`conftest.py`).
FOLDER = "ACM_TESTS_FOLDER"


@cache
def counted(contract: str, period: str) -> Counted:
    """Return what was counted in the data of a sample, by the first process that asks."""
    path = Path(os.environ[FOLDER], f"{contract}_{period}.counted")
    with locked(path.with_suffix(".lock")):
        if not path.exists():
            loaded = load_contract(contract, root=ROOT)
            with open_tables(loaded, root=ROOT, period=report_period(loaded, period)) as tables:
                made = count(loaded, tables)
            path.with_suffix(".new").write_bytes(pickle.dumps(made))
            path.with_suffix(".new").replace(path)
    found: Counted = pickle.loads(path.read_bytes())
    return found


@cache
def decided(contract: str, period: str, edition: str) -> Path:
    """Return the file of a release of a sample, decided by the first process that asks."""
    path = Path(os.environ[FOLDER], f"{contract}_{period}_{edition}.release")
    with locked(path.with_suffix(".lock")):
        if not path.exists():
            loaded = load_contract(contract, root=ROOT)
            release = make_release(loaded, root=ROOT, period=period, edition=edition, counted=counted(contract, period))
            hand_over(release, path, root=ROOT)
    return path


@cache
def opened(
    contract: str, period: str | None = None, edition: str = "internal", language: str = "en", topic: str | None = None
) -> Report:  # fmt: skip
    """Open a report of a sample as a notebook of a batch does: with the release that was made for it."""
    asked = report_period(load_contract(contract, root=ROOT), period).text
    with handing_over(decided(contract, asked, edition)):
        return open_report(contract, asked, edition, language, topic, ROOT)
