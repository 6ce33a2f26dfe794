"""Answers to questions on a scale as diverging bars: against at the left of a line, for at its right, neither way astride it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from acmlib.display.charts.canvas import BLUE, GREY, INK, LINE, ORANGE, PAPER, RULE, WIDTH, Sheet, text_width, wrap
from acmlib.display.charts.frames import chart_of
from acmlib.display.objects import Cell, Chart, DataTable
from acmlib.display.tables import heads
from acmlib.display.voice import Voice

#: Height of a bar, and room below it, in points.
BAR, GAP = 18.0, 12.0


@dataclass(frozen=True)
class Answers:
    """The answers to one question."""

    question: str  #: As it was asked, in the page's language.
    #: `positive`, `neutral`, `negative`: shares of those who answered; NaN where they may not be shown. `neutral` is 0 where the scale has
    #: no middle.
    positive: float
    neutral: float
    negative: float
    people: float  #: Who answered the question.

    @property
    def is_known(self) -> bool:
        """Whether all three shares can be shown."""
        return self.positive + self.neutral + self.negative == self.positive + self.neutral + self.negative


def answer_bars(answers: Sequence[Answers], *, voice: Voice, period: str, caption: str) -> Chart:
    """Return the questions of a survey as diverging bars, in the order given.

    Parameters
    ----------
    answers : sequence of Answers
        Questions of which not every share may be shown are named below the figure, and not drawn.

    Raises
    ------
    ValueError
        If nothing can be drawn.
    """
    words = voice.words
    drawn = [one for one in answers if one.is_known]
    if not drawn:
        raise ValueError("answers: no question has all its shares; leave the figure out")
    told = [words("answers.sentence", question=one.question, positive=one.positive, negative=one.negative, n=one.people) for one in drawn]
    left_out = [one.question for one in answers if not one.is_known]
    small = [words("answers.not_drawn", list="; ".join(left_out))] if left_out else []
    notes = (*small, *voice.fine_print(period=words.period(period)))
    return chart_of(
        _draw(drawn, voice), words("answers.alt", sentence=told[0]), told, _table(answers, caption, voice), caption, notes, voice
    )


def _draw(answers: Sequence[Answers], voice: Voice) -> str:
    heads = [wrap(one.question, WIDTH) for one in answers]
    sheet = Sheet(LINE + 8 + sum(len(head) * LINE + BAR + GAP for head in heads))
    left = max(one.negative + one.neutral / 2 for one in answers)
    right = max(one.positive + one.neutral / 2 for one in answers)
    # Room at both ends for a number beside a bar that is too short to hold it.
    wide = (WIDTH - 2 * text_width("100%") - 8) / (left + right)
    zero = text_width("100%") + 4 + left * wide
    words = voice.words
    sheet.text(zero - 8, LINE - 4, words("answers.against"), color=ORANGE, align="right", bold=True)
    sheet.text(zero + 8, LINE - 4, words("answers.for"), color=BLUE, bold=True)
    y = LINE + 8.0
    for head, one in zip(heads, answers, strict=True):
        for line in head:
            sheet.text(0, y + LINE - 5, line)
            y += LINE
        sheet.line([zero, zero], [y - 4, y + BAR + 4], color=RULE, width=0.8)  # below the bar: it crosses no number
        _bar(sheet, one, zero, y, wide, voice)
        y += BAR + GAP
    return sheet.svg()


def _bar(sheet: Sheet, one: Answers, zero: float, y: float, wide: float, voice: Voice) -> None:
    words = voice.words
    start = zero - (one.negative + one.neutral / 2) * wide
    middle, end = start + one.negative * wide, zero + one.neutral / 2 * wide
    parts = ((start, one.negative, ORANGE, "against"), (middle, one.neutral, GREY, "neither"), (end, one.positive, BLUE, "for"))
    for x, share, color, name in parts:
        if share <= 0:
            continue
        width = share * wide
        corners = [(x, y), (x + width, y), (x + width, y + BAR), (x, y + BAR)]
        sheet.band(corners, color=color, title=f"{words(f'answers.{name}')}: {words.percent(share)}")
        text = words.percent(share)
        if width > text_width(text) + 8:
            sheet.text(x + width / 2, y + BAR / 2, text, color=PAPER, align="center", middle=True, bold=True)
        elif name != "neither":
            outside = x - 4 if name == "against" else x + width + 4
            sheet.text(outside, y + BAR / 2, text, color=INK, align="right" if name == "against" else "left", middle=True)


def _table(answers: Sequence[Answers], caption: str, voice: Voice) -> DataTable:
    words = voice.words
    columns = heads(words, "answers.question", numbers=[f"answers.{one}" for one in ("for", "neither", "against", "people")])

    def shown(value: float, write: Callable[[float], str] = words.percent) -> str | Cell:
        return write(value) if value == value else Cell(voice.status("hidden"), muted=True)

    rows = (
        (one.question, shown(one.positive), shown(one.neutral), shown(one.negative), shown(one.people, words.number)) for one in answers
    )
    return DataTable(caption, columns, tuple(rows))
