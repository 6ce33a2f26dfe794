"""One release per contract, period and edition: what its pages may show, decided once from verdicts reached on true numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Literal, TypeAlias

import pandas as pd

from acmlib.analysis.assessment import Assessment, assess, without_verdicts
from acmlib.analysis.beside import beside, own_beside
from acmlib.analysis.earlier_report import EarlierReport, LastTime, assess_before, last_time
from acmlib.analysis.views import View
from acmlib.contract.audiences import kinds_not_shown, records_for
from acmlib.contract.errors import ContractError
from acmlib.contract.ids import MetricId
from acmlib.contract.load import load_records
from acmlib.contract.model import EDITIONS, Contract, Edition, Privacy
from acmlib.contract.periods import Period, report_period
from acmlib.contract.promises import known_records
from acmlib.contract.records import Records
from acmlib.intake.build.populations import read_population
from acmlib.intake.check.bases import bases_in_error
from acmlib.intake.check.newest import Newest
from acmlib.intake.findings import Finding, findings_for
from acmlib.intake.read.reading import Input
from acmlib.intake.scaffold.placeholders import refuse_placeholders
from acmlib.measures.counting import Counted, count_sources
from acmlib.measures.persons import FEW_VALUES
from acmlib.measures.reliability import mark_unreliable
from acmlib.measures.spans import Place
from acmlib.measures.table import HIDDEN, NUMBER_COLUMNS, PLAIN_TEXTS, empty_metric_table
from acmlib.release.groups import merge_small
from acmlib.release.handouts import LastHandout, compare_with_last_handout
from acmlib.release.leave_out import leave_out, leave_out_of_before, newest_for
from acmlib.release.ledger import Entry, LedgerError, read_ledger
from acmlib.release.offer import offered
from acmlib.release.past import KEYS, Past, entry_of
from acmlib.release.rule import decide

#: How an edition is decided: true counts, true totals and merged groups, or the public rule with its audit.
Rule: TypeAlias = Literal["true", "groups", "public"]
NUMBERS = list(NUMBER_COLUMNS)


def _nothing_before() -> None:
    """Say that readers have had no edition before."""


@dataclass(frozen=True)
class Release:
    """What one edition of a contract's reports may show, and nothing else."""

    contract: Contract
    period: Period  #: The period reported on; its last day is the data cut-off.
    edition: Edition
    cells: pd.DataFrame  #: Metric table; what may not be shown is NaN with status ``hidden``, or not there at all.
    assessment: Assessment  #: Every verdict, reached on true numbers, without what this edition leaves out.
    populations: Mapping[str, pd.DataFrame]  #: Dimension to its base population (group, people, margin_of_error): public figures.
    records: Records  #: Roadmap, actions, plan, notes and review that this edition's readers may see.
    findings: tuple[Finding, ...]  #: What the checks of the submitted data found; without counts outside the internal edition.
    inputs: tuple[Input, ...]  #: Files that were read, with rows and hashes: in the internal edition only.
    rule: Privacy
    decided_by: Rule
    draft: bool = False  #: Decided by the public rule and not to be handed out: its entry is in no ledger.
    waits: pd.DataFrame = field(default_factory=empty_metric_table)  #: Of how many a wait was over after so many days: metric table.
    #: Figures that public readers were shown with other numbers before (`acmlib.release.past.RESTATED`), in every edition.
    restatements: pd.DataFrame = field(default_factory=pd.DataFrame)
    last_handout: LastHandout | None = None  #: What the parties were handed for their last meeting, with what has other numbers now.
    entry: Entry | None = None  #: What the ledger keeps once pages of this release are handed out; None where no ledger is needed.
    decided_with: frozenset[str] = frozenset()  #: Digests of the entries of the ledger that it was decided together with.
    told_before: Callable[[], EarlierReport | None] = _nothing_before  #: Gives `before`.
    #: Public results of the programme's other contracts (`acmlib.analysis.beside.beside`).
    peers: pd.DataFrame = field(default_factory=pd.DataFrame)
    #: Metric table of this contract's totals in the periods of `peers`, where totals are true; the public edition has them in `cells`.
    own: pd.DataFrame = field(default_factory=empty_metric_table)
    #: Kinds of records (``actions``, ``roadmap``, ...) of which there are some that are not for the readers of this edition.
    kinds_not_shown: frozenset[str] = frozenset()
    #: How far the data reach; by the public rule the last day of a quarter and no sites, by groups only sites that are shown.
    newest: tuple[Newest, ...] = ()
    #: Table to the columns of its newest file; not in the public edition.
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def before(self) -> EarlierReport | None:
        """What readers knew from the edition before; None where they have had none. Found when a page asks for it: few pages do."""
        with pd.option_context(*PLAIN_TEXTS):
            return self.told_before()

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "before": self.before, "told_before": _nothing_before}

    @property
    def hidden(self) -> int:
        """How many cells are hidden."""
        return int(self.cells["status"].eq(HIDDEN).sum())

    @property
    def suppressed(self) -> bool:
        """Whether anything is left out of true counts."""
        return self.decided_by != "true"

    @property
    def handed_out(self) -> pd.DataFrame:
        """Everything that pages may show, as one metric table: the cells, and how long waits are."""
        return pd.concat([self.cells, self.waits], ignore_index=True) if len(self.waits) else self.cells


def rule_of(contract: Contract, edition: Edition) -> Rule:
    """Return how an edition of a contract is decided, as its `privacy` says."""
    if edition not in EDITIONS:
        raise ValueError(f"edition is {edition!r}; use one of {', '.join(EDITIONS)}")
    privacy = contract.privacy
    if edition == "internal" or (edition == "public" and privacy.public == "open"):
        return "true"
    return "groups" if edition == "provider" and privacy.provider == "rule" else "public"


@pd.option_context(*PLAIN_TEXTS)
def make_release(
    contract: Contract,
    *,
    root: Path = Path(),
    period: str | None = None,
    edition: Edition = "internal",
    earlier: Sequence[Entry] | None = None,
    counted: Counted | None = None,
    draft: bool = True,
    verdicts: bool = True,
    reached: Callable[[View, Callable[[], Assessment]], Assessment] | None = None,
) -> Release:
    """Read the submitted data, reach every verdict and decide what an edition's pages may show.

    Parameters
    ----------
    root : Path
        The workspace, holding ``params/`` and ``data/``.
    period : str, optional
        Month, quarter, year or ``term``; the contract's own if absent.
    earlier : sequence of Entry, optional
        What readers have been given before; the ledger of the workspace if absent.
    counted : Counted, optional
        What was counted for this period already, for another edition; the data are read if absent.
    draft : bool
        False if its pages are to be handed out.
    verdicts : bool
        False if only what its cells show is asked: its assessment has no verdicts then.
    reached : callable
        Gives the assessment of a view, which editions share: as it was reached for another edition, or by calling what it is given.

    Raises
    ------
    ContractError
        If contract or records contradict each other, a source cannot be read, the ledger is not what was written, or no public release can
        be made that gives nothing away.
    ValueError
        If the edition or period is none of the contract's.
    """
    rule = rule_of(contract, edition)
    reported = report_period(contract, period)
    records = known_records(load_records(contract.id, root, contract=contract), contract, reported)
    counted = counted or _counted_now(contract, root, reported)
    populations = _populations(contract, counted, root)
    known = () if rule != "public" else read_ledger(contract.id, root) if earlier is None else tuple(earlier)
    table = counted.table
    view: View = "years" if rule == "public" else "rolling"
    assessed = partial(assess, contract=contract, records=records, populations=populations, period=reported, view=view)
    reach = reached or (lambda _, now: now())
    assessment = reach(view, partial(assessed, table)) if verdicts else without_verdicts(table, contract, reported, view=view)
    release = Release(
        contract=contract,
        period=reported,
        edition=edition,
        cells=merge_small(assessment.cells, contract, counted) if rule == "groups" else assessment.cells,
        assessment=assessment,
        populations=populations,
        records=records_for(records, edition),
        findings=findings_for(counted.findings, edition),
        inputs=counted.inputs if edition == "internal" else (),
        fields={one.table: one.columns for one in counted.inputs} if edition != "public" else {},
        rule=contract.privacy,
        decided_by=rule,
        peers=beside(records.peers, contract, edition),
        own=own_beside(records.peers, counted.table) if rule != "public" else empty_metric_table(),
        kinds_not_shown=kinds_not_shown(records, records_for(records, edition)),
        restatements=pd.DataFrame() if rule == "public" else _told_before(contract, counted, root, earlier, reported),
    )
    if rule == "public":
        release = _public(release, counted, records, Past(contract, known), draft=draft)
        table = _as_told(counted.table, release)
        assessment = assessed(table) if verdicts and table is not counted.table else assessment
    cells = mark_unreliable(release.cells, contract)
    given = [entry for entry in known if entry.edition == edition]
    last = last_time(contract, records, reported, edition, [(one.period, dt.datetime.fromisoformat(one.made_at).date()) for one in given])
    apart = _are_waits(cells, contract)
    return replace(
        release,
        cells=cells[~apart].reset_index(drop=True),
        waits=cells[apart].reset_index(drop=True),
        newest=newest_for(counted.newest, rule, cells),
        last_handout=None if rule == "public" else compare_with_last_handout(contract, reported, cells, root),
        assessment=leave_out(assessment, cells) if release.suppressed else assessment,
        told_before=_nothing_before if last is None else partial(_as_it_was, release, last, given, table, records, cells),
    )


def _counted_now(contract: Contract, root: Path, period: Period) -> Counted:
    refuse_placeholders(contract)
    return count_sources(contract, root=root, period=period)


def _as_it_was(
    release: Release, last: LastTime, given: Sequence[Entry], table: pd.DataFrame, records: Records, cells: pd.DataFrame
) -> EarlierReport | None:
    """Return what was known at the last edition, with the data of today; in public nothing of cells that are hidden now or were."""
    before = assess_before(
        table, release.contract, records, release.populations, release.period, since=last.period, view=release.assessment.view
    )
    if before is None:
        return None
    before = replace(before, known=last.known, day=last.day)
    if release.decided_by != "public":
        return before
    shown = cells[cells["status"].ne(HIDDEN)].astype(dict.fromkeys(KEYS, "str"))
    if last.number is not None:
        then = [row[: len(KEYS)] for row in given[last.number].cells if row[-1] != HIDDEN]
        shown = shown.merge(pd.DataFrame(then, columns=KEYS).astype("str"), on=KEYS)
    return leave_out_of_before(before, shown, release.assessment)


def _told_before(contract: Contract, counted: Counted, root: Path, earlier: Sequence[Entry] | None, period: Period) -> pd.DataFrame:
    """Return the figures that public readers were given with other numbers: those who hold the records must know it, too."""
    try:
        known = read_ledger(contract.id, root) if earlier is None else tuple(earlier)
    except LedgerError:  # told where a public edition is made, which rests on it
        known = ()
    if not known:
        return pd.DataFrame()
    given = max((at for at, entry in enumerate(known) if entry.period == period.text), default=0)
    return Past(contract, known).restated(counted.table, given=given)


def _populations(contract: Contract, counted: Counted, root: Path) -> dict[str, pd.DataFrame]:
    """Return the populations that groups are compared with, without those in which a check found an error."""
    wrong = bases_in_error(counted.findings)
    named = [name for name, dimension in contract.dimensions.items() if dimension.population is not None and name not in wrong]
    return {name: read_population(contract, name, root=root) for name in named}


def _are_waits(cells: pd.DataFrame, contract: Contract) -> pd.Series:
    """Tell for each cell whether it says of how many a wait was over after so many days."""
    ids = {name: MetricId.parse(name) for name in cells["metric"].unique()}
    durations = {name for name, metric in contract.metrics.items() if metric.kind == "duration"}
    return cells["metric"].isin([name for name, one in ids.items() if one.days is not None and one.name in durations])


def _public(release: Release, counted: Counted, records: Records, past: Past, *, draft: bool) -> Release:
    """Decide a release by the public rule, together with what earlier ones have shown."""
    contract = release.contract
    unknown = unknown_groups(contract, records, counted.table)
    if unknown and release.period.end >= report_period(contract).end:  # in an earlier period the group may not have been there yet
        raise ContractError(unknown)
    decision = decide(
        offered(counted.table, contract, release.period),
        counted,
        contract,
        last=hidden_last(contract, records),
        past=past,
    )
    stays = decision.stays & ~decision.hidden
    cells = past.earlier(decision.cells, stays)
    lost = stays & cells["value"].isna()
    hidden, stays = decision.hidden | lost, stays & ~lost
    few = [name for name, (*_, values) in counted.ends.items() if 2 < values <= FEW_VALUES]  # two are counts, and protected as such
    bare = hidden | cells["metric"].isin(few)
    numbers = {name: cells[name].mask(bare if name in ("low", "high") else hidden) for name in NUMBERS}
    cells = cells.assign(**numbers, status=cells["status"].mask(hidden, HIDDEN))
    entry = entry_of(contract, release.period.text, release.edition, cells)
    given = next((at for at, one in enumerate(past.entries) if one.content == entry.content), 0)
    return replace(
        release,
        cells=cells,
        draft=draft,
        restatements=past.restated(cells, stays, given=given),
        entry=entry,
        decided_with=frozenset(entry.content for entry in past.entries),
    )


def _as_told(table: pd.DataFrame, release: Release) -> pd.DataFrame:
    """Return the metric table with the earlier figures where a public edition keeps them: what is worked out from them shows no other."""
    kept = release.restatements.loc[release.restatements["stays"].astype(bool), KEYS]
    if kept.empty:
        return table
    figures = release.cells.merge(kept, on=KEYS).set_index(KEYS)[NUMBERS]
    told = table.set_index(KEYS)
    told.loc[figures.index, NUMBERS] = figures
    return told.reset_index()[table.columns]


def unknown_groups(contract: Contract, records: Records, table: pd.DataFrame) -> list[str]:
    """Return an error for each group that ``privacy.hide_last`` or an action names for protection and that the metric table has not."""
    folder = f"params/{contract.id}"
    named = [
        (f"{folder}/contract.yml: privacy.hide_last.{dimension}", dimension, group)
        for dimension, groups in contract.privacy.hide_last.items()
        for group in groups
    ]
    rows = {one.id for one in (records.actions if records.rows is None else records.rows)}
    for one in records.actions:
        if one.dimension and one.group:
            file = "actions.csv: action" if one.id in rows else f"meetings/{one.meeting}.yml: promises"
            named.append((f"{folder}/{file} {one.id}", one.dimension, one.group))
    groups_of = table[["dimension", "group"]].drop_duplicates().groupby("dimension")["group"].agg(sorted)
    return [
        f"{where} names '{group}', and there is no such group of {dimension}; use one of {', '.join(groups_of[dimension])}"
        for where, dimension, group in named
        if dimension in groups_of.index and group not in groups_of[dimension]
    ]


def hidden_last(contract: Contract, records: Records) -> set[Place]:
    """Return the groups that are hidden last: those that agreed actions are about, and those that ``privacy.hide_last`` names."""
    named = {(one.dimension, one.group) for one in records.actions if one.dimension and one.group}
    return named | {(dimension, group) for dimension, groups in contract.privacy.hide_last.items() for group in groups}
