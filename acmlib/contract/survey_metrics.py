"""The metrics that a survey's questions are: shares among those who answered, treated by rules, verdicts and pages as all others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from acmlib.contract.model import Metric
from acmlib.contract.surveys import Questions, Survey
from acmlib.contract.values import Text

#: Endings of the metrics of one question: the answers that speak against the service, and those that speak neither way.
NEGATIVE, NEUTRAL = "_negative", "_neutral"
ANSWERED = "answered"


def survey_metrics(surveys: Mapping[str, Survey]) -> dict[str, tuple[Metric, str]]:
    """Return the metrics of all surveys by id, each with the key of the contract file that it comes from.

    ``exit_answered`` is the share of those invited who answered. ``exit_helpful`` is the share of positive answers to the question
    `helpful` among those who answered it; ``exit_helpful_negative`` and ``exit_helpful_neutral`` are the other answers, which the public
    edition leaves out. A choice is a share for each option, ``exit_barrier_bus``. Questions that are answered in words are none.

    Parameters
    ----------
    surveys : mapping
        Name to survey.
    """
    found: dict[str, tuple[Metric, str]] = {}
    for name, survey in surveys.items():
        at = f"surveys.{name}"
        found[f"{name}_{ANSWERED}"] = (_share(survey, survey.title, of=None, that=_answered(survey)), f"{at}.answered")
        for number, block in enumerate(survey.questions):
            for column, wording in block.ask.items():
                for metric, one in _of_question(survey, block, name, column, wording):
                    found[metric] = (one, f"{at}.questions.{number}.ask.{column}")
    return found


def _of_question(survey: Survey, block: Questions, name: str, column: str, wording: Text) -> Iterator[tuple[str, Metric]]:
    """Yield the metrics of one question."""
    if block.kind == "open":
        return
    codes = {"scale": (*block.scale,), "yes_no": (*block.positive, *block.negative), "choice": (*block.options,)}[block.kind]
    of = _all(survey.answered, _is(column, codes), _is_not(column, survey.not_answered))
    if block.kind == "choice":
        for code, label in block.options.items():
            title = _with(wording, [label])
            yield f"{name}_{column}_{_id(code)}", _share(survey, title, of=of, that=_is(column, [code]), better="neither", split=False)
        return
    labels = {code: block.scale[code] for code in block.scale}
    yield f"{name}_{column}", _share(survey, _with(wording, [labels[one] for one in block.positive if one in labels]), of=of,
                                     that=_is(column, block.positive))  # fmt: skip
    others = ((NEGATIVE, block.negative, "lower"), (NEUTRAL, block.neutral, "neither"))
    for ending, chosen, better in others:
        if chosen and block.kind == "scale":
            title = _with(wording, [labels[one] for one in chosen])
            yield (
                f"{name}_{column}{ending}",
                _share(survey, title, of=of, that=_is(column, chosen), better=better, audience="provider", split=False),
            )


def _share(
    survey: Survey, title: Text, *, of: str | None, that: str, better: str = "higher", audience: str = "public", split: bool = True
) -> Metric:
    """Return a share; only what groups are compared by is split, so that a survey adds one comparison a question and group."""
    return Metric.model_validate(
        {
            "title": title, "kind": "proportion", "from": survey.from_, "of": of, "that": that, "date": survey.date, "better": better,
            "dimensions": survey.dimensions if split else (), "audience": audience,
        }
    )  # fmt: skip


def _answered(survey: Survey) -> str:
    """Return the condition that somebody answered: the survey's own, else that any question has an answer."""
    if survey.answered is not None:
        return survey.answered
    columns = [column for block in survey.questions for column in block.ask]
    return " or ".join(f"({_all(f'{_column(one)} is not null', _is_not(one, survey.not_answered))})" for one in columns)


def _with(wording: Text, labels: Sequence[Text]) -> Text:
    """Return a question with the answers that are counted, in every language of either."""
    if not labels:
        return wording
    languages = [key for key in dict.fromkeys(key for text in (wording, *labels) for key in text.translations) if key]
    told = {key: f"{wording.in_language(key)}: {', '.join(label.in_language(key) for label in labels)}" for key in languages or [""]}
    return Text.model_validate(told)


def _column(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _is(column: str, codes: Iterable[str]) -> str:
    """Return the condition that a column has one of some codes; a whole number may come as ``4`` or ``4.0``."""
    forms = [form for code in codes for form in ((code, f"{code}.0") if code.lstrip("-").isdecimal() else (code,))]
    return f"CAST({_column(column)} AS VARCHAR) IN ({', '.join(map(_literal, forms))})"


def _is_not(column: str, codes: Sequence[str]) -> str | None:
    return f"NOT ({_is(column, codes)})" if codes else None


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _all(*conditions: str | None) -> str:
    return " AND ".join(f"({one})" for one in conditions if one is not None)


def _id(code: str) -> str:
    """Return a code as part of a metric's id."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in code.lower()).strip("_") or "other"
