"""What the pages of each edition will show, said before any is made: months, quarters, years and groups, and what would show more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from acmlib.analysis.views import contract_years, for_the_parties, group_windows, view_of
from acmlib.contract.ids import DimensionId, MetricId
from acmlib.contract.kinds import main_id
from acmlib.contract.model import Contract, Edition
from acmlib.measures.table import ALL, IMMATURE, IN_ERROR, KEY_COLUMNS, NO_DATA, SHOWN, UNRELIABLE, grain_of
from acmlib.release.editions import Release
from acmlib.release.offer import offered

KEYS = list(KEY_COLUMNS)
#: Heads of `Preview.rows`.
HEADS = ("edition", "metric", "months", "quarters", "years, term", "groups in the last window")
#: So many names are listed, of metrics or of groups; the others are counted.
LISTED = 3


@dataclass(frozen=True)
class EditionPreview:
    """What an edition will show."""

    #: As `HEADS`: one for each headline metric, and one for all others together; ``6 of 8`` is shown of what there is.
    rows: tuple[tuple[str, ...], ...]
    more: tuple[str, ...] = ()  #: Why it is not more, and what would show more.


def open_preview(contract: Contract, edition: Edition) -> EditionPreview:
    """Return the preview of an edition that shows true counts."""
    why = "true counts" if edition == "internal" else f"true counts: {contract.privacy.because}"
    return EditionPreview(((edition, "all", "all", "all", "all", why),))


def previewed(release: Release, table: pd.DataFrame) -> EditionPreview:
    """Compare a release with the metric table that it was decided from.

    Parameters
    ----------
    release : Release
        Of an edition that leaves something out.
    table : DataFrame
        The whole metric table (`acmlib.measures.counting.Counted`).
    """
    contract = release.contract
    cells = _possible(release, table)
    heads = [main_id(contract, name) for name, metric in contract.metrics.items() if metric.headline]
    known = list(cells["metric"].unique())
    rest = [one for one in known if one not in heads]
    chosen = [(one, [one]) for one in heads if one in known] + ([(f"{len(rest)} other{'s' * (len(rest) > 1)}", rest)] if rest else [])
    rows = [(release.edition, name, *_row(cells[cells["metric"].isin(metrics)], contract)) for name, metrics in chosen]
    kept = for_the_parties(contract) if release.decided_by == "public" else ()
    why = {one: "for the parties only" if MetricId.parse(one).key in kept else "not known yet" for one in heads if one not in known}
    absent = [(release.edition, one, "-", "-", "-", reason) for one, reason in why.items()]
    return EditionPreview((*rows, *absent), tuple(_more(release, cells)))


def _possible(release: Release, table: pd.DataFrame) -> pd.DataFrame:
    """Return what the edition could show at most: `told` says which cells it shows, `last` which are groups in the last window."""
    contract, public = release.contract, release.decided_by == "public"
    most = offered(table, contract, release.period) if public else view_of(table, contract, release.period, "rolling")
    some = most["denominator"].fillna(most["numerator"]).gt(0) & ~most["status"].isin([NO_DATA, IN_ERROR, IMMATURE])
    apart = most["dimension"].map(lambda one: DimensionId.parse(one).crossed or DimensionId.parse(one).combined).astype(bool)
    possible = most[some & ~apart]
    cells = release.handed_out
    told = pd.MultiIndex.from_frame(cells.loc[cells["status"].isin([SHOWN, UNRELIABLE]), KEYS])
    windows = group_windows(table, contract, release.period, "years" if public else "rolling")
    last = possible["period"].eq(possible["metric"].map({name: own[0] for name, own in windows.items() if own}))
    return possible.assign(told=pd.MultiIndex.from_frame(possible[KEYS]).isin(told), last=last & possible["dimension"].ne(ALL))


def _row(cells: pd.DataFrame, contract: Contract) -> Iterator[str]:
    """Yield how many months, quarters and years of some metrics are shown, and how many groups: by dimension if it is one metric."""
    totals = cells[cells["dimension"].eq(ALL)]
    grain = grain_of(totals["period"]).mask(totals["period"].isin([*contract_years(contract), "term"]), "year")
    for one in ("month", "quarter", "year"):
        yield _of(totals.loc[grain.eq(one), "told"])
    groups = cells[cells["last"]]
    if cells["metric"].nunique() == 1:
        yield "; ".join(f"{name} {_of(own)}" for name, own in groups.groupby("dimension", sort=False)["told"]) or "-"
    else:
        yield _of(groups["told"])


def _of(told: pd.Series) -> str:
    return f"{int(told.sum())} of {len(told)}" if len(told) else "-"


def _more(release: Release, cells: pd.DataFrame) -> Iterator[str]:
    """Yield why not everything is shown, and what would show more."""
    contract, public = release.contract, release.decided_by == "public"
    least = contract.privacy.minimum_count - 1
    if public:
        yield from _more_over_time(contract, cells)
    gone = cells[cells["last"] & ~cells["told"]]
    for dimension, own in gone.groupby("dimension", sort=False):
        size = own["denominator"].fillna(own["numerator"]).groupby(own["group"]).max().sort_values()
        yield f"groups {'hidden' if public else 'put together'}: {dimension} {_listed(size.index)} (in {_listed(own['metric'].unique())})"
    if len(gone):
        small = f"have a count from 1 to {least}" if public else f"are fewer than {contract.privacy.minimum_group} people"
        yield f"these groups {small}, or would give such a group away. To show more, join groups to larger ones (dimensions.NAME.merge)"
    if len(gone) and public:
        yield "a group that an open goal is about is hidden last if an action, or privacy.hide_last, names it"


def _more_over_time(contract: Contract, cells: pd.DataFrame) -> Iterator[str]:
    """Yield which quarters and years a public edition leaves out."""
    totals = cells[cells["dimension"].eq(ALL)]
    shown = totals[grain_of(totals["period"]).eq("quarter")].groupby("metric", sort=False)["told"].mean()
    if shown.lt(1).any():
        yield (
            f"quarters left out: they have a count from 1 to {contract.privacy.minimum_count - 1}, or would give one away "
            f"(in {_listed(shown.index[shown.lt(1)])}). A metric that counts more people shows more quarters"
        )
    first = next(iter(contract_years(contract)), None)
    if first is not None and not cells["last"].any():
        yield f"groups are shown for whole contract years: the first ends {first.partition('/')[2]}, and is shown once all of it is known"


def _listed(names: Iterable[object]) -> str:
    found = [str(name) for name in names]
    return ", ".join(found[:LISTED]) + (f" and {len(found) - LISTED} more" if len(found) > LISTED else "")
