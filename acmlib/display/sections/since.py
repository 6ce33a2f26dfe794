"""Since last time: what moved, which gaps are new or settled, promises kept and missed, figures restated."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from acmlib.analysis.earlier_report import EarlierReport
from acmlib.analysis.verdicts import MetricVerdict
from acmlib.contract.ids import MetricId
from acmlib.contract.records import Action
from acmlib.display.changes import change_numbers
from acmlib.display.claims import Claim
from acmlib.display.cohorts import cohort_news
from acmlib.display.comparisons import comparisons
from acmlib.display.facts import CLOSED
from acmlib.display.objects import Bullets, Cell, Column, DataTable, Display, Fold, Prose, Section
from acmlib.display.report import Report
from acmlib.display.rows import Row
from acmlib.display.sections.closing import restated_figures
from acmlib.display.sections.opening import here, is_overdue, open_actions, open_table, silence
from acmlib.display.sections.tiles import CHANGED
from acmlib.display.tables import bullets
from acmlib.measures.table import ALL

#: What is news of a gap that was compared with the first cohort of the contract: each is more than those before it.
SMALLER = ("narrowed", *CLOSED)

MONTH = dt.timedelta(days=31)
#: A gap that is clear no more (0.05, all comparisons allowed for) is told as news only beyond this; one that became clear always is.
EDGE = 0.15

#: More new months of one figure than this are told as a span.
MOST_MONTHS = 3


def since_last_time(report: Report) -> Section | None:
    """Return what is new since the edition that readers had last: verdicts, gaps, data, promises, restated figures.

    Which edition that was stands in the ledger (public), in the meeting files (the parties), or is taken to be the report of the period
    before; the section says which. It is worked out with the data of today: what was handed out with other numbers stands under *restated*.

    None where there is nothing before and nothing was promised.
    """
    words, before = report.words, report.release.before
    otherwise = [*restated_figures(report), *given_otherwise(report)]
    if before is None and not report.records.actions and not otherwise:
        return None
    open_, moved, parts, body = open_actions(report), news(report), list[str](), list[Display]()
    if before is not None:
        body += _moved(report, before, moved)
        parts.append(words("since.moved" if moved else "since.none_moved", n=len(moved)))
    body += bullets(_promises(report), words("since.promises"))
    body += _open(report, open_, {one.id for one in open_ if before is not None and one.agreed_on > last_time(report)})
    body += bullets(otherwise, words("since.restated"))
    if open_:
        late = sum(is_overdue(one, report) for one in open_)
        parts.append(words(f"since.{'open' if late else 'open_on_time'}{here(report)}", n=len(open_), late=late))
    name = words("since.since", period=before.period.text) if before is not None else words("since.short")
    heading = words("since.heading", name=name, list="; ".join(parts)) if parts else name
    return Section(heading, tuple(body), contents=words("since.short"))


def _moved(report: Report, before: EarlierReport, moved: list[str]) -> list[Display]:
    """Return what moved since an edition, which edition that was, and folded the figures then and now."""
    which = Prose((_which(report, before),))
    figures = (Bullets(tuple(_data(report, before))), _table(report, before))
    if before.known == "period":
        return [*bullets(moved), Fold(report.words("since.data"), (which, *figures))]
    return [which, *bullets(moved), Fold(report.words("since.data"), figures)]


def news(report: Report) -> list[str]:
    """Return what is new in targets, changes, gaps and who is served, each as a sentence; empty where there is no edition before."""
    before = report.release.before
    if before is None:
        return []
    smaller = _smaller_gaps(report, before)
    sentences = [cohort_news(row, report.voice) for row in smaller]
    return [*_figures(report, before), *sentences, *_gaps(report, before, smaller), *_served(report, before)]


def given_otherwise(report: Report) -> list[str]:
    """Name the metrics of which the parties were handed other numbers for their last meeting: then, now and why."""
    words, voice, handed = report.words, report.voice, report.release.last_handout
    if handed is None:
        return []
    if handed.changed is None:
        return [words("since.given_unknown", period=handed.period.text)]
    found, named = [], list(dict.fromkeys((report.main, *report.headline)))
    for metric in named:
        own = handed.changed[handed.changed["metric"].eq(metric)]
        if not len(own):
            continue
        given = [words("quality.no_reason") if one is None else one.in_language(voice.language) for one in own["reason"]]
        why = "; ".join(dict.fromkeys(one.rstrip(".") for one in given))
        told = {"metric": voice.short(metric), "n": len(own), "of": handed.period.text, "why": why}
        shown = [(row["period"], *(voice.value(metric, row[name]) for name in ("value_before", "value"))) for row in _widest_first(own)]
        differs = next((one for one in shown if one[1] != one[2]), None)
        values = dict(zip(("when", "before", "after"), differs, strict=True)) if differs else {}
        found.append(words("since.given_value" if differs else "since.given_count", **told, **values))
    others = int((~handed.changed["metric"].isin(named)).sum())
    return [*found, *([words("since.given_others", n=others, of=handed.period.text)] if others else [])]


def _widest_first(changed: pd.DataFrame) -> list[Row]:
    """Return the figures of everybody together, the latest window first, then the latest month."""
    rows = changed[changed["dimension"].eq(ALL)].to_dict("records")
    return sorted(
        rows, key=lambda row: (str(row["period"]).startswith("P"), str(row["period"]).partition("/")[2] or str(row["period"])), reverse=True
    )


def last_time(report: Report) -> dt.date:
    """Return the day after which something is new: the last of the report before; a month ago where there is none."""
    before = report.release.before
    return before.period.end if before is not None else report.date - MONTH


def _which(report: Report, before: EarlierReport) -> str:
    """Return the edition, with its day, that this section compares with."""
    given = {"period": before.period.text}
    return report.words(f"since.which_{before.known}", **given, **({"date": before.day} if before.day is not None else {}))


def _data(report: Report, before: EarlierReport) -> list[str]:
    """Say for each headline figure which months have come, and which figures have no newer one."""
    words, voice = report.words, report.voice
    found, none = [], []
    for metric in dict.fromkeys((report.main, *report.headline)):
        now, then = _months(report.verdict(metric)), _months(before.metrics.get(metric))
        new = [(month, value) for month, value in now.items() if month not in then and month > max(then, default="")]
        if not new:
            none += [voice.short(metric)] if now else []  # without a chart no month is told, which is not that none came
            continue
        listed = [words("since.data_month", month=month, value=voice.value(metric, value)) for month, value in new]
        span = words("since.data_span", first=new[0][0], last=new[-1][0], n=len(new))
        found.append(words("since.data_of", metric=voice.short(metric), list=words.list(listed) if len(new) <= MOST_MONTHS else span))
    return [*found, *([words("since.data_none", list=words.list(none))] if none else [])]


def _months(known: MetricVerdict | None) -> dict[str, float]:
    """Return the finished points of a chart that are shown."""
    if known is None or not len(known.points):
        return {}
    points = known.points[known.points["value"].notna()]
    if "unfinished" in points:
        points = points[~points["unfinished"].astype("bool")]
    return dict(zip(points.index.astype("str"), points["value"].astype("float"), strict=True))


def _open(report: Report, actions: list[Action], fresh: set[str]) -> list[Display]:
    """Return the open promises: those that are overdue, and all of them folded below."""
    if not actions:
        return [Prose((silence(report, "actions"),))]
    late = [one for one in actions if is_overdue(one, report)]
    whole = open_table(report, actions, fresh=fresh)
    if len(late) == len(actions):
        return [whole]
    overdue = [replace(open_table(report, late, fresh=fresh), caption=report.words("since.overdue"))] if late else []
    return [*overdue, Fold(report.words(f"since.all_open{here(report)}"), (whole,))]


def _table(report: Report, before: EarlierReport) -> DataTable:
    """Return each headline figure then and now."""
    words, voice = report.words, report.voice
    nothing = Cell(words("table.no_value"), muted=True)
    rows = []
    for metric in dict.fromkeys((report.main, *report.headline)):
        now, then = report.verdict(metric), before.metrics.get(metric)
        if now.value != now.value:
            shown: str | Cell = Cell(voice.status(now.status), muted=True)
        else:
            shown = voice.value(metric, now.value)
        known = then is not None and then.value == then.value and now.value == now.value
        old: str | Cell = voice.value(metric, then.value) if known and then else nothing
        rows.append((voice.short(metric), old, shown))
    columns = (Column(words("since.figure")), Column(words("since.then"), "number"), Column(words("since.now"), "number"))
    return DataTable(words("since.caption", period=before.period.text), columns, tuple(rows))


def _figures(report: Report, before: EarlierReport) -> list[str]:
    """Return the verdicts on targets and changes that are not what they were."""
    found = []
    for metric in dict.fromkeys((report.main, *report.headline)):
        now, then = report.verdict(metric), before.metrics.get(metric)
        if then is None or now.value != now.value or then.value != then.value:
            continue
        found += _target(report, now, then)
        claim = Claim("change", metric, now.period, verdict=now.change.state)
        if now.change.state in CHANGED and then.change.state not in CHANGED and now.change.before == now.change.before:
            numbers = change_numbers(now, report.voice)
            found.append(report.words(f"since.new_{now.change.state}", claim=claim, metric=report.voice.short(metric), **numbers))
        elif then.change.state in CHANGED and now.change.state == "no clear change":
            found.append(report.words("since.change_gone", claim=claim, metric=report.voice.short(metric)))
    return found


def _target(report: Report, now: MetricVerdict, then: MetricVerdict) -> list[str]:
    if not {now.target.state, then.target.state} <= {"met", "missed"}:
        return []
    same = now.target.state == then.target.state
    # A figure beside its target is on one side this month and on the other the next, by chance: news is what one of the two is sure of.
    sure = (now.target.certain, then.target.certain)
    if (same and sure != (True, False)) or not any(sure):
        return []
    values = {"before": report.voice.value(now.metric, then.value), "after": report.voice.value(now.metric, now.value)}
    target = report.voice.value(now.metric, now.target.value)
    claim = Claim("target", now.metric, now.period, verdict=now.target.state, numbers=(("value", now.value),))
    return [
        report.words(
            f"since.{'sure' if same else 'now'}_{now.target.state}",
            claim=claim,
            metric=report.voice.short(now.metric),
            target=target,
            **values,
        )
    ]


def _smaller_gaps(report: Report, before: EarlierReport) -> list[Row]:
    """Return the gaps of headline figures that are smaller or gone, beyond chance, more than was known before: rows of ``cohorts``."""
    now = report.assessment.cohorts
    if now.empty:
        return []
    metrics, keys = {report.main, *report.headline}, ["metric", "dimension", "group"]
    rank = {verdict: at for at, verdict in enumerate(SMALLER)}
    then = before.cohorts[before.cohorts["verdict"].isin(SMALLER)]
    told = then["verdict"].map(rank).groupby([then[key] for key in keys]).max().to_dict()
    rows = now[now["verdict"].isin(SMALLER) & now["metric"].isin(metrics) & now["value_after"].notna() & now["value_before"].notna()]
    return [row for row in rows.to_dict("records") if rank[row["verdict"]] > told.get(tuple(row[key] for key in keys), -1)]


def _gaps(report: Report, before: EarlierReport, smaller: Sequence[Row]) -> list[str]:
    """Return gaps that became clear, and those that no longer are: of groups whose numbers were shown then and are now.

    Of a gap in `smaller` is told already what became of it.
    """
    told = {(row["metric"], row["dimension"], row["group"]) for row in smaller}
    then = {(one.metric, one.dimension): one for one in comparisons(before.gaps, report.contract)}
    found = []
    for one in report.comparisons:
        earlier = then.get((one.metric, one.dimension))
        if earlier is None or MetricId.parse(one.metric).step:
            continue
        now_clear, then_clear = (
            {str(row["group"]) for row in known.behind} if known.outcome == "clear" else set[str]() for known in (one, earlier)
        )
        shown, edge = _known(one.rows) & _known(earlier.rows), _on_the_edge(one.rows, earlier.rows)
        for key, groups in (("gap_new", now_clear - then_clear), ("gap_gone", then_clear - now_clear - edge)):
            known = {group for group in groups & shown if key == "gap_new" or (one.metric, one.dimension, group) not in told}
            named = tuple(sorted(known))
            people = [report.voice.people(one.dimension, group) for group in named]
            verdict = "clear" if key == "gap_new" else "no longer clear"
            claim = Claim("gaps", one.metric, str(one.rows[0]["period"]), one.dimension, named, verdict=verdict)
            if people:
                found.append(
                    report.words(f"since.{key}", claim=claim, metric=report.voice.short(one.metric), list=report.words.list(people))
                )
    return found


def _on_the_edge(now: Sequence[Row], then: Sequence[Row]) -> set[str]:
    """Return the groups whose gap mattered, near the limit of chance, both times: that it is no longer clear can be chance, so no news."""
    near = [
        {str(row["group"]) for row in rows if row["verdict"] in ("clear", "possible") and row.get("p_adjusted", math.nan) < EDGE}
        for rows in (now, then)
    ]
    return near[0] & near[1]


def _known(rows: Sequence[Row]) -> set[str]:
    return {str(row["group"]) for row in rows if row["value"] == row["value"]}


def _served(report: Report, before: EarlierReport) -> list[str]:
    """Return groups that are clearly under-represented now and were not, and the other way round."""
    keys = ["metric", "dimension", "base", "group"]
    if report.served.empty or before.served.empty:
        return []
    both = report.served.merge(before.served, on=keys, suffixes=("", "_then"))
    both = both[both["share"].notna() & both["share_then"].notna()]
    now = both["verdict"].eq("clear") & both["representation_gap"].lt(0)
    then = both["verdict_then"].eq("clear") & both["representation_gap_then"].lt(0)
    found = []
    still = both["verdict"].eq("possible") & both["representation_gap"].lt(0)  # fewer as before, though no longer beyond chance
    for key, rows in (("served_new", both[now & ~then]), ("served_open", both[then & still]), ("served_gone", both[then & ~now & ~still])):
        for (metric, dimension), own in rows.groupby(["metric", "dimension"], sort=False):
            people = [report.voice.people(str(dimension), str(group)) for group in dict.fromkeys(own["group"])]
            claims = [
                Claim("served", str(metric), str(row["period"]), str(dimension), (str(row["group"]),), verdict=str(row["verdict"]),
                      about=str(row["base"]), numbers=(("share", row["share"]),))
                for row in own.to_dict("records")
            ]  # fmt: skip
            found.append(report.words(f"since.{key}", claim=claims, metric=report.voice.short(str(metric)), list=report.words.list(people)))
    return found


def _promises(report: Report) -> list[str]:
    """Return promises kept and made since the report before, or in the last month; missed ones stand in the table of open ones."""
    words, language = report.words, report.voice.language
    found, first = [], last_time(report)
    for one in report.records.actions:
        values = {"what": one.what.in_language(language), "owner": one.owner}
        if one.status == "done" and one.done_on is not None and first < one.done_on <= report.date:
            found.append(words("since.kept", date=one.done_on, **values))
        elif one.status != "open" and first < one.agreed_on <= report.date:
            found.append(words("since.promised", date=one.agreed_on, **values))
    return found
