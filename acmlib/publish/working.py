"""Working papers that name people: where they lie, and where they must not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from acmlib.contract.errors import ContractError
from acmlib.contract.spreadsheets import csv_text

#: Folder for papers that name people; git and every handout leave it out.
WORKING = "working"

#: Folders whose files are handed out, kept in git, or shown.
PUBLISHED = ("outputs", "handouts", "ledger", "params", "docs", "notebooks")

#: What the working group writes down about each case.
NOTED = ("what happened", "what would have helped", "looked at by")


def case_path(contract: str, period: str, topic: str, group: str | None) -> Path:
    """Return where the list of cases of a topic lies, from the root of the workspace.

    Examples
    --------
    >>> case_path("harbor-youth-jobs", "2026-06", "placement", "Black or African American").as_posix()
    'working/harbor-youth-jobs/cases-placement-2026-06-black-or-african-american.csv'
    """
    of = "-" + re.sub(r"[^a-z0-9]+", "-", group.lower()).strip("-") if group else ""
    return Path(WORKING, contract, f"cases-{topic}-{period}{of}.csv")


def refuse_published(path: Path, root: Path) -> None:
    """Refuse a place from which a paper that names people would be handed out, kept in git, or shown; links are followed.

    Raises
    ------
    ContractError
    """
    real = path.resolve()
    inside = [name for name in PUBLISHED if real.is_relative_to((root / name).resolve())]
    if inside:
        raise ContractError(
            [f"{path.name}: would lie in {inside[0]}/, and it names people; use working/, or a folder outside the workspace"]
        )


def case_list(cases: pd.DataFrame) -> str:
    """Return cases as CSV, numbered, with room for what the working group finds.

    Parameters
    ----------
    cases : DataFrame
        From `acmlib.intake.case_pull.pull_cases`.
    """
    return csv_text(numbered_rows(cases, NOTED))


def numbered_rows(frame: pd.DataFrame, blank: Sequence[str]) -> list[list[object]]:
    """Return the heading and the rows of a form: numbered, and with `blank` columns to fill in."""
    rows = enumerate(frame.itertuples(index=False), start=1)
    filled = [[number, *("" if pd.isna(value) else plain(value) for value in row), *("" for _ in blank)] for number, row in rows]
    return [["number", *frame.columns, *blank], *filled]


def plain(value: object) -> str:
    """Return a value as people write it: a day without its midnight.

    Examples
    --------
    >>> plain(pd.Timestamp("2026-05-01")), plain(pd.Timestamp("2026-05-01 09:30")), plain(3)
    ('2026-05-01', '2026-05-01 09:30', '3')
    """
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}" if value == value.normalize() else f"{value:%Y-%m-%d %H:%M}"
    return str(value)
