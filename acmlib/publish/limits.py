"""Limits of time and output, beyond which a page is given up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits of one page."""

    cell_seconds: float = 600  #: Longest time of one cell: far beyond any real report, short enough to end a batch before the meeting.
    #: Longest time of all cells together; what is done before and after them may take as long once more, and a little.
    report_seconds: float = 1800
    output_bytes: int = 64_000_000  #: Most that the cells may show: a page of ours has well under one million.
    little_seconds: float = 60  #: That little: for a process to start, on a machine that is busy.

    @property
    def give_up_seconds(self) -> float:
        """Time after which a worker that has not answered is ended."""
        return 2 * self.report_seconds + self.little_seconds


#: Limits of a page where no others are asked for.
ORDINARY = Limits()
