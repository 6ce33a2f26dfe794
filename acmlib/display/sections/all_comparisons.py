"""Every comparison at a glance: one table of metrics by dimensions, worst first; what lies behind each mark, folded."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from acmlib.display.charts.matrix import comparison_matrix
from acmlib.display.charts.outcomes import gap_table
from acmlib.display.claims import Claim
from acmlib.display.comparisons import UNJUDGED, Comparison
from acmlib.display.judgements import not_legal
from acmlib.display.objects import Display, Fold, Prose, Section
from acmlib.display.report import Report


def all_comparisons(report: Report) -> Section:
    """Return every metric by every dimension: clear, possible, not seen, too few people, hidden; details folded."""
    words, voice = report.words, report.voice
    gaps = report.gaps
    told = report.comparisons
    if not told:
        return Section(words("matrix.none"), (Prose((words("matrix.none_why"),)),), contents=words("matrix.short"))
    clear = {one.metric for one in told if one.outcome == "clear"}
    possible = {one.metric for one in told if one.outcome == "possible" and one.metric in report.headline}
    first = {report.main, *(clear or possible)}
    shown, others = gaps[gaps["metric"].isin(first)], gaps[~gaps["metric"].isin(first)]
    body: list[Display] = [comparison_matrix(shown, voice=voice, notes=(not_legal(voice),))] if len(shown) else []
    if len(others):
        body.append(Fold(words("matrix.others"), (comparison_matrix(others, voice=voice, caption=words("matrix.others")),)))
    body += _details(report, [one for one in told if one.outcome in ("clear", "possible")])
    return Section(_heading(report, told), tuple(body), contents=words("matrix.short"))


def _heading(report: Report, told: Sequence[Comparison]) -> str:
    """Say how many comparisons come to what: in an edition that hides some, of those shown here."""
    words = report.words
    clear = sum(one.outcome == "clear" for one in told)
    judged = [one for one in told if one.outcome not in UNJUDGED]
    here = any(str(row.get("status")) == "hidden" for one in told for row in one.rows)
    if clear:
        claim = Claim("count", about="comparisons with a clear gap", numbers=(("n", clear),), shown_only=here)
        return words("matrix.clear_here" if here else "matrix.clear", claim=claim, n=clear)
    if not judged:
        if all(one.outcome == "immature" for one in told):
            return words("matrix.unjudged_immature")
        return words("matrix.unjudged_hidden" if here else "matrix.unjudged")
    return words("matrix.quiet_here" if here else "matrix.quiet", claim=Claim("gaps", verdict="none clear", shown_only=here))


def _details(report: Report, told: Sequence[Comparison]) -> list[Display]:
    """Return the numbers behind each clear and possible gap, folded."""
    found: list[Display] = []
    for one in told:
        name = report.words("outcomes.by", metric=report.voice.short(one.metric), dimension=report.voice.dimension(one.dimension))
        table = gap_table(pd.DataFrame(list(one.rows)), voice=report.voice, caption=name)
        found.append(Fold(report.words(f"matrix.detail_{one.outcome}", name=name), (table,)))
    return found
