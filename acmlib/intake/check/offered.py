"""What could be written beside a contract and is not there: offered to the analyst, never an empty section of a page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from acmlib.contract.calendar import meeting_after, results_known, without_next_meeting
from acmlib.contract.model import Contract
from acmlib.contract.periods import report_period
from acmlib.contract.promises import meeting_of
from acmlib.contract.record_files import KNOWN
from acmlib.contract.record_rows import A_YEAR
from acmlib.contract.records import Records
from acmlib.contract.workspace import CONTRACT_FILE, contract_folder
from acmlib.intake.findings import Finding

#: Files that people keep beside anything.
_ANYWHERE = ("README.md", "README.txt")


def offered_parts(contract: Contract, records: Records, root: Path) -> Iterator[Finding]:
    """Yield a note about the parts that no page has because nobody wrote them, with how to begin each; and files that nothing reads.

    Parameters
    ----------
    records : Records
        All of the contract.
    """
    folder, name, last = contract_folder(contract.id), contract.id, report_period(contract).end
    parts: tuple[tuple[bool, str, str, str], ...] = (
        (bool(records.plan), "plan.yml", "no page has the plan", "answer the guide's questions: copy the plan.yml of a sample"),
        (records.calendar is not None, "plan.yml", "the agenda has no times", "add calendar: to plan.yml"),
        (bool(records.roadmap), "roadmap.yml", "no deep dive is made", "name month, kind, metric and dimension of each topic"),
        (bool(records.actions), "actions.csv", "no page tells what was promised", f"acm meeting {name}: promises become actions"),
        (bool(records.meetings), "meetings", "no minutes are made", f"acm meeting {name} writes the form of the next meeting"),
        (bool(records.responses), "responses.csv", "no figure has a reply", f"acm handout {name} gives the provider a form"),
        (
            bool(records.deliverables),
            "deliverables.csv",
            "no page says who kept which dates",
            "list reports and invoices with due and done_on",
        ),
        (bool(records.checks), "spot_checks.csv", "no figure was compared with files", f"acm spot-check {name} draws records"),
        (bool(contract.surveys or records.voices.events), "voice.yml", "no page has the clients' voice", "begin with templates/voice"),
        (
            last < contract.contract.ends or (records.review is not None and bool(records.review.ratings)),
            "review.yml",
            "the report at the end rates nothing and has no lessons",
            f"acm start {name} writes its form; docs/meetings.md says what is done when",
        ),
    )
    absent = [(file, missing, how) for there, file, missing, how in parts if not there]
    if absent:
        what = "; ".join(f"{file} {_state(root / folder / file)} ({missing})" for file, missing, _ in absent)
        yield Finding(
            "note", folder, None, what, 0, "These parts of the pages are left out", (), "; ".join(how for *_, how in absent), "agency"
        )
    yield from _other_meeting(contract, records)
    yield from _one_coder(records, folder)
    yield from _of_later(contract, records, folder)
    known = results_known(contract)
    if contract.contract.ends <= last < known:
        why = "The report at the end tells less than it could: some outcomes of the last months are missing"
        how = f"when the file covers {known:%Y-%m}, set period: {known:%Y-%m} and make the report again"
        what = f"the contract is over, and not all results of its term are known before {known}"
        yield Finding("note", f"{folder}/{CONTRACT_FILE}: period", None, what, 0, why, (), how, "agency")
    named = (root / folder / CONTRACT_FILE).read_text(encoding="utf-8-sig")
    given = sorted(path.name for path in (root / folder).iterdir() if path.name not in (*KNOWN, *_ANYWHERE) and path.name not in named)
    for one in (one for one in given if not one.startswith((".", "~"))):
        yield Finding(
            "warning", f"{folder}/{one}", None, "is a file that nothing reads", 0, "What is in it is on no page", (),
            f"use one of {', '.join(KNOWN)}, or move it out of this folder", "agency",
        )  # fmt: skip


def _state(path: Path) -> str:
    return "is not filled in" if path.exists() else "is not there"


def _one_coder(records: Records, folder: str) -> Iterator[Finding]:
    """Yield a warning for each theme that one person coded, or two on excerpts of which none is the same: no agreement is on a page."""
    for theme in dict.fromkeys(one.theme for one in records.coded):
        by: dict[str, set[str]] = {}
        for one in records.coded:
            if one.theme == theme:
                by.setdefault(one.coder, set()).add(one.excerpt)
        if not set.intersection(*by.values()) or len(by) < 2:
            what = f"{theme} is coded by {' and '.join(by)}, and no excerpt by two people"
            why, how = "No page says how far two people agree on it", "let a second person code the same excerpts, without seeing the first"
            yield Finding("warning", f"{folder}/coding.csv", None, what, 0, why, (), how, "agency")


def _of_later(contract: Contract, records: Records, folder: str) -> Iterator[Finding]:
    """Yield a note for records of a day that the newest pages do not know yet, and promises due late: still to come, or typing errors."""
    period = report_period(contract)
    day = meeting_of(records, contract, period)
    if day is None:
        return
    dated = [("spot_checks.csv", one.date) for one in records.checks] + [("responses.csv", one.on) for one in records.responses]
    dated += [("actions.csv", one.agreed_on) for one in records.rows or ()] + [("notes", one.date) for one in records.notes]
    dated += [("meetings", one.date) for one in records.meetings] + [("voice.yml", one.date) for one in records.voices.events]
    for one in records.actions:
        if one.due is not None and one.due > one.agreed_on + A_YEAR:
            what = f"{one.id} was agreed on {one.agreed_on} and is due on {one.due}, more than a year later"
            how = "nothing, if that day is right; else correct it in actions.csv or the meeting's file"
            yield Finding("note", f"{folder}/actions.csv", None, what, 0, "It is not overdue before that day", (), how, "agency")
    for file in dict.fromkeys(name for name, on in dated if on > day):
        later = ", ".join(sorted(str(on) for name, on in dated if name == file and on > day))
        what = f"{later}: after the meeting of {day} for which the pages of {period.text} are made"
        how = "nothing, if that day is right: pages of a later period have it; else correct it"
        yield Finding("note", f"{folder}/{file}", None, what, 0, "These pages do not have it", (), how, "agency")


def _other_meeting(contract: Contract, records: Records) -> Iterator[Finding]:
    """Yield a finding if contract file and calendar name different days for one meeting."""
    day = contract.contract.next_meeting
    if day is None or records.calendar is None:
        return
    planned = meeting_after(day.replace(day=1), records.calendar, without_next_meeting(contract), records.meetings)
    if planned is not None and (planned.year, planned.month) != (day.year, day.month):
        what = f"next_meeting is {day}; by the calendar of plan.yml the next is {planned}"
        why, how = "The index and the agenda name a day that nobody expects", "correct next_meeting, or calendar: in plan.yml"
        yield Finding("warning", f"params/{contract.id}/contract.yml", None, what, 0, why, (), how, "agency")
