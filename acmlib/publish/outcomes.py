"""What becomes of a job: a page made, or a failure that says where, what and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acmlib.publish.jobs import Job


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
    """

    job: Job
    page: Path
    release: Path
    record: Mapping[str, Any]
    ledger: Path | None = None
