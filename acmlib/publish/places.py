"""Paths of the machine that pages are made on: readers do not need them, and they disclose user and folder names."""

from __future__ import annotations

import re

#: Absolute paths of people's and temporary folders.
PLACE = re.compile(r"(?<![\w/])(?:/home/|/Users/|/root/|/tmp/|/var/folders/|/mnt/|[A-Z]:\\)[^\s'\",;:)]+")


def without_places(text: str) -> str:
    """Return a text with the name of a file instead of its place.

    Examples
    --------
    >>> without_places("File '/home/ana/lib/x.py', line 3")
    "File 'x.py', line 3"
    """
    return PLACE.sub(lambda found: re.split(r"[/\\]", found[0].rstrip("/\\"))[-1], text)
