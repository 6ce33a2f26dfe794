"""The form of a spot check: records drawn at random, to be compared with the files. A working paper outside ``outputs/``."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from acmlib.analysis.spot_checks import Rule
from acmlib.contract.errors import ContractError
from acmlib.contract.spreadsheets import csv_text, delimiter_of
from acmlib.contract.workspace import contract_folder
from acmlib.contract.yaml_reader import read_text
from acmlib.publish.working import WORKING, numbered_rows

#: What the form asks of each record.
RIGHT, NOTE = "right (yes or no)", "note"
YES, NO = ("yes", "y", "sí", "si"), ("no", "n")
SPOT_CHECKS = "spot_checks.csv"


def form_path(contract: str, period: str, metric: str | None) -> Path:
    """Return where the form of a spot check lies, from the root of the workspace.

    Examples
    --------
    >>> form_path("harbor-youth-jobs", "2026-06", "placed_6m").as_posix()
    'working/harbor-youth-jobs/spot-check-2026-06-placed_6m.csv'
    """
    return Path(WORKING, contract, f"spot-check-{period}{f'-{metric}' if metric else ''}.csv")


def form_text(drawn: pd.DataFrame, rule: Rule, *, of: int) -> str:
    """Return the form: the rule, then a line for each record with what was reported and room for what the file says.

    Parameters
    ----------
    drawn : DataFrame
        From `acmlib.intake.draws.draw_records`.
    of : int
        How many records there were to draw from.
    """
    head = f"# {len(drawn)} of {of} records. It passes with at least {rule.least} right of {rule.records}"
    errors = (
        f"of a set that is {rule.good:.0%} right {rule.wrong_fail:.1%} fail, of one that is {rule.bad:.0%} right {rule.wrong_pass:.1%} pass"
    )
    return csv_text([[f"{head}: {errors}."], *numbered_rows(drawn, (RIGHT, NOTE))])


def read_form(path: Path, *, name: str) -> tuple[int, int]:
    """Count a form that was filled in.

    Raises
    ------
    ContractError
        With the line of every record that does not say yes or no.
    """
    text = read_text(path, name=name)
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter_of(text)) if row and not row[0].startswith("#")]
    if not rows or RIGHT not in rows[0]:
        raise ContractError([f"{name}: has no column '{RIGHT}'; use the form that acm spot-check wrote"])
    at = rows[0].index(RIGHT)
    answers = [row[at].strip().lower() if len(row) > at else "" for row in rows[1:] if any(cell.strip() for cell in row)]
    empty = [number for number, answer in enumerate(answers, start=1) if not answer]
    wrong = [f"{name}: {len(empty)} of {len(answers)} records are not answered, first record {empty[0]}; write yes or no"] if empty else []
    wrong += [
        f"{name}: record {number} is '{answer}'; use yes or no in '{RIGHT}'"
        for number, answer in enumerate(answers, start=1)
        if answer and answer not in (*YES, *NO)
    ]
    if wrong or not answers:
        raise ContractError(wrong or [f"{name}: has no records; use the form that acm spot-check wrote"])
    return len(answers), sum(answer in NO for answer in answers)


def add_result(contract: str, root: Path, result: dict[str, object]) -> Path:
    """Add the result of a spot check to spot_checks.csv beside the contract: counts only, no record is named there.

    Parameters
    ----------
    result : mapping
        Column to value; a translation is left out where the file has no column for it.
    """
    path = root / contract_folder(contract) / SPOT_CHECKS
    before = read_text(path, name=SPOT_CHECKS) if path.exists() else csv_text([list(result)])
    sign = delimiter_of(before)
    columns = next(csv.reader(io.StringIO(before), delimiter=sign), list(result))
    known = {column.strip() for column in columns}
    lost = [name for name, value in result.items() if value is not None and name not in known and not name.startswith("what_")]
    if lost:
        raise ContractError([f"{SPOT_CHECKS}: has no column '{lost[0]}'; add it to the first line, then read the form again"])
    row = csv_text([[result.get(name.strip()) for name in columns]], delimiter=sign)
    path.write_text(before + ("" if before.endswith("\n") else "\n") + row, encoding="utf-8")
    return path
