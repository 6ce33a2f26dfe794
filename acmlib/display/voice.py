"""The words of one report: the fixed ones of its language and the labels of its contract, asked for in one place."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from acmlib.contract.ids import ALL_PARTICIPANTS, DimensionId, MetricId
from acmlib.contract.kinds import KINDS, main_id
from acmlib.contract.model import NO_HOLIDAYS, Contract, Metric, Text
from acmlib.contract.periods import parse_period
from acmlib.contract.targets import target_on, window_target
from acmlib.display.nouns import in_sentence, noun_of, plain_name
from acmlib.display.rounding import ALIKE, decimals_apart, difference, places_of
from acmlib.display.words import MINUS, Lasting, Words
from acmlib.measures.table import OTHER_GROUPS

#: First words of units that are money.
MONEY = frozenset({"dollars", "dólares"})

#: Kinds of metric whose values are fractions and are shown in percent.
FRACTIONS = frozenset({"proportion", "retention"})
#: Kinds whose values are medians.
MEDIANS = frozenset(name for name, kind in KINDS.items() if kind.as_ratio)

_AND_OVER = re.compile(r"^(\d+)(?: and over|\+)$")
_AGES = re.compile(r"^(\d+)\s*(?:-|–|to)\s*(\d+)$")
_UNDER = re.compile(r"^(?:under|below) (\d+)$", re.IGNORECASE)


@dataclass(frozen=True)
class Voice:
    r"""How a report says things: labels, values and the line of sources under each figure.

    Examples
    --------
    >>> contract = Contract.model_validate(
    ...     {
    ...         "id": "demo",
    ...         "contract": {
    ...             "title": "Demo",
    ...             "provider": "Harbor Works",
    ...             "agency": "City",
    ...             "program": "jobs",
    ...             "starts": "2025-01-01",
    ...             "ends": "2026-12-31",
    ...         },
    ...         "tables": {"participants": {"source": "data/demo/participants.csv"}},
    ...         "metrics": {"placed": {"title": {"en": "Placed in a job", "es": "Con empleo"}, "kind": "proportion"}},
    ...     }
    ... )
    >>> voice = Voice(Words("es"), contract)
    >>> voice.metric("placed"), voice.value("placed", 0.4), voice.group("age", "25 and over")
    ('Con empleo', '40%', '25 y más')
    """

    words: Words
    contract: Contract
    source: str = ""  #: Where the numbers come from, as it stands under figures; the provider's name if empty.
    as_of: dt.date | None = None  #: Last day of data in the report.
    #: (metric, period) to the target that the verdict on that window goes by; NaN where none was agreed.
    judged: Mapping[tuple[str, str], float] = field(default_factory=dict, compare=False)
    #: Metric to results and the targets that they were judged by: what must not read alike.
    beside: Mapping[str, tuple[tuple[float, float], ...]] = field(default_factory=dict, compare=False)
    #: (metric, window) to the result of everyone, of the durations that this edition shows: what a change is told by.
    waits: Mapping[tuple[str, str], float] = field(default_factory=dict, compare=False)
    decided_by: str = "public"  #: Rule of the edition, as in `acmlib.release.editions.Release`: what *hidden* means in it.

    def about(self, metric: str) -> Voice:
        """Return the voice of texts about one metric: it names what this one counts, where others of the contract count other things."""
        definition = self.definition(metric)
        if not self.words.mixed or (definition is not None and definition.counted is None and not KINDS[definition.kind].by_people):
            return self
        return replace(self, words=self.words.counting(noun_of(self.contract, definition, self.words)))

    def rule(self) -> str:
        """Return what the edition hides or puts together, in a sentence."""
        privacy = self.contract.privacy
        return self.words(f"read.rule_{self.decided_by}", below=privacy.minimum_count - 1, least=privacy.minimum_group)

    @property
    def language(self) -> str:
        """Language tag of the report."""
        return self.words.language

    def _text(self, text: object) -> str:
        return text.in_language(self.words.locale.language) if hasattr(text, "in_language") else str(text)

    def written(self, text: Text) -> str:
        """Return what somebody wrote, in the page's language; where it exists in another one only, that is said: *(solo en inglés)*.

        A text without a language in a contract whose pages come in several is in the contract's first language.
        """
        language = self.words.locale.language
        first = self.contract.languages[0].partition("-")[0]
        told = self._text(text)
        spoken = next((key or first for key, one in text.translations.items() if one == told), first)
        if language in text.translations or spoken == language:
            return told
        name = self.words.locale.languages.get(spoken, spoken)
        return self.words("language.only", text=told, language=name)

    def definition(self, metric: str) -> Metric | None:
        """Return the contract's definition behind a metric id, or None for the steps of the pathway."""
        return self.contract.metrics.get(MetricId.parse(metric).key)

    def metric(self, metric: str) -> str:
        """Return the label of a metric id of the metric table, pathway steps and ``in_programme@180d`` included."""
        known = MetricId.parse(metric)
        if known.days is not None:
            form = "within" if self._kind(known.name) == "duration" else "retention"
            return self.words(f"metric.{form}", title=self.metric(known.name), days=self.days(metric, known.days))
        if known.step:
            first = self._is_first(known.name)
            return self.words("metric.stage_first" if first else f"metric.{known.step}", stage=self.stage(known.name))
        definition = self.contract.metrics.get(metric)
        return self._text(definition.title) if definition else plain_name(metric)

    def stage(self, stage: str) -> str:
        """Return the label of a step of the pathway."""
        stages = self.contract.pathway.stages if self.contract.pathway else ()
        title = next((step.title for step in stages if step.stage == stage), None)
        return self._text(title) if title else plain_name(stage).capitalize()

    def dimension(self, dimension: str) -> str:
        """Return the label of a dimension, or of a pair of them, as it reads after *by*."""
        names = DimensionId.parse(dimension).names
        if len(names) == 2:
            return self.words("dimensions.pair", pair=[self.dimension(one) for one in names])
        known = self.contract.dimensions.get(dimension)
        if known is not None and known.title is not None:
            return in_sentence(self._text(known.title))
        key = f"dimensions.{dimension}"
        return self.words(key) if self.words.has(key) else plain_name(dimension)

    def group(self, dimension: str, group: str) -> str:
        """Return the label of a group: the contract's, else the translation of a standard category, else the group itself."""
        if group == ALL_PARTICIPANTS:
            return self.words("groups.all")
        dimensions, groups = DimensionId.parse(dimension).names, DimensionId.parse(dimension).groups(group)
        if len(dimensions) == len(groups) == 2:
            return " × ".join(self.group(one, part) for one, part in zip(dimensions, groups, strict=True))
        known = self.contract.dimensions.get(dimension)
        if known is not None and group in known.labels:
            return self._text(known.labels[group])
        if found := _AND_OVER.match(group):
            return self.words("groups.and_over", age=found[1])
        if found := _UNDER.match(group):
            return self.words("groups.under", age=found[1])
        key = f"groups.{group}"
        if self.words.has(key) or known is None or known.prefix is None or group in known.not_recorded:
            return self.words(key) if self.words.has(key) else group
        return f"{self._text(known.prefix)} {group}"

    def people(self, dimension: str, group: str) -> str:
        """Return a group as it reads in a sentence, people first: *Black participants*, *students at Oak Hill*.

        The contract's `phrases` come first, then its `phrase` with the group's label, then the fixed words for standard groups, ages,
        places and sites. A dimension of services (``kind: service``) splits no people: its groups are their labels.

        Examples
        --------
        ``voice.people("race_ethnicity", "White")`` is ``White participants``, ``voice.people("age", "18-20")`` is
        ``participants aged 18 to 20``.
        """
        dimensions, groups = DimensionId.parse(dimension).names, DimensionId.parse(dimension).groups(group)
        if len(dimensions) == len(groups) == 2:
            return f"{self.people(dimensions[0], groups[0])}, {self.group(dimensions[1], groups[1])}"
        label = self.group(dimension, group)
        known = self.contract.dimensions.get(dimension)
        if known is not None and group in known.phrases:
            return self._text(known.phrases[group])
        if known is not None and group in known.not_recorded:
            return self.words("people.unknown", people=self.participants, group=label)
        if known is not None and known.phrase is not None and group != OTHER_GROUPS:
            return self._text(known.phrase).replace("{group}", label)
        if str(getattr(known, "kind", "")) in ("service", "reason"):
            return label
        return self._fixed_phrase(dimension, group, label)

    @property
    def participants(self) -> str:
        """What those served are called, in the plural."""
        named = self.contract.contract.people
        return self.words.several or (self._text(named) if named else self.words("people.participants"))

    def _fixed_phrase(self, dimension: str, group: str, label: str) -> str:
        """Return a group in the fixed words of the language: a standard group, an age, a place, a site, else by its label."""
        people, known = self.participants, self.contract.dimensions.get(dimension)
        if group == ALL_PARTICIPANTS:
            return self.words("people.all", people=people)
        if self.words.has(f"people.{group}"):
            return self.words(f"people.{group}", people=people)
        if known is not None and known.bands:
            for pattern, key in ((_AND_OVER, "aged_over"), (_UNDER, "aged_under")):
                if found := pattern.match(group):
                    return self.words(f"people.{key}", people=people, age=found[1])
            if found := _AGES.match(group):
                return self.words("people.aged", people=people, **{"from": found[1], "to": found[2]})
            return self.words("people.aged_one", people=people, group=label)
        form = str(getattr(known, "kind", "")) if known is not None else ""
        known_by_name = {"neighborhood": "place", "neighbourhood": "place", "site": "site"}
        form = form if form in ("place", "site") else known_by_name.get(dimension, "any")
        return self.words(f"people.{form}", people=people, group=label)

    def short(self, metric: str) -> str:
        """Return the short name of a metric, for tiles, tables and second mentions; the label if the contract gives none."""
        days, definition = MetricId.parse(metric).days, self.definition(metric)
        if definition is None or definition.short is None:
            return self.metric(metric)
        name = self._text(definition.short)
        return self.words("metric.short_at", title=name, days=self.days(metric, days)) if days is not None else name

    def result_clause(self, metric: str, value: float) -> str:
        """Return a value of a metric as a clause: *34% have a job within 6 months*; *Enrolled: 389* if the contract has no words for it.

        Examples
        --------
        ``voice.result_clause("in_programme@180d", 0.81)`` is ``81% are still in the program after 180 days``.
        """
        days, definition, shown = MetricId.parse(metric).days, self.definition(metric), self.value(metric, value)
        if definition is None or definition.says is None or (definition.kind == "duration" and days is not None):
            return self.words("metric.told", title=self.short(metric), value=shown)
        text = self._text(definition.says)
        return text.replace("{value}", shown).replace("{days}", self.words.days(days) if days is not None else "")

    def value(self, metric: str, value: float, places: int = 0) -> str:
        """Return a value of a metric as it is read: percent (with so many places), days, a count; NaN reads *no data*.

        What would read like a target that it misses has decimals: *34.9%*, not *35%, target 35%: not met*.
        """
        if value is None or math.isnan(value):
            return self.words("status.no_data")
        return self._printed(metric, value, places or self._finer(metric, value))

    def _finer(self, metric: str, value: float) -> int:
        """Return how many decimals tell a value from targets that it misses, or a target from results that miss it."""
        definition = self.definition(metric)
        agreed = definition.target if definition is not None and main_id(self.contract, MetricId.parse(metric).key) == metric else ()
        sign = -1 if definition is not None and definition.better == "lower" else 1
        pairs = [(value, one.value) for one in agreed] + [pair for pair in self.beside.get(metric, ()) if value in pair]
        against = [one for result, target in pairs if sign * result < sign * target for one in (result, target)]
        if self.kind(metric) in FRACTIONS and math.isclose(100 * value, round(100 * value), abs_tol=ALIKE):
            return 0
        return decimals_apart(lambda one, few: self._printed(metric, one, few), value, against)

    def _printed(self, metric: str, value: float, places: int) -> str:
        kind = self.kind(metric)
        if kind in FRACTIONS:
            return self.words.percent(value, places)
        if kind == "duration":
            return self.words.days(self.days(metric, value), places)
        unit = self.unit_text(metric)
        if unit.partition(" ")[0] in MONEY:
            return self._dollars(value, unit, places=places)
        number = self.words.decimal(value, places + 1) if places else self.words.number(value)
        return f"{number} {unit}" if unit else number

    def days(self, metric: str, value: float) -> float:
        """Return a number of days as a text about a metric takes it: of a duration in another unit (working days, hours) in that unit."""
        lasting = Lasting(value)
        lasting.unit = self._lasting(metric)
        return lasting

    def _lasting(self, metric: str) -> str:
        definition = self.definition(metric)
        if definition is None:
            return "days"
        return "working_days" if definition.in_working_days else {60: "hours", 1: "minutes"}.get(definition.minutes or 0, "days")

    def unit_text(self, metric: str) -> str:
        """Return the unit of a metric as the contract calls it; empty if it has none."""
        definition = self.definition(metric)
        return self._text(definition.unit) if definition and definition.unit else ""

    def _dollars(self, value: float, unit: str, beside: float = 0.0, places: int = 0) -> str:
        """Return an amount as money is read: *$6,349*, *$15.50 an hour*; cents below a hundred only."""
        number = self.words.decimal(value) if places or max(abs(value), beside) < 100 else self.words.number(round(value))
        word, _, rest = unit.partition(" ")
        if word != "dollars":
            return f"{number} {unit}"
        sign, number = ("\N{MINUS SIGN}", number.lstrip("\N{MINUS SIGN}")) if value < 0 else ("", number)
        return f"{sign}${number} {rest}".strip()

    def unit(self, metric: str) -> float:
        """Return the smallest difference of two values that is seen when they are printed: a percentage point, a day, a tenth of others."""
        kind = self.kind(metric)
        return 0.01 if kind in FRACTIONS else 1.0 if kind == "duration" and self._lasting(metric) != "hours" else 0.1

    def gap(self, metric: str, gap: float, *, signed: bool = True, beside: float = 0.0) -> str:
        """Return a difference of two values, unsigned where the sentence says *below*; money is as fine as the amount `beside` it."""
        kind = self.kind(metric)
        if kind in FRACTIONS:
            return self.words.points(gap, signed=signed)
        if kind == "duration":
            text = self.words.days(self.days(metric, abs(gap)))
        else:
            money = self.unit_text(metric).partition(" ")[0]
            text = self._dollars(abs(gap), money, beside) if money in MONEY else self.words.number(abs(gap))
        return text if not signed or not round(gap, 1) else ("+" if gap > 0 else MINUS) + text

    def places(self, metric: str, pairs: Iterable[tuple[float | None, float | None]]) -> int:
        """Return to how many places values of a metric are printed beside their differences."""
        if self.kind(metric) not in FRACTIONS:
            return 0
        known = list(pairs)
        finer = (self._finer(metric, one) for pair in known for one in pair if one is not None and one == one)
        return max(places_of(known, self.contract.statistics.materiality), *finer, 0)

    def apart(self, metric: str, value: float, other: float, places: int = 0, *, signed: bool = True) -> str:
        """Return the difference of two values printed beside it: that of what is read."""
        if self.kind(metric) not in FRACTIONS:
            return self.gap(metric, value - other, signed=signed)
        return self.words.points_of(difference(value, other, places), signed=signed)

    def result(self, metric: str, value: float, numerator: float | None, denominator: float | None, places: int = 0) -> str:
        """Return a value with the counts behind it: *20% (40 of 200)*, *12 days (n 64)*."""
        shown = self.value(metric, value, places)
        if self.kind(metric) == "proportion" and numerator is not None and denominator is not None:
            return self.words("gap.result", value=shown, numerator=numerator, denominator=denominator)
        return shown if denominator is None else self.about(metric).words("gap.result_n", value=shown, n=denominator)

    def kind(self, metric: str) -> str:
        """Return the kind of a metric id; a step of the pathway and a time of a duration are proportions, the first step a count."""
        kind = self._kind(metric)
        return "proportion" if kind == "duration" and MetricId.parse(metric).days is not None else kind

    def _kind(self, metric: str) -> str:
        definition = self.definition(metric)
        if definition is not None:
            return definition.kind
        known = MetricId.parse(metric)
        return "count" if known.step and self._is_first(known.name) else "proportion"

    def _is_first(self, stage: str) -> bool:
        return self.contract.pathway is not None and self.contract.pathway.stages[0].stage == stage

    def status(self, status: str) -> str:
        """Return a status of the metric table in words, and where small groups are put together that they are."""
        return self.words("status.together" if (status, self.decided_by) == ("hidden", "groups") else f"status.{status.replace(' ', '_')}")

    def target(self, metric: str, period: str = "") -> float | None:
        """Return the target of a metric over a window, or the one in force at the data cut-off; None if none was agreed for it.

        A window with a verdict has the target of its verdict. In any other window all months count alike: their people are not known here.

        Parameters
        ----------
        period : str
            A period of the metric table; the data cut-off if empty.
        """
        definition = self.definition(metric)
        if definition is None:
            return None
        day = self.as_of or self.contract.contract.ends
        if (metric, period) in self.judged:
            found = self.judged[metric, period]
        elif period.startswith("P"):
            found = window_target(definition, dict.fromkeys(parse_period(period).months, 1.0), as_of=day)
        else:
            found = target_on(definition, day)
        return None if math.isnan(found) else found

    def fine_print(
        self, *, period: str, metric: str | None = None, comparator: str | None = None, base: str | None = None, intervals: bool = False,
        caption: str = "", window: str = "", target: float | None = None, with_target: bool = True,
    ) -> tuple[str, ...]:  # fmt: skip
        """Return the sentences under a figure: what its lines are, period, target, comparator, base; source and day stand in the head.

        A period that the caption names is not said again. `window` is the period as it stands in the metric table: the target is that of
        the window, unless `target` is given; without `with_target` it is said elsewhere.
        """
        lines = [self.words("source.period", period=period)] if period and period not in caption else []
        if intervals:
            lines.insert(0, self.words("source.level", level=self.contract.statistics.level))
        if metric is not None and with_target:
            agreed = self.target(metric, window) if target is None else target
            told = {"target": self.value(metric, agreed)} if agreed is not None else {}
            lines.append(self.words("source.target" if told else "source.no_target", **told))
        if comparator is not None:
            lines.append(self.words("source.comparator", comparator=comparator))
        if base is not None:
            lines.append(self.words("source.base", base=base))
        if metric is not None and (definition := self.definition(metric)) is not None and definition.in_working_days:
            lines.append(self.working_days())
        return (" ".join(lines),) if lines else ()

    def working_days(self) -> str:
        """Say how working days are counted, and whose holidays are left out."""
        country, _, part = str(self.contract.holidays).partition("-")
        calendar = self.words.locale.territories.get(country, country.rpartition("/")[2]) + (f", {part}" if part else "")
        free = "" if country == NO_HOLIDAYS else self.words("source.holidays", calendar=calendar)
        return self.words("source.working_days", holidays=free)
