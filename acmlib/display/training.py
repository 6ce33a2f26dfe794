"""Lessons on invented contracts: ``from acmlib.display import training``, then ``lesson = training.lesson(1)``.

Something is planted in each; `Lesson.check` says what was found and what was missed, `Lesson.key` shows the answers to a trainer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from acmlib.contract.errors import choose
from acmlib.contract.private_folders import PrivateFolder
from acmlib.display.objects import Bullets, Section
from acmlib.display.report import Report, open_report
from acmlib.display.words import Words
from acmlib.intake.scaffold.invented import PERIOD, Planted, invent

#: What is asked at each level: fields of `Planted`.
ASKED = {1: ("metric", "dimension", "group"), 2: ("changed", "since", "too_few"), 3: ("stage", "owner", "group")}


@dataclass(frozen=True)
class TrainingLesson:
    """One lesson: an invented contract, its report, and the answers."""

    level: int
    seed: int  #: Another seed gives another contract.
    language: str  #: ``en`` or ``es``.
    folder: PrivateFolder = field(repr=False)  #: Holds the workspace of the invented contract as long as the lesson lasts.
    planted: Planted  #: The answers. Look at them with `key`.

    @cached_property
    def report(self) -> Report:
        """The internal report of the invented contract: ``lesson.report.gaps``, ``lesson.report.by_group(...)``."""
        return open_report(self.planted.contract, PERIOD, "internal", self.language, root=self.folder.path)

    @property
    def _words(self) -> Words:
        return Words(self.language)

    def check(self, **answers: str) -> Section:
        """Say which answers are right, and for the others where to look.

        Parameters
        ----------
        **answers : str
            One for each field of `ASKED` of this level. What is left out or empty counts as not answered.

        Returns
        -------
        Section

        Raises
        ------
        ValueError
            If something is answered that was not asked.
        """
        words, asked = self._words, ASKED[self.level]
        for name in answers:
            if name not in asked:
                raise ValueError(f"check: '{name}' was not asked: {choose(name, asked)}")
        lines, right = [], 0
        for name in asked:
            given, wanted = str(answers.get(name, "")).strip(), getattr(self.planted, name)
            label = words(f"training.{name}")
            if given.casefold() == wanted.casefold():
                right += 1
                lines.append(words("training.right", what=label, given=given))
            elif given:
                lines.append(words("training.wrong", what=label, given=given, hint=words(f"training.hint_{name}")))
            else:
                lines.append(words("training.open", what=label, hint=words(f"training.hint_{name}")))
        heading = words("training.all_right") if right == len(asked) else words("training.some_right", n=right, of=len(asked))
        return Section(heading, (Bullets(tuple(lines)),))

    def key(self) -> Section:
        """Return the answers, and why they can be defended: for the trainer."""
        words = self._words
        lines = [words("training.answer", what=words(f"training.{name}"), answer=getattr(self.planted, name)) for name in ASKED[self.level]]
        return Section(
            words("training.key", level=str(self.level), seed=str(self.seed)), (Bullets((*lines, words(f"training.why_{self.level}"))),)
        )


def lesson(level: int, seed: int = 1, language: str = "en") -> TrainingLesson:
    """Invent a contract and return the lesson about it.

    Parameters
    ----------
    level : {1, 2, 3}
        1: find the gap. 2: is it noise? 3: what would you ask the provider?
    seed : int
        Another seed gives fresh variants.
    language : str
        ``en`` or ``es``.

    Returns
    -------
    Lesson
        Its files are in a private folder that goes with it.

    Examples
    --------
    >>> lesson(1, seed=2).check(metric="placed_6m").heading
    '1 of 3 found'
    """
    folder = PrivateFolder()
    return TrainingLesson(level, seed, language, folder, invent(level, seed, folder.path))
