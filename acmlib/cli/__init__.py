"""`acm`: the command line. It reads what was asked, calls the library, and says what came of it."""

from acmlib.cli.app import main

__all__ = ["main"]
