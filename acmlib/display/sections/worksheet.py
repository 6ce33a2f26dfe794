"""A worksheet to choose measures with staff: what contracts of a service usually measure, beside what this contract has."""

from __future__ import annotations

from pathlib import Path

from acmlib.contract.starters import Measure, Starter, load_starter, starter_names
from acmlib.contract.workspace import find_root
from acmlib.display.objects import Bullets, Cell, Column, DataTable, Section
from acmlib.display.report import Report
from acmlib.display.words import Words

#: As many measures as a meeting can follow; the same number that `acm start` asks for.
MOST = 5
#: What is asked of a measure before it is chosen.
TESTS = ("purpose", "influence", "known", "groups", "act")
#: What is written by hand.
_BLANK = "________"


def likely_service(report: Report, *, root: Path | None = None) -> str:
    """Return the starter set that fits a contract: the one named like its program, else the one with most of its measures.

    Returns
    -------
    str
        Empty if no set has a measure of the contract, or two have equally many.
    """
    root = root or find_root()
    names, program = starter_names(root), report.contract.contract.program.replace("-", "_")
    if program in names:
        return program
    shared = {name: sum(measure.id in report.contract.metrics for measure in load_starter(name, root).measures) for name in names}
    most = max(shared.values(), default=0)
    fitting = [name for name, n in shared.items() if n == most]
    return fitting[0] if most and len(fitting) == 1 else ""


def starter_worksheet(report: Report, service: str, *, root: Path | None = None) -> tuple[Section, ...]:
    """Return the worksheet of a service: its measures, what to ask of each, blanks for those chosen, questions and survey items.

    Parameters
    ----------
    report : Report
        Of the contract whose measures are chosen; no result of it is shown.
    service : str
        Name of a starter set, as `acm starters` lists them; if empty, the services are listed instead.

    Raises
    ------
    ContractError
        If there is no such set, or its file is wrong.
    """
    root, words = root or find_root(), report.words
    if not service:
        return (_services(words, root),)
    starter = load_starter(service, root)
    language = words.locale.language
    asked = [Bullets(tuple(text.in_language(language) for text in starter.questions), heading=words("worksheet.questions"))]
    asked.append(Bullets(tuple(text.in_language(language) for text in starter.survey), heading=words("worksheet.survey")))
    return (
        _measures(report, starter),
        _choice(words),
        Section(words("worksheet.also"), tuple(asked), contents=words("worksheet.also_short")),
    )


def benchmark(measure: Measure, words: Words) -> tuple[str, str]:
    """Return the benchmark of a measure and where it was read; if none was found, where to look for one.

    Examples
    --------
    >>> from acmlib.contract.starters import StarterBenchmark
    >>> found = StarterBenchmark(value=0.68, of="young people", source="State board", year=2024, where="example.org")
    >>> measure = Measure(id="placed", title="Placed", definition="Placed", kind="proportion", cuts=["age"], data=["day"], benchmark=found)
    >>> benchmark(measure, Words("en"))
    ('68%: young people', 'State board, 2024 (example.org)')
    """
    found = measure.benchmark
    if found.open is not None:
        return words("worksheet.look", where=found.open.in_language(words.locale.language)), ""
    value = float(found.value or 0)
    share = measure.kind in ("proportion", "retention") and value <= 1
    shown = words.percent(value, round(value, 2) != value) if share else words.decimal(value, 0 if value.is_integer() else 2)
    return f"{shown}: {found.of.in_language(words.locale.language) if found.of else ''}", f"{found.source}, {found.year} ({found.where})"


def _services(words: Words, root: Path) -> Section:
    """List the services that have a starter set."""
    sets = {name: load_starter(name, root) for name in starter_names(root)}
    rows = tuple((name, one.title.in_language(words.locale.language), words.number(len(one.measures))) for name, one in sets.items())
    columns = (Column(words("worksheet.name")), Column(words("worksheet.service")), Column(words("worksheet.number"), "number"))
    return Section(words("worksheet.none_fits", n=len(sets)), (DataTable(words("worksheet.services"), columns, rows),))


def _measures(report: Report, starter: Starter) -> Section:
    """Show the measures of a set, those that the contract has first."""
    words, metrics = report.words, report.contract.metrics
    language = words.locale.language
    rows = []
    for measure in sorted(starter.measures, key=lambda one: one.id not in metrics):
        text, source = benchmark(measure, words)
        rows.append((
            Cell(measure.title.in_language(language), detail=measure.definition.in_language(language)),
            words(f"worksheet.better_{measure.better}"),
            ", ".join(cut.in_language(language) for cut in measure.cuts),
            ", ".join(one.in_language(language) for one in measure.data),
            Cell(text, detail=source),
            Cell(report.voice.metric(measure.id)) if measure.id in metrics else Cell(words("worksheet.not_here"), muted=True),
        ))  # fmt: skip
    has = sum(measure.id in metrics for measure in starter.measures)
    title = starter.title.in_language(language)
    columns = tuple(Column(words(f"worksheet.{name}")) for name in ("measure", "better", "cuts", "data", "benchmark", "here"))
    table = DataTable(words("worksheet.measures", service=title), columns, tuple(rows))
    heading = words("worksheet.heading", service=title, n=has, total=len(starter.measures))
    return Section(heading, (table,), contents=words("worksheet.measures_short"))


def _choice(words: Words) -> Section:
    """Return what is filled in together: a row for each measure that is chosen."""
    columns = tuple(Column(words(f"worksheet.{name}")) for name in ("chosen", "why", "sends", "baseline", "decided"))
    rows = tuple((f"{number}.", *[_BLANK] * 4) for number in range(1, MOST + 1))
    tests = Bullets(tuple(words(f"worksheet.test_{name}") for name in TESTS))
    heading = words("worksheet.choose", n=MOST)
    return Section(heading, (tests, DataTable(words("worksheet.chosen_caption"), columns, rows)), contents=words("worksheet.choose_short"))
