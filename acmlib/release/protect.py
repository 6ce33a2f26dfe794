"""Which further cells must be hidden so that no hidden count can be worked out: few, small and unimportant ones first.

`protect` starts from the cells that the rule hides and searches in each block (`acmlib.release.blocks`) for other counts that agree with
what is shown. For a hidden count that cannot move far enough it asks for the cheapest cells whose hiding lets it. What was hidden for one
count helps the next; nothing is shown again, so that a few cells may be hidden that the last counts made unnecessary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from acmlib.release.exchanges import exchanges, swaps
from acmlib.release.merged import Rough, merged
from acmlib.release.nearby import Nearby
from acmlib.release.program import NOTHING, Floats, Places
from acmlib.release.reader import Block, Flags, Reader

#: A search for many counts at once takes as long as searches for so many single ones: a share of how many variables there are.
AS_LONG = 1 / 40
#: With more variables than this it takes longer than all of these together.
TOO_LARGE = 2000
#: Cells of this weight are hidden so that a count cannot be worked out, not to make the range of what it could be wider.
DEAR = 10.0
#: In a large block so many cells are tried one by one before the cheapest of all are asked for.
TRIED = 5
#: Of two cells it is soon known in a large block whether fewer will do; of more the price must be asked.
FEWEST = 2
#: In a block of so many counts a few groups are moved by small programs first.
LARGE = 500
#: With so many others: more take longer than they save.
NEIGHBOURS = 4


@dataclass(frozen=True)
class Need:
    """How far each row of a block must be able to move, for all a reader knows.

    Parameters
    ----------
    up, down : arrays of float, shape (r,)
        At least so far each way.
    values : array of float, shape (r,)
        And so many values must be possible.
    """

    up: Floats
    down: Floats
    values: Floats


@dataclass
class Guard:
    """Looks after one block: what is proven of its rows, and what must be hidden for the rest.

    Parameters
    ----------
    block : Block
    need : Need
    rows : array of int
        The rows that are looked after here.
    always : array of bool, shape (r,)
        Rows that are protected although no cell of this release hides them: an earlier one did.
    """

    block: Block
    need: Need
    rows: Places
    always: Flags
    reader: Reader = field(init=False)
    #: How far each row is proven to move.
    down: Floats = field(init=False)
    up: Floats = field(init=False)
    lost: set[int] = field(default_factory=set, init=False)
    #: Rows for which everything was tried: they are asked for what can be had at most, whatever it costs.
    modest: set[int] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        self.reader = Reader(self.block)
        self.down, self.up = np.zeros(len(self.need.up)), np.zeros(len(self.need.up))
        self.need = Need(self.need.up.copy(), self.need.down.copy(), self.need.values.copy())

    @cached_property
    def near(self) -> Nearby:
        """The block's groups, a few at a time."""
        return Nearby(self.block)

    @cached_property
    def rough(self) -> Rough | None:
        """What is possible in a large block if its months are merged, where that pays."""
        smaller = None if self.block.rows.shape[1] < LARGE else merged(self.block)
        return None if smaller is None else Rough(smaller)

    def wanted(self, hidden: Flags) -> Places:
        """Return the rows that a reader does not see and must not work out."""
        known = self.block.known(hidden)
        some = np.zeros(len(known), dtype=bool)
        some[self.block.row[hidden[self.block.cell]]] = True
        some |= self.always
        return np.array([row for row in self.rows if some[row] and not known[row] and row not in self.lost], dtype=np.intp)

    def lacking(self, wanted: Places) -> Places:
        """Return those that are not proven to move as far as needed."""
        down, up = self.down, self.up
        short = (up < self.need.up) | (down < self.need.down) | (down + up + 1 < self.need.values)
        return wanted[short[wanted]]

    def note(self, moved: Floats) -> None:
        """Keep how far other counts, which agree with what is shown, move every row. What is proven stays so when more is hidden."""
        self.down = np.maximum(self.down, np.floor(NOTHING - moved))
        self.up = np.maximum(self.up, np.floor(moved + NOTHING))

    def search(self, hidden: Flags) -> Places:
        """Search for other counts, for many rows at once; return the rows that have not been moved as far as needed."""
        known, wanted = self.block.known(hidden), self.wanted(hidden)
        for kind in (exchanges, swaps):
            for moved in kind(self.block, known) if len(self.lacking(wanted)) else ():
                self.note(moved)
        short = self._nearby(known, self.lacking(wanted))
        draw = np.random.default_rng(1)
        while self.block.rows.shape[1] <= TOO_LARGE and len(short) > AS_LONG * self.block.rows.shape[1]:
            before, signs = len(short), draw.choice([-1.0, 1.0], len(short))
            for ways in (signs, -signs):
                far = np.maximum(np.where(ways > 0, self.need.up[short], self.need.down[short]), self.need.values[short] - 1)
                self.note(self.reader.together(known, short, ways, far))
            short = self.lacking(short)
            if len(short) > before / 2:
                break
        return short

    def _nearby(self, known: Flags, short: Places) -> Places:
        """Move rows by moving people between a few groups; return those that have not been moved as far as needed."""
        groups = np.zeros(0, dtype=int) if self.block.rows.shape[1] < LARGE else np.unique(self.near.group[short])
        for group in groups[groups >= 0].tolist():
            rows = self.lacking(short[self.near.group[short] == group])
            few = self.near.few(known, group, rows, NEIGHBOURS) if len(rows) else None
            while few is not None and len(rows):
                for far in self._moves(int(rows[0])):
                    moved = few.move(int(rows[0]), far)
                    if moved is not None:
                        self.note(moved)
                rows = self.lacking(rows[1:])
        return self.lacking(short)

    def _moves(self, row: int) -> Iterator[float]:
        """Yield how far a row is still to be moved: each way as far as it must, or, if either will do, up and then down."""
        if self.need.up[row] or self.need.down[row]:
            if self.up[row] < self.need.up[row]:
                yield self.need.up[row]
            if self.down[row] < self.need.down[row]:
                yield -self.need.down[row]
            return
        for sign in (1, -1):
            if len(self.lacking(np.array([row]))):
                yield sign * (self.need.values[row] - 1)

    def close(self, hidden: Flags, weight: Floats) -> dict[int, int]:
        """Hide what must be hidden in this block; return the further cells and the row that each protects."""
        because: dict[int, int] = {}
        while len(short := self.search(hidden)):
            for row in short[np.argsort(self.need.down[short], kind="stable")].tolist():
                while row not in self.lost and len(self.lacking(np.array([row]))):
                    for cell in self._cheapest(row, hidden, weight):
                        hidden[cell] = True
                        because[cell] = row
        return because

    def _cheapest(self, row: int, hidden: Flags, weight: Floats) -> list[int]:
        """Return the cheapest cells, none perhaps, that let a row move further; what cannot be had is asked for no longer."""
        found = self._ways(row, hidden, weight)
        ranged = bool(self.need.up[row] or self.need.down[row]) and row not in self.modest
        if ranged and (found is None or (weight[found[1]] > DEAR).any()):
            # The whole range of the rule cannot be had, or is too dear: that the count cannot be worked out must do.
            self.need.up[row] = self.need.down[row] = 0.0
            return []
        if found is None:
            self._be_modest(row)
            return []
        self.note(found[0])
        return [int(cell) for cell in found[1]]

    def _way(self, row: int, hidden: Flags, weight: Floats, move: float, below: float = np.inf) -> tuple[Floats, Places] | None:
        """Return how everything moves when a row moves so far, and what must be hidden for it; None if nothing helps.

        Parameters
        ----------
        row : int
        hidden : array of bool
        weight : array of float
        move : float
        below : float
            Only ways that hide fewer cells than this are looked for, if they are few.
        """
        if self.near.cannot(row, move):
            return None
        known = self.block.known(hidden)
        moved = self._reach(known, row, move)
        if moved is not None:
            return moved, np.zeros(0, dtype=np.intp)
        if not (known & ~self.block.given).any():
            return None  # nothing is left that could be hidden
        found = self._one(row, hidden, weight, move) if below > 1 else None
        return found if found is not None or below <= FEWEST else self._price(row, hidden, weight, move)

    def _reach(self, known: Flags, row: int, move: float) -> Floats | None:
        """Return how everything moves when a row moves so far; None if it cannot."""
        if self.rough is not None:
            taking_part = self.rough.taking_part(known, row, move)
            if taking_part is None:
                return None
            for counts in taking_part:
                moved = self.near.of(known, counts).move(row, move)
                if moved is not None:
                    return moved
        return self.reader.reach(known, row, move)

    def _price(self, row: int, hidden: Flags, weight: Floats, move: float) -> tuple[Floats, Places] | None:
        """Return how everything moves when a row moves so far, and the cheapest cells that must be hidden for it; None if nothing helps."""
        cells = None if self.rough is None else self.rough.price(hidden, weight, row, move)
        if cells is not None:
            more = hidden.copy()
            more[cells] = True
            moved = self._reach(self.block.known(more), row, move)
            if moved is not None:
                return moved, cells
        return self.reader.price(hidden, weight, row, move) if self.reader.could_reach(row, move) else None

    def _one(self, row: int, hidden: Flags, weight: Floats, move: float) -> tuple[Floats, Places] | None:
        """Return how everything moves if one cell is hidden, and which: the cheapest of another group's that counts the same as this row.

        None if that is not enough. It saves the price of all cells, of which none can be fewer; in small blocks that is soon known.
        """
        if self.block.rows.shape[1] < LARGE:
            return None
        free = ~self.block.given[self.block.row] & np.isin(self.block.row, self.near.alike(row))
        cells = np.unique(self.block.cell[free])
        cells = cells[~hidden[cells] & (weight[cells] <= DEAR)]
        for cell in cells[np.argsort(weight[cells], kind="stable")][:TRIED].tolist():
            more = hidden.copy()
            more[cell] = True
            moved = self.near.few(self.block.known(more), int(self.near.group[row]), np.array([row]), NEIGHBOURS).move(row, move)
            if moved is not None:
                return moved, np.array([cell], dtype=np.intp)
        return None

    def _ways(self, row: int, hidden: Flags, weight: Floats) -> tuple[Floats, Places] | None:
        """Return the cheapest way to move a row in a direction in which it does not move far enough yet; None if there is none."""
        both = ((1, self.need.up[row], self.up[row]), (-1, self.need.down[row], self.down[row]))
        wanted = [(sign, far) for sign, far, had in both if far > had]
        if wanted:
            sign, far = wanted[0]
            return self._way(row, hidden, weight, sign * far)
        found: tuple[Floats, Places] | None = None
        for sign in (1, -1):
            # In a large block it takes too long to find out whether the other way hides as few cells, but smaller ones.
            below = len(found[1]) if found is not None and self.block.rows.shape[1] >= LARGE else np.inf
            way = self._way(row, hidden, weight, sign * (self.need.values[row] - 1), below)
            if way is not None and (found is None or weight[way[1]].sum() < weight[found[1]].sum()):
                found = way
            if found is not None and not len(found[1]):
                break
        return found

    def _be_modest(self, row: int) -> None:
        """Ask for no more than can be had if everything is hidden that readers do not have."""
        if row in self.modest:
            self.lost.add(row)
            return
        self.modest.add(row)
        up, down = (float(np.floor(self.reader.furthest(row, sign * self.need.values[row]) + NOTHING)) for sign in (1, -1))
        if up + down + 1 < self.need.values[row] or max(up, down) + 1 >= self.need.values[row]:
            self.lost.add(row)
        else:  # some of both
            self.need.up[row], self.need.down[row] = up, down


def protect(guards: Sequence[Guard], hidden: Flags, weight: Floats) -> dict[int, tuple[int, int]]:
    """Hide what must be hidden in all blocks together.

    Parameters
    ----------
    guards : sequence of Guard
    hidden : array of bool, shape (cells,)
        What the rule hides; further cells are added to it.
    weight : array of float, shape (cells,)
        What it costs to hide a cell.

    Returns
    -------
    dict
        Each further cell to the number of a block and its row.
    """
    because: dict[int, tuple[int, int]] = {}
    # Less is known elsewhere when more is hidden; only what is hidden itself must be looked at anew.
    touched = [set(guard.block.cell[np.isin(guard.block.row, guard.rows)].tolist()) for guard in guards]
    waiting = dict.fromkeys(range(len(guards)))
    while waiting:
        number = next(iter(waiting))
        del waiting[number]
        further = guards[number].close(hidden, weight)
        because |= {cell: (number, row) for cell, row in further.items()}
        if further:
            waiting |= dict.fromkeys(other for other, cells in enumerate(touched) if other != number and not cells.isdisjoint(further))
    return because
