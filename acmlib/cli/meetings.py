"""The commands around a meeting: its form, the actions that follow, spot checks of records."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from acmlib.cli import console
from acmlib.cli.selection import FAILED, MISUSED, chosen_contracts, stops_at, workspace

if TYPE_CHECKING:
    from acmlib.contract.model import Contract
    from acmlib.contract.records import Action, Records

Id = Annotated[str, typer.Argument(metavar="ID", help="Name of the contract's folder in params/.")]

EXAMPLES = {
    "meeting": "Examples:   [b]acm meeting harbor-youth-jobs[/b]   the form for the next meeting\n\n"
    "[b]acm meeting harbor-youth-jobs --on 2026-06-18[/b]   read it back when it is filled in",
    "handout": "Examples:   [b]acm handout harbor-youth-jobs --edition provider[/b]   what goes to the provider before the meeting",
    "actions": "Examples:   [b]acm actions[/b]   what is open in all contracts, what is overdue first\n\n"
    "[b]acm actions harbor-youth-jobs --every[/b]   also what is done or dropped",
    "spot_check": "Examples:   [b]acm spot-check harbor-youth-jobs --metric placed_6m[/b]   draw 19 records\n\n"
    '[b]acm spot-check harbor-youth-jobs --metric placed_6m --read --by "Ana Ruiz"[/b]   when the form is filled in',
}


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        console.error(f"{text}: is no day; use a date as 2026-06-18")
        raise typer.Exit(MISUSED) from None


def loaded_with_records(contract: str, root: Path) -> tuple[Contract, Records]:
    """Return a contract and its records, or end with everything that is wrong in its files."""
    from acmlib.contract.errors import ContractError
    from acmlib.contract.load import load_contract, load_records

    try:
        loaded = load_contract(contract, root=root)
        return loaded, load_records(contract, root, contract=loaded)
    except ContractError as error:
        console.error(str(error))
        raise typer.Exit(FAILED) from error


def meeting(
    contract: Id, on: Annotated[str | None, typer.Option(help="Day of the meeting. The next one after the contract's period.")] = None
) -> None:
    """Write the form of a meeting, params/ID/meetings/DAY.yml; if it exists, read it and print what it contains.

    The form lists who usually comes and every promise that is open. What is promised in it becomes an action.
    """
    from acmlib.contract.calendar import meeting_after
    from acmlib.contract.forms import meeting_form
    from acmlib.contract.periods import report_period
    from acmlib.contract.workspace import contract_folder

    root = workspace()
    (chosen,) = chosen_contracts([contract], False, root)
    loaded, records = loaded_with_records(chosen, root)
    period = report_period(loaded)
    day = _day(on) or meeting_after(period.end, records.calendar, loaded, records.meetings)
    if day is None:
        console.error("no meeting is known; name its day with --on 2026-06-18, or give plan.yml a calendar")
        raise typer.Exit(MISUSED)
    path = root / contract_folder(chosen) / "meetings" / f"{day}.yml"
    held = next((one for one in records.meetings if one.date == day), None)
    if held is None:
        path.parent.mkdir(exist_ok=True)
        path.write_text(meeting_form(loaded, records, day, period=period.text if period.end < day else None), encoding="utf-8")
        console.note(f"written: {console.relative_path(path)}\nFill it in during the meeting, then: acm meeting {chosen} --on {day}")
        return
    said = (("decided", held.decisions), ("answered", held.answered), ("promised", held.promises))
    console.note(f"{console.relative_path(path)}: " + ", ".join(f"{len(entries)} {what}" for what, entries in said))
    named = {one.id for one in held.promises} | {one.id for one in held.followed_up}
    mine = [action for action in records.actions if action.id in named]
    if mine:
        console.table(f"Actions of {day}", _COLUMNS, [_row(chosen, action, day) for action in mine], lines=False)
    console.note(f"The minutes: acm run {chosen} --report minutes")


_COLUMNS = ("contract", "id", "what", "owner", "party", "due", "status", "metric")


def _row(contract: str, action: Action, day: dt.date) -> tuple[str, ...]:
    late = action.status == "open" and action.due is not None and action.due < day
    days = (day - action.due).days if late and action.due else 0
    status = f"overdue, {days} day{'s' if days != 1 else ''}" if late else action.status
    metric = " ".join(filter(None, (action.metric, action.group)))
    return contract, action.id, str(action.what), action.owner, action.party, str(action.due or "no day"), status, metric


def actions(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="Contracts; all if absent.", show_default=False)] = None,
    every: Annotated[bool, typer.Option("--every", help="Also actions that are done or dropped.")] = False,
    party: Annotated[str | None, typer.Option(help="agency or provider.")] = None,
    on: Annotated[str | None, typer.Option(help="Overdue on this day. Today.")] = None,
) -> None:
    """List what was promised, across contracts: what is overdue first, then by the day it is due."""
    root = workspace()
    if party not in (None, "agency", "provider"):
        console.error(f"--party {party}: use agency or provider")
        raise typer.Exit(MISUSED)
    day = _day(on) or dt.datetime.now(dt.UTC).astimezone().date()
    found: list[tuple[str, Action]] = []
    for contract in chosen_contracts(ids, not ids, root):
        found += [(contract, one) for one in loaded_with_records(contract, root)[1].actions if (every or one.status == "open")]
    found = [(contract, one) for contract, one in found if party is None or one.party == party]
    found.sort(key=lambda pair: (pair[1].status != "open", pair[1].due is None, pair[1].due or day, pair[0], pair[1].id))
    late = sum(one.status == "open" and one.due is not None and one.due < day for _, one in found)
    if not found:
        console.note("no action is open" if not every else "no action was agreed")
        return
    console.table(
        f"Actions on {day}: {len(found)}, {late} overdue", _COLUMNS, [_row(contract, one, day) for contract, one in found], lines=False
    )


def handout(
    contract: Id,
    edition: Annotated[str, typer.Option(help="Whose: internal, provider or public.")] = "provider",
    period: Annotated[str | None, typer.Option(help="2026-06, 2026Q2, 2026 or term. The contract's own.")] = None,
    language: Annotated[str | None, typer.Option(help="Of mail and calendar. The contract's first.")] = None,
) -> None:
    """Gather what the readers of one edition get for a meeting: handouts/ID/, a folder, a ZIP of it, and a mail draft.

    Pages that are finished, their PDFs, the calendar, an empty reply form for the provider, checksums. Make the pages first: acm run ID.
    """
    from acmlib.contract.errors import choose
    from acmlib.contract.model import EDITIONS
    from acmlib.contract.periods import report_period
    from acmlib.publish.handout import HandoutError, gather

    root = workspace()
    (chosen,) = chosen_contracts([contract], False, root)
    loaded, records = loaded_with_records(chosen, root)
    reader = next((one for one in EDITIONS if one == edition), None)
    spoken = language or loaded.languages[0]
    if reader is None or spoken not in loaded.languages:
        wrong = (
            f"--edition {edition}: {choose(edition, EDITIONS)}"
            if reader is None
            else f"--language {spoken}: {choose(spoken, loaded.languages)}"
        )
        console.error(wrong)
        raise typer.Exit(MISUSED)
    with stops_at(HandoutError, ValueError, status=FAILED):
        asked = report_period(loaded, period)
        made = gather(loaded, records, asked, reader, root=root, language=spoken, now=dt.datetime.now(dt.UTC))
    console.note(f"{console.relative_path(made.folder)}: {', '.join(made.files)}")
    console.note(f"{console.relative_path(made.archive)}\n{console.relative_path(made.mail)}: open it, add who it goes to, send it")


def spot_check(
    contract: Id,
    n: Annotated[int, typer.Option("--n", min=1, max=500, help="Records to draw.")] = 19,
    metric: Annotated[str | None, typer.Option(help="Draw records that this metric counts. Everybody who entered in the period.")] = None,
    period: Annotated[
        str | None,
        typer.Option(help="2026-06, 2026Q2. The contract's own; of a metric with a window the last quarter whose window is over."),
    ] = None,
    target: Annotated[str, typer.Option(help="90/60, 85/55 or 80/50: share that should be right / share that is not enough.")] = "90/60",
    seed: Annotated[int | None, typer.Option(help="Another draw. By default contract, period and metric decide it.")] = None,
    read: Annotated[bool, typer.Option("--read", help="Read the form back and add its result to params/ID/spot_checks.csv.")] = False,
    by: Annotated[str | None, typer.Option(help="With --read: who compared the records with the files.")] = None,
    on: Annotated[str | None, typer.Option(help="With --read: the day. Today.")] = None,
) -> None:
    """Draw records at random into working/ID/, a form for comparing them with the files; or read the form back.

    The form names people: it stays out of git, of outputs/ and of every handout. Only counts leave it.
    """
    from acmlib.contract.errors import ContractError
    from acmlib.contract.periods import last_known_quarter, report_period
    from acmlib.publish.spot_checks import form_path

    root = workspace()
    (chosen,) = chosen_contracts([contract], False, root)
    loaded, records = loaded_with_records(chosen, root)
    with stops_at(ContractError, ValueError):
        asked = report_period(loaded, period or last_known_quarter(loaded, metric))
        path = root / form_path(chosen, asked.text, metric)
        if read:
            _read_back(loaded, records, path, asked.text, metric, target, by, _day(on), root)
        else:
            _draw(loaded, path, asked.text, metric, target, n, seed, root)


def _draw(contract: Contract, path: Path, period: str, metric: str | None, target: str, records: int, seed: int | None, root: Path) -> None:
    from acmlib.analysis.spot_checks import decision_rule
    from acmlib.intake.build.sources import open_tables
    from acmlib.intake.draws import draw_records
    from acmlib.publish.spot_checks import form_text

    if path.exists() and seed is None:
        console.error(f"{console.relative_path(path)}: is there already; fill it in and use --read, or delete it to draw again")
        raise typer.Exit(MISUSED)
    with open_tables(contract, root=root, period=period) as tables:
        drawn, of = draw_records(tables, records=records, metric=metric, seed=seed)
    rule = decision_rule(len(drawn), target)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(form_text(drawn, rule, of=of), encoding="utf-8")
    console.note(
        f"written: {console.relative_path(path)} ({len(drawn)} of {of} records)\n"
        f"It passes with at least {rule.least} right of {rule.records}. "
        f"A set that is {rule.good:.0%} right fails in {rule.wrong_fail:.1%} of draws, one that is {rule.bad:.0%} right passes in "
        f"{rule.wrong_pass:.1%}.\nCompare each with its file, write yes or no, then the same command with --read --by NAME"
    )


def _read_back(
    contract: Contract,
    known: Records,
    path: Path,
    period: str,
    metric: str | None,
    target: str,
    by: str | None,
    on: dt.date | None,
    root: Path,
) -> None:
    from acmlib.analysis.spot_checks import decision_rule
    from acmlib.publish.spot_checks import add_result, read_form

    if not by:
        console.error('--read needs --by "Name": who compared the records with the files')
        raise typer.Exit(MISUSED)
    records, errors = read_form(path, name=console.relative_path(path))
    day = on or dt.datetime.now(dt.UTC).astimezone().date()
    if any((one.date, one.metric, one.period) == (day, metric, period) for one in known.spot_checks):
        what = f"the check of {day} of {metric or 'records'}, {period}"
        console.error(f"{what}, stands in spot_checks.csv already; take its row out to read the form again")
        raise typer.Exit(MISUSED)
    first, *others = sorted(contract.languages, key=lambda language: not language.startswith("en"))
    result: dict[str, object] = {
        "date": day, "what": _checked(contract, records, metric, period, first),
        **{f"what_{language[:2]}": _checked(contract, records, metric, period, language) for language in others},
        "records": records, "errors": errors, "by": by, "target": target, "metric": metric, "period": period, "audience": "provider",
    }  # fmt: skip
    added = add_result(contract.id, root, result)
    loaded_with_records(contract.id, root)
    rule = decision_rule(records, target)
    passed = "passed" if rule.passes(records - errors) else "not passed"
    console.note(f"{records - errors} of {records} right, {rule.least} needed: {passed}. Added to {console.relative_path(added)}")


def _checked(contract: Contract, records: int, metric: str | None, period: str, language: str) -> str:
    """Return what was checked, as pages in a language call it."""
    from acmlib.display.nouns import words_of

    words = words_of(contract, language)
    if metric is None:
        return words("spot.of_period", n=records, period=words.period(period))
    return words("spot.of_metric", n=records, metric=contract.metrics[metric].title.in_language(language))
