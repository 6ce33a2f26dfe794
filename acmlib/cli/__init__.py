"""`acm`, the command line: it reads the request, calls the library and reports the result."""

from acmlib.cli.app import main

__all__ = ["main"]
