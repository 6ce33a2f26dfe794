"""Promises: which are open and which are overdue."""

from __future__ import annotations

from collections.abc import Collection

from acmlib.contract.kinds import main_id
from acmlib.contract.meetings import Promise
from acmlib.contract.records import Action
from acmlib.display.objects import Cell, DataTable
from acmlib.display.report import Report
from acmlib.display.tables import heads


def is_overdue(action: Action, report: Report) -> bool:
    """Return whether an action is open after the day it was due."""
    return action.status == "open" and action.due is not None and action.due < report.date


def overdue(report: Report) -> tuple[Action, ...]:
    """Return the overdue actions that these readers may know, the longest overdue first."""
    late = [one for one in report.records.actions if is_overdue(one, report)]
    return tuple(sorted(late, key=lambda one: (str(one.due), one.id)))


def open_table(report: Report, actions: list[Action], *, fresh: Collection[str] = ()) -> DataTable:
    """Return open actions with owner and due date; those promised since last time are marked as new."""
    words, language = report.words, report.voice.language
    actions = sorted(actions, key=lambda one: (one.due is None, str(one.due), one.id))
    columns = heads(words, *(f"action.column_{name}" for name in ("what", "owner", "due", "state")))
    rows = ((one.what.in_language(language), one.owner, due_day(report, one), _state(report, one, fresh)) for one in actions)
    return DataTable(words("opening.promises_caption"), columns, tuple(rows))


def due_day(report: Report, action: Action) -> str | Cell:
    """Return the day on which an action is due, for a table."""
    return report.words.date(action.due) if action.due else Cell(report.words("table.no_value"), muted=True)


def _state(report: Report, action: Action, fresh: Collection[str]) -> str:
    state = report.words("action.overdue" if is_overdue(action, report) else "action.new" if action.id in fresh else "action.open")
    return report.words("action.moved", state=state, date=action.first_due) if action.first_due else state


def expected_change(report: Report, promised: Action | Promise) -> str | Cell:
    """Return which figure an action was to change, for whom, and in which direction."""
    words, voice = report.words, report.voice
    if promised.metric is None or promised.expected is None:
        return Cell(words("followed.no_figure"), muted=True)
    metric = voice.short(main_id(report.contract, promised.metric))
    if promised.group is None or promised.dimension is None:
        return words(f"followed.expected_{promised.expected}", metric=metric)
    return words(f"followed.expected_{promised.expected}_for", metric=metric, people=voice.people(promised.dimension, promised.group))


def agreed_actions(report: Report) -> list[Action]:
    """Return the actions that were agreed on by the data cut-off."""
    return [one for one in report.records.actions if one.agreed_on <= report.date]


def open_actions(report: Report) -> list[Action]:
    """Return the actions that were agreed on by the data cut-off and are open."""
    return [one for one in agreed_actions(report) if one.status == "open"]


def here(report: Report) -> str:
    """Return the ending of words that count promises of which some are not for these readers."""
    return "_here" if some_not_shown(report, "actions") else ""


def some_not_shown(report: Report, records: str) -> bool:
    """Return whether there are records of a kind (``actions``, ``roadmap``, ...) that are not for the readers of this edition."""
    return records in report.release.kinds_not_shown


def silence(report: Report, records: str) -> str:
    """Return why no records of a kind are shown: they are not for these readers, none is open, or none was written."""
    if some_not_shown(report, records):
        some = f"silence.{records}_some_here"
        return report.words(some if getattr(report.records, records) and report.words.has(some) else f"silence.{records}_not_here")
    return report.words(f"silence.{records}_closed" if getattr(report.records, records) else f"silence.{records}_none")
