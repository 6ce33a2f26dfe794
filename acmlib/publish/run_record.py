"""The schema of ``run.json``, the record of the pages in a folder.

People edit, copy and cut such files. An entry that does not fit is left out, so that its page is made again.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Len
from pydantic import AfterValidator, BaseModel, ConfigDict, NonNegativeInt, StringConstraints, ValidationError

from acmlib.contract.periods import parse_period
from acmlib.contract.selectors import EDITIONS
from acmlib.publish.jobs import OUTPUTS

RECORD = "run.json"


def _is(read: Any) -> AfterValidator:
    """Return the check that a text can be read as a date or a moment; it stays a text."""

    def check(text: str) -> str:
        read(text)
        return text

    return AfterValidator(check)


Day = Annotated[str, _is(dt.date.fromisoformat)]
Moment = Annotated[str, _is(dt.datetime.fromisoformat)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True)


class _Failed(_Shape):
    at: Moment
    where: str
    what: str


class _Input(_Shape):
    rows: NonNegativeInt


class _Overdue(_Shape):
    what: str
    owner: str
    due: Day


class _Figure(_Shape):
    """One headline figure, as `acmlib.display.standing` words it."""

    metric: str
    short: str
    value: str
    target: str
    state: str
    certain: bool
    change: Literal["better", "worse", "higher", "lower", "no clear change", "not judged"]
    changed: str
    kind: str = ""
    better: str = ""
    window: str = ""
    numerator: float | None = None
    denominator: float | None = None
    number: float | None = None
    low: float | None = None
    high: float | None = None


class _Worked(_Shape):
    """An action after which the figures got better."""

    metric: str
    group: str
    what: str


class _Standing(_Shape):
    """How the contract stands, from `acmlib.display.standing`."""

    program: str = ""
    figures: list[_Figure] = []
    gaps: list[str] = []
    more_gaps: NonNegativeInt = 0
    gap_keys: list[Annotated[list[str], Len(3, 3)]] = []
    served: list[Annotated[list[str | float], Len(3, 3)]] = []
    worked: list[_Worked] = []
    decision: Day | None = None
    rank: Annotated[list[int], Len(2, 2)] = [0, 0]


class _Page(_Shape):
    """One page: every value that is read somewhere has its type here; values that are only written may be anything."""

    run: str = ""
    made_at: Moment | None = None
    made_from: dict[str, str] | None = None
    sha256: str | None = None
    release_sha256: str | None = None
    pdf_sha256: str | None = None
    failed: _Failed | None = None
    language: Language = "en"
    contract_title: str = ""
    report_title: str | None = None
    data_until: Day | None = None
    next_meeting: Day | None = None
    data_due: Day | None = None
    inputs: list[_Input] = []
    overdue: list[_Overdue] = []
    standing: _Standing | None = None
    draft: bool = False
    report: str | None = None


def read_json(path: Path) -> dict[str, Any]:
    """Return what a JSON file holds; nothing if it is missing, unreadable or holds anything but names with values."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def read_record(path: Path) -> dict[str, Any]:
    """Return a run record without pages of another shape; an empty one if it cannot be read, or belongs to another folder.

    Parameters
    ----------
    path : Path
        ``outputs/<contract>/<period>/<edition>/run.json``.
    """
    found = read_json(path)
    contract, period, edition = path.parent.parts[-3:]
    if (found.get("contract"), found.get("period"), found.get("edition")) != (contract, period, edition):
        return {}
    pages = found.get("pages")
    good = {name: page for name, page in pages.items() if _has_shape(page)} if isinstance(pages, dict) else {}
    return {**found, "pages": good}


def _has_shape(page: Any) -> bool:
    try:
        _Page.model_validate(page)
    except ValidationError:
        return False
    return True


def records(root: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield each folder of pages, from ``outputs/``, with its run record."""
    outputs = root / OUTPUTS
    for path in sorted(outputs.glob(f"[!.]*/*/*/{RECORD}")):
        found = read_record(path)
        if found.get("pages") and found["edition"] in EDITIONS and _is_period(found["period"]):
            yield path.parent.relative_to(outputs), found


def _is_period(text: str) -> bool:
    try:
        parse_period(text, starts=dt.date.min, ends=dt.date.max)
    except ValueError:
        return False
    return True
