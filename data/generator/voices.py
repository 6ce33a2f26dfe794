"""An early survey of people who enrolled: some do not answer, some leave a question out, every group answers alike.

Planted: in the second year fewer know what happens next. Nothing else differs from one year to the other.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from itertools import chain

from generator.lives import spread
from generator.people import mean
from generator.quiet import quiet

Row = dict[str, object]

#: Days after enrolling on which people are asked.
ASKED_AFTER = 60
#: Shares of the answers; 9 is "no answer" to one question, an empty cell everybody who did not answer at all.
ANSWERED = {"yes": 0.58, "no": 0.42}
SCALES = {
    "Helpful": {"1": 0.04, "2": 0.10, "3": 0.18, "4": 0.38, "5": 0.26, "9": 0.04},
    "Listened": {"1": 0.04, "2": 0.09, "3": 0.16, "4": 0.41, "5": 0.27, "9": 0.03},
    "ToldNext": {"1": 0.18, "2": 0.25, "3": 0.19, "4": 0.22, "5": 0.12, "9": 0.04},
}
#: Asked before this day, 52% know what happens next; 34% later.
WAVE = "2025-07-01"
TOLD_BEFORE = {"1": 0.08, "2": 0.17, "3": 0.19, "4": 0.34, "5": 0.18, "9": 0.04}
RECOMMEND = {"Y": 0.72, "N": 0.24, "9": 0.04}
BARRIER = {"bus": 0.34, "hours": 0.22, "papers": 0.14, "none": 0.30}
#: How the answers to each question are put together on pages; each must be quiet month by month.
TOGETHER: Mapping[str, Sequence[Sequence[str]]] = {
    **dict.fromkeys(SCALES, (("4", "5"), ("1", "2"), ("3",))),
    "Recommend": (("Y",),),
    "Barrier": tuple((option,) for option in BARRIER),
}
#: Largest difference between the shares of two groups with at least 30 people that is left in.
ALIKE = 0.11


def early_survey(enrolled: Sequence[tuple[str, dt.date, Mapping[str, str]]], *, seed: int, until: dt.date) -> list[Row]:
    """Return a row for each person who was asked by a day.

    Parameters
    ----------
    enrolled : sequence of (identifier, day of enrolling, description of the person)
    seed : int
    until : date
    """
    asked = sorted((day + dt.timedelta(days=ASKED_AFTER), name, person) for name, day, person in enrolled)
    rows: list[Row] = [
        {"PersonalID": name, "Race": person["race_ethnicity"], "Site": person["site"], "SentDate": day}
        for day, name, person in asked
        if day <= until
    ]
    for row, answer in zip(rows, _drawn(rows, "Answered", ANSWERED, (("yes",),), seed), strict=True):
        row["Answered"] = answer
    there = [row for row in rows if row["Answered"] == "yes"]
    for number, (question, shares) in enumerate({**SCALES, "Recommend": RECOMMEND, "Barrier": BARRIER}.items(), start=1):
        first = [row for row in there if question == "ToldNext" and str(row["SentDate"]) < WAVE]
        waves = ((first, TOLD_BEFORE), (there[len(first) :], shares))
        answers = chain.from_iterable(_drawn(wave, question, given, TOGETHER[question], seed + number) for wave, given in waves if wave)
        for row in rows:
            row[question] = next(answers) if row["Answered"] == "yes" else None
    return rows


def _drawn(rows: Sequence[Row], question: str, shares: Mapping[str, float], together: Sequence[Sequence[str]], seed: int) -> list[str]:
    """Draw an answer for each row so that no month stands out and no group answers otherwise."""
    for attempt in range(20_000):
        answers = spread(shares, len(rows), random.Random(seed * 100_000 + attempt), block=20)
        valid = [(row, answer) for row, answer in zip(rows, answers, strict=True) if answer != "9"]
        if all(_is_quiet(valid, chosen) and _is_alike(valid, chosen) for chosen in together):
            return answers
    raise RuntimeError(f"no quiet months of {question}")


def _is_quiet(valid: Sequence[tuple[Row, str]], chosen: Sequence[str]) -> bool:
    months: dict[str, list[float]] = {}
    for row, answer in valid:
        months.setdefault(str(row["SentDate"])[:7], []).append(float(answer in chosen))
    return quiet([mean(months[month]) for month in sorted(months)])


def _is_alike(valid: Sequence[tuple[Row, str]], chosen: Sequence[str]) -> bool:
    last = max(str(row["SentDate"]) for row, _ in valid)
    year = f"{int(last[:4]) - 1}{last[4:]}"
    for column in ("Race", "Site"):
        for since in ("", year):
            groups: dict[str, list[float]] = {}
            for row, answer in valid:
                if str(row["SentDate"]) > since:
                    groups.setdefault(str(row[column]), []).append(float(answer in chosen))
            found = [mean(group) for group in groups.values() if len(group) >= 30]
            if found and max(found) - min(found) > ALIKE:
                return False
    return True
