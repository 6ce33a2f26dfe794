"""The outcome of a job: a finished page, or a failure that says where, what and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acmlib.publish.jobs import Job


class JobError(Exception):
    """A job that cannot be done, for a reason that the person who asked can remove."""

    def __init__(self, where: str, what: str, do: str) -> None:
        super().__init__(where, what, do)
        self.where, self.what, self.do = where, what, do

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.do}"


@dataclass(frozen=True)
class Failure:
    """Why a page was not made, where, and what to do about it."""

    contract: str
    report: str
    period: str
    edition: str
    language: str
    where: str
    what: str
    do: str

    @classmethod
    def of(cls, job: Job, *, where: str, what: str, do: str) -> Failure:
        """Return the failure of `job`."""
        return cls(job.contract, job.name, job.period, job.edition, job.language, where, what, do)


@dataclass(frozen=True)
class Made:
    """A page ready to be moved into place, with its release and its record, in a working folder.

    `ledger` is the file that tells later releases what readers were given (`acmlib.release.ledger`); None if nothing is given away.
    `decided_with` are the digests of what readers had been given when it was decided what this release hides.
    """

    job: Job
    page: Path
    release: Path
    record: Mapping[str, Any]
    ledger: Path | None = None
    pdf: Path | None = None
    decided_with: frozenset[str] = frozenset()


def defect(job: Job, what: str) -> Failure:
    """Return the failure of one job that a defect of the library caused."""
    do = f"run `acm check {job.contract}`; if that finds nothing, report this as a defect"
    return Failure.of(job, where=job.notebook.as_posix(), what=what, do=do)


def died(job: Job) -> Failure:
    """Return the failure of a job whose process ended."""
    what, do = "its process died, most likely because memory ran out", "try again with --jobs 1, or on a machine with more memory"
    return Failure.of(job, where=job.notebook.as_posix(), what=what, do=do)


def hung(job: Job, seconds: float) -> Failure:
    """Return the failure of a job that did not end."""
    what, do = f"was given up after {seconds:.0f} seconds", "look for what hangs; --report-seconds allows more"
    return Failure.of(job, where=job.notebook.as_posix(), what=what, do=do)
