"""Ways in which people can be counted otherwise: the smallest changes of counts that keep every division into parts true."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

#: A change by one person: whom, and up or down by one.
Circuit = Mapping[str, int]
#: Most changes that begin with one count, and most unfinished ones looked at: metrics that share a denominator multiply them.
MOST, MOST_STEPS = 24, 400


def circuits(layers: Iterable[tuple[str, Sequence[str]]], whoms: Iterable[str], *, longest: int) -> list[Circuit]:
    """List changes by one person each that keep every division into parts true, short ones first.

    Parameters
    ----------
    layers : iterable of (str, sequence of str)
        A whole and its parts.
    whoms : iterable of str
        All counts, also those that are divided no further.
    longest : int
        Changes of more counts than this are left out.

    Returns
    -------
    list of dict
        Each the other way round too (signs reversed), which is not listed.

    Examples
    --------
    >>> for one in circuits([("left", ["placed", "not placed"])], ["left", "placed", "not placed"], longest=4):
    ...     print(dict(one))
    {'left': 1, 'placed': 1}
    {'left': 1, 'not placed': 1}
    {'placed': 1, 'not placed': -1}
    """
    equations = [{whole: 1} | dict.fromkeys(parts, -1) for whole, parts in layers]
    of: dict[str, list[int]] = defaultdict(list)
    for number, equation in enumerate(equations):
        for whom in equation:
            of[whom].append(number)
    found: dict[frozenset[tuple[str, int]], Circuit] = {}
    for whom in whoms:
        for change in _repaired(whom, equations, of, longest):
            flipped = frozenset((name, -sign) for name, sign in change.items())
            if flipped not in found:
                found.setdefault(frozenset(change.items()), change)
    return sorted(found.values(), key=len)


def _repaired(whom: str, equations: Sequence[Mapping[str, int]], of: Mapping[str, Sequence[int]], longest: int) -> Iterator[Circuit]:
    """Yield the changes that begin with one more of one count, repairing one broken equation after the other."""
    waiting: deque[tuple[dict[str, int], tuple[int, ...]]] = deque([({whom: 1}, tuple(of.get(whom, ())))])
    found = steps = 0
    while waiting and found < MOST and steps < MOST_STEPS:
        steps += 1
        change, broken = waiting.popleft()
        off = 0
        while broken and not off:
            off = sum(sign * change.get(name, 0) for name, sign in equations[broken[0]].items())
            broken = broken if off else broken[1:]
        if not off:
            found += 1
            yield change
        elif abs(off) == 1 and len(change) < longest:
            equation = equations[broken[0]]
            waiting.extend(
                ({**change, name: -off * sign}, (*broken[1:], *of.get(name, ()))) for name, sign in equation.items() if name not in change
            )
