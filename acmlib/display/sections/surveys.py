"""Surveys: answers as diverging bars, what changed between waves, who was asked and did not answer, what weighting would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from acmlib.analysis.voice import ENOUGH_ANSWERS, WaveChange, wave_change, weighted_share
from acmlib.contract.periods import add_months
from acmlib.contract.survey_metrics import ANSWERED, NEGATIVE, NEUTRAL
from acmlib.contract.surveys import Questions, Survey, Wave
from acmlib.contract.waves import wave_period
from acmlib.display.charts.answers import Answers, answer_bars
from acmlib.display.claims import Claim
from acmlib.display.judgements import comparator_name, gap_claim, gap_sentence
from acmlib.display.objects import Bullets, Cell, Column, DataTable, Display, Prose, Section
from acmlib.display.report import Report
from acmlib.display.rows import Row, records
from acmlib.measures.table import HIDDEN, SHOWN, UNRELIABLE

#: Waves that a table has room for.
MOST_WAVES = 4
NAN = float("nan")


@dataclass(frozen=True)
class _Asked:
    """One survey in one report: its waves that are over, and the cells of its questions."""

    report: Report
    name: str
    survey: Survey

    @cached_property
    def waves(self) -> list[tuple[Wave, str]]:
        """The last waves that are over, each with its period in the metric table."""
        known = set(self.report.cells.loc[self.report.cells["metric"].eq(f"{self.name}_{ANSWERED}"), "period"])
        found = [(wave, wave_period(wave.period, self.report.contract)) for wave in self.survey.waves]
        return [(wave, period) for wave, period in found if period in known][-MOST_WAVES:]

    @cached_property
    def period(self) -> str:
        """The period whose answers are shown: the last wave that is over, else the last window."""
        return self.waves[-1][1] if self.waves else str(self.report.latest(f"{self.name}_{ANSWERED}").get("period", ""))

    @cached_property
    def told(self) -> dict[str, str]:
        """The questions that are for or against something: metric id to wording."""
        language = self.report.voice.language
        blocks = [block for block in self.survey.questions if block.kind in ("scale", "yes_no")]
        return {f"{self.name}_{column}": text.in_language(language) for block in blocks for column, text in block.ask.items()}

    def cell(self, metric: str, period: str = "") -> Mapping[str, Any]:
        """Return the total of a metric in a period, that of the page if none is named; empty if there is none."""
        cells = self.report.cells
        rows = cells[cells["metric"].eq(metric) & cells["dimension"].eq("all") & cells["period"].eq(period or self.period)]
        return records(rows)[0] if len(rows) else {}

    def value(self, metric: str, column: str = "value") -> float:
        """Return a number of a total; NaN if it is not shown or not there."""
        return float(self.cell(metric).get(column, NAN))

    def groups(self, metric: str, dimension: str, period: str = "") -> pd.DataFrame:
        """Return a metric by group in a period, that of the page if none is named; a year that has no cells of its own by its halves."""
        cells, wanted = self.report.cells, period or self.period
        own = cells[cells["metric"].eq(metric) & cells["dimension"].eq(dimension)]
        rows = own[own["period"].eq(wanted)]
        return self.report.in_order(rows if len(rows) or not wanted.startswith("P12M/") else self._of_halves(own, wanted))

    def _of_halves(self, cells: pd.DataFrame, year: str) -> pd.DataFrame:
        """Return the groups of a contract year as the sum of its half-years; nothing is known of a group that one of them does not show."""
        end = year.partition("/")[2]
        halves = [cells[cells["period"].eq(f"P6M/{month}")].set_index("group") for month in (add_months(end, -6), end)]
        if any(half.empty for half in halves):
            return cells.iloc[:0]
        first, second = halves[0], halves[1].reindex(halves[0].index)
        whole = first.assign(period=year, low=NAN, high=NAN, **{name: first[name] + second[name] for name in ("numerator", "denominator")})
        whole["value"] = whole["numerator"] / whole["denominator"]
        known, few = whole["value"].notna(), whole["denominator"].lt(self.report.contract.statistics.minimum_n)
        status = first["status"].where(first["numerator"].isna(), second["status"]).fillna(HIDDEN)
        whole["status"] = status.mask(known, UNRELIABLE).mask(known & ~few, SHOWN)
        return whole.reset_index()[list(cells.columns)]

    def change(self, metric: str) -> WaveChange:
        """Return what changed in a share from the wave before the last to the last."""
        statistics = self.report.contract.statistics
        before, after = (self.cell(metric, period) for _, period in self.waves[-2:])
        return wave_change(before, after, questions=len(self.told) + 1, minimum=statistics.minimum_n, level=statistics.level)


def surveys(report: Report) -> tuple[Section, ...]:
    """Return each survey: its answers as diverging bars, by wave with what changed, choices, who answered and who did not.

    Returns
    -------
    tuple of Section
        One a survey of which something may be shown; empty where the contract has none.
    """
    found = (_section(_Asked(report, name, survey)) for name, survey in report.contract.surveys.items())
    return tuple(section for section in found if section is not None)


def _section(asked: _Asked) -> Section | None:
    report, words, survey = asked.report, asked.report.words, asked.survey
    if not asked.period:
        return None
    body: list[Display] = []
    scales = [one for block in survey.questions if block.kind in ("scale", "yes_no") for one in _answers(asked, block)]
    if any(one.is_known for one in scales):
        when = words.period(asked.period)
        caption = words("answers.caption", survey=survey.title.in_language(report.voice.language), period=when)
        body.append(answer_bars(scales, voice=report.voice, period=asked.period, caption=caption))
    body += _by_wave(asked)
    choices = (
        _choices(asked, block, column, wording.in_language(report.voice.language))
        for block in survey.questions
        if block.kind == "choice"
        for column, wording in block.ask.items()
    )
    body += [table for table in choices if table is not None]
    body += _by_group(asked)
    body += _response(asked)
    return Section(_heading(asked, scales), tuple(body), question=words("survey.question"), contents=words("survey.short"))


def _heading(asked: _Asked, scales: list[Answers]) -> str:
    """Return the worst that is clear: a group that says yes less often, what most say no to, what fewer say yes to, how many answered."""
    words = asked.report.words
    for row in _behind(asked)[:1]:
        people, voice = str(row["dimension"]), asked.report.voice
        shares = {"value": row["value"], "other": row["comparator_value"], "people": voice.people(people, str(row["group"]))}
        question, others = asked.told[str(row["metric"])], comparator_name(row, voice)
        return words("survey.heading_group", question=question, others=others, claim=gap_claim(row), **shares)
    changes = {metric: asked.change(metric) for metric in asked.told} if len(asked.waves) > 1 else {}
    fell = {asked.told[metric]: (metric, one) for metric, one in changes.items() if one.verdict == "lower"}
    worst = max((one for one in scales if one.is_known), key=lambda one: one.negative, default=None)
    if worst is not None and worst.negative >= worst.positive:
        told = words("survey.heading_against", question=worst.question, negative=worst.negative, positive=worst.positive)
        if worst.question not in fell:
            return told
        metric, one = fell[worst.question]
        then = asked.waves[-2][0].title.in_language(asked.report.voice.language)
        return words("survey.heading_since", told=told, then=then, before=one.before, claim=_claims(asked, metric, one))
    if fell:
        question, (metric, one) = min(fell.items(), key=lambda item: item[1][1].difference)
        then, now = (wave.title.in_language(asked.report.voice.language) for wave, _ in asked.waves[-2:])
        claim = _claims(asked, metric, one)
        return words("survey.heading_fell", question=question, then=then, now=now, before=one.before, after=one.after, claim=claim)
    answered = asked.cell(f"{asked.name}_{ANSWERED}")
    share = float(answered.get("value", NAN))
    return words("survey.heading", share=share, asked=answered["denominator"]) if share == share else words("survey.heading_hidden")


def _claims(asked: _Asked, metric: str, one: WaveChange) -> list[Claim]:
    shares = zip(asked.waves[-2:], (one.before, one.after), strict=True)
    return [Claim("result", metric, period, "all", numbers=(("value", share),)) for (_, period), share in shares]


def _answers(asked: _Asked, block: Questions) -> Iterator[Answers]:
    """Yield the answers to questions that are for or against something."""
    for column in block.ask:
        metric = f"{asked.name}_{column}"
        positive = asked.value(metric)
        if block.kind == "yes_no":
            negative, neutral = 1 - positive, 0.0
        else:
            negative = asked.value(metric + NEGATIVE)
            neutral = asked.value(metric + NEUTRAL) if block.neutral else 0.0
        yield Answers(asked.told[metric], positive, neutral, negative, asked.value(metric, "denominator"))


def _behind(asked: _Asked) -> Sequence[Row]:
    """Return the clear gaps of groups that answer in favor less often, the largest first."""
    gaps = asked.report.gaps
    own = gaps[gaps["metric"].isin(list(asked.told)) & gaps["verdict"].eq("clear") & gaps["outcome_gap"].lt(0)]
    return records(own.sort_values("outcome_gap", kind="stable"))


def _by_group(asked: _Asked) -> list[Display]:
    """Return which groups answer clearly less in favor than others, and to what."""
    words, voice = asked.report.words, asked.report.voice
    told = [
        words(
            "survey.group_item",
            question=asked.told[str(row["metric"])],
            period=words.period(str(row["period"])),
            told=gap_sentence(row, voice),
        )
        for row in _behind(asked)
    ]
    return [Bullets(tuple(told), heading=words("survey.groups"))] if told else []


def _by_wave(asked: _Asked) -> list[Display]:
    """Return the share of each answer in favor by wave, and what changed from the last wave but one to the last."""
    words, language = asked.report.words, asked.report.voice.language
    if not asked.waves:
        return []
    named = [words("survey.wave", wave=wave.title.in_language(language), period=words.period(period)) for wave, period in asked.waves]
    if len(asked.waves) == 1:
        return [Prose((words("survey.one_wave", wave=named[0]),))]
    titles = [wave.title.in_language(language) for wave, _ in asked.waves]
    columns = (
        Column(words("answers.question")),
        *(Column(title, "number") for title in titles),
        Column(words("survey.change", before=titles[-2], after=titles[-1])),
    )
    every = {**asked.told, f"{asked.name}_{ANSWERED}": words("survey.answered_row")}
    hidden = [question for metric, question in every.items() if asked.change(metric).verdict == "hidden"]
    rows: tuple[tuple[str | Cell, ...], ...] = tuple(
        (question, *(_share(asked, metric, period) for _, period in asked.waves), _changed(asked, metric))
        for metric, question in every.items()
        if question not in hidden
    )
    left_out = [words("survey.waves_left_out", list="; ".join(hidden))] if hidden else []
    notes = (words("survey.waves", list="; ".join(named)), words("survey.waves_limits", n=len(every)), *left_out)
    if not rows:
        return [Prose(notes)]
    caption = words("survey.waves_caption", survey=asked.survey.title.in_language(language))
    return [DataTable(caption, columns, rows, notes=notes)]


def _share(asked: _Asked, metric: str, period: str) -> str | Cell:
    words, cell = asked.report.words, asked.cell(metric, period)
    of = "survey.of_asked" if metric == f"{asked.name}_{ANSWERED}" else "survey.of"
    value = float(cell.get("value", NAN))
    return _known(asked, cell, value, words.percent(value), words(of, n=float(cell["denominator"])) if value == value else "")


def _known(asked: _Asked, cell: Mapping[str, Any], value: float, text: str, detail: str = "") -> str | Cell:
    """Return a number of a cell in words; where it is not known or not shown, why."""
    if value != value:
        return Cell(asked.report.voice.status(str(cell.get("status", "no data"))), muted=True)
    return Cell(text, detail=detail) if detail else text


def _changed(asked: _Asked, metric: str) -> Cell:
    words, voice, one = asked.report.words, asked.report.voice, asked.change(metric)
    verdict = words(f"survey.change_{one.verdict.replace(' ', '_')}")
    low, high = voice.gap(metric, one.low), voice.gap(metric, one.high)
    limits = words("long.interval_range", low=low, high=high)
    return Cell(words("survey.changed", change=voice.gap(metric, one.difference), verdict=verdict), detail=limits)


def _choices(asked: _Asked, block: Questions, column: str, question: str) -> DataTable | None:
    """Return how often each option was chosen, the most frequent first; those that may not be shown in words, last."""
    words, voice = asked.report.words, asked.report.voice
    prefix = f"{asked.name}_{column}_"
    metrics = [metric for metric in asked.report.contract.metrics if metric.startswith(prefix)]
    shares = [(label, asked.value(metric)) for label, metric in zip(block.options.values(), metrics, strict=False)]
    if all(share != share for _, share in shares):
        return None
    shares.sort(key=lambda one: -one[1] if one[1] == one[1] else 1.0)
    rows = tuple(
        (label.in_language(voice.language), words.percent(share) if share == share else Cell(voice.status("hidden"), muted=True))
        for label, share in shares
    )
    people = asked.value(metrics[0], "denominator")
    notes = (words("survey.people", n=people),) if people == people else ()
    return DataTable(question, (Column(words("survey.option")), Column(words("survey.share"), "number")), rows, notes=notes)


def _response(asked: _Asked) -> list[Display]:
    """Return who answered of those asked, by group, a warning where too few did, and answers weighted by who was asked."""
    words, metric = asked.report.words, f"{asked.name}_{ANSWERED}"
    told: list[str] = []
    share = asked.value(metric)
    if share < ENOUGH_ANSWERS:
        told.append(words("survey.few", share=share, enough=ENOUGH_ANSWERS))
    body: list[Display] = []
    for dimension in asked.survey.dimensions:
        groups = asked.groups(metric, dimension)
        if len(groups):
            body.append(_response_table(asked, groups, dimension))
            told += [*_few(asked, groups, dimension), *_unlike(asked, metric, dimension), *_weighted(asked, groups, dimension)]
    in_words = sum(len(block.ask) for block in asked.survey.questions if block.kind == "open")
    told += [words("survey.open", n=in_words)] if in_words else []
    return [*body, *([Prose(tuple(told))] if told else [])]


def _response_table(asked: _Asked, groups: pd.DataFrame, dimension: str) -> DataTable:
    """Return who was asked, who answered, who did not, by group; beside it the share of the wave before."""
    words, voice, before = asked.report.words, asked.report.voice, asked.waves[-2:-1]
    answered = f"{asked.name}_{ANSWERED}"
    earlier = {str(row["group"]): row for _, period in before for row in records(asked.groups(answered, dimension, period))}
    names = [words(f"survey.{one}") for one in ("asked", "answered", "no_answer", "answered_share")]
    names += [words("survey.share_before", wave=wave.title.in_language(voice.language)) for wave, _ in before]
    rows: list[tuple[str | Cell, ...]] = []
    for row in records(groups):
        group, invited, told = str(row["group"]), float(row["denominator"]), float(row["numerator"])
        counts = [_known(asked, row, n, words.number(n)) for n in (invited, told, invited - told)]
        shares = [(one, float(one.get("value", NAN))) for one in (row, *(earlier.get(group, {}) for _ in before))]
        rows.append((voice.group(dimension, group), *counts, *(_known(asked, one, share, words.percent(share)) for one, share in shares)))
    columns = (Column(words("table.group")), *(Column(name, "number") for name in names))
    return DataTable(words("survey.response_caption", dimension=voice.dimension(dimension)), columns, tuple(rows))


def _few(asked: _Asked, groups: pd.DataFrame, dimension: str) -> list[str]:
    """Name the groups of which too few answered, the fewest first."""
    words, voice = asked.report.words, asked.report.voice
    low = groups[groups["value"].lt(ENOUGH_ANSWERS)].sort_values("value", kind="stable")
    named = [words("survey.few_group", group=voice.people(dimension, str(row["group"])), share=float(row["value"])) for row in records(low)]
    return [words("survey.few_groups", enough=ENOUGH_ANSWERS, list=named)] if named else []


def _unlike(asked: _Asked, metric: str, dimension: str) -> list[str]:
    """Say which groups answered clearly, or possibly, less often than others."""
    gaps = asked.report.gaps
    own = gaps[gaps["metric"].eq(metric) & gaps["dimension"].eq(dimension) & gaps["period"].eq(asked.period)]
    return [gap_sentence(row, asked.report.voice) for row in records(own) if row["verdict"] == "clear" and row["outcome_gap"] < 0]


def _weighted(asked: _Asked, groups: pd.DataFrame, dimension: str) -> list[str]:
    """Say what weighting by who was asked would change; where a group has too few answers for it, that nothing is weighted, and why."""
    words, voice = asked.report.words, asked.report.voice
    minimum = asked.report.contract.statistics.minimum_n
    found: list[str] = []
    few: dict[str, None] = {}
    hidden = False
    for metric, question in asked.told.items():
        rows, plain = asked.groups(metric, dimension), asked.value(metric)
        one = weighted_share(rows, groups, plain=plain, minimum=minimum) if len(rows) else None
        if one is None:
            hidden = hidden or bool(rows["denominator"].isna().any() or groups["denominator"].isna().any())
            few |= dict.fromkeys(rows.loc[rows["denominator"].lt(minimum), "group"].astype(str))
        elif abs(one.weighted - one.plain) >= 0.01:
            found.append(words("survey.weighted", question=question, plain=one.plain, weighted=one.weighted))
        else:
            found.append("")
    if few:
        return [words("survey.unweighted_few", minimum=minimum, list=[voice.people(dimension, group) for group in few])]
    if hidden:
        return [words("survey.unweighted_hidden")]
    return [one for one in found if one] or ([words("survey.weighted_same")] if found else [])
