"""Everything that can be said about a contract without making a page: what its files say wrongly, and what its data show."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from acmlib.cli.preview import EditionPreview, open_preview, previewed
from acmlib.contract.errors import ContractError
from acmlib.contract.load import load_contract, load_records
from acmlib.contract.model import Contract
from acmlib.contract.periods import Period
from acmlib.contract.promises import known_records
from acmlib.contract.records import Records
from acmlib.contract.spreadsheets import guarded
from acmlib.contract.workspace import contract_folder
from acmlib.display.boundaries import boundaries
from acmlib.display.charts.place_map import GeometryError
from acmlib.display.report import open_report
from acmlib.display.sections.rating import low_ratings, unseen_evidence
from acmlib.intake.build.sources import open_tables
from acmlib.intake.check.explained import explained_rows
from acmlib.intake.check.offered import offered_parts
from acmlib.intake.check.private import private_values
from acmlib.intake.check.rule_counts import rule_counts
from acmlib.intake.check.written import quotes_left_out, text_problems
from acmlib.intake.findings import Finding, worst_first
from acmlib.intake.scaffold.placeholders import placeholder_problems
from acmlib.measures.counting import Counted, count
from acmlib.publish.jobs import OUTPUTS
from acmlib.publish.reports import NOTEBOOKS, TOPICS, declaration_problems, declared_reports, unanswered
from acmlib.release.editions import make_release, rule_of, unknown_groups

#: Lines that IPython takes for itself.
_MAGIC = re.compile(r"^(\s*)(?:[%!].*|\??[\w.]+\?{1,2})$", re.MULTILINE)


def check_contract(contract: str, *, root: Path) -> tuple[Finding, ...]:
    """Return what somebody should look at, the worst first.

    Returns
    -------
    tuple of Finding
        Errors of the contract file and of the files beside it, all at once; if there are none, what is wrong in free texts and the findings
        about the data.
    """
    return look_at(contract, root=root).findings


#: Figures from which a page takes longer than ten seconds, and how many take about a second: 26,000 a processor second on a busy machine
#: (`benchmarks/README.md`, hundreds of groups), reckoned as 40,000 on an idle one.
MANY_FIGURES, FIGURES_A_SECOND = 400_000, 40_000

#: Why an error matters that stops no page, and what the page says instead.
NO_GROUP = "Pages say that it cannot be judged for this group"
NO_FAULT = "Pages say that nothing speaks for so low a rating"


@dataclass(frozen=True)
class CheckResult:
    """What a check found, and what it looked at."""

    findings: tuple[Finding, ...]
    #: The table of rule counts (`acmlib.intake.check.rule_counts`); None if the contract could not be opened. For the analyst alone.
    counts: pd.DataFrame | None = None
    period: str = ""  #: Period of the report.
    previews: tuple[EditionPreview, ...] = ()  #: What each edition will show.


def look_at(contract: str, *, root: Path) -> CheckResult:
    """Check a contract as `check_contract` does, and count how every row was used."""
    try:
        loaded = load_contract(contract, root=root)
        records = load_records(contract, root, contract=loaded)
        wrong = [*_unanswered(contract, records, root), *_geometry_problems(loaded, root), *placeholder_problems(loaded)]
        with open_tables(loaded, root=root) as tables:
            wrong += text_problems(loaded, records, private_values(tables), root)
            counted = count(loaded, tables)  # what cannot be computed is said here, not by the run
            unknown = unknown_groups(loaded, known_records(records, loaded, tables.period), counted.table)
            low, unseen = _ratings(loaded, records, root)
            written = [*quotes_left_out(loaded, records), *offered_parts(loaded, records, root), *slow_pages(loaded, counted.table)]
            previews, refused = _previews(loaded, counted, tables.period, root)
            stops, groups = _as_findings(dict.fromkeys([*wrong, *refused])), [one for one in unknown if one not in refused]
            marks = (*_as_findings(groups, NO_GROUP), *_as_findings(low, NO_FAULT))
            found = worst_first([*stops, *marks, *unseen, *written, *counted.findings])
            return CheckResult(found, rule_counts(tables, loaded), tables.period.text, previews)
    except ContractError as error:
        return CheckResult(_as_findings(error.errors))


def slow_pages(contract: Contract, table: pd.DataFrame) -> list[Finding]:
    """Return a note if a page will take long, with the dimension that makes it so.

    Parameters
    ----------
    table : DataFrame
        The whole metric table: what takes long grows with its figures, metrics by groups by periods.
    """
    if len(table) < MANY_FIGURES:
        return []
    of = {name: len(table.loc[table["dimension"].eq(name), "group"].unique()) for name in contract.dimensions}
    widest = max(of, key=lambda name: of[name])
    metrics, periods = (len(table[name].unique()) for name in ("metric", "period"))
    return [
        Finding(
            "note", f"{contract_folder(contract.id)}/contract.yml: dimensions.{widest}", None,
            f"{of[widest]:,} groups, {metrics} metrics and {periods} periods make most of {len(table):,} figures", 0,
            f"A page of an edition takes about {len(table) // FIGURES_A_SECOND} seconds", (),
            f"nothing, if that is right; else merge groups (dimensions.{widest}.merge), or name the dimensions of each metric",
            "agency",
        )
    ]  # fmt: skip


def _previews(contract: Contract, counted: Counted, period: Period, root: Path) -> tuple[tuple[EditionPreview, ...], tuple[str, ...]]:
    """Return what each edition will show, and why some cannot be made."""
    found, refused = list[EditionPreview](), dict[str, None]()
    for edition in contract.editions:
        if rule_of(contract, edition) == "true":
            found.append(open_preview(contract, edition))
            continue
        try:
            release = make_release(contract, root=root, period=period.text, edition=edition, counted=counted, verdicts=False)
            found.append(previewed(release, counted.table))
        except ContractError as error:
            refused |= dict.fromkeys(error.errors)
    return tuple(found), tuple(refused)


def explain(contract: str, metric: str, *, root: Path) -> pd.DataFrame:
    """Return the first rows of a metric as they are counted (`acmlib.intake.check.explained`).

    Raises
    ------
    ContractError
        If the contract cannot be opened or has no such metric over rows.
    """
    loaded = load_contract(contract, root=root)
    with open_tables(loaded, root=root) as tables:
        return explained_rows(tables, loaded, metric)


def keep_counts(contract: str, looked: CheckResult, *, root: Path) -> Path | None:
    """Write the table of rule counts beside the internal pages, and return where; it counts people and goes nowhere else."""
    if looked.counts is None:
        return None
    folder = root / OUTPUTS / contract / looked.period.replace("/", "-") / "internal"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "checks.csv"
    table = looked.counts.assign(**{name: looked.counts[name].map(guarded) for name in ("of", "name", "rule", "detail")})
    path.write_text(table.to_csv(index=False), encoding="utf-8")
    return path


def check_notebooks(root: Path) -> tuple[str, ...]:
    """Return what keeps notebooks in ``notebooks/`` from becoming a page, one message each."""
    problems = list(declaration_problems(root))
    for path in sorted((root / NOTEBOOKS).glob("*.ipynb")):
        try:
            cells = [
                ("".join(cell["source"]), cell["cell_type"] == "code") for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
            ]
        except (OSError, ValueError, KeyError, TypeError):
            continue  # its declaration cannot be read either, which was said
        for number, source in enumerate((source for source, is_code in cells if is_code), 1):
            try:
                ast.parse("" if source.lstrip().startswith("%%") else _MAGIC.sub(r"\1pass", source))
            except (SyntaxError, ValueError) as error:
                problems.append(f"{NOTEBOOKS}/{path.name}, code cell {number}: is no Python ({error}); correct it")
    return tuple(problems)


def _unanswered(contract: str, records: Records, root: Path) -> list[str]:
    """Return an error for each topic of the roadmap whose kind no notebook answers: its month would come and no page would be made."""
    kinds = sorted({kind for one in declared_reports(root) if one.made == TOPICS for kind in one.of})
    if not kinds:
        return []  # no notebooks here that answer topics at all
    return [
        f"params/{contract}/roadmap.yml: topic {topic.id} is of kind '{topic.kind}', which no notebook answers; "
        f"use one of {', '.join(kinds)}, or name the kind in a notebook's metadata"
        for topic in unanswered(records.roadmap, root)
    ]


def _ratings(contract: Contract, records: Records, root: Path) -> tuple[list[str], list[Finding]]:
    """Return what is wrong with ratings once their evidence has its numbers, and which editions show a rating without them."""
    given = records.review.ratings if records.review is not None else ()
    if not given:
        return [], []
    wrong = list(low_ratings(open_report(contract.id, None, "internal", root=root)))
    editions = [edition for edition in contract.editions if any(one.audience == edition for one in given)]
    return wrong, [one for edition in editions for one in unseen_evidence(open_report(contract.id, None, edition, root=root))]


def _geometry_problems(contract: Contract, root: Path) -> list[str]:
    """Return what is wrong with boundaries that the contract names."""
    found = []
    for dimension in contract.dimensions:
        try:
            boundaries(contract, dimension, root)
        except GeometryError as error:
            found.append(str(error))
    return found


def _as_findings(errors: Iterable[str], why: str = "No report can be made") -> tuple[Finding, ...]:
    """Return errors of what people wrote in the form of findings about data: *where: what; what is allowed*."""
    findings = []
    for error in errors:
        where, _, what = error.partition(": ")
        given, _, allowed = what.rpartition("; ")
        findings.append(Finding("error", where, None, given or what, 0, why, (), allowed if given else "correct it", "agency"))
    return tuple(findings)
