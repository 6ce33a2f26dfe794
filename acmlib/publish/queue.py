"""The order in which a batch does its jobs: pages that share work wait for the first of them, while others can be made."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence

from acmlib.publish.jobs import Job

#: How often a job is tried when the worker it ran in died: a job that kills its worker every time must not go round for ever.
TRIES = 3


class Queue:
    """Jobs that wait.

    Examples
    --------
    >>> jobs = [Job(contract, "dashboard", None, "2026-06", "provider", language) for contract in "ab" for language in ("en", "es")]
    >>> queue = Queue(jobs)
    >>> first, second = queue.next([]), queue.next([jobs[0]])
    >>> first.contract, second.contract
    ('a', 'b')
    """

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._waiting = deque(jobs)
        self._tries = Counter(jobs)
        self._left = Counter(map(_work, jobs))
        self._opened: set[tuple[str, str]] = set()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def next(self, busy: Iterable[Job]) -> Job:
        """Return the job to do next while others are `busy`, and take it out.

        The first job whose shared work nobody is doing right now; else the first.
        """
        opening = {_work(job) for job in busy} - self._opened
        place = next((place for place, job in enumerate(self._waiting) if _work(job) not in opening), 0)
        job = self._waiting[place]
        del self._waiting[place]
        return job

    def ended(self, job: Job) -> bool:
        """Note that a job has ended, and say whether it was the last one that needed its shared work."""
        self._opened.add(_work(job))
        self._left[_work(job)] -= 1
        return not self._left[_work(job)]

    def again(self, job: Job) -> bool:
        """Put a job at the end of the queue, unless it has been tried too often."""
        if self._tries[job] == TRIES:
            return False
        self._tries[job] += 1
        self._waiting.append(job)
        return True


def _work(job: Job) -> tuple[str, str]:
    """What a job shares with others: the data of a contract as they are read for a period."""
    return job.contract, job.period
