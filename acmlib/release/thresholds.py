"""Which thresholds are decided one after the other, so that a higher `minimum_count` never shows what a lower one hides.

The fewest further cells that protect what is small at 11 are not always among the fewest that do so at 16. The usual threshold is therefore
decided freely; a higher one begins with all that it hides, a lower one may hide nothing else, and so on from one threshold to the next:
a tree that is searched for the one asked for. Whoever keeps the usual threshold pays nothing for that.
"""

from __future__ import annotations

#: Thresholds in the order in which they are looked at: the usual one, then others in use. Each is decided between its neighbours before it.
FIRST = (11, 5, 16, 10, 3, 21, 6, 20, 31, 30, 26, 25, 15, 51, 50, 101, 100)


def way_to(minimum: int) -> list[int]:
    """Return the thresholds that are decided on the way to one, and that one last.

    Parameters
    ----------
    minimum : int
        The smallest count that is shown.

    Returns
    -------
    list of int

    Examples
    --------
    >>> way_to(11), way_to(10), way_to(12)
    ([11], [11, 5, 10], [11, 16, 15, 13, 12])
    """
    low, high, way = 0, 0, list[int]()
    waiting = [*FIRST]
    while not way or way[-1] != minimum:
        inside = [one for one in waiting if one > low and (one < high or not high)]
        # Where the list of thresholds in use ends, the space is halved, or doubled where it has no end.
        tried = inside[0] if inside else (low + high) // 2 if high else 2 * low
        way.append(tried)
        low, high = (tried, high) if tried < minimum else (low, tried)
    return way
