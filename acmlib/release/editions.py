"""One release per contract, period and edition: every cell that any of its reports may show, decided once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from acmlib.analysis.assessment import Assessment, assess
from acmlib.contract.audiences import records_for
from acmlib.contract.load import load_records
from acmlib.contract.model import EDITIONS, Contract, Edition, Privacy
from acmlib.contract.periods import Period, report_period
from acmlib.contract.promises import known_records
from acmlib.contract.records import Records
from acmlib.intake.build.populations import read_population
from acmlib.intake.build.sources import Tables, open_tables
from acmlib.intake.check.checks import check_tables
from acmlib.intake.findings import Finding, findings_for
from acmlib.intake.read.reading import Input
from acmlib.measures.compute import metric_table
from acmlib.measures.table import HIDDEN, empty_metric_table
from acmlib.release.counts import counted as cohorts
from acmlib.release.leave_out import leave_out
from acmlib.release.ledger import Entry, Method, entry_of, read_ledger, released
from acmlib.release.merging import Suggestion, suggestions
from acmlib.release.reliable import mark_unreliable
from acmlib.release.restatements import restated
from acmlib.release.spans import months_of
from acmlib.release.suppress import KEY, Gather, choose, decide_again, hide
from acmlib.release.waits import duration_times, last_of, released_waits


@dataclass(frozen=True)
class Release:
    """What one edition of a contract's reports may show, and nothing else.

    Parameters
    ----------
    contract : Contract
    period : Period
        The period reported on; its last day is the data cut-off.
    edition : str
        ``internal``, ``provider`` or ``public``.
    cells : DataFrame
        Metric table; what may not be shown is NaN with status ``hidden``.
    reasons : DataFrame
        Key and reason of every hidden cell. For the people who make reports, never for a page.
    populations : mapping
        Dimension to its base population (group, people, margin_of_error): public figures.
    records : Records
        Roadmap, actions, plan, notes and review that this edition's readers may see.
    findings : tuple
        What the checks of the submitted data found, as this edition's readers may see it.
    inputs : tuple of Input
        Files that were read, with rows and hashes.
    rule : Privacy
        The rule that decided.
    suppressed : bool
        False only for an internal working paper whose contract asks for true counts.
    method : str
        How it was decided: by ``linear programs``, or by a rule that is cheaper and hides more, never less, which is named
        (`acmlib.release.ledger.Method`).
    restatements : DataFrame
        Figures that readers were shown before with other numbers, from `acmlib.release.restatements.restated`.
    waits : DataFrame
        Of how many a wait was over after so many days, from `acmlib.release.waits.released_waits`.
    merges : tuple of Suggestion
        Groups that would show more together, if this was asked for; for the people who make reports.
    entry : Entry or None
        What the ledger keeps once pages of this release are handed out; None if it is not suppressed.
    decided_with : frozenset of str
        Digests of the releases in the ledger that it was decided together with.
    assessment : Assessment
        Every verdict, reached on true numbers, without what this edition leaves out.
    """

    contract: Contract
    period: Period
    edition: Edition
    cells: pd.DataFrame
    reasons: pd.DataFrame
    populations: Mapping[str, pd.DataFrame]
    records: Records
    findings: tuple[Finding, ...]
    inputs: tuple[Input, ...]
    rule: Privacy
    suppressed: bool = True
    method: Method = "linear programs"
    restatements: pd.DataFrame = field(default_factory=pd.DataFrame)
    waits: pd.DataFrame = field(default_factory=empty_metric_table)
    merges: tuple[Suggestion, ...] = ()
    entry: Entry | None = None
    decided_with: frozenset[str] = frozenset()
    assessment: Assessment | None = None

    @property
    def hidden(self) -> int:
        """How many cells are hidden."""
        return int(self.cells["status"].eq("hidden").sum())

    @property
    def handed_out(self) -> pd.DataFrame:
        """Everything that pages may show, as one metric table: the cells, and how long waits are."""
        return pd.concat([self.cells, self.waits], ignore_index=True) if len(self.waits) else self.cells


@dataclass(frozen=True)
class Counted:
    """What was counted in the submitted data, before anything is hidden: the same for all editions of a period. Never for a page.

    Parameters
    ----------
    table : DataFrame
        The whole metric table.
    findings : tuple
        What the checks of the submitted data found.
    inputs : tuple of Input
        Files that were read, with rows and hashes.
    """

    table: pd.DataFrame
    findings: tuple[Finding, ...]
    inputs: tuple[Input, ...]


def count(contract: Contract, tables: Tables) -> Counted:
    """Compute the metric table of a contract's opened tables, and check them."""
    return Counted(metric_table(contract, tables, tables.period), check_tables(tables, contract), tables.inputs)


def _populations(contract: Contract, root: Path) -> dict[str, pd.DataFrame]:
    """Read the base populations that a contract names."""
    named = [name for name, dimension in contract.dimensions.items() if dimension.population is not None]
    return {name: read_population(contract, name, root=root) for name in named}


def _known(contract: Contract, root: Path) -> tuple[frozenset[str], tuple[Entry, ...]]:
    """Return the digests of what readers have, and what it is; looked up first, so that no more is claimed to be known than is read."""
    digests = frozenset(released(contract.id, root))
    return digests, read_ledger(contract.id, root)


def _gathering(table: pd.DataFrame, period: Period, known: Sequence[Entry], *, suppressed: bool) -> Gather:
    """Return what gathers the cells that pages may show with the threshold of a contract, and what is left out then."""

    def gather(contract: Contract) -> tuple[pd.DataFrame, pd.DataFrame]:
        cells, left = choose(table, contract, period, known)
        waits = released_waits(table, contract, suppressed=suppressed)
        return pd.concat([cells, waits[waits["status"].ne(HIDDEN)]], ignore_index=True), left

    return gather


def make_release(
    contract: Contract,
    *,
    root: Path = Path(),
    period: str | None = None,
    edition: Edition = "provider",
    earlier: Sequence[Entry] | None = None,
    counted: Counted | None = None,
    suggest: bool = False,
) -> Release:
    """Read the submitted data, compute the metric table and decide what an edition's pages may show.

    Parameters
    ----------
    contract : Contract
    root : Path
        The workspace, holding ``params/`` and ``data/``.
    period : str, optional
        Month, quarter, year or ``term``; the contract's own if absent.
    edition : str
    earlier : sequence of Entry, optional
        What readers have been given before; the ledger of the workspace if absent.
    counted : Counted, optional
        What was counted for this period already, for another edition; the data are read if absent.
    suggest : bool
        Look for groups that would show more together, too: for `acm explain`, no page needs it.

    Returns
    -------
    Release

    Raises
    ------
    ContractError
        If contract or records contradict each other, or a source cannot be read.
    ValueError
        If the edition or period is none of the contract's.
    """
    if edition not in EDITIONS:
        raise ValueError(f"edition is {edition!r}; use one of {', '.join(EDITIONS)}")
    reported = report_period(contract, period)
    every_record = known_records(load_records(contract.id, root, contract=contract), contract, reported)
    records = records_for(every_record, edition)
    if counted is None:
        with open_tables(contract, root=root, period=reported) as tables:
            counted = count(contract, tables)
    table, populations = counted.table, _populations(contract, root)
    suppressed = not (edition == "internal" and contract.privacy.unsuppressed_internal)
    decided_with, known = _known(contract, root) if earlier is None else (frozenset(), tuple(earlier))
    gather = _gathering(table, reported, known, suppressed=suppressed)
    cells, left = gather(contract)
    when = months_of(cells, table, contract)
    reasons, entry = cells.iloc[:0][KEY].assign(reason=""), None
    method: Method = "linear programs"
    merges: tuple[Suggestion, ...] = ()
    if suppressed:
        decision = decide_again(cells, table, contract, known, reported.text, left=left, gather=gather)
        hidden, method = decision.hidden, decision.method
        merges = tuple(suggestions(cells, hidden, decision.reason, contract, cohorts(contract))) if suggest else ()
        reasons, cells = cells.loc[hidden, KEY].assign(reason=decision.reason[hidden]), hide(cells, hidden, decision.share_code)
    cells = mark_unreliable(cells, contract)
    restatements = restated(cells, when, known, contract)
    if suppressed:
        entry = entry_of(contract, reported.text, cells, when=when, method=method)
    # Of waits a page shows the last half-years only, and says of which nothing can be told.
    apart = cells["metric"].isin(duration_times(contract))
    untold = released_waits(table, contract, suppressed=suppressed).query("status == @HIDDEN")
    waits, cells = pd.concat([cells[apart], untold], ignore_index=True), cells[~apart].reset_index(drop=True)
    assessment = assess(table, contract, every_record, populations, reported)
    return Release(
        contract=contract,
        period=reported,
        edition=edition,
        cells=cells,
        reasons=reasons,
        populations=populations,
        records=records,
        findings=findings_for(counted.findings, edition, contract.privacy.minimum_count),
        inputs=counted.inputs,
        rule=contract.privacy,
        suppressed=suppressed,
        method=method,
        restatements=restatements,
        waits=last_of(waits),
        merges=merges,
        entry=entry,
        decided_with=decided_with,
        assessment=leave_out(assessment, cells) if suppressed else assessment,
    )
