"""Which counts follow from shown ones by subtraction alone: one period from another, and who did not from all and who did."""

from __future__ import annotations

import itertools
from collections import defaultdict, deque

from acmlib.release.lines import Lines, Row

#: Months between which the count is known: each month to the months of its part.
Parts = dict[int, frozenset[int]]


class Joined:
    """Spans of months whose counts are known: what is shown joins its beginning to its end, and all that is joined to either.

    Parameters
    ----------
    lines : Lines
    """

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._parts: dict[tuple[int, int], Parts] = {}
        self._others: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for layer in lines.layers:
            for one, other, third in itertools.permutations(layer):
                self._others[one].append((other, third))
        #: Of a trial its own; else the same as `_parts`.
        self._changed = self._parts

    def tried(self) -> Joined:
        """Return what would be known if more were shown; nothing is kept yet."""
        more = Joined.__new__(Joined)
        more._lines, more._parts, more._others, more._changed = self._lines, self._parts, self._others, {}
        return more

    def keep(self, more: Joined) -> None:
        """Take over what was tried."""
        self._parts.update(more._changed)

    def learn(self, row: Row) -> list[float]:
        """Note that a count is shown; return the counts that follow from it and were not known before, itself included."""
        found: list[float] = []
        waiting = deque([row])
        while waiting:
            whom, place, start, after = waiting.popleft()
            one, other = self._part(whom, place, start), self._part(whom, place, after)
            if after in one:
                continue
            for first, last in itertools.product(one, other):
                span = min(first, last), max(first, last)
                found.append(self._lines.value((whom, place, *span)))
                for beside, third in self._others[whom]:
                    if span[1] in self._part(beside, place, span[0]):
                        waiting.append((third, place, *span))
            line = self._line(whom, place)
            line.update(dict.fromkeys(one | other, one | other))
        return found

    def _line(self, whom: int, place: int) -> Parts:
        """Return a line that may be changed."""
        key = (whom, place)
        if key not in self._changed:
            self._changed[key] = dict(self._parts.get(key, {}))
        return self._changed[key]

    def _part(self, whom: int, place: int, month: int) -> frozenset[int]:
        """Return the months joined to one, itself included."""
        key = (whom, place)
        line = self._changed.get(key, self._parts.get(key, {}))
        return line.get(month, frozenset((month,)))
