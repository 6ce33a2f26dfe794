"""The commands of a beginning: which contracts to begin with, and what contracts of a service usually measure."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from acmlib.cli import console
from acmlib.cli.questions import ask
from acmlib.cli.selection import FAILED, chosen_contracts, stops_at, workspace

if TYPE_CHECKING:
    import pandas as pd

    from acmlib.contract.starters import Measure

EXAMPLES = {
    "new": "Examples:   [b]acm new riverside-tutoring --from data/riverside-tutoring/students.csv[/b]\n\n"
    "[b]acm new north-tutoring --from data/north-tutoring[/b]   a folder: its files are joined where they belong together\n\n"
    "[b]acm new meals --from sqlite:///data/meals/meals.db[/b]   a database: its tables are joined, too\n\n"
    "[b]acm new shelter --preset hmis --from data/shelter[/b]   files that follow a standard",
    "peers": "Examples:   [b]acm peers harbor-youth-jobs[/b]   what others have shown, beside this contract\n\n"
    "[b]acm peers export our-figures.csv[/b]   public figures of contracts that agreed to be named, for another agency\n\n"
    "[b]acm peers import their-figures.csv[/b]   then acm peers ID",
    "pilots": "Examples:   [b]acm pilots register.csv[/b]   the contracts that suit best first\n\n"
    "[b]acm pilots register.csv --settings my-pilots.yml --out shortlist.csv[/b]   with your own weights, all of it as a table\n\n"
    "[b]acm pilots register.csv --answers answers.csv --page[/b]   the page for the meeting that decides",
    "start": "Examples:   [b]acm start riverside-tutoring[/b]   what is missing beside its contract.yml\n\n"
    "[b]acm start riverside-tutoring --from data/riverside-tutoring/students.csv[/b]   contract.yml too, from a file's columns",
    "training": "Example:   [b]acm training --language es --groups 6[/b]   slides, hand-outs and answers for six groups",
    "contracts": "Example:   [b]acm contracts youth-jobs[/b]   from params/youth-jobs/contracts.yml a contract for each provider",
    "starters": "Examples:   [b]acm starters[/b]   which services there are      [b]acm starters tutoring --language es[/b]   one of them",
}
#: Says that files follow no standard, though they look like it.
NO_PRESET = "none"
#: Rows that a terminal shows; the file has all.
MOST = 20


def pilots(
    register: Annotated[Path, typer.Argument(metavar="REGISTER", help="The city's contracts: CSV, Excel or OCDS JSON.")],
    settings: Annotated[Path | None, typer.Option(help="Weights and limits. templates/pilots.yml.")] = None,
    on: Annotated[str | None, typer.Option(help="Day from which months left are counted. Today.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the whole list as CSV.")] = None,
    answers: Annotated[Path | None, typer.Option(help="What people know: a table with id and a column for each criterion.")] = None,
    page: Annotated[bool, typer.Option("--page", help="Make the page for the meeting that decides, in outputs/registers/.")] = False,
    language: Annotated[str, typer.Option(help="Of the page: en or es.")] = "en",
) -> None:
    """Screen a register of contracts: which suit active contract management, why, and how often to meet about them.

    What the register does not say is left out of the score and named as a question. One-off purchases and goods are not on the list.
    """
    from acmlib.contract.errors import ContractError, choose
    from acmlib.display.catalogues import languages
    from acmlib.display.pilots import open_register

    root = workspace()
    with stops_at(ContractError, ValueError):
        if language not in languages():
            raise ValueError(f"--language {language}: {choose(language, languages())}")
        day = dt.date.fromisoformat(on) if on else dt.datetime.now().astimezone().date()
        used = settings or root / "templates" / "pilots.yml"
        known = str(answers.resolve()) if answers else ""
        found = open_register(str(register.resolve()), known, str(used.resolve()), day.isoformat(), root=root).contracts
    listed = found[found["left_out"].eq("")]
    rows = [_row(row) for _, row in listed.head(MOST).iterrows()]
    console.table(f"Contracts to begin with, on {day}", ("tier", "score", "contract", "ends", "meet", "not known"), rows)
    if len(listed) > MOST:
        console.note(f"and {len(listed) - MOST} more: --out FILE.csv writes all")
    for why, group in found[found["left_out"].ne("")].groupby("left_out"):
        console.note(f"not on the list, {why}: {len(group)}")
    if out is not None:
        from acmlib.contract.spreadsheets import guarded

        texts = {str(name): found[name].fillna("").map(guarded) for name in found.select_dtypes(["str", "object"])}
        out.write_text(found.assign(**texts).to_csv(index=False), encoding="utf-8")
        console.note(f"written: {out}")
    if page:
        from acmlib.publish.registers import make_register_page

        made, problem = make_register_page(register, answers=answers, settings=settings, on=day, language=language, root=root)
        if problem:
            console.error(": ".join(problem))
            raise typer.Exit(FAILED)
        console.note(f"made    {made.as_posix()}")


def peers(
    what: Annotated[str, typer.Argument(metavar="ID|export|import", help="Name of the contract's folder in params/; or export, import.")],
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Of export and import: the file that agencies exchange.")] = None,
) -> None:
    """Write params/ID/peers.csv: what other contracts of the program have shown to the public, here and at agencies that sent a file.

    Only figures of public editions that were released are in it: acm run ID --edition public --release. Where both contracts have shown
    everybody by one dimension, theirs are adjusted for whom they serve. Others are named in the internal edition; in the provider edition
    and in files for other agencies only if their contract.yml says  peers: {may_be_named: true, contact: ...}.

    Look at the file before you make pages: a reader may know a contract by its size.
    """
    from acmlib.contract.errors import ContractError
    from acmlib.publish.exchange import export_figures, import_figures
    from acmlib.publish.peers import write_peers

    root = workspace()
    with stops_at(ContractError, OSError, ValueError):
        if what in ("export", "import"):
            if file is None:
                raise ValueError(f"acm peers {what}: name the file, as acm peers {what} figures.csv")
            written, number = (file, export_figures(file, root=root)) if what == "export" else import_figures(file, root=root)
        else:
            (chosen,) = chosen_contracts([what], False, root)
            written, number = write_peers(chosen, root=root)
    console.note(f"written: {console.relative_path(written)} ({number} contracts)")


def _row(row: pd.Series) -> tuple[str, ...]:
    from acmlib.contract.pilots import CRITERIA

    unknown = [name.replace("_", " ") for name in CRITERIA if row[f"points_{name}"] != row[f"points_{name}"]]
    return (
        row["tier"],
        f"{row['score']:.0f}",
        f"{row['id']}: {row['title']}",
        f"{row['ends']:%Y-%m-%d}",
        row["cadence"],
        ", ".join(unknown),
    )


def new(
    contract: Annotated[str, typer.Argument(metavar="ID", help="Name of the new contract: small letters, numbers and hyphens.")],
    source: Annotated[list[str], typer.Option("--from", help="A file, a folder or an address; several times for several.")],
    preset: Annotated[
        str | None, typer.Option(help="Standard that the files follow: a folder of templates/presets, as hmis; or none.")
    ] = None,
    service: Annotated[str | None, typer.Option(help="Starter set whose measures are looked for in the files: acm starters.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing: what only people know stays open, and is an error until given.")] = False,
) -> None:
    """Begin a contract: write params/ID/contract.yml from the columns of files. On a terminal it asks at most ten questions.

    Files that belong together are joined, and what is guessed says from what. With --preset the file is written from what the standard
    means, for a folder of its files.
    """
    from acmlib.contract.errors import ContractError
    from acmlib.intake.presets.preset import fitting_preset, preset_contract

    root = workspace()
    with stops_at(ContractError, OSError, ValueError):
        places = _places(source)
        if preset not in (None, NO_PRESET) and len(source) > 1:
            raise ValueError("--preset takes one folder; give --from once")
        named = preset not in (None, NO_PRESET)
        first = places[0] if isinstance(places[0], Path) else None
        if named and first is None:
            raise ValueError(f"--preset takes a folder of files; '{source[0]}' is none")
        if preset is None and first is not None and (found := fitting_preset(contract, first, root=root)):
            command = f"acm new {contract} --preset {found} --from {source[0]}"
            raise ValueError(f"{source[0]}: these files follow a standard that is known here: {command}; "
                             f"--preset {NO_PRESET} guesses from their columns all the same")  # fmt: skip
        written = (
            preset_contract(contract, str(preset), first, root=root) if named and first else _written(contract, places, root, service, yes)
        )
    console.note(f"written: {console.relative_path(written)}\nGo through its guesses, then: acm check {contract}")


def _places(given: list[str]) -> list[Path | str]:
    """Return what --from names: addresses as they are, and files and folders that are there."""
    from acmlib.contract.places import is_remote

    missing = [one for one in given if not is_remote(one) and not Path(one).exists()]
    if missing:
        raise ValueError(f"--from '{missing[0]}': is not there; name a file, a folder or an address")
    return [one if is_remote(one) else Path(one) for one in given]


def _written(contract: str, source: list[Path | str], root: Path, service: str | None, yes: bool) -> Path:
    """Write a contract file from files, with answers if somebody is there to give them."""
    from acmlib.contract.starters import load_starter
    from acmlib.intake.scaffold.draft import DraftAnswers, draft, write_draft

    drafted = draft(contract, source, root=root, starter=load_starter(service, root) if service else None)
    return write_draft(contract, drafted, DraftAnswers() if yes or not sys.stdin.isatty() else ask(drafted), root)


def start(
    contract: Annotated[str, typer.Argument(metavar="ID", help="Name of the contract: small letters, numbers and hyphens.")],
    source: Annotated[
        list[str] | None, typer.Option("--from", help="The provider's file, folder or address, where contract.yml is missing.")
    ] = None,
    service: Annotated[str | None, typer.Option(help="Starter set whose measures are looked for in the files: acm starters.")] = None,
    on: Annotated[str | None, typer.Option(help="Day on which you begin. Today.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing: what only people know stays open, and is an error until given.")] = False,
) -> None:
    """Lay out a contract's folder: plan with eleven questions and calendar, roadmap, actions, instruments for clients' voice.

    Then say what to do in the first month, by when. What is there already is left as it is.
    """
    from acmlib.contract.errors import ContractError
    from acmlib.contract.workspace import CONTRACT_FILE, contract_folder
    from acmlib.display.starting import first_month, lay_out

    root = workspace()
    with stops_at(ContractError, OSError, ValueError):
        day = dt.date.fromisoformat(on) if on else dt.datetime.now().astimezone().date()
        if not (root / contract_folder(contract) / CONTRACT_FILE).exists():
            if not source:
                raise ValueError(f"{contract_folder(contract)}: has no {CONTRACT_FILE} yet; name the provider's file: --from FILE")
            console.note(f"written: {console.relative_path(_written(contract, _places(source), root, service, yes))}")
        for path in lay_out(contract, root=root, today=day):
            console.note(f"written: {path.as_posix()}")
        steps = first_month(contract, root=root, today=day)
        calendar = _calendar(contract, root, day)
    console.table("The first month", ("by", "what"), steps)
    if calendar:
        console.note(f"written: {calendar.as_posix()}, for your calendar program; after a change in plan.yml run acm start again")


def _calendar(contract: str, root: Path, day: dt.date) -> Path | None:
    """Write the days of the contract from a day on, for the agency; the file, or nothing where its plan has no calendar."""
    from acmlib.contract.load import load_contract, load_records
    from acmlib.display.nouns import words_of
    from acmlib.publish.calendar_file import write_calendar
    from acmlib.publish.handout import CALENDAR
    from acmlib.release.ledger import HANDOUTS

    loaded = load_contract(contract, root=root)
    records = load_records(contract, root, contract=loaded)
    path = Path(HANDOUTS, contract, CALENDAR)
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    words, stamp = words_of(loaded, loaded.languages[0]), dt.datetime.now(dt.UTC)
    written = write_calendar(root / path, loaded, records, "internal", words, after=day - dt.timedelta(days=1), stamp=stamp)
    return path if written else None


def starters(
    service: Annotated[str | None, typer.Argument(metavar="SERVICE", help="One of the services. All, by name, if absent.")] = None,
    language: Annotated[str, typer.Option(help="en or es.")] = "en",
) -> None:
    """Show what contracts of a service usually measure: definition, cuts, data needed, a benchmark with its source or where to look."""
    from acmlib.contract.errors import ContractError
    from acmlib.contract.starters import load_starter, starter_names

    root = workspace()
    with stops_at(ContractError):
        if service is None:
            names = [(name, load_starter(name, root).title.in_language(language)) for name in starter_names(root)]
            console.table("Starter sets", ("service", "title"), names)
            return
        starter = load_starter(service, root)
    rows = [
        (
            measure.title.in_language(language),
            measure.definition.in_language(language),
            ", ".join(cut.in_language(language) for cut in measure.cuts),
            _benchmark(measure, language),
        )
        for measure in starter.measures
    ]
    console.table(starter.title.in_language(language), ("measure", "definition", "cut by", "benchmark"), rows)
    for text in (*starter.questions, *starter.survey):
        console.note(f"- {text.in_language(language)}")


def _benchmark(measure: Measure, language: str) -> str:
    found = measure.benchmark
    if found.open is not None:
        return found.open.in_language(language)
    value = f"{found.value:.0%}" if measure.kind in ("proportion", "retention") and (found.value or 0) <= 1 else f"{found.value:g}"
    return f"{value}: {found.of.in_language(language) if found.of else ''}. {found.source}, {found.year} ({found.where})"


def contracts(program: Annotated[str, typer.Argument(metavar="PROGRAM", help="Folder in params/ that holds contracts.yml.")]) -> None:
    """Write a contract for each value of a column: a program's file with all its providers becomes a contract for each of them.

    params/PROGRAM/contracts.yml is a contract file that begins with  contracts: {from: FILE, each: COLUMN}.
    """
    from acmlib.contract.errors import ContractError
    from acmlib.intake.scaffold.each import write_each

    with stops_at(ContractError):
        done = write_each(program, root=workspace())
    for one in done.written:
        console.note(f"written: params/{one}/contract.yml")
    console.note(f"{len(done.written)} contracts written, {len(done.same)} as they were")
    if done.without:
        console.note(f"rows that belong to no contract, because the column is empty: {done.without:,}")
    for one in done.left:
        console.note(f"params/{one}: its value is no longer in the file; remove the folder if the contract has ended")


def training(
    language: Annotated[str, typer.Option(help="en or es.")] = "en",
    groups: Annotated[int, typer.Option(min=1, max=50, help="Answers for so many groups, each with its own seed.")] = 3,
) -> None:
    """Make what a trainer needs: slides, printable hand-outs and answer keys of the lessons in notebooks/training/."""
    from acmlib.publish.training import make_training

    with stops_at(ValueError):
        made = make_training(workspace(), language=language, seeds=range(1, groups + 1))
    for path in made:
        console.note(f"written: {path.as_posix()}")
