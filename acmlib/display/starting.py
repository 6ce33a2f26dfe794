"""The folder of a contract that begins: plan, roadmap, actions and voice to be filled in, and what to do in its first month."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

from acmlib.contract.calendar import entries
from acmlib.contract.load import load_contract, load_records
from acmlib.contract.meetings import Calendar
from acmlib.contract.model import Contract
from acmlib.contract.record_files import ABOUT_MEETINGS, INSTRUMENTS
from acmlib.contract.records import GUIDE
from acmlib.contract.workspace import contract_folder
from acmlib.display.words import Words

#: Where the instruments for the clients' voice are, in the workspace, and the form of what both sides say at the end.
TEMPLATES = "templates/voice"
REVIEW = "templates/review.yml"

#: Columns of the records that are tables: what has to be said of each row.
ACTIONS = "id,agreed_on,what,owner,party,due,status,done_on,metric,dimension,group,expected,audience"
DELIVERABLES = "kind,period,party,due,done_on,received_on,accepted_on,amount,what"

_CALENDAR = """\
calendar:                 # acm handout sends it out as a calendar file
  every_months: 1
  first: {first}       # a day in the month of the first meeting
  week: 3
  weekday: thursday
  time: "10:00"
  minutes: 90
  data_due: 14            # days before a meeting by which the provider's data have come
  pre_read: 7             # days before a meeting on which the pages go out
  replies: 2              # days before a meeting by which the provider has replied
  # decision: 270         # days before the end by which the next award is decided
  # notice: 120           # days before the end by which notice must be given
"""


_MEETINGS = """\
# Meetings

One file a meeting, named by its day. `acm meeting {contract}` writes the form of the next one, with every promise that is still
open; fill it in while you meet. `acm meeting {contract} --on DAY` reads it back, and what is promised in it becomes an action.
"""


def lay_out(contract: str, *, root: Path, today: dt.date) -> tuple[Path, ...]:
    """Write what is still missing in the folder of a contract; nothing that is there is touched.

    Parameters
    ----------
    contract : str
        Id of a contract whose contract file can be read.
    today : date
        The first meeting is planned in the month after, or when the contract begins if that is later.

    Returns
    -------
    tuple of Path
        What was written, from the workspace.

    Raises
    ------
    ContractError
        If the contract file is missing or wrong.
    """
    loaded = load_contract(contract, root=root)
    folder = Path(contract_folder(contract))
    texts = {
        "plan.yml": plan_text(min(max(_next_month(today), loaded.contract.starts), loaded.contract.ends.replace(day=1))),
        "roadmap.yml": roadmap_text(loaded, _next_month(today)),
        "actions.csv": f"{ACTIONS}\n",
        "deliverables.csv": f"{DELIVERABLES}\n",
        f"meetings/{ABOUT_MEETINGS}": _MEETINGS.format(contract=contract),
    }
    if (root / REVIEW).is_file():
        texts["review.yml"] = (root / REVIEW).read_text(encoding="utf-8")
    written = []
    for name, text in texts.items():
        if not (root / folder / name).exists():
            (root / folder / name).parent.mkdir(exist_ok=True)
            (root / folder / name).write_text(text, encoding="utf-8")
            written.append(folder / name)
    if (root / TEMPLATES).is_dir() and not (root / folder / INSTRUMENTS).exists():
        shutil.copytree(root / TEMPLATES, root / folder / INSTRUMENTS)
        written.append(folder / INSTRUMENTS)
    return tuple(written)


def plan_text(first: dt.date) -> str:
    """Return a plan.yml with the guide's eleven questions, none of them answered, and a monthly calendar.

    Examples
    --------
    >>> print(plan_text(dt.date(2026, 7, 1))[:157])
    # The planning worksheet. Answer after "answer:" and give the day; what has no answer reads "not decided" and is asked again.
    questions:
      # Why do we manage
    """
    words = Words("en")
    lines = [
        '# The planning worksheet. Answer after "answer:" and give the day; what has no answer reads "not decided" and is asked again.'
    ]
    lines.append("questions:")
    for name in GUIDE:
        lines += [f"  # {words(f'plan_question.{name}')}", f"  - id: {name}", "    # answer: ", f"    # decided_on: {first}"]
    return "\n".join(lines) + "\n" + _CALENDAR.format(first=first)


def roadmap_text(contract: Contract, month: dt.date) -> str:
    """Return a roadmap.yml without topics, with one in comments that names a metric and a dimension of the contract."""
    metric, dimension = next(iter(contract.metrics), "METRIC"), next(iter(contract.dimensions), "DIMENSION")
    return f"""\
# One topic a month or a quarter: each gets a deep dive when its month has come. kind: access, outcomes, retention, timeliness or voice.
topics: []
# topics:
#   - id: first-topic
#     month: {month:%Y-%m}
#     kind: outcomes
#     title: What this topic is about
#     metric: {metric}
#     dimension: {dimension}
#     question: What the meeting wants to know, written before the figures are
#     prepares: Name of a person
#     status: planned
"""


def first_month(contract: str, *, root: Path, today: dt.date) -> tuple[tuple[str, str], ...]:
    """Return what to do until the first meeting and on the day after it, each as (by when, what), in order.

    Parameters
    ----------
    root : Path
        The workspace; the days come from the calendar in ``plan.yml``.
    """
    loaded = load_contract(contract, root=root)
    records = load_records(contract, root, contract=loaded)
    ahead = [one for one in entries(records.calendar or Calendar(), loaded, records.meetings) if one.meeting and one.day >= today]
    meeting = next((one.meeting for one in ahead if one.kind == "data_due"), None) or next((one.meeting for one in ahead), None)
    days = {one.kind: one.day for one in ahead if one.meeting == meeting}
    folder = contract_folder(contract)
    steps = [
        (today, f"fill in what {folder}/contract.yml marks; repeat acm check {contract} until it is quiet"),
        (today, "choose at most five measures with the provider's staff and those they serve: acm starters shows what others measure"),
        (
            today + dt.timedelta(days=7),
            f"answer the eleven questions of {folder}/plan.yml together, as far as you can, and agree on the calendar",
        ),
        (today + dt.timedelta(days=7), f"write the first topic into {folder}/roadmap.yml, with the question before the figures are seen"),
        (today + dt.timedelta(days=14), f"choose one instrument of {folder}/{INSTRUMENTS}/ to hear from clients, and who leads it"),
        (
            days.get("data_due"),
            f"the provider's file has come: put it where contract.yml names it, set period: to its last month, then: acm check {contract}",
        ),
        (days.get("pre_read"), f"make and send the pages: acm run {contract}, then acm handout {contract} --edition provider"),
        (days.get("replies_due"), f"the provider's replies are in {folder}/responses.csv"),
        (days.get("meeting"), f"the meeting: acm meeting {contract} writes its form; fill it in while you meet"),
        (
            _after(days.get("meeting")),
            f"read the form back (acm meeting {contract} --on DAY): promises become actions; then acm actions {contract}",
        ),
    ]
    if not days:
        late = f"no meeting lies ahead before it ends on {loaded.contract.ends}"
        steps.insert(1, (today, f"correct the term in {folder}/contract.yml: {late}; then acm start again"))
    known = [(day.isoformat() if day else "-", what) for day, what in steps]
    return tuple(sorted(known, key=lambda step: (step[0] == "-", step[0])))


def _after(day: dt.date | None) -> dt.date | None:
    return day + dt.timedelta(days=1) if day else None


def _next_month(day: dt.date) -> dt.date:
    """Return the first day of the month after."""
    return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
