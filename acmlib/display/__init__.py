"""What a page shows: sections, figures, tables and sentences. A notebook begins with ``from acmlib import show``."""

from acmlib.display import page, plain  # noqa: F401 -- they draw the objects
